"""The hot reads use the indexes that the models name, with 200,000 assignments in the table.

The plan is asked of the database itself (EXPLAIN), on SQLite and on PostgreSQL, after its statistics are fresh.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, models
from pytest_django import DjangoDbBlocker

from absences.models import Absence
from people.models import AuditLog, Person, Program, User
from scheduling.models import AcademicYear, Assignment, Block, Rotation, Schedule, ShiftType

FIRST = date(2026, 7, 1)
PEOPLE, SCHEDULES, PROGRAMS = 140, 4, 4


@pytest.fixture(scope="module")
def hospital(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Schedule]:
    """Four versions of a year of 140 people: 204,400 assignments; ten years of leave; 40,000 audit entries."""
    with django_db_blocker.unblock():
        try:
            yield make_hospital()
        finally:
            for model in (Assignment, AuditLog, Absence, Block, Schedule, Rotation, Person, ShiftType, Program, User):
                model.objects.all().delete()


def make_hospital() -> Schedule:
    programs = Program.objects.bulk_create(Program(name=f"Program {n}", slug=f"p{n}") for n in range(PROGRAMS))
    program = programs[0]
    shift = ShiftType.objects.create(program=program, name="Day", code="D", start_time=time(7), hours=12)
    rotation = Rotation.objects.create(program=program, name="Wards", code="WA")
    year = AcademicYear.objects.create(program=program, start_date=FIRST, end_date=date(2027, 6, 30))
    people = Person.objects.bulk_create(
        Person(program=programs[n % PROGRAMS], code=f"R{n}", name=f"Resident {n:03}", pgy_level=1)
        for n in range(PEOPLE * PROGRAMS)
    )
    Block.objects.bulk_create(
        Block(
            date=day,
            shift_type=shift,
            starts_at=datetime.combine(day, time(7), UTC),
            ends_at=datetime.combine(day, time(19), UTC),
        )
        for day in (FIRST + timedelta(days=n) for n in range(365))
    )
    schedules = Schedule.objects.bulk_create(
        Schedule(program=program, academic_year=year, number=n, start_date=FIRST, end_date=year.end_date)
        for n in range(1, SCHEDULES + 1)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scheduling_assignment (schedule_id, person_id, block_id, rotation_id, role, source, is_pinned)"
            " SELECT s.id, p.id, b.id, %s, 'primary', 'generated', false"
            " FROM scheduling_schedule s CROSS JOIN people_person p CROSS JOIN scheduling_block b"
            " WHERE p.program_id = %s",
            [rotation.pk, program.pk],
        )
    Absence.objects.bulk_create(
        Absence(person=person, start_date=start, end_date=start + timedelta(days=6), status="approved")
        for person in people
        for start in (date(2017, 7, 1) + timedelta(days=120 * n) for n in range(30))
    )
    user = User.objects.create(username="coordinator")
    AuditLog.objects.bulk_create(
        AuditLog(
            program=programs[0] if n % 100 == 50 else programs[1],
            user=user,
            action="edit" if n % 100 else "publish",
            target=f"x:{n}",
        )
        for n in range(40_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert Assignment.objects.count() == 204_400
    return schedules[0]


def plan(rows: models.QuerySet) -> str:
    return str(rows.explain())


@pytest.mark.django_db
def test_month_grid(hospital: Schedule) -> None:
    rows = Assignment.objects.filter(schedule=hospital).between(date(2026, 11, 1), date(2026, 11, 30))
    text = plan(rows.order_by().values_list("person_id", "block__date", "rotation_id"))
    assert "assignment_block" in text
    assert "block_date" in text


@pytest.mark.django_db
def test_one_persons_calendar(hospital: Schedule) -> None:
    person = Person.objects.filter(program=hospital.program)[0]
    text = plan(Assignment.objects.filter(schedule=hospital, person=person).order_by())
    # SQLite has its own name for the index of the unique constraint.
    unique = {
        "postgresql": "one_assignment_per_schedule_person_and_block",
        "sqlite": "sqlite_autoindex_scheduling_assignment_1",
    }[connection.vendor]
    assert unique in text


@pytest.mark.django_db
def test_one_persons_assignments_in_all_versions(hospital: Schedule) -> None:
    person = Person.objects.filter(program=hospital.program)[0]
    assert "assignment_person" in plan(Assignment.objects.filter(person=person).order_by())


@pytest.mark.django_db
def test_who_is_on_at_a_moment(hospital: Schedule) -> None:
    moment = datetime(2026, 11, 7, 12, tzinfo=UTC)
    text = plan(Assignment.objects.filter(schedule=hospital).on_at(moment).order_by())
    assert "assignment_block" in text
    assert "block_instants" in text


@pytest.mark.django_db
def test_absences_overlapping_a_range(hospital: Schedule) -> None:
    rows = Absence.objects.approved().overlapping(date(2026, 11, 1), date(2026, 11, 30)).order_by()
    assert "absence_dates" in plan(rows)


@pytest.mark.django_db
def test_absences_of_one_person(hospital: Schedule) -> None:
    person = Person.objects.filter(program=hospital.program)[0]
    rows = Absence.objects.filter(person=person).overlapping(date(2026, 11, 1), date(2026, 11, 30)).order_by()
    assert "absence_person" in plan(rows)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filters", "index"),
    [({}, "audit_created_at"), ({"action": "publish"}, "audit_action"), ({"program": "Program 0"}, "audit_program")],
)
def test_audit_list(hospital: Schedule, filters: dict[str, Any], index: str) -> None:
    filters = {key: Program.objects.get(name=value) if key == "program" else value for key, value in filters.items()}
    rows = AuditLog.objects.filter(**filters).order_by("-created_at")[:50]
    assert index in plan(rows)
