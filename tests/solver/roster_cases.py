"""Small roster problems, and a literal reading of the rules to check rosters with."""

import itertools
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.solver.roster.problem import (
    Assigned,
    Coverage,
    Person,
    Placement,
    Prices,
    RosterProblem,
    RosterSolution,
    Rotation,
    Rules,
    ShiftType,
)
from scheduling.solver.roster.year import solve_roster

MONDAY = date(2026, 8, 3)
DAY = ShiftType("DAY", "Day", 7 * 60, 10 * 60)
LONG = ShiftType("LONG", "Long day", 7 * 60, 12 * 60)
NIGHT = ShiftType("NIGHT", "Night", 19 * 60, 12 * 60, night=True)
CALL = ShiftType("CALL", "24-hour call", 7 * 60, 24 * 60, call=True)
WARD = Rotation("WARD", "Wards")
FLOAT = Rotation("NF", "Night float", night_float=True)

NO_RULES = Rules(
    weekly_hours=False,
    free_day_in=None,
    call_every=None,
    rest_after_call=None,
    most_continuous=None,
    short_rest=None,
    rest_between=None,
    most_nights_in_a_row=None,
    most_days_in_a_row=None,
)
NO_FAIRNESS = Prices(night=0, weekend=0, holiday=0, hour=0)


def person(name: str = "A", days: int = 28, rotation: str = "WARD", **more: Any) -> Person:
    return Person(name, f"Dr {name}", more.pop("group", "PGY-1"), (Placement(0, days - 1, rotation),), **more)


def problem(*people: Person, days: int = 28, needs: Iterable[Coverage] = (), **more: Any) -> RosterProblem:
    """A problem of the given people with no rules, one averaging window and no prices of fairness."""
    defaults: dict[str, Any] = {
        "start": MONDAY,
        "days": days,
        "time_zone": "America/New_York",
        "periods": ((0, days - 1),),
        "shift_types": (DAY, LONG, NIGHT, CALL),
        "rotations": (WARD, FLOAT),
        "people": people,
        "coverage": tuple(needs),
        "rules": NO_RULES,
        "prices": NO_FAIRNESS,
    }
    return RosterProblem(**{**defaults, **more})


def need(shift: ShiftType, fewest: int = 1, rotation: str = "WARD", **more: Any) -> Coverage:
    return Coverage(rotation, shift.code, fewest, **{"most": fewest, **more})


def solve(case: RosterProblem, **more: Any) -> RosterSolution:
    return solve_roster(case, time_limit=30, **more)


def worked(solution: RosterSolution, name: str = "A", shift: str | None = None) -> list[int]:
    """The days on which somebody works (that shift type)."""
    return [a.day for a in solution.assignments if a.person == name and shift in (None, a.shift_type)]


def broken(case: RosterProblem, assignments: Iterable[Assigned]) -> list[str]:
    """Rules broken, read literally: one block a day, leave, rest, hours, free days and runs by period."""
    found = []
    by_person: dict[str, list[Assigned]] = defaultdict(list)
    for assigned in assignments:
        by_person[assigned.person].append(assigned)
    for who in case.people:
        mine = sorted(by_person[who.id], key=lambda a: (a.day, a.shift_type))
        found += [f"{who.id}: {what}" for what in _broken_by(case, who, mine)]
    return found


def _broken_by(case: RosterProblem, who: Person, mine: list[Assigned]) -> Iterable[str]:
    rules, shifts = case.rules, {shift.code: shift for shift in case.shift_types}
    leave = {day for first, last in who.leave for day in range(first, last + 1)}
    placed = {day for place in who.placements for day in range(place.first, place.last + 1)}
    days = [assigned.day for assigned in mine]
    if len(days) != len(set(days)):
        yield "two blocks a day"
    if leave.intersection(days) or not placed.issuperset(days):
        yield "works on leave or outside a placement"
    times = sorted(_instants(case, shifts[a.shift_type], a.day) for a in mine)
    for (_, ended), (begins, _) in itertools.pairwise(times):
        if begins - ended < timedelta(minutes=rules.rest_between or 0):
            yield f"rest before {begins}"
    for first, last in case.periods:
        there = [day for day in range(first, last + 1) if day in placed and day not in leave]
        minutes = sum(_minutes(case, shifts[a.shift_type], a.day) for a in mine if first <= a.day <= last)
        if rules.weekly_hours and minutes * 7 > 80 * 60 * len(there):
            yield f"{minutes} minutes in {len(there)} days"
        off = len(there) - len({day for day in days if first <= day <= last})
        if rules.free_day_in and off < len(there) // rules.free_day_in:
            yield f"{off} days off of {len(there)}"
    for limit, chosen in (
        (rules.most_days_in_a_row, set(days)),
        (rules.most_nights_in_a_row, {a.day for a in mine if shifts[a.shift_type].night}),
    ):
        if limit and any(all(day + k in chosen for k in range(limit + 1)) for day in chosen):
            yield f"more than {limit} in a row"


def _instants(case: RosterProblem, shift: ShiftType, day: int) -> tuple[datetime, datetime]:
    midnight = datetime.combine(case.start + timedelta(days=day), datetime.min.time())
    zone = ZoneInfo(case.time_zone)
    begins = (midnight + timedelta(minutes=shift.starts)).replace(tzinfo=zone)
    ends = (midnight + timedelta(minutes=shift.starts + shift.minutes)).replace(tzinfo=zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def _minutes(case: RosterProblem, shift: ShiftType, day: int) -> float:
    begins, ends = _instants(case, shift, day)
    return (ends - begins).total_seconds() / 60
