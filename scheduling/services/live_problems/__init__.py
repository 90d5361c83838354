"""The problems of a schedule as it stands now: what is broken, unstaffed, outside the plan, unbalanced, owed."""

from scheduling.services.live_problems.lines import KINDS, Kind, Problem, Problems
from scheduling.services.live_problems.now import known_severities, problems_of

__all__ = ["KINDS", "Kind", "Problem", "Problems", "known_severities", "problems_of"]
