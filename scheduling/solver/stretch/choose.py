"""The best roster that known lines can make: a set-partitioning problem, solved by HiGHS."""

from collections.abc import Iterable

import pulp

from scheduling.solver import highs
from scheduling.solver.progress import ShouldStop
from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.master import Key, cover
from scheduling.solver.stretch.network import Floats, Line, line_cost


def choose(
    case: Case,
    keys: Iterable[Key],
    taken: Floats,
    *,
    seconds: float,
    below: float | None = None,
    start: dict[int, Line] | None = None,
    should_stop: ShouldStop | None = None,
    on_solution: highs.OnSolution | None = None,
) -> tuple[highs.Outcome, dict[int, Line]]:
    """One line for each member among `keys`, the rows' prices included, the case's constant not.

    `below`: only what costs less than this is wanted. Lines are empty where nothing was found.
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
    options: dict[str, float] = {} if below is None else {"objective_bound": below}
    outcome = highs.run(
        model,
        seconds=seconds,
        threads=1,
        warm_start=start is not None,
        should_stop=should_stop,
        on_solution=on_solution,
        **options,
    )
    if not outcome.has_solution:
        return outcome, {}
    return outcome, {i: line for (i, line), variable in x.items() if variable.varValue > 0.5}


def _set_start(
    case: Case, model: pulp.LpProblem, x: dict[Key, pulp.LpVariable], start: dict[int, Line], taken: Floats
) -> None:
    counts = taken.copy()
    for (i, line), variable in x.items():
        variable.varValue = float(start.get(i) == line)
        if start.get(i) == line:
            counts[case.in_rows(line, case.members[i])] += 1
    rows = case.rows
    names = model.variablesDict()
    for r in range(len(rows.day)):
        names[f"u{r}"].varValue = max(0.0, rows.fewest[r] - counts[r])
        beyond = max(0.0, counts[r] - rows.fewest[r])
        room = names.get(f"s{r}")
        between = 0.0
        if room is not None:
            between = beyond if room.upBound is None else min(beyond, room.upBound)
            room.varValue = between
        if f"o{r}" in names:
            names[f"o{r}"].varValue = beyond - between
