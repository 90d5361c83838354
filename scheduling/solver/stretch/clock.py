"""When to stop: time is up, or whoever asked for the roster says so."""

from time import monotonic

from scheduling.solver.highs import POLL_SECONDS
from scheduling.solver.progress import ShouldStop


class Clock:
    """Counts from its making. `should_stop` is asked a few times a second, and never again once it has said yes."""

    def __init__(self, seconds: float, should_stop: ShouldStop | None) -> None:
        self.started = monotonic()
        self.seconds = seconds
        self.cancelled = False
        self._should_stop = should_stop
        self._asked = -POLL_SECONDS

    def elapsed(self) -> float:
        return monotonic() - self.started

    def left(self) -> float:
        return max(0.0, self.seconds - self.elapsed())

    def up(self) -> bool:
        """Whether to stop now."""
        return self.past(1.0)

    def past(self, share: float) -> bool:
        """Whether this share of the time is used, or to stop now."""
        if self._should_stop and not self.cancelled and self.elapsed() - self._asked >= POLL_SECONDS:
            self._asked = self.elapsed()
            self.cancelled = self._should_stop()
        return self.cancelled or self.elapsed() >= share * self.seconds
