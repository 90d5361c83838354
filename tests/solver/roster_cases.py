"""Small roster problems."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from scheduling.solver.roster.problem import (
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
