"""The best roster that known lines can make: a set-partitioning problem, solved by HiGHS."""

from collections.abc import Iterable

import numpy as np
import pulp

from scheduling.solver import highs
from scheduling.solver.progress import ShouldStop
from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.master import Key, cover, free_above
from scheduling.solver.stretch.network import Floats, Line, line_cost


def choose(
    case: Case,
    keys: Iterable[Key],
    taken: Floats,
    *,
    seconds: float,
    start: dict[int, Line] | None = None,
    should_stop: ShouldStop | None = None,
    on_solution: highs.OnSolution | None = None,
) -> tuple[highs.Outcome, dict[int, Line]]:
    """One line for each member among `keys`, the rows' prices included, the case's constant not.

    Lines are empty where nothing was found.
    """
    model = pulp.LpProblem("choose")
    x = {key: model.add_variable(f"x{j}", cat="Binary") for j, key in enumerate(keys)}
    working: dict[int, list[pulp.LpVariable]] = {}
    of_member: dict[int, list[tuple[pulp.LpVariable, float]]] = {}
    for (i, line), variable in x.items():
        of_member.setdefault(i, []).append((variable, 1.0))
        for r in case.in_rows(line, case.members[i]):
            working.setdefault(int(r), []).append(variable)
    own = [(x[i, line], line_cost(line, case.members[i].cost)) for i, line in x]
    priced, _ = cover(model, case, taken, working)
    objective = pulp.lpSum_vars_coefs([*own, *priced])
    model += objective
    for i, terms in of_member.items():
        model.addConstraint(pulp.lpSum_vars_coefs(terms) == 1, f"m{i}")
    if start is not None:
        _set_start(case, model, x, start, taken)
    outcome = highs.run(
        model,
        seconds=seconds,
        threads=1,
        warm_start=start is not None,
        should_stop=should_stop,
        on_solution=on_solution,
    )
    if not outcome.has_solution:
        return outcome, {}
    return outcome, {i: line for (i, line), variable in x.items() if (variable.varValue or 0.0) > 0.5}


def _set_start(
    case: Case, model: pulp.LpProblem, x: dict[Key, pulp.LpVariable], start: dict[int, Line], taken: Floats
) -> None:
    counts = taken.copy()
    for (i, line), variable in x.items():
        variable.varValue = float(start.get(i) == line)
        if start.get(i) == line:
            counts[case.in_rows(line, case.members[i])] += 1
    names = model.variablesDict()
    rows = case.rows
    missing = np.maximum(rows.fewest - counts, 0)
    beyond = np.maximum(counts - rows.fewest, 0)
    between = np.minimum(beyond, free_above(rows))
    for r in range(len(rows.day)):
        for name, value in ((f"u{r}", missing[r]), (f"s{r}", between[r]), (f"o{r}", beyond[r] - between[r])):
            if name in names:
                names[name].varValue = float(value)
