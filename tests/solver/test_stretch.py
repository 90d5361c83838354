"""The network solver on problems small enough to work out by hand."""

from dataclasses import replace
from datetime import date

import pytest

from scheduling.solver.progress import Progress
from scheduling.solver.roster.problem import (
    BrokenPin,
    Coverage,
    CrossCover,
    Limits,
    Pin,
    Placement,
    Prices,
    Request,
    RosterProblem,
    RosterSolution,
    Rotation,
    Rules,
    Shortfall,
    WorkedBlock,
)
from scheduling.solver.stretch import solve_stretch, unsupported
from tests.solver.stretch_cases import DAY, EARLY, LATE, SHORT, carried, drawn, need, person, problem, worked


def solved(roster: RosterProblem) -> RosterSolution:
    solution = solve_stretch(roster, time_limit=20)
    assert solution.status == "optimal"
    assert solution.bound == solution.objective
    return solution


def test_most_days_in_a_row_hold_at_the_edges_too() -> None:
    roster = problem(5, [person("Ada", 5, Limits(most_days_in_a_row=2))], [need("D", 1)])
    solution = solved(roster)
    assert solution.objective == 100
    assert drawn(solution, "Ada", 5) == "DD.DD"


def test_days_worked_before_count_toward_the_most_in_a_row() -> None:
    ada = person("Ada", 4, Limits(most_days_in_a_row=3), carried=carried("D", "D"))
    solution = solved(problem(4, [ada], [need("D", 1)]))
    assert drawn(solution, "Ada", 4) == "D.DD"


def test_more_days_worked_before_than_allowed_means_a_day_off_first() -> None:
    ada = person("Ada", 3, Limits(most_days_in_a_row=2), carried=carried("D", "D", "D", "D"))
    assert drawn(solved(problem(3, [ada], [need("D", 1)])), "Ada", 3) == ".DD"


def test_a_stretch_of_work_is_not_shorter_than_the_fewest_inside() -> None:
    ada = person("Ada", 5, Limits(fewest_days_in_a_row=2))
    solution = solved(problem(5, [ada], [need("D", 1, (2,)), need("D", 0, (0, 1, 3, 4), above=10)]))
    assert solution.objective == 10
    assert drawn(solution, "Ada", 5) in (".DD..", "..DD.")


@pytest.mark.parametrize(("day", "roster"), [(0, "D...."), (4, "....D")])
def test_a_stretch_of_work_at_an_edge_is_excused_from_the_fewest(day: int, roster: str) -> None:
    ada = person("Ada", 5, Limits(fewest_days_in_a_row=3))
    others = tuple(d for d in range(5) if d != day)
    solution = solved(problem(5, [ada], [need("D", 1, (day,)), need("D", 0, others, above=10)]))
    assert (solution.objective, drawn(solution, "Ada", 5)) == (0, roster)


def test_a_stretch_of_days_off_is_not_shorter_than_the_fewest_inside() -> None:
    ada = person("Ada", 6, Limits(fewest_days_off_in_a_row=2), leave=((2, 2),))
    solution = solved(problem(6, [ada], [need("D", 1)]))
    assert solution.objective == 200
    assert drawn(solution, "Ada", 6) in ("D..DDD", "DD..DD")


@pytest.mark.parametrize(("day", "roster"), [(0, ".DDDD"), (4, "DDDD.")])
def test_days_off_at_an_edge_are_excused_from_the_fewest(day: int, roster: str) -> None:
    ada = person("Ada", 5, Limits(fewest_days_off_in_a_row=3, days_off=(day,)))
    assert drawn(solved(problem(5, [ada], [need("D", 1)])), "Ada", 5) == roster


def test_minutes_lie_between_fewest_and_most() -> None:
    limits = Limits(fewest_minutes=1200, most_minutes=1300)
    roster = problem(4, [person("Ada", 4, limits)], [need("D", 1), need("S", 0)], shifts=(DAY, SHORT))
    solution = solved(roster)
    assert solution.objective == 201
    assert sorted(worked(solution, "Ada").values()) == ["D", "D", "S"]


