"""The roster: who works which block, given the rotation plan."""
