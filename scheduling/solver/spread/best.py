"""Proven lower bounds of spreads: for each group and measure, that no roster of the plan can be more even than this."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from time import monotonic

from scheduling.solver import highs
from scheduling.solver.progress import OnProgress, Progress, ShouldStop
from scheduling.solver.roster.coverage import Demand
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import groups, tally, weights
from scheduling.solver.roster.problem import MEASURES, Assigned, Measure, RosterProblem
from scheduling.solver.spread.alike import classes
from scheduling.solver.spread.asked import Asked
from scheduling.solver.spread.model import Member, SpreadModel
from scheduling.solver.spread.supply import Supply, laid_out

GOOD_GAP = 0.02  # in the measure’s unit: bounds are told to tenths
ROUND = 10  # bounds are told to tenths, rounded down: never more than is proven
WHOLE = 1e-6
UNITS: Mapping[Measure, float] = {measure: 60.0 if measure == "minutes" else 1.0 for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class BestSpread:
    """What no roster can be below, in nights, weekends, holidays, hours ("minutes") or backup shifts.

    A spread is how far who is furthest above their fair share lies from who is furthest below it, with what they
    brought along. `spread` is that of the roster at hand; `people` are those compared. The bound holds for every roster
    of the plan that staffs each block, and keeps to ordinary weeks, at least as well as the roster at hand does, the
    rules between blocks (rest, averages) aside: with them, even the bound may be out of reach.
    """

    group: str
    measure: Measure
    spread: float
    bound: float
    people: int


def best_spreads(
    problem: RosterProblem,
    assignments: Iterable[Assigned],
    *,
    time_limit: float,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> list[BestSpread] | None:
    """The bounds for all groups of two or more people and all measures that anything counts in.

    `time_limit` is in seconds of wall clock, shared between the models; a bound is proven whenever it is cut, and may
    then be lower than it need be. None if it was stopped.
    """
    task = _Task(problem, assignments, monotonic() + time_limit)
    todo = [(group, measure) for group in task.groups for measure in MEASURES]
    found = []
    for turn, (group, measure) in enumerate(todo):
        if should_stop and should_stop():
            return None
        if on_progress:
            on_progress(Progress(group, 100 * turn / len(todo)))
        best = task.solve(group, measure, len(todo) - turn, should_stop)
        if best is not None:
            found.append(best)
    return None if should_stop and should_stop() else found


def spread_of(members: Sequence[Member], works: Sequence[float]) -> float:
    """The spread of what these members work: of those who are there at all."""
    total = sum(works)
    balances = [
        amount - member.part * total + member.brought
        for member, amount in zip(members, works, strict=True)
        if member.part > 0
    ]
    return max(balances) - min(balances) if balances else 0.0


class _Task:
    """A problem and a roster of it, with what all models need."""

    def __init__(self, problem: RosterProblem, assignments: Iterable[Assigned], until: float) -> None:
        self.problem, self.until, self.frame = problem, until, Frame(problem)
        self.demand, self.days = Demand(self.frame), (0, problem.days - 1)
        self.worked = laid_out(self.frame, assignments)
        self.supply = Supply(self.demand, self.worked, self.days)
        self.groups: dict[str, tuple[list[int], Asked]] = {
            group: (members, Asked(self.demand, self.worked, self.days, members))
            for group, members in groups(self.frame).items()
            if len(members) > 1
        }

    def solve(self, group: str, measure: Measure, left: int, should_stop: ShouldStop | None) -> BestSpread | None:
        """One bound, in its part of the time that is left for so many; None where nobody works anything that counts."""
        numbers, asked = self.groups[group]
        members = self._members(group, numbers, measure)
        works = [self._worked(number, measure) for number in numbers]
        compared = sum(1 for member in members if member.part > 0)
        if not any(works) or compared < 2:
            return None
        model = SpreadModel(measure, members, asked)
        for alike in classes(self.demand, self.supply, numbers, measure):
            model.add(alike)
        spread = spread_of(members, works)
        outcome = highs.run(
            model.finish(),
            seconds=(self.until - monotonic()) / left,
            threads=1,
            seed=self.problem.seed,
            should_stop=should_stop,
            mip_abs_gap=GOOD_GAP,
        )
        assert outcome.status != "infeasible", "the roster at hand is a solution"
        bound = max(0.0, outcome.bound or 0.0)  # None: not even its relaxation was solved in time
        return BestSpread(group, measure, round(spread, 6), floor(bound * ROUND + WHOLE) / ROUND, compared)

    def _members(self, group: str, numbers: Sequence[int], measure: Measure) -> list[Member]:
        parts = weights(self.frame, numbers, self.days)
        carried = [self.problem.people[number].carried for number in numbers]
        unit = UNITS[measure]
        return [
            Member(group, parts[number], (getattr(each.worked, measure) - getattr(each.fair, measure)) / unit)
            for number, each in zip(numbers, carried, strict=True)
        ]

    def _worked(self, number: int, measure: Measure) -> float:
        return tally(self.frame, number, self.worked[number], self.days)[measure] / UNITS[measure]
