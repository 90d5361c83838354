"""What an inquiry is about: read from a form, checked, and in one form, so that the same question is known again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from absences.models import Absence
from absences.services import words
from scheduling.models import Inquiry, Rotation, Schedule, ShiftType
from scheduling.rules.verdict import date_span

Kind = Inquiry.Kind
LONGEST_KEY = 18  # digits of the largest key that a database holds
Status = Absence.Status
# By kind, the leave that one may ask about.
ABOUT_LEAVE = {Kind.REPAIR: (Status.APPROVED,), Kind.LEAVE: (Status.REQUESTED, Status.APPROVED)}


def parameters_of(kind: str, schedule: Schedule, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an inquiry of this kind.

    - "repair": {"absence": key} of approved leave with days in the schedule; "leave": of leave that is asked for, too.
    - "fill": {"date": "2026-11-07", "rotation": code, "shift": code}.
    - "conflict": the same for one block, or {} for the whole rotation plan.
    - "spread": {}.

    Raises ValidationError where something is missing or not of this schedule's program.
    """
    if kind in ABOUT_LEAVE:
        return {"absence": absence_of(kind, schedule, given).pk}
    if kind == Kind.FILL or (kind == Kind.CONFLICT and given.get("date")):
        return _block(schedule, given)
    if kind in (Kind.CONFLICT, Kind.SPREAD):
        return {}
    raise ValidationError(f"{kind!r} is no question that can be asked about a schedule.")


def absence_of(kind: str, schedule: Schedule, given: Mapping[str, Any]) -> Absence:
    """The leave that a question of this kind is about. Raises ValidationError where it is gone, or not what it was."""
    key = str(given.get("absence"))
    rows = Absence.objects.filter(person__program=schedule.program_id).select_related("person")
    absence = rows.filter(pk=key).first() if key.isascii() and key.isdigit() and len(key) < LONGEST_KEY else None
    if absence is None:
        raise ValidationError("The leave that was asked about is not there any more.")
    if absence.status not in ABOUT_LEAVE[Kind(kind)]:
        days = date_span(absence.start_date, absence.end_date)
        raise ValidationError(
            f"The leave of {absence.person}, {days}, is {absence.get_status_display()}: there is nothing to cover."
        )
    if absence.start_date > schedule.end_date or absence.end_date < schedule.start_date:
        kind = absence.get_kind_display()
        raise ValidationError(
            f"The leave of {absence.person} ({kind}, {words(absence)}) is on none of the days of {schedule}."
        )
    return absence


def _block(schedule: Schedule, given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        day = date.fromisoformat(str(given.get("date")))
    except ValueError as error:
        raise ValidationError(f"{given.get('date')!r} is no date such as 2026-11-07.") from error
    if not schedule.start_date <= day <= schedule.end_date:
        raise ValidationError(f"{day:%a %-d %b %Y} is not one of the days of {schedule}.")
    codes = [str(given.get(name)).replace("\0", "") for name in ("rotation", "shift")]
    rotation = Rotation.objects.filter(program=schedule.program_id, code=codes[0]).first()
    shift = ShiftType.objects.filter(program=schedule.program_id, code=codes[1]).first()
    if rotation is None or shift is None:
        raise ValidationError("Name the rotation and the shift type of the block by their codes.")
    return {"date": day.isoformat(), "rotation": rotation.code, "shift": shift.code}
