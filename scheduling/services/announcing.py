"""Tell whoever asked for a generation, or asked the optimiser something, how that ended."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from people.models import Notice, User
from people.notices import tell
from scheduling.models import GenerationRun, Inquiry, Job

Status = GenerationRun.Status
# Who asks has the answer before them within seconds; only one that took longer may find them elsewhere.
PATIENCE = timedelta(minutes=1)
# Asked for by nobody: it comes with each generation, for the page of proof.
UNASKED = (Inquiry.Kind.SPREAD,)


def announce(job: Job) -> int:
    """Tell of a job that has just ended; returns how many were told: nobody of what was cancelled, by themselves.

    Call it inside the transaction that ends the job.
    """
    if job.requested_by is None or job.status not in (Status.SUCCEEDED, Status.FAILED):
        return 0
    if isinstance(job, Inquiry):
        waited = timezone.now() - job.created_at
        if job.kind in UNASKED or waited < PATIENCE:
            return 0
        ended = _ended(job, "is answered", "could not be answered")
        subject = f"Your question {ended}: {job.get_kind_display()}"
        return _tell(job, subject, [job.error], reverse("inquiry", args=_address(job)))
    assert isinstance(job, GenerationRun)
    subject = f"{job.schedule} {_ended(job, 'is generated', 'could not be generated')}"
    lines = [job.error] if job.status == Status.FAILED else _found(job)
    return _tell(job, subject, lines, reverse("run", args=_address(job)))


def announce_cancelled(job: Job, by: User | None) -> int:
    """Tell who asked for a generation that somebody else has stopped it."""
    if not isinstance(job, GenerationRun) or by == job.requested_by:
        return 0
    who = f" by {by}" if by else ""
    return _tell(job, f"Generating {job.schedule} was cancelled{who}", [], reverse("run", args=_address(job)))


def _ended(job: Job, well: str, badly: str) -> str:
    return well if job.status == Status.SUCCEEDED else badly


def _found(run: GenerationRun) -> list[str]:
    """What a generation leaves to look at."""
    short = len(run.shortfalls)
    broken = sum(verdict["force"] == "must" for verdict in run.violations)
    return [
        f"{short} {'thing is' if short == 1 else 'things are'} short." if short else "Nothing is short.",
        f"{broken} {'rule is' if broken == 1 else 'rules are'} broken." if broken else "No rule is broken.",
    ]


def _address(job: Job) -> list[object]:
    return [job.schedule.program.slug, job.pk]


def _tell(job: Job, subject: str, lines: list[str], url: str) -> int:
    users = [job.requested_by] if job.requested_by else []
    return tell(
        users=users,
        program=job.schedule.program,
        kind=Notice.Kind.RESULT,
        subject=subject,
        lines=[line for line in lines if line],
        url=url,
    )
