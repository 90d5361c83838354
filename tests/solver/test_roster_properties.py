"""Whatever the problem, the roster keeps the rules as they judge it, and says exactly what is missing and refused."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.solver.roster.problem import (
    Carried,
    Pin,
    Prices,
    Request,
    RosterProblem,
    RosterSolution,
    Rules,
    WorkedBlock,
)
from tests.solver.roster_cases import DAY, NIGHT, need, person, problem, solve
from tests.solver.roster_judge import musts_broken

DAYS = 14


@st.composite
def problems(draw: st.DrawFn) -> RosterProblem:
    """One to four people, two weeks, days and nights, leave, carried blocks, requests."""
    day = st.integers(0, DAYS - 1)
    people = []
    for name in "ABCD"[: draw(st.integers(1, 4))]:
        first = draw(day)
        leave = ((first, min(DAYS - 1, first + draw(st.integers(0, 6)))),) if draw(st.booleans()) else ()
        before = (WorkedBlock(-1, draw(st.sampled_from(["DAY", "NIGHT"])), "WARD"),) if draw(st.booleans()) else ()
        people.append(person(name, DAYS, leave=leave, carried=Carried(recent=before)))
    requests = tuple(
        Request(who.id, draw(day), draw(st.sampled_from(["DAY", "NIGHT", None])), draw(st.booleans()), 10)
        for who in people
    )
    split = draw(st.integers(1, DAYS - 1))
    return problem(
        *people,
        days=DAYS,
        periods=((0, split - 1), (split, DAYS - 1)),
        needs=[need(DAY, draw(st.integers(0, 2))), need(NIGHT, draw(st.integers(0, 2)))],
        requests=requests,
        rules=replace(Rules(), most_nights_in_a_row=3, most_days_in_a_row=5),
        prices=Prices(),
    )


@settings(max_examples=25, deadline=None)
@given(problems())
def test_no_rule_is_broken_and_what_is_missing_is_said(case: RosterProblem) -> None:
    solution = solve(case)
    assert musts_broken(case, solution.assignments) == []
    assert _most_blocks_a_day(solution) <= 1
    _says_what_is_so(case, solution)
    assert solution.bound is not None
    assert solution.bound <= solution.objective + 1e-6


@settings(max_examples=15, deadline=None)
@given(problems(), st.data())
def test_pins_are_kept_and_the_rest_keeps_the_rules_around_them(case: RosterProblem, data: st.DataObject) -> None:
    who = data.draw(st.sampled_from(case.people)).id
    days = data.draw(st.sets(st.integers(0, DAYS - 1), max_size=4))
    pins = tuple(Pin(who, day, data.draw(st.sampled_from(["DAY", "NIGHT"]))) for day in sorted(days))
    case = replace(case, pins=pins)
    solution = solve(case)
    kept = {(a.person, a.day, a.shift_type) for a in solution.assignments}
    assert {(pin.person, pin.day, pin.shift_type) for pin in pins} <= kept
    assert {line.split(":")[0] for line in musts_broken(case, solution.assignments)} <= {
        b.pin.person for b in solution.broken_pins
    }
    _says_what_is_so(case, solution)


def _most_blocks_a_day(solution: RosterSolution) -> int:
    return max(Counter((a.person, a.day) for a in solution.assignments).values(), default=0)


def _says_what_is_so(case: RosterProblem, solution: RosterSolution) -> None:
    there = Counter((a.day, a.shift_type) for a in solution.assignments)
    missing = {
        (day, row.shift_type): row.fewest - there[day, row.shift_type]
        for row in case.coverage
        for day in range(DAYS)
        if there[day, row.shift_type] < row.fewest
    }
    assert {(s.day, s.shift_type): s.missing for s in solution.shortfalls} == missing
    has: set[tuple[str, int, str | None]] = {(a.person, a.day, a.shift_type) for a in solution.assignments}
    has |= {(a.person, a.day, None) for a in solution.assignments}
    refused = [r for r in case.requests if ((r.person, r.day, r.shift_type) in has) != r.wants]
    assert sorted(map(repr, solution.refused)) == sorted(map(repr, refused))
    assert sum(f.worked.nights for f in solution.fairness) == sum(a.shift_type == "NIGHT" for a in solution.assignments)
    total = sum(f.fair.minutes for f in solution.fairness)
    assert total == pytest.approx(sum(f.worked.minutes for f in solution.fairness))
