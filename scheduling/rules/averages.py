"""The rules that are averaged by period: weekly hours, free days, nights of call, night float and home call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scheduling.rules.case import Case
from scheduling.rules.duty import Kind
from scheduling.rules.figures import Figures, free_days, is_call
from scheduling.rules.rule_sets import Rule
from scheduling.rules.verdict import Verdict, count, date_span, hours, number

FULL_WEEK = 80  # hours; a rotation with more has them granted, one with fewer by the program


def weekly_hours(case: Case, rule: Rule) -> Iterator[Verdict]:
    """6.20, in windows of rotations for which no other limit was granted under the same standard."""
    granted = case.book.rule("granted_hours")
    excepted = granted is not None and granted.label == rule.label
    for window in case.figures:
        if not (excepted and case.book.hour_limits.get(window.rotation, 0) > FULL_WEEK):
            yield from _hours(case, rule, window, rule.limit)


def granted_hours(case: Case, rule: Rule) -> Iterator[Verdict]:
    """6.24, in windows of rotations to which the review committee granted more than 80 hours."""
    for window in case.figures:
        limit = case.book.hour_limits.get(window.rotation, 0)
        if limit > FULL_WEEK:
            yield from _hours(case, rule, window, min(limit, rule.limit))


def rotation_hours(case: Case, rule: Rule) -> Iterator[Verdict]:
    """The program's own weekly hours of a rotation, where they are below 80."""
    for window in case.figures:
        limit = case.book.hour_limits.get(window.rotation, FULL_WEEK)
        if limit < FULL_WEEK:
            yield from _hours(case, rule, window, limit)


def part_time_hours(case: Case, rule: Rule) -> Iterator[Verdict]:
    """The program's: part-time people work at most their share of the full weekly hours."""
    share = case.line.person.share
    if share < 1:
        for window in case.figures:
            yield from _hours(case, rule, window, rule.limit * share)


def _hours(case: Case, rule: Rule, window: Figures, limit: float) -> Iterator[Verdict]:
    if not window.over(limit):
        return
    budget = hours(int(limit * 60 * window.days / 7))
    yield rule.broken(
        person=case.person,
        dates=(window.first, window.last),
        measured=round(window.weekly_hours, 2),
        limit=limit,
        duties=case.keys(at for at in window.positions if case.line.counted[at]),
        sentence=(
            f"{case.name} works {hours(window.minutes)} from {date_span(window.first, window.last)}, "
            f"{number(window.weekly_hours)} a week; the limit is {number(limit)} a week, {budget}{_without(window)}"
        ),
    )


def _without(window: Figures) -> str:
    """What was left out of both sides, for a sentence's end."""
    return f" ({count(window.away, 'day')} of leave left out)" if window.away else ""


def averaged_free_days(case: Case, rule: Rule) -> Iterator[Verdict]:
    """6.21.b: one day in seven free, averaged; vacation is never one, home call never falls on one."""
    for window in case.figures:
        owed = window.days // rule.limit
        if window.free_days < owed:
            yield rule.broken(
                person=case.person,
                dates=(window.first, window.last),
                measured=window.free_days,
                limit=owed,
                duties=case.keys(at for at in window.positions if case.line.blocks[at]),
                sentence=_free_sentence(case, window, owed),
            )


def _free_sentence(case: Case, window: Figures, owed: int) -> str:
    span = date_span(window.first, window.last)
    if window.free_days == 0:
        return f"{case.name} works {count(window.days, 'day')} without one free, {span}{_without(window)}"
    return f"{case.name} has {window.free_days} of {count(owed, 'free day')}, {span}{_without(window)}"


def free_day_each_week(case: Case, rule: Rule) -> Iterator[Verdict]:
    """New York 405: a free day in every week, no averaging. Weeks start on the weekday that the rule says.

    Weeks of which a day is on leave, or outside the schedule or employment, owe none.
    """
    line = case.line
    if not line.windows:
        return
    first = min(window.first for window in line.windows)
    last = max(window.last for window in line.windows).toordinal()
    start = first.toordinal() + (rule.allowance - first.weekday()) % 7
    weeks = [(day, day + 6) for day in range(start, last - 5, 7)]
    for (day, end), free in zip(weeks, free_days(line, weeks), strict=True):
        if free < rule.limit and line.days_present(day, end) == 7:
            dates = (first.fromordinal(day), first.fromordinal(end))
            yield rule.broken(
                person=case.person,
                dates=dates,
                measured=free,
                limit=rule.limit,
                duties=case.keys(at for at in line.of_days(day, end) if line.blocks[at]),
                sentence=f"{case.name} works 7 days without one free, {date_span(*dates)}",
            )


def call_nights(case: Case, rule: Rule) -> Iterator[Verdict]:
    """6.27: in-house call at most every third night; 28 days hold 9 and not 10, 21 hold 7."""
    for window in case.figures:
        if window.calls * rule.limit > window.days:
            most = window.days // rule.limit
            yield rule.broken(
                person=case.person,
                dates=(window.first, window.last),
                measured=window.calls,
                limit=most,
                duties=case.keys(at for at in window.positions if is_call(case.duty(at))),
                sentence=(
                    f"{case.name} has {count(window.calls, 'night')} of in-house call, "
                    f"{date_span(window.first, window.last)}; at most {most} in {window.days} days{_without(window)}"
                ),
            )


def night_float(case: Case, rule: Rule) -> Iterator[Verdict]:
    """6.26: windows with night float that go beyond the weekly hours or fall short of the free days."""
    for window in case.figures:
        nights = [at for at in window.positions if case.duty(at).night_float]
        if nights:
            yield from _within(case, rule, window, nights, _limits_broken(case, window))


def home_call(case: Case, rule: Rule) -> Iterator[Verdict]:
    """6.28: windows in which it is home call that goes beyond the weekly hours or takes the free days."""
    spans = [(window.first.toordinal(), window.last.toordinal()) for window in case.line.windows]
    for window in case.figures:
        calls = [at for at in window.positions if case.duty(at).kind is Kind.HOME_CALL]
        broken = _limits_broken(case, window) if calls else []
        if broken:
            free = free_days(case.line, spans, home_call=False)
            without = replace(
                window,
                minutes=window.minutes - sum(case.line.counted[at] for at in calls),
                free_days=free[spans.index((window.first.toordinal(), window.last.toordinal()))],
            )
            still = _limits_broken(case, without)
            yield from _within(case, rule, window, calls, [one for one in broken if one not in still])


def _limits_broken(case: Case, window: Figures) -> list[str]:
    """Which of the two limits that night float and home call lie within are broken, in words."""
    most = max(FULL_WEEK, case.book.hour_limits.get(window.rotation, 0))
    free = case.book.rule("free_days")
    broken = [f"{most} hours a week"] if window.over(most) else []
    if free is not None and window.free_days < window.days // free.limit:
        broken.append("one day in seven free")
    return broken


def _within(case: Case, rule: Rule, window: Figures, positions: list[int], broken: list[str]) -> Iterator[Verdict]:
    if broken:
        yield rule.broken(
            person=case.person,
            dates=(window.first, window.last),
            measured=len(broken),
            limit=0,
            duties=case.keys(positions),
            sentence=(
                f"{case.name}'s {rule.id.replace('_', ' ')}, {date_span(window.first, window.last)}, "
                f"does not keep to {' and '.join(broken)}"
            ),
        )
