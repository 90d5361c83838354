"""Django's admin: who enters it, what its lists cost, and its actions."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from absences.models import Absence
from people.models import AuditLog, Mailing, Notice, Person, Program, User
from scheduling.models import (
    AcademicYear,
    Assignment,
    Cover,
    CrossCover,
    Curriculum,
    GenerationRun,
    History,
    Inquiry,
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
from tests.factories import make_person, make_program, make_rotation, make_schedule, make_user, place, work
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
        "AcademicYear", "Absence", "Assignment", "AuditLog", "Block", "Cover", "CrossCover", "Curriculum",
        "GenerationRun", "History", "Inquiry", "Mailing", "Period", "Person", "Placement", "Preference", "Program",
        "Rotation", "RotationAssignment", "Schedule", "SequenceRule", "ShiftType", "Staffing", "User",
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
    Inquiry.objects.create(schedule=schedule, kind="spread", revision=1, requested_by=small.coordinator)
    Cover.objects.create(
        program=small.program,
        absent=person,
        covering=small.bo,
        date=date(2026, 7, 2),
        shift="Ward A, day",
        hours=12,
        created_by=small.coordinator,
    )
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
    given = {"user": small.coordinator, "subject": "Your schedule changed", "url": "/my/", "program": small.program}
    mailing = Mailing.objects.create(user=small.coordinator, address="c@example.org", due_at=timezone.now())
    Notice.objects.create(mailing=mailing, **given)


# By model, the queries of its list: session, user, counts, filters, rows.
LISTS = {
    "Program": 5,
    "Person": 7,
    "User": 6,
    "AuditLog": 9,
    "Mailing": 7,
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
    "Inquiry": 6,
    "Cover": 8,
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
def test_a_message_that_was_given_up_is_sent_again(in_admin: Client, small: Small, root: User, from_form: bool) -> None:
    mailing = Mailing.objects.create(user=small.coordinator, address="c@example.org", due_at=timezone.now())
    name = f"Message {mailing.pk} to c@example.org"
    assert act(in_admin, "send_again", mailing, from_form=from_form) == [
        f"{name} was not given up: there is nothing to send again."
    ]
    Mailing.objects.update(status="failed", attempts=6, error="ConnectionRefusedError: no")
    assert "ConnectionRefusedError: no" in in_admin.get(page(Mailing)).content.decode()
    assert act(in_admin, "send_again", mailing, from_form=from_form) == [f"{name} is on its way again."]
    mailing.refresh_from_db()
    assert (mailing.status, mailing.attempts) == ("waiting", 0)
    assert AuditLog.objects.get().user == root


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


def test_a_draft_is_deleted_with_all_that_is_in_it(in_admin: Client, small: Small, root: User) -> None:
    published = make_schedule(small.year, "published")
    place(small.draft, small.ana, 1, small.ward)
    for day in (2, 3):
        work(small.draft, small.ana, date(2026, 7, day), small.day, small.ward)
    run = small.request()
    AuditLog.objects.all().delete()
    url = page(Schedule, "delete", small.draft.pk)

    shown = in_admin.get(url).context
    assert sorted(shown["model_count"]) == [("assignments", 2), ("generation runs", 1), ("rotation assignments", 1)]
    refused = in_admin.post(url, {"post": "yes"}, follow=True)
    assert refused.redirect_chain == [(page(Schedule, "change", small.draft.pk), 302)]
    assert [str(message) for message in refused.context["messages"]] == [
        "Draft 1 (2026) is being generated: wait for that to end, or cancel it."
    ]

    GenerationRun.objects.filter(pk=run.pk).update(status="failed")
    assert in_admin.post(url, {"post": "yes"}).status_code == 302
    assert [schedule.pk for schedule in Schedule.objects.all()] == [published.pk]
    assert (RotationAssignment.objects.count(), Assignment.objects.count(), GenerationRun.objects.count()) == (0, 0, 0)
    entry = AuditLog.objects.get()
    assert (entry.user, entry.action, entry.program) == (root, "draft deleted", small.program)
    assert entry.changes == {"number": 1, "placements": 1, "assignments": 2}


@pytest.mark.parametrize("status", ["published", "archived"])
def test_what_residents_see_or_have_seen_is_not_deleted(in_admin: Client, small: Small, status: str) -> None:
    kept = make_schedule(small.year, status)
    assert in_admin.post(page(Schedule, "delete", kept.pk), {"post": "yes"}).status_code == 403
    assert Schedule.objects.filter(pk=kept.pk).exists()


def test_a_new_note_counts_as_a_write(in_admin: Client, small: Small) -> None:
    assert in_admin.post(page(Schedule, "change", small.draft.pk), {"note": "For the chiefs"}).status_code == 302
    small.draft.refresh_from_db()
    assert (small.draft.note, small.draft.revision) == ("For the chiefs", 2)


def periods_form(small: Small, *, delete: int | None = None) -> dict[str, Any]:
    """The year's form with the first day of the second period a day later, or one period marked for deletion."""
    periods = list(small.year.periods.all())
    values: dict[str, Any] = {
        "program": small.program.pk,
        "start_date": small.year.start_date,
        "end_date": small.year.end_date,
        "periods-TOTAL_FORMS": len(periods),
        "periods-INITIAL_FORMS": len(periods),
    }
    for at, period in enumerate(periods):
        first = period.start_date + timedelta(days=int(period.number == 2 and delete is None))
        values |= {
            f"periods-{at}-id": period.pk,
            f"periods-{at}-academic_year": small.year.pk,
            f"periods-{at}-number": period.number,
            f"periods-{at}-start_date": first,
            f"periods-{at}-end_date": period.end_date,
        }
        if period.number == delete:
            values[f"periods-{at}-DELETE"] = "on"
    return values


