"""How a plan is found: the whole model at once where that is quick, else a start from its relaxation, then parts.

HiGHS proves most plans within seconds. On others its first relaxation alone takes minutes; then the interior-point
method solves it, most cells of its solution are whole, and deciding only the others gives a plan, mostly with few
shortfalls. Small parts of the plan, chosen by `neighbourhoods`, are then decided anew, each to optimality, as long as
there is time.
"""

import math
import time
from collections.abc import Iterable, Mapping

import pulp

from scheduling.solver import highs
from scheduling.solver.plan.cells import Cell
from scheduling.solver.plan.judge import Judge, Verdict
from scheduling.solver.plan.model import build, placements, start_from
from scheduling.solver.plan.neighbourhoods import Neighbourhoods
from scheduling.solver.plan.problem import PlanProblem
from scheduling.solver.plan.rows import Rows
from scheduling.solver.plan.variables import PlanModel
from scheduling.solver.progress import OnProgress, Progress, ShouldStop, relative_gap

WHOLE = 0.999  # a relaxed cell with a rotation above this is taken as decided
QUICK_GAP = 0.05  # up to this gap the whole model is tried before parts of it
WHOLE_SHARE = 0.4  # of the time, for that
LARGE = 30_000  # variables from which on neither the relaxation nor the whole model is tried
FIRST_SHARE = 0.2  # of the time, for the whole model at first (its first relaxation cannot be interrupted)
RELAX_SHARE = 0.3  # of the time, for the relaxation
MOSTLY_WHOLE = 0.5  # with up to this share of the cells undecided, the relaxation is worth completing
CONSTRUCT_SHARE = 0.3  # of the time, for a first plan without a relaxation
START_SHARE = 0.2  # of the time, for the cells that the relaxation leaves open
ROUND_SHARE = 0.05  # of the time, for one neighbourhood
STALLED = 60  # rounds without a better plan, after which the whole model is tried again
FIRST_SIZE = 1_500  # variables of the first neighbourhood
BATCH_SIZE = 600  # variables decided at a time in a plan made without the relaxation


