"""No page is ever stale after a commit: whatever is done, what the cache serves is what the view would say now."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from absences.models import Absence
from people.models import Notice, Person, Program, User, record
from people.notices import tell
from scheduler_site.caching import PageCache
from scheduling.models import GenerationRun, Rotation
from scheduling.services import drafts, generate, leave
from scheduling.services.changes import Change
from scheduling.services.edit import change, undo
from scheduling.services.publish import publish
from tests.factories import Wards, make_user, make_wards
from tests.pages.conftest import NOON, sign_in
from tests.site.pages_kept import HOME, MONTH, coordinator, counts, person_with_account

ONE_VERSION = f"{HOME}schedules/1/"
PAGES = {
    "owner": (
        *(MONTH, f"{HOME}year/", f"{HOME}day/2026-11-03/", HOME, f"{HOME}people/", f"{HOME}schedules/", ONE_VERSION),
        *(f"{HOME}requests/", f"{HOME}jeopardy/", f"{HOME}setup/", f"{HOME}setup/rotations/", f"{HOME}on-call/"),
    ),
    "colleague": (MONTH, f"{HOME}year/", "/my/2026-11/", f"{HOME}requests/", f"{HOME}day/2026-11-03/"),
}
WITHOUT = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')


@dataclass
class World:
    """A program, and who does something in it."""

    wards: Wards
    owner: Client
    colleague: Client
    admin: Client
    done: int = 0
    user: User = field(init=False)

    def __post_init__(self) -> None:
        self.user = User.objects.get(username="owner")
        self.resident = self.wards.people[0]

    def day(self) -> date:
        self.done += 1
        return date(2026, 12, 1) + timedelta(days=self.done)


def edit(world: World) -> None:
    new = Change(world.resident.pk, world.day(), "D", None, "WA")
    change(schedule=world.wards.schedule, user=world.user, changes=[new])


def undo_it(world: World) -> None:
    undo(schedule=world.wards.schedule, user=world.user)


def copy(world: World) -> None:
    drafts.new_draft(academic_year=world.wards.year, user=world.user, based_on=world.wards.schedule)


def publish_newest(world: World) -> None:
    publish(schedule=world.wards.program.schedules.order_by("-number")[0], user=world.user)


def ask(world: World) -> None:
    first = world.day() + timedelta(days=30)
    leave.ask(person=world.resident, user=world.resident.user, start_date=first, end_date=first, kind="vacation")


def decide(world: World) -> None:
    for absence in Absence.objects.filter(status="requested")[:1]:
        leave.approve(absence=absence, user=world.user)


def person_in_admin(world: World) -> None:
    values = {"program": world.wards.program.pk, "code": f"p{world.day():%d}", "name": f"Renamed {world.done}"}
    values |= {"type": "resident", "pgy_level": 1, "part_time_share": 1, "is_active": "on", "is_chief": "on"}
    values |= {"user": world.resident.user_id, "standings-TOTAL_FORMS": 0, "standings-INITIAL_FORMS": 0}
    page = reverse("admin:people_person_change", args=[world.resident.pk])
    assert world.admin.post(page, values).status_code == 302


def program_in_admin(world: World) -> None:
    fresh = Program.objects.get(pk=world.wards.program.pk)
    names = ("slug", "time_zone", "period_scheme", "rule_set", "holiday_country", "lock_days")
    values = {name: getattr(fresh, name) for name in names}
    values |= {"name": f"Program {world.day():%d}", "rule_settings": "{}", "holiday_changes": "{}"}
    page = reverse("admin:people_program_change", args=[fresh.pk])
    assert world.admin.post(page, values).status_code == 302


def switch_rotation(world: World) -> None:
    row = Rotation.objects.get(pk=world.wards.icu.pk)
    page = f"{HOME}setup/rotations/{row.pk}/switch/"
    assert world.owner.post(page, {"state": "off" if row.is_active else "on"}).status_code == 302
    world.owner.get("/notices/")  # shows the message


def notice(world: World) -> None:
    tell(users=[world.user], program=world.wards.program, kind=Notice.Kind.DECIDE, subject="Look", url="/")


def read_notices(world: World) -> None:
    world.owner.post("/notices/read/")


def run(world: World) -> None:
    for draft in world.wards.program.schedules.filter(status="draft")[:1]:
        generate.request(schedule=draft, user=world.user, enqueue=False)


def run_goes_on(world: World) -> None:
    GenerationRun.objects.active().update(status="running", progress=50, heartbeat=timezone.now())


def run_ends(world: World) -> None:
    for each in GenerationRun.objects.active():
        generate.cancel(run=each, user=world.user)
        each.refresh_from_db()


ACTIONS: list[Callable[[World], None]] = [
    *(edit, undo_it, copy, publish_newest, ask, decide, person_in_admin, program_in_admin, switch_rotation),
    *(notice, read_notices, run, run_goes_on, run_ends),
]


@contextmanager
def made_anew() -> Iterator[None]:
    with patch.object(PageCache, "process_view", lambda *_: None):
        yield


def said(client: Client, page: str) -> bytes:
    response = client.get(page)
    assert response.status_code == 200, page
    return WITHOUT.sub(b"", response.content)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def world() -> World:
    cache.clear()
    wards = make_wards()
    admin = sign_in(make_user("admin", User.Role.ADMIN))
    User.objects.filter(username="admin").update(is_staff=True, is_superuser=True)
    return World(wards, coordinator(wards), person_with_account(wards.people[0], "colleague"), admin)


def chosen(data: st.DataObject, name: str) -> list[str]:
    return data.draw(st.lists(st.sampled_from(PAGES[name]), min_size=2, max_size=2, unique=True), name)


@pytest.mark.django_db
@settings(max_examples=5, phases=[Phase.generate])  # each takes a while: a failure is shown as it is found
@given(data=st.data())
def test_no_page_is_stale(data: st.DataObject) -> None:
    with transaction.atomic():
        here = world()
        pages = [(here.owner, page) for page in chosen(data, "owner")]
        pages += [(here.colleague, page) for page in chosen(data, "colleague")]
        for client, page in pages:
            said(client, page)
        for action in data.draw(st.lists(st.sampled_from(ACTIONS), min_size=3, max_size=5)):
            try:
                with transaction.atomic():
                    action(here)
            except ValidationError:  # there is nothing to undo or to publish
                continue
            for client, page in pages:
                kept = said(client, page)
                with made_anew():
                    assert kept == said(client, page), (action.__name__, page)
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
def test_each_thing_that_is_done_is_seen(action: Callable[[World], None]) -> None:
    """After what makes it possible; the pages are kept just before."""
    here = world()
    before = {undo_it: edit, publish_newest: copy, decide: ask, read_notices: notice, run: copy}
    if action in (run_goes_on, run_ends):
        copy(here)
        run(here)
    elif action in before:
        before[action](here)
    pages = [(here.owner, page) for page in (HOME, ONE_VERSION, f"{HOME}requests/", MONTH)]
    pages += [(here.colleague, MONTH)]
    for client, page in pages:
        said(client, page)
    action(here)
    for client, page in pages:
        kept = said(client, page)
        with made_anew():
            assert kept == said(client, page), page


@pytest.mark.django_db(transaction=True)
def test_what_was_begun_earlier_and_is_committed_later_is_seen() -> None:
    """Keys are given at the insert: the smaller one is committed last. SQLite has one writer at a time."""
    here = world()
    said(here.colleague, MONTH)
    program = here.wards.program
    other = connections.create_connection("default")
    try:
        if other.vendor == "postgresql":
            with other.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute(
                    "INSERT INTO people_auditlog (program_id, action, target, changes, created_at) "
                    "VALUES (%s, 'late', 'late', '{}', now())",
                    [program.pk],
                )
                record(user=None, action="early", target=program, program=program, changes={})
                with counts(miss=1, hit=1):
                    said(here.colleague, MONTH)
                    said(here.colleague, MONTH)
                cursor.execute("COMMIT")
        else:
            record(user=None, action="early", target=program, program=program, changes={})
    finally:
        other.close()
    with counts(miss=1):
        said(here.colleague, MONTH)


@pytest.mark.django_db
def test_somebody_elses_new_name_is_seen() -> None:
    """Accounts are of no program: their entries count everywhere."""
    here = world()
    copy(here)
    said(here.owner, f"{HOME}schedules/")
    User.objects.filter(pk=here.user.pk).update(last_name="Newname")
    record(user=None, action="user changed", target=here.user, program=None, changes={})
    assert Person.objects.filter(user=here.resident.user).exists()
    kept = said(here.owner, f"{HOME}schedules/")
    with made_anew():
        assert kept == said(here.owner, f"{HOME}schedules/")
