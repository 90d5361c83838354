"""Decides when the proof is worth trying, and runs it beside the search."""

import math
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.census import lines_below
from scheduling.solver.stretch.master import Key
from scheduling.solver.stretch.network import Floats, Line, Network
from scheduling.solver.stretch.prove import Verdict, prove

MOST_LINES = 25_000  # that a proof may look at
FEW_LINES = 8_000  # as few as these are looked at at once, more of them when the search has come to a halt


class Prover:
    """One proof at a time, in a thread of its own (HiGHS lets others work meanwhile) or in the caller's.

    A running proof gives way to one that has at most half as many lines to look at.
    """

    def __init__(self, case: Case, networks: list[Network], duals: Floats, seed: int, *, beside: bool) -> None:
        self.case = case
        self.networks = networks
        self.duals = duals
        self.seed = seed
        self.beside = beside
        self._price = math.inf
        self._keys: list[Key] | None = None  # of a proof not yet started
        self._size = MOST_LINES + 1  # of the proof that runs, or ran last
        self._executor = ThreadPoolExecutor(1, "prover")
        self._running: Future[Verdict] | None = None
        self._halt = Event()

    def consider(self, lines: dict[int, Line], seconds: float, *, halted: bool) -> None:
        """Starts a proof that `lines` are the best, if that seems possible and has not been tried."""
        price = self.case.objective(lines)
        if price < self._price - 1e-9:
            self._price = price
            below = price - self.case.constant - (self.case.step or 0.0)
            everybody, nobody = list(lines), self.case.counts({})
            self._keys = lines_below(self.case, self.networks, everybody, self.duals, nobody, below, MOST_LINES)
        if self._keys is None or not (halted or len(self._keys) <= FEW_LINES):
            return
        if self._running is None or len(self._keys) * 2 <= self._size:
            self._start(self._keys, lines, seconds)
        self._keys = None

    def _start(self, keys: list[Key], lines: dict[int, Line], seconds: float) -> None:
        self._stop()
        self._size = len(keys)
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
