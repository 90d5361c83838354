"""What is unstaffed, from the very counts that stand at the feet of the grids."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from datetime import date, timedelta
from functools import partial

from absences.models import Absence
from people.models import FACULTY_LEVEL
from people.standing import Rank
from scheduling.models import Assignment, Period, ShiftType
from scheduling.services.facts import Facts
from scheduling.services.grid_rows import Catalog
from scheduling.services.live_problems.ground import DAY, Ground
from scheduling.services.live_problems.lines import Problem
from scheduling.services.live_problems.memo import Found, Memo, Noted, digest, remembered
from scheduling.services.month_staffing import Attendance, staffing_lines
from scheduling.services.staffing import Count, Line, Need, grouped, label
from scheduling.services.year_grid import Year


def blocks_unstaffed(ground: Ground, needs: Sequence[Need], memo: Memo) -> Found:
    """Each block that has too few people, for each rule of staffing; months are counted anew where they changed."""
    facts = ground.facts
    asked = [need for need in needs if need.shift_type is not None]
    catalog = Catalog(dict(facts.rotations), dict(facts.shift_types))
    common = _common(facts, asked)
    worked = _worked(ground)
    found: dict[int | str, Noted] = {}
    for month, days in _months(facts):
        # As the month's grid counts: everybody is what they are on its first day.
        attendance = Attendance(
            ranks={person: facts.ranks.on(person, month) for person in facts.ranks.today},
            days=[(day, _number(ground, day), day in facts.holidays) for day in days],
            blocks=worked.get(month, ()),
        )
        found[f"{month:%Y-%m}"] = remembered(
            memo,
            f"{month:%Y-%m}",
            digest(common, attendance),
            partial(_short, facts, attendance, asked, catalog, days),
        )
    return Found(found)


def _common(facts: Facts, needs: Sequence[Need]) -> str:
    """A digest of what every month's count rests on: the rules, and what their sentences call things."""
    rules = [[sorted(value) if isinstance(value, frozenset) else value for value in astuple(need)] for need in needs]
    rotations = [(each.pk, each.code, each.name, each.position) for each in facts.rotations.values()]
    return digest(rules, rotations, [(each.pk, each.code, each.name, each.duty) for each in facts.shift_types.values()])


def _short(
    facts: Facts, attendance: Attendance, asked: Sequence[Need], catalog: Catalog, days: Sequence[date]
) -> Iterator[Problem]:
    for line in staffing_lines(attendance, asked, catalog):
        if line.need is not None:
            yield from _short_days(facts, line, line.need, days)


def _number(ground: Ground, day: date) -> int | None:
    place = ground.period_of.get(day)
    return None if place is None else ground.facts.periods[place].number


def _months(facts: Facts) -> Iterator[tuple[date, list[date]]]:
    """Each month that the schedule touches by its first day, with the schedule's days of it."""
    found: dict[date, list[date]] = defaultdict(list)
    for offset in range((facts.last - facts.first).days + 1):
        day = facts.first + timedelta(days=offset)
        found[day.replace(day=1)].append(day)
    yield from found.items()


def _worked(ground: Ground) -> dict[date, list[tuple[date, int, int, int]]]:
    """By month, who works which block as staffing counts it: whoever is on leave is not there, nor are backups."""
    facts = ground.facts
    backups = {key for key, each in facts.shift_types.items() if each.duty == ShiftType.Duty.BACKUP}
    months = {key: when.day.replace(day=1) for key, when in ground.blocks.items()}
    away = _away(ground)
    found: dict[date, list[tuple[date, int, int, int]]] = defaultdict(list)
    for person, rows in ground.rows.items():
        if person not in facts.ranks.today:
            continue
        gone = away.get(person, set())
        for block, rotation, role, _override in rows:
            when = ground.blocks[block]
            if when.day not in gone and (role != Assignment.Role.BACKUP or when.shift_type in backups):
                found[months[block]].append((when.day, when.shift_type, rotation, person))
    return found


def _away(ground: Ground) -> dict[int, set[date]]:
    """The days on which people are on leave: approved, or placed on a rotation that is vacation."""
    facts = ground.facts
    keys = {person.code: person.pk for person in facts.people}
    vacations = {rotation.code for rotation in facts.rotations.values() if rotation.is_vacation}
    spans: list[tuple[int, Absence | Period]] = [
        (person, leave) for person, leaves in facts.absences.items() for leave in leaves
    ]
    spans += [(keys[code], facts.periods[place]) for (code, place), on in ground.plan.items() if on in vacations]
    found: dict[int, set[date]] = defaultdict(set)
    for person, span in spans:
        found[person] |= {span.start_date + DAY * n for n in range((span.end_date - span.start_date).days + 1)}
    return found


def _short_days(facts: Facts, line: Line, need: Need, days: Sequence[date]) -> Iterator[Problem]:
    assert need.shift_type is not None
    shift = facts.shift_types[need.shift_type]
    what, whom = _rotations(facts, need), _levels(need)
    only = [facts.rotations[key].code for key in need.rotations]
    for day, count in zip(days, line.counts, strict=True):
        if count is not None and count.short:
            yield Problem(
                kind="unstaffed",
                sentence=_words(count, what, whom, f"on {day:%a %-d %b}, {shift.name.lower()}", "covers"),
                first=day,
                last=day,
                at=day,
                block=(only[0], shift.code) if len(only) == 1 else None,
            )


def periods_unstaffed(ground: Ground, needs: Sequence[Need], year: Year) -> Iterator[Problem]:
    """Each period in which too few people are placed, from the lines of the year's grid."""
    facts = ground.facts
    groups = grouped(need for need in needs if need.shift_type is None)
    rules = {label(group, dict(facts.rotations), {})[1]: group[0] for group in groups}
    for line in year.staffing:
        need = rules.get(line.title)
        for period, count in zip(year.periods, line.counts, strict=True):
            if need is not None and count is not None and count.short:
                when = f"in period {period.number} ({period.start_date:%-d %b} to {period.end_date:%-d %b})"
                yield Problem(
                    kind="unstaffed",
                    sentence=_words(count, _rotations(facts, need), _levels(need), when, "is on"),
                    first=period.start_date,
                    last=period.end_date,
                    at=period.start_date,
                    period=period.number,
                )


def _rotations(facts: Facts, need: Need) -> str:
    there = sorted((facts.rotations[key] for key in need.rotations), key=lambda each: (each.position, each.code))
    return " or ".join(rotation.name for rotation in there)


def _levels(need: Need) -> str:
    ranks = sorted((Rank(level) for level in need.levels), key=lambda rank: rank.order)
    return " or ".join("the faculty" if rank.level == FACULTY_LEVEL else rank.label for rank in ranks)


def _words(count: Count, what: str, whom: str, when: str, does: str) -> str:
    """A sentence such as "Nobody covers Ward A on Sat 7 Nov, night." or "Ward A has 1 of 2 people in period 3."."""
    if not count.number:
        needed = f": {count.fewest} are needed" if count.fewest != 1 else ""
        return f"Nobody{f' of {whom}' if whom else ''} {does} {what} {when}{needed}."
    people = "person" if count.fewest == 1 else "people"
    number = f"{count.number:.1f}".removesuffix(".0")
    return f"{what} has {number} of {count.fewest} {people}{f' of {whom}' if whom else ''} {when}."
