"""What the task table says of the queues and of the workers that serve them, for health and metrics."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_ox.models import OxTask

ALIVE = "scheduler_site.workers.alive"  # the task_path of the row by which a worker says that it lives
BEAT = timedelta(seconds=10)
SILENT = timedelta(seconds=45)  # without a beat: several were missed


@dataclass(frozen=True, slots=True)
class Queue:
    """Tasks that are due and nobody has taken, how long the oldest has waited, and who serves the queue."""

    name: str
    waiting: int
    oldest: timedelta
    workers: int


def read_queues() -> list[Queue]:
    """Each queue of the settings. Two queries. Raises django.db.Error where there is no database."""
    now = timezone.now()
    waiting = _waiting(now)
    workers = _workers(now)
    return [
        Queue(name, *waiting.get(name, (0, timedelta())), sum(name in served for served in workers))
        for name in served_queues()
    ]


def served_queues() -> list[str]:
    """The queues that need a worker: that of mail has none to send where there is no mail."""
    tasks: dict[str, Any] = settings.TASKS
    return [name for name in tasks["default"]["QUEUES"] if name != "mail" or settings.MAILERS]


def _waiting(now: datetime) -> dict[str, tuple[int, timedelta]]:
    due = Coalesce("run_after", "enqueued_at")
    rows = OxTask.objects.filter(status=OxTask.Status.READY).alias(due=due).filter(due__lte=now)
    counted = rows.values("queue_name").annotate(count=Count("pk"), oldest=Min(due)).order_by()
    return {row["queue_name"]: (row["count"], now - row["oldest"]) for row in counted}


def _workers(now: datetime) -> list[list[str]]:
    """The queues of each worker that lives."""
    rows = OxTask.objects.filter(task_path=ALIVE, status=OxTask.Status.SUCCESSFUL, finished_at__gte=now - SILENT)
    return [served or [] for served in rows.values_list("return_value", flat=True)]