class Search:
    """The state of one search: the best plan so far and the best bound."""

    def __init__(
        self,
        problem: PlanProblem,
        rows: Rows,
        time_limit: float,
        threads: int,
        on_progress: OnProgress | None,
        should_stop: ShouldStop | None,
    ) -> None:
        self.problem, self.rows, self.threads = problem, rows, threads
        self.on_progress, self.should_stop = on_progress, should_stop
        self.time_limit = time_limit
        self.started = time.monotonic()
        self.plan: dict[Cell, str] | None = None
        self.verdict: Verdict | None = None
        self.judge = Judge(problem)
        self.bound: float | None = None
        self.relaxed: float | None = None
        self.reduced_costs: list[tuple[pulp.LpVariable, float]] = []
        self.stopped = False
        self.phase = ""
        prices = [*_prices(problem)]
        self.whole_numbers = all(float(price).is_integer() for price in prices)

    def run(self) -> None:
        """Searches until the plan is proven, time is up, or it is told to stop."""
        if sum(map(len, self.rows.options.values())) > LARGE:
            self._construct()
            self._improve(until_near=False)
            return
        model = build(self.rows, self.rows.options, {})
        if not model.on:
            self._take(placements(model))
            self._raise_bound(model.settled_cost)
            return
        self._whole(model, FIRST_SHARE * self.time_limit)
        if not self.done() and not self._near():
            self._relax(model)
        if self.plan is None and not self.done():
            self._construct()
        if not self.done() and not self._near():
            self._improve(until_near=True)
            if not self.done() and self._near():
                self._narrow()
                self._whole(model, WHOLE_SHARE * self.time_limit)
        self._improve(until_near=False)
        if not self.done():
            self._whole(build(self.rows, self.rows.options, {}), self.left())

    @property
    def objective(self) -> float | None:
        return None if self.verdict is None else self.verdict.objective

    @property
    def gap(self) -> float | None:
        return relative_gap(self.objective, self.bound)

    @property
    def proven(self) -> bool:
        return self.objective is not None and self.bound is not None and self.objective <= self.bound + 1e-6

    def left(self) -> float:
        """Seconds left."""
        return self.time_limit - (time.monotonic() - self.started)

    def done(self) -> bool:
        """Whether there is nothing more to do, or no time for it."""
        if not self.stopped and self.should_stop is not None:
            self.stopped = self.should_stop()
        return self.stopped or self.proven or self.left() <= 0

    def _relax(self, model: PlanModel) -> None:
        """A bound from the relaxed model, and a plan: the cells that it leaves open are decided."""
        self.phase = "relaxation"
        self._report()
        seconds = min(RELAX_SHARE * self.time_limit, self.left())
        outcome = highs.relax(model.lp, seconds=seconds, threads=self.threads, should_stop=self.should_stop)
        if outcome.objective is None:
            self.stopped = self.stopped or outcome.status == "stopped"
            return
        self.relaxed = outcome.objective + model.settled_cost
        self._raise_bound(self.relaxed)
        self.reduced_costs = [
            (variable, variable.dj) for variable in model.lp.variables() if variable.dj and not variable.varValue
        ]
        decided = placements(model)
        undecided = []
        for cell, on in model.on.items():
            if max(variable.varValue or 0 for variable in on.values()) < WHOLE:
                decided.pop(cell, None)
                undecided.append(cell)
        if self._near():
            return
        if len(undecided) <= MOSTLY_WHOLE * len(model.on):
            self.phase = "first plan"
            self._report()
            self._decide(undecided, decided, START_SHARE * self.time_limit, warm=False)

    def _construct(self) -> None:
        """A first plan where the relaxation gave none: some people after the others, all groups in turn."""
        self.phase = "first plan"
        self._report()
        batches = Neighbourhoods(self.problem, self.rows, BATCH_SIZE).batches()
        plan: dict[Cell, str] = {}
        for number, cells in enumerate(batches):
            if self.stopped:
                return
            seconds = max(0.2, (CONSTRUCT_SHARE * self.time_limit) / len(batches))
            model = build(self.rows, cells, plan)
            outcome = highs.run(model.lp, seconds=seconds, threads=self.threads, gap=0.01, should_stop=self.should_stop)
            self.stopped = outcome.status == "stopped" and number < len(batches) - 1
            if outcome.has_solution:
                plan = placements(model)
        self._take(plan)
        self._report()

    def _narrow(self) -> None:
        """Takes out what no better plan has: a variable whose reduced cost in the relaxation is above the gap.

        Nearly all that stands for something missing goes, and the model is hardly larger than one without prices.
        """
        if self.objective is None or self.relaxed is None:
            return
        for variable, reduced_cost in self.reduced_costs:
            if self.relaxed + reduced_cost > self.objective + 1e-6:
                variable.upBound = 0

    def _whole(self, model: PlanModel, seconds: float) -> None:
        """HiGHS on the whole model, from the best plan so far."""
        self.phase = "whole plan"
        self._report()
        if self.plan is not None:
            start_from(model, self.plan)
        outcome = highs.run(
            model.lp,
            seconds=min(seconds, self.left()),
            threads=self.threads,
            seed=self.problem.seed,
            warm_start=self.plan is not None,
            on_solution=lambda objective, bound: self._tell(model, objective, bound),
            should_stop=self.should_stop,
            # Of HiGHS's heuristics, these are the ones that plans of many prices do worse with and better with.
            mip_heuristic_run_feasibility_jump=False,
            mip_heuristic_run_shifting=True,
        )
        self.stopped = self.stopped or outcome.status == "stopped"
        if outcome.bound is not None:
            self._raise_bound(min(outcome.bound + model.settled_cost, self.objective or math.inf))
        if outcome.has_solution:
            self._take(placements(model))
        self._report()

    def _near(self) -> bool:
        """Whether HiGHS may be expected to prove the plan, or find a better one, on the whole model."""
        return self.gap is not None and self.gap <= QUICK_GAP

    def _improve(self, *, until_near: bool) -> None:
        """Neighbourhoods, until the plan is proven or none of the last ones helped."""
        if self.plan is None or self.verdict is None:
            return
        self.phase = "improving"
        around = Neighbourhoods(self.problem, self.rows, FIRST_SIZE)
        seconds = max(1.0, ROUND_SHARE * self.time_limit)
        idle = 0
        while not self.done() and idle < STALLED and not (until_near and self._near()):
            kind, cells = around.draw(self.verdict)
            before, began = self.verdict.objective, time.monotonic()
            self._decide(cells, self.plan, seconds, warm=True)
            better = self.verdict.objective < before - 1e-9
            idle = 0 if better else idle + 1
            around.learn(kind, better=better, share_of_time=(time.monotonic() - began) / seconds)
            self._report()

    def _decide(self, free: Iterable[Cell], plan: Mapping[Cell, str], seconds: float, *, warm: bool) -> None:
        """Decides the free cells, the others as in `plan`; keeps the result if it is no worse."""
        model = build(self.rows, free, plan)
        if not model.on:
            self._take(placements(model))
            return
        if warm:
            start_from(model, plan)
        outcome = highs.run(
            model.lp,
            seconds=min(seconds, self.left()),
            threads=self.threads,
            seed=self.problem.seed,
            gap=1e-4,
            warm_start=warm,
            should_stop=self.should_stop,
        )
        self.stopped = self.stopped or outcome.status == "stopped"
        if outcome.has_solution:
            self._take(placements(model))

    def _take(self, plan: dict[Cell, str]) -> None:
        verdict = self.judge(plan)
        if self.verdict is None or verdict.objective <= self.verdict.objective:
            self.plan, self.verdict = plan, verdict

    def _raise_bound(self, bound: float) -> None:
        if self.whole_numbers:
            bound = math.ceil(bound - 1e-6)
        self.bound = bound if self.bound is None else max(self.bound, bound)

    def _tell(self, model: PlanModel, objective: float, bound: float | None) -> None:
        if bound is not None:
            self._raise_bound(bound + model.settled_cost)
        self._report(objective + model.settled_cost)

    def _report(self, objective: float | None = None) -> None:
        if self.on_progress is None:
            return
        best = min((value for value in (objective, self.objective) if value is not None), default=None)
        percent = min(99.0, 100 * (1 - self.left() / self.time_limit))
        self.on_progress(Progress(self.phase, percent, best, self.bound, relative_gap(best, self.bound)))


def _prices(problem: PlanProblem) -> Iterable[float]:
    prices = problem.prices
    yield from (prices.staffing, prices.curriculum, prices.unplaced, prices.broken_rule)
    yield from (wish.weight for wish in problem.wishes)
    yield from (rule.price for rule in problem.sequence_rules if rule.price is not None)
    yield from (row.price for row in problem.curriculum if row.price is not None)
    for need in problem.staffing:
        yield from (price for price in (need.price_below, need.price_above) if price is not None)
