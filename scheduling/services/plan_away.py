"""How a person spends a period: placed, on leave for a part of it or for all of it, or not with the program."""

from collections.abc import Iterable
from datetime import date

from absences.models import Absence
from scheduling.models import Period
from scheduling.services.rule_settings import Leave

# Leave that nobody plans says nothing about which rotation a person can be on.
UNPLANNED = frozenset(
    {Absence.Kind.SICK, Absence.Kind.FAMILY_EMERGENCY, Absence.Kind.BEREAVEMENT, Absence.Kind.JURY_DUTY}
)
# A person belongs to the program in a period if for at least half of its days.
BELONGS_FROM = 0.5

type Span = tuple[date, date, str]  # approved leave: first and last day, kind


def away_in(period: Period, employed: tuple[date, date], leave: Iterable[Span], settings: Leave) -> str:
    """ "outside" the program, "absent", on leave for a "part" of the period, or "" there.

    `employed` are the first and the last day on which the person belongs to the program. Leave outside of the period
    does not matter.
    """
    first, last = max(period.start_date, employed[0]), min(period.end_date, employed[1])
    there = (last - first).days + 1
    if there < BELONGS_FROM * ((period.end_date - period.start_date).days + 1):
        return "outside"
    days = planned = 0
    for start, end, kind in leave:
        if start <= last and end >= first:
            inside = (min(end, last) - max(start, first)).days + 1
            days += inside
            planned += 0 if kind in UNPLANNED else inside
    if days >= settings.whole_period_from * there:
        return "absent"
    return "part" if planned > settings.part_period_from * there else ""
