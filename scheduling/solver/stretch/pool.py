"""The lines met so far, each with what it costs beyond the cheapest at the duals of the best bound."""

import heapq
from collections.abc import Iterable

from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.generate import row_bound
from scheduling.solver.stretch.master import Key
from scheduling.solver.stretch.network import Floats, Line, Network, line_cost


class Pool:
    """Lines by member. The excess of a line is its reduced cost: the bound rises by it if the line is taken."""

    def __init__(self, case: Case, networks: list[Network], duals: Floats) -> None:
        self.case = case
        self.duals = duals
        self.costs = [m.cost - case.spread(duals, m) for m in case.members]
        self.least = [self._least(network, cost) for network, cost in zip(networks, self.costs, strict=True)]
        self.lines: list[dict[Line, float]] = [{} for _ in case.members]

    @staticmethod
    def _least(network: Network, cost: Floats) -> float:
        found = network.several(cost, 1, strict=False)
        return 0.0 if found is None else found[0]

    def excess(self, member: int, line: Line) -> float:
        known = self.lines[member].get(line)
        return line_cost(line, self.costs[member]) - self.least[member] if known is None else known

    def add(self, keys: Iterable[Key]) -> None:
        for member, line in keys:
            if line not in self.lines[member]:
                self.lines[member][line] = self.excess(member, line)

    def nearest(self, member: int, number: int) -> list[Line]:
        """The lines with the least excess."""
        lines = self.lines[member]
        return heapq.nsmallest(number, lines, key=lambda line: (lines[line], line))

    def bound(self) -> float:
        """The Lagrangian bound at the pool's duals, without the case's constant."""
        nobody = self.case.counts({})
        return sum(self.least) + row_bound(self.case, self.duals, nobody)
