"""No must of `scheduling.rules` is broken by a roster made without pins, at every edge that rosters have.

Drawn are short and long periods, stays cut within them, leave anywhere, blocks before the first day, joined half-days,
nights, calls of 24 hours, home call, changes of clocks, and both rule sets.
"""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.solver.roster.problem import (
    Carried,
    Person,
    Placement,
    Prices,
    RosterProblem,
    Rules,
    ShiftType,
    WorkedBlock,
)
from tests.solver.roster_cases import CALL, DAY, LONG, NIGHT, need, person, problem, solve
from tests.solver.roster_judge import musts_broken

HOME = ShiftType("HOME", "Home call", 17 * 60, 14 * 60, duty="home_call")
LATE = ShiftType("LATE", "Late", 14 * 60, 10 * 60)
MORNING = ShiftType("AM", "Morning", 8 * 60, 4 * 60, joins=("PM", "PC"))
AFTERNOON = ShiftType("PM", "Afternoon", 13 * 60, 4 * 60, joins=("PC",))
AFTER = ShiftType("PC", "Call after clinic", 17 * 60, 16 * 60, night=True, call=True)
APART = (DAY, LONG, NIGHT, CALL, HOME, LATE)
TOGETHER = (MORNING, AFTERNOON, AFTER, NIGHT, CALL, HOME)
MORNING_TO_CALL = 5 * 60  # minutes between two that are joined: one stretch, as services set it
STARTS = [date(2026, 2, 20), date(2026, 7, 1), date(2026, 10, 12)]  # before each change of clocks, and neither
PERIODS = [(7,) * 4, (14, 14, 14), (28,), (31,), (30, 12)]
ROTATIONS = st.sampled_from(["WARD", "WARD", "NF"])


@st.composite
def people(draw: st.DrawFn, name: str, days: int) -> Person:
    """Somebody on one rotation or two, with up to five leaves and perhaps a block in the week before."""
    cut = draw(st.integers(3, days - 4))
    stays = (Placement(0, cut, draw(ROTATIONS)), Placement(cut + 1, days - 1, draw(ROTATIONS)))
    firsts = draw(st.lists(st.integers(0, days - 1), max_size=5, unique=True))
    leave = sorted((first, min(days - 1, first + draw(st.sampled_from([0, 0, 0, 2, 6])))) for first in firsts)
    before = draw(st.lists(st.tuples(st.integers(-6, -1), st.sampled_from(["NIGHT", "CALL"])), max_size=1))
    recent = tuple(WorkedBlock(day, code, "WARD") for day, code in before)
    return replace(person(name), placements=stays, leave=tuple(leave), carried=Carried(recent=recent))


@st.composite
def problems(draw: st.DrawFn) -> tuple[RosterProblem, str]:
    """A problem, and the rule set that it is to keep."""
    lengths = draw(st.sampled_from(PERIODS))
    days = sum(lengths)
    firsts = [sum(lengths[:at]) for at in range(len(lengths))]
    shifts = draw(st.sampled_from([APART, APART, TOGETHER]))
    asked = draw(st.lists(st.sampled_from(shifts), min_size=1, max_size=3, unique=True))
    rules = replace(
        Rules(),
        rest_between=draw(st.sampled_from([None, 600])),
        break_minutes=120 if shifts is APART else MORNING_TO_CALL,
    )
    rule_set = draw(st.sampled_from(["acgme-2025", "ny-405"]))
    if rule_set == "ny-405":
        rest = rules.rest_between or 480
        rules = replace(rules, free_day_averaged=False, handover=180, rest_between=rest)
    case = problem(
        *(draw(people(name, days)) for name in "ABC"[: draw(st.integers(1, 3))]),
        days=days,
        start=draw(st.sampled_from(STARTS)),
        periods=tuple((first, first + length - 1) for first, length in zip(firsts, lengths, strict=True)),
        shift_types=shifts,
        needs=[need(shift, 1, rotation) for shift in asked for rotation in ("WARD", "NF")],
        rules=rules,
        prices=Prices(),
    )
    return case, rule_set


@settings(max_examples=40, deadline=None)
@given(problems())
def test_no_must_is_broken(drawn: tuple[RosterProblem, str]) -> None:
    case, rule_set = drawn
    assert musts_broken(case, solve(case).assignments, rule_set) == []
