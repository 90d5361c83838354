"""Who may open what: whoever makes the schedules, a colleague, a stranger, and nobody signed in."""

import pytest
from django.test import Client

from people.models import User
from scheduling.models import GenerationRun, Schedule
from tests.factories import Wards, make_schedule, make_user
from tests.pages.conftest import sign_in

HOME = "/p/internal-medicine/"
EVERYBODYS = [
    "year/",
    "year/?schedule=1",
    "month/2026-11/",
    "month/2026-11/?schedule=1",
    "day/2026-11-03/",
    "schedules/",
    "schedules/1/",
    "on-call/",
]
SCHEDULERS = [
    "",
    "people/",
    "year/?schedule=2",
    "month/2026-11/?schedule=2",
    "day/2026-11-03/?schedule=2",
    "schedules/2/",
    "schedules/2/publish/",
]
POSTS = [
    "schedules/new/",
    "schedules/1/copy/",
    "schedules/2/copy/",
    "schedules/2/generate/",
    "runs/{run}/cancel/",
    "runs/{run}/retry/",
]


@pytest.fixture
def run(wards: Wards) -> GenerationRun:
    """A failed run of a second version, which is a draft."""
    return GenerationRun.objects.create(schedule=make_schedule(wards.year), status="failed", error="No.")


@pytest.mark.parametrize("page", EVERYBODYS)
def test_members_see_what_is_published(page, run, owner, colleague, stranger, client):
    assert owner.get(HOME + page).status_code == 200
    assert colleague.get(HOME + page).status_code == 200
    assert stranger.get(HOME + page).status_code == 404
    assert client.get(HOME + page).status_code == (404 if page == "on-call/" else 302)


@pytest.mark.parametrize("page", SCHEDULERS)
def test_drafts_and_people_are_for_schedulers(page, run, owner, colleague, stranger, client):
    assert owner.get(HOME + page).status_code == 200
    assert colleague.get(HOME + page).status_code == 404
    assert stranger.get(HOME + page).status_code == 404
    assert client.get(HOME + page).url.startswith("/sign-in/?next=/p/")


def test_a_run_is_for_schedulers(run, owner, colleague, stranger, client):
    page = f"{HOME}runs/{run.pk}/"
    assert [each.get(page).status_code for each in (owner, colleague, stranger, client)] == [200, 404, 404, 302]


@pytest.mark.parametrize("page", POSTS)
def test_changes_are_for_schedulers_and_by_post_only(page, run, owner, colleague, stranger, client):
    page = HOME + page.format(run=run.pk)
    # By GET, as after signing in anew in the middle: to the page where it can be asked for.
    assert owner.get(page, follow=True).status_code == 200
    assert colleague.post(page).status_code == 404
    assert stranger.post(page).status_code == 404
    assert client.post(page).status_code == 302
    assert Schedule.objects.count() == 2
    assert GenerationRun.objects.count() == 1


def test_publishing_is_for_schedulers(run, colleague, stranger, client):
    page = f"{HOME}schedules/2/publish/"
    assert colleague.post(page).status_code == 404
    assert stranger.post(page).status_code == 404
    assert client.post(page).status_code == 302
    assert Schedule.objects.get(number=2).status == "draft"


def test_a_chief_schedules(run, wards):
    chief = wards.people[1]
    chief.user, chief.is_chief = make_user("chief"), True
    chief.save()
    client = sign_in(chief.user)
    assert client.get(HOME).status_code == 200
    assert client.get(f"{HOME}schedules/2/").status_code == 200


def test_an_admin_schedules_everywhere(run, wards):
    client = sign_in(make_user("admin", User.Role.ADMIN))
    assert client.get(HOME).status_code == 200
    assert client.get(f"{HOME}schedules/2/").status_code == 200


def test_a_run_of_another_program_is_not_there(run, wards, stranger):
    other = User.objects.get(username="stranger").programs.get()
    assert stranger.get(f"/p/{other.slug}/runs/{run.pk}/").status_code == 404


@pytest.mark.parametrize(
    "page",
    [
        "month/2026-13/",
        "month/2026-00/",
        "month/9999-12/",
        "month/2026-1/",
        "day/2026-02-30/",
        "day/0001-01-01/",
        "day/tomorrow/",
        "year/?schedule=99",
        "year/?schedule=seven",
        "year/?schedule=-1",
        "year/?schedule=99999999999999999999",
        "schedules/99/",
        "schedules/99999999999999999999/",
        "runs/99999999999999999999/",
        "runs/0/",
    ],
)
def test_what_no_address_means_is_404(page, owner):
    response = owner.get(HOME + page)
    assert response.status_code == 404
    assert "There is no such page, or it is not yours to see." in response.content.decode()


@pytest.mark.parametrize("page", ["schedules/?page=0", "schedules/?page=x", "people/?page=99", "people/?sort=evil"])
def test_a_page_number_that_is_none_shows_what_there_is(page, owner):
    assert owner.get(HOME + page).status_code == 200


def test_who_is_on_is_public_only_where_the_program_says_so(wards, client, stranger):
    page = f"{HOME}on-call/"
    wards.people[0].phone = "555 0100"
    wards.people[0].save()
    wards.program.shows_who_is_on = True
    wards.program.save()
    for visitor in (client, stranger):
        html = visitor.get(page).content.decode()
        assert "Resident 000" in html
        assert "555 0100" not in html


def test_members_see_how_to_reach_who_is_on(wards, colleague):
    wards.people[0].phone = "555 0100"
    wards.people[0].save()
    assert "555 0100" in colleague.get(f"{HOME}on-call/").content.decode()


def test_readers_are_told_nothing_of_what_leave_is_for(wards, owner, colleague):
    wards.people[1].absences.create(start_date="2026-11-03", end_date="2026-11-08", kind="medical", status="approved")
    wards.schedule.assignments.filter(person=wards.people[1]).delete()
    for page in ("month/2026-11/", "day/2026-11-03/", "year/"):
        assert "edical" in owner.get(HOME + page).content.decode()
        assert "edical" not in colleague.get(HOME + page).content.decode()


def test_no_page_runs_inline_code(wards, owner: Client):
    response = owner.get(f"{HOME}month/2026-11/")
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    html = response.content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert "onclick" not in html


@pytest.mark.parametrize(
    "page", ["schedules/1/block/2026-07-08/a%00b/D/", "people/?name=a%00b", "month/2026-11/?schedule=%00"]
)
def test_an_address_with_a_null_character_is_of_no_page(page, run, owner):
    assert owner.get(HOME + page).status_code == 404


def test_nor_is_there_such_a_block_to_ask_about(run, owner):
    asked = {"kind": "fill", "date": "2026-11-05", "rotation": "W\0A", "shift": "\0"}
    assert owner.post(f"{HOME}schedules/1/ask/", asked).url == f"{HOME}schedules/1/"
