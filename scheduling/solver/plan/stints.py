"""Stints as variables: one for each run of periods that a person could spend on a rotation.

Rows over single periods ("if it starts here it goes on there") leave a bound far below any plan once periods are
weeks; a stint is all or nothing by itself, and the stints that cover a person's periods pack like intervals.
"""

from collections import defaultdict
from collections.abc import Iterator

from scheduling.solver.plan.problem import Person, Stint
from scheduling.solver.plan.rows import WholeStint
from scheduling.solver.plan.variables import PlanModel, Run, Term


def add_stints(model: PlanModel, whole: WholeStint, horizon: int) -> bool:
    """Adds the stints of one person and rotation; False (and nothing added) where a cell is settled on it already."""
    cells = {}
    for period in range(horizon):
        cell = whole.person.id, period
        if model.constant.get(cell) == whole.rotation:
            return False
        variable = model.on.get(cell, {}).get(whole.rotation)
        if variable is not None:
            cells[period] = variable
    covering: dict[int, list[Term]] = defaultdict(list)
    starting: dict[int, list[Term]] = defaultdict(list)
    ending: dict[int, list[Term]] = defaultdict(list)
    for first, last in _runs(whole.person, horizon, set(cells), whole.rule):
        run = Run(model.variable(1, binary=True), whole.person.id, whole.rotation, first, last)
        model.runs.append(run)
        term = run.variable, 1.0
        starting[first].append(term)
        ending[last].append(term)
        for period in range(first, last + 1):
            covering[period].append(term)
    for period, variable in cells.items():
        model.equal([*covering[period], (variable, -1.0)], 0)
        if ending[period] and starting[period + 1]:
            model.at_most(ending[period] + starting[period + 1], 1)
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
