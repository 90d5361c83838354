"""What is unstaffed, from the very counts that stand at the feet of the grids."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from absences.models import Absence
from people.standing import Rank
from scheduling.models import Assignment, Period, ShiftType
from scheduling.services.facts import Facts
from scheduling.services.grid_rows import Catalog
from scheduling.services.live_problems.ground import DAY, Ground
from scheduling.services.live_problems.lines import Problem
from scheduling.services.month_staffing import Attendance, staffing_lines
from scheduling.services.staffing import Count, Line, Need, needs_of


def blocks_unstaffed(ground: Ground) -> Iterator[Problem]:
    """Each block that has too few people, for each rule of staffing (2 queries)."""
    facts = ground.facts
    program = facts.schedule.program
    needs = [need for need in needs_of(program) if need.shift_type is not None]
    catalog = Catalog(dict(facts.rotations), dict(facts.shift_types))
    worked = _worked(ground)
    for month, days in _months(facts):
        # As the month's grid counts: everybody is what they are on its first day.
        ranks = {person: facts.ranks.on(person, month) for person in facts.ranks.today}
        attendance = Attendance(
            ranks=ranks,
            days=[(day, _number(ground, day), day in facts.holidays) for day in days],
            blocks=worked.get(month, ()),
        )
        for line in staffing_lines(attendance, needs, catalog):
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
    away = _away(ground)
    backups = {key for key, each in facts.shift_types.items() if each.duty == ShiftType.Duty.BACKUP}
    found: dict[date, list[tuple[date, int, int, int]]] = defaultdict(list)
    for person, rows in ground.rows.items():
        if person not in facts.ranks.today:
            continue
        for row in rows:
            day, shift_type, _starts_at, _ends_at = ground.blocks[row.block]
            is_counted = row.role != Assignment.Role.BACKUP or shift_type in backups
            if is_counted and (person, day) not in away:
                found[day.replace(day=1)].append((day, shift_type, row.rotation, person))
    return found


def _away(ground: Ground) -> set[tuple[int, date]]:
    """Who is on leave when: approved, or placed on a rotation that is vacation."""
    facts = ground.facts
    keys = {person.code: person.pk for person in facts.people}
    vacations = {rotation.code for rotation in facts.rotations.values() if rotation.is_vacation}
    spans: list[tuple[int, Absence | Period]] = [
        (person, leave) for person, leaves in facts.absences.items() for leave in leaves
    ]
    spans += [(keys[code], facts.periods[place]) for (code, place), on in ground.plan.items() if on in vacations]
    return {
        (person, span.start_date + DAY * offset)
        for person, span in spans
        for offset in range((span.end_date - span.start_date).days + 1)
    }


def _short_days(facts: Facts, line: Line, need: Need, days: Sequence[date]) -> Iterator[Problem]:
    assert need.shift_type is not None
    shift = facts.shift_types[need.shift_type]
    there = sorted((facts.rotations[key] for key in need.rotations), key=lambda each: (each.position, each.code))
    what = " or ".join(rotation.name for rotation in there)
    whom = _levels(need)
    for day, count in zip(days, line.counts, strict=True):
        if count is not None and count.short:
            yield Problem(
                kind="unstaffed",
                sentence=_words(count, what, whom, f"on {day:%a %-d %b}, {shift.name.lower()}", "covers"),
                first=day,
                last=day,
                at=day,
                block=(there[0].code, shift.code) if len(there) == 1 else None,
            )


def periods_unstaffed(periods: Sequence[Period], lines: Sequence[Line]) -> Iterator[Problem]:
    """Each period in which too few people are placed, from the lines of the year's grid."""
    for line in lines:
        for period, count in zip(periods, line.counts, strict=True):
            if count is not None and count.short:
                when = f"in period {period.number} ({period.start_date:%-d %b} to {period.end_date:%-d %b})"
                yield Problem(
                    kind="unstaffed",
                    sentence=_words(count, line.title, "", when, "is on"),
                    first=period.start_date,
                    last=period.end_date,
                    at=period.start_date,
                    period=period.number,
                )


def _levels(need: Need) -> str:
    return " or ".join(Rank(level).label for level in sorted(need.levels, key=lambda level: Rank(level).order))


def _words(count: Count, what: str, whom: str, when: str, does: str) -> str:
    """A sentence such as "Nobody covers Ward A on Sat 7 Nov, night." or "Ward A has 1 of 2 people in period 3."."""
    if not count.number:
        needed = f": {count.fewest} are needed" if count.fewest != 1 else ""
        return f"Nobody{f' of {whom}' if whom else ''} {does} {what} {when}{needed}."
    people = "person" if count.fewest == 1 else "people"
    number = f"{count.number:.1f}".removesuffix(".0")
    return f"{what} has {number} of {count.fewest} {people}{f' of {whom}' if whom else ''} {when}."