def firsts(small: Small) -> list[date]:
    return [period.start_date for period in small.year.periods.all()]


def test_periods_of_a_year_with_schedules_are_to_be_read(in_admin: Client, small: Small) -> None:
    before = firsts(small)
    for values in (periods_form(small), periods_form(small, delete=1)):
        assert in_admin.post(page(AcademicYear, "change", small.year.pk), values).status_code == 302
        assert firsts(small) == before


def test_changed_and_deleted_periods_are_in_the_audit_log(in_admin: Client, small: Small, root: User) -> None:
    Schedule.objects.all().delete()
    first, second = small.year.periods.all()
    url = page(AcademicYear, "change", small.year.pk)
    assert in_admin.post(url, periods_form(small)).status_code == 302
    assert firsts(small) == [date(2026, 7, 1), date(2026, 7, 30)]
    assert in_admin.post(url, periods_form(small, delete=1)).status_code == 302
    assert firsts(small) == [date(2026, 7, 30)]
    entries = AuditLog.objects.filter(action__startswith="period").order_by("pk")
    assert [(each.action, each.target, each.changes) for each in entries] == [
        ("period changed", f"period:{second.pk}", {"name": "Period 2", "start_date": "2026-07-30"}),
        ("period deleted", f"period:{first.pk}", {"name": "Period 1"}),
    ]
    assert {(each.user, each.program) for each in entries} == {(root, small.program)}


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
    entry = AuditLog.objects.get(action="standing added")
    assert (entry.program, entry.changes) == (
        small.program,
        {"name": "Ana from 2026-10-21", "from_date": "2026-10-21", "pgy_level": "2"},
    )


def test_when_a_shift_is_cannot_change_once_people_work_it(in_admin: Client, small: Small) -> None:
    fields = in_admin.get(page(ShiftType, "change", small.day.pk)).context["adminform"].form.fields
    assert {"start_time", "hours"} <= set(fields)
    work(small.draft, small.ana, date(2026, 7, 2), small.day, small.ward)
    fields = in_admin.get(page(ShiftType, "change", small.day.pk)).context["adminform"].form.fields
    assert {"start_time", "hours"} & set(fields) == set()


def test_the_time_zone_cannot_change_once_there_are_blocks(in_admin: Client, small: Small) -> None:
    url = page(Program, "change", small.program.pk)
    assert "time_zone" in in_admin.get(url).context["adminform"].form.fields
    work(small.draft, small.ana, date(2026, 7, 2), small.day, small.ward)
    assert "time_zone" not in in_admin.get(url).context["adminform"].form.fields


