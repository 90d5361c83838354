"""What workers count of generations for /metrics: how long each phase takes, how good the results are.

Counted where it happens rather than read from the runs' rows: those go with their draft, and a counter must not fall.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Literal

from prometheus_client import Counter, Histogram

from scheduling.models import GenerationRun, Job

Phase = Literal["reading", "plan", "roster", "checking", "writing"]
SECONDS = (0.1, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0)  # the field acts on 120
RATIOS = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
COUNTS = (0, 1, 2, 5, 10, 20, 50, 100, 200)

_seconds = Histogram(
    "scheduler_generation_seconds", "Seconds by phase, and of all of them.", ["phase"], buckets=SECONDS
)
_ended = Counter("scheduler_generations", "Generations that ended, by how.", ["status"])
_gap = Histogram("scheduler_generation_gap_ratio", "Objective above its bound, as a share of it.", buckets=RATIOS)
_shortfalls = Histogram("scheduler_generation_shortfalls", "What a result lacks.", buckets=COUNTS)
for _status in (Job.Status.SUCCEEDED, Job.Status.CANCELLED, Job.Status.FAILED):
    _ended.labels(_status.value)  # so that the first of a kind is an increase


@contextmanager
def timed(phase: Phase) -> Iterator[None]:
    """Count what is done within as a phase of a generation, also where it fails."""
    started = perf_counter()
    try:
        yield
    finally:
        _seconds.labels(phase).observe(perf_counter() - started)


def count_ended(run: GenerationRun) -> None:
    """A run that this process worked on is over."""
    _ended.labels(run.status).inc()
    if run.started_at and run.finished_at:
        _seconds.labels("all").observe((run.finished_at - run.started_at).total_seconds())
    if run.status == Job.Status.SUCCEEDED:
        _shortfalls.observe(len(run.shortfalls))
        if run.gap is not None:
            _gap.observe(run.gap)
