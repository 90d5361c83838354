"""Who is on backup (jeopardy), and the blocks that somebody who is away cannot work: what a call to backup brings
together. All of it from what is published."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote, unquote

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from absences.models import Absence
from people.models import Person, Program
from scheduling.models import Assignment, Rotation, Schedule, ShiftType, Staffing

DAY = timedelta(days=1)
DIGITS = 19  # of a key that a database holds
IS_BACKUP = Q(role=Assignment.Role.BACKUP) | Q(block__shift_type__duty=ShiftType.Duty.BACKUP)


@dataclass(frozen=True, slots=True)
class Held:
    """One person's block as it was shown: the person's key, and the codes of shift type and rotation."""

    person: int
    date: date
    shift: str
    rotation: str

    @property
    def token(self) -> str:
        """As a form's field holds it; codes are quoted as in addresses, since programs choose them freely."""
        codes = (quote(code, safe="") for code in (self.shift, self.rotation))
        return "|".join((str(self.person), self.date.isoformat(), *codes))

    @classmethod
    def of(cls, token: str) -> "Held":
        """From a token. Raises ValueError for a text that is none."""
        person, day, shift, rotation = token.split("|")
        if not (person.isascii() and person.isdigit() and len(person) < DIGITS):
            raise ValueError(f"{person!r} is no key of a person.")
        return cls(int(person), date.fromisoformat(day), unquote(shift), unquote(rotation))


@dataclass(frozen=True, slots=True)
class Turn:
    """A block that somebody is to work; `leave` is the kind of leave they are on then, `absence` its key, if any."""

    schedule: int
    person: Person
    rotation: Rotation
    shift_type: ShiftType
    date: date
    starts_at: datetime
    ends_at: datetime
    leave: str = ""
    absence: int | None = None

    @property
    def held(self) -> Held:
        return Held(self.person.pk, self.date, self.shift_type.code, self.rotation.code)

    @property
    def words(self) -> str:
        """Rotation and shift, as the ledger keeps them."""
        return f"{self.rotation.name}, {self.shift_type.name.lower()}"


def on_backup(program: Program, now: datetime, last: date) -> list[Turn]:
    """Who is on backup from now until a date, in order of time (1 query)."""
    rows = _published(program).filter(IS_BACKUP, block__ends_at__gt=now, block__date__lte=last)
    return turns(program, rows.annotate(leave=Coalesce(_leave("kind"), Value(""))))


def lost_blocks(program: Program, now: datetime, last: date) -> list[Turn]:
    """The blocks until a date of people who are on leave then and whose place is to be filled (2 queries).

    Ordinary clinic, which no staffing asks for, waits until they are back.
    """
    rows = (
        _published(program)
        .exclude(IS_BACKUP)
        .filter(block__ends_at__gt=now, block__date__lte=last)
        .annotate(leave=_leave("kind"), absence=_leave("pk"))
        .filter(leave__isnull=False)
    )
    asked = asked_for(program)
    return [turn for turn in turns(program, rows) if (turn.rotation.pk, turn.shift_type.pk) in asked]


def asked_for(program: Program) -> set[tuple[int, int]]:
    """The rotations and shift types whose blocks staffing asks people for (1 query)."""
    rows = Staffing.objects.filter(program=program, is_active=True, shift_type__isnull=False, fewest__gt=0)
    return set(rows.order_by().values_list("rotations", "shift_type"))


def turns(program: Program, rows: "QuerySet[Assignment]") -> list[Turn]:
    """These assignments in order of time, in the program's own time (1 query)."""
    found = rows.select_related("person", "rotation", "block__shift_type").order_by("block__starts_at", "person__name")
    return [
        Turn(
            schedule=row.schedule_id,
            person=row.person,
            rotation=row.rotation,
            shift_type=row.block.shift_type,
            date=row.block.date,
            starts_at=row.block.starts_at.astimezone(program.zone),
            ends_at=row.block.ends_at.astimezone(program.zone),
            leave=getattr(row, "leave", ""),
            absence=getattr(row, "absence", None),
        )
        for row in found
    ]


def callable_for(backup: Turn, lost: Iterable[Turn]) -> list[Turn]:
    """The lost blocks that begin while this person is on backup, and are another's."""
    return [
        turn
        for turn in lost
        if backup.starts_at <= turn.starts_at < backup.ends_at
        and turn.person.pk != backup.person.pk
        and turn.schedule == backup.schedule
    ]


def busy_people(program: Program, day: date) -> set[int]:
    """Those who work a shift on this date that nobody on backup may work, or come from a night (1 query)."""
    rows = _published(program).filter(block__shift_type__duty=ShiftType.Duty.IN_HOUSE).exclude(IS_BACKUP)
    that_day = Q(block__date=day) & ~Q(block__shift_type__joins__duty=ShiftType.Duty.BACKUP)
    night_before = Q(block__date=day - DAY, block__shift_type__is_night=True)
    return set(rows.filter(that_day | night_before).order_by().values_list("person_id", flat=True))


def away_people(program: Program, day: date, people: Collection[int] = ()) -> set[int]:
    """Those on approved leave on this date, of everybody or of these (1 query)."""
    rows = Absence.objects.approved().overlapping(day, day).filter(person__program=program)
    if people:
        rows = rows.filter(person__in=people)
    return set(rows.values_list("person_id", flat=True))


def leave_of(turn: Turn) -> Absence | None:
    """The approved leave by which somebody cannot work a block, if any (1 query). A night that somebody fell ill in is
    lost too, though it belongs to the day before."""
    that_day = Q(start_date__lte=turn.date, end_date__gte=turn.date)
    fell_ill = Q(start_date=turn.date + DAY, created_at__gte=turn.starts_at, created_at__lt=turn.ends_at)
    leave = Absence.objects.approved().filter(that_day | fell_ill, person=turn.person)
    return leave.order_by("start_date").first()


def _leave(field: str) -> Subquery:
    """A field of the leave that the person of an assignment is on that day; NULL for none."""
    leave = Absence.objects.approved().filter(
        person=OuterRef("person"), start_date__lte=OuterRef("block__date"), end_date__gte=OuterRef("block__date")
    )
    return Subquery(leave.values(field)[:1])


def _published(program: Program) -> "QuerySet[Assignment]":
    return Assignment.objects.filter(schedule__in=Schedule.objects.published().filter(program=program))
