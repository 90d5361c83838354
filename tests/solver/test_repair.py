"""Repairs worked by hand: each with the plan that has to come out."""

from dataclasses import replace
from itertools import pairwise

import pytest

from scheduling.solver.progress import Progress
from scheduling.solver.roster.problem import (
    CrossCover,
    Limits,
    Person,
    Pin,
    Placement,
    Request,
    RosterProblem,
    Rotation,
    Rules,
)
from tests.solver.repair_cases import BACKUP, DAYS, only, repair, said, works
from tests.solver.roster_cases import DAY, NIGHT, NO_FAIRNESS, NO_RULES, need, person, problem

CLINIC = Rotation("CLINIC", "Clinic", regular=dict.fromkeys(range(5), ("DAY",)))
RESTED = replace(NO_RULES, rest_between=10 * 60)


def away(name: str, first: int, last: int) -> Person:
    return person(name, DAYS, leave=((first, last),))


def ward(*people: Person, **more: object) -> RosterProblem:
    """A ward that needs one person by day, in two weeks."""
    return problem(*people, days=DAYS, **{"needs": [need(DAY)], "rules": RESTED, **more})  # type: ignore[arg-type]


def there(name: str) -> Person:
    return person(name, DAYS)


def test_somebody_free_takes_a_lost_block():
    solution = repair(ward(away("A", 3, 3), there("B")), works("A", 3, 4), works("B", 2))
    assert [(each.person, each.day) for each in solution.lost] == [("A", 3)]
    plan = solution.plans[0]
    assert said(plan) == ["+B 3 DAY"]
    assert (plan.people, plan.changes, plan.proven, plan.missing_price - 11 * 1000) == (("B",), 1, True, 0)
    assert (solution.fewest_changes, solution.fewest_people, solution.status) == (1, 1, "optimal")
    assert len(solution.missing_without) == len(solution.missing_before) + 1


def test_where_nobody_else_can_the_second_plan_leaves_the_block_empty():
    first, second = repair(ward(away("A", 3, 3), there("B")), works("A", 3)).plans
    assert said(first) == ["+B 3 DAY"]
    assert (said(second), second.missing_price - first.missing_price) == ([], 1000)


def test_nothing_changes_where_enough_are_left():
    plan = only(repair(ward(away("A", 3, 3), there("B"), there("C")), works("A", 3), works("B", 3)))
    assert (said(plan), plan.people, plan.price) == ([], (), 0)


def after_a_night() -> RosterProblem:
    return ward(away("A", 3, 3), there("B"), needs=[need(DAY, days=(3,)), need(NIGHT, days=(2,))])


def test_a_block_that_nobody_may_take_stays_missing_and_the_bound_says_so():
    """B comes from a night: 0 hours of rest."""
    solution = repair(after_a_night(), works("A", 3), works("B", 2, shift=NIGHT))
    assert said(only(solution)) == []
    assert (solution.fewest_changes, solution.fewest_people, solution.status) == (0, 0, "optimal")
    assert [(short.day, short.shift_type) for short in only(solution).shortfalls] == [(3, "DAY")]


def chain(**more: object) -> RosterProblem:
    """One by day and one by night are needed; C is not to work nights."""
    return ward(away("A", 3, 3), there("B"), there("C"), needs=[need(DAY, days=(3,)), need(NIGHT, days=(3,))], **more)


CHAINED = works("A", 3, shift=NIGHT), works("B", 3)
NO_NIGHT_FOR_C = (("C", 3, "NIGHT"),)


def test_a_chain_of_two_is_found_and_proven():
    """B leaves the day for the night, and C takes the day: 3 changes, 2 people."""
    solution = repair(chain(), *CHAINED, forbidden=NO_NIGHT_FOR_C)
    assert said(solution.plans[0]) == ["+B 3 NIGHT", "+C 3 DAY", "-B 3 DAY"]
    assert (solution.fewest_changes, solution.fewest_people, solution.plans[0].proven) == (3, 2, True)


def test_the_shortest_way_is_taken_where_there_is_one():
    solution = repair(chain(), *CHAINED)
    assert said(solution.plans[0]) == ["+C 3 NIGHT"]
    assert said(solution.plans[1]) == ["+B 3 NIGHT", "+C 3 DAY", "-B 3 DAY"] or said(solution.plans[1]) == []


@pytest.mark.parametrize(("notice_until", "changes"), [(3, 3), (4, 0)])
def test_within_the_notice_period_nobody_gives_up_a_block(notice_until, changes):
    solution = repair(chain(), *CHAINED, forbidden=NO_NIGHT_FOR_C, notice_until=notice_until)
    assert (solution.plans[0].changes, solution.fewest_changes) == (changes, changes)


def test_within_the_notice_period_people_who_are_free_take_what_is_lost():
    assert said(repair(chain(), *CHAINED, notice_until=DAYS).plans[0]) == ["+C 3 NIGHT"]


def test_a_pinned_block_is_not_given_up():
    solution = repair(chain(pins=(Pin("B", 3, "DAY"),)), *CHAINED, forbidden=NO_NIGHT_FOR_C)
    assert said(only(solution)) == []


