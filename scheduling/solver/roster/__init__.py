"""The roster: who works which block, given the rotation plan."""

from scheduling.solver.roster.year import solve_roster

__all__ = ["solve_roster"]
