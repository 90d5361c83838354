"""The page that publishes: what is still open, whom it changes, what it brings back; and what cannot be published."""

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from scheduling.models import Cover, Schedule
from scheduling.services import publish
from scheduling.services.changes import Change
from scheduling.services.drafts import new_draft
from scheduling.services.edit import change
from tests.factories import make_schedule, make_wards
from tests.pages.conftest import NOON, coordinator_of
from tests.pages.test_versions import notices, text

HOME = "/p/internal-medicine/schedules/"


def replaced(wards):
    """Version 2, published in the place of version 1, in which the first person works one more day."""
    Schedule.objects.update(published_at=NOON)
    second = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    change(schedule=second, user=None, changes=[Change(wards.people[0].pk, date(2026, 12, 1), "D", None, "ICU")])
    return publish.publish(schedule=second, user=None)


def test_what_is_still_open_by_severity_with_links(wards, owner, read):
    """Leave first, then rules, then what is short; five of each, from today on, each leading to its month."""
    draft = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    Absence.objects.create(
        person=wards.people[0], start_date=date(2026, 11, 9), end_date=date(2026, 11, 9), kind="sick", status="approved"
    )
    html = read(owner, f"{HOME}2/publish/")
    groups = re.findall(r'<li class="problem (\w+)">.*?<b>(.*?): (\d+)</b>', html)
    assert [(severity, title) for severity, title, _ in groups][:2] == [
        ("must", "Works on approved leave"),
        ("must", "Unstaffed"),
    ]
    assert f'href="/p/internal-medicine/month/2026-11/?schedule={draft.number}">Resident 000' in html
    assert "and " in text(html)
    assert re.search(r"and \d+ more", text(html))


def test_nothing_open_is_said(wards, owner, read, monkeypatch):
    from scheduling.services.live_problems import Problems
    from scheduling.views import publish as view

    new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    monkeypatch.setattr(view, "problems_of", lambda schedule: Problems())
    assert "Nothing that anybody knows of: no rule is broken, nothing is short." in read(owner, f"{HOME}2/publish/")


def test_an_empty_draft_is_said_to_be_empty_before_one_asks(wards, owner, read):
    make_schedule(wards.year)
    words = text(read(owner, f"{HOME}2/publish/"))
    assert "Draft 2 (2026–27) is empty" in words
    assert "There is nothing to publish yet" in words
    assert "<button" not in read(owner, f"{HOME}2/publish/").split("<main")[1]


def test_whom_it_changes_in_words_to_others(wards, owner, read):
    draft = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    first = wards.people[0].pk
    gone = [Change(first, date(2026, 11, 9 + n), "D", "WA", None) for n in range(4)]
    change(schedule=draft, user=None, changes=gone)
    words = text(read(owner, f"{HOME}2/publish/"))
    assert "It changes what 1 person works from today on; they are told." in words
    assert "Resident 000 Mon 9 Nov to Thu 12 Nov, day: no longer Ward A." in words
    assert f'href="{HOME}2/compare/1/"' in read(owner, f"{HOME}2/publish/")


def test_the_label_of_a_tick_stands_beside_it(wards, owner, read):
    for _ in range(2):
        owner.post(f"{HOME}1/copy/", {})
    publish.publish(schedule=Schedule.objects.get(number=2), user=None)
    html = read(owner, f"{HOME}3/publish/")
    assert re.search(r'<p class="check"><input type="checkbox"[^>]*> <label for="id_anyway">Take back what was', html)


def test_bringing_a_version_back(wards, owner, read):
    replaced(wards)
    page = read(owner, f"{HOME}1/")
    assert "Bring back version 1…" in page
    assert "Bring back version 2…" not in read(owner, f"{HOME}2/")
    response = owner.post(f"{HOME}1/bring-back/")
    assert response.url == f"{HOME}3/publish/"
    words = text(read(owner, response.url))
    assert "It brings back version 1" in words
    assert "What has begun by now stays as it was worked in version 2; from now on this draft says" in words
    assert "Resident 000 Tue 1 Dec, day: no longer Intensive care." in words
    assert owner.post(response.url, {"seen": "2", "note": "Back"}).url == f"{HOME}3/"
    assert dict(Schedule.objects.values_list("number", "status")) == {1: "archived", 2: "archived", 3: "published"}
    assert f'href="{HOME}3/delete/"' not in read(owner, f"{HOME}3/")


