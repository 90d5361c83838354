"""Who works which block: coverage, placements, pins, leave, cross-cover, requests, fairness, and the run itself."""

from dataclasses import replace

import pytest

from scheduling.solver.progress import Progress
from scheduling.solver.roster.problem import (
    Carried,
    CrossCover,
    Limits,
    Pin,
    Placement,
    Prices,
    Request,
    RosterProblem,
    Rotation,
    Rules,
    ShiftType,
    Shortfall,
    Tally,
)
from scheduling.solver.roster.year import _Run, rounds_of
from tests.solver.roster_cases import DAY, NIGHT, NO_FAIRNESS, NO_RULES, WARD, need, person, problem, solve, worked


def test_missing_people_are_priced_and_listed():
    case = problem(person(days=2), days=2, needs=[need(DAY, 2, price_below=700)])
    solution = solve(case)
    assert worked(solution) == [0, 1]
    assert solution.shortfalls == (
        Shortfall("WARD", 0, "DAY", None, 1, 700),
        Shortfall("WARD", 1, "DAY", None, 1, 700),
    )
    assert (solution.objective, solution.bound, solution.status) == (1400, 1400, "optimal")


def test_a_block_that_nobody_can_work_is_missing_too():
    solution = solve(problem(person(days=1), days=1, needs=[need(DAY, 3, rotation="NF")]))
    assert solution.shortfalls == (Shortfall("NF", 0, "DAY", None, 3, 3000),)
    assert solution.objective == 3000


def test_only_people_of_the_groups_count():
    senior = person("S", 1, group="PGY-3")
    case = problem(person("A", 1), senior, days=1, needs=[need(DAY, groups=("PGY-3",))])
    assert [a.person for a in solve(case).assignments] == ["S"]


def test_people_beyond_the_most_cost():
    wards = replace(WARD, regular={0: ("DAY",)})
    case = problem(
        person("A", 1), person("B", 1), days=1, rotations=(wards,), needs=[need(DAY, price_above=50)]
    )  # a missed ordinary day costs 20
    assert len(solve(case).assignments) == 1
    cheap = replace(case, coverage=(need(DAY, price_above=5),))
    assert len(solve(cheap).assignments) == 2


def test_coverage_by_weekday_and_holiday():
    rows = [need(DAY, weekdays=(0, 1), holidays="never"), need(NIGHT, holidays="only")]
    solution = solve(problem(person(days=7), days=7, needs=rows, holidays=(1,)))
    assert [(a.day, a.shift_type) for a in solution.assignments] == [(0, "DAY"), (1, "NIGHT")]


def test_leave_makes_no_assignments_and_a_pin_on_it_is_kept_and_said():
    case = problem(
        person(days=3, leave=((0, 1),)),
        days=3,
        needs=[need(DAY)],
        pins=(Pin("A", 1, "NIGHT"),),
        rules=replace(NO_RULES, rest_between=600),
    )
    solution = solve(case)
    assert [(a.day, a.shift_type) for a in solution.assignments] == [(1, "NIGHT")]  # and the rest after it
    assert [(b.pin.day, b.rule) for b in solution.broken_pins] == [(1, "approved leave")]


def test_a_night_that_ends_on_leave_goes_to_somebody_else_or_costs():
    case = problem(person("A", 2, leave=((1, 1),)), person("B", 2), days=2, needs=[need(NIGHT, days=(0,))])
    assert [a.person for a in solve(case).assignments] == ["B"]
    alone = replace(case, people=case.people[:1])
    assert solve(alone).objective == 15


def test_two_pins_that_clash_are_both_kept_and_said():
    pins = (Pin("A", 0, "NIGHT"), Pin("A", 1, "DAY", "NF"))
    solution = solve(problem(person(days=2), days=2, pins=pins, rules=replace(NO_RULES, rest_between=600)))
    assert [(a.shift_type, a.rotation) for a in solution.assignments] == [("NIGHT", "WARD"), ("DAY", "NF")]
    assert {b.rule for b in solution.broken_pins} == {"10 hours between shifts (program rule)"}
    assert [b.pin for b in solution.broken_pins] == list(pins)


def test_a_pin_counts_as_coverage():
    case = problem(person("A", 1), person("B", 1), days=1, needs=[need(DAY)], pins=(Pin("B", 0, "DAY"),))
    assert [a.person for a in solve(case).assignments] == ["B"]


def test_cross_cover_is_called_where_its_own_people_are_missing():
    elective = Rotation("ELECTIVE", "Elective")
    cover = CrossCover("ELECTIVE", "WARD", ("NIGHT",), weekdays=(5, 6), price=5)
    case = problem(
        person("E", 7, "ELECTIVE"),
        days=7,
        rotations=(WARD, elective),
        needs=[need(NIGHT), need(DAY)],
        cross_cover=(cover,),
    )
    solution = solve(case)
    assert [(a.day, a.shift_type, a.rotation) for a in solution.assignments] == [
        (5, "NIGHT", "WARD"),
        (6, "NIGHT", "WARD"),
    ]
    with_own = replace(case, people=(*case.people, person("A", 7)), coverage=(need(NIGHT),))
    assert {a.person for a in solve(with_own).assignments} == {"A"}


