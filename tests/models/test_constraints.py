"""Every rule of the model that can be a constraint is one, with a sentence; full_clean() says it first."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, RestrictedError

from absences.models import Absence
from people.models import Person, Program, Standing
from scheduling.models import (
    AcademicYear,
    Assignment,
    Block,
    CrossCover,
    Curriculum,
    GenerationRun,
    History,
    Period,
    Placement,
    Preference,
    Rotation,
    RotationAssignment,
    Schedule,
    SequenceRule,
    ShiftType,
    Staffing,
)

pytestmark = pytest.mark.django_db
JULY, JUNE = date(2026, 7, 1), date(2027, 6, 30)


class World:
    """One small program with a row of each kind."""

    def __init__(self) -> None:
        self.program = Program.objects.create(name="Medicine", slug="medicine")
        self.person = Person.objects.create(program=self.program, code="R1", name="Ana Ruiz", pgy_level=1)
        self.year = AcademicYear.objects.create(program=self.program, start_date=JULY, end_date=JUNE)
        self.period = Period.objects.create(
            academic_year=self.year, number=1, start_date=JULY, end_date=date(2026, 7, 28)
        )
        self.shift = ShiftType.objects.create(program=self.program, name="Day", code="D", start_time=time(7), hours=12)
        self.wards = Rotation.objects.create(program=self.program, name="Wards", code="WA")
        self.block = Block.objects.create(
            date=JULY,
            shift_type=self.shift,
            starts_at=datetime(2026, 7, 1, 11, tzinfo=UTC),
            ends_at=datetime(2026, 7, 1, 23, tzinfo=UTC),
        )
        self.schedule = self.make_schedule(1)

    def make_schedule(self, number: int, **values: Any) -> Schedule:
        return Schedule.objects.create(
            **{
                "program": self.program,
                "academic_year": self.year,
                "number": number,
                "start_date": JULY,
                "end_date": JUNE,
                **values,
            }
        )


@pytest.fixture
def world() -> World:
    return World()


BAD: dict[str, tuple[Callable[[World], Model], str]] = {
    "resident without a level": (
        lambda w: Person(program=w.program, code="R2", name="B", type="resident"),
        "A resident has a PGY level of 1 or more; a faculty member has none.",
    ),
    "faculty with a level": (
        lambda w: Person(program=w.program, code="F1", name="B", type="faculty", pgy_level=1),
        "A resident has a PGY level of 1 or more; a faculty member has none.",
    ),
    "person ends before start": (
        lambda w: Person(program=w.program, code="R2", name="B", pgy_level=1, start_date=JUNE, end_date=JULY),
        "The end date is before the start date.",
    ),
    "two people of one code": (
        lambda w: Person(program=w.program, code="R1", name="B", pgy_level=1),
        "Another person of this program has this code.",
    ),
    "two standings from one date": (
        lambda w: [Standing.objects.create(person=w.person, from_date=JULY), Standing(person=w.person, from_date=JULY)][
            1
        ],
        "This person already has a standing from this date.",
    ),
    "absence ends before it starts": (
        lambda w: Absence(person=w.person, start_date=JUNE, end_date=JULY),
        "The last day is before the first day.",
    ),
    "academic year ends before it starts": (
        lambda w: AcademicYear(program=w.program, start_date=date(2030, 7, 1), end_date=date(2030, 6, 30)),
        "The academic year ends before it starts.",
    ),
    "period ends before it starts": (
        lambda w: Period(academic_year=w.year, number=3, start_date=date(2027, 2, 2), end_date=date(2027, 2, 1)),
        "The period ends before it starts.",
    ),
    "two periods of one number": (
        lambda w: Period(academic_year=w.year, number=1, start_date=date(2027, 2, 1), end_date=date(2027, 2, 2)),
        "This academic year has a period of this number.",
    ),
    "shift of 29 hours": (
        lambda w: ShiftType(program=w.program, name="X", code="X", start_time=time(7), hours=29),
        "A shift lasts more than 0 and at most 28 hours (24 and 4 to hand over).",
    ),
    "two shift types of one code": (
        lambda w: ShiftType(program=w.program, name="X", code="D", start_time=time(7), hours=8),
        "Another shift type of this program has this code.",
    ),
    "two rotations of one code": (
        lambda w: Rotation(program=w.program, name="X", code="WA"),
        "Another rotation of this program has this code.",
    ),
    "rotation of 89 hours": (
        lambda w: Rotation(program=w.program, name="X", code="X", weekly_hours_limit=89),
        "A rotation has at most 88 hours a week (6.24).",
    ),
    "rotation that covers itself": (
        lambda w: CrossCover(rotation=w.wards, covers=w.wards),
        "A rotation covers itself already.",
    ),
    "block that ends at its start": (
        lambda w: Block(
            date=JUNE,
            shift_type=w.shift,
            starts_at=datetime(2027, 6, 30, 7, tzinfo=UTC),
            ends_at=datetime(2027, 6, 30, 7, tzinfo=UTC),
        ),
        "A block ends after it starts.",
    ),
    "the same block twice": (
        lambda w: Block(date=JULY, shift_type=w.shift, starts_at=w.block.starts_at, ends_at=w.block.ends_at),
        "This block exists already.",
    ),
    "staffing with most below fewest": (
        lambda w: Staffing(program=w.program, name="X", fewest=3, most=2),
        "The most is below the fewest.",
    ),
    "curriculum with most below fewest": (
        lambda w: Curriculum(program=w.program, level=1, fewest=3, most=2),
        "The most is below the fewest.",
    ),
    "placement for nothing": (
        lambda w: Placement(academic_year=w.year, person=w.person),
        "Name either a period, or a date and a shift type.",
    ),
    "placement for a period and a block": (
        lambda w: Placement(academic_year=w.year, person=w.person, period=w.period, date=JULY, shift_type=w.shift),
        "Name either a period, or a date and a shift type.",
    ),
    "preference for nothing": (
        lambda w: Preference(academic_year=w.year, person=w.person),
        "Name a period and a rotation, or a first and a last day in order.",
    ),
    "preference for days without an end": (
        lambda w: Preference(academic_year=w.year, person=w.person, start_date=JULY),
        "Name a period and a rotation, or a first and a last day in order.",
    ),
    "preference for a period with an end": (
        lambda w: Preference(academic_year=w.year, person=w.person, period=w.period, rotation=w.wards, end_date=JULY),
        "Name a period and a rotation, or a first and a last day in order.",
    ),
    "standing with no share": (
        lambda w: Standing(person=w.person, from_date=JULY, part_time_share=0),
        "The part-time share is more than 0 and at most 1.",
    ),
    "staffing whose periods are out of order": (
        lambda w: Staffing(program=w.program, name="X", first_period=3, last_period=2),
        "The last period is before the first.",
    ),
    "at most without most": (
        lambda w: SequenceRule(program=w.program, name="X", kind="at_most"),
        "Say how many at most.",
    ),
    "gap without its periods": (
        lambda w: SequenceRule(program=w.program, name="X", kind="gap"),
        "Say how many periods lie between.",
    ),
    "longest stint below shortest": (
        lambda w: SequenceRule(program=w.program, name="X", kind="stint", fewest=3, most=2),
        "The most is below the fewest.",
    ),
    "sequence rule whose periods are out of order": (
        lambda w: SequenceRule(program=w.program, name="X", kind="only_in", first_period=3, last_period=2),
        "The last period is before the first.",
    ),
    "preference whose days are out of order": (
        lambda w: Preference(academic_year=w.year, person=w.person, start_date=JUNE, end_date=JULY),
        "Name a period and a rotation, or a first and a last day in order.",
    ),
    "two history rows": (
        lambda w: [
            History.objects.create(academic_year=w.year, person=w.person, rotation=w.wards, periods=1),
            History(academic_year=w.year, person=w.person, rotation=w.wards, periods=2),
        ][1],
        "This person's periods of this rotation are recorded already.",
    ),
    "schedule ends before it starts": (
        lambda w: Schedule(program=w.program, academic_year=w.year, number=9, start_date=JUNE, end_date=JULY),
        "The schedule ends before it starts.",
    ),
    "two schedules of one number": (
        lambda w: Schedule(program=w.program, academic_year=w.year, number=1, start_date=JULY, end_date=JUNE),
        "This program has a schedule of this number.",
    ),
    "two placements of a person in a period": (
        lambda w: [
            RotationAssignment.objects.create(schedule=w.schedule, person=w.person, period=w.period, rotation=w.wards),
            RotationAssignment(schedule=w.schedule, person=w.person, period=w.period, rotation=w.wards),
        ][1],
        "This person is placed in this period already.",
    ),
    "a person twice in a block": (
        lambda w: [
            Assignment.objects.create(schedule=w.schedule, person=w.person, block=w.block, rotation=w.wards),
            Assignment(schedule=w.schedule, person=w.person, block=w.block, rotation=w.wards),
        ][1],
        "This person works this block already.",
    ),
    "two active runs": (
        lambda w: [
            GenerationRun.objects.create(schedule=w.schedule, status="running"),
            GenerationRun(schedule=w.schedule, status="queued"),
        ][1],
        "A generation of this schedule is under way already.",
    ),
    "progress of 101 percent": (
        lambda w: GenerationRun(schedule=w.schedule, status="failed", progress=101),
        "Progress is at most 100 percent.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_the_database_refuses_and_clean_says_why(name: str, world: World) -> None:
    make, message = BAD[name]
    row = make(world)
    with pytest.raises(ValidationError) as caught:
        row.validate_constraints()
    assert message in caught.value.messages
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


OVERLAPPING: dict[str, tuple[Callable[[World, date, date], Model], tuple[date, date], str]] = {
    "approved absences": (
        lambda w, first, last: Absence(person=w.person, start_date=first, end_date=last, status="approved"),
        (date(2026, 8, 3), date(2026, 8, 9)),
        "This person already has approved leave on some of these days.",
    ),
    "academic years": (
        lambda w, first, last: AcademicYear(program=w.program, start_date=first, end_date=last),
        (date(2027, 7, 1), date(2028, 6, 30)),
        "Another academic year of this program has some of these days.",
    ),
    "periods": (
        lambda w, first, last: Period(
            academic_year=w.year, number=Period.objects.count() + 1, start_date=first, end_date=last
        ),
        (date(2026, 7, 29), date(2026, 8, 25)),
        "Another period of this academic year has some of these days.",
    ),
    "published schedules": (
        lambda w, first, last: Schedule(
            program=w.program,
            academic_year=w.year,
            number=Schedule.objects.count() + 1,
            start_date=first,
            end_date=last,
            status="published",
        ),
        (date(2026, 7, 1), date(2026, 12, 31)),
        "Another schedule is published for some of these days.",
    ),
}


@pytest.mark.parametrize("name", OVERLAPPING)
def test_days_do_not_overlap(name: str, world: World) -> None:
    make, (first, last), message = OVERLAPPING[name]
    make(world, first, last).save()
    apart = make(world, last + timedelta(days=1), last + timedelta(days=1))
    apart.full_clean(exclude=["created_by", "published_by"])
    for start, end in [(last, last + timedelta(days=3)), (first, first), (first, last)]:
        row = make(world, start, end)
        with pytest.raises(ValidationError) as caught:
            row.validate_constraints()
        assert message in caught.value.messages
        if connection.vendor == "postgresql":  # SQLite has no such constraint: there full_clean() is the guard
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()


def test_only_approved_absences_count_as_overlapping(world: World) -> None:
    days = {"person": world.person, "start_date": JULY, "end_date": JULY}
    Absence.objects.create(**days, status="denied")
    Absence.objects.create(**days, status="approved")
    Absence(**days, status="requested").full_clean()
    with pytest.raises(ValidationError):
        Absence(**days, status="approved").full_clean()


def test_a_saved_absence_does_not_overlap_itself(world: World) -> None:
    absence = Absence.objects.create(person=world.person, start_date=JULY, end_date=JULY, status="approved")
    absence.full_clean()


def test_reversed_dates_get_one_sentence_not_a_database_error(world: World) -> None:
    with pytest.raises(ValidationError) as caught:
        Absence(person=world.person, start_date=JUNE, end_date=JULY, status="approved").full_clean()
    assert caught.value.messages == ["The last day is before the first day."]


def test_another_person_may_be_away_on_the_same_days(world: World) -> None:
    Absence.objects.create(person=world.person, start_date=JULY, end_date=JULY, status="approved")
    other = Person.objects.create(program=world.program, code="R2", name="Bo Li", pgy_level=2)
    Absence(person=other, start_date=JULY, end_date=JULY, status="approved").full_clean()


def test_a_period_is_not_deleted_from_under_a_plan(world: World) -> None:
    RotationAssignment.objects.create(
        schedule=world.schedule, person=world.person, period=world.period, rotation=world.wards
    )
    with pytest.raises(RestrictedError):
        world.period.delete()
    world.schedule.delete()
    world.period.delete()
    assert Period.objects.count() == 0


@pytest.mark.parametrize("make", [ShiftType, Rotation])
@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("A/M", '"A/M" is no code, because of /; give one without / | # ? % such as ICU.'),
        ("A|M?", '"A|M?" is no code, because of | ?; give one without / | # ? % such as ICU.'),
        ("50%", '"50%" is no code, because of %; give one without / | # ? % such as ICU.'),
        ("#1", '"#1" is no code, because of #; give one without / | # ? % such as ICU.'),
        ("  ", "A code has a letter or a digit in it: give a short one such as ICU."),
        ("..", "A code has a letter or a digit in it: give a short one such as ICU."),
        ("L&D 1.", ""),
    ],
)
def test_a_code_can_stand_in_an_address(make: type[Model], code: str, why: str) -> None:
    row = make(code=code)
    others = {field.name for field in make._meta.get_fields()} - {"code"}
    if not why:
        row.clean_fields(exclude=others)
        return
    with pytest.raises(ValidationError) as caught:
        row.clean_fields(exclude=others)
    assert caught.value.message_dict == {"code": [why]}
