"""An inquiry's page: how far it is, what went wrong, and who may ask, stop it and make what it proposes."""

from datetime import timedelta

import pytest
from django.test import Client

from scheduling.models import Inquiry, Schedule
from tests.factories import Wards
from tests.pages.conftest import NOON, STAMP
from tests.pages.test_versions import notices, text

HOME = "/p/internal-medicine/"


@pytest.fixture
def inquiry(wards: Wards) -> Inquiry:
    """A question about a block that has been worked on for 4 seconds."""
    return Inquiry.objects.create(
        schedule=wards.schedule,
        kind="fill",
        parameters={"date": "2026-11-05", "rotation": "WA", "shift": "D"},
        revision=wards.schedule.revision,
        status="running",
        phase="Trying ICU",
        progress=40,
        started_at=NOON - timedelta(seconds=4),
        heartbeat=NOON,
    )


@pytest.fixture
def page(inquiry: Inquiry) -> str:
    return f"{HOME}inquiries/{inquiry.pk}/"


def test_while_it_is_worked_out(page, owner, read):
    html = read(owner, page)
    assert "<h1>What would fill Ward A on Thu 5 Nov, day</h1>" in html
    assert f'hx-get="{page}" hx-trigger="every 700ms" hx-swap="outerHTML"' in html
    assert '<progress max="100" value="40" aria-label="Progress">40 %</progress>' in html
    assert "running Trying ICU 0:00:04 elapsed" in text(html)
    assert f'action="{page}cancel/"' in html
    assert '<meta http-equiv="refresh" content="3">' in html


def test_what_is_polled_is_a_part_of_the_page(page, owner):
    part = owner.get(page, headers={"hx-request": "true"}).content.decode()
    assert part.strip().startswith('<div class="stack" id="progress" hx-get=')
    assert "<html" not in part


def test_what_went_wrong_is_said(page, inquiry, owner, read):
    Inquiry.objects.update(status="failed", error="Staffing of Ward A is wrong.", finished_at=NOON)
    html = read(owner, page)
    assert "Staffing of Ward A is wrong." in html
    assert 'hx-trigger="every' not in html
    assert f'action="{page}again/"' in html


def test_one_that_nobody_works_on_has_failed(page, inquiry, owner, read):
    Inquiry.objects.update(heartbeat=NOON - timedelta(hours=1))
    assert "The worker stopped in the middle" in read(owner, page)


def test_it_is_stopped_and_asked_again(page, inquiry, owner):
    assert owner.post(f"{page}cancel/").url == page
    inquiry.refresh_from_db()
    assert inquiry.cancel_requested
    Inquiry.objects.update(status="cancelled")
    assert "It was stopped before it had an answer" in owner.get(page).content.decode()
    again = owner.post(f"{page}again/").url
    second = Inquiry.objects.exclude(pk=inquiry.pk).get()
    assert again == f"{HOME}inquiries/{second.pk}/"
    assert second.parameters == inquiry.parameters


def test_asking_leads_to_the_page(wards, owner):
    asked = {"kind": "conflict", "date": "2026-11-05", "rotation": "WA", "shift": "D"}
    response = owner.post(f"{HOME}schedules/1/ask/", asked)
    made = Inquiry.objects.get()
    assert response.url == f"{HOME}inquiries/{made.pk}/"
    assert (made.kind, made.parameters) == ("conflict", {"date": "2026-11-05", "rotation": "WA", "shift": "D"})


def test_what_cannot_be_asked_is_said(wards, owner):
    response = owner.post(f"{HOME}schedules/1/ask/", {"kind": "fill", "date": "soon"})
    assert notices(owner, response.url) == ["'soon' is no date such as 2026-11-07."]
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("plan", ["", "0", "-1", "x", "9" * 50])
def test_a_plan_that_is_not_there_is_not_made(page, inquiry, owner, plan):
    response = owner.post(f"{page}apply/", {"plan": plan})
    assert notices(owner, response.url) == ["This plan is not there: ask again."]
    assert Schedule.objects.count() == 1


def test_about_an_archived_version_nothing_is_asked_again_or_undone(page, inquiry, owner, read):
    answer: dict[str, list[str]] = {"sentences": [], "plans": []}
    Inquiry.objects.update(status="succeeded", kind="repair", answer=answer, parameters={"absence": 0}, revision=7)
    Schedule.objects.update(status="archived")
    words = text(read(owner, page))
    assert "is archived by now. Ask about what is published in its place." in words
    assert "Ask again" not in words


def test_inquiries_are_for_schedulers(page, inquiry, owner, colleague, stranger, client):
    assert [each.get(page).status_code for each in (owner, colleague, stranger, client)] == [200, 404, 404, 302]


@pytest.mark.parametrize("verb", ["cancel/", "again/", "apply/"])
def test_changes_are_for_schedulers_and_by_post_only(page, inquiry, owner, colleague, stranger, client, verb):
    assert owner.get(page + verb).url == page
    assert [each.post(page + verb).status_code for each in (colleague, stranger, client)] == [404, 404, 302]
    inquiry.refresh_from_db()
    assert (inquiry.cancel_requested, Inquiry.objects.count(), Schedule.objects.count()) == (False, 1, 1)


def test_asking_is_for_schedulers_and_by_post_only(wards, owner, colleague, stranger, client):
    page = f"{HOME}schedules/1/ask/"
    assert owner.get(page).url == f"{HOME}schedules/1/"
    assert [each.post(page, {"kind": "spread"}).status_code for each in (colleague, stranger, client)] == [
        404,
        404,
        302,
    ]
    assert not Inquiry.objects.exists()


def test_an_inquiry_of_another_program_is_not_there(inquiry: Inquiry, stranger: Client) -> None:
    assert stranger.get(f"/p/not-internal-medicine/inquiries/{inquiry.pk}/").status_code == 404


@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries(wards, owner, django_assert_num_queries, count):
    asked = [
        Inquiry.objects.create(
            schedule=wards.schedule,
            kind="fill",
            parameters={"date": "2026-11-05", "rotation": "WA", "shift": "D"},
            revision=wards.schedule.revision,
            heartbeat=NOON,
        )
        for _ in range(count)
    ]
    with django_assert_num_queries(9 + STAMP):
        owner.get(f"{HOME}inquiries/{asked[-1].pk}/")
