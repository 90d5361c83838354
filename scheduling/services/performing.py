"""What a worker does with a generation run: solve, check, and write one result into the draft, whole, or none."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError

from people.models import record
from scheduling.models import GenerationRun, Inquiry, Schedule
from scheduling.services import jobs
from scheduling.services.beat import Beat
from scheduling.services.inquiries.ask import ask
from scheduling.services.solving import Result, solve
from scheduling.services.writing import write
from scheduling.solver.progress import OnProgress, Progress

Status = GenerationRun.Status
CHANGED = (
    "The draft was changed while it was being generated, so the result no longer fits it. Nothing was changed. "
    "Generate it again."
)


@dataclass(frozen=True, slots=True)
class _Solved:
    """A result, and the revision of the draft for which it was worked out."""

    result: Result
    revision: int


def perform(run_pk: int, *, on_progress: OnProgress | None = None) -> GenerationRun:
    """Work on a run to its end and return it, as `jobs.perform` says."""
    return jobs.perform(jobs.Work(GenerationRun, _solve, _finish), run_pk, on_progress=on_progress)


def _solve(run: GenerationRun, beat: Beat) -> _Solved | None:
    revision = run.schedule.revision
    result = solve(run, beat)
    if result is None:
        return None
    beat.tell(Progress("Writing", 98, result.objective, result.bound, result.gap))
    return _Solved(result, revision)


def _finish(run: GenerationRun, schedule: Schedule, solved: _Solved | None, stopped: bool) -> dict[str, object]:
    """Write the result, if there is one, as the content of the draft; returns what the run's row says of it.

    Raises ValidationError where the draft is not what it was when the work began.
    """
    values: dict[str, object] = {"status": Status.CANCELLED, "phase": "Cancelled, nothing kept"}
    result = solved.result if solved else None
    if solved is not None:
        values |= _write(schedule, solved, stopped=stopped)
        if solved.result.roster is not None:  # its page of proof says how even it could be: have that worked out
            ask(schedule=schedule, user=run.requested_by, kind=Inquiry.Kind.SPREAD, parameters={})
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
    return values


def _write(schedule: Schedule, solved: _Solved, *, stopped: bool) -> dict[str, object]:
    if schedule.status != Schedule.Status.DRAFT or schedule.revision != solved.revision:
        raise ValidationError(CHANGED)
    result = solved.result
    write(schedule, result.facts, result.plan, result.roster, result.made)
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
        "revision": schedule.revision,
    }
