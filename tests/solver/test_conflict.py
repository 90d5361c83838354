"""What of a rotation plan cannot all hold: by hand, and beside every plan there could be."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.solver.conflict.irreducible import filtered, irreducible
from scheduling.solver.conflict.plan import plan_conflict
from scheduling.solver.conflict.problem import Group, Undecided
from scheduling.solver.plan.problem import AtMost, Pattern, Person, Placement, PlanProblem, Step, Stint
from scheduling.solver.plan.solve import solve_plan
from tests.solver.plan_cases import need, owe, person, problem


def pin(rotations: str, period: int = 0, who: str = "ann", **more: Any) -> Placement:
    return Placement(who, period, frozenset(rotations), **{"pinned": True, **more})


def conflict(case: PlanProblem) -> list[tuple[Any, ...]] | None:
    found = plan_conflict(case, time_limit=60)
    if found is None:
        return None
    assert found.is_irreducible
    return [
        (each.kind, each.person, *([each.name] if each.name else []), *(each.periods or ())[:1])
        for each in found.groups
    ]


def test_quickxplain_finds_a_part_of_those_that_come_first() -> None:
    asked: list[Sequence[int]] = []

    def can_hold(chosen: Sequence[int]) -> bool:
        asked.append(chosen)
        return not ({2, 5} <= set(chosen) or {3, 7, 9} <= set(chosen) or {8, 9} <= set(chosen))

    assert irreducible(range(10), can_hold) == [2, 5]
    assert irreducible([9, 8, 7, 3, 2, 1], can_hold) == [9, 8]
    assert len(asked) < 30


@given(
    st.lists(st.frozensets(st.integers(0, 9), min_size=1, max_size=4), min_size=1, max_size=6),
    st.permutations(range(10)),
)
def test_what_is_found_is_irreducible(conflicts: list[frozenset[int]], order: list[int]) -> None:
    def can_hold(chosen: Sequence[int]) -> bool:
        return not any(each <= set(chosen) for each in conflicts)

    for smaller in (irreducible, filtered):
        found = smaller(order, can_hold)
        assert not can_hold(found)
        assert all(can_hold([other for other in found if other != each]) for each in found)


def test_nothing_that_contradicts_anything_contradicts_itself() -> None:
    assert irreducible([1, 2, 3], lambda _: False) == filtered([1, 2, 3], lambda _: False) == []


def test_what_can_all_hold_is_no_conflict() -> None:
    people = person("ann"), person("bob")
    assert conflict(problem(2, *people, staffing=(need("A", 1, 1), need("B", 1)), curriculum=(owe("AB", 2),))) is None


def test_two_of_four_seniors_are_away_and_one_is_pinned_elsewhere() -> None:
    seniors = [person(name, "PGY-2") for name in ("kim", "rao", "li", "ortiz")]
    seniors[:2] = [person(each.id, "PGY-2", absent=frozenset({0})) for each in seniors[:2]]
    case = problem(
        2,
        *seniors,
        person("ann"),
        staffing=(need("A", 2, groups=frozenset({"PGY-2"})),),
        placements=(pin("B", who="li"), pin("B", period=1, who="kim")),
    )
    assert conflict(case) == [
        ("pin", "li", 0),
        ("leave", "kim", 0),
        ("leave", "rao", 0),
        ("staffing", None, "need A", 0),
    ]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (problem(1, person(absent=frozenset({0})), placements=(pin("A"),)), [("pin", "ann", 0), ("leave", "ann", 0)]),
        (problem(1, placements=(pin("A"), pin("B"))), [("pin", "ann", 0), ("pin", "ann", 0)]),
        (
            problem(1, placements=(pin("A"), pin("A", pinned=False, allowed=False))),
            [("pin", "ann", 0), ("placement", "ann", 0)],
        ),
        (
            problem(2, curriculum=(owe("A", 2), owe("B", 1))),
            [("curriculum", "ann", "owe A"), ("curriculum", "ann", "owe B")],
        ),
        (
            problem(2, person(absent=frozenset({1})), curriculum=(owe("A", 2),)),
            [("leave", "ann", 1), ("curriculum", "ann", "owe A")],
        ),
        (problem(2, person(absent=frozenset({1})), curriculum=(owe("A", 2, waived_on_leave=True),)), None),
        (
            problem(2, placements=(pin("A"), pin("A", 1)), sequence_rules=(AtMost("once", frozenset("A"), 1, 2),)),
            [("pin", "ann", 0), ("pin", "ann", 1), ("sequence", "ann", "once")],
        ),
        (
            problem(
                3, placements=(pin("B"), pin("A", 1), pin("B", 2)), sequence_rules=(Stint("two", frozenset("A"), 2),)
            ),
            [("pin", "ann", 0), ("pin", "ann", 1), ("pin", "ann", 2), ("sequence", "ann", "two")],
        ),
        (
            problem(
                3,
                person(absent=frozenset({2})),
                placements=(pin("B"), pin("A", 1)),
                sequence_rules=(Stint("two", frozenset("A"), 2),),
            ),
            None,
        ),
        (
            problem(1, person("ann"), person("bob"), staffing=(need("A", 0, 1), need("B", 0, 0))),
            [
                ("staffing", None, "need A", 0),
                ("staffing", None, "need B", 0),
                ("placed", "ann", 0),
                ("placed", "bob", 0),
            ],
        ),
        (
            problem(
                1,
                person(part_leave=frozenset({0})),
                staffing=(need("A", 2, weight=2, part_leave_weight=1),),
            ),
            [("leave", "ann", 0), ("staffing", None, "need A", 0)],
        ),
        (problem(1, person(outside=frozenset({0})), staffing=(need("A", 1),)), [("staffing", None, "need A", 0)]),
    ],
)
def test_contradictions_made_by_hand(case: PlanProblem, expected: list[tuple[Any, ...]] | None) -> None:
    assert conflict(case) == expected


def test_what_only_whole_people_contradict() -> None:
    """Half of each of three people would do: the relaxation sees no conflict."""
    rules = (
        Pattern("no A then B", (Step(frozenset("A")), Step(frozenset("B")))),
        Pattern("no A then A", (Step(frozenset("A")), Step(frozenset("A")))),
        Pattern("no B then A", (Step(frozenset("B")), Step(frozenset("A")))),
        Pattern("no B then B", (Step(frozenset("B")), Step(frozenset("B")))),
    )
    assert conflict(problem(2, sequence_rules=rules)) == [
        *(("sequence", "ann", rule.name) for rule in sorted(rules, key=lambda rule: rule.name)),
        ("placed", "ann", 0),
        ("placed", "ann", 1),
    ]


def test_the_rule_of_each_name_is_a_group_of_its_own() -> None:
    rules = (
        Pattern("never A", (Step(frozenset("A")),)),
        Pattern("never B", (Step(frozenset("B")),)),
        Pattern("rather not", (Step(frozenset("A")),), price=5.0),
    )
    assert conflict(problem(1, sequence_rules=rules)) == [
        ("sequence", "ann", "never A"),
        ("sequence", "ann", "never B"),
        ("placed", "ann", 0),
    ]


def test_one_who_says_stop_is_told_that_it_is_not_known() -> None:
    case = problem(1, staffing=(need("A", 2),))
    with pytest.raises(Undecided):
        plan_conflict(case, time_limit=60, should_stop=lambda: True)
    with pytest.raises(Undecided):
        plan_conflict(case, time_limit=0)


# Beside every plan: who is on what, on leave ("L") or nowhere (".") in each of the cells.

PEOPLE = ("ann", "bob")
PERIODS = 3
LINES = list(product("ABL.", repeat=PERIODS))
PLANS = [dict(zip(PEOPLE, lines, strict=True)) for lines in product(LINES, repeat=len(PEOPLE))]

type Lines = dict[str, tuple[str, ...]]


def holds(case: PlanProblem, group: Group, plan: Lines) -> bool:
    """Whether a plan does what a group asks for, read from the words of its definition."""
    line = plan.get(group.person or "", ())
    at = line[group.periods[0]] if group.person and group.periods else ""
    there = [each for each in line if each in group.rotations]

    def enough(count: int) -> bool:
        limit = group.limit or 0
        return count <= limit if group.is_most else count >= limit

    match group.kind:
        case "leave":
            return at == "L"
        case "placed":
            return at != "."
        case "pin":
            return at in group.rotations
        case "placement":
            return at in "L." or (at in group.rotations) != group.is_most
        case "staffing":
            assert group.periods
            return enough(sum(plan[who][group.periods[0]] in group.rotations for who in PEOPLE))
        case "curriculum":
            return enough(len(there))
        case "sequence":
            rule = next(rule for rule in case.sequence_rules if rule.name == group.name)
            if isinstance(rule, AtMost):
                starts = range(PERIODS - rule.window + 1)
                return all(
                    sum(each in rule.rotations for each in line[start : start + rule.window]) <= rule.most
                    for start in starts
                )
            assert isinstance(rule, Pattern)
            return not any(
                all((line[start + n] in step.rotations) == step.inside for n, step in enumerate(rule.steps))
                for start in range(PERIODS - len(rule.steps) + 1)
            )
    raise AssertionError(group.kind)


def is_possible(case: PlanProblem, plan: Lines) -> bool:
    """Leave only where somebody asked for it."""
    away = {each.id: each.absent for each in case.people}
    return all(on != "L" or period in away[who] for who, line in plan.items() for period, on in enumerate(line))


periods = st.frozensets(st.integers(0, PERIODS - 1), max_size=2)
rotations = st.sampled_from(["A", "B"])


@st.composite
def problems(draw: st.DrawFn) -> PlanProblem:
    people = tuple(Person(name, name.title(), "PGY-1", absent=draw(periods)) for name in PEOPLE)
    placements = draw(
        st.lists(
            st.builds(
                pin,
                rotations,
                st.integers(0, PERIODS - 1),
                st.sampled_from(PEOPLE),
                pinned=st.booleans(),
                allowed=st.booleans(),
            ),
            max_size=4,
            unique_by=lambda each: (each.person, each.period),
        )
    )
    rules = draw(
        st.lists(
            st.one_of(
                st.just(AtMost("once in two", frozenset("A"), 1, 2)),
                st.just(Pattern("no B after A", (Step(frozenset("A")), Step(frozenset("B"))))),
                st.just(Pattern("A stays", (Step(frozenset("A")), Step(frozenset("A"), inside=False)))),
            ),
            max_size=2,
            unique_by=lambda each: each.name,
        )
    )
    staffing = draw(
        st.lists(
            st.builds(need, rotations, st.integers(0, 2), st.just(2)), max_size=2, unique_by=lambda each: each.name
        )
    )
    curriculum = draw(
        st.lists(st.builds(owe, rotations, st.integers(0, 2), st.just(2)), max_size=2, unique_by=lambda each: each.name)
    )
    both = owe("AB", 0)  # everybody may go everywhere
    return problem(
        PERIODS,
        *people,
        placements=tuple(placements),
        sequence_rules=tuple(rules),
        staffing=tuple(staffing),
        curriculum=(*curriculum, both),
    )


@given(problems())
def test_a_conflict_is_one_beside_every_plan(case: PlanProblem) -> None:
    plans = [plan for plan in PLANS if is_possible(case, plan)]
    found = plan_conflict(case, time_limit=60)
    if found is None:
        solution = solve_plan(case, time_limit=60)
        assert solution.shortfalls == ()
        return
    assert found.is_irreducible
    kept = [frozenset(group for group in found.groups if holds(case, group, plan)) for plan in plans]
    everything = frozenset(found.groups)
    assert everything not in kept
    for group in found.groups:
        assert everything - {group} in kept, group
    if any(each.pinned and not each.allowed for each in case.placements):
        return  # forbidden and pinned: the plan's solver knows no such thing
    assert solve_plan(case, time_limit=60).shortfalls != ()
