"""Who belongs to a program and who makes its schedules: the owner, a colleague, a stranger."""

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from people.access import (
    can_schedule,
    enter,
    get_program,
    get_program_to_schedule,
    person_of,
    visible_programs,
)
from people.models import Program, User
from tests.factories import make_person, make_program, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def medicine() -> Program:
    return make_program("Medicine")


@pytest.fixture
def people(medicine: Program) -> dict[str, User]:
    """Users by what they are to Medicine."""
    surgery = make_program("Surgery")
    users = {
        "admin": make_user("admin", "admin"),
        "coordinator": make_user("coordinator", "coordinator", programs=(medicine,)),
        "chief": make_user("chief"),
        "former chief": make_user("former"),
        "resident": make_user("resident"),
        "faculty": make_user("faculty", "faculty"),
        "coordinator of another program": make_user("other-coordinator", "coordinator", programs=(surgery,)),
        "resident of another program": make_user("other-resident"),
        "resident given a program to coordinate": make_user("odd", "resident", programs=(medicine,)),
    }
    make_person(medicine, "Chief", 3, user=users["chief"], is_chief=True)
    make_person(medicine, "Former", 3, user=users["former chief"], is_chief=True, is_active=False)
    make_person(medicine, "Resident", 1, user=users["resident"])
    make_person(medicine, "Faculty", None, user=users["faculty"])
    make_person(surgery, "Surgeon", 1, user=users["resident of another program"], is_chief=True)
    return users


@pytest.mark.parametrize(
    ("who", "sees", "schedules"),
    [
        ("admin", True, True),
        ("coordinator", True, True),
        ("chief", True, True),
        ("former chief", True, False),
        ("resident", True, False),
        ("faculty", True, False),
        ("coordinator of another program", False, False),
        ("resident of another program", False, False),
        ("resident given a program to coordinate", True, False),
    ],
)
def test_who_may_see_and_who_may_schedule(
    who: str, sees: bool, schedules: bool, people: dict[str, User], medicine: Program
) -> None:
    user = people[who]
    assert (medicine in visible_programs(user)) is sees
    assert can_schedule(user, medicine) is schedules
    for getter, allowed in [(get_program, sees), (get_program_to_schedule, sees and schedules)]:
        if allowed:
            assert getter(user, "medicine") == medicine
        else:
            with pytest.raises(Http404):
                getter(user, "medicine")


def test_a_program_that_is_not_there_looks_like_one_that_is_not_yours(people: dict[str, User]) -> None:
    with pytest.raises(Http404) as missing:
        get_program(people["resident"], "nowhere")
    with pytest.raises(Http404) as foreign:
        get_program(people["resident"], "surgery")
    assert str(missing.value) == str(foreign.value)


def test_somebody_who_coordinates_and_belongs_sees_a_program_once(medicine: Program) -> None:
    user = make_user("both", "coordinator", programs=(medicine,))
    make_person(medicine, "Both", None, user=user)
    make_person(medicine, "Another", 1)
    assert list(visible_programs(user)) == [medicine]


def test_the_person_that_a_user_is(people: dict[str, User]) -> None:
    resident = person_of(people["resident"])
    assert resident is not None
    assert resident.name == "Resident"
    assert person_of(people["admin"]) is None


def test_a_superuser_is_an_admin(medicine: Program) -> None:
    root = User.objects.create_superuser("root", "root@example.org", "password")
    assert (root.role, root.is_staff) == ("admin", True)
    assert can_schedule(root, medicine)


def test_entering_takes_one_query(people: dict[str, User], medicine: Program) -> None:
    with CaptureQueriesContext(connection) as captured:
        entered = enter(people["chief"], "medicine")
        assert entered.person is not None
        assert (entered.program, entered.person.program, entered.person.user) == (medicine, medicine, people["chief"])
        assert entered.is_scheduler
    assert len(captured) == 1


def test_who_coordinates_a_program_is_no_person_of_it_by_being_one_elsewhere(people: dict[str, User]) -> None:
    coordinator = people["coordinator"]
    make_person(Program.objects.get(name="Surgery"), "Elsewhere", 4, user=coordinator, is_chief=True)
    entered = enter(coordinator, "medicine")
    assert (entered.person, entered.is_scheduler) == (None, True)
    assert enter(coordinator, "surgery").person == person_of(coordinator)