def test_a_pinned_block_of_somebody_away_is_lost():
    solution = repair(ward(away("A", 3, 3), there("B"), pins=(Pin("A", 3, "DAY"),)), works("A", 3))
    assert said(solution.plans[0]) == ["+B 3 DAY"]


def test_only_open_days_are_repaired():
    case = ward(away("A", 3, 6), there("B"))
    solution = repair(case, works("A", 3, 4, 5, 6), first_open=4, last_open=5, plans=1)
    assert said(only(solution)) == ["+B 4 DAY", "+B 5 DAY"]
    assert [each.day for each in solution.lost] == [4, 5]


def test_blocks_that_have_ended_are_neither_lost_nor_given_nor_moved():
    case = ward(away("A", 3, 3), there("B"), needs=[need(DAY), need(NIGHT)])
    current = works("A", 3), works("A", 3, shift=NIGHT)
    solution = repair(case, *current, over=frozenset({(3, "DAY")}), plans=1)
    assert [(each.day, each.shift_type) for each in solution.lost] == [(3, "NIGHT")]
    assert said(only(solution)) == ["+B 3 NIGHT"]
    empty = repair(case, fill=(("WARD", "DAY", 3),), over=frozenset({(3, "DAY")}), plans=1)
    assert said(only(empty)) == []
    assert said(only(repair(chain(), *CHAINED, over=frozenset({(3, "DAY")}), forbidden=NO_NIGHT_FOR_C))) == []


def test_blocks_of_others_on_leave_stay_as_they_are():
    case = ward(away("A", 3, 3), away("B", 4, 4), there("C"))
    current = works("A", 3), works("B", 3, 4)
    case = replace(case, coverage=(need(DAY, 2),))
    assert said(repair(case, *current, away=("A",), plans=1).plans[0]) == ["+C 3 DAY"]
    assert said(repair(case, *current, plans=1).plans[0]) == ["+C 3 DAY", "+C 4 DAY"]


def test_what_was_missing_before_is_filled_only_if_asked():
    case = ward(there("A"), there("B"), needs=[need(DAY, days=(3, 4))])
    assert said(only(repair(case, works("A", 3)))) == []
    assert said(repair(case, works("A", 3), fill=(("WARD", "DAY", 4),), plans=2).plans[0]) in (
        ["+A 4 DAY"],
        ["+B 4 DAY"],
    )


def test_rules_that_are_lifted_do_not_bind():
    case = after_a_night()
    current = works("A", 3), works("B", 2, shift=NIGHT)
    solution = repair(case, *current, lifted={"B": frozenset({"rest_between"})})
    assert said(solution.plans[0]) == ["+B 3 DAY"]
    assert said(only(repair(case, *current, lifted={"A": frozenset({"rest_between"})}))) == []


def test_a_backup_is_called_in_without_being_missed():
    case = ward(away("A", 3, 3), there("B"), needs=[need(DAY, days=(3,)), need(BACKUP, days=(3, 4))])
    current = works("A", 3), works("B", 3, 4, shift=BACKUP)
    plan = repair(case, *current, notice_until=DAYS).plans[0]
    assert said(plan) == ["+B 3 DAY", "-B 3 BACKUP"]
    assert (plan.changes, plan.shortfalls) == (1, ())


def test_what_is_broken_already_is_left_and_not_made_worse():
    """At most two days in a row, and B works four: they get a day away from that run, and none that makes it longer."""
    rules = replace(NO_RULES, most_days_in_a_row=2)
    case = ward(away("A", 4, 8), there("B"), needs=[need(DAY, days=(0, 1, 2, 3, 4, 8))], rules=rules)
    solution = repair(case, works("A", 4, 8), works("B", 0, 1, 2, 3), plans=1)
    assert said(only(solution)) == ["+B 8 DAY"]
    assert [short.day for short in only(solution).shortfalls] == [4]
    assert solution.fewest_changes == 1


def test_who_is_over_the_hours_already_gets_no_more_and_is_not_asked_to_work_less():
    rules = replace(NO_RULES, weekly_hours=True)  # two weeks: 160 hours, 16 days of 10
    case = ward(away("A", 13, 13), there("B"), there("C"), rules=rules, needs=[need(DAY, days=(13,))])
    blocks = [*works("B", *range(13)), *works("B", 0, 1, 2, 3, shift=NIGHT)]  # 178 hours
    solution = repair(case, works("A", 13), blocks)
    assert said(solution.plans[0]) == ["+C 13 DAY"]