def test_an_ordinary_week_is_worked_but_not_on_holidays_nor_after_a_night():
    clinic = Rotation("CLINIC", "Clinic", regular=dict.fromkeys(range(5), ("DAY",)))
    case = problem(
        person(days=7, rotation="CLINIC"),
        days=7,
        rotations=(clinic, WARD),
        holidays=(1,),
        pins=(Pin("A", 2, "NIGHT", "WARD"),),
        rules=replace(NO_RULES, rest_between=600),
    )
    solution = solve(case)
    assert [(a.day, a.shift_type) for a in solution.assignments] == [(0, "DAY"), (2, "NIGHT"), (4, "DAY")]
    assert solution.objective == 0


def test_two_half_days_are_worked_on_one_date():
    am = ShiftType("AM", "Morning", 8 * 60, 240, joins=("PM",))
    pm = ShiftType("PM", "Afternoon", 13 * 60, 240)
    case = problem(
        person(days=2),
        days=2,
        shift_types=(am, pm, NIGHT),
        needs=[need(am), need(pm), need(NIGHT, days=(1,), price_below=3000)],
        rules=replace(NO_RULES, rest_between=600, most_days_in_a_row=2, free_day_in=7),
    )
    assert [(a.day, a.shift_type) for a in solve(case).assignments] == [(0, "AM"), (0, "PM"), (1, "NIGHT")]


def test_requests_are_kept_where_they_cost_less_than_what_they_prevent():
    asked = (Request("A", 0, None, False, 30), Request("A", 1, "NIGHT", False, 30), Request("B", 2, "DAY", True, 30))
    case = problem(person("A", 3), person("B", 3), days=3, needs=[need(DAY), need(NIGHT)], requests=asked)
    solution = solve(case)
    assert solution.refused == (asked[0],)  # two blocks a day need both people
    assert ("A", 1, "DAY") in [(a.person, a.day, a.shift_type) for a in solution.assignments]
    assert ("B", 2, "DAY") in [(a.person, a.day, a.shift_type) for a in solution.assignments]


def test_fairness_pays_back_the_balance_carried_in():
    owing = Carried(worked=Tally(nights=0), fair=Tally(nights=2))
    ahead = Carried(worked=Tally(nights=4), fair=Tally(nights=2))
    people = (person("A", 8, carried=ahead), person("B", 8, carried=owing))
    case = problem(*people, days=8, needs=[need(NIGHT)], prices=replace(NO_FAIRNESS, night=6))
    solution = solve(case)
    assert (len(worked(solution, "A")), len(worked(solution, "B"))) == (2, 6)
    a, b = solution.fairness
    assert (a.worked.nights, a.fair.nights, b.worked.nights, b.fair.nights) == (2, 4, 6, 4)
    assert solution.carried["A"].worked.nights == 6
    assert solution.carried["A"].fair.nights == 6
    assert [block.day for block in solution.carried["A"].recent] == [day - 8 for day in worked(solution, "A")]


@pytest.mark.parametrize(("share", "leave", "nights"), [(1.0, (), 6), (0.5, (), 4), (1.0, ((0, 5),), 4)])
def test_a_fair_share_is_pro_rated_for_part_time_and_leave(share, leave, nights):
    people = (person("A", 12, share=share, leave=leave), person("B", 12))
    case = problem(*people, days=12, needs=[need(NIGHT)], prices=replace(NO_FAIRNESS, night=6))
    assert len(worked(solve(case), "A")) == nights


def test_weekends_and_holidays_are_shared():
    people = (person("A", 14), person("B", 14))
    rows = [need(DAY, weekdays=(5, 6)), need(DAY, holidays="only", weekdays=(0, 1, 2, 3, 4))]
    prices = replace(NO_FAIRNESS, weekend=6, holiday=6)
    solution = solve(problem(*people, days=14, needs=rows, holidays=(1, 8), prices=prices))
    assert [(f.worked.weekends, f.worked.holidays) for f in solution.fairness] == [(1, 1), (1, 1)]


def test_days_outside_the_open_ones_keep_their_pins():
    pins = (Pin("A", 0, "NIGHT"), Pin("A", 3, "NIGHT"))
    case = problem(
        person(days=4),
        days=4,
        needs=[need(DAY)],
        pins=pins,
        first_open=1,
        last_open=2,
        rules=replace(NO_RULES, rest_between=600),
    )
    solution = solve(case)
    assert [(a.day, a.shift_type) for a in solution.assignments] == [(0, "NIGHT"), (2, "DAY"), (3, "NIGHT")]
    assert [shortfall.day for shortfall in solution.shortfalls] == [0, 1, 3]


