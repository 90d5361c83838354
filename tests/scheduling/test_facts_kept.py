"""What edits rest on is kept for as long as it is so, and not a write longer."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from people.models import Person, Program, Standing
from scheduling.models import Period, Rotation, Schedule, ShiftType, Staffing
from scheduling.services.facts_kept import digest_of, known_of
from tests.factories import FIRST, Wards, make_program, make_rotation, make_wards

pytestmark = pytest.mark.django_db


@pytest.fixture
def wards() -> Wards:
    wards = make_wards(status="draft")
    wards.people[0].absences.create(start_date=FIRST, end_date=FIRST, kind="sick", status="approved")
    Standing.objects.create(person=wards.people[0], from_date=FIRST, pgy_level=1)
    wards.day.joins.add(wards.night)
    return wards


def _held(wards: Wards) -> Schedule:
    return Schedule.objects.select_related("program", "academic_year").get(pk=wards.schedule.pk)


WRITES: dict[str, Callable[[Wards], object]] = {
    "program": lambda wards: Program.objects.filter(pk=wards.program.pk).update(holiday_changes={"2026-12-24": "Eve"}),
    "person": lambda wards: Person.objects.filter(pk=wards.people[0].pk).update(is_active=False),
    "standing": lambda wards: Standing.objects.update(pgy_level=2),
    "promotion": lambda wards: Standing.objects.filter(person=wards.people[0]).delete(),
    "leave": lambda wards: Absence.objects.update(status="denied"),
    "rotation": lambda wards: Rotation.objects.filter(pk=wards.ward.pk).update(name="Ward B"),
    "new rotation": lambda wards: make_rotation(wards.program, "NEW"),
    "shift type": lambda wards: ShiftType.objects.filter(pk=wards.day.pk).update(hours=9),
    "joins": lambda wards: wards.day.joins.clear(),
    "staffing": lambda wards: Staffing.objects.update(fewest=F("fewest") + 1),
    "what staffing counts": lambda wards: Staffing.objects.latest("pk").rotations.set([wards.icu, wards.ward]),
    "period": lambda wards: Period.objects.filter(number=1).update(number=99),
}


def test_each_write_to_what_an_edit_rests_on_changes_the_digest(wards: Wards) -> None:
    schedule = _held(wards)
    for name, write in WRITES.items():
        before, again = digest_of(schedule), digest_of(schedule)
        assert before == again
        write(wards)
        if connection.vendor == "postgresql":
            assert digest_of(schedule) != before, name
        else:
            assert before == ""


def test_what_is_another_programs_does_not_change_it(wards: Wards) -> None:
    before = digest_of(_held(wards))
    make_rotation(make_program("Surgery"), "OR")
    Schedule.objects.filter(pk=wards.schedule.pk).update(note="Another")
    assert digest_of(_held(wards)) == before


def test_what_is_known_is_what_is_there(wards: Wards) -> None:
    for name, write in WRITES.items():
        known_of(_held(wards))
        write(wards)
        found = known_of(_held(wards))
        assert [person.pk for person in found.facts.people] == list(
            Person.objects.filter(program=wards.program, is_active=True).order_by("code").values_list("pk", flat=True)
        ), name
        assert {key: one.name for key, one in found.facts.rotations.items()} == dict(
            Rotation.objects.filter(program=wards.program).values_list("pk", "name")
        )
        assert sum(map(len, found.facts.absences.values())) == Absence.objects.approved().count()
        assert [need.fewest for need in found.needs] == list(
            Staffing.objects.filter(program=wards.program).values_list("fewest", flat=True)
        )


def test_what_is_kept_is_not_read_again(wards: Wards) -> None:
    first = known_of(_held(wards))
    schedule = _held(wards)
    with CaptureQueriesContext(connection) as captured:
        again = known_of(schedule)
    assert again.facts.schedule is schedule
    if connection.vendor == "postgresql":
        assert len(captured) == 1
        assert again.facts.people is first.facts.people
    else:
        assert again.facts.people == first.facts.people
        assert again.facts.people is not first.facts.people
