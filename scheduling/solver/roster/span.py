"""One span of days made into a roster: the model of a period, how it is solved, and what came out."""

from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from typing import Any

from scheduling.solver import highs
from scheduling.solver.highs import Outcome
from scheduling.solver.progress import ShouldStop, relative_gap
from scheduling.solver.roster.coverage import Demand, There, add_coverage, add_regular_week, hopeless, who_is_there
from scheduling.solver.roster.duty import add_duty_rules
from scheduling.solver.roster.fairness import Targets, add_fairness, fair_targets
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import Ledger
from scheduling.solver.roster.limits import add_limits, forbidden_days
from scheduling.solver.roster.model import Agenda, Cell, Model
from scheduling.solver.roster.problem import Span, WorkedBlock
from scheduling.solver.roster.requests import Requests, add_requests, by_person

Worked = list[dict[int, list[WorkedBlock]]]  # by person, then by day
GOOD_GAP = 0.03  # a roster this close to the bound is good enough to stop; most come within 1 %
ALL_NODES = 2**31 - 1
LAST_TRY_NODES = 100  # the last try is cut by work, not by time, so that it ends the same way each time
WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class SpanResult:
    """The blocks given in a span, besides those fixed before; its price and what no roster of it can be below.

    `status`: "optimal" (within the good gap), "feasible", "stopped", or "none" (no roster: time was up).
    """

    given: tuple[tuple[int, WorkedBlock], ...]
    status: str
    objective: float | None
    bound: float | None

    @property
    def gap(self) -> float | None:
        return relative_gap(self.objective, self.bound)


@dataclass(frozen=True, slots=True)
class Budget:
    """Until when (`time.monotonic`) a first roster of a span may take, and until when a better one is looked for."""

    first_by: float
    better_by: float
    should_stop: ShouldStop | None = None


def make_span(
    demand: Demand, fixed: Worked, ledger: Ledger, days: Span, budget: Budget, *, fair: bool = True
) -> SpanResult:
    """Makes the days from `days[0]` to `days[1]`, given all else that is fixed; `fair` False leaves fairness out.

    People who share no block do not depend on each other: each such part is a model of its own.
    """
    frame = demand.frame
    agendas = [_agenda(demand, person, fixed[person], days) for person in range(len(fixed))]
    there = who_is_there(demand, fixed, days)
    targets = fair_targets(demand, agendas, ledger, there, days) if fair else {}
    requests = by_person(frame, days)
    cells = {c.cell for agenda in agendas for choices in agenda.choices.values() for c in choices}
    price = hopeless(demand, there, cells, days)
    models = [PartModel(demand, part, there, targets, requests, days) for part in parts_of(agendas)]
    bounds = [model.relax(budget) for model in models]
    results = [SpanResult((), "optimal", price, price)]
    allowance = GOOD_GAP * (price + sum(bound for bound in bounds if bound is not None))
    for number, (model, bound) in enumerate(zip(models, bounds, strict=True)):
        may_lose = max(0.0, allowance if number == len(models) - 1 else allowance / 2)
        result = model.search(bound, may_lose, budget)
        if result.objective is not None and result.bound is not None:
            allowance -= result.objective - result.bound
        results.append(result)
    return _together(results)


def _together(results: list[SpanResult]) -> SpanResult:
    """The parts as one; good if their gaps together are, whatever each of them is."""
    statuses = {result.status for result in results}
    status = next(status for status in ("stopped", "none", "feasible", "optimal") if status in statuses)
    objectives = [result.objective for result in results if result.objective is not None]
    bounds = [result.bound for result in results if result.bound is not None]
    whole = SpanResult(
        tuple(given for result in results for given in result.given),
        status,
        sum(objectives) if len(objectives) == len(results) else None,
        sum(bounds) if len(bounds) == len(results) else None,
    )
    good = status == "feasible" and whole.gap is not None and whole.gap <= GOOD_GAP
    return replace(whole, status="optimal") if good else whole


def parts_of(agendas: list[Agenda]) -> list[list[Agenda]]:
    """People in parts that share no block, each in order; the largest part first."""
    leader: dict[int, int] = {}

    def lead(person: int) -> int:
        while leader.setdefault(person, person) != person:
            person = leader[person]
        return person

    first_in: dict[Cell, int] = {}
    for agenda in agendas:
        for choice in (choice for choices in agenda.choices.values() for choice in choices):
            one, other = lead(agenda.person), lead(first_in.setdefault(choice.cell, agenda.person))
            leader[max(one, other)] = min(one, other)
    parts: dict[int, list[Agenda]] = {}
    for agenda in agendas:
        parts.setdefault(lead(agenda.person), []).append(agenda)
    return sorted(parts.values(), key=lambda part: (-len(part), part[0].person))


