"""Generate a draft's schedule: ask for it, cancel it, ask again; and what a worker does then.

A run is worked on at least once, by whichever worker takes it up; `performing.perform` sees to it that one result is
written, whole. The web process only writes the request down.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string

from people.models import User, record
from scheduling.models import GenerationRun, Schedule
from scheduling.services.jobs import STALE_ERROR, fail_if_stale
from scheduling.services.jobs import cancel as cancel_job
from scheduling.services.readiness import require_ready
from scheduling.services.remaking import checked
from scheduling.solver.progress import OnProgress

__all__ = ["STALE_ERROR", "active_run", "cancel", "fail_if_stale", "perform", "request", "retry"]

# By name: tasks stand above services, and this is the one word that goes up to them.
TASK = "scheduling.tasks.generate_schedule"


def request(
    *,
    schedule: Schedule,
    user: User | None,
    scope: str = GenerationRun.Scope.YEAR,
    time_limit: int | None = None,
    seed: int | None = None,
    remakes: Mapping[str, Any] | None = None,
    enqueue: bool = True,
) -> GenerationRun:
    """Ask for a draft to be generated; a worker takes the run up at once.

    `time_limit` is in seconds of optimising; `remakes` is what is made anew, as `remaking` says (default: everything).
    Without `enqueue` the caller performs the run itself. Raises ValidationError, in words, where the schedule is not a
    draft, is being generated already, where the program lacks what a schedule is made of, and where nothing is to be
    made anew.
    """
    with transaction.atomic():
        schedule = Schedule.objects.select_for_update(of=("self",), no_key=True).get(pk=schedule.pk)
        if schedule.status != Schedule.Status.DRAFT:
            raise ValidationError(f"{schedule} is not a draft: make a new draft from it and generate that.")
        _refuse_second(schedule)
        require_ready(schedule, scope)
        wanted = checked(schedule, scope, remakes or {}).data()
        given = {"time_limit": time_limit, "seed": seed}
        run = GenerationRun(
            schedule=schedule,
            scope=scope,
            remakes=wanted,
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
            changes={"schedule": schedule.number, "scope": scope, "time_limit": run.time_limit, "seed": run.seed}
            | ({"remakes": wanted} if wanted else {}),
        )
        if enqueue:
            # The queue is a table of this database: the task appears with the run when the transaction commits.
            import_string(TASK).enqueue(run.pk)
    return run


def cancel(*, run: GenerationRun, user: User | None) -> GenerationRun:
    """Ask a run to stop, as `jobs.cancel` says."""
    return cancel_job(run, user=user)


def retry(*, run: GenerationRun, user: User | None) -> GenerationRun:
    """Ask again for what a failed or cancelled run did not give. Returns the new run; raises as `request` does."""
    run = fail_if_stale(run)
    if run.status not in (GenerationRun.Status.FAILED, GenerationRun.Status.CANCELLED):
        raise ValidationError(f"{run} has not failed ({run.get_status_display()}): there is nothing to try again.")
    return request(
        schedule=run.schedule,
        user=user,
        scope=run.scope,
        time_limit=run.time_limit,
        seed=run.seed,
        remakes=run.remakes,
    )


def perform(run_pk: int, *, on_progress: OnProgress | None = None) -> GenerationRun:
    """Work on a run to its end, as `performing.perform` says; for workers and commands.

    The optimiser is loaded here, not with this module: the web processes import this one and never solve.
    """
    from scheduling.services import performing

    return performing.perform(run_pk, on_progress=on_progress)


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
