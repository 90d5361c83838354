"""The rotation plan as a PuLP model: one binary for each rotation that a cell can take, and what the rows cost.

Cells outside `free` keep what `fixed` says and become constants, so that the same code builds the whole model and
the small ones of the neighbourhood search. Minimised is the price of what is missed less what is earned, up to what
the constants alone cost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pulp

from scheduling.solver.plan.cells import Cell
from scheduling.solver.plan.problem import PlanProblem
from scheduling.solver.plan.rules import Literal, Need, Occurrence, Owed, Window

type Term = tuple[pulp.LpVariable, float]


@dataclass(frozen=True, slots=True)
class Rows:
    """The problem spelled out once, for as many models as are built of it. See `rules` and `cells`."""

    options: Mapping[Cell, tuple[str, ...]]
    pinned: frozenset[Cell]
    items: Mapping[str, tuple[Occurrence | Window, ...]]
    owed: Mapping[str, tuple[Owed, ...]]
    needs: tuple[Need, ...]


@dataclass(slots=True)
class PlanModel:
    """The model and its variables: `on[cell][rotation]`, and `constant[cell]` for the cells that have none."""

    lp: pulp.LpProblem
    on: dict[Cell, dict[str, pulp.LpVariable]] = field(default_factory=dict)
    constant: dict[Cell, str | None] = field(default_factory=dict)
    costs: list[Term] = field(default_factory=list)
    count: int = 0

    def variable(self, most: float | None = None, cost: float = 0.0, binary: bool = False) -> pulp.LpVariable:
        """A new variable between 0 and `most`, with its price in the objective."""
        self.count += 1
        category = pulp.LpBinary if binary else pulp.LpContinuous
        found = self.lp.add_variable(f"v{self.count}", 0, most, category)
        if cost:
            self.costs.append((found, cost))
        return found

    def there(self, person: str, period: int, rotations: Iterable[str]) -> tuple[int, list[pulp.LpVariable]]:
        """Whether the person is there, as a constant and the variables to add to it."""
        cell = person, period
        if cell in self.constant:
            return int(self.constant[cell] in rotations), []
        on = self.on.get(cell, {})
        return 0, [variable for rotation, variable in on.items() if rotation in rotations]

    def at_most(self, terms: list[Term], most: float) -> None:
        """A row: the terms add up to no more than `most`."""
        self.lp += pulp.lpSum_vars_coefs(terms) <= most

    def at_least(self, terms: list[Term], least: float) -> None:
        """A row: the terms add up to no less than `least`."""
        self.lp += pulp.lpSum_vars_coefs(terms) >= least


def build(problem: PlanProblem, rows: Rows, free: Iterable[Cell], fixed: Mapping[Cell, str]) -> PlanModel:
    """The model in which the `free` cells are decided, the others keep their rotation in `fixed` (or none)."""
    model = PlanModel(pulp.LpProblem("plan", pulp.LpMinimize))
    free = set(free)
    for cell, open_ in rows.options.items():
        if cell in free:
            _add_cell(problem, rows, model, cell, open_)
        else:
            model.constant[cell] = fixed.get(cell)
    people = {person for person, _ in model.on}
    for person in rows.items:
        if person in people:
            _add_sequences(problem, rows, model, person)
            _add_curriculum(rows, model, person)
    for need in rows.needs:
        _add_need(model, need)
    for wish in problem.wishes:
        model.costs += [(variable, -wish.weight) for variable in model.there(wish.person, wish.period, wish.rotations)[1]]
    model.lp.setObjective(pulp.lpSum_vars_coefs(model.costs))
    return model


def _add_cell(problem: PlanProblem, rows: Rows, model: PlanModel, cell: Cell, open_: tuple[str, ...]) -> None:
    pinned = cell in rows.pinned
    if not open_ or (pinned and len(open_) == 1):
        model.constant[cell] = open_[0] if open_ else None
        return
    on = {rotation: model.variable(1, binary=True) for rotation in open_}
    model.on[cell] = on
    terms: list[Term] = [(variable, 1) for variable in on.values()]
    if not pinned:
        terms.append((model.variable(1, problem.prices.unplaced), 1))
    model.lp += pulp.lpSum_vars_coefs(terms) == 1


def _add_sequences(problem: PlanProblem, rows: Rows, model: PlanModel, person: str) -> None:
    forbidden = {item.literals for item in rows.items[person] if isinstance(item, Occurrence) and item.price is None}
    for item in rows.items[person]:
        if isinstance(item, Window):
            _add_window(problem, model, item)
        elif item.price is not None and item.price < 0:
            if item.literals not in forbidden:  # else it cannot be earned, and would only loosen the bound
                _add_reward(model, item)
        else:
            _add_occurrence(problem, model, item)


def _add_window(problem: PlanProblem, model: PlanModel, window: Window) -> None:
    constant, terms = 0, []
    for period in window.periods:
        known, variables = model.there(window.person, period, window.rotations)
        constant += known
        terms += [(variable, 1.0) for variable in variables]
    if not terms or constant + len(window.periods) <= window.most:
        return
    # All free cells left empty keep every row without a price, so that there always is a plan; where constants
    # (pins) alone break one, each further period counts.
    slack = _slack(problem, window.price, broken=constant > window.most)
    if slack is not None:
        terms.append((model.variable(None, slack), -1.0))
    model.at_most(terms, window.most - constant)


def _slack(problem: PlanProblem, price: float | None, *, broken: bool) -> float | None:
    """The price of breaking a row, None where it may not be broken."""
    if price is not None:
        return price
    return problem.prices.broken_rule if broken else None


def _literals(model: PlanModel, occurrence: Occurrence) -> list[tuple[Literal, list[pulp.LpVariable]]] | None:
    """The literals still open, with their variables; None if one cannot be true."""
    left = []
    for literal in occurrence.literals:
        known, variables = model.there(occurrence.person, literal.period, literal.rotations)
        if variables:
            left.append((literal, variables))
        elif bool(known) != literal.inside:
            return None
    return left


def _add_occurrence(problem: PlanProblem, model: PlanModel, occurrence: Occurrence) -> None:
    left = _literals(model, occurrence)
    if not left:
        return
    terms: list[Term] = []
    for literal, variables in left:
        terms += [(variable, 1.0 if literal.inside else -1.0) for variable in variables]
    inside = sum(literal.inside for literal, _ in left)
    # Left empty, a cell is on none: only a pattern without any open "inside" can come about then.
    slack = _slack(problem, occurrence.price, broken=inside == 0)
    if slack is not None:
        terms.append((model.variable(1, slack * occurrence.amount), -1.0))
    model.at_most(terms, inside - 1)


def _add_reward(model: PlanModel, occurrence: Occurrence) -> None:
    left = _literals(model, occurrence)
    if not left or occurrence.price is None:
        return
    earned = model.variable(1, occurrence.price * occurrence.amount)
    for literal, variables in left:
        if literal.inside:
            model.at_most([(earned, 1.0), *((variable, -1.0) for variable in variables)], 0)
        else:
            model.at_most([(earned, 1.0), *((variable, 1.0) for variable in variables)], 1)


def _add_curriculum(rows: Rows, model: PlanModel, person: str) -> None:
    for debt in rows.owed[person]:
        constant, terms = 0, []
        for period in debt.periods:
            known, variables = model.there(person, period, debt.row.rotations)
            constant += known
            terms += [(variable, 1.0) for variable in variables]
        _add_between(model, terms, constant, debt.fewest, debt.most, (debt.price, debt.price))


def _add_need(model: PlanModel, need: Need) -> None:
    constant, terms = 0, []
    for person, weight in need.weights.items():
        known, variables = model.there(person, need.period, need.row.rotations)
        constant += known * weight
        terms += [(variable, float(weight)) for variable in variables]
    _add_between(model, terms, constant, need.row.fewest, need.row.most, (need.price_below, need.price_above))


def _add_between(
    model: PlanModel, terms: list[Term], constant: int, fewest: int, most: int | None, prices: tuple[float, float]
) -> None:
    """Terms and constant lie between fewest and most, or what is missing or too much has its price."""
    if not terms:
        return
    below, above = prices
    if fewest > constant:
        model.at_least([*terms, (model.variable(None, below), 1.0)], fewest - constant)
    if most is not None and constant + sum(weight for _, weight in terms) > most:
        model.at_most([*terms, (model.variable(None, above), -1.0)], most - constant)
