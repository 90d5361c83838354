"""Generate a draft's schedule: ask for it, cancel it, ask again; and what a worker does then.

A run is worked on at least once, by whichever worker takes it up; `performing.perform` sees to it that one result is
written, whole. The web process only writes the request down.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.tasks import default_task_backend
from django.utils import timezone
from django.utils.module_loading import import_string

from people.models import User, record
from scheduling.models import GenerationRun, Schedule
from scheduling.services.readiness import require_ready
from scheduling.solver.progress import OnProgress

__all__ = ["active_run", "cancel", "fail_if_stale", "perform", "request", "retry"]

# By name: tasks stand above services, and this is the one word that goes up to them.
TASK = "scheduling.tasks.generate_schedule"
# A worker that died is noticed by the others after LOCK_TIMEOUT; when this many times that have gone by without a
# sign of life, nobody is left to take the run up.
STALE_AFTER_TIMEOUTS = 3
STALE_ERROR = (
    "The worker stopped in the middle (it was killed, restarted or ran out of memory) and no other has taken the "
    "run up. Nothing was changed. Try again; if it happens again, somebody has to look at the worker."
)


def request(
    *,
    schedule: Schedule,
    user: User | None,
    scope: str = GenerationRun.Scope.YEAR,
    time_limit: int | None = None,
    seed: int | None = None,
    enqueue: bool = True,
) -> GenerationRun:
    """Ask for a draft to be generated; a worker takes the run up at once.

    `time_limit` is in seconds of optimising. Without `enqueue` the caller performs the run itself. Raises
    ValidationError, in words, where the schedule is not a draft, is being generated already, or where the program
    lacks what a schedule is made of.
    """
    with transaction.atomic():
        schedule = Schedule.objects.select_for_update(of=("self",), no_key=True).get(pk=schedule.pk)
        if schedule.status != Schedule.Status.DRAFT:
            raise ValidationError(f"{schedule} is not a draft: make a new draft from it and generate that.")
        _refuse_second(schedule)
        require_ready(schedule, scope)
        given = {"time_limit": time_limit, "seed": seed}
        run = GenerationRun(
            schedule=schedule,
            scope=scope,
            requested_by=user,
            **{name: value for name, value in given.items() if value is not None},
        )
        run.full_clean(exclude=["requested_by"])  # nobody in particular asks from a command
        run.save()
        record(
            user=user,
            action="generation requested",
            target=run,
            program=schedule.program,
            changes={"schedule": schedule.number, "scope": scope, "time_limit": run.time_limit, "seed": run.seed},
        )
        if enqueue:
            # The queue is a table of this database: the task appears with the run when the transaction commits.
            import_string(TASK).enqueue(run.pk)
    return run


def cancel(*, run: GenerationRun, user: User | None) -> GenerationRun:
    """Ask a run to stop. One that waits is over at once; one that works keeps its best so far if it is complete.

    Raises ValidationError where the run is over already.
    """
    fail_if_stale(run)
    with transaction.atomic():
        locked = GenerationRun.objects.select_for_update(of=("self",), no_key=True)
        run = locked.select_related("schedule__program").get(pk=run.pk)
        if not run.is_active:
            raise ValidationError(f"{run} is over already ({run.get_status_display()}).")
        run.cancel_requested = True
        if run.status == GenerationRun.Status.QUEUED:
            run.status, run.finished_at = GenerationRun.Status.CANCELLED, timezone.now()
        run.save(update_fields=["cancel_requested", "status", "finished_at"])
        record(
            user=user,
            action="generation cancelled",
            target=run,
            program=run.schedule.program,
            changes={"schedule": run.schedule.number},
        )
    return run


def retry(*, run: GenerationRun, user: User | None) -> GenerationRun:
    """Ask again for what a failed or cancelled run did not give. Returns the new run; raises as `request` does."""
    run = fail_if_stale(run)
    if run.status not in (GenerationRun.Status.FAILED, GenerationRun.Status.CANCELLED):
        raise ValidationError(f"{run} has not failed ({run.get_status_display()}): there is nothing to try again.")
    return request(schedule=run.schedule, user=user, scope=run.scope, time_limit=run.time_limit, seed=run.seed)


def perform(run_pk: int, *, on_progress: OnProgress | None = None) -> GenerationRun:
    """Work on a run to its end, as `performing.perform` says; for workers and commands.

    The optimiser is loaded here, not with this module: the web processes import this one and never solve.
    """
    from scheduling.services import performing

    return performing.perform(run_pk, on_progress=on_progress)


def fail_if_stale(run: GenerationRun) -> GenerationRun:
    """Mark a run failed that nobody works on any more. For whoever shows or needs a run; no query if it is alive."""
    silent_since = timezone.now() - stale_after()
    if run.status != GenerationRun.Status.RUNNING or run.heartbeat is None or run.heartbeat >= silent_since:
        return run
    with transaction.atomic():
        # The heartbeat is asked for again: a worker may have taken the run up since it was read.
        failed = GenerationRun.objects.filter(
            pk=run.pk, status=GenerationRun.Status.RUNNING, heartbeat__lt=silent_since
        ).update(status=GenerationRun.Status.FAILED, error=STALE_ERROR, finished_at=timezone.now(), claim=None)
        if failed:
            record(
                user=None,
                action="generation failed",
                target=run,
                program=run.schedule.program,
                changes={"schedule": run.schedule.number, "error": STALE_ERROR},
            )
    run.refresh_from_db()
    return run


def stale_after() -> timedelta:
    """How long a running run may be silent before it is taken for dead."""
    return timedelta(seconds=STALE_AFTER_TIMEOUTS * float(default_task_backend.options["LOCK_TIMEOUT"]))


def active_run(schedule: Schedule) -> GenerationRun | None:
    """The run that makes a schedule or waits to, if any. One that nobody works on any more is marked failed first."""
    run = GenerationRun.objects.active().filter(schedule=schedule).first()
    return run if run is not None and fail_if_stale(run).is_active else None


def _refuse_second(schedule: Schedule) -> None:
    active = active_run(schedule)
    if active is not None:
        raise ValidationError(
            f"{schedule} is being generated already ({active.progress} percent): wait for that, or cancel it first."
        )
