"""The restricted master: the best mixture of the lines known so far, and what one more person is worth.

A linear program: each member's lines are weighted to one, each coverage row counts the people in it and pays for
those missing and those too many. Its duals price the rows for the networks, which answer with better lines.
"""

from dataclasses import dataclass
from typing import Any, Literal

import highspy
import numpy as np
import pulp

from scheduling.solver.stretch.case import Case, Rows
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
        super().__init__(msg=False, mip=False, output_flag=False)
        self.kept: Any = None
        self.new: list[tuple[float, list[int]]] = []  # cost and rows, all coefficients being one
        self.to_fix: list[int] = []  # columns, to be at one

    def createAndConfigureSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 - PuLP's names
        if self.kept is None:
            super().createAndConfigureSolver(lp)
            self.kept = lp.solverModel
            self.new.clear()
            super().buildSolverModel(lp)
        lp.solverModel = self.kept

    def buildSolverModel(self, lp: pulp.LpProblem) -> None:  # noqa: ARG002, N802
        if self.new:
            self._hand_over_new()
        for column in self.to_fix:
            self.kept.changeColBounds(column, 1.0, 1.0)
        self.to_fix.clear()

    def _hand_over_new(self) -> None:
        sizes = [len(rows) for _, rows in self.new]
        indices = np.array([r for _, rows in self.new for r in rows], dtype=np.int32)
        number = len(self.new)
        self.kept.addCols(
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
    """Lines of the members in `free`; `taken` counts the people that the others put in each row.

    `fixed_cost` is what the lines cost that have been given for good.
    """

    def __init__(self, case: Case, free: list[int], taken: Floats) -> None:
        self.case = case
        self.free = list(free)
        self.fixed_cost = 0.0
        # What duals lie between but for rounding; the bound needs it exactly.
        self.least_dual = np.where(np.isinf(free_above(case.rows)), 0.0, -case.rows.above)
        self.model = pulp.LpProblem("master")
        self.lines: dict[Key, pulp.LpVariable] = {}
        self.solver = _GrowingHiGHS()
        objective, self.row_constraints = cover(self.model, case, taken, {})
        anyone = self.model.add_variable("anyone", 0, 0)
        self.model += pulp.lpSum_vars_coefs([*objective, (anyone, 0.0)])
        self.member_constraints = {
            i: self.model.addConstraint(pulp.lpSum_vars_coefs([(anyone, 1.0)]) == 1, f"m{i}") for i in free
        }

        self.first_line = len(self.model.exported_variables())  # HiGHS's column of the first line

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

    def fix(self, member: int, line: Line) -> None:
        """Gives a free member this line for good."""
        self.free.remove(member)
        self.fixed_cost += line_cost(line, self.case.members[member].cost)
        self.solver.to_fix.append(self.first_line + list(self.lines).index((member, line)))

    def solve(self) -> Mixture:
        """Solves the linear program. Every free member has at least one line by now."""
        stats = self.model.solve(self.solver)
        if stats.objective is None:
            raise RuntimeError(f"HiGHS could not solve a feasible linear program: {stats.status_str}")
        return Mixture(
            objective=stats.objective,
            rows=np.clip([c.pi or 0.0 for c in self.row_constraints], self.least_dual, self.case.rows.below),
            members={i: c.pi or 0.0 for i, c in self.member_constraints.items()},
            weights={key: w for key, x in self.lines.items() if (w := x.varValue or 0.0) > 1e-6},
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
    room = free_above(rows)
    for r in range(len(rows.day)):
        missing = model.add_variable(f"u{r}", 0, cat=cat)
        terms = [(x, 1.0) for x in working.get(r, ())] + [(missing, 1.0)]
        priced.append((missing, float(rows.below[r])))
        if room[r] > 0:
            terms.append((model.add_variable(f"s{r}", 0, None if np.isinf(room[r]) else float(room[r])), -1.0))
        if np.isfinite(room[r]):
            above = model.add_variable(f"o{r}", 0, cat=cat)
            terms.append((above, -1.0))
            priced.append((above, float(rows.above[r])))
        right = float(rows.fewest[r] - taken[r])
        constraints.append(model.addConstraint(pulp.lpSum_vars_coefs(terms) == right, f"r{r}"))
    return priced, constraints


def free_above(rows: Rows) -> Floats:
    """How many people beyond the fewest each row takes without a price."""
    return np.where(rows.above == 0, np.inf, rows.most) - rows.fewest
