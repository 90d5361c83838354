"""Signing in and out, where one lands, what has to be done next, and the pages for what went wrong."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from people.models import User
from scheduling.models import GenerationRun
from tests.factories import make_person, make_program, make_rotation, make_schedule, make_user, make_year
from tests.pages.conftest import NOON, sign_in

TODAY = "/p/internal-medicine/"


def links(html: str) -> list[str]:
    """The labels of the main navigation."""
    return re.findall(r'<a href="[^"]*"[^>]*>(.*?)</a>', html.split('<nav aria-label="Main">')[1].split("</nav>")[0])


def test_signing_in_and_out(wards, client):
    make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    assert client.get("/").url == "/sign-in/?next=/"
    response = client.post("/sign-in/", {"username": "owner", "password": "wrong"})
    assert "do not belong together" in response.content.decode()
    response = client.post("/sign-in/", {"username": "owner", "password": "password", "next": "/p/internal-medicine/"})
    assert response.url == TODAY
    assert client.get("/sign-in/").url == "/"
    assert client.post("/sign-out/").url == "/sign-in/"
    assert client.get(TODAY).status_code == 302


def test_signing_in_leads_nowhere_else(wards, client):
    make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    answer = {"username": "owner", "password": "password", "next": "https://example.org/"}
    assert client.post("/sign-in/", answer).url == "/"


def test_an_account_that_is_switched_off(client, db):
    user = make_user("former")
    user.is_active = False
    user.save()
    response = client.post("/sign-in/", {"username": "former", "password": "password"})
    assert response.status_code == 200
    assert "do not belong together" in response.content.decode()


def test_changing_the_password(owner):
    old, new = "password", "correct horse battery"
    wrong = owner.post("/password/", {"old_password": old, "new_password1": new, "new_password2": "other"})
    assert "The password is not changed yet" in wrong.content.decode()
    right = owner.post("/password/", {"old_password": old, "new_password1": new, "new_password2": new})
    assert right.url == "/password/changed/"
    assert "Your password is changed" in owner.get(right.url).content.decode()
    assert Client().login(username="owner", password=new)


def test_where_one_lands(wards, owner, colleague, stranger):
    assert owner.get("/").url == TODAY
    assert colleague.get("/").url == "/my/"
    assert stranger.get("/").url == "/p/not-internal-medicine/"


def test_a_chief_lands_on_today(wards):
    user = make_user("chief")
    make_person(wards.program, "Chief", 3, user=user, is_chief=True)
    assert sign_in(user).get("/").headers["Location"] == TODAY


def test_who_belongs_to_several_programs_chooses(wards, read):
    surgery = make_program("Surgery")
    html = read(sign_in(make_user("both", User.Role.COORDINATOR, programs=(wards.program, surgery))), "/")
    assert re.findall(r'<h2><a href="(.*?)">', html) == ["/p/internal-medicine/month/", "/p/surgery/month/"]


def test_an_admin_sees_the_list_of_programs_even_of_one(wards, read):
    html = read(sign_in(make_user("admin", User.Role.ADMIN)), "/")
    assert "1 program" in html
    assert "3 active people" in html


def test_who_belongs_to_no_program(db, read):
    assert "You belong to no program yet" in read(sign_in(make_user("lost")), "/")
    assert "manage.py import_program FOLDER" in read(sign_in(make_user("admin", User.Role.ADMIN)), "/")


def test_navigation_by_role(wards, owner, colleague, read):
    assert links(read(owner, TODAY)) == ["Today", "Schedule", "Requests", "People", "Who is on", "Setup"]
    assert links(read(colleague, "/my/")) == ["My schedule", "Who is on", "Requests", "Program schedule"]
    user = make_user("chief")
    make_person(wards.program, "Chief", 3, user=user, is_chief=True)
    mine = ["Today", "My schedule", "Schedule", "Requests", "People", "Who is on", "Setup"]
    assert links(read(sign_in(user), TODAY)) == mine


def test_the_program_switch(wards, read):
    surgery = make_program("Surgery")
    client = sign_in(make_user("both", User.Role.COORDINATOR, programs=(wards.program, surgery)))
    assert '<a href="/p/surgery/year/">Surgery</a>' in read(client, TODAY)


def test_today(wards, owner, read):
    draft = make_schedule(wards.year)
    GenerationRun.objects.create(schedule=draft, status="running", phase="plan", progress=7, heartbeat=NOON)
    wards.people[0].absences.create(start_date="2026-12-01", end_date="2026-12-02")
    html = read(owner, TODAY)
    assert "<h1>Tuesday 3 November</h1>" in html
    assert "<span>Resident 000</span>" in html
    assert 'href="/p/internal-medicine/schedules/1/">Published 1</a>' in html
    assert 'href="/p/internal-medicine/schedules/2/">Draft 2</a>' in html
    assert "7 %" in html
    assert '<b class="number">1</b> waits for a decision.' in html
    assert "Draft 2 is being generated" in html


@pytest.mark.parametrize("page", ["", "schedules/2/"])
def test_a_dead_run_is_told_as_failed(wards, owner, read, page):
    draft = make_schedule(wards.year)
    GenerationRun.objects.create(schedule=draft, status="running", progress=37, heartbeat=NOON - timedelta(days=2))
    html = read(owner, TODAY + page)
    assert "37 %" not in html
    assert "is being generated" not in html
    assert "failed" in html
    assert GenerationRun.objects.get().status == "failed"


def test_the_day_is_the_programs(wards, owner, read, monkeypatch):
    wards.program.time_zone = "Pacific/Auckland"
    wards.program.save()
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 3, 12, tzinfo=UTC))
    html = read(owner, TODAY)
    assert "<h1>Wednesday 4 November</h1>" in html
    assert '<span class="muted">01:00</span>' in html
    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.django_db
def test_what_to_do_next(read):
    program = make_program()
    client = sign_in(make_user("owner", User.Role.COORDINATOR, programs=(program,)))

    def step() -> str:
        cache.clear()
        found = re.search(r"<h2>(.*?)</h2>", read(client, TODAY).split("What to do next")[1])
        assert found
        return found[1]

    assert step() == "Bring in the people"
    make_person(program, "Resident", 1)
    assert step() == "Say which rotations there are"
    rotation = make_rotation(program, "WA")
    assert step() == "Set up the academic year"
    year = make_year(program)
    assert step() == "Make the first draft"
    draft = make_schedule(year)
    assert step() == "Generate draft 1"
    draft.rotation_assignments.create(person=program.people.get(), period=year.periods.all()[0], rotation=rotation)
    assert step() == "Review draft 1, then publish it"
    draft.status = "published"
    draft.save()
    assert "What to do next" not in read(client, TODAY)
    older = make_schedule(year, number=0)
    assert "What to do next" not in read(client, TODAY)
    older.number = 2
    older.save()
    assert step() == "Generate draft 2"


def test_a_page_that_breaks_says_so_without_the_database(db, monkeypatch, owner):
    monkeypatch.setattr("scheduling.views.home.next_step", lambda *given: 1 / 0)
    owner.raise_request_exception = False
    response = owner.get(TODAY)
    assert response.status_code == 500
    assert "It is our fault, not yours" in response.content.decode()


def test_a_form_without_its_token(wards):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("owner", User.Role.COORDINATOR, programs=(wards.program,)))
    response = client.post(f"{TODAY}schedules/1/copy/")
    assert response.status_code == 403
    assert "This form was too old" in response.content.decode()


def test_error_pages_need_no_manifest_of_static_files():
    html = Path(settings.BASE_DIR, "templates", "error.html").read_text()
    for name in re.findall(r'"/static/(.*?)"', html):
        assert Path(settings.BASE_DIR, "static", name).is_file()
    assert "{% load static %}" not in html


@pytest.mark.django_db
def test_the_list_of_programs_has_pages_of_50(read):
    for number in range(51):
        make_program(f"Program {number:02}")
    admin = sign_in(make_user("admin", User.Role.ADMIN))
    first, second = read(admin, "/"), read(admin, "/?page=2")
    assert "Page 1 of 2" in first
    assert (first.count('href="/p/program-50/year/"'), second.count('href="/p/program-50/year/"')) == (0, 1)
