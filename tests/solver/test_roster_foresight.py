"""Fairness of the whole year: what the plan holds for somebody later is reckoned with now."""

from scheduling.solver.roster.coverage import Demand
from scheduling.solver.roster.foresight import expected_nights
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import Ledger
from scheduling.solver.roster.problem import Person, Placement, Prices
from tests.solver.roster_cases import NIGHT, need, problem, solve

MONTH = 28


def placed(name: str, *rotations: str, leave: tuple[tuple[int, int], ...] = ()) -> Person:
    """A PGY-1 who is on each of these for four weeks, in turn."""
    stays = tuple(Placement(MONTH * at, MONTH * at + 27, rotation) for at, rotation in enumerate(rotations))
    return Person(name, f"Dr {name}", "PGY-1", stays, leave=leave)


def test_a_night_is_spread_over_those_who_are_placed_there_and_not_on_leave() -> None:
    case = problem(
        placed("A", "WARD"),
        placed("B", "WARD", leave=((0, 6),)),
        placed("C", "NF"),
        needs=[need(NIGHT), need(NIGHT, rotation="NF", fewest=2, most=None)],
    )
    expected = expected_nights(Demand(Frame(case)), (0, 27))
    assert expected == [7 + 21 / 2, 21 / 2, 28.0]  # alone for a week; one of two; never more than one a night


def test_what_is_foreseen_counts_in_the_balance_beside_a_fair_share_of_it() -> None:
    ledger = Ledger(Frame(problem(placed("A", "WARD"), placed("B", "WARD"))))
    ledger.foresee("nights", [12.0, 0.0], (0, 27))
    assert [ledger.balance(person, "nights") for person in (0, 1)] == [6.0, -6.0]
    assert [share.worked.nights for share in ledger.shares()] == [0.0, 0.0]


def test_whoever_has_night_float_ahead_works_fewer_nights_before() -> None:
    people = (placed("A", "WARD", "NF"), placed("B", "WARD", "WARD"), placed("C", "WARD", "WARD"))
    case = problem(
        *people,
        days=2 * MONTH,
        periods=((0, 27), (28, 55)),
        needs=[need(NIGHT, days=tuple(range(28))), need(NIGHT, rotation="NF", days=tuple(range(28, 42)))],
        prices=Prices(missing_regular=0, weekend=0, holiday=0, hour=0),
    )
    nights = {share.person: share.worked.nights for share in solve(case, threads=1).fairness}
    assert nights == {"A": 14, "B": 14, "C": 14}  # all of A's on night float, of 42 in the two months
