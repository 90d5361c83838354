"""What a decision on leave rests on: what the person is to work, who else is away, how much leave they had."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from absences.models import Absence
from people.models import Program
from people.standing import ranks_of
from scheduling.models import AcademicYear, Assignment, RotationAssignment, Schedule
from scheduling.services.backups import Turn, turns


@dataclass(frozen=True, slots=True)
class Placed:
    """A stretch of the leave's days on one rotation of the plan."""

    rotation: str
    colour: int
    code: str
    first: date
    last: date
    allows_vacation: bool


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who is, or asks to be, away on some of the days."""

    name: str
    level: str
    is_same_level: bool
    kind: str
    first: date
    last: date
    is_approved: bool


@dataclass(frozen=True, slots=True)
class LeaveFacts:
    """`used` are days of approved leave by kind in the academic year `first` to `last`, without this leave."""

    level: str
    schedule: Schedule | None
    placed: Sequence[Placed]
    turns: Sequence[Turn]
    others: Sequence[Other]
    used: Sequence[tuple[str, int]]
    first: date
    last: date
    days: int

    @property
    def total(self) -> int:
        """Days of approved leave in the academic year, of all kinds."""
        return sum(days for _, days in self.used)

    @property
    def same_level(self) -> list[Other]:
        return [other for other in self.others if other.is_same_level]


def facts_of(absence: Absence) -> LeaveFacts:
    """What is known of the days of a leave (8 queries). The person's program is fetched with it."""
    program, person = absence.person.program, absence.person_id
    first, last = absence.start_date, absence.end_date
    ranks = ranks_of(program)
    level = ranks.on(person, first).label
    schedule = schedule_for(program, first, last)
    year_first, year_last = _year(program, first)
    rows = Absence.objects.overlapping(first, last).filter(person__program=program).exclude(person=person)
    others = [
        Other(
            name=name,
            level=ranks.on(key, max(first, start)).label,
            is_same_level=ranks.on(key, max(first, start)).label == level,
            kind=Absence.Kind(kind).label,
            first=start,
            last=end,
            is_approved=status == Absence.Status.APPROVED,
        )
        for key, name, start, end, kind, status in rows.filter(
            status__in=[Absence.Status.APPROVED, Absence.Status.REQUESTED]
        )
        .order_by("start_date", "person__name")
        .values_list("person_id", "person__name", "start_date", "end_date", "kind", "status")
    ]
    worked = Assignment.objects.filter(schedule=schedule, person=person).between(first, last)
    return LeaveFacts(
        level=level,
        schedule=schedule,
        placed=_placed(schedule, absence) if schedule else [],
        turns=turns(program, worked) if schedule else [],
        others=sorted(others, key=lambda other: not other.is_same_level),
        used=_used(absence, year_first, year_last),
        first=year_first,
        last=year_last,
        days=(last - first).days + 1,
    )


def schedule_for(program: Program, first: date, last: date) -> Schedule | None:
    """The version that leave on these days is looked up in: what is published then, else the newest draft (1 query)."""
    rows = Schedule.objects.filter(program=program, start_date__lte=last, end_date__gte=first)
    shown = rows.exclude(status=Schedule.Status.ARCHIVED).select_related("academic_year", "program")
    return shown.order_by("-status", "start_date", "-number").first()


def _placed(schedule: Schedule, absence: Absence) -> list[Placed]:
    rows = RotationAssignment.objects.filter(
        schedule=schedule,
        person=absence.person_id,
        period__start_date__lte=absence.end_date,
        period__end_date__gte=absence.start_date,
    ).select_related("rotation", "period")
    return [
        Placed(
            rotation=row.rotation.name,
            colour=row.rotation.colour,
            code=row.rotation.code,
            first=max(row.period.start_date, absence.start_date),
            last=min(row.period.end_date, absence.end_date),
            allows_vacation=row.rotation.allows_vacation or row.rotation.is_vacation,
        )
        for row in rows.order_by("period__start_date")
    ]


def _year(program: Program, day: date) -> tuple[date, date]:
    """The academic year of a day; from 1 July where the program has none for it."""
    days = AcademicYear.objects.filter(program=program, start_date__lte=day, end_date__gte=day)
    found = days.values_list("start_date", "end_date").first()
    if found:
        return found
    first = date(day.year if day.month > 6 else day.year - 1, 7, 1)
    return first, date(first.year + 1, 7, 1) - timedelta(days=1)


def _used(absence: Absence, first: date, last: date) -> list[tuple[str, int]]:
    rows = Absence.objects.approved().overlapping(first, last).filter(~Q(pk=absence.pk), person=absence.person_id)
    days: Counter[str] = Counter()
    for kind, start, end in rows.order_by("start_date").values_list("kind", "start_date", "end_date"):
        days[Absence.Kind(kind).label] += (min(end, last) - max(start, first)).days + 1
    return days.most_common()
