"""The one place that sets HiGHS up and runs it on a PuLP model."""

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from math import isfinite

import highspy
import pulp

from scheduling.solver.progress import ShouldStop, relative_gap

# HiGHS keeps a pool of threads for each thread that calls it, and a solve that asks for another number than the pool
# has fails silently (as "not solved") unless the pool is made anew.
_pool = threading.local()

HighsCallbackType = highspy.cb.HighsCallbackType  # highspy.cb is no module that could be imported from

POLL_SECONDS = 0.2  # how often should_stop is asked: it may be a query

type OnSolution = Callable[[float, float | None], None]


def _swallow_banner() -> None:
    """Let HiGHS print its banner, which it does once a process whatever its options say, into nothing.

    It would land in the middle of progress bars and of what commands print. It comes from C, so that only the file
    descriptor helps.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 1)
        highspy.Highs()
        ctypes.CDLL(None).fflush(None)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)


_swallow_banner()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a solve ended.

    `status`: "optimal" (proven within the gap asked for), "feasible" (time was up), "stopped" (should_stop
    said so), "infeasible", or "none" (no solution in the time). `objective` is None where there is no
    solution: the variables' values are then meaningless. `gap` is a share (0.01 is one per cent).
    """

    status: str
    objective: float | None
    bound: float | None
    gap: float | None
    seconds: float

    @property
    def has_solution(self) -> bool:
        return self.objective is not None


def run(
    model: pulp.LpProblem,
    *,
    seconds: float,
    threads: int = 2,
    seed: int = 0,
    gap: float = 1e-6,
    warm_start: bool = False,
    on_solution: OnSolution | None = None,
    should_stop: ShouldStop | None = None,
    **options: str | float | bool,
) -> Outcome:
    """Solves the model; its variables then hold the best solution found (`var.varValue`).

    `seconds` is wall-clock time. `warm_start` starts from the values that the variables hold (best when all
    of them do). `on_solution(objective, bound)` is called at each improving solution, `should_stop()` several
    times a second, both in the calling thread. `options` are HiGHS's own. HiGHS repeats itself exactly for
    the same model, seed and threads unless time runs out.
    """
    if seconds <= 0:
        return Outcome("none", None, None, None, 0.0)
    started = time.monotonic()
    listener = _Listener(on_solution, should_stop)
    _set_pool(threads)
    solver = pulp.HiGHS(
        msg=False,
        timeLimit=seconds,
        threads=threads,
        gapRel=gap,
        warmStart=warm_start,
        random_seed=seed,
        callbackTuple=(listener, None),
        callbacksToActivate=listener.events(),
        **options,
    )
    stats = model.solve(solver)
    if listener.error is not None:
        raise listener.error
    status = _status(stats, listener.stopped)
    objective = stats.objective if stats.has_solution and status not in ("infeasible", "none") else None
    bound = stats.best_bound if model.isMIP() else objective
    if bound is not None and not isfinite(bound):
        bound = None
    return Outcome(status, objective, bound, relative_gap(objective, bound), time.monotonic() - started)


def relax(model: pulp.LpProblem, *, seconds: float, threads: int = 2, should_stop: ShouldStop | None = None) -> Outcome:
    """Solves the model without its integrality, by the interior-point method and crossover to a vertex.

    On plans this is many times quicker than the simplex method. The objective is a bound of the model.
    """
    if seconds <= 0:
        return Outcome("none", None, None, None, 0.0)
    started = time.monotonic()
    listener = _Listener(None, should_stop)
    _set_pool(threads)
    solver = pulp.HiGHS(
        mip=False,
        msg=False,
        timeLimit=seconds,
        threads=threads,
        solver="ipm",
        callbackTuple=(listener, None),
        callbacksToActivate=listener.events(),
    )
    stats = model.solve(solver)
    if listener.error is not None:
        raise listener.error
    solved = stats.status == pulp.constants.LpSolveStatus.Optimal
    objective = stats.objective if solved else None
    status = "optimal" if solved else "stopped" if listener.stopped else "none"
    return Outcome(status, objective, objective, relative_gap(objective, objective), time.monotonic() - started)


def versions() -> dict[str, str]:
    """The versions that a solution depends on."""
    return {"pulp": version("pulp"), "highspy": version("highspy")}


def _set_pool(threads: int) -> None:
    if getattr(_pool, "threads", None) != threads:
        highspy.Highs.resetGlobalScheduler(True)
        _pool.threads = threads


def _status(stats: pulp.LpSolveStats, stopped: bool) -> str:
    codes = pulp.constants.LpSolveStatus
    if stats.status in (codes.Infeasible, codes.Undefined, codes.Unbounded):
        return "infeasible"
    if stats.status in (codes.Optimal, codes.GapLimit):
        return "optimal"
    if not stats.has_solution:
        return "none"
    return "stopped" if stopped else "feasible"


class _Listener:
    """HiGHS's callback: passes solutions on and asks whether to stop.

    What the caller's functions raise is kept and raised after the solve: an exception cannot pass through
    HiGHS.
    """

    def __init__(self, on_solution: OnSolution | None, should_stop: ShouldStop | None) -> None:
        self.on_solution = on_solution
        self.should_stop = should_stop
        self.thread = threading.get_ident()
        self.asked = 0.0
        self.stopped = False
        self.error: Exception | None = None

    def events(self) -> list[HighsCallbackType]:
        events = []
        if self.on_solution:
            events.append(HighsCallbackType.kCallbackMipImprovingSolution)
        if self.should_stop:
            events.append(HighsCallbackType.kCallbackMipInterrupt)
            events.append(HighsCallbackType.kCallbackSimplexInterrupt)
            events.append(HighsCallbackType.kCallbackIpmInterrupt)
        return events

    def __call__(
        self,
        event: HighsCallbackType,
        message: str,  # noqa: ARG002 - HiGHS passes five
        told: highspy.cb.HighsCallbackOutput,
        answer: highspy.cb.HighsCallbackInput,
        data: object,  # noqa: ARG002
    ) -> None:
        # HiGHS calls from its own threads as well, where a caller's database connection would not be theirs.
        if threading.get_ident() == self.thread and self.error is None:
            try:
                self._listen(event, told)
            except Exception as error:  # noqa: BLE001 - raised again by run()
                self.error = error
                self.stopped = True
        if self.stopped and event != HighsCallbackType.kCallbackMipImprovingSolution:
            answer.user_interrupt = True

    def _listen(self, event: HighsCallbackType, told: highspy.cb.HighsCallbackOutput) -> None:
        if event == HighsCallbackType.kCallbackMipImprovingSolution:
            if self.on_solution:
                bound = told.mip_dual_bound
                self.on_solution(told.objective_function_value, bound if isfinite(bound) else None)
            return
        now = time.monotonic()
        if self.should_stop and not self.stopped and now - self.asked >= POLL_SECONDS:
            self.asked = now
            self.stopped = self.should_stop()
