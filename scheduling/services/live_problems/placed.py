"""Where plan and roster tell different stories, and who is nowhere in the plan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from people.models import FACULTY_LEVEL, Person
from scheduling.models import Period, Rotation
from scheduling.services.house_rules import Call, is_called
from scheduling.services.live_problems.ground import Ground, Taken, known
from scheduling.services.live_problems.lines import KindId, Problem
from scheduling.services.year_grid import PersonYear, Year


def outside_the_plan(ground: Ground, person: Person, rows: Sequence[Taken]) -> Iterator[Problem]:
    """Where somebody works for another rotation than the plan's, without a rule of cross-cover that calls them.

    One line for each period and rotation. Who is nowhere in the plan (faculty, mostly) cannot be outside it.
    """
    if person.pk not in ground.measured.placed:
        return
    facts = ground.facts
    calls = known(ground, "calls", lambda: _by_rotations(ground.calls))
    keys = known(ground, "rotations", lambda: {rotation.code: key for key, rotation in facts.rotations.items()})
    found: dict[tuple[int, int], list[date]] = defaultdict(list)
    for row in rows:
        day = ground.blocks[row.block].day
        place = ground.period_of.get(day)
        own = None if place is None else keys.get(ground.plan.get((person.code, place), ""))
        if place is None or own == row.rotation:
            continue
        if own is None or not _is_called(ground, person, row, calls.get((own, row.rotation), ())):
            found[place, row.rotation].append(day)
    for (place, rotation), days in found.items():
        yield _outside(ground, person, place, facts.rotations[rotation], sorted(days))


def _by_rotations(calls: Iterable[Call]) -> Mapping[tuple[int, int], Sequence[Call]]:
    found: dict[tuple[int, int], list[Call]] = defaultdict(list)
    for call in calls:
        found[call.placed, call.covers].append(call)
    return found


def _is_called(ground: Ground, person: Person, row: Taken, calls: Sequence[Call]) -> bool:
    if not calls:
        return False
    when = ground.blocks[row.block]
    level = ground.facts.rank(person, when.day).level
    return any(
        when.shift_type in call.shift_types
        and (not call.weekdays or when.day.weekday() in call.weekdays)
        and is_called(level, call.levels)
        for call in calls
    )


def _outside(ground: Ground, person: Person, place: int, rotation: Rotation, days: Sequence[date]) -> Problem:
    facts = ground.facts
    code = ground.plan.get((person.code, place))
    names = {each.code: each.name for each in facts.rotations.values()}
    when = f"on {days[0]:%a %-d %b}"
    if len(days) > 1:
        when = f"{len(days)} times from {days[0]:%a %-d %b} to {days[-1]:%a %-d %b}"
    number = facts.periods[place].number
    if code is None:
        why = f"without a rotation in period {number}"
    else:
        why = f"outside the plan: {names[code]} in period {number}, which no cross-cover calls there"
    return Problem(
        kind="outside",
        sentence=f"{person.name} works {rotation.name} {when}, {why}.",
        first=days[0],
        last=days[-1],
        at=days[0],
        person=person.pk,
    )


def unplaced(year: Year) -> Iterator[Problem]:
    """Who has no rotation in periods in which they are with the program; nobody where there is no plan.

    Faculty are meant only where the plan has them somewhere.
    """
    for person in _rows(year) if year.has_plan else ():
        missing = [
            period
            for period, cell in zip(year.periods, person.cells, strict=True)
            if cell.rotation is None and not cell.is_all_leave and _is_there(person, period)
        ]
        is_planned = person.row.rank.level != FACULTY_LEVEL or any(cell.rotation for cell in person.cells)
        if missing and is_planned:
            sentence = f"{person.row.name} has no rotation in {_numbers(missing)}."
            yield _about_plan("outside", person, missing, sentence)


def owed(year: Year) -> Iterator[Problem]:
    """What each person's curriculum still asks for: the counter at the end of their row in the year's grid."""
    names = {rotation.code: rotation.name for rotation in year.catalog.rotations.values()}
    for person in _rows(year) if year.has_plan else ():
        for codes, count in person.owed:
            what = " or ".join(names.get(code, code) for code in codes.split("/"))
            sentence = f"{person.row.name} is owed {count} period{'s' if count > 1 else ''} more of {what}."
            yield _about_plan("owed", person, year.periods, sentence)


def _rows(year: Year) -> Iterator[PersonYear]:
    return (person for group in year.groups for person in group.rows)


def _is_there(person: PersonYear, period: Period) -> bool:
    return person.row.first <= period.start_date and period.end_date <= person.row.last


def _numbers(periods: Sequence[Period]) -> str:
    *most, last = (str(period.number) for period in periods)
    return f"periods {', '.join(most)} and {last}" if most else f"period {last}"


def _about_plan(kind: KindId, person: PersonYear, periods: Sequence[Period], sentence: str) -> Problem:
    return Problem(
        kind=kind,
        sentence=sentence,
        first=periods[0].start_date,
        last=periods[-1].end_date,
        at=periods[0].start_date,
        person=person.row.pk,
        period=periods[0].number,
    )