def test_fewest_minutes_are_worked_even_where_nobody_is_needed() -> None:
    solution = solved(problem(4, [person("Ada", 4, Limits(fewest_minutes=700))], [need("D", 0)]))
    assert solution.objective == 2
    assert len(solution.assignments) == 2


def test_most_shifts_of_a_type() -> None:
    limits = Limits(shifts={"E": 1, "L": 0})
    roster = problem(3, [person("Ada", 3, limits)], [need("E", 1), need("L", 1)], shifts=(EARLY, LATE))
    solution = solved(roster)
    assert list(worked(solution, "Ada").values()) == ["E"]
    assert solution.objective == 500


def test_most_weekends_count_a_weekend_once() -> None:
    limits = Limits(most_weekends=1)
    weekends = need("D", 1, (5, 6, 12, 13))
    solution = solved(problem(14, [person("Ada", 14, limits)], [weekends]))
    assert solution.objective == 200
    assert set(worked(solution, "Ada")) in ({5, 6}, {12, 13})


def test_weekends_follow_the_calendar() -> None:
    sunday = date(2024, 1, 7)
    ada = person("Ada", 8, Limits(most_weekends=1))
    solution = solved(problem(8, [ada], [need("D", 1, (0, 6, 7))], start=sunday))
    assert (solution.objective, set(worked(solution, "Ada"))) == (100, {6, 7})


def test_fixed_days_off_and_leave_are_kept() -> None:
    ada = person("Ada", 5, Limits(days_off=(0,)), leave=((3, 9),))
    solution = solved(problem(5, [ada], [need("D", 1)]))
    assert drawn(solution, "Ada", 5) == ".DD.."
    assert solution.shortfalls == tuple(Shortfall("W", day, "D", None, 1, 100) for day in (0, 3, 4))


def test_a_shift_does_not_follow_one_that_forbids_it() -> None:
    ada = person("Ada", 2)
    solution = solved(problem(2, [ada], [need("L", 1, (0,)), need("E", 1, (1,), below=99)], shifts=(EARLY, LATE)))
    assert (solution.objective, drawn(solution, "Ada", 2)) == (99, "L.")


def test_a_shift_worked_before_forbids_as_well() -> None:
    ada = person("Ada", 2, carried=carried("L"))
    solution = solved(problem(2, [ada], [need("E", 1)], shifts=(EARLY, LATE)))
    assert drawn(solution, "Ada", 2) == ".E"


def test_rest_between_shifts_goes_by_the_clock() -> None:
    roster = problem(2, [person("Ada", 2)], [need("L", 1, (0,)), need("E", 1, (1,))], shifts=(EARLY, LATE))
    open_late = replace(LATE, not_followed_by=())
    free = replace(roster, shift_types=(EARLY, open_late), rules=replace(roster.rules, rest_between=8 * 60))
    assert drawn(solved(free), "Ada", 2) == "LE"
    held = replace(free, rules=replace(free.rules, rest_between=10 * 60))
    assert solved(held).objective == 100


def test_requests_are_paid_for_where_they_are_refused() -> None:
    requests = (
        Request("Ada", 0, "D", True, 3),
        Request("Ada", 1, "D", False, 7),
        Request("Ada", 2, None, False, 2),
        Request("Ada", 3, None, True, 5),
    )
    roster = problem(4, [person("Ada", 4)], [need("D", 0, (0,), above=1), need("D", 1, (1, 2))], requests=requests)
    solution = solved(replace(roster, coverage=(*roster.coverage, need("D", 0, (3,), above=9))))
    assert drawn(solution, "Ada", 4) == "DDD."
    assert solution.objective == 1 + 7 + 2 + 5
    assert solution.refused == requests[1:]


def test_coverage_is_priced_below_and_above() -> None:
    staff = [person(name, 1, Limits(fewest_minutes=480)) for name in ("Ada", "Bea", "Cem")]
    assert solved(problem(1, staff, [need("D", 1, above=4)])).objective == 8
    assert solved(problem(1, staff, [need("D", 5, below=30)])).objective == 60


