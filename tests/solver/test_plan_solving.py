"""The search itself: one plan for one problem, progress, stopping, and what a problem may not say."""

import time
from dataclasses import replace

import pytest

from benchmarks import made
from scheduling.solver import highs
from scheduling.solver.plan.judge import judge
from scheduling.solver.plan.model import build, placements
from scheduling.solver.plan.neighbourhoods import Neighbourhoods
from scheduling.solver.plan.problem import AtMost, Placement, Staffing, Stint
from scheduling.solver.plan.rows import spell_out
from scheduling.solver.plan.search import Search
from scheduling.solver.plan.solve import solve_plan
from scheduling.solver.progress import Progress
from tests.solver.plan_cases import need, owe, person, problem, solved, wants


def test_the_same_problem_and_seed_give_the_same_plan() -> None:
    case = made.monthly(12, seed=3)
    first, again = solved(case), solved(case)
    assert first.placements == again.placements
    assert first.objective == again.objective == first.bound


def test_another_seed_gives_a_plan_as_good() -> None:
    case = made.monthly(12)
    assert solved(case).objective == solved(replace(case, seed=5)).objective


def test_a_solution_says_how_it_was_made() -> None:
    solution = solved(replace(problem(1), seed=4))
    assert (solution.seed, sorted(solution.versions)) == (4, ["highspy", "pulp"])
    assert (solution.gap, solution.bound) == (0, 0)


def test_progress_is_told_in_order() -> None:
    told: list[Progress] = []
    solution = solve_plan(made.monthly(15), time_limit=60, on_progress=told.append)
    assert [report.percent for report in told] == sorted(report.percent for report in told)
    assert told[0].phase == "whole plan"
    assert told[-1] == Progress("done", 100.0, solution.objective, solution.bound, 0.0)
    known = [report.objective for report in told if report.objective is not None]
    assert known == sorted(known, reverse=True)


def test_told_to_stop_before_there_is_a_plan() -> None:
    solution = solve_plan(made.monthly(30), time_limit=60, should_stop=lambda: True)
    assert (solution.status, solution.objective, dict(solution.placements)) == ("none", None, {})


def test_told_to_stop_with_a_plan() -> None:
    case = made.monthly(60)
    told: list[Progress] = []

    def enough() -> bool:
        return bool(told) and told[-1].objective is not None

    began = time.monotonic()
    solution = solve_plan(case, time_limit=120, on_progress=told.append, should_stop=enough)
    assert solution.status in ("stopped", "optimal")
    assert solution.objective == judge(case, solution.placements).objective
    assert time.monotonic() - began < 100


def test_what_a_caller_raises_comes_out() -> None:
    def burst(_: Progress) -> None:
        raise RuntimeError("the page is gone")

    with pytest.raises(RuntimeError, match="the page is gone"):
        solve_plan(made.monthly(5), time_limit=10, on_progress=burst)


def test_a_contradictory_problem_is_refused_with_every_mistake() -> None:
    case = problem(
        2,
        person("ann", absent=frozenset({2})),
        person("ann"),
        staffing=(Staffing("all", ("Z",), fewest=3, most=1),),
        sequence_rules=(AtMost("", frozenset("A"), 2, 2), Stint("", frozenset("A"), 3, 2)),
        placements=(
            Placement("bob", -1, frozenset("A")),
            Placement("ann", 0, frozenset("A"), pinned=True),
            Placement("ann", 0, frozenset("B"), pinned=True),
        ),
    )
    with pytest.raises(ValueError, match=r"people\[1\]\.id") as raised:
        solve_plan(case, time_limit=5)
    assert str(raised.value).split("; ")[1:] == [
        "$.people[0].absent: period 2 is out of range",
        "expected 0 to 1",
        "$.staffing[0].rotations: unknown rotation 'Z'",
        "expected one of A, B",
        "$.staffing[0].fewest: 3 is more than most (1)",
        "$.sequence_rules[0].most: 2 in any 2 periods forbids nothing",
        "expected less",
        "$.sequence_rules[1].shortest: 3 is more than longest (2)",
        "$.placements[0].person: unknown person 'bob'",
        "expected the id of one of the people",
        "$.placements[0].period: period -1 is out of range",
        "expected 0 to 1",
        "$.placements[2].rotations: contradicts the pin at $.placements[1]",
    ]


def test_a_model_costs_what_the_judge_says() -> None:
    """On the whole model, constants of leave, pins and empty cells included."""
    pins = Placement("ann", 0, frozenset("A"), pinned=True), Placement("ann", 1, frozenset("AB"), allowed=False)
    rules = AtMost("", frozenset("A"), 0, 2, price=3), Stint("s", frozenset("A"), 2)
    case = problem(
        4,
        person("ann", previous=("B",)),
        person("bob", absent=frozenset({2})),
        staffing=(need("A", 2, 2), need("B", 1)),
        curriculum=(owe("A", 2, 2), owe("B", 1, 3)),
        placements=pins,
        sequence_rules=rules,
        wishes=wants("AB", "bob") + wants("A"),
    )
    rows = spell_out(case)
    model = build(rows, rows.options, {})
    outcome = highs.run(model.lp, seconds=20)
    assert outcome.status == "optimal"
    assert outcome.objective is not None
    assert outcome.objective + model.settled_cost == pytest.approx(judge(case, placements(model)).objective)


def test_the_parts_of_a_search_reach_the_optimum_as_well() -> None:
    """Without the relaxation or the whole model: a plan put together, then neighbourhoods."""
    case = made.monthly(9, seed=1)
    search = Search(case, spell_out(case), 30, 2, None, None)
    search._construct()
    search._improve(until_near=False)
    assert search.objective == solved(case).objective


def test_weekly_plans_with_stints() -> None:
    case = made.weekly(8, 10)
    solution = solve_plan(case, time_limit=20)
    assert not [s for s in solution.shortfalls if s.kind in ("broken rule", "unplaced")]


def test_neighbourhoods_cover_everybody_and_fit() -> None:
    case = made.monthly(20)
    rows = spell_out(case)
    batches = Neighbourhoods(case, rows, 300).batches()
    assert sorted(cell for batch in batches for cell in batch) == sorted(rows.options)
    verdict = judge(case, {})
    around = Neighbourhoods(case, rows, 300)
    for _ in range(40):
        kind, cells = around.draw(verdict)
        assert cells
        assert len(set(cells)) == len(cells)
        assert sum(len(rows.options[cell]) for cell in cells) <= 300 + 12 * 13
        around.learn(kind, better=False, share_of_time=0.5)
    assert around.size == 300