def test_plans_of_different_people_in_the_order_of_their_price():
    """B has worked three nights, C one, D none, and E wants that day off."""
    prices = replace(NO_FAIRNESS, night=6)
    names = "BCDE"
    case = ward(
        away("A", 10, 10),
        *(there(name) for name in names),
        needs=[need(NIGHT, days=(10,))],
        prices=prices,
        requests=(Request("E", 10, None, wants=False, price=40),),
    )
    nights = works("B", 0, 2, 4, shift=NIGHT), works("C", 0, shift=NIGHT), works("A", 10, shift=NIGHT)
    solution = repair(case, *nights, plans=4)
    assert [plan.people for plan in solution.plans] == [("D",), ("C",), ("B",), ("E",)]
    prices_paid = [plan.price for plan in solution.plans]
    assert prices_paid == sorted(prices_paid)
    # 5 nights among five people of whom A is there 13 of 14 days: a share is 5 * 14 / 69 = 1.0145 nights
    assert prices_paid[0] == pytest.approx(6 * (0.0145 - 1.0145), abs=0.01)
    assert prices_paid[1] == pytest.approx(6 * (0.9855 - 0.0145), abs=0.01)


def test_fewer_people_with_more_changes_is_the_second_plan():
    """B takes one night and C the other; or one of them takes both, and leaves the clinic of that day."""
    case = problem(
        away("A", 3, 5),
        person("B", DAYS, "CLINIC"),
        person("C", DAYS, "CLINIC"),
        days=DAYS,
        rotations=(Rotation("WARD", "Wards"), CLINIC),
        needs=[need(NIGHT, days=(3, 5))],
        rules=RESTED,
        cross_cover=(CrossCover("CLINIC", "WARD", ("NIGHT",), price=5),),
    )
    lost, b, c = works("A", 3, 5, shift=NIGHT), works("B", 5, rotation="CLINIC"), works("C", 3, rotation="CLINIC")
    solution = repair(case, lost, b, c, plans=2)
    first, second = solution.plans
    assert said(first) == ["+B 3 NIGHT", "+C 5 NIGHT"]
    assert said(second) in (
        ["+B 3 NIGHT", "+B 5 NIGHT", "-B 5 DAY"],
        ["+C 3 NIGHT", "+C 5 NIGHT", "-C 3 DAY"],
    )
    assert (solution.fewest_changes, solution.fewest_people, second.proven) == (2, 1, True)


def test_a_missed_clinic_has_its_price_and_is_no_missing_person():
    """B leaves Tuesday's clinic (20, no post-call day) for a night there (5 for cross-cover)."""
    case = problem(
        away("A", 1, 1),
        replace(person("B", DAYS), placements=(Placement(0, DAYS - 1, "CLINIC"),)),
        days=DAYS,
        rotations=(Rotation("WARD", "Wards"), CLINIC),
        needs=[need(NIGHT, days=(1,))],
        rules=RESTED,
        cross_cover=(CrossCover("CLINIC", "WARD", ("NIGHT",), price=5),),
    )
    solution = repair(case, works("A", 1, shift=NIGHT), works("B", 0, 1, 2, rotation="CLINIC"), plans=1)
    plan = only(solution)
    # the night takes the place of that day's clinic, and the next day is post-call
    assert said(plan) == ["+B 1 NIGHT", "-B 1 DAY", "-B 2 DAY"]
    assert (plan.price, plan.missing_price, solution.fewest_changes) == (5, 0, 3)


def test_limits_of_a_person_hold():
    limited = replace(there("B"), limits=Limits(shifts={"DAY": 1}, days_off=(5,)))
    case = ward(away("A", 3, 5), limited, needs=[need(DAY, days=(3, 4, 5))])
    solution = repair(case, works("A", 3, 4, 5), plans=1)
    assert len(only(solution).added) == 1
    assert only(solution).added[0].day in (3, 4)


def test_the_rules_of_a_year_hold_for_whoever_is_given_something():
    """Six nights in a row at most: of B's run of five and the two lost ones next to it, one is taken."""
    rules = replace(Rules(), most_nights_in_a_row=6)
    case = ward(away("A", 7, 8), there("B"), needs=[need(NIGHT)], rules=rules)
    solution = repair(case, works("A", 7, 8, shift=NIGHT), works("B", 2, 3, 4, 5, 6, shift=NIGHT), plans=1)
    assert said(only(solution)) in (["+B 7 NIGHT"], ["+B 8 NIGHT"])


def test_it_stops_when_told_and_says_so():
    case = ward(away("A", 3, 3), there("B"))
    solution = repair(case, works("A", 3), should_stop=lambda: True)
    assert (solution.status, solution.plans) == ("cancelled", ())
    assert len(solution.lost) == 1


def test_when_time_is_up_there_is_a_plan_that_changes_nothing_and_is_not_called_proven():
    solution = repair(ward(away("A", 3, 3), there("B")), works("A", 3), time_limit=0, plans=1)
    assert (solution.status, solution.fewest_changes) == ("feasible", 0)
    assert (said(only(solution)), only(solution).proven) == ([], False)
    assert 3 in [short.day for short in only(solution).shortfalls]
    assert only(solution).price == 0


def test_progress_is_told():
    told: list[Progress] = []
    repair(ward(away("A", 3, 3), there("B")), works("A", 3), on_progress=told.append)
    assert told[0].phase == "repair, plan 1 of 3"
    assert all(0 <= one.percent <= other.percent <= 99 for one, other in pairwise(told))