def test_people_between_fewest_and_most_cost_nothing() -> None:
    staff = [person(name, 1, Limits(fewest_minutes=480)) for name in ("Ada", "Bea", "Cem")]
    wide = Coverage("W", "D", 1, 2, price_below=100, price_above=5)
    assert solved(problem(1, staff, [wide])).objective == 5
    assert solved(problem(1, staff, [replace(wide, most=None)])).objective == 0


def test_a_block_that_ends_on_a_day_of_leave_has_a_price() -> None:
    night = replace(LATE, starts=20 * 60, minutes=720)
    ada, bea = person("Ada", 3, leave=((1, 2),)), person("Bea", 3, leave=((0, 0),))
    roster = problem(3, [ada, bea], [need("L", 1, (0,))], shifts=(EARLY, night))
    away = replace(roster, prices=replace(roster.prices, into_leave=15))
    assert (solved(away).objective, drawn(solved(away), "Ada", 3)) == (15, "L..")
    assert solved(replace(away, pins=(Pin("Ada", 0, "L"),))).objective == 0
    assert solved(replace(away, shift_types=(EARLY, LATE))).objective == 0


def test_only_the_groups_of_a_row_count_in_it() -> None:
    ada, bea = person("Ada", 1), person("Bea", 1, group="PGY-2")
    seniors = replace(need("D", 1), groups=("PGY-2",))
    solution = solved(problem(1, [ada, bea], [seniors, need("D", 1, below=10)]))
    assert (solution.objective, [a.person for a in solution.assignments]) == (0, ["Bea"])


def test_someone_who_counts_in_no_row_does_not_work() -> None:
    solution = solved(problem(1, [person("Ada", 1)], [replace(need("D", 1), groups=("PGY-2",))]))
    assert (solution.objective, solution.assignments) == (100, ())


def test_work_is_where_the_plan_places_people_or_cross_cover_sends_them() -> None:
    ada = person("Ada", 2, placements=(Placement(0, 0, "W"), Placement(1, 1, "ICU")))
    icu = Coverage("ICU", "D", 1, 1, price_below=50)
    roster = replace(problem(2, [ada], [need("D", 1), icu]), rotations=(Rotation("W", ""), Rotation("ICU", "")))
    alone = solved(roster)
    assert [(a.day, a.rotation) for a in alone.assignments] == [(0, "W"), (1, "ICU")]
    covering = solved(replace(roster, cross_cover=(CrossCover("ICU", "W", ("D",), price=5),)))
    assert [(a.day, a.rotation) for a in covering.assignments] == [(0, "W"), (1, "W")]
    assert covering.objective == 50 + 50 + 5


def test_short_staffing_gives_the_best_roster_and_the_list_of_what_is_missing() -> None:
    solution = solved(problem(2, [person("Ada", 2)], [need("D", 3)]))
    assert solution.objective == 400
    assert [(s.day, s.missing, s.price) for s in solution.shortfalls] == [(0, 2, 200), (1, 2, 200)]


def test_pins_are_kept() -> None:
    roster = problem(4, [person("Ada", 4)], [need("D", 0)], pins=(Pin("Ada", 2, "D"),))
    solution = solved(roster)
    assert (drawn(solution, "Ada", 4), solution.broken_pins) == ("..D.", ())


def test_a_pin_is_kept_and_reported_where_it_breaks_a_limit() -> None:
    pins = tuple(Pin("Ada", day, "D") for day in (0, 1, 2))
    roster = problem(4, [person("Ada", 4, Limits(most_days_in_a_row=2))], [need("D", 1)], pins=pins)
    solution = solved(roster)
    assert drawn(solution, "Ada", 4)[:3] == "DDD"
    assert solution.broken_pins == tuple(BrokenPin(pin, "most days worked in a row") for pin in pins)


def test_a_pin_on_leave_is_kept_and_reported() -> None:
    pin = Pin("Ada", 1, "D")
    solution = solved(problem(3, [person("Ada", 3, leave=((0, 2),))], [need("D", 1)], pins=(pin,)))
    assert drawn(solution, "Ada", 3) == ".D."
    assert solution.broken_pins == (BrokenPin(pin, "leave"),)


