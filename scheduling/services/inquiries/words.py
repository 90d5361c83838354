"""What an inquiry is about, in words."""

from datetime import date

from absences.models import Absence
from scheduling.models import Inquiry, Rotation, ShiftType
from scheduling.rules.verdict import date_span

Kind = Inquiry.Kind


def title_of(inquiry: Inquiry) -> str:
    """The heading of an inquiry's page (at most 3 queries)."""
    kind = Kind(inquiry.kind)
    if kind in (Kind.REPAIR, Kind.LEAVE):
        who = _absence(inquiry)
        return f"Cover for {who}" if kind == Kind.REPAIR else f"What if {who} is granted"
    if kind == Kind.SPREAD:
        return "The best spread that could be reached"
    where = _block(inquiry)
    if kind == Kind.FILL:
        return f"What would fill {where}"
    return f"What cannot all hold: {where}" if where else "What cannot all hold"


def _absence(inquiry: Inquiry) -> str:
    rows = Absence.objects.filter(person__program=inquiry.schedule.program_id).select_related("person")
    absence = rows.filter(pk=inquiry.parameters["absence"]).first()
    if absence is None:
        return "leave that was removed since"
    return f"{absence.person}, {absence.get_kind_display()}, {date_span(absence.start_date, absence.end_date)}"


def _block(inquiry: Inquiry) -> str:
    if "date" not in inquiry.parameters:
        return ""
    program, asked = inquiry.schedule.program_id, inquiry.parameters
    rotation = Rotation.objects.filter(program=program, code=asked["rotation"]).first()
    shift = ShiftType.objects.filter(program=program, code=asked["shift"]).first()
    day = date.fromisoformat(asked["date"])
    return f"{rotation or asked['rotation']} on {day:%a %-d %b}, {str(shift or asked['shift']).lower()}"
