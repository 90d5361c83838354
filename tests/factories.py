"""Small programs for tests: plain functions, each making one thing with sensible values that can be replaced."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from people.models import Person, Program, User
from scheduling.models import (
    AcademicYear,
    Assignment,
    Block,
    Curriculum,
    Period,
    Rotation,
    RotationAssignment,
    Schedule,
    ShiftType,
    Staffing,
)
from scheduling.models.calendar import ensure_blocks, period_dates
from scheduling.models.plan import next_schedule_number

FIRST, LAST = date(2026, 7, 1), date(2027, 6, 30)


def make_program(name: str = "Internal Medicine", **values: Any) -> Program:
    return Program.objects.create(**{"name": name, "slug": name.lower().replace(" ", "-"), **values})


def make_user(username: str, role: str = User.Role.RESIDENT, *, programs: tuple[Program, ...] = ()) -> User:
    """An account whose password is "password"; `programs` are those it coordinates."""
    user = User.objects.create_user(username=username, password="password", role=role)
    user.programs.set(programs)
    return user


def make_person(program: Program, name: str, level: int | None = 1, **values: Any) -> Person:
    """A resident of a PGY level, or with level None a faculty member."""
    kind = Person.Type.FACULTY if level is None else Person.Type.RESIDENT
    code = name.lower().replace(" ", "-")
    return Person.objects.create(
        **{"program": program, "name": name, "code": code, "type": kind, "pgy_level": level, **values}
    )


def make_year(program: Program, first: date = FIRST, last: date = LAST) -> AcademicYear:
    """An academic year with its periods, by the program's scheme."""
    year = AcademicYear.objects.create(program=program, start_date=first, end_date=last)
    Period.objects.bulk_create(
        Period(academic_year=year, number=number, start_date=start, end_date=end)
        for number, (start, end) in enumerate(period_dates(program.period_scheme, first, last), start=1)
    )
    return year


def make_rotation(program: Program, code: str, name: str = "", **values: Any) -> Rotation:
    return Rotation.objects.create(**{"program": program, "code": code, "name": name or f"Rotation {code}", **values})


def make_day_shift(program: Program, **values: Any) -> ShiftType:
    return ShiftType.objects.create(
        **{"program": program, "name": "Day", "code": "D", "start_time": time(7), "hours": 12, "position": 1, **values}
    )


def make_night_shift(program: Program, **values: Any) -> ShiftType:
    given = {"name": "Night", "code": "N", "start_time": time(19), "hours": 12, "position": 2, "is_night": True}
    return ShiftType.objects.create(**{"program": program, **given, **values})


def make_schedule(year: AcademicYear, status: str = Schedule.Status.DRAFT, **values: Any) -> Schedule:
    given = {"start_date": year.start_date, "end_date": year.end_date, "status": status}
    number = next_schedule_number(year.program)
    return Schedule.objects.create(
        **{"program": year.program, "academic_year": year, "number": number, **given, **values}
    )


def make_staffing(program: Program, name: str, *rotations: Rotation, **values: Any) -> Staffing:
    """So many people on these rotations in each period; with `shift_type`, in each block of that type."""
    row = Staffing.objects.create(**{"program": program, "name": name, "fewest": 1, **values})
    row.rotations.set(rotations)
    return row


def make_curriculum(program: Program, level: int, *rotations: Rotation, **values: Any) -> Curriculum:
    row = Curriculum.objects.create(**{"program": program, "level": level, "fewest": 1, **values})
    row.rotations.set(rotations)
    return row


def place(
    schedule: Schedule, person: Person, number: int, rotation: Rotation, *, pinned: bool = False
) -> RotationAssignment:
    """Put a person on a rotation in the period of this number."""
    period = Period.objects.get(academic_year=schedule.academic_year, number=number)
    return RotationAssignment.objects.create(
        schedule=schedule, person=person, period=period, rotation=rotation, is_pinned=pinned
    )


def work(
    schedule: Schedule, person: Person, day: date, shift_type: ShiftType, rotation: Rotation, **values: Any
) -> Assignment:
    """Put a person on a block, made if it is not there yet."""
    there = Block.objects.filter(date=day, shift_type=shift_type).select_related("shift_type").first()
    block = there or ensure_blocks(schedule.program, day, day)[day, shift_type.code]
    return Assignment.objects.create(schedule=schedule, person=person, block=block, rotation=rotation, **values)


@dataclass(frozen=True, slots=True)
class Wards:
    """A small program with a year, a schedule and people on two wards."""

    program: Program
    year: AcademicYear
    schedule: Schedule
    day: ShiftType
    night: ShiftType
    ward: Rotation
    icu: Rotation
    people: list[Person]


def make_wards(count: int = 3, status: str = Schedule.Status.PUBLISHED, name: str = "Internal Medicine") -> Wards:
    """So many residents of levels 1 to 3, a plan for the whole year, and a roster of November 2026.

    Everybody works four days, then a night, then has three days off; the first is on the ward, the second on
    the ICU, and so on by turns. Ward A needs two people in each period and one by day, the ICU by day takes one at
    most. Everybody may be on either; the first level owes a period of the ICU.
    """
    program = make_program(name)
    year = make_year(program)
    schedule = make_schedule(year, status)
    day, night = make_day_shift(program), make_night_shift(program)
    ward = make_rotation(program, "WA", "Ward A", colour=1, position=1)
    icu = make_rotation(program, "ICU", "Intensive care", colour=4, position=2)
    people = Person.objects.bulk_create(
        Person(program=program, name=f"Resident {n:03}", code=f"r{n:03}", pgy_level=n % 3 + 1) for n in range(count)
    )
    rotations = [ward if n % 2 == 0 else icu for n in range(count)]
    RotationAssignment.objects.bulk_create(
        RotationAssignment(schedule=schedule, person=person, period=period, rotation=rotation)
        for person, rotation in zip(people, rotations, strict=True)
        for period in year.periods.all()
    )
    blocks: dict[tuple[date, str], Block] = ensure_blocks(program, date(2026, 11, 1), date(2026, 11, 30))
    Assignment.objects.bulk_create(
        Assignment(schedule=schedule, person=person, rotation=rotation, block=blocks[on, "D" if turn < 4 else "N"])
        for n, (person, rotation) in enumerate(zip(people, rotations, strict=True))
        for on, turn in ((date(2026, 11, 1) + timedelta(days=k), (k + n) % 8) for k in range(30))
        if turn <= 4
    )
    make_staffing(program, "Ward A", ward, fewest=2)
    make_staffing(program, "Ward A by day", ward, shift_type=day)
    make_staffing(program, "ICU by day", icu, shift_type=day, fewest=0, most=1)
    make_curriculum(program, 1, icu)
    for level in (1, 2, 3):
        make_curriculum(program, level, ward, icu, fewest=0)
    return Wards(program, year, schedule, day, night, ward, icu, people)
