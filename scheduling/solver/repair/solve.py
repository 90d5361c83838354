"""Finding the plans of a repair.

A plan is best by four stages, in turn; each keeps what the one before it reached, and is proven where time allows:

1. the least price of people missing,
2. the fewest blocks changed (given or taken away, besides the lost ones),
3. the fewest people touched,
4. the least price of all else.

Changes come before people since what nobody needs to change is changed for no gain; where a plan touches fewer people
by changing more, that is the second one.

The proof is about the whole program: all its people, and chains of any length, in the open days. The model of a
repair asks less than that (see `model`), so what it shows to be least holds for the whole; where its plan makes a block
short that it knows nothing of, that block is added, with all who could be given it, and the plan is looked for again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, inf
from time import monotonic

from scheduling.solver import highs
from scheduling.solver.highs import versions
from scheduling.solver.progress import OnProgress, Progress, ShouldStop
from scheduling.solver.repair.model import RepairModel, Stage
from scheduling.solver.repair.problem import RepairPlan, RepairProblem, RepairSolution
from scheduling.solver.repair.standing import Standing, block_of
from scheduling.solver.roster.coverage import There, shortfalls
from scheduling.solver.roster.model import Cell, cell_of
from scheduling.solver.roster.problem import Assigned

FEWEST_CHANGES: tuple[Stage, ...] = ("missing", "changes", "people", "price")
FEWEST_PEOPLE: tuple[Stage, ...] = ("missing", "people", "changes", "price")
WHOLE: frozenset[Stage] = frozenset({"changes", "people"})
NEARLY = 1e-6
RECKONING_SECONDS = 5.0  # nothing is left to decide then


def solve_repair(
    problem: RepairProblem,
    *,
    time_limit: float,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    threads: int = 1,
) -> RepairSolution:
    """Finds up to `problem.plans` plans; never none at all, unless it is stopped.

    `time_limit` is in seconds of wall clock; the plans are the same each time unless it cuts. Both functions are called
    in the calling thread. After `should_stop` said so, the status is "cancelled" and only whole plans are there.
    What the roster breaks already is left as it is; nobody is given a block with which a must does not hold. The models
    are so small that a second thread takes longer.
    """
    return _Search(problem, time_limit, on_progress, should_stop, threads).solve()


class _Cancelled(Exception):
    """Somebody said stop: no error."""


@dataclass(slots=True)
class _Reached:
    """What no plan can be below in each stage, and whether the plan found is there in all of them."""

    bounds: dict[Stage, float]
    proven: bool


class _Search:
    def __init__(
        self,
        problem: RepairProblem,
        time_limit: float,
        on_progress: OnProgress | None,
        should_stop: ShouldStop | None,
        threads: int,
    ) -> None:
        self.started = monotonic()
        self.until = self.started + time_limit
        self.problem = problem
        self.on_progress = on_progress
        self.should_stop = should_stop
        self.threads = threads
        self.standing = Standing(problem)
        self.cells = self.standing.short_cells(self.standing.there)
        self.model = RepairModel(self.standing, self.cells)
        self.spared: list[tuple[str, ...]] = []
        self.plans: list[RepairPlan] = []
        self.fewest: dict[Stage, int] = {"changes": 0, "people": 0}

    def solve(self) -> RepairSolution:
        status = "optimal"
        try:
            self._look()
        except _Cancelled:
            status = "cancelled"
        if status == "optimal" and not all(plan.proven for plan in self.plans):
            status = "feasible"
        standing = self.standing
        return RepairSolution(
            lost=standing.lost,
            plans=tuple(self.plans),
            fewest_people=self.fewest["people"],
            fewest_changes=self.fewest["changes"],
            missing_before=tuple(shortfalls(standing.demand, standing.before, standing.days)),
            missing_without=tuple(shortfalls(standing.demand, standing.there, standing.days)),
            status=status,
            seconds=monotonic() - self.started,
            versions=versions(),
        )

    def _look(self) -> None:
        """The first plan; the one of the fewest people, if that is another; then those that spare somebody of each."""
        first, bounds = self._plan(FEWEST_CHANGES)
        self.plans.append(first)
        self.fewest = {"changes": _at_least(bounds["changes"]), "people": min(1, _at_least(bounds["changes"]))}
        if len(first.people) > 1:
            self._fewest_people(first)
        while first.people and len(self.plans) < self.problem.plans:
            self.spared = [plan.people for plan in self.plans]
            another, _ = self._plan(FEWEST_CHANGES)
            misses_more = another.missing_price > first.missing_price + NEARLY
            if misses_more and len(self.plans) > 1:
                break
            self.plans.append(another)
            if misses_more or not another.people:
                break

    def _fewest_people(self, first: RepairPlan) -> None:
        bounds = self._stages(FEWEST_PEOPLE[:2]).bounds
        self.fewest["people"] = max(1, _at_least(bounds["people"]))
        if self.fewest["people"] < len(first.people):
            plan, bounds = self._plan(FEWEST_PEOPLE)
            self.fewest["people"] = max(1, _at_least(bounds["people"]))
            if len(plan.people) < len(first.people) and len(self.plans) < self.problem.plans:
                self.plans.append(plan)

    def _plan(self, order: tuple[Stage, ...]) -> tuple[RepairPlan, dict[Stage, float]]:
        """The best plan by the stages in this order, with what no plan can be below."""
        reached = self._stages(order)
        while (unknown := self._unknown()) and monotonic() < self.until:
            self.cells |= unknown
            self.model = RepairModel(self.standing, self.cells)
            reached = self._stages(order)
        if not reached.proven:
            self._reckon_price()
        added, removed = self.model.added(), self.model.removed()
        short = tuple(shortfalls(self.standing.demand, self._there(added, removed), self.standing.days))
        plan = RepairPlan(
            added=tuple(sorted(added)),
            removed=tuple(sorted(removed)),
            people=tuple(sorted({each.person for each in (*added, *removed)})),
            changes=round(self.model.value("changes")),
            shortfalls=short,
            missing_price=sum(each.price for each in short),
            price=round(self.model.value("price") - self.model.price_now, 4),
            proven=reached.proven and not unknown,
        )
        return plan, reached.bounds

    def _unknown(self) -> set[Cell]:
        """Blocks that the plan makes short without the model knowing; with them the other days of the same shift that
        would be short likewise, or they would come one by one."""
        standing = self.standing
        short = standing.short_cells(self._there(self.model.added(), self.model.removed())) - self.cells
        if not short:
            return short
        kinds = {(rotation, shift) for rotation, shift, _ in short}
        alike = {choice.cell for choice in self.model.standing_choices if choice.cell[:2] in kinds}
        fewer: There = {cell: list(standing.there.get(cell, ())) for cell in alike}
        for choice in self.model.standing_choices:
            if choice.cell in alike:
                fewer[choice.cell].remove(standing.frame.problem.people[choice.person].group)
        return short | ((standing.short_cells({**standing.there, **fewer}) & alike) - self.cells)

    def _stages(self, order: tuple[Stage, ...]) -> _Reached:
        """Runs the stages in turn; the model's variables then hold the plan. It ends early where that makes blocks
        short of which the model does not know."""
        model = self.model
        model.start(self.spared)
        reached = _Reached({}, proven=True)
        for number, stage in enumerate(order):
            self._tell(len(self.plans) + number / len(order))
            floor = _floor(stage, reached.bounds)
            if model.value(stage) <= floor + NEARLY or not model.added_choices:
                reached.bounds[stage] = model.value(stage)
            else:
                reached.bounds[stage] = max(floor, self._run(stage))
            bound = reached.bounds[stage]
            reached.proven &= model.value(stage) - bound <= NEARLY * max(1.0, abs(bound))
            model.keep(stage, whole=stage in WHOLE)
            if stage == "changes" and self._unknown():
                break
        return reached

    def _run(self, stage: Stage) -> float:
        """Makes the stage least; returns what it cannot be below. The variables keep what they hold if nothing better
        is found in the time.

        No warm start: HiGHS 1.16 may call that optimal where presolve decides all but what its objective is about.
        """
        kept, value = self.model.values(), self.model.value(stage)
        self.model.lp.setObjective(self.model.totals[stage])
        outcome = highs.run(
            self.model.lp,
            seconds=self.until - monotonic(),
            threads=self.threads,
            seed=self.problem.roster.seed,
            should_stop=self.should_stop,
        )
        if outcome.status == "stopped":
            raise _Cancelled
        if outcome.objective is None or outcome.objective > value:
            self.model.set_values(kept)
        return -inf if outcome.bound is None else outcome.bound

    def _reckon_price(self) -> None:
        """Works out the price of the blocks that the plan gives, where time was up before that was made least."""
        self.model.fix()
        self.model.lp.setObjective(self.model.totals["price"])
        highs.run(self.model.lp, seconds=RECKONING_SECONDS, threads=self.threads)
        self.model.free()

    def _there(self, added: Iterable[Assigned], removed: Iterable[Assigned]) -> There:
        """The groups of those in each block once the plan is done; a backup who is called in has been there."""
        people = self.standing.frame.problem.people
        there: There = defaultdict(list, {cell: list(groups) for cell, groups in self.standing.there.items()})
        for each in added:
            there[cell_of(block_of(each))].append(people[self.standing.index[each.person]].group)
        for each in removed:
            if not self.standing.is_backup(block_of(each)):
                there[cell_of(block_of(each))].remove(people[self.standing.index[each.person]].group)
        return there

    def _tell(self, done: float) -> None:
        if self.should_stop and self.should_stop():
            raise _Cancelled
        if self.on_progress:
            wanted = self.problem.plans
            number = min(wanted, len(self.plans) + 1)
            self.on_progress(Progress(f"repair, plan {number} of {wanted}", min(99.0, 100 * done / wanted)))


def _floor(stage: Stage, bounds: dict[Stage, float]) -> float:
    """What a stage cannot be below whatever the model."""
    if stage == "price":
        return -inf
    return 1.0 if stage == "people" and bounds.get("changes", 0.0) > NEARLY else 0.0


def _at_least(bound: float) -> int:
    return 0 if bound == -inf else ceil(bound - NEARLY)
