"""What grids show beside who works what is kept for as long as it is so, and not a write longer."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F, Model
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from people.kept import Kept
from people.models import Person, Program, Standing
from scheduling.models import Block, Curriculum, History, Period, Rotation, Schedule, ShiftType, Staffing
from scheduling.services.digests import Asked, kept_by, said
from scheduling.services.grid_setup import (
    MONTH,
    YEAR,
    Setup,
    read_setup_of_month,
    read_setup_of_year,
    setup_of_month,
    setup_of_year,
)
from tests.factories import FIRST, Wards, make_program, make_rotation, make_wards

pytestmark = pytest.mark.django_db
START, END = date(2026, 11, 1), date(2026, 11, 30)

type Readings = tuple[Callable[[], Setup], Callable[[], Setup]]


@pytest.fixture
def wards() -> Wards:
    wards = make_wards()
    wards.people[0].absences.create(start_date=START, end_date=START, kind="sick", status="approved")
    Standing.objects.create(person=wards.people[0], from_date=FIRST, pgy_level=1)
    History.objects.create(academic_year=wards.year, person=wards.people[0], rotation=wards.icu, periods=1)
    return wards


def _readings(wards: Wards) -> dict[str, Readings]:
    """The month and the year, from what is kept and anew."""
    schedule = Schedule.objects.get(pk=wards.schedule.pk)

    def program() -> Program:
        return Program.objects.get(pk=wards.program.pk)

    return {
        "month": (
            lambda: setup_of_month(program(), [schedule], START, END),
            lambda: read_setup_of_month(program(), [schedule], START, END),
        ),
        "year": (lambda: setup_of_year(program(), schedule), lambda: read_setup_of_year(program(), schedule)),
    }


def _content(setup: Setup) -> str:
    rows = [*setup.catalog.rotations.values(), *setup.catalog.shift_types.values(), *setup.periods, setup.program]
    parts = (setup.ranks, setup.leave, setup.holidays, setup.needs, setup.people, setup.blocks, setup.curriculum)
    return repr([*map(said, rows), *parts, setup.history])


WRITES: dict[type[Model], Callable[[], object]] = {
    Program: lambda: Program.objects.update(holiday_changes={"2026-11-12": "Founders' day"}),
    Person: lambda: Person.objects.update(is_active=False),
    Standing: lambda: Standing.objects.update(pgy_level=2),
    Absence: lambda: Absence.objects.update(status="denied"),
    Period: lambda: Period.objects.update(number=F("number") + 50),
    Rotation: lambda: Rotation.objects.update(name="Another"),
    ShiftType: lambda: ShiftType.objects.update(hours=9),
    Staffing: lambda: Staffing.objects.update(fewest=F("fewest") + 1),
    Staffing.rotations.through: lambda: Staffing.rotations.through.objects.all().delete(),
    Block: lambda: Block.objects.update(ends_at=F("ends_at") + timedelta(hours=1)),
    Curriculum: lambda: Curriculum.objects.update(fewest=F("fewest") + 1),
    Curriculum.rotations.through: lambda: Curriculum.rotations.through.objects.all().delete(),
    History: lambda: History.objects.update(periods=2),
}


def test_every_table_is_written_below() -> None:
    assert WRITES.keys() == {Program, *MONTH, *YEAR}


@pytest.mark.parametrize("model", WRITES, ids=lambda model: model.__name__)
def test_a_write_is_seen_at_once(wards: Wards, model: type[Model]) -> None:
    readings = _readings(wards)
    tables = {"month": {Program, *MONTH}, "year": {Program, *YEAR}}
    before = {name: _content(kept()) for name, (kept, _) in readings.items()}
    WRITES[model]()
    for name, (kept, anew) in readings.items():
        now = _content(kept())
        assert now == _content(anew())
        assert (now != before[name]) == (model in tables[name]), name


def test_what_is_kept_is_not_read_again(wards: Wards) -> None:
    schedule = Schedule.objects.select_related("program").get(pk=wards.schedule.pk)
    first = setup_of_month(schedule.program, [schedule], START, END)
    make_rotation(make_program("Surgery"), "OR")
    with CaptureQueriesContext(connection) as captured:
        again = setup_of_month(schedule.program, [schedule], START, END)
    assert (again is first, len(captured) == 1) == (connection.vendor == "postgresql",) * 2
    assert _content(again) == _content(first)


def test_what_came_while_it_was_read_and_has_gone_is_not_kept(wards: Wards) -> None:
    kept = Kept[list[str]](4)
    asked = Asked((Rotation,), wards.program.pk, (), START, END)

    def codes(_digest: str = "") -> list[str]:
        return list(Rotation.objects.filter(program=wards.program).values_list("code", flat=True))

    told: list[bool] = []

    def codes_meanwhile(digest: str) -> list[str]:
        told.append(bool(digest))
        if len(told) == 1:
            make_rotation(wards.program, "ODD")
        return codes()

    usual = codes()
    assert "ODD" in kept_by(kept, asked, (), codes_meanwhile)
    assert told == ([True, False] if connection.vendor == "postgresql" else [False])
    Rotation.objects.filter(code="ODD").delete()
    assert kept_by(kept, asked, (), codes) == usual


def test_who_is_not_active_is_shown_where_they_are_in_the_version(wards: Wards) -> None:
    schedule = Schedule.objects.select_related("program").get(pk=wards.schedule.pk)
    Person.objects.filter(pk=wards.people[0].pk).update(is_active=False)
    setup = setup_of_year(schedule.program, schedule)
    everybody = {person.pk for person in wards.people}
    assert {row.pk for row in setup.rows([schedule])} == everybody
    schedule.rotation_assignments.filter(person=wards.people[0]).delete()
    schedule.assignments.filter(person=wards.people[0]).delete()
    assert {row.pk for row in setup.rows([schedule])} == everybody - {wards.people[0].pk}