def test_leave_that_makes_the_fewest_minutes_impossible_still_leaves_a_roster() -> None:
    ada = person("Ada", 4, Limits(fewest_minutes=1440), leave=((0, 1),))
    solution = solved(problem(4, [ada], [need("D", 0)]))
    assert drawn(solution, "Ada", 4) == "..DD"


def test_days_that_are_not_open_keep_exactly_their_pins() -> None:
    roster = problem(4, [person("Ada", 4)], [need("D", 1)], pins=(Pin("Ada", 0, "D"),))
    solution = solved(replace(roster, first_open=2, last_open=2))
    assert drawn(solution, "Ada", 4) == "D.D."


def test_what_is_carried_on_counts_days_from_the_next_first_day() -> None:
    solution = solved(problem(2, [person("Ada", 2)], [need("D", 1)]))
    assert solution.carried["Ada"].recent == (WorkedBlock(-2, "D", "W"), WorkedBlock(-1, "D", "W"))


def test_nobody_there_is_a_roster_too() -> None:
    solution = solved(problem(2, [], [need("D", 1)]))
    assert (solution.objective, solution.assignments) == (200, ())


def test_what_cannot_be_held_is_said() -> None:
    roster = problem(2, [person("Ada", 2)], [need("D", 1)])
    assert unsupported(roster) == ()
    strict = replace(roster, rules=replace(roster.rules, weekly_hours=True))
    with pytest.raises(ValueError, match=r"cannot hold this problem: the rule weekly_hours is on\."):
        solve_stretch(strict, time_limit=1)
    assert "the rule call_every is on" in unsupported(replace(roster, rules=Rules()))
    priced = replace(roster, prices=Prices(short_rest=0, night=6, weekend=0, holiday=0, hour=0))
    assert unsupported(priced) == ("fairness in nights has a price",)
    weeks = replace(roster, rotations=(Rotation("W", "Ward", regular={0: ("D",)}),))
    assert unsupported(weeks) == ("rotations have ordinary weeks",)
    kinds = (replace(DAY, joins=("B",)), replace(DAY, code="B", duty="backup"))
    assert unsupported(replace(roster, shift_types=kinds)) == (
        "there is backup, which is no work for some limits and a shift for others",
        "a person may work two shifts on one day",
    )
    short = replace(EARLY, minutes=20 * 60)
    tired = replace(roster, shift_types=(short,), rules=replace(roster.rules, short_rest=480), prices=Prices())
    assert "short rests have a price" in unsupported(tired)


def test_a_pin_where_nobody_is_placed_needs_a_rotation() -> None:
    ada = person("Ada", 2, placements=())
    with pytest.raises(ValueError, match="the pin of Ada on day 1 names no rotation"):
        solve_stretch(problem(2, [ada], [need("D", 1)], pins=(Pin("Ada", 1, "D"),)), time_limit=1)


def test_prices_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="A price is below 0"):
        solve_stretch(problem(1, [person("Ada", 1)], [need("D", 1, below=-1)]), time_limit=1)


def test_two_pins_on_one_day_are_refused() -> None:
    pins = (Pin("Ada", 0, "E"), Pin("Ada", 0, "L"))
    with pytest.raises(ValueError, match="Ada has two pins on day 0"):
        solve_stretch(problem(1, [person("Ada", 1)], [], shifts=(EARLY, LATE), pins=pins), time_limit=1)


def test_progress_ends_with_the_solution_and_bounds_never_pass_it() -> None:
    reports: list[Progress] = []
    people = [person(name, 7, Limits(fewest_minutes=1920, most_days_in_a_row=3)) for name in "ABCDE"]
    solution = solve_stretch(problem(7, people, [need("D", 3)]), time_limit=20, on_progress=reports.append)
    assert reports[-1].objective == solution.objective
    assert all(r.bound is None or r.objective is None or r.bound <= r.objective for r in reports)
    assert all(0 <= r.percent <= 100 for r in reports)
