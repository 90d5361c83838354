"""From a schedule to its plan and roster, by the solvers; nothing is written here."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError

from scheduling.models import GenerationRun
from scheduling.services import facts as facts_
from scheduling.services.beat import Beat
from scheduling.services.checking import check_solution
from scheduling.services.facts import Facts
from scheduling.services.measuring import timed
from scheduling.services.problems import plan_problem, roster_problem
from scheduling.services.readiness import has_roster, require_sound
from scheduling.services.remade_problems import merged_plan, narrow_plan, narrow_roster
from scheduling.services.remaking import Remakes, Remaking
from scheduling.services.roster_build import Plan, stored_plan
from scheduling.services.shortfalls import plan_shortfalls, roster_shortfalls, verdict_data
from scheduling.solver.plan.check import mistakes as plan_mistakes
from scheduling.solver.plan.problem import PlanSolution
from scheduling.solver.plan.solve import solve_plan
from scheduling.solver.progress import Progress, relative_gap
from scheduling.solver.roster.check import mistakes as roster_mistakes
from scheduling.solver.roster.problem import Assigned, RosterSolution
from scheduling.solver.roster.year import solve_roster

Scope = GenerationRun.Scope
# Of the time for optimising, what the plan may take where a roster follows.
PLAN_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Result:
    """What is to be written: the plan (None: it stays as it is) and the roster (None: the program has none)."""

    facts: Facts
    made: Remaking
    plan: Plan | None
    roster: tuple[Assigned, ...] | None
    shortfalls: list[dict[str, Any]] = field(default_factory=list)
    violations: list[dict[str, Any]] = field(default_factory=list)
    objective: float | None = None
    bound: float | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        return relative_gap(self.objective, self.bound)


def solve(run: GenerationRun, beat: Beat) -> Result | None:
    """The best plan and roster found in the run's time, checked by the rules.

    None where it was stopped before everything in the run's scope was there. Raises ValidationError, in words, where
    there is no solution in the time, or where the program's data cannot be kept.
    """
    started = time.monotonic()
    with timed("reading"):
        facts = facts_.load(run.schedule)
        made = Remaking(facts, Remakes.of(run.remakes), stored_plan(facts))
    rostered = run.scope != Scope.PLAN and has_roster(facts.schedule.program)
    planned = None
    if run.scope != Scope.ROSTER:
        with timed("plan"):
            planned = _plan(made, run, beat, rostered=rostered)
        if planned is None:
            return None
    plan = made.placed if planned is None else merged_plan(made, planned.placements)
    solutions: list[PlanSolution | RosterSolution] = [] if planned is None else [planned]
    shortfalls = [] if planned is None else plan_shortfalls(facts, planned)
    roster: tuple[Assigned, ...] | None = None
    verdicts: list[dict[str, Any]] = []
    if rostered:
        with timed("roster"):
            solution = _roster(made, run, beat, plan, run.time_limit - (time.monotonic() - started))
        if solution is None:
            return None
        solutions.append(solution)
        shortfalls += roster_shortfalls(facts, solution)
        roster = solution.assignments
        beat.tell(Progress("Checking the duty-hour rules", 92, *_quality(solutions)))
        with timed("checking"):
            verdicts = [verdict_data(verdict) for verdict in check_solution(facts, plan, roster, made)]
    objective, bound, _ = _quality(solutions)
    return Result(
        facts=facts,
        made=made,
        plan=None if planned is None else plan,
        roster=roster,
        shortfalls=shortfalls,
        violations=verdicts,
        objective=objective,
        bound=bound,
        versions=dict(solutions[0].versions) if solutions else {},
    )


def _plan(made: Remaking, run: GenerationRun, beat: Beat, *, rostered: bool) -> PlanSolution | None:
    """The plan; None if it was stopped before it had one, or before the roster that is to follow it."""
    beat.tell(Progress("Reading the program", 0))
    problem = narrow_plan(plan_problem(run.schedule, seed=run.seed, facts=made.facts), made)
    require_sound(plan_mistakes(problem))
    solution = solve_plan(
        problem,
        time_limit=run.time_limit * (PLAN_SHARE if rostered else 1.0),
        on_progress=beat.stage("Rotation plan", 1, 15 if rostered else 92),
        should_stop=beat.stopped,
    )
    if beat.stopped() and (rostered or solution.status == "none"):
        return None
    if solution.status == "none":
        raise ValidationError(f"No rotation plan was found in {run.time_limit} seconds: give it more time.")
    return solution


def _roster(made: Remaking, run: GenerationRun, beat: Beat, plan: Plan, seconds: float) -> RosterSolution | None:
    """The roster; None if it was stopped before every period had one. Of rules broken it tells those of pins only: what
    else stays was not fixed by anybody, and is in the verdicts."""
    whole = roster_problem(run.schedule, plan=plan, seed=run.seed, facts=made.facts)
    problem = narrow_roster(whole, made, plan)
    require_sound(roster_mistakes(problem))
    solution = solve_roster(
        problem,
        time_limit=max(seconds, 1.0),
        on_progress=beat.stage("Roster", 0 if run.scope == Scope.ROSTER else 15, 92),
        should_stop=beat.stopped,
    )
    pins = set(whole.pins)
    solution = replace(solution, broken_pins=tuple(each for each in solution.broken_pins if each.pin in pins))
    return solution if solution.is_complete else None


def _quality(solutions: Iterable[PlanSolution | RosterSolution]) -> tuple[float | None, float | None, float | None]:
    """Objective, bound and gap over both stages; None where one of them knows none."""
    objectives = [solution.objective for solution in solutions]
    bounds = [solution.bound for solution in solutions]
    objective = None if None in objectives else sum(each for each in objectives if each is not None)
    bound = None if None in bounds else sum(each for each in bounds if each is not None)
    return objective, bound, relative_gap(objective, bound)
