"""Rules have changed: what is worked out of them and kept by the revision of a schedule is worked out anew."""

from datetime import date

from django.db.models import F

from people.models import Program
from scheduling.models import Schedule


def bump_schedules(program: Program, *, since: date = date.min) -> None:
    """Count one more write in every schedule of a program, with a day from `since` on, that is not archived.

    Call it in the transaction of the change; no schedule itself changes.
    """
    Schedule.objects.filter(pk__in=hold_schedules(program, since=since)).update(revision=F("revision") + 1)


def hold_schedules(program: Program, *, since: date = date.min) -> list[int]:
    """The keys of those schedules, locked until the transaction ends: nobody changes one meanwhile."""
    rows = Schedule.objects.filter(program=program, end_date__gte=since).exclude(status=Schedule.Status.ARCHIVED)
    # In the order in which a change of what is published locks them: that first, then its drafts.
    held = rows.select_for_update(of=("self",), no_key=True).order_by("-status", "pk")
    return [schedule.pk for schedule in held]
