"""Bring back a version that was published once: what it says from now on, after what was worked until then."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from people.models import AuditLog, Program, User, record
from scheduling.models import Cover, Schedule
from scheduling.services import drafts
from scheduling.services.taking_over import ahead, take_over

Status = Schedule.Status


def can_be_brought_back(schedule: Schedule, today: date) -> bool:
    """Whether the version was published once, is not any more, and has days that are not over."""
    return schedule.status == Status.ARCHIVED and schedule.published_at is not None and schedule.end_date >= today


def bring_back(*, old: Schedule, user: User | None) -> Schedule:
    """A draft that brings a version back, to be looked at and published.

    What has begun by now is as it is published, since what was worked is not rewritten; what is ahead is as the old
    version says, in the plan from the period that is under way. It is based on what is published now, and has its
    days. Raises ValidationError, in words, for what was never published or is published now, for a year that is over,
    and where other days are published now.
    """
    with transaction.atomic():
        Program.objects.select_for_update(no_key=True).get(pk=old.program_id)
        old = Schedule.objects.select_related("program", "academic_year").get(pk=old.pk)
        today = timezone.localdate(timezone=old.program.zone)
        if not can_be_brought_back(old, today):
            raise ValidationError(_why_not(old))
        current = _current(old)
        draft = drafts.new_draft(
            academic_year=old.academic_year, user=user, based_on=current or old, note=_note(old, today, current)
        )
        if current is not None:
            take_over([old], draft, ahead(today))
        record(
            user=user,
            action="version brought back",
            target=draft,
            program=old.program,
            changes={"number": draft.number, "version": old.number, "from": today.isoformat()},
        )
    return draft


def brought_back(draft: Schedule) -> Schedule | None:
    """The version that a draft was made to bring back, if any (1 query, and 1 for the version)."""
    made = AuditLog.objects.filter(
        program=draft.program_id, action="version brought back", target=f"schedule:{draft.pk}"
    ).first()
    if made is None:
        return None
    return Schedule.objects.filter(program=draft.program_id, number=made.changes["version"]).first()


def covers_not_owed(old: Schedule, today: date) -> list[Cover]:
    """The covers that the version gave from today on and for which nothing is owed any more: it does not owe them again
    by being brought back (1 query)."""
    rows = Cover.objects.filter(schedule=old, is_owed=False, date__gte=today, edit__undone_at__isnull=True)
    return list(rows.select_related("absent", "covering").order_by("date", "pk"))


def _current(old: Schedule) -> Schedule | None:
    """What is published for these days. Raises ValidationError where that is for other days."""
    published = Schedule.objects.published().filter(
        program=old.program_id, start_date__lte=old.end_date, end_date__gte=old.start_date
    )
    found = list(published.select_related("academic_year"))
    wrong = [each for each in found if (each.start_date, each.end_date) != (old.start_date, old.end_date)]
    if wrong or any(each.academic_year_id != old.academic_year_id for each in found):
        raise ValidationError(
            f"{(wrong or found)[0]} is published now, for other days than {old}: make a draft of it, and change that."
        )
    return found[0] if found else None


def _why_not(old: Schedule) -> str:
    if old.status == Status.PUBLISHED:
        return f"{old} is what is published now: there is nothing to bring back."
    if old.published_at is None:
        return f"{old} was never published: publish it, if it is a draft."
    return f"{old} ended on {old.end_date:%a %-d %b %Y}: what was worked is not rewritten."


def _note(old: Schedule, today: date, current: Schedule | None) -> str:
    since = f" from {today:%a %-d %b %Y} on" if current is not None and today > old.start_date else ""
    return f"Version {old.number} brought back{since}"
