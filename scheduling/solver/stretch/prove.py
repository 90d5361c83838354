"""The proof: all lines that a better roster could contain, and HiGHS's search among them.

At the duals of the bound, a line whose excess is larger than the distance between the roster and the bound is in no
better roster. Where few enough remain, they are all written out. HiGHS then branches on who works which option on
which day, not on lines: a day decides about many lines at once, and whole days leave only one line.
"""

from dataclasses import dataclass

import numpy as np
import pulp

from scheduling.solver import highs
from scheduling.solver.progress import ShouldStop
from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.master import Key, cover
from scheduling.solver.stretch.network import OFF, Line


@dataclass(frozen=True, slots=True)
class Verdict:
    """`lines`: the cheapest roster, or {} where the one given could not be bettered. `bound` without the constant."""

    proven: bool
    lines: dict[int, Line]
    bound: float | None


def prove(
    case: Case,
    keys: list[Key],
    lines: dict[int, Line],
    *,
    seconds: float,
    seed: int,
    should_stop: ShouldStop | None = None,
) -> Verdict:
    """Searches all rosters made of `keys` for one cheaper than `lines`."""
    keys = list(dict.fromkeys([*keys, *lines.items()]))
    model = pulp.LpProblem("prove")
    weights = {key: model.add_variable(f"l{j}", 0) for j, key in enumerate(keys)}
    works = _link(model, weights)
    if should_stop and should_stop():  # writing out many lines takes seconds
        return Verdict(proven=False, lines={}, bound=None)
    working: dict[int, list[pulp.LpVariable]] = {}
    for r in range(len(case.rows.day)):
        block = (int(case.rows.day[r]), int(case.rows.option[r]))
        working[r] = [x for (i, d, k), x in works.items() if (d, k) == block and case.members[i].counts[r]]
    own = [(x, float(case.members[i].cost[d, k])) for (i, d, k), x in works.items()]
    priced, _ = cover(model, case, case.counts({}), working, cat="Integer")
    model += pulp.lpSum_vars_coefs([*own, *priced])
    price = case.objective(lines) - case.constant
    gap = 0.9 * case.step / max(abs(price), 1e-9) if case.step else 1e-6
    outcome = highs.run(model, seconds=seconds, threads=1, seed=seed, gap=gap, should_stop=should_stop)
    found: dict[int, Line] = {}
    if outcome.objective is not None and outcome.objective < price - 1e-6:
        found = {i: line for (i, line), weight in weights.items() if (weight.varValue or 0.0) > 0.5}
    return Verdict(outcome.status == "optimal", found, outcome.bound)


def _link(model: pulp.LpProblem, weights: dict[Key, pulp.LpVariable]) -> dict[tuple[int, int, int], pulp.LpVariable]:
    """Ties weights of lines to who works what: a variable per (member, day, option) that any line works."""
    using: dict[tuple[int, int, int], list[tuple[pulp.LpVariable, float]]] = {}
    of_member: dict[int, list[tuple[pulp.LpVariable, float]]] = {}
    for (i, line), weight in weights.items():
        of_member.setdefault(i, []).append((weight, 1.0))
        for d, k in enumerate(line):
            if k != OFF:
                using.setdefault((i, d, k), []).append((weight, 1.0))
    works = {}
    for block, terms in sorted(using.items(), key=lambda item: item[0]):
        works[block] = model.add_variable("x{}_{}_{}".format(*block), cat="Binary")
        model.addConstraint(pulp.lpSum_vars_coefs([*terms, (works[block], -1.0)]) == 0)
    for i, terms in of_member.items():
        model.addConstraint(pulp.lpSum_vars_coefs(terms) == 1, f"m{i}")
    return works


def rounded_up(case: Case, bound: float) -> float:
    """The least objective at or above a bound that the prices allow (the case's constant included in both)."""
    if case.step is None or not np.isfinite(bound):
        return bound
    return case.constant + case.step * float(np.ceil((bound - case.constant) / case.step - 1e-6))
