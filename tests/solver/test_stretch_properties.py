"""The network solver against trying everything, on made-up problems small enough for that."""

from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scheduling.solver.roster.problem import Coverage, Limits, Person, Request, RosterProblem, RosterSolution
from scheduling.solver.stretch import network as network_module
from scheduling.solver.stretch import solve_stretch
from scheduling.solver.stretch.case import compile_case
from scheduling.solver.stretch.census import lines_within
from scheduling.solver.stretch.network import OFF, Network, line_cost
from tests.solver.stretch_cases import (
    EARLY,
    LATE,
    SHORT,
    broken,
    carried,
    cheapest,
    drawn,
    lines,
    person,
    price,
    problem,
)

SHIFTS = (EARLY, LATE, SHORT)


def maybe(values: st.SearchStrategy[int]) -> st.SearchStrategy[int | None]:
    return st.none() | values


@st.composite
def limits(draw: st.DrawFn, days: int) -> Limits:
    return Limits(
        shifts=draw(st.dictionaries(st.sampled_from("EL"), st.integers(0, 3), max_size=2)),
        fewest_minutes=draw(maybe(st.sampled_from((480, 720, 960)))),
        most_minutes=draw(maybe(st.sampled_from((720, 960, 1440)))),
        fewest_days_in_a_row=draw(maybe(st.integers(1, 3))),
        most_days_in_a_row=draw(maybe(st.integers(1, 4))),
        fewest_days_off_in_a_row=draw(maybe(st.integers(1, 3))),
        most_weekends=draw(maybe(st.integers(0, 1))),
        days_off=draw(st.lists(st.integers(0, days - 1), max_size=1).map(tuple)),
    )


@st.composite
def people(draw: st.DrawFn, names: str, days: int) -> list[Person]:
    made = []
    for name in names:
        before = draw(st.lists(st.sampled_from(("", "E", "L")), max_size=3))
        made.append(
            person(
                name,
                days,
                draw(limits(days)),
                group=draw(st.sampled_from(("PGY-1", "PGY-2"))),
                carried=carried(*before),
                leave=draw(st.lists(st.integers(0, days - 1).map(lambda d: (d, d)), max_size=1).map(tuple)),
            )
        )
    return made


@st.composite
def problems(draw: st.DrawFn, most_people: int = 3, most_days: int = 6) -> RosterProblem:
    days = draw(st.integers(2, most_days))
    names = "ABC"[: draw(st.integers(1, most_people))]
    rows = [
        Coverage(
            "W",
            shift,
            fewest,
            draw(st.none() | st.integers(fewest, 2)),
            days=draw(st.none() | st.sets(st.integers(0, days - 1), min_size=1).map(lambda d: tuple(sorted(d)))),
            groups=draw(st.sampled_from((None, None, ("PGY-1",)))),
            price_below=draw(st.sampled_from((10, 7, 3.5))),
            price_above=draw(st.sampled_from((0, 1, 4))),
        )
        for shift in "ELS"
        for fewest in draw(st.lists(st.integers(0, 2), min_size=1, max_size=2))
    ]
    requests = draw(
        st.lists(
            st.builds(
                Request,
                st.sampled_from(names),
                st.integers(0, days - 1),
                st.sampled_from((None, "E", "L")),
                st.booleans(),
                st.sampled_from((1.0, 2.0, 5.0)),
            ),
            max_size=5,
        )
    )
    start = date(2024, 1, 1 + draw(st.integers(0, 6)))
    return problem(days, draw(people(names, days)), rows, shifts=SHIFTS, requests=tuple(requests), start=start)


def chosen_lines(roster: RosterProblem, solution: RosterSolution) -> dict[str, tuple[str, ...]]:
    """Each person's line as the literal reader takes it."""
    by_person = {p.id: [""] * roster.days for p in roster.people}
    for a in solution.assignments:
        by_person[a.person][a.day] = a.shift_type
    return {name: tuple(line) for name, line in by_person.items()}


@settings(max_examples=30)
@given(problems(most_people=2, most_days=5))
def test_it_finds_the_cheapest_roster_and_proves_it(roster: RosterProblem) -> None:
    assume(all(lines(roster, p) for p in roster.people))
    solution = solve_stretch(roster, time_limit=30, threads=1)
    chosen = chosen_lines(roster, solution)
    assert [list(broken(roster, p, chosen[p.id])) for p in roster.people] == [[] for _ in roster.people]
    assert solution.objective == pytest.approx(price(roster, chosen))
    assert solution.objective == pytest.approx(cheapest(roster))
    assert solution.status == "optimal"


@settings(max_examples=30)
@given(problems(most_people=1), st.integers(0, 2**32 - 1))
def test_a_network_holds_exactly_the_lines_that_the_limits_allow(roster: RosterProblem, seed: int) -> None:
    case = compile_case(roster)
    member = case.members[0]
    allowed = lines(roster, roster.people[0])
    number = {shift: k for k, (_, shift) in enumerate(case.options)}
    expected = {tuple(number[code] if code else OFF for code in line) for line in allowed}
    network = Network(member.terms)
    cost = np.random.default_rng(seed).integers(-9, 9, size=member.cost.shape).astype(float)
    assert set(lines_within(network, cost, 1e6, 100_000) or []) == expected
    prices = sorted(line_cost(line, cost) for line in expected)
    best = network.several(cost, 1, strict=True)
    assert (best is None) == (not expected)
    if best is not None:
        assert best[0] == prices[0]
        assert line_cost(best[1][0], cost) == prices[0]
        below = lines_within(network, cost, prices[0] + 3, 100_000)
        assert below is not None
        assert sorted(line_cost(line, cost) for line in below) == [p for p in prices if p <= prices[0] + 3]


@settings(max_examples=30)
@given(problems())
def test_every_roster_keeps_the_limits_even_where_nothing_can_be_counted(roster: RosterProblem) -> None:
    """With no room to count weekends and shifts of a type, penalties hold those limits; the bound stays a bound."""
    assume(all(lines(roster, p) for p in roster.people))
    room = network_module.MOST_CELLS
    network_module.MOST_CELLS = 0
    try:
        solution = solve_stretch(roster, time_limit=2, threads=1)
    finally:
        network_module.MOST_CELLS = room
    chosen = chosen_lines(roster, solution)
    assert [list(broken(roster, p, chosen[p.id])) for p in roster.people] == [[] for _ in roster.people]
    assert solution.bound is not None
    assert solution.bound <= solution.objective


def test_the_same_seed_gives_the_same_roster() -> None:
    names = "ABCDEFGH"
    staff = [person(n, 14, Limits({"E": 4}, 2880, 3840, 2, 4, 2, 1, (k,))) for k, n in enumerate(names)]
    rows = [Coverage("W", s, 2, 2, price_below=50, price_above=1) for s in "ELS"]
    roster = problem(14, staff, rows, shifts=SHIFTS, seed=5)
    first = solve_stretch(roster, time_limit=60, threads=1)
    again = solve_stretch(roster, time_limit=60, threads=1)
    assert first.status == "optimal"
    assert first.assignments == again.assignments
    assert [drawn(first, n, 14) for n in names] == [drawn(again, n, 14) for n in names]
    beside = solve_stretch(roster, time_limit=60, threads=2)
    assert (beside.objective, beside.status) == (first.objective, "optimal")
