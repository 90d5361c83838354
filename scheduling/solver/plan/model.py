"""The rotation plan as a PuLP model: one binary for each rotation that a cell can take, and what the rows cost.

Cells outside `free` keep what `fixed` says and become constants, so that the same code builds the whole model and
the small ones of the neighbourhood search. Minimised is the price of what is missed less what is earned; what the
constants alone cost is left out of it (`settled_cost`, complete where all cells are free).
"""

from collections.abc import Iterable, Mapping

import pulp

from scheduling.solver.plan.cells import Cell
from scheduling.solver.plan.problem import Prices
from scheduling.solver.plan.rows import Rows
from scheduling.solver.plan.rules import Need, stint
from scheduling.solver.plan.sequence_rows import add_conflicts, add_sequences
from scheduling.solver.plan.stints import add_stints
from scheduling.solver.plan.variables import PlanModel, Term


def build(rows: Rows, free: Iterable[Cell], fixed: Mapping[Cell, str]) -> PlanModel:
    """The model in which the `free` cells are decided, the others keep their rotation in `fixed` (or none)."""
    prices = rows.problem.prices
    model = PlanModel(pulp.LpProblem("plan", pulp.LpMinimize))
    free = set(free)
    for cell, open_ in rows.options.items():
        if cell in free:
            _add_cell(model, prices, cell, open_, pinned=cell in rows.pinned)
        else:
            model.constant[cell] = fixed.get(cell)
    people = rows.items if len(free) == len(rows.options) else {person: None for person, _ in model.on}
    for person in people:
        _add_person(model, prices, rows, person, fixed)
    for need in rows.needs:
        _add_need(model, need)
    model.lp.setObjective(pulp.lpSum_vars_coefs(model.costs))
    return model


def placements(model: PlanModel) -> dict[Cell, str]:
    """The plan that the solved model's variables say."""
    found = {cell: rotation for cell, rotation in model.constant.items() if rotation is not None}
    for cell, on in model.on.items():
        for rotation, variable in on.items():
            if (variable.varValue or 0) > 0.5:
                found[cell] = rotation
    return found


def start_from(model: PlanModel, plan: Mapping[Cell, str]) -> None:
    """Gives the cells' variables the plan's values, for a warm start; HiGHS works out the others'."""
    for cell, on in model.on.items():
        for rotation, variable in on.items():
            variable.varValue = float(plan.get(cell) == rotation)
    for run in model.runs:
        inside = all(plan.get((run.person, period)) == run.rotation for period in range(run.first, run.last + 1))
        edges = [plan.get((run.person, period)) == run.rotation for period in (run.first - 1, run.last + 1)]
        run.variable.varValue = float(inside and not any(edges))


def _add_cell(model: PlanModel, prices: Prices, cell: Cell, open_: tuple[str, ...], *, pinned: bool) -> None:
    if not open_ or (pinned and len(open_) == 1):
        model.constant[cell] = open_[0] if open_ else None
        model.settled_cost += 0 if open_ else prices.unplaced
        return
    model.on[cell] = {rotation: model.variable(1, binary=True) for rotation in open_}
    terms: list[Term] = [(variable, 1.0) for variable in model.on[cell].values()]
    if pinned:
        model.pinned.add(cell)
    else:
        terms.append((model.variable(1, prices.unplaced), 1.0))
    model.equal(terms, 1)


def _add_person(model: PlanModel, prices: Prices, rows: Rows, person: str, plan: Mapping[Cell, str]) -> None:
    above: list[Term] = []
    for debt in rows.owed[person]:
        constant, terms = model.over(person, debt.periods, debt.row.rotations)
        most = None if debt.most is None else debt.most - constant
        excess = model.between(terms, debt.fewest - constant, most, debt.price, debt.price)
        if excess is not None:
            above.append((excess, -1.0))
    items = rows.items[person]
    for whole in rows.stints[person]:
        if not add_stints(model, whole, len(rows.problem.periods), plan):
            items += tuple(stint(rows.problem, whole.person, whole.rule, whole.rotation))
    rewards = add_sequences(model, prices, items)
    add_conflicts(model, rows.owed[person], rewards, above)
    for wish in rows.wishes[person]:
        known, variables = model.there(person, wish.period, wish.rotations)
        model.settled_cost -= known * wish.weight
        model.costs += [(variable, -wish.weight) for variable in variables]


def _add_need(model: PlanModel, need: Need) -> None:
    constant = 0
    terms: list[Term] = []
    for person, weight in need.weights.items():
        known, variables = model.there(person, need.period, need.row.rotations)
        constant += known * weight
        terms += [(variable, float(weight)) for variable in variables]
    row = need.row
    most = None if row.most is None else row.most - constant
    model.between(terms, row.fewest - constant, most, need.price_below, need.price_above)
