"""What all work of workers has in common: generations of drafts, and inquiries.

A job may be worked on more than once (its worker was killed, or taken for dead), even twice at a time. Whoever claims
it last has it; every write afterwards, the final one included, asks whether the claim still stands. So one result is
written, whole, or none.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.tasks import default_task_backend
from django.utils import timezone

from people.models import User, record
from scheduling.models import GenerationRun, Inquiry, Job, Schedule
from scheduling.services.announcing import announce, announce_cancelled
from scheduling.services.beat import Beat
from scheduling.solver.progress import OnProgress

logger = logging.getLogger(__name__)

Status = Job.Status
# A worker that died is noticed by the others after LOCK_TIMEOUT; when this many times that have gone by without a
# sign of life, nobody is left to take the job up.
STALE_AFTER_TIMEOUTS = 3
STALE_ERROR = (
    "The worker stopped in the middle (it was killed, restarted or ran out of memory) and no other has taken this "
    "up. Nothing was changed. Try again; if it happens again, somebody has to look at the worker."
)
UNEXPECTED = (
    "The optimiser stopped with an error that it should not have. Nothing was changed. Try again; if it happens "
    "again, tell whoever looks after the site when it was: the details are in the log."
)
INTERRUPTED = "The work was interrupted. Nothing was changed. Try again."
WORDS: dict[type[Job], str] = {GenerationRun: "generation", Inquiry: "inquiry"}


@dataclass(frozen=True, slots=True)
class Work[J: Job, R]:
    """How jobs of one kind are done.

    `solve` works out the result; it asks the beat whether to stop, and gives None where it stopped with nothing.
    `finish` writes it, in the transaction that ends the job, with the schedule locked: the values it returns become
    the job's. It is told whether somebody asked to stop. Either may raise ValidationError: the job has failed then.
    `ended` is told of the job as it ended, unless somebody else has taken it up.
    """

    model: type[J]
    solve: Callable[[J, Beat], R | None]
    finish: Callable[[J, Schedule, R | None, bool], dict[str, Any]]
    ended: Callable[[J], None] = lambda _: None


def perform[J: Job, R](work: Work[J, R], pk: int, *, on_progress: OnProgress | None = None) -> J:
    """Work on a job to its end and return it: succeeded, cancelled or failed, with the reason in words.

    A job that is over already is returned as it is. Raises the model's DoesNotExist for one that was deleted, with its
    draft, before or meanwhile. `on_progress` is told of progress beside the job's row, such as for a terminal. Not to
    be called in a transaction: others have to see the progress, and must not wait for locks.
    """
    if connection.in_atomic_block:
        raise RuntimeError("perform() takes long and shows its progress: call it outside of transactions.")
    claim = _claim(work.model, pk)
    rows = work.model._default_manager.select_related("schedule__program", "requested_by")
    job = cast(J, rows.get(pk=pk))
    if claim is None or job.claim != claim:
        return job
    try:
        with Beat(work.model, pk, claim, on_progress) as beat:
            result = None if job.cancel_requested else work.solve(job, beat)
            stopped = beat.stopped()
        _finish(work, job, claim, result, stopped=stopped or job.cancel_requested)
    except ValidationError as error:
        _fail(job, claim, " ".join(error.messages))
    except Exception:
        if rows.filter(pk=pk).exists():
            logger.exception("%s failed", job)
            _fail(job, claim, UNEXPECTED)
    except BaseException:
        _fail(job, claim, INTERRUPTED)
        raise
    job.refresh_from_db()
    if job.claim == claim:
        work.ended(job)
    return job


def cancel[J: Job](job: J, *, user: User | None) -> J:
    """Ask a job to stop. One that waits is over at once; one that works keeps what is complete so far.

    Raises ValidationError where the job is over already.
    """
    fail_if_stale(job)
    with transaction.atomic():
        locked = type(job)._default_manager.select_for_update(of=("self",), no_key=True)
        job = cast(J, locked.select_related("schedule__program").get(pk=job.pk))
        if not job.is_active:
            what = "This question" if isinstance(job, Inquiry) else str(job)
            raise ValidationError(f"{what} is over already ({job.get_status_display()}).")
        job.cancel_requested = True
        if job.status == Status.QUEUED:
            job.status, job.finished_at = Status.CANCELLED, timezone.now()
        job.save(update_fields=["cancel_requested", "status", "finished_at"])
        _record(job, user, "cancelled")
        announce_cancelled(job, user)
    return job


def fail_if_stale[J: Job](job: J) -> J:
    """Mark a job failed that nobody works on any more. For whoever shows or needs it; no query if it is alive."""
    silent_since = timezone.now() - stale_after()
    if job.status != Status.RUNNING or job.heartbeat is None or job.heartbeat >= silent_since:
        return job
    with transaction.atomic():
        # The heartbeat is asked for again: a worker may have taken the job up since it was read.
        silent = type(job)._default_manager.filter(pk=job.pk, status=Status.RUNNING, heartbeat__lt=silent_since)
        if silent.update(status=Status.FAILED, error=STALE_ERROR, finished_at=timezone.now(), claim=None):
            _record(job, None, "failed", error=STALE_ERROR)
            announce(_now(job))
    job.refresh_from_db()
    return job


def stale_after() -> timedelta:
    """How long a job that is worked on may be silent before it is taken for dead."""
    return timedelta(seconds=STALE_AFTER_TIMEOUTS * float(default_task_backend.options["LOCK_TIMEOUT"]))


def elapsed(job: Job) -> timedelta | None:
    """How long a job has been worked on, to the second; None while it waits."""
    if job.started_at is None:
        return None
    seconds = ((job.finished_at or timezone.now()) - job.started_at).total_seconds()
    return timedelta(seconds=max(0, round(seconds)))


def _claim(model: type[Job], pk: int) -> uuid.UUID | None:
    """Take the job, from whoever had it; None where it is over."""
    claim, now = uuid.uuid4(), timezone.now()
    taken = model._default_manager.filter(pk=pk, status__in=Job.ACTIVE).update(
        claim=claim,
        status=Status.RUNNING,
        phase="Starting",
        progress=0,
        attempts=F("attempts") + 1,
        started_at=Coalesce(F("started_at"), now),
        heartbeat=now,
    )
    return claim if taken else None


def _finish[J: Job, R](work: Work[J, R], job: J, claim: uuid.UUID, result: R | None, *, stopped: bool) -> None:
    """Write the result and the job's end in one transaction, unless the job is somebody else's by now."""
    with transaction.atomic():
        # The schedule first, as everywhere: who asks for a run, or publishes, holds it while looking at its runs.
        schedule = Schedule.objects.select_for_update(no_key=True).filter(pk=job.schedule_id).first()
        locked = work.model._default_manager.select_for_update(no_key=True)
        mine = locked.filter(pk=job.pk, claim=claim, status=Status.RUNNING)
        if schedule is None or not mine.exists():
            logger.warning("%s was taken over or given up: this result is dropped", job)
            return
        mine.update(finished_at=timezone.now(), **work.finish(job, schedule, result, stopped))
        announce(_now(job))


def _fail(job: Job, claim: uuid.UUID, error: str) -> None:
    """Mark the job failed, unless it is somebody else's by now."""
    with transaction.atomic():
        mine = type(job)._default_manager.filter(pk=job.pk, claim=claim, status=Status.RUNNING)
        if mine.update(status=Status.FAILED, error=error, finished_at=timezone.now()):
            _record(job, job.requested_by, "failed", error=error)
            announce(_now(job))


def _now[J: Job](job: J) -> J:
    """The job as it is written, with its schedule and who asked for it."""
    rows = type(job)._default_manager.select_related("schedule__program", "schedule__academic_year", "requested_by")
    return cast(J, rows.get(pk=job.pk))


def _record(job: Job, user: User | None, what: str, **more: Any) -> None:
    record(
        user=user,
        action=f"{WORDS[type(job)]} {what}",
        target=job,
        program=job.schedule.program,
        changes={"schedule": job.schedule.number, **more},
    )
