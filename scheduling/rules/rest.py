"""The rules that run across the edges of periods: rest between stretches of work, and how long one may be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from scheduling.rules.case import Case, Stretch
from scheduling.rules.duty import Duty
from scheduling.rules.rule_sets import Rule
from scheduling.rules.timeline import clock_minutes
from scheduling.rules.verdict import Force, Verdict, date_span, hours


def rest(case: Case, rule: Rule) -> Iterator[Verdict]:
    """6.21, New York 405 and the program's hours between shifts: real hours from one stretch to the next."""
    for earlier, later in pairwise(case.stretches):
        free = later.start - earlier.end
        if free < rule.limit * 60:
            before, after = case.duty(earlier.ending), case.duty(later.positions[0])
            yield rule.broken(
                person=case.person,
                dates=(before.date, after.date),
                measured=round(free / 60, 2),
                limit=rule.limit,
                duties=(before.key, after.key),
                sentence=(
                    f"{case.name} has {hours(free)} between {_shift(before)} and {_shift(after)}; "
                    f"{rule.limit} h {'must' if rule.force is Force.MUST else 'should'} be free"
                ),
            )


def _shift(duty: Duty) -> str:
    return f"{duty.shift_type} on {date_span(duty.date, duty.date)}"


def rest_after_call(case: Case, rule: Rule) -> Iterator[Verdict]:
    """6.21.a: after 24 hours in the hospital (the rule's allowance), so many hours free."""
    for earlier, later in pairwise(case.stretches):
        free = later.start - earlier.end
        if free >= rule.limit * 60 or earlier.end - earlier.start < rule.allowance * 60:
            continue
        if _length(case, earlier.start, earlier.end) >= rule.allowance * 60:
            first, after = case.duty(earlier.positions[0]), case.duty(later.positions[0])
            yield rule.broken(
                person=case.person,
                dates=(first.date, after.date),
                measured=round(free / 60, 2),
                limit=rule.limit,
                duties=(*case.keys(earlier.positions), after.key),
                sentence=(
                    f"{case.name} has {hours(free)} of {rule.limit} h free before {_shift(after)}, "
                    f"after {hours(earlier.end - earlier.start)} in the hospital from {_shift(first)}"
                ),
            )


def continuous_work(case: Case, rule: Rule) -> Iterator[Verdict]:
    """6.22: at most 24 hours of work at a stretch, and up to 4 more (the allowance) for handing over only."""
    scheduled_most, most = rule.limit * 60, (rule.limit + rule.allowance) * 60
    for stretch in case.stretches:
        if stretch.end - stretch.start <= scheduled_most:
            continue
        length = _length(case, stretch.start, stretch.end)
        scheduled = length - _handover(case, stretch, scheduled_most)
        if scheduled > scheduled_most:
            yield _too_long(case, rule, stretch, scheduled, rule.limit, "of work at a stretch")
        elif length > most:
            limit = rule.limit + rule.allowance
            yield _too_long(case, rule, stretch, length, limit, "at a stretch with handing over")


def _too_long(case: Case, rule: Rule, stretch: Stretch, minutes: int, limit: int, what: str) -> Verdict:
    first, last = case.duty(stretch.positions[0]).date, case.duty(stretch.positions[-1]).date
    return rule.broken(
        person=case.person,
        dates=(first, last),
        measured=round(minutes / 60, 2),
        limit=limit,
        duties=case.keys(stretch.positions),
        sentence=f"{case.name} has {hours(minutes)} {what}, {date_span(first, last)}; {limit} h are the most",
    )


def _handover(case: Case, stretch: Stretch, scheduled_most: int) -> int:
    """Minutes at the stretch's end for handing over only: as the duty says, else what it has beyond 24 hours."""
    at = stretch.ending
    own = _length(case, case.line.starts[at], case.line.ends[at])
    said = case.duty(at).handover_minutes
    return max(0, own - scheduled_most) if said is None else min(said, own)


def _length(case: Case, start: int, end: int) -> int:
    """How long a stretch is for the rules of 24 hours: in real time, or by the clock where that is less.

    A 24-hour call over the autumn change lasts 25 real hours; the program has not scheduled more for it. One
    over the spring change lasts 23 and is not 24 hours of call.
    """
    return min(end - start, clock_minutes(start, end, case.line.zone))
