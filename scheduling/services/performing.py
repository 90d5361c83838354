"""What a worker does with a run: claim it, solve, and write one result, whole, or none.

A run may be performed more than once (its worker was killed, or taken for dead), even twice at a time. Whoever
claims it last has it; every write afterwards, the final one included, asks whether the claim still stands.
"""

import logging
import uuid

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from people.models import record
from scheduling.models import GenerationRun, Schedule
from scheduling.services.beat import Beat
from scheduling.services.solving import Result, solve
from scheduling.services.writing import write
from scheduling.solver.progress import OnProgress, Progress

logger = logging.getLogger(__name__)

Status = GenerationRun.Status
UNEXPECTED = (
    "The optimiser stopped with an error that it should not have. Nothing was changed. Try again; if it happens "
    "again, give this run's number to whoever looks after the site: the details are in the log."
)
INTERRUPTED = "The work was interrupted. Nothing was changed. Try again."
CHANGED = (
    "The draft was changed while it was being generated, so the result no longer fits it. Nothing was changed. "
    "Generate it again."
)


def perform(run_pk: int, *, on_progress: OnProgress | None = None) -> GenerationRun:
    """Work on a run to its end and return it: succeeded, cancelled or failed, with the reason in words.

    A run that is over already is returned as it is. `on_progress` is told of progress beside the run's row, such as
    for a terminal. Not to be called in a transaction: others have to see the progress, and must not wait for locks.
    """
    if connection.in_atomic_block:
        raise RuntimeError("perform() takes minutes and shows its progress: call it outside of transactions.")
    claim = _claim(run_pk)
    run = GenerationRun.objects.select_related("schedule__program", "requested_by").get(pk=run_pk)
    if claim is None or run.claim != claim:
        return run
    try:
        with Beat(run_pk, claim, on_progress) as beat:
            revision = run.schedule.revision
            result = None if run.cancel_requested else solve(run, beat)
            stopped = beat.stopped()
        if on_progress is not None and result is not None:
            on_progress(Progress("Writing", 98, result.objective, result.bound, result.gap))
        _finish(run, claim, result, revision, stopped=stopped or run.cancel_requested)
    except ValidationError as error:
        _fail(run, claim, " ".join(error.messages))
    except Exception:
        logger.exception("Run %s failed", run_pk)
        _fail(run, claim, UNEXPECTED)
    except BaseException:
        _fail(run, claim, INTERRUPTED)
        raise
    run.refresh_from_db()
    return run


def _claim(run_pk: int) -> uuid.UUID | None:
    """Take the run, from whoever had it; None where it is over."""
    claim, now = uuid.uuid4(), timezone.now()
    taken = (
        GenerationRun.objects.active()
        .filter(pk=run_pk)
        .update(
            claim=claim,
            status=Status.RUNNING,
            phase="Starting",
            progress=0,
            attempts=F("attempts") + 1,
            started_at=Coalesce(F("started_at"), now),
            heartbeat=now,
        )
    )
    return claim if taken else None


def _finish(run: GenerationRun, claim: uuid.UUID, result: Result | None, revision: int, *, stopped: bool) -> None:
    """Write the result and the run's end in one transaction, unless the run is somebody else's by now.

    Raises ValidationError where the draft is not what it was when the work began.
    """
    with transaction.atomic():
        # The schedule first, as everywhere: who asks for a run, or publishes, holds it while looking at its runs.
        schedule = Schedule.objects.select_for_update(no_key=True).filter(pk=run.schedule_id).first()
        locked = GenerationRun.objects.select_for_update(no_key=True)
        mine = locked.filter(pk=run.pk, claim=claim, status=Status.RUNNING)
        if schedule is None or not mine.exists():
            logger.warning("Run %s was taken over or given up: this result is dropped", run.pk)
            return
        values = {"status": Status.CANCELLED, "phase": "Cancelled, nothing kept", "finished_at": timezone.now()}
        if result is not None:
            values |= _write(schedule, result, revision, stopped=stopped)
        mine.update(**values)
        record(
            user=run.requested_by,
            action="generation finished" if values["status"] == Status.SUCCEEDED else "generation stopped",
            target=run,
            program=run.schedule.program,
            changes={
                "schedule": run.schedule.number,
                "outcome": values["phase"],
                "shortfalls": len(result.shortfalls) if result else 0,
                "violations": len(result.violations) if result else 0,
            },
        )


def _write(schedule: Schedule, result: Result, revision: int, *, stopped: bool) -> dict[str, object]:
    """Write the result as the content of the (locked) draft; returns what the run's row says of it."""
    if schedule.status != Schedule.Status.DRAFT or schedule.revision != revision:
        raise ValidationError(CHANGED)
    write(schedule, result.facts, result.plan, result.roster)
    schedule.bump()
    return {
        "status": Status.CANCELLED if stopped else Status.SUCCEEDED,
        "phase": "Cancelled, the best so far kept" if stopped else "Finished",
        "progress": 100,
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "shortfalls": result.shortfalls,
        "violations": result.violations,
        "versions": dict(result.versions),
    }


def _fail(run: GenerationRun, claim: uuid.UUID, error: str) -> None:
    """Mark the run failed, unless it is somebody else's by now."""
    with transaction.atomic():
        failed = GenerationRun.objects.filter(pk=run.pk, claim=claim, status=Status.RUNNING).update(
            status=Status.FAILED, error=error, finished_at=timezone.now()
        )
        if failed:
            record(
                user=run.requested_by,
                action="generation failed",
                target=run,
                program=run.schedule.program,
                changes={"schedule": run.schedule.number, "error": error},
            )
