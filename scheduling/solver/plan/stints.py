"""Stints as variables: one for each run of periods that a person could spend on a rotation.

Rows over single periods ("if it starts here it goes on there") leave a bound far below any plan once periods are
weeks; a stint is all or nothing by itself, and the stints that cover a person's periods pack like intervals.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from scheduling.solver.plan.cells import Cell
from scheduling.solver.plan.problem import Person, Stint
from scheduling.solver.plan.rows import WholeStint
from scheduling.solver.plan.variables import PlanModel, Run, Term


def add_stints(model: PlanModel, whole: WholeStint, horizon: int, plan: Mapping[Cell, str]) -> bool:
    """Adds the stints of one person and rotation.

    False, and nothing added, where `plan` (what the settled cells are settled on, and what the others last were) or a
    pin may break the rule: its stints are then none of those enumerated.
    """
    person, rotation = whole.person, whole.rotation
    open_ = {period for period in range(horizon) if rotation in model.on.get((person.id, period), ())}
    settled = {period for period in range(horizon) if model.constant.get((person.id, period)) == rotation}
    if not open_:
        return not settled
    runs = list(_runs(person, horizon, open_ | settled, whole.rule))
    if any((person.id, period) in model.pinned for period in open_):
        return False
    if any((person.id, period) not in plan for period in settled):
        return False
    if settled and not _kept(person.id, rotation, horizon, plan, set(runs)):
        return False
    covering: dict[int, list[Term]] = defaultdict(list)
    starting: dict[int, list[Term]] = defaultdict(list)
    ending: dict[int, list[Term]] = defaultdict(list)
    for first, last in runs:
        run = Run(model.variable(1, binary=True), person.id, rotation, first, last)
        model.runs.append(run)
        term = run.variable, 1.0
        starting[first].append(term)
        ending[last].append(term)
        for period in range(first, last + 1):
            covering[period].append(term)
    for period in open_ | settled:
        if period in open_:
            model.equal([*covering[period], (model.on[person.id, period][rotation], -1.0)], 0)
        else:
            model.equal(covering[period], 1)
        if ending[period] and starting[period + 1]:
            model.at_most(ending[period] + starting[period + 1], 1)
    return True


def _kept(person: str, rotation: str, horizon: int, plan: Mapping[Cell, str], runs: set[tuple[int, int]]) -> bool:
    """Whether every stint of the plan is one of these runs."""
    first = None
    for period in range(horizon + 1):
        on = period < horizon and plan.get((person, period)) == rotation
        if on and first is None:
            first = period
        elif not on and first is not None:
            if (first, period - 1) not in runs:
                return False
            first = None
    return True


def _runs(person: Person, horizon: int, open_: set[int], rule: Stint) -> Iterator[tuple[int, int]]:
    """First and last period of each run that the rule allows."""
    longest = horizon if rule.longest is None else rule.longest
    for first in sorted(open_):
        begun = person.is_away(first - 1) or (first == 0 and (not person.previous or person.previous[-1] is None))
        for last in range(first, min(first + longest, horizon)):
            if last not in open_:
                break
            excused = begun or last == horizon - 1 or person.is_away(last + 1)
            if excused or last - first + 1 >= rule.shortest:
                yield first, last
