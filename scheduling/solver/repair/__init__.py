"""Mending a roster: who takes what somebody lost, with as little changed as can be. Pure Python and PuLP."""
