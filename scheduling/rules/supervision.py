"""The program's supervision ratio, the one rule across people: faculty to the residents at work on a rotation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby
from operator import itemgetter

from scheduling.rules.duty import Duty
from scheduling.rules.rule_sets import Rule
from scheduling.rules.timeline import Timeline
from scheduling.rules.verdict import Verdict, count, date_span

FACULTY, PGY_1, OTHERS = 0, 1, 2  # by whom a duty is worked


@dataclass(frozen=True, slots=True)
class _Shortage:
    """A moment at which a rotation has fewer faculty than its residents need."""

    needed: int
    faculty: int
    juniors: int
    others: int
    residents: tuple[Duty, ...]

    @property
    def missing(self) -> int:
        return self.needed - self.faculty


def supervised_rotations(lines: Iterable[Timeline]) -> frozenset[str]:
    """The rotations for which faculty are rostered anywhere in the schedule."""
    return frozenset(duty.rotation for line in lines if line.person.is_faculty for duty in line.duties)


def supervision(lines: Iterable[Timeline], rule: Rule, rotations: frozenset[str]) -> Iterator[Verdict]:
    """One verdict per rotation and day with too few faculty: the worst moment of the day, the first of equals.

    A PGY-1 takes up 1/limit of a faculty member, another resident 1/allowance. Faculty count from home too (home
    call), residents when at work. The moments are those at which anybody starts or ends.
    """
    lines = list(lines)
    zone = lines[0].zone if lines else None
    for rotation, events in sorted(_events(lines, rotations).items()):
        worst: dict[date, _Shortage] = {}
        for instant, shortage in _shortages(events, rule):
            day = _date(instant, zone)
            if day not in worst or shortage.missing > worst[day].missing:
                worst[day] = shortage
        for day, shortage in worst.items():
            yield _verdict(rule, rotation, day, shortage)


Event = tuple[int, int, int, Hashable, Duty]  # instant, +1 or -1, by whom, person, duty


def _events(lines: list[Timeline], rotations: frozenset[str]) -> dict[str, list[Event]]:
    """The starts and ends of duties on the supervised rotations."""
    events: dict[str, list[Event]] = defaultdict(list)
    for line in lines:
        person = line.person
        marks = line.blocks if person.is_faculty else line.works
        for at, duty in enumerate(line.duties):
            if marks[at] and duty.rotation in rotations:
                level = 0 if person.is_faculty else person.level_on(duty.date)
                who = FACULTY if person.is_faculty else PGY_1 if level == 1 else OTHERS
                events[duty.rotation].append((line.starts[at], 1, who, person.id, duty))
                events[duty.rotation].append((line.ends[at], -1, who, person.id, duty))
    return events


def _shortages(events: list[Event], rule: Rule) -> Iterator[tuple[int, _Shortage]]:
    """Follow who is on from moment to moment; yield the moments with too few faculty."""
    on = [0, 0, 0]
    residents: dict[tuple[Hashable, Hashable], Duty] = {}
    for instant, together in groupby(sorted(events, key=itemgetter(0, 1)), key=itemgetter(0)):
        for _, change, who, person, duty in together:
            on[who] += change
            if who != FACULTY:
                if change > 0:
                    residents[person, duty.key] = duty
                else:
                    del residents[person, duty.key]
        needed = -(-(on[PGY_1] * rule.allowance + on[OTHERS] * rule.limit) // (rule.limit * rule.allowance))
        if needed > on[FACULTY]:
            yield instant, _Shortage(needed, on[FACULTY], on[PGY_1], on[OTHERS], tuple(residents.values()))


def _date(instant: int, zone: tzinfo | None) -> date:
    return datetime.fromtimestamp(instant * 60, tz=zone).date()


def _verdict(rule: Rule, rotation: str, day: date, shortage: _Shortage) -> Verdict:
    shifts = ", ".join(sorted({duty.shift_type for duty in shortage.residents}))
    return rule.broken(
        person=None,
        dates=(day, day),
        measured=shortage.faculty,
        limit=shortage.needed,
        duties=(duty.key for duty in shortage.residents),
        sentence=(
            f"{rotation} has {count(shortage.faculty, 'faculty member')} for {shortage.juniors} PGY-1 and "
            f"{count(shortage.others, 'other resident')} at work on {date_span(day, day)} ({shifts}); "
            f"{shortage.needed} are needed"
        ),
    )