class PartModel:
    """The model of one part of the people in one span."""

    def __init__(
        self,
        demand: Demand,
        agendas: list[Agenda],
        there: There,
        targets: Targets,
        requests: Requests,
        days: Span,
    ) -> None:
        self.frame = demand.frame
        self.model = Model(f"roster {days[0]} to {days[1]}")
        self.choices = [c for agenda in agendas for choices in agenda.choices.values() for c in choices]
        for choice in self.choices:
            choice.variable = self.model.binary(choice.price)
        add_coverage(self.model, demand, agendas, there)
        for agenda in agendas:
            add_duty_rules(self.model, self.frame, agenda, days)
            add_limits(self.model, self.frame, agenda, days)
            add_regular_week(self.model, self.frame, agenda)
            add_requests(self.model, self.frame, agenda, requests)
            add_fairness(self.model, self.frame, agenda, targets)
        self.lp = self.model.finish()
        self.relaxation: list[tuple[float, float]] = []

    def relax(self, budget: Budget) -> float | None:
        """The price of the linear relaxation, which no roster can be below; None if time was up."""
        outcome = self._run(budget, budget.first_by, mip=False, solver="ipm")
        if outcome.objective is None and outcome.status != "stopped":
            outcome = self._run(budget, budget.first_by, mip=False)  # the interior point method gave up
        self.relaxation = [(choice.variable.varValue or 0.0, choice.variable.dj or 0.0) for choice in self.choices]
        return outcome.objective

    def search(self, bound: float | None, may_lose: float, budget: Budget) -> SpanResult:
        """Looks for a roster within `may_lose` of the bound.

        The whole-numbered part of the relaxation is nearly a roster: the first try keeps all of that and decides the
        rest; the later ones free what the reduced costs do not rule out.
        """
        best = SpanResult((), "none", None, bound)
        if bound is None:
            return replace(best, status="stopped" if budget.should_stop and budget.should_stop() else "none")
        for attempt in (1, 2, 3):
            self._restrict(attempt, inf if best.objective is None else best.objective - bound)
            outcome = self._run(
                budget,
                budget.first_by if best.objective is None else budget.better_by,
                mip_abs_gap=may_lose / 2,
                warm_start=best.objective is not None,
                objective_target=bound + may_lose / 2,  # better than good, where it comes easily
                mip_max_nodes=ALL_NODES if attempt < 3 else LAST_TRY_NODES,
            )
            if outcome.objective is not None and (best.objective is None or outcome.objective < best.objective):
                best = SpanResult(self._given(), outcome.status, outcome.objective, bound)
            if attempt == 3 and outcome.bound is not None and best.objective is not None:
                best = replace(best, bound=max(bound, min(outcome.bound, best.objective)))
            good = best.objective is not None and best.objective - (best.bound or 0.0) <= may_lose
            if good or outcome.status == "stopped":
                break
        if best.objective is None or outcome.status == "stopped":
            return replace(best, status=outcome.status)
        return replace(best, status="optimal" if good else "feasible")

    def _restrict(self, attempt: int, slack: float) -> None:
        """Fixes choices: in the first attempt all that the relaxation made whole, in the second what it gave whole, and
        ever what reduced costs show to be worse than the best roster so far (`slack` above the bound)."""
        for choice, (value, reduced) in zip(self.choices, self.relaxation, strict=True):
            none, whole = value < WHOLE, value > 1 - WHOLE
            keep_out = none and (attempt == 1 or reduced > slack)
            keep_in = whole and (attempt < 3 or -reduced > slack)
            choice.variable.upBound = 0 if keep_out else 1
            choice.variable.lowBound = 1 if keep_in else 0

    def _run(self, budget: Budget, until: float, **options: Any) -> Outcome:
        return highs.run(
            self.lp,
            seconds=until - monotonic(),
            threads=1,
            seed=self.frame.problem.seed,
            should_stop=budget.should_stop,
            mip_heuristic_run_feasibility_jump=False,  # it finds only rosters that miss everybody
            **options,
        )

    def _given(self) -> tuple[tuple[int, WorkedBlock], ...]:
        return tuple((c.person, c.block) for c in self.choices if (c.variable.varValue or 0.0) > 0.5)


def _agenda(demand: Demand, person: int, fixed: dict[int, list[WorkedBlock]], days: Span) -> Agenda:
    """The person's fixed blocks, and a choice for each block that placement, leave and fixed blocks allow."""
    frame = demand.frame
    near = {day: list(blocks) for day, blocks in fixed.items() if blocks}
    agenda = Agenda(person, near)
    off = forbidden_days(frame.problem.people[person])
    for day in range(days[0], days[1] + 1):
        if not frame.present(person, day) or day in off:
            continue
        choices = [c for c in demand.choices(person, day) if allowed(frame, person, c.block, near)]
        if choices:
            agenda.choices[day] = choices
        for choice in choices:
            if frame.into_leave(person, choice.block.shift_type, day):
                choice.price += frame.problem.prices.into_leave
    return agenda


def allowed(frame: Frame, person: int, block: WorkedBlock, fixed: dict[int, list[WorkedBlock]]) -> bool:
    """Whether the block breaks no rule by itself, nor one between two blocks with anything that is fixed."""
    faculty = frame.problem.people[person].faculty
    if not faculty and frame.too_long(block.shift_type, block.day):
        return False
    return not any(
        frame.clash(block.shift_type, block.day, other.shift_type, other.day, faculty=faculty)
        for day in range(block.day - 2, block.day + 3)
        for other in fixed.get(day, ())
    )
