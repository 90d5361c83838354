"""A model that knows what the roster is now, and takes what it breaks already as it is.

It reckons the value of every variable for "nothing is changed" while rows are added: that is what the solver starts
from, and what prices are compared with. A row that the standing blocks break is loosened to what they are, so that a
repair is never infeasible; a block that is added has to keep the row as it was meant.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from scheduling.solver.roster.model import Category, Choice, Model, Term

if TYPE_CHECKING:
    import pulp

EPSILON = 1e-7


class TolerantModel(Model):
    """Variables with their value now. `choices` are made by `choose`; what the roster's rules add are amounts."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.now: dict[int, float] = {}
        self.variables: dict[int, pulp.LpVariable] = {}
        self.added: set[int] = set()  # blocks that nobody works now
        self.limits: dict[int, float | None] = {}  # of amounts
        self.unit_prices: dict[int, float] = {}
        self.behind: dict[int, set[int]] = {}  # the choices that an indicator stands for

    def choose(self, choice: Choice, *, stands: bool) -> None:
        """Gives a choice its variable: 1 is "works it"."""
        choice.variable = self.binary(choice.price)
        self.now[choice.variable.id] = float(stands)
        if not stands:
            self.added.add(choice.variable.id)

    def _variable(self, upper: float | None, category: Category, price: float) -> "pulp.LpVariable":
        variable = super()._variable(upper, category, price)
        self.variables[variable.id] = variable
        self.now[variable.id] = 0.0
        if category == "Continuous":
            self.limits[variable.id] = upper
            self.unit_prices[variable.id] = price
        return variable

    def at_most(self, terms: Iterable[Term], most: float) -> None:
        row = _merged(terms)
        self._remember(row, most)
        self._settle(row, most)
        activity = self._activity(row)
        if activity <= most + EPSILON:
            self._row(row, most)
            return
        self._row(row, activity)
        for added in sorted(self._added_in(row)):
            self._row({**row, added: row.get(added, 0.0) + activity - most}, activity)

    def at_least(self, terms: Iterable[Term], fewest: float) -> None:
        self.at_most([(variable, -size) for variable, size in terms], -fewest)

    def equal(self, terms: Iterable[Term], value: float) -> None:
        """Amounts with a negative coefficient take up what the others come to, the first ones first."""
        row = _merged(terms)
        for each, size in row.items():
            rest = self._activity(row) - value
            if size < 0 and each in self.limits and rest > 0:
                self._raise(each, rest / -size)
        super().equal(self._terms(row), value)

    def total(self, terms: Iterable[Term], constant: float) -> "pulp.LpVariable":
        """A variable that is what the terms come to."""
        row = _merged(terms)
        variable = self.amount(0.0)
        variable.lowBound = None
        self.now[variable.id] = self._activity(row) + constant
        super().equal([*self._terms(row), (variable, -1.0)], -constant)
        return variable

    def rest_now(self) -> float:
        """The price of the roster as it is, of all that has one."""
        return self.constant + sum(price * self.now[variable.id] for variable, price in self.prices)

    def close_indicators(self) -> None:
        """Indicators ("works this weekend") are to be 0 where nothing is behind them: to be called once, at the end."""
        for each, choices in self.behind.items():
            self._row({each: 1.0, **dict.fromkeys(sorted(choices), -1.0)}, 0.0)

    def _settle(self, row: dict[int, float], most: float) -> None:
        """Sets the amounts of a row: those that ease it as high as it takes, those that pay as high as it leaves."""
        for each, size in row.items():
            over = self._activity(row) - most
            if each not in self.limits:
                continue
            if size < 0 and over > EPSILON:
                self._raise(each, over / -size)
            elif size > 0 and over < -EPSILON and self.unit_prices[each] < 0:
                self._raise(each, -over / size)

    def _raise(self, each: int, by: float) -> None:
        limit = self.limits[each]
        self.now[each] = self.now[each] + by if limit is None else min(limit, self.now[each] + by)

    def _remember(self, row: dict[int, float], most: float) -> None:
        """Notes an indicator with the choices that set it: their sum is no more than it is."""
        amounts = [each for each in row if each in self.limits]
        if most == 0.0 and len(amounts) == 1 and row[amounts[0]] == -1.0 and self.limits[amounts[0]] == 1.0:
            choices = {each for each, size in row.items() if size == 1.0}
            if len(choices) == len(row) - 1 and not self.unit_prices[amounts[0]]:
                self.behind.setdefault(amounts[0], set()).update(choices)

    def _added_in(self, row: dict[int, float]) -> set[int]:
        found = {each for each, size in row.items() if size > 0}
        for each in tuple(found):
            found |= self.behind.get(each, set())
        return found & self.added

    def _activity(self, row: dict[int, float]) -> float:
        return sum(size * self.now[each] for each, size in row.items())

    def _terms(self, row: dict[int, float]) -> list[Term]:
        return [(self.variables[each], size) for each, size in row.items()]

    def _row(self, row: dict[int, float], most: float) -> None:
        super().at_most(self._terms(row), most)


def _merged(terms: Iterable[Term]) -> dict[int, float]:
    row: dict[int, float] = {}
    for variable, size in terms:
        row[variable.id] = row.get(variable.id, 0.0) + size
    return row
