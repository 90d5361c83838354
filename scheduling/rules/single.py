"""The rules on single duties: moonlighting, two at a time, duty during leave."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from scheduling.rules.case import Case
from scheduling.rules.duty import Kind
from scheduling.rules.rule_sets import Rule
from scheduling.rules.timeline import midnight
from scheduling.rules.verdict import Verdict, date_span, hours


def moonlighting(case: Case, rule: Rule) -> Iterator[Verdict]:
    """6.25.b: nobody moonlights while a PGY-1; the level is that of the duty's day."""
    person = case.line.person
    for duty in case.line.duties:
        if duty.kind is Kind.MOONLIGHTING and person.level_on(duty.date) == 1:
            yield rule.broken(
                person=case.person,
                dates=(duty.date, duty.date),
                measured=1,
                limit=0,
                duties=(duty.key,),
                sentence=f"{case.name} moonlights as a PGY-1 on {date_span(duty.date, duty.date)}",
            )


def overlap(case: Case, rule: Rule) -> Iterator[Verdict]:
    """Two duties that are work at the same time. Home call may run beside a day's work, backup too."""
    line = case.line
    working = [at for at, works in enumerate(line.works) if works]
    for place, at in enumerate(working):
        for other in working[place + 1 :]:
            if line.starts[other] >= line.ends[at]:
                break
            both = min(line.ends[at], line.ends[other]) - line.starts[other]
            one, two = case.duty(at), case.duty(other)
            yield rule.broken(
                person=case.person,
                dates=(one.date, two.date),
                measured=both,
                limit=0,
                duties=(one.key, two.key),
                sentence=(
                    f"{case.name} is in two places for {hours(both)}: {one.shift_type} {one.rotation} and "
                    f"{two.shift_type} {two.rotation}, {date_span(one.date, two.date)}"
                ),
            )


def on_leave(case: Case, rule: Rule) -> Iterator[Verdict]:
    """Duties of any kind that belong to a day of approved leave."""
    for at, day in enumerate(case.line.days):
        if case.line.on_leave(day):
            duty = case.duty(at)
            yield rule.broken(
                person=case.person,
                dates=(duty.date, duty.date),
                measured=1,
                limit=0,
                duties=(duty.key,),
                sentence=(
                    f"{case.name} is on leave on {date_span(duty.date, duty.date)} and has "
                    f"{duty.shift_type} {duty.rotation}"
                ),
            )


def into_leave(case: Case, rule: Rule) -> Iterator[Verdict]:
    """Duties that start before a leave and run into it, by more than the limit's hours."""
    line = case.line
    if not line.leave:
        return
    firsts = [first for first, _ in line.leave]
    begins = [midnight(first, line.zone) for first in firsts]
    for at, day in enumerate(line.days):
        following = bisect_right(firsts, day)
        if not line.blocks[at] or following == len(firsts) or line.on_leave(day):
            continue
        beyond = line.ends[at] - begins[following]
        if beyond > rule.limit * 60:
            duty, leave = case.duty(at), date.fromordinal(firsts[following])
            yield rule.broken(
                person=case.person,
                dates=(duty.date, leave),
                measured=round(beyond / 60, 2),
                limit=rule.limit,
                duties=(duty.key,),
                sentence=(
                    f"{case.name}'s {duty.shift_type} of {date_span(duty.date, duty.date)} runs {hours(beyond)} "
                    f"into the leave from {date_span(leave, leave)}"
                ),
            )
