"""Solvers that answer at once, and do to a run what a test wants done to it in the middle."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from scheduling.services import solving
from scheduling.solver.plan.problem import PlanProblem, PlanSolution
from scheduling.solver.plan.problem import Shortfall as PlanShortfall
from scheduling.solver.progress import OnProgress, Progress, ShouldStop
from scheduling.solver.roster.problem import Assigned, RosterProblem, RosterSolution, Shortfall


def nothing(should_stop: ShouldStop) -> None:
    """What happens in the middle unless a test says otherwise."""


@dataclass
class FakeSolvers:
    """Places everybody on the first rotation, and on the first shift of each placement's first day.

    `in_plan` and `in_roster` are called in the middle of a solve with what tells it to stop.
    """

    in_plan: Callable[[ShouldStop], None] = nothing
    in_roster: Callable[[ShouldStop], None] = nothing
    plan_shortfalls: tuple[PlanShortfall, ...] = ()
    roster_shortfalls: tuple[Shortfall, ...] = ()
    roster_is_complete: bool = True
    calls: list[str] = field(default_factory=list)
    time_limits: list[float] = field(default_factory=list)

    def solve_plan(
        self, problem: PlanProblem, *, time_limit: float, on_progress: OnProgress, should_stop: ShouldStop
    ) -> PlanSolution:
        self.calls.append("plan")
        self.time_limits.append(time_limit)
        on_progress(Progress("improving", 50, 12.0, 10.0, 1 / 6))
        self.in_plan(should_stop)
        pinned = {(each.person, each.period): min(each.rotations) for each in problem.placements if each.pinned}
        first = problem.rotations[0].code
        return PlanSolution(
            placements={
                (person.id, period): pinned.get((person.id, period), first)
                for person in problem.people
                for period in range(len(problem.periods))
                if not person.is_away(period)
            },
            shortfalls=self.plan_shortfalls,
            granted=(),
            refused=(),
            objective=12.0,
            score=0.0,
            bound=12.0,
            gap=0.0,
            status="stopped" if should_stop() else "optimal",
            seconds=0.1,
            versions={"pulp": "4"},
            seed=problem.seed,
        )

    def solve_roster(
        self, problem: RosterProblem, *, time_limit: float, on_progress: OnProgress, should_stop: ShouldStop
    ) -> RosterSolution:
        self.calls.append("roster")
        self.time_limits.append(time_limit)
        on_progress(Progress("period 1 of 13", 50, 8.0))
        self.in_roster(should_stop)
        shift = problem.shift_types[0].code
        worked = {
            (person.id, placed.first, shift): placed.rotation
            for person in problem.people
            for placed in person.placements
        }
        worked |= {(pin.person, pin.day, pin.shift_type): pin.rotation or "" for pin in problem.pins}
        return RosterSolution(
            assignments=tuple(Assigned(*key, rotation) for key, rotation in worked.items()),
            shortfalls=self.roster_shortfalls,
            broken_pins=(),
            refused=(),
            fairness=(),
            carried={},
            objective=8.0,
            bound=6.0,
            gap=0.25,
            status="cancelled" if should_stop() else "optimal",
            seconds=0.1,
            versions={"pulp": "4"},
            seed=problem.seed,
            is_complete=self.roster_is_complete,
        )


@pytest.fixture
def solvers(monkeypatch: pytest.MonkeyPatch) -> FakeSolvers:
    """The fakes in place of the real solvers."""
    fakes = FakeSolvers()
    monkeypatch.setattr(solving, "solve_plan", fakes.solve_plan)
    monkeypatch.setattr(solving, "solve_roster", fakes.solve_roster)
    return fakes