def test_one_is_brought_back_from_where_it_is_compared_and_the_draft_can_be_dropped(wards, owner, read):
    replaced(wards)
    assert f'action="{HOME}1/bring-back/"' in read(owner, f"{HOME}1/compare/2/")
    owner.post(f"{HOME}1/bring-back/")
    assert f'href="{HOME}3/delete/"' in read(owner, f"{HOME}3/publish/")
    assert owner.post(f"{HOME}3/delete/").url == HOME


def test_cover_for_which_nothing_is_owed_any_more_is_named(wards, owner, read):
    second = replaced(wards)
    made = second.edits.get()
    Cover.objects.create(
        program=wards.program, schedule=second, edit=made, absent=wards.people[1], covering=wards.people[0],
        date=date(2026, 12, 1), shift="Intensive care, day", hours=12, is_owed=False,
    )  # fmt: skip
    owner.post(f"{HOME}1/bring-back/")
    publish.publish(schedule=Schedule.objects.get(number=3), user=None)
    owner.post(f"{HOME}2/bring-back/")
    words = text(read(owner, f"{HOME}4/publish/"))
    assert "Version 2 has cover for which nothing is owed any more" in words
    assert "Resident 000 for Resident 001, Tue 1 Dec Intensive care, day" in words


def test_what_was_worked_is_said_to_stay(wards, owner, read):
    """The first person's Monday is over, and their Tuesday has begun."""
    draft = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    assert "What was worked until" not in text(read(owner, f"{HOME}2/publish/"))
    gone = [Change(wards.people[0].pk, date(2026, 11, day), "D", "WA", None) for day in (2, 3)]
    change(schedule=draft, user=None, changes=gone)
    words = text(read(owner, f"{HOME}2/publish/"))
    assert "What was worked until Mon 2 Nov 2026, and what has begun since, stays as it is published:" in words
    assert "this draft says otherwise for 1 person, and that is left out." in words
    assert "It changes nothing that anybody works from today on." in words


def test_days_that_people_count_on_take_a_note(wards, owner, read):
    """Said beforehand, and where it is missing, with what was typed kept."""
    wards.program.lock_days = 7
    wards.program.save()
    draft = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    change(schedule=draft, user=None, changes=[Change(wards.people[0].pk, date(2026, 11, 7), "N", None, "WA")])
    said = "It changes days that people count on: first Resident 000's, Sat 7 Nov, night."
    assert said in unescape(text(read(owner, f"{HOME}2/publish/")))
    response = owner.post(f"{HOME}2/publish/", {"seen": "1", "note": ""})
    assert response.status_code == 422
    assert said in unescape(response.content.decode().split('role="alert"')[1].split("</ul>")[0])
    assert Schedule.objects.get(number=2).status == "draft"
    assert owner.post(f"{HOME}2/publish/", {"seen": "1", "note": "Sick"}).url == f"{HOME}2/"


def test_what_cannot_be_brought_back_says_why(wards, owner):
    assert owner.post(f"{HOME}1/bring-back/").url == f"{HOME}1/"
    assert "is what is published now: there is nothing to bring back" in notices(owner, f"{HOME}1/")[-1]
    assert Schedule.objects.count() == 1


def test_bringing_back_is_for_schedulers(wards, owner, colleague, stranger, client):
    replaced(wards)
    page = f"{HOME}1/bring-back/"
    assert owner.get(page).url == f"{HOME}1/"
    assert [each.post(page).status_code for each in (colleague, stranger, client)] == [404, 404, 302]
    assert Schedule.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries(people: int) -> None:
    wards = make_wards(people)
    owner = coordinator_of(wards)
    draft = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    for person in wards.people:
        change(schedule=draft, user=None, changes=[Change(person.pk, date(2026, 12, 1), "D", None, "WA")])
    page = f"{HOME}2/publish/"
    assert owner.get(page).status_code == 200  # the problems are worked out, which has its own tests
    with CaptureQueriesContext(connection) as captured:
        assert owner.get(page).status_code == 200
    assert len(captured) == 22
