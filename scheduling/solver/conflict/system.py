"""Groups of rows over variables from 0 to 1, of which one asks whether some of them can hold at once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import pulp

from scheduling.solver import highs
from scheduling.solver.conflict.problem import Group
from scheduling.solver.progress import ShouldStop

NEARLY = 1e-6


@dataclass(frozen=True, slots=True)
class Row:
    """The terms (variable and factor) add up to no more than `most`."""

    terms: Mapping[int, float]
    most: float


@dataclass(slots=True)
class System:
    """Rows by group, and `always` those that nobody would give up.

    The rows of `always` have factors above 0 only and hold where all variables are 0: so variables that no chosen group
    speaks of can be left out. `uppers` is None for an amount without limit; amounts may be fractions.
    """

    whole: list[bool] = field(default_factory=list)
    uppers: list[float | None] = field(default_factory=list)
    groups: dict[Group, list[Row]] = field(default_factory=dict)
    always: list[Row] = field(default_factory=list)

    def variable(self) -> int:
        """A new variable that is 0 or 1."""
        return self.amount(1, whole=True)

    def amount(self, upper: float | None, *, whole: bool = False) -> int:
        self.whole.append(whole)
        self.uppers.append(upper)
        return len(self.whole) - 1

    def at_most(self, group: Group | None, terms: Iterable[tuple[int, float]], most: float) -> None:
        """A row of a group; of None: one that always holds."""
        merged: dict[int, float] = {}
        for variable, factor in terms:
            merged[variable] = merged.get(variable, 0.0) + factor
        rows = self.always if group is None else self.groups.setdefault(group, [])
        rows.append(Row(merged, most))

    def at_least(self, group: Group | None, terms: Iterable[tuple[int, float]], fewest: float) -> None:
        self.at_most(group, [(variable, -factor) for variable, factor in terms], -fewest)

    def loosen(self, now: Mapping[int, float], kept: Collection[Group]) -> None:
        """Takes what these values of the variables break as it is, but for the rows of `kept`. Amounts have the least
        that the rows ask of them, which are to be in such an order that each is set before it is spent."""
        values = dict(now)
        for group, rows in (*self.groups.items(), (None, self.always)):
            if group in kept:
                continue
            for row in rows:
                self._settle(row, values)
            for place, row in enumerate(rows):
                rows[place] = replace(row, most=max(row.most, _activity(row, values)))

    def _settle(self, row: Row, values: dict[int, float]) -> None:
        for variable, factor in row.terms.items():
            over = _activity(row, values) - row.most
            if factor < 0 and not self.whole[variable] and over > NEARLY:
                value = values.get(variable, 0.0) + over / -factor
                upper = self.uppers[variable]
                values[variable] = value if upper is None else min(upper, value)

    def can_hold(
        self, chosen: Collection[Group], *, seconds: float, should_stop: ShouldStop | None = None
    ) -> bool | None:
        """Whether these groups can all hold; None where that was not found out in the time."""
        rows = [row for group in chosen for row in self.groups[group]]
        if any(_is_hopeless(row, self.uppers) for row in rows):
            return False
        used = {variable for row in rows for variable in row.terms}
        rows += [row for row in self.always if not used.isdisjoint(row.terms)]
        model = pulp.LpProblem("conflict", pulp.LpMinimize)
        variables = {each: self._add(model, each) for each in sorted(used)}
        for row in rows:
            terms = [(variables[each], factor) for each, factor in row.terms.items() if each in used]
            if terms:
                model.addConstraint(pulp.lpSum_vars_coefs(terms) <= row.most)
        if not variables:
            return True
        model.setObjective(pulp.lpSum_vars_coefs([(next(iter(variables.values())), 0.0)]))
        outcome = highs.run(model, seconds=seconds, threads=1, should_stop=should_stop)
        if outcome.has_solution:
            return True
        return False if outcome.status == "infeasible" else None

    def suspects(self, *, seconds: float, should_stop: ShouldStop | None = None) -> list[Group]:
        """Groups that contradict each other by the linear relaxation already; [] if there are none, or time was up.

        All rows that ask for something may be missed by the same amount, which is to be as little as possible. A vertex
        of that program's dual is a set of rows without one too many (J. Gleeson and J. Ryan, "Identifying minimally
        infeasible subsystems of inequalities", ORSA Journal on Computing 2, 1990), so these are few more than needed.
        """
        model = pulp.LpProblem("elastic", pulp.LpMinimize)
        variables = [self._add(model, each, relaxed=True) for each in range(len(self.whole))]
        missed = model.add_variable("missed", 0)
        owners: list[tuple[Group, pulp.LpConstraint]] = []
        for group, rows in (*self.groups.items(), (None, self.always)):
            for row in rows:
                terms = [(variables[each], factor) for each, factor in row.terms.items()]
                if row.most < 0:
                    terms.append((missed, -1.0))
                if terms:
                    constraint = model.addConstraint(pulp.lpSum_vars_coefs(terms) <= row.most)
                    if group is not None:
                        owners.append((group, constraint))
        model.setObjective(pulp.lpSum_vars_coefs([(missed, 1.0)]))
        outcome = highs.relax(model, seconds=seconds, threads=1, should_stop=should_stop)
        if outcome.objective is None or outcome.objective <= NEARLY:
            return []
        return list(dict.fromkeys(group for group, constraint in owners if abs(constraint.pi or 0.0) > NEARLY))

    def _add(self, model: pulp.LpProblem, variable: int, *, relaxed: bool = False) -> pulp.LpVariable:
        whole = self.whole[variable] and not relaxed
        return model.add_variable(f"v{variable}", 0, self.uppers[variable], "Binary" if whole else "Continuous")


def _activity(row: Row, values: Mapping[int, float]) -> float:
    return sum(factor * values.get(variable, 0.0) for variable, factor in row.terms.items())


def _is_hopeless(row: Row, uppers: list[float | None]) -> bool:
    """Whether a row cannot hold whatever else is asked for."""
    least = 0.0
    for variable, factor in row.terms.items():
        if factor < 0:
            upper = uppers[variable]
            if upper is None:
                return False
            least += factor * upper
    return least > row.most + NEARLY
