"""What a worker does with an inquiry: have its kind's module answer it, and keep the answer."""

from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from scheduling.models import Inquiry, Schedule
from scheduling.services import jobs
from scheduling.services.beat import Beat
from scheduling.solver.progress import OnProgress

Kind = Inquiry.Kind
# By name: each brings the optimiser, which is loaded for those kinds that are asked for.
ANSWERS = {
    Kind.REPAIR: "scheduling.services.inquiries.repair.answer",
    Kind.LEAVE: "scheduling.services.inquiries.leave.answer",
    Kind.FILL: "scheduling.services.inquiries.fill.answer",
    Kind.CONFLICT: "scheduling.services.inquiries.conflict.answer",
    Kind.SPREAD: "scheduling.services.inquiries.spread.answer",
}


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer, and the revision of the schedule that it is about."""

    answer: dict[str, Any]
    revision: int


def perform(pk: int, *, on_progress: OnProgress | None = None) -> Inquiry:
    """Work out the answer and return the inquiry, as `jobs.perform` says."""
    return jobs.perform(jobs.Work(Inquiry, _solve, _finish), pk, on_progress=on_progress)


def _solve(inquiry: Inquiry, beat: Beat) -> _Answered | None:
    revision = inquiry.schedule.revision
    answer = import_string(ANSWERS[Kind(inquiry.kind)])(inquiry, beat)
    return None if answer is None else _Answered(answer, revision)


def _finish(inquiry: Inquiry, schedule: Schedule, answered: _Answered | None, stopped: bool) -> dict[str, Any]:  # noqa: ARG001
    if answered is None:
        return {"status": Inquiry.Status.CANCELLED, "phase": "Cancelled"}
    return {
        "status": Inquiry.Status.SUCCEEDED,
        "phase": "Finished",
        "progress": 100,
        "answer": answered.answer,
        "revision": answered.revision,
    }
