"""Takes the rows of the roster's rules down in a system, instead of in a PuLP model."""

from collections.abc import Iterable
from typing import Any

from scheduling.solver.conflict.problem import Group
from scheduling.solver.conflict.system import System
from scheduling.solver.roster.model import Category, Model, Term


class Recorder(Model):
    """A model whose variables are those of a system (numbers), and whose rows are the present `group`'s.

    Prices are left out: what may be missed at a price is not asked for. What holds always is not taken down again.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        self.group: Group | None = None
        self.prices: list[Term] = []
        self.constant = 0.0
        self.always: set[tuple[frozenset[tuple[Any, float]], float]] = set()

    def at_most(self, terms: Iterable[Term], most: float) -> None:
        listed = list(terms)
        row = frozenset(listed), most
        if row in self.always:
            return
        if self.group is None:
            self.always.add(row)
        self.system.at_most(self.group, listed, most)  # type: ignore[arg-type] # its variables are numbers

    def at_least(self, terms: Iterable[Term], fewest: float) -> None:
        self.at_most([(variable, -factor) for variable, factor in terms], -fewest)

    def equal(self, terms: Iterable[Term], value: float) -> None:
        listed = list(terms)
        self.at_most(listed, value)
        self.at_least(listed, value)

    def _variable(self, upper: float | None, category: Category, price: float) -> Any:  # noqa: ARG002 - see above
        return self.system.amount(upper, whole=category == "Binary")
