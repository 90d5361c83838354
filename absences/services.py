"""The life of a leave: asked for, approved or denied, withdrawn; or recorded by those who make the schedules.

What is approved changes what schedules show, and people are told: pages call `scheduling.services.leave`, which does
that around these.
"""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from absences.models import Absence
from people.models import Person, User, record

LONGEST = 366  # days
FARTHEST = timedelta(days=2 * LONGEST)  # from today; a year of four digits mistyped is farther
Status = Absence.Status


def request(
    *, person: Person, user: User | None, start_date: date, end_date: date, kind: str, reason: str = ""
) -> Absence:
    """Ask for leave. Raises ValidationError, by field, for dates that cannot be asked for."""
    with transaction.atomic():
        person = _locked(person)
        if start_date < _today(person):
            over = f"{start_date:%a %-d %b %Y} is over: leave is asked for beforehand."
            raise ValidationError({"start_date": f"{over} Your coordinator can still record it."})
        _check_days(person, start_date, end_date)
        _check_free(person, start_date, end_date, Status.APPROVED, Status.REQUESTED)
        absence = Absence(person=person, start_date=start_date, end_date=end_date, kind=kind, reason=reason.strip())
        _save(absence, user, "leave requested")
    return absence


def record_absence(
    *, person: Person, user: User | None, start_date: date, end_date: date, kind: str, reason: str = ""
) -> Absence:
    """Write leave down as approved, as for somebody who called in sick, also after the fact.

    Nobody decides on leave of their own; being ill is no decision. Raises ValidationError, by field.
    """
    with transaction.atomic():
        person = _locked(person)
        if kind != Absence.Kind.SICK:
            _check_not_own(person, user)
        _check_days(person, start_date, end_date)
        _check_free(person, start_date, end_date, Status.APPROVED)
        absence = Absence(person=person, start_date=start_date, end_date=end_date, kind=kind, reason=reason.strip())
        absence.status, absence.decided_by, absence.decided_at = Status.APPROVED, user, timezone.now()
        _save(absence, user, "leave recorded")
    return absence


def approve(*, absence: Absence, user: User | None, reason: str = "") -> Absence:
    """Grant a request. Raises ValidationError where it is decided already, or other leave lies on its days."""
    with transaction.atomic():
        absence = _open(absence, user)
        _check_free(absence.person, absence.start_date, absence.end_date, Status.APPROVED)
        return _decide(absence, user, Status.APPROVED, reason, "leave approved")


