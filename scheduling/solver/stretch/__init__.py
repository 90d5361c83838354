"""Rosters of people with limits of their own, by lines of work: see `solve_stretch`."""

from scheduling.solver.stretch.case import unsupported
from scheduling.solver.stretch.solve import solve_stretch

__all__ = ["solve_stretch", "unsupported"]
