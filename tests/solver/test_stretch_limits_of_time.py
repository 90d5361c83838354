"""The network solver when it is cut short: by the clock, or by whoever asked for the roster."""

from itertools import count

import pytest

from scheduling.solver.roster.problem import Limits, Request, RosterProblem
from scheduling.solver.stretch import solve_stretch
from tests.solver.stretch_cases import EARLY, LATE, SHORT, broken, need, person, problem, worked

DAYS = 21
NAMES = "ABCDEFGHIJKL"


@pytest.fixture
def ward() -> RosterProblem:
    staff = [person(n, DAYS, Limits({"L": 6}, 4800, 6240, 2, 5, 2, 2, (3 * k % DAYS,))) for k, n in enumerate(NAMES)]
    rows = [need(s, 2 + (d + k) % 3, (d,), below=1000, above=100) for d in range(DAYS) for k, s in enumerate("ELS")]
    wishes = tuple(Request(n, (5 * k + 2) % DAYS, "E", True, 1 + k % 3) for k, n in enumerate(NAMES))
    return problem(DAYS, staff, rows, shifts=(EARLY, LATE, SHORT), requests=wishes)


def check(roster: RosterProblem, status: str, **how: object) -> None:
    solution = solve_stretch(roster, **how)  # type: ignore[arg-type]
    assert solution.status == status
    for who in roster.people:
        by_day = worked(solution, who.id)
        assert list(broken(roster, who, tuple(by_day.get(d, "") for d in range(DAYS)))) == []
    assert solution.bound is None or solution.bound <= solution.objective


@pytest.mark.parametrize("threads", [1, 2])
def test_no_time_at_all_still_gives_a_roster(ward: RosterProblem, threads: int) -> None:
    check(ward, "feasible", time_limit=0, threads=threads)


def test_no_time_at_all_proves_only_that_prices_are_not_below_zero(ward: RosterProblem) -> None:
    assert solve_stretch(ward, time_limit=0).bound == 0


def test_cancelled_before_it_began_gives_the_first_roster(ward: RosterProblem) -> None:
    check(ward, "cancelled", time_limit=60, should_stop=lambda: True)


@pytest.mark.parametrize("threads", [1, 2])
def test_cancelled_on_the_way_gives_the_best_so_far(ward: RosterProblem, threads: int) -> None:
    asked = count()
    check(ward, "cancelled", time_limit=60, threads=threads, should_stop=lambda: next(asked) >= 3)


def test_what_the_callers_functions_raise_comes_through(ward: RosterProblem) -> None:
    def fail() -> bool:
        raise KeyError("the run is gone")

    with pytest.raises(KeyError, match="the run is gone"):
        solve_stretch(ward, time_limit=60, should_stop=fail)
