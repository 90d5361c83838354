"""The variables of a plan's model, and how rows are put on them."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

import pulp

from scheduling.solver.plan.cells import Cell

type Term = tuple[pulp.LpVariable, float]


@dataclass(frozen=True, slots=True)
class Run:
    """A stint's variable: the person is on the rotation in these periods, and not in the ones before and after."""

    variable: pulp.LpVariable
    person: str
    rotation: str
    first: int
    last: int


@dataclass(slots=True)
class PlanModel:
    """The PuLP model, to be minimised, and its variables: `on[cell][rotation]`; `constant[cell]` is what a cell that
    has none is settled on (None: nothing). `pinned` are the cells with variables that cannot be left empty."""

    lp: pulp.LpProblem
    on: dict[Cell, dict[str, pulp.LpVariable]] = field(default_factory=dict)
    constant: dict[Cell, str | None] = field(default_factory=dict)
    pinned: set[Cell] = field(default_factory=set)
    runs: list[Run] = field(default_factory=list)
    settled_cost: float = 0.0
    costs: list[Term] = field(default_factory=list)
    count: int = 0

    def variable(self, most: float | None = None, cost: float = 0.0, *, binary: bool = False) -> pulp.LpVariable:
        """A new variable between 0 and `most`, with its price in the objective."""
        self.count += 1
        found = self.lp.add_variable(f"v{self.count}", 0, most, "Binary" if binary else "Continuous")
        if cost:
            self.costs.append((found, cost))
        return found

    def there(self, person: str, period: int, rotations: Container[str]) -> tuple[int, list[pulp.LpVariable]]:
        """Whether the person is there: a constant, and the variables to add to it."""
        cell = person, period
        on = self.on.get(cell)
        if on is None:
            return int(self.constant.get(cell) in rotations), []
        return 0, [variable for rotation, variable in on.items() if rotation in rotations]

    def over(self, person: str, periods: Iterable[int], rotations: Container[str]) -> tuple[int, list[Term]]:
        """The periods that the person is there: a constant, and the terms to add to it."""
        constant = 0
        terms: list[Term] = []
        for period in periods:
            known, variables = self.there(person, period, rotations)
            constant += known
            terms += [(variable, 1.0) for variable in variables]
        return constant, terms

    def at_most(self, terms: list[Term], most: float) -> None:
        """A row: the terms add up to no more than `most`."""
        self.lp += pulp.lpSum_vars_coefs(terms) <= most

    def at_least(self, terms: list[Term], least: float) -> None:
        """A row: the terms add up to no less than `least`."""
        self.lp += pulp.lpSum_vars_coefs(terms) >= least

    def equal(self, terms: list[Term], value: float) -> None:
        """A row: the terms add up to the value."""
        self.lp += pulp.lpSum_vars_coefs(terms) == value

    def between(
        self, terms: list[Term], fewest: float, most: float | None, price_below: float, price_above: float
    ) -> pulp.LpVariable | None:
        """The terms lie between fewest and most, or what is missing or too much has its price.

        Returns the variable of what is too much, None where nothing can be.
        """
        if not terms:
            missing = max(0, fewest)
            excess = 0 if most is None else max(0, -most)
            self.settled_cost += price_below * missing + price_above * excess
            return None
        could_exceed = most is not None and sum(weight for _, weight in terms) > most
        if most is not None and fewest == most > 0 and could_exceed:
            above = self.variable(None, price_above)
            self.equal([*terms, (self.variable(None, price_below), 1.0), (above, -1.0)], most)
            return above
        if fewest > 0:
            self.at_least([*terms, (self.variable(None, price_below), 1.0)], fewest)
        if most is None or not could_exceed:
            return None
        above = self.variable(None, price_above)
        self.at_most([*terms, (above, -1.0)], most)
        return above
