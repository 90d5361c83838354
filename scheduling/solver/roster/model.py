"""A thin layer over a PuLP model, and the choices it decides about.

PuLP is imported where a model is made: who reads choices only, as a web process does, needs none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scheduling.solver.roster.problem import WorkedBlock

if TYPE_CHECKING:
    import pulp

Category = Literal["Continuous", "Binary"]
type Term = tuple[pulp.LpVariable, float]
Cell = tuple[str, str, int]  # rotation, shift type, day: what coverage rows are about


@dataclass(slots=True)
class Choice:
    """A block that a person may be given, at a price. In a model, its variable is 1 if they are."""

    person: int
    block: WorkedBlock
    price: float = 0.0
    variable: "pulp.LpVariable" = field(init=False)

    @property
    def day(self) -> int:
        return self.block.day

    @property
    def cell(self) -> Cell:
        return cell_of(self.block)


@dataclass(slots=True)
class Agenda:
    """What one person has in any case (pins, blocks before and after the days being made) and may be given, by day.

    `stands`: in a repair, all that they work now, which free days are counted to suit; the choices hold some of it.
    """

    person: int
    fixed: dict[int, list[WorkedBlock]]
    choices: dict[int, list[Choice]] = field(default_factory=dict)
    stands: dict[int, list[WorkedBlock]] | None = None


def cell_of(block: WorkedBlock) -> Cell:
    return block.rotation, block.shift_type, block.day


class Model:
    """Collects variables, rows and prices; minimises the sum of the prices."""

    def __init__(self, name: str) -> None:
        import pulp

        self.lp = pulp.LpProblem(name.replace(" ", "_"), pulp.LpMinimize)
        self._sum = pulp.lpSum_vars_coefs
        self.prices: list[Term] = []
        self.constant = 0.0
        self._names = 0

    def binary(self, price: float = 0.0) -> "pulp.LpVariable":
        return self._variable(1, "Binary", price)

    def amount(self, price: float, upper: float | None = None) -> "pulp.LpVariable":
        """A continuous variable from 0 to `upper`, with a price per unit."""
        return self._variable(upper, "Continuous", price)

    def _variable(self, upper: float | None, category: Category, price: float) -> "pulp.LpVariable":
        self._names += 1
        variable = self.lp.add_variable(f"v{self._names}", 0, upper, category)
        if price:
            self.prices.append((variable, price))
        return variable

    def charge(self, variable: "pulp.LpVariable", price: float) -> None:
        """Adds to the price of a variable."""
        self.prices.append((variable, price))

    def at_most(self, terms: Iterable[Term], most: float) -> None:
        self.lp.addConstraint(self._sum(terms) <= most)

    def at_least(self, terms: Iterable[Term], fewest: float) -> None:
        self.lp.addConstraint(self._sum(terms) >= fewest)

    def equal(self, terms: Iterable[Term], value: float) -> None:
        self.lp.addConstraint(self._sum(terms) == value)

    def finish(self) -> "pulp.LpProblem":
        """The PuLP model, with its objective."""
        self.lp.setObjective(self._sum(self.prices) + self.constant)
        return self.lp


def ones(choices: Iterable[Choice]) -> list[Term]:
    """Each choice once."""
    return [(choice.variable, 1.0) for choice in choices]