def deny(*, absence: Absence, user: User | None, reason: str) -> Absence:
    """Refuse a request, saying why. Raises ValidationError without a reason, and where it is decided already."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is denied: whoever asked for it reads this."})
    with transaction.atomic():
        return _decide(_open(absence, user), user, Status.DENIED, reason, "leave denied")


def withdraw(*, absence: Absence, user: User | None) -> Absence:
    """Take back a request, or leave that was approved, as it was shown; raises ValidationError for any other."""
    shown = absence.status
    with transaction.atomic():
        absence = _current(absence)
        if absence.status != shown or shown not in (Status.REQUESTED, Status.APPROVED):
            raise ValidationError(f"This leave of {absence.person} is {absence.get_status_display()} already.")
        before, absence.status = absence.status, Status.WITHDRAWN
        absence.save(update_fields=["status"])
        _record(absence, user, "leave withdrawn", {"status": [before, absence.status]})
    return absence


def words(absence: Absence) -> str:
    """The days, as in sentences: "Tue 3 Nov 2026", "Tue 3 to Sat 7 Nov 2026"."""
    return days_in_words(absence.start_date, absence.end_date)


def days_in_words(first: date, last: date) -> str:
    """One day or several with their weekdays; months and years only where they differ."""
    if first == last:
        return f"{last:%a %-d %b %Y}"
    start = f"{first:%a %-d}" if (first.year, first.month) == (last.year, last.month) else f"{first:%a %-d %b}"
    return f"{start}{'' if first.year == last.year else f' {first:%Y}'} to {last:%a %-d %b %Y}"


def _locked(person: Person) -> Person:
    """The person, held: of two decisions on their days, the second sees the first."""
    rows = Person.objects.select_for_update(of=("self",), no_key=True).select_related("program", "user")
    return rows.get(pk=person.pk)


def _current(absence: Absence) -> Absence:
    person = _locked(absence.person)
    absence = Absence.objects.get(pk=absence.pk)
    absence.person = person
    return absence


def _open(absence: Absence, user: User | None) -> Absence:
    """The request, held, for this user to decide on."""
    absence = _current(absence)
    if absence.status != Status.REQUESTED:
        by = f" by {absence.decided_by}" if absence.decided_by else ""
        raise ValidationError(f"This request of {absence.person} is {absence.get_status_display()} already{by}.")
    _check_not_own(absence.person, user)
    return absence


def _today(person: Person) -> date:
    return timezone.localdate(timezone=person.program.zone)


def _check_not_own(person: Person, user: User | None) -> None:
    if user is not None and person.user_id == user.pk:
        raise ValidationError("This is your own leave: somebody else who makes the schedules decides on it.")


def _check_days(person: Person, first: date, last: date) -> None:
    """Raises ValidationError, by field, for days that can be nobody's leave, or not this person's."""
    if last < first:
        raise ValidationError(
            {"end_date": f"The last day, {last:%a %-d %b %Y}, is before the first, {first:%a %-d %b %Y}."}
        )
    today = _today(person)
    for name, day in (("start_date", first), ("end_date", last)):
        if abs(day - today) > FARTHEST:
            raise ValidationError({name: f"{day:%-d %b %Y} is more than two years from now: check the year."})
    if (last - first).days >= LONGEST:
        raise ValidationError(
            {"end_date": f"These are {(last - first).days + 1} days; one leave is at most {LONGEST}. Split it in two."}
        )
    if person.start_date and first < person.start_date:
        raise ValidationError(
            {"start_date": f"{person} is with {person.program} from {person.start_date:%a %-d %b %Y} on only."}
        )
    if person.end_date and last > person.end_date:
        raise ValidationError(
            {"end_date": f"{person} is with {person.program} until {person.end_date:%a %-d %b %Y} only."}
        )


def _check_free(person: Person, first: date, last: date, *statuses: str) -> None:
    """Raises ValidationError where leave of these kinds of status has some of the days, and says which."""
    other = person.absences.filter(status__in=statuses).overlapping(first, last).first()
    if other is None:
        return
    if other.status == Status.APPROVED:
        kind = other.get_kind_display()
        raise ValidationError({"start_date": f"{person} has approved leave already: {kind}, {words(other)}."})
    raise ValidationError(
        {"start_date": f"{person} has asked for some of these days already: {words(other)}. Withdraw that first."}
    )


def _save(absence: Absence, user: User | None, action: str) -> None:
    absence.full_clean(exclude=["person", "decided_by"])
    absence.save()
    _record(absence, user, action)


def _decide(absence: Absence, user: User | None, status: str, reason: str, action: str) -> Absence:
    absence.status, absence.decision_reason = status, reason.strip()
    absence.decided_by, absence.decided_at = user, timezone.now()
    absence.full_clean(exclude=["person", "decided_by"])
    absence.save(update_fields=["status", "decision_reason", "decided_by", "decided_at"])
    _record(absence, user, action, {"status": [Status.REQUESTED, status], "reason": absence.decision_reason})
    return absence


def _record(absence: Absence, user: User | None, action: str, more: dict[str, object] | None = None) -> None:
    changes = {
        "person": absence.person.name,
        "kind": absence.kind,
        "start_date": absence.start_date.isoformat(),
        "end_date": absence.end_date.isoformat(),
    }
    record(user=user, action=action, target=absence, program=absence.person.program, changes=changes | (more or {}))
