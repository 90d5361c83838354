"""What a solver tells while it works, and how it is told to stop.

Both solvers (the rotation plan and the roster) take these two functions, so that the page of a run, the
terminal and the tests listen in one way.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One report. `objective` is the price of the best solution so far, `bound` what no solution can be
    below, `gap` the distance between them as a share of the objective (0.01 is one per cent); each is None
    until it is known."""

    phase: str
    percent: float
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None


type OnProgress = Callable[[Progress], None]
type ShouldStop = Callable[[], bool]


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """The distance from the bound as a share of the objective, as HiGHS defines it; None while one is
    missing."""
    if objective is None or bound is None:
        return None
    distance = abs(objective - bound)
    if distance < 1e-9:
        return 0.0
    return distance / max(abs(objective), 1e-9)
