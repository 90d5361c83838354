"""The worker of this site: django-ox's, which also says that it lives, and may be scraped.

django-ox keeps no trace of a worker that has nothing to do. So each keeps one row of the task table, finished ever
anew, as long as its loop turns: who looks after the site sees within a minute that a queue has no worker.
"""

import time
import uuid
from contextlib import suppress

import prometheus_client
from django.conf import settings
from django.core.management.base import CommandError
from django.db import Error, connections
from django.tasks import DEFAULT_TASK_BACKEND_ALIAS, task
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.worker import Worker as OxWorker

from scheduler_site.exports import registry
from scheduler_site.queues import ALIVE, BEAT, SILENT


@task
def alive() -> None:
    """Nothing: what the row of a living worker names, in case somebody runs it again from the admin."""


class Worker(OxWorker):
    """Writes its row once every BEAT, and takes it away when it stops."""

    _last_beat = float("-inf")

    def run(self) -> None:
        self._row = uuid.uuid4()
        serve_metrics(settings.WORKER_METRICS_PORT)
        try:
            super().run()
        finally:
            with suppress(Error):
                OxTask.objects.using(self._db_alias).filter(pk=self._row).delete()
            connections.close_all()

    def dispatch_schedules(self) -> int:
        # The loop comes by once a second, also while tasks run; a failure is reported as one of this pass.
        if time.monotonic() - self._last_beat >= BEAT.total_seconds():
            self._tell_alive()
            self._last_beat = time.monotonic()
        return super().dispatch_schedules()

    def _tell_alive(self) -> None:
        now = timezone.now()
        rows = OxTask.objects.using(self._db_alias)
        values = {
            "task_path": ALIVE,
            "queue_name": (self.queues or ["default"])[0],
            "backend_name": DEFAULT_TASK_BACKEND_ALIAS,
            "status": OxTask.Status.SUCCESSFUL,
            "return_value": list(self.queues or settings.TASKS["default"]["QUEUES"]),
            "worker_ids": [self.worker_id],
            "attempts": 1,
            "max_attempts": 1,
            "last_attempted_at": now,
            "finished_at": now,
        }
        rows.update_or_create(
            pk=self._row, defaults=values, create_defaults=values | {"enqueued_at": now, "started_at": now}
        )
        rows.filter(task_path=ALIVE, finished_at__lt=now - SILENT * 10).delete()  # of those who were killed


def serve_metrics(where: str) -> None:
    """Answer scrapes at [address:]port, by default on loopback; nothing where it is blank.

    Raises CommandError where it is no port, or is taken: each worker of a machine needs its own.
    """
    if not where:
        return
    address, _, port = where.rpartition(":")
    try:
        prometheus_client.start_http_server(int(port), addr=address.strip("[]") or "127.0.0.1", registry=registry())
    except (OSError, ValueError, OverflowError) as error:
        raise CommandError(f"WORKER_METRICS_PORT={where!r}: cannot be listened at ({error}).") from error
