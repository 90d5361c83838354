"""A day of the roster: who works where, by rotation and shift, and who of them is on at a moment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from people.models import Program
from scheduling.models import Assignment, Rotation, Schedule, ShiftType
from scheduling.services.grid_rows import Row
from scheduling.services.month_grid import Month, read_month
from scheduling.services.month_rows import PersonMonth
from scheduling.services.staffing import Line

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody at work, and as what; `why` are the version and the key of the assignment, where they were asked for."""

    row: Row
    role: str
    is_pinned: bool
    why: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """The people of one rotation in one block. `is_from_before`: it began on the day before."""

    shift_type: ShiftType
    starts_at: datetime
    ends_at: datetime
    is_from_before: bool
    is_on_now: bool
    workers: Sequence[Worker]


@dataclass(frozen=True, slots=True)
class Service:
    """One rotation's day, its shifts in order of time."""

    rotation: Rotation
    shifts: Sequence[Shift]

    @property
    def on_now(self) -> list[Shift]:
        """The shifts that are under way."""
        return [shift for shift in self.shifts if shift.is_on_now]


@dataclass(frozen=True, slots=True)
class Missing:
    """What is short on a day: a line of staffing, and the codes of the block that it speaks of."""

    sentence: str
    rotation: str
    shift_type: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class DayView:
    """`away` are (person, kind of leave)."""

    date: date
    holiday: str
    services: Sequence[Service]
    away: Sequence[tuple[Row, str]]
    missing: Sequence[Missing]
    working: int

    @property
    def on_now(self) -> list[Service]:
        """The rotations that somebody is on at this moment."""
        return [service for service in self.services if service.on_now]


type Whys = int | Literal["everybody"] | None
type Keys = Mapping[tuple[int, date, int], tuple[int, int]]  # by person, date and shift type


def read_day(
    program: Program, schedules: Sequence[Schedule], day: date, now: datetime, *, whys: Whys = None
) -> DayView:
    """A day of these schedules: as many queries as a month, and one more where assignments are to be explained.

    `whys` says whose: everybody's, or those of the person with this key.
    """
    month = read_month(program, schedules, day - DAY, day)
    people: list[PersonMonth] = [person for group in month.groups for person in group.rows]
    missing = [each for line in month.staffing if (each := _missing(month, line)) is not None]
    return DayView(
        date=day,
        holiday=month.days[1].holiday,
        services=_services(month, people, day, now, _keys(schedules, day, whys) if whys else {}),
        away=[(person.row, person.cells[1].leave_name) for person in people if person.cells[1].leave],
        missing=missing if month.has_roster else [],
        working=sum(
            1 for person in people if any(duty.role != Assignment.Role.BACKUP for duty in person.cells[1].duties)
        ),
    )


def _missing(month: Month, line: Line) -> Missing | None:
    count, need = line.counts[1], line.need
    if count is None or not count.short or need is None or need.shift_type is None:
        return None
    rotations = [rotation for key, rotation in month.catalog.rotations.items() if key in need.rotations]
    shift_type = month.catalog.shift_types[need.shift_type]
    return Missing(f"{line.label}: {count.number:g} of {count.fewest}", rotations[0].code, shift_type.code)


def _keys(schedules: Sequence[Schedule], day: date, whys: Whys) -> Keys:
    rows = Assignment.objects.filter(schedule__in=schedules).between(day - DAY, day).order_by()
    if whys != "everybody":
        rows = rows.filter(person=whys)
    return {
        (person, on, shift_type): (number, pk)
        for person, on, shift_type, number, pk in rows.values_list(
            "person_id", "block__date", "block__shift_type_id", "schedule__number", "pk"
        )
    }


def _services(month: Month, people: Sequence[PersonMonth], day: date, now: datetime, keys: Keys) -> list[Service]:
    workers: dict[int, dict[tuple[date, int], list[Worker]]] = defaultdict(lambda: defaultdict(list))
    for person in people:
        for on, cell in zip((day - DAY, day), person.cells, strict=True):
            for duty in cell.duties:
                why = keys.get((person.row.pk, on, duty.shift_type))
                worker = Worker(person.row, duty.role, duty.is_pinned, why)
                workers[duty.rotation][on, duty.shift_type].append(worker)
    services = []
    for key, rotation in month.catalog.rotations.items():
        shifts = [
            shift
            for (on, shift_type), there in workers.get(key, {}).items()
            if (shift := _shift(month.catalog.shift_types[shift_type], on, day, now, there))
        ]
        if shifts:
            services.append(Service(rotation, sorted(shifts, key=lambda shift: shift.starts_at)))
    return services


def _shift(shift_type: ShiftType, on: date, day: date, now: datetime, workers: Sequence[Worker]) -> Shift | None:
    """The shift as a day shows it; None for one of the day before that is over by midnight."""
    starts_at, ends_at = shift_type.instants(on)
    before = on < day
    if before and ends_at <= datetime.combine(day, datetime.min.time(), ends_at.tzinfo):
        return None
    return Shift(shift_type, starts_at, ends_at, before, starts_at <= now < ends_at, workers)
