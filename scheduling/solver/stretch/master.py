"""The restricted master: the best mixture of the lines known so far, and what one more person is worth.

A linear program: each member's lines are weighted to one, each coverage row counts the people in it and pays for
those missing and those too many. Its duals price the rows for the networks, which answer with better lines.
"""

from dataclasses import dataclass
from typing import Literal

import highspy
import numpy as np
import pulp

from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.network import Floats, Line, line_cost

Key = tuple[int, Line]


@dataclass(frozen=True, slots=True)
class Mixture:
    """A solved master: its objective (without the case's constant), duals per row and member, and weights."""

    objective: float
    rows: Floats
    members: dict[int, float]
    weights: dict[Key, float]


class _GrowingHiGHS(pulp.HiGHS):
    """HiGHS for a linear program that only grows by columns: handed over once, then each new column alone.

    Handing the whole program over again takes longer than solving it from the last basis. It asks for no number
    of threads, so that it takes whatever pool the process has.
    """

    def __init__(self) -> None:
        super().__init__(msg=False, mip=False)
        self.kept: highspy.Highs | None = None
        self.new: list[tuple[float, list[int]]] = []  # cost and rows, all coefficients being one

    def createAndConfigureSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 - PuLP's names
        if self.kept is None:
            super().createAndConfigureSolver(lp)
            self.kept = lp.solverModel
            self.new.clear()
            super().buildSolverModel(lp)
        lp.solverModel = self.kept

    def buildSolverModel(self, lp: pulp.LpProblem) -> None:  # noqa: N802
        if not self.new:
            return
        sizes = [len(rows) for _, rows in self.new]
        indices = np.array([r for _, rows in self.new for r in rows], dtype=np.int32)
        number = len(self.new)
        lp.solverModel.addCols(
            number,
            np.array([cost for cost, _ in self.new]),
            np.zeros(number),
            np.full(number, highspy.kHighsInf),
            len(indices),
            np.cumsum([0, *sizes[:-1]]).astype(np.int32),
            indices,
            np.ones(len(indices)),
        )
        self.new.clear()


class Master:
    """Lines of the members in `free`; `taken` counts the people that the others put in each row."""

    def __init__(self, case: Case, free: list[int], taken: Floats) -> None:
        self.case = case
        self.free = free
        self.model = pulp.LpProblem("master")
        self.lines: dict[Key, pulp.LpVariable] = {}
        self.solver = _GrowingHiGHS()
        objective, self.row_constraints = cover(self.model, case, taken, {})
        anyone = self.model.add_variable("anyone", 0, 0)
        self.model += pulp.lpSum_vars_coefs([*objective, (anyone, 0.0)])
        self.member_constraints = {
            i: self.model.addConstraint(pulp.lpSum_vars_coefs([(anyone, 1.0)]) == 1, f"m{i}") for i in free
        }

    def add(self, member: int, line: Line) -> bool:
        """Adds a line; False where it is known."""
        if (member, line) in self.lines:
            return False
        who = self.case.members[member]
        constraints = [self.row_constraints[r] for r in self.case.in_rows(line, who)]
        constraints.append(self.member_constraints[member])
        cost = line_cost(line, who.cost)
        self.lines[member, line] = self.model.add_column(
            f"x{len(self.lines)}", 0, None, obj=cost, coefficients=dict.fromkeys(constraints, 1.0)
        )
        self.solver.new.append((cost, [c.id for c in constraints]))
        return True

    def solve(self) -> Mixture:
        """Solves the linear program. Every free member has at least one line by now."""
        stats = self.model.solve(self.solver)
        if not stats.has_solution:
            raise RuntimeError(f"HiGHS could not solve a feasible linear program: {stats.status_str}")
        return Mixture(
            objective=stats.objective,
            rows=np.array([c.pi for c in self.row_constraints]),
            members={i: c.pi for i, c in self.member_constraints.items()},
            weights={key: x.varValue for key, x in self.lines.items() if x.varValue > 1e-6},
        )


def cover(
    model: pulp.LpProblem,
    case: Case,
    taken: Floats,
    working: dict[int, list[pulp.LpVariable]],
    cat: Literal["Continuous", "Integer"] = "Continuous",
) -> tuple[list[tuple[pulp.LpVariable, float]], list[pulp.LpConstraint]]:
    """Adds the coverage rows, `working` naming the variables in each; the priced variables and the rows.

    Each row says: people + missing - too many - between = fewest.
    """
    priced, constraints = [], []
    rows = case.rows
    for r in range(len(rows.day)):
        missing = model.add_variable(f"u{r}", 0, cat=cat)
        terms = [(x, 1.0) for x in working.get(r, ())] + [(missing, 1.0)]
        priced.append((missing, float(rows.below[r])))
        open_above = rows.above[r] == 0 or np.isinf(rows.most[r])
        if open_above or rows.most[r] > rows.fewest[r]:
            room = None if open_above else float(rows.most[r] - rows.fewest[r])
            terms.append((model.add_variable(f"s{r}", 0, room), -1.0))
        if not open_above:
            above = model.add_variable(f"o{r}", 0, cat=cat)
            terms.append((above, -1.0))
            priced.append((above, float(rows.above[r])))
        constraints.append(
            model.addConstraint(pulp.lpSum_vars_coefs(terms) == float(rows.fewest[r] - taken[r]), f"r{r}")
        )
    return priced, constraints
