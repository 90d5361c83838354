"""Django's admin: who enters it, what its lists cost, and its actions."""

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.test import Client
from django.urls import reverse

from absences.models import Absence
from people.models import AuditLog, Person, Program, User
from scheduling.models import (
    AcademicYear,
    CrossCover,
    Curriculum,
    GenerationRun,
    History,
    Period,
    Placement,
    Preference,
    Rotation,
    Schedule,
    SequenceRule,
    ShiftType,
    Staffing,
)
from tests.factories import make_person, make_schedule, make_user, place, work
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db
MODELS = [model for model in admin.site._registry if model._meta.app_label in ("people", "absences", "scheduling")]


@pytest.fixture
def root() -> User:
    user = make_user("root", User.Role.ADMIN)
    user.is_staff = user.is_superuser = True
    user.save()
    return user


@pytest.fixture
def in_admin(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


def page(model: Any, kind: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


def act(client: Client, action: str, row: Any, *, from_form: bool = False) -> list[str]:
    """Run an action on one row, from the list or from its form; returns what the admin then says."""
    url = page(type(row), "change", row.pk) if from_form else page(type(row))
    prefix = f"{ActionLocation.CHANGE_FORM.value}-" if from_form else ""
    response = client.post(url, {f"{prefix}action": action, "_selected_action": row.pk}, follow=True)
    assert response.status_code == 200
    return [str(message) for message in response.context["messages"]]


def test_every_model_is_there() -> None:
    assert {model.__name__ for model in MODELS} == {
        "AcademicYear", "Absence", "Assignment", "AuditLog", "Block", "CrossCover", "Curriculum", "GenerationRun",
        "History", "Period", "Person", "Placement", "Preference", "Program", "Rotation", "RotationAssignment",
        "Schedule", "SequenceRule", "ShiftType", "Staffing", "User",
    }  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_only_admins_enter(client: Client, small: Small, root: User, model: Any) -> None:
    colleague = make_user("chief", User.Role.RESIDENT)
    for user, expected in [(root, 200), (small.coordinator, 302), (colleague, 302), (None, 302)]:
        client.logout()
        if user is not None:
            client.force_login(user)
        assert client.get(page(model)).status_code == expected, user


def fill(small: Small, number: int) -> None:
    """One more of everything that a list shows."""
    person = make_person(small.program, f"Person {number}", 1, user=make_user(f"user{number}"))
    rotation = Rotation.objects.create(program=small.program, code=f"R{number}", name="Rotation")
    shift_type = ShiftType.objects.create(
        program=small.program, code=f"S{number}", name="Shift", start_time="08:00", hours=8
    )
    schedule = make_schedule(small.year, created_by=small.coordinator, based_on=small.draft)
    place(schedule, person, 1, rotation)
    work(schedule, person, date(2026, 7, 2), shift_type, rotation)
    GenerationRun.objects.create(schedule=schedule, requested_by=small.coordinator)
    period = Period.objects.get(academic_year=small.year, number=1)
    of_person = {"academic_year": small.year, "person": person}
    Placement.objects.create(**of_person, period=period)
    Placement.objects.create(**of_person, date=date(2026, 7, 2), shift_type=shift_type)
    Preference.objects.create(**of_person, period=period, rotation=rotation)
    History.objects.create(**of_person, rotation=rotation, periods=1)
    Absence.objects.create(
        person=person, start_date=date(2026, 7, 2), end_date=date(2026, 7, 3), decided_by=small.coordinator
    )
    Staffing.objects.create(program=small.program, name="Need", shift_type=shift_type)
    Curriculum.objects.create(program=small.program, level=1).rotations.set([rotation])
    SequenceRule.objects.create(program=small.program, name="Rule", kind="stint").rotations.set([rotation])
    CrossCover.objects.create(rotation=rotation, covers=small.ward)
    AuditLog.objects.create(user=small.coordinator, action="seen", target="schedule:1", program=small.program)


# By model, the queries of its list: session, user, counts, filters, rows.
LISTS = {
    "Program": 5,
    "Person": 7,
    "User": 6,
    "AuditLog": 9,
    "Absence": 8,
    "AcademicYear": 6,
    "Period": 6,
    "Block": 8,
    "ShiftType": 6,
    "Rotation": 6,
    "CrossCover": 6,
    "Staffing": 7,
    "Curriculum": 8,
    "SequenceRule": 6,
    "Placement": 6,
    "Preference": 6,
    "History": 6,
    "GenerationRun": 6,
    "Schedule": 6,
    "RotationAssignment": 5,
    "Assignment": 5,
}


@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_list_costs_as_many_queries_for_three_as_for_one(
    in_admin: Client, small: Small, model: Any, django_assert_num_queries: Any
) -> None:
    fill(small, 1)
    with django_assert_num_queries(LISTS[model.__name__]):
        in_admin.get(page(model))
    fill(small, 2)
    fill(small, 3)
    with django_assert_num_queries(LISTS[model.__name__]):
        in_admin.get(page(model))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_form_opens(in_admin: Client, small: Small, model: Any) -> None:
    fill(small, 1)
    row = model.objects.order_by("pk").first()
    assert in_admin.get(page(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("from_form", [False, True])
def test_generate(in_admin: Client, small: Small, root: User, from_form: bool) -> None:
    (message,) = act(in_admin, "generate", small.draft, from_form=from_form)
    run = GenerationRun.objects.get()
    assert message == (
        f'Draft 1 (2026) is being generated: <a href="/admin/scheduling/generationrun/{run.pk}/change/">'
        f"Run {run.pk} of Draft 1 (2026)</a>."
    )
    assert (run.requested_by, run.status) == (root, "queued")
    assert act(in_admin, "generate", small.draft, from_form=from_form) == [
        "Draft 1 (2026) is being generated already (0 percent): wait for that, or cancel it first."
    ]


@pytest.mark.parametrize("from_form", [False, True])
def test_publish(in_admin: Client, small: Small, root: User, from_form: bool) -> None:
    assert act(in_admin, "publish", small.draft, from_form=from_form) == [
        "Draft 1 (2026) is empty: generate it before you publish it."
    ]
    place(small.draft, small.ana, 1, small.ward)
    assert act(in_admin, "publish", small.draft, from_form=from_form) == [
        "Published 1 (2026) is what everybody in Internal Medicine sees now."
    ]
    assert Schedule.objects.get().published_by == root


@pytest.mark.parametrize("from_form", [False, True])
def test_new_draft_from_a_version(in_admin: Client, small: Small, from_form: bool) -> None:
    assert act(in_admin, "new_draft", small.draft, from_form=from_form) == [
        "Draft 2 (2026) is made from Draft 1 (2026)."
    ]
    assert Schedule.objects.get(number=2).based_on == small.draft


def test_new_draft_of_a_year(in_admin: Client, small: Small, root: User) -> None:
    assert act(in_admin, "new_draft", small.year) == ["Draft 2 (2026) of Internal Medicine is made."]
    assert Schedule.objects.get(number=2).created_by == root


@pytest.mark.parametrize("from_form", [False, True])
def test_cancel_and_try_again(in_admin: Client, small: Small, from_form: bool) -> None:
    run = small.request()
    assert act(in_admin, "cancel", run, from_form=from_form) == [f"Run {run.pk} of Draft 1 (2026) is cancelled."]
    assert act(in_admin, "cancel", run, from_form=from_form) == [
        f"Run {run.pk} of Draft 1 (2026) is over already (cancelled)."
    ]
    (message,) = act(in_admin, "retry", run, from_form=from_form)
    again = GenerationRun.objects.get(status="queued")
    assert message == f"Run {again.pk} of Draft 1 (2026) waits for a worker."
    assert act(in_admin, "retry", again, from_form=from_form) == [
        f"Run {again.pk} of Draft 1 (2026) has not failed (waiting for a worker): there is nothing to try again."
    ]


def test_what_residents_see_and_what_is_being_made_is_not_deleted(in_admin: Client, small: Small) -> None:
    published = make_schedule(small.year, "published")
    run = small.request()
    assert in_admin.post(page(Schedule, "delete", small.draft.pk), {"post": "yes"}).status_code == 403
    run.delete()
    assert in_admin.post(page(Schedule, "delete", published.pk), {"post": "yes"}).status_code == 403
    assert in_admin.post(page(Schedule, "delete", small.draft.pk), {"post": "yes"}).status_code == 302
    assert [schedule.pk for schedule in Schedule.objects.all()] == [published.pk]


def test_a_new_year_gets_its_periods(in_admin: Client, small: Small) -> None:
    values = {
        "program": small.program.pk,
        "start_date": "2027-07-01",
        "end_date": "2028-06-30",
        "periods-TOTAL_FORMS": 0,
        "periods-INITIAL_FORMS": 0,
    }
    assert in_admin.post(page(AcademicYear, "add"), values).status_code == 302
    year = AcademicYear.objects.get(start_date=date(2027, 7, 1))
    assert [period.number for period in year.periods.all()] == list(range(1, 14))


def test_changes_by_hand_are_in_the_audit_log(in_admin: Client, small: Small, root: User) -> None:
    values = {
        "program": small.program.pk,
        "name": "Ward B",
        "code": "WA",
        "colour": 1,
        "position": 1,
        "is_active": "on",
        "allows_vacation": "on",
        "weekly_hours_limit": 80,
        "regular_weekdays": "[]",
    }
    assert in_admin.post(page(Rotation, "change", small.ward.pk), values).status_code == 302
    entry = AuditLog.objects.get()
    assert (entry.user, entry.program, entry.action, entry.target) == (
        root,
        small.program,
        "rotation changed",
        f"rotation:{small.ward.pk}",
    )
    assert entry.changes["name"] == "Ward B"
    in_admin.post(page(Person, "delete", small.bo.pk), {"post": "yes"})
    assert AuditLog.objects.latest("pk").action == "person deleted"


def test_a_program_can_be_deleted(in_admin: Client) -> None:
    program = Program.objects.create(name="Empty", slug="empty")
    assert in_admin.post(page(Program, "delete", program.pk), {"post": "yes"}).status_code == 302
    entry = AuditLog.objects.get()
    assert (entry.action, entry.program, entry.changes) == ("program deleted", None, {"name": "Empty"})


def test_the_role_admin_and_no_other_opens_the_admin(in_admin: Client, small: Small) -> None:
    user = make_user("novak", User.Role.FACULTY)
    for role, enters in [(User.Role.ADMIN, True), (User.Role.COORDINATOR, False)]:
        values = {"username": "novak", "role": role, "is_active": "on"}
        assert in_admin.post(page(User, "change", user.pk), values).status_code == 302
        user.refresh_from_db()
        assert (user.role, user.is_staff, user.is_superuser) == (role, enters, enters)


def test_an_account_is_added_with_its_role_and_programs(in_admin: Client, small: Small) -> None:
    values = {
        "username": "calloway",
        "email": "r.calloway@example.org",
        "role": User.Role.COORDINATOR,
        "programs": [small.program.pk],
        "usable_password": "true",
        "password1": "a-long-password-of-hers",
        "password2": "a-long-password-of-hers",
    }
    assert in_admin.post(page(User, "add"), values).status_code == 302
    user = User.objects.get(username="calloway")
    assert (user.role, user.is_staff, list(user.programs.all())) == ("coordinator", False, [small.program])
    entry = AuditLog.objects.get()
    assert (entry.action, "password1" in entry.changes) == ("user added", False)


def test_a_promotion_is_a_row_of_the_person(in_admin: Client, small: Small) -> None:
    values = {
        "program": small.program.pk,
        "code": "ana",
        "name": "Ana",
        "type": "resident",
        "pgy_level": 1,
        "part_time_share": 1,
        "is_active": "on",
        "standings-TOTAL_FORMS": 1,
        "standings-INITIAL_FORMS": 0,
        "standings-0-from_date": "2026-10-21",
        "standings-0-pgy_level": 2,
        "standings-0-part_time_share": 1,
    }
    assert in_admin.post(page(Person, "change", small.ana.pk), values).status_code == 302
    assert [(each.from_date, each.pgy_level) for each in small.ana.standings.all()] == [(date(2026, 10, 21), 2)]


def test_when_a_shift_is_cannot_change_once_people_work_it(in_admin: Client, small: Small) -> None:
    fields = in_admin.get(page(ShiftType, "change", small.day.pk)).context["adminform"].form.fields
    assert {"start_time", "hours"} <= set(fields)
    work(small.draft, small.ana, date(2026, 7, 2), small.day, small.ward)
    fields = in_admin.get(page(ShiftType, "change", small.day.pk)).context["adminform"].form.fields
    assert {"start_time", "hours"} & set(fields) == set()