def test_closed_days_of_a_person_keep_exactly_their_pins():
    """Others are given what they could have worked, and a day that only they could work stays short."""
    people = (person("A", 4, open=((2, 3),)), person("B", 4, leave=((1, 3),)), person("C", 4, open=()))
    case = problem(*people, days=4, needs=[need(DAY)], pins=(Pin("A", 0, "NIGHT"),))
    solution = solve(case)
    assert [(a.person, a.day, a.shift_type) for a in solution.assignments] == [
        ("A", 0, "NIGHT"),
        ("A", 2, "DAY"),
        ("A", 3, "DAY"),
        ("B", 0, "DAY"),
    ]
    assert [shortfall.day for shortfall in solution.shortfalls] == [1]


def test_the_ordinary_week_is_not_owed_on_closed_days():
    ward = replace(WARD, regular=dict.fromkeys(range(7), ("DAY",)))
    case = problem(person(days=3, open=((1, 1),)), days=3, rotations=(ward,))
    solution = solve(case)
    assert (worked(solution), solution.objective) == ([1], 0.0)


def test_limits_of_one_person_hold_beside_the_rules():
    limits = Limits(shifts={"DAY": 5}, most_days_in_a_row=2, fewest_days_off_in_a_row=2, most_weekends=1, days_off=(0,))
    case = problem(person(days=14, limits=limits), days=14, needs=[need(DAY)], rules=replace(NO_RULES, free_day_in=7))
    days = worked(solve(case))
    assert len(days) == 5
    assert 0 not in days
    assert not any({day, day + 1, day + 2} <= set(days) for day in days)
    assert not any(day + 2 in days and day + 1 not in days for day in days)
    assert len({day // 7 for day in days if day % 7 >= 5}) <= 1


def test_a_problem_of_limits_alone_is_solved_as_paths():
    limits = Limits(fewest_days_in_a_row=2, most_days_in_a_row=3, fewest_days_off_in_a_row=2)
    case = problem(
        person(days=7, limits=limits), days=7, needs=[need(DAY)], prices=replace(NO_FAIRNESS, missing_regular=0)
    )
    solution = solve(case)
    assert len(worked(solution)) == 5
    assert solution.status == "optimal"


def year(residents: int = 4, days: int = 84) -> RosterProblem:
    people = tuple(person(name, days) for name in "ABCDEFGH"[:residents])
    periods = tuple((first, first + 27) for first in range(0, days, 28))
    return problem(*people, days=days, periods=periods, needs=[need(DAY), need(NIGHT)], rules=Rules(), prices=Prices())


def test_the_same_problem_has_the_same_roster_each_time():
    first, second = solve(year()), solve(year())
    assert first.assignments == second.assignments
    assert first.shortfalls == ()
    assert (first.objective, first.bound) == (second.objective, second.bound)


def test_progress_is_told_and_ends_at_a_hundred_per_cent():
    told: list[Progress] = []
    solve(year(days=56), on_progress=told.append)
    assert told[-1].percent == 100
    assert [one.percent for one in told] == sorted(one.percent for one in told)


def test_cancelling_keeps_what_was_made_and_says_so():
    solution = solve(year(), should_stop=lambda: True, threads=1)
    assert (solution.status, solution.is_complete) == ("cancelled", False)


def test_cancelled_after_the_last_days_were_made_it_is_complete():
    """Also where nothing is asked in some of them."""
    asked = year(days=56)
    asked = replace(asked, coverage=tuple(replace(row, days=tuple(range(28))) for row in asked.coverage))
    whole = solve(asked, threads=1)
    run = _Run(asked, 60, 1)
    run.solve(None, None)
    run.cancelled.set()
    late = run._solution()
    assert (late.status, late.is_complete, late.assignments) == ("cancelled", True, whole.assignments)


def test_errors_of_the_callers_functions_come_back_to_the_caller():
    def fail(_: object) -> None:
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError, match="the database is gone"):
        solve(year(), on_progress=fail)


def test_nobody_and_nothing_to_do_are_rosters_too():
    assert solve(problem(needs=[need(DAY)], days=1)).objective == 1000
    idle = solve(problem(replace(person(), placements=(Placement(40, 50, "WARD"),))))
    assert idle.assignments == ()
    assert idle.objective == 0


@pytest.mark.parametrize(
    ("count", "lanes", "rounds"),
    [
        (13, 2, [[0, 7], [1, 8], [2, 9], [3, 10], [4, 11], [5, 12], [6]]),
        (3, 2, [[0, 2], [1]]),
        (2, 2, [[0], [1]]),
        (1, 2, [[0]]),
        (3, 1, [[0], [1], [2]]),
        (0, 2, []),
    ],
)
def test_spans_made_together_are_never_neighbours(count, lanes, rounds):
    assert rounds_of(count, lanes) == rounds
