"""Who could take a block but for one rule."""

from dataclasses import replace
from typing import Any

import pytest

from scheduling.solver.repair.lifting import eligible, rules_in_the_way
from scheduling.solver.repair.problem import RepairProblem
from scheduling.solver.repair.standing import Standing
from scheduling.solver.roster.problem import Assigned, Limits, RosterProblem, Rules
from tests.solver.repair_cases import DAYS, works
from tests.solver.roster_cases import CALL, DAY, NIGHT, NO_RULES, need, person, problem

CELL = ("WARD", "DAY", 6)


def ward(**more: object) -> RosterProblem:
    """B could work the ward on day 6; A is on leave then, and C counts on no shift of it."""
    people = person("A", DAYS, leave=((6, 6),)), person("B", DAYS), person("C", DAYS, group="PGY-9")
    given = {"needs": [need(DAY, groups=("PGY-1",))], "rules": NO_RULES, **more}
    return problem(*people, days=DAYS, **given)  # type: ignore[arg-type]


def standing(case: RosterProblem, *current: list[Assigned]) -> Standing:
    return Standing(RepairProblem(case, tuple(each for blocks in current for each in blocks), 0, DAYS - 1))


def in_the_way(case: RosterProblem, *current: list[Assigned]) -> list[str]:
    return rules_in_the_way(standing(case, *current), 1, CELL)


def test_eligible_is_who_counts_there_on_leave_or_not_and_has_not_got_it() -> None:
    assert eligible(standing(ward()), CELL) == [0, 1]
    assert eligible(standing(ward(), works("B", 6)), CELL) == [0]


def test_who_could_take_it_as_it_is_has_no_rule_in_the_way() -> None:
    assert in_the_way(ward(rules=Rules())) == []


@pytest.mark.parametrize(
    ("rule", "limit", "current"),
    [
        ("rest_between", 600, works("B", 5, shift=NIGHT)),
        ("rest_after_call", 840, works("B", 5, shift=CALL)),
        ("most_days_in_a_row", 2, works("B", 4, 5)),
        ("most_continuous", 1200, works("B", 5, shift=NIGHT)),
        ("free_day_in", 7, works("B", *[day for day in range(DAYS) if day not in (6, 13)])),
        ("weekly_hours", True, works("B", *range(6), 7, 8, 9, 10, 11, shift=CALL)[:6] + works("B", 8, 9)),
    ],
)
def test_each_rule_is_found_by_itself(rule: str, limit: Any, current: list[Assigned]) -> None:
    assert in_the_way(ward(rules=replace(NO_RULES, **{rule: limit})), current) == [rule]


def test_of_two_rules_in_the_way_neither_helps() -> None:
    rules = replace(NO_RULES, rest_between=600, most_days_in_a_row=2)
    assert in_the_way(ward(rules=rules), works("B", 4), works("B", 5, shift=NIGHT)) == []


def test_another_block_of_the_day_leave_and_limits_are_no_rules_to_lift() -> None:
    assert in_the_way(ward(), works("B", 6, shift=NIGHT)) == []
    assert rules_in_the_way(standing(ward()), 0, CELL) == []
    limited = ward()
    people = list(limited.people)
    people[1] = replace(people[1], limits=Limits(days_off=(6,)))
    assert in_the_way(replace(limited, people=tuple(people))) == []
    people[1] = replace(people[1], limits=Limits(shifts={"DAY": 0}))
    assert in_the_way(replace(limited, people=tuple(people))) == []


def test_who_does_not_count_there_has_nothing_in_the_way() -> None:
    assert rules_in_the_way(standing(ward(), works("C", 5, shift=NIGHT)), 2, CELL) == []
