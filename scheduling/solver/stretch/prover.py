"""Decides when the proof is worth trying, and runs it beside the search."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.network import Line, Network
from scheduling.solver.stretch.pool import Pool
from scheduling.solver.stretch.prove import Verdict, prove, remaining_lines


class Prover:
    """One proof at a time, in a thread of its own (HiGHS lets others work meanwhile) or in the caller's.

    A running proof gives way to one that has at most half as many lines to look at.
    """

    def __init__(self, case: Case, networks: list[Network], pool: Pool, seed: int, *, beside: bool) -> None:
        self.case = case
        self.networks = networks
        self.pool = pool
        self.seed = seed
        self.beside = beside
        self.size: int | None = None
        self.price: float | None = None
        self._executor = ThreadPoolExecutor(1, "prover")
        self._running: Future[Verdict] | None = None
        self._halt = Event()

    def consider(self, lines: dict[int, Line], seconds: float) -> None:
        """Starts a proof that `lines` are the best, if that seems possible and has not been tried."""
        price = self.case.objective(lines)
        if self.price is not None and price >= self.price - 1e-9:
            return
        self.price = price
        below = price - self.case.constant
        keys = remaining_lines(self.case, self.networks, self.pool, below, self.pool.bound())
        if keys is None or (self._running and self.size is not None and len(keys) * 2 > self.size):
            return
        self._stop()
        self.size = len(keys)
        self._halt = halt = Event()
        self._running = self._executor.submit(
            prove, self.case, keys, lines, seconds=seconds, seed=self.seed, should_stop=halt.is_set
        )
        if not self.beside:
            self._running.result()

    def verdict(self) -> Verdict | None:
        """The verdict of a proof that has just ended."""
        if self._running is None or not self._running.done():
            return None
        verdict = self._running.result()
        self._running = None
        return verdict

    def _stop(self) -> None:
        if self._running:
            self._halt.set()
            self._running.result()
            self._running = None

    def close(self) -> None:
        """Ends a proof that is still running."""
        self._stop()
        self._executor.shutdown()
