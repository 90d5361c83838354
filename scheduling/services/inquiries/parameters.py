"""What an inquiry is about: read from a form, checked, and in one form, so that the same question is known again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from absences.models import Absence
from scheduling.models import Inquiry, Rotation, Schedule, ShiftType

Kind = Inquiry.Kind
ABOUT_LEAVE = (Kind.REPAIR, Kind.LEAVE)


def parameters_of(kind: str, schedule: Schedule, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an inquiry of this kind.

    - "repair", "leave": {"absence": key} of an absence with days in the schedule.
    - "fill": {"date": "2026-11-07", "rotation": code, "shift": code}.
    - "conflict": the same for one block, or {} for the whole rotation plan.
    - "spread": {}.

    Raises ValidationError where something is missing or not of this schedule's program.
    """
    if kind in ABOUT_LEAVE:
        return {"absence": _absence(schedule, given.get("absence")).pk}
    if kind == Kind.FILL or (kind == Kind.CONFLICT and given.get("date")):
        return _block(schedule, given)
    if kind in (Kind.CONFLICT, Kind.SPREAD):
        return {}
    raise ValidationError(f"{kind!r} is no question that can be asked about a schedule.")


def _absence(schedule: Schedule, key: Any) -> Absence:
    rows = Absence.objects.filter(person__program=schedule.program_id)
    absence = rows.filter(pk=key).first() if str(key).isascii() and str(key).isdigit() and len(str(key)) < 18 else None
    if absence is None:
        raise ValidationError("The leave that was asked about is not there any more.")
    if absence.start_date > schedule.end_date or absence.end_date < schedule.start_date:
        raise ValidationError(f"{absence} is on none of the days of {schedule}.")
    return absence


def _block(schedule: Schedule, given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        day = date.fromisoformat(str(given.get("date")))
    except ValueError as error:
        raise ValidationError(f"{given.get('date')!r} is no date such as 2026-11-07.") from error
    if not schedule.start_date <= day <= schedule.end_date:
        raise ValidationError(f"{day:%a %-d %b %Y} is not one of the days of {schedule}.")
    rotation = Rotation.objects.filter(program=schedule.program_id, code=str(given.get("rotation"))).first()
    shift = ShiftType.objects.filter(program=schedule.program_id, code=str(given.get("shift"))).first()
    if rotation is None or shift is None:
        raise ValidationError("Name the rotation and the shift type of the block by their codes.")
    return {"date": day.isoformat(), "rotation": rotation.code, "shift": shift.code}