def test_a_password_that_is_set_is_in_the_audit_log(in_admin: Client, small: Small, root: User) -> None:
    url = reverse("admin:auth_user_password_change", args=[small.coordinator.pk])
    values = {"usable_password": "true", "password1": "a-long-password-of-hers", "password2": "another"}
    assert in_admin.post(url, values).status_code == 200
    assert AuditLog.objects.count() == 0
    assert in_admin.post(url, values | {"password2": values["password1"]}).status_code == 302
    entry = AuditLog.objects.get()
    assert (entry.user, entry.action, entry.target, entry.changes) == (
        root,
        "user password set",
        f"user:{small.coordinator.pk}",
        {"name": "internal-medicine-coordinator"},
    )


@pytest.fixture
def surgery() -> Rotation:
    return make_rotation(make_program("Surgery"), "SU", "Surgery ward")


def errors(client: Client, model: Any, values: dict[str, Any], *args: Any) -> dict[str, list[str]]:
    """What the form of a row says to these values, by field."""
    response = client.post(page(model, "change" if args else "add", *args), values)
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


def test_a_row_names_nothing_of_another_program(in_admin: Client, small: Small, surgery: Rotation) -> None:
    strange = make_person(surgery.program, "Strange", 1)
    history = {"academic_year": small.year.pk, "person": strange.pk, "rotation": surgery.pk, "periods": 1}
    assert errors(in_admin, History, history) == {
        "person": ["Strange belongs to Surgery: choose from Internal Medicine."],
        "rotation": ["Surgery ward belongs to Surgery: choose from Internal Medicine."],
    }
    covers = {"rotation": small.ward.pk, "covers": surgery.pk, "shift_types": [small.day.pk]}
    covers |= {"weekdays": "[]", "levels": "[]", "price": 1}
    assert errors(in_admin, CrossCover, covers) == {
        "covers": ["Surgery ward belongs to Surgery: choose from Internal Medicine."]
    }
    owed = {"program": small.program.pk, "level": 1, "rotations": [small.ward.pk, surgery.pk], "fewest": 0, "price": 1}
    assert errors(in_admin, Curriculum, owed) == {
        "rotations": ["Surgery ward belongs to Surgery: choose from Internal Medicine."]
    }


def test_a_row_does_not_move_to_another_program(in_admin: Client, small: Small, surgery: Rotation) -> None:
    values = {"program": surgery.program.pk, "name": "Ward A", "code": "WA", "colour": 1, "position": 1}
    values |= {"weekly_hours_limit": 80, "regular_weekdays": "[]"}
    assert errors(in_admin, Rotation, values, small.ward.pk) == {
        "program": [
            "This belongs to Internal Medicine, and others of that program name it: add it to Surgery anew instead."
        ]
    }


def test_leave_is_approved_and_withdrawn_as_on_the_site(in_admin: Client, small: Small, root: User) -> None:
    days = {"start_date": date(2026, 7, 2), "end_date": date(2026, 7, 3)}
    absence = Absence.objects.create(person=small.ana, **days)
    revision = small.draft.revision
    assert act(in_admin, "approve", absence) == ["The leave of Ana, Thu 2 to Fri 3 Jul 2026, is approved."]
    assert act(in_admin, "approve", absence) == [f"This request of Ana is approved already by {root}."]
    small.draft.refresh_from_db()
    assert small.draft.revision == revision + 1
    said = act(in_admin, "withdraw", absence, from_form=True)
    assert said == ["The leave of Ana, Thu 2 to Fri 3 Jul 2026, is withdrawn."]
    assert act(in_admin, "withdraw", absence, from_form=True) == ["This leave of Ana is withdrawn already."]
    actions = AuditLog.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["leave approved", "leave withdrawn"]


def test_a_code_that_no_address_can_hold_is_refused_in_words(in_admin: Client) -> None:
    program = make_program()
    page = reverse("admin:scheduling_rotation_add")
    values = {"program": program.pk, "name": "Labour", "colour": 1, "position": 0, "weekly_hours_limit": 80}
    answer = in_admin.post(page, {**values, "code": "L/D", "regular_weekdays": "[]"})
    assert "&quot;L/D&quot; is no code, because of /; give one without / | # ? % such as ICU." in answer.text
    assert in_admin.post(page, {**values, "code": "L&D", "regular_weekdays": "[]"}).status_code == 302
    assert [each.code for each in Rotation.objects.all()] == ["L&D"]
