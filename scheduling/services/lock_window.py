"""The lock window: published days that people count on change only with a reason."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models.functions import Coalesce
from django.utils import timezone

from absences.models import Absence
from scheduling.models import Schedule
from scheduling.services.cells import Cell, PlanCell
from scheduling.services.sheet import Sheet


class ReasonNeeded(ValidationError):
    """Something is to be said before this is done."""


def locked_until(schedule: Schedule) -> date | None:
    """The last day of a published schedule that changes only with a reason; None where nothing is locked."""
    program = schedule.program
    if schedule.status != Schedule.Status.PUBLISHED or not program.lock_days:
        return None
    return timezone.localdate(timezone=program.zone) + timedelta(days=program.lock_days)


def require_nobody_on_leave(sheet: Sheet, cells: Iterable[Cell | PlanCell], since: datetime) -> None:
    """Raises ReasonNeeded where a shift is put back to somebody whose leave was approved after a moment."""
    back = [each for each in cells if isinstance(each, Cell) and each.after is not None and each.before is None]
    if not back:
        return
    days = [each.date for each in back]
    known = Absence.objects.approved().overlapping(min(days), max(days)).alias(at=Coalesce("decided_at", "created_at"))
    leave = known.filter(person__in={each.person for each in back}, at__gt=since)
    away = list(leave.values_list("person_id", "start_date", "end_date"))
    for each in back:
        if any(person == each.person and first <= each.date <= last for person, first, last in away):
            raise ReasonNeeded(
                f"{sheet.people[each.person]} is on leave on {each.date:%a %-d %b} by now, and would work again: "
                "say why. Nothing was changed."
            )


def require_reason(sheet: Sheet, reason: str) -> None:
    """Raises ReasonNeeded where a cell of the sheet lies in the lock window and nothing is said."""
    until = locked_until(sheet.schedule)
    if until is None or reason.strip():
        return
    for key in sheet.keys:
        first = sheet.periods[key[1]].start_date if len(key) == 2 else key[1]
        if first <= until:
            raise ReasonNeeded(
                f"{sheet.people[key[0]]} counts on {sheet.place_words(key)}: published days until "
                f"{until:%a %-d %b} change only with a reason. Say why. Nothing was changed."
            )
