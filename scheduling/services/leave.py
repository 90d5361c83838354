"""Leave and the schedules that it is in: the verbs of `absences.services`, with what follows from each.

What is approved shows in every schedule of these days, so it counts in their revisions; people are told.
"""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from absences import services
from absences.models import Absence
from absences.services import days_in_words
from people.access import schedulers_of
from people.models import Notice, Person, User
from people.notices import tell
from scheduling.models import Schedule


def ask(*, person: Person, user: User | None, start_date: date, end_date: date, kind: str, reason: str = "") -> Absence:
    """Ask for leave; those who make the schedules are told. Raises ValidationError as `absences.services.request`."""
    with transaction.atomic():
        absence = services.request(
            person=person, user=user, start_date=start_date, end_date=end_date, kind=kind, reason=reason
        )
        program = absence.person.program
        lines = [f"{absence.get_kind_display().capitalize()}, {_days(absence)}."]
        tell(
            users=[each for each in schedulers_of(program) if each != user],
            program=program,
            kind=Notice.Kind.DECIDE,
            subject=f"{absence.person} asks for leave",
            lines=[*lines, *([f"Reason: {absence.reason}"] if absence.reason else [])],
            url=reverse("leave-request", args=[program.slug, absence.pk]),
        )
    return absence


def record(
    *, person: Person, user: User | None, start_date: date, end_date: date, kind: str, reason: str = ""
) -> Absence:
    """Write down leave as approved, such as a sick call. Raises ValidationError as `absences.services` does."""
    with transaction.atomic():
        absence = services.record_absence(
            person=person, user=user, start_date=start_date, end_date=end_date, kind=kind, reason=reason
        )
        _bump(absence)
        _tell(
            absence, user, "You are entered as away", [f"{absence.get_kind_display().capitalize()}, {_days(absence)}."]
        )
    return absence


def approve(*, absence: Absence, user: User | None, reason: str = "") -> Absence:
    """Grant a request and tell the person. Raises ValidationError as `absences.services.approve`."""
    with transaction.atomic():
        absence = services.approve(absence=absence, user=user, reason=reason)
        _bump(absence)
        _tell_decision(absence, user)
    return absence


def deny(*, absence: Absence, user: User | None, reason: str) -> Absence:
    """Refuse a request and tell the person why. Raises ValidationError as `absences.services.deny`."""
    with transaction.atomic():
        absence = services.deny(absence=absence, user=user, reason=reason)
        _tell_decision(absence, user)
    return absence


def withdraw(*, absence: Absence, user: User | None) -> Absence:
    """Take back a request, or leave that was approved; what was covered meanwhile stays covered.

    Raises ValidationError as `absences.services.withdraw`.
    """
    with transaction.atomic():
        was_approved = absence.status == Absence.Status.APPROVED
        absence = services.withdraw(absence=absence, user=user)
        if was_approved:
            _bump(absence)
            taken = "What others took for you stays with them: look at your schedule for what you work."
            lines = [f"{_days(absence)}: you are no longer away.", taken]
            _tell(absence, user, "Your leave was taken back", lines, url=reverse("my-schedule"))
    return absence


def _days(absence: Absence) -> str:
    return days_in_words(absence.start_date, absence.end_date)


def _bump(absence: Absence) -> None:
    """Pages of these days show something else now, and they are kept by the schedule's revision."""
    rows = Schedule.objects.filter(
        program=absence.person.program_id, start_date__lte=absence.end_date, end_date__gte=absence.start_date
    ).exclude(status=Schedule.Status.ARCHIVED)
    # In the order in which a change of what is published locks them: that first, then its drafts.
    held = rows.select_for_update(of=("self",), no_key=True).order_by("-status", "pk")
    Schedule.objects.filter(pk__in=[schedule.pk for schedule in held]).update(revision=F("revision") + 1)


def _tell_decision(absence: Absence, user: User | None) -> None:
    kind, status = absence.get_kind_display(), absence.get_status_display()
    reason = [f"Reason: {absence.decision_reason}"] if absence.decision_reason else []
    _tell(absence, user, f"Your leave is {status}", [f"{kind.capitalize()}, {_days(absence)}: {status}.", *reason])


def _tell(absence: Absence, user: User | None, subject: str, lines: list[str], url: str = "") -> None:
    """Tell the person, unless it was they who did it; they are led to their requests, or to `url`."""
    program, account = absence.person.program, absence.person.user
    if account is not None and account != user:
        url = url or reverse("requests", args=[program.slug])
        tell(users=[account], program=program, kind=Notice.Kind.REQUEST, subject=subject, lines=lines, url=url)
