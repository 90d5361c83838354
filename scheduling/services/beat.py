"""A running job's pulse: its row says how far the work is and that somebody lives; the row says when to stop."""

import logging
import threading
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from django.db import Error, connection
from django.utils import timezone

from scheduling.models import Job
from scheduling.solver.progress import OnProgress, Progress

logger = logging.getLogger(__name__)

SECONDS = 1.0  # between two beats, and so how soon a cancel is heard


class Beat:
    """Writes the newest progress and the heartbeat of a claimed job every second while it is entered.

    It has its own thread and connection: the solver may be silent for a minute, and its callbacks must not wait for
    a database. `stopped` is what the solver asks: true once somebody has cancelled the job, taken it over, or
    declared it failed.
    """

    def __init__(self, model: type[Job], pk: int, claim: uuid.UUID, on_progress: OnProgress | None = None) -> None:
        self._mine = model._default_manager.filter(pk=pk, claim=claim, status=Job.Status.RUNNING)
        self._fields = {field.name for field in model._meta.get_fields()}
        self._on_progress = on_progress
        self._values: dict[str, Any] = {}
        self._stop = threading.Event()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat_until_end, name=f"{model.__name__}-{pk}-beat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def stopped(self) -> bool:
        """Whether the work is to stop."""
        return self._stop.is_set()

    def stage(self, name: str, first: float, last: float) -> OnProgress:
        """What a solver reports to: its 0 to 100 percent are the run's from `first` to `last`."""

        def on_progress(told: Progress) -> None:
            percent = first + (last - first) * min(max(told.percent, 0.0), 100.0) / 100
            phase = f"{name}: {told.phase}" if told.phase else name
            self.tell(Progress(phase, percent, told.objective, told.bound, told.gap))

        return on_progress

    def tell(self, progress: Progress) -> None:
        """Take note of progress; it is written with the next beat."""
        values = {
            "phase": progress.phase[:80],
            "progress": int(progress.percent),
            "objective": progress.objective,
            "bound": progress.bound,
            "gap": progress.gap,
        }
        self._values = {name: value for name, value in values.items() if name in self._fields}
        if self._on_progress is not None:
            self._on_progress(progress)

    def _beat_until_end(self) -> None:
        try:
            while not self._end.wait(SECONDS):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        try:
            alive = self._write(self._mine.filter(cancel_requested=False).update)
            if not alive:
                self._stop.set()
                self._write(self._mine.update)  # cancelled, and still at work on bringing its best so far home
        except Error:
            # The database may come back before the run is taken for dead; the final write is fenced anyway.
            logger.warning("A heartbeat could not be written", exc_info=True)
            connection.close()

    def _write(self, update: Callable[..., int]) -> int:
        return update(heartbeat=timezone.now(), **self._values)
