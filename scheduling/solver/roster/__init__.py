"""The roster: who works which block, given the rotation plan. `year.solve_roster` makes it."""
