"""A real worker, killed with SIGKILL in the middle of a run: another one finishes it, or it is marked failed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django_ox.models import OxTask

from people.models import AuditLog
from scheduling.models import GenerationRun, RotationAssignment
from scheduling.services import generate, jobs
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db(transaction=True)
Status = GenerationRun.Status
ROOT = Path(__file__).resolve().parents[2]
LOCK_TIMEOUT = 2


@contextmanager
def worker(begun: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py ox_worker` on the tests' database."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.scheduling.worker_settings",
        "DB_NAME": str(connection.settings_dict["NAME"]),
        "WORKER_LOCK_TIMEOUT": str(LOCK_TIMEOUT),
        "WORKER_BEGUN": str(begun),
    }
    command = [sys.executable, "manage.py", "ox_worker", "--interval", "0.1"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.1)


def status(run: GenerationRun) -> str:
    return GenerationRun.objects.values_list("status", flat=True).get(pk=run.pk)


def kill_in_the_middle(small: Small, begun: Path) -> GenerationRun:
    """Start a worker on a new run and kill it while it solves."""
    run = generate.request(schedule=small.draft, user=small.coordinator)
    with worker(begun) as first:
        wait_for(begun.exists, "the first attempt")
        assert status(run) == Status.RUNNING
        first.kill()
        first.wait()
    assert status(run) == Status.RUNNING
    return run


def test_another_worker_finishes_the_run(small: Small, tmp_path: Path) -> None:
    run = kill_in_the_middle(small, tmp_path / "begun")
    with worker(tmp_path / "begun"):
        wait_for(lambda: status(run) == Status.SUCCEEDED, "the second attempt")
        tasks = OxTask.objects.filter(task_path="scheduling.tasks.generate_schedule")
        wait_for(lambda: tasks.get().status == OxTask.Status.SUCCESSFUL, "the end of the task")
    run.refresh_from_db()
    small.draft.refresh_from_db()
    assert (run.attempts, small.draft.revision) == (2, 2)
    assert RotationAssignment.objects.count() == 4
    assert AuditLog.objects.filter(action="generation finished").count() == 1


def test_without_another_worker_it_is_marked_failed_and_can_be_tried_again(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = kill_in_the_middle(small, tmp_path / "begun")
    monkeypatch.setattr(jobs, "stale_after", lambda: timedelta(seconds=3 * LOCK_TIMEOUT))
    run.refresh_from_db()
    wait_for(lambda: generate.fail_if_stale(run).status == Status.FAILED, "the end of patience")
    assert (run.error, RotationAssignment.objects.count()) == (generate.STALE_ERROR, 0)
    again = generate.retry(run=run, user=small.coordinator)
    with worker(tmp_path / "begun"):
        wait_for(lambda: status(again) == Status.SUCCEEDED, "the new run")
        # The task of the first run is taken up too, finds the run over, and changes nothing.
        wait_for(lambda: set(OxTask.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}, "the old task's end")
    assert (status(run), RotationAssignment.objects.count()) == (Status.FAILED, 4)
