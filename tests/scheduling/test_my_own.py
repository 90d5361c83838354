"""One's own page begins with one statement: it says what several would of the person, the schedules and the menu."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.access import enter, person_of
from people.models import Person, Program, User
from people.navigation import frame
from scheduling.models import Schedule
from scheduling.services.digests import said
from scheduling.services.my_own import read_own
from tests.factories import make_person, make_program, make_user, make_wards

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)
WHO = ("resident", "chief", "former chief", "coordinator", "coordinator of another", "admin", "admin elsewhere")


@pytest.fixture
def program() -> Program:
    """With a published year, a leave request that waits, and 15 other programs around it in the alphabet."""
    wards = make_wards()
    for name in [*"ABCDEFG", *"UVWXYZ", "Surgery"]:
        make_program(name)
    wards.people[0].absences.create(start_date=NOVEMBER[0], end_date=NOVEMBER[1], kind="vacation", status="requested")
    return wards.program


def user_of(who: str, program: Program) -> User:
    """Somebody who is a person of the program (or of Surgery, for those of elsewhere), and what else they are."""
    surgery = Program.objects.get(name="Surgery")
    role = {"coordinator": "coordinator", "admin": "admin"}.get(who.split()[0], "resident")
    coordinated = {"coordinator": (program, surgery), "coordinator of another": (surgery,)}.get(who, ())
    user = make_user("somebody", role, programs=coordinated)
    here = surgery if who.endswith("elsewhere") else program
    make_person(here, "Somebody", 2, user=user, is_chief="chief" in who, is_active=who != "former chief")
    return user


@pytest.mark.parametrize("who", WHO)
def test_it_is_what_several_statements_say(program: Program, who: str) -> None:
    user = user_of(who, program)
    with CaptureQueriesContext(connection) as captured:
        own = read_own(user, *NOVEMBER)
    assert len(captured) == 1
    assert own is not None
    person = person_of(user)
    assert person is not None
    assert said(own.person) == said(person)
    assert own.entered == enter(user, person.program.slug)
    shown = Schedule.objects.published().filter(program=person.program)
    assert [each.__dict__ | {"_state": 0} for each in own.schedules] == [
        each.__dict__ | {"_state": 0} for each in shown
    ]
    with CaptureQueriesContext(connection) as captured:
        framed = frame(user, person.program, "my", own.entered, own.menu)
    assert len(captured) == 0
    usual = frame(user, person.program, "my", own.entered)
    assert {**framed, "face": 0} == {**usual, "face": 0}


@pytest.mark.parametrize(("days", "numbers"), [((5, 6), [1]), ((6, 7), [1, 2]), ((7, 8), [2]), ((9, 9), [])])
def test_schedules_of_the_days(program: Program, days: tuple[int, int], numbers: list[int]) -> None:
    """Published ones that have one of the days, in order; drafts are not shown, nor do they repeat the menu."""
    year = Schedule.objects.get()
    july = [date(2026, 7, day) for day in range(1, 10)]
    Schedule.objects.update(start_date=july[0], end_date=july[5])
    with_it = {"program": program, "academic_year": year.academic_year}
    Schedule.objects.create(number=2, status="published", start_date=july[6], end_date=july[7], **with_it)
    Schedule.objects.create(number=3, status="draft", start_date=july[0], end_date=july[8], **with_it)
    user = user_of("coordinator", program)
    own = read_own(user, july[days[0] - 1], july[days[1] - 1])
    assert own is not None
    assert [each.number for each in own.schedules] == numbers
    assert sorted(name for _, name, *_ in own.menu) == ["Internal Medicine", "Surgery"]


@pytest.mark.parametrize("role", ["resident", "coordinator", "admin"])
def test_nobodys_person_has_none(program: Program, role: str) -> None:
    user = make_user("nobody", role, programs=(program,) if role == "coordinator" else ())
    assert read_own(user, *NOVEMBER) is None
    assert not Person.objects.filter(user=user).exists()
