"""Sandboxes on their pages: made, shown as what they are, adopted, kept, dropped; and drafts deleted."""

from datetime import date

import pytest

from scheduling.models import Edit, GenerationRun, Schedule
from scheduling.services import sandbox
from scheduling.services.changes import Change
from scheduling.services.drafts import new_draft
from scheduling.services.edit import change
from tests.pages.test_versions import notices, text

HOME = "/p/internal-medicine/schedules/"


@pytest.fixture
def box(wards):
    """Draft 2 of what is published, and its sandbox 3, in which one more works."""
    draft = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    made = sandbox.try_out(base=draft, user=None, note="One more")
    change(schedule=made, user=None, changes=[Change(wards.people[0].pk, date(2026, 12, 1), "D", None, "WA")])
    return made


def test_making_one(wards, owner, read):
    assert "What if… (sandbox)" in read(owner, f"{HOME}1/")
    response = owner.post(f"{HOME}1/try/", {"note": "Two on nights"})
    assert response.url == f"{HOME}2/"
    assert notices(owner, response.url) == [
        "Sandbox 2 is made: what you do in it changes nothing in Published 1 (2026–27)."
    ]
    made = Schedule.objects.get(number=2)
    assert (made.is_what_if, made.note, str(made.created_by)) == (True, "Two on nights", "owner")


def test_an_archived_version_or_a_note_that_is_too_long_makes_none(wards, owner):
    owner.post(f"{HOME}1/try/", {"note": "x" * 301})
    assert notices(owner, f"{HOME}1/") == ["The note is at most 300 characters."]
    Schedule.objects.update(status="archived")
    owner.post(f"{HOME}1/try/")
    assert "is archived: bring it back" in notices(owner, f"{HOME}1/")[-1]
    assert Schedule.objects.count() == 1


def test_it_is_shown_as_what_it_is(box, owner, read):
    page = text(read(owner, f"{HOME}3/"))
    assert "Sandbox 3 what if" in page
    assert "It is a copy of Draft 2 (2026–27): what you do here changes nothing there." in page
    assert "Publish…" not in page
    year = read(owner, "/p/internal-medicine/year/?schedule=3")
    assert "<b>Sandbox 3</b>" in year
    assert f'href="{HOME}3/#sandbox">Adopt or drop…' in year
    assert "sandbox 2026–27 Version 2" in text(read(owner, HOME))


def test_nobody_is_led_into_one_who_did_not_ask_for_it(draft, read):
    from tests.pages.conftest import coordinator_of

    sandbox.try_out(base=draft.schedule, user=None)
    owner = coordinator_of(draft)
    assert "<b>Draft 1</b>" in read(owner, "/p/internal-medicine/year/")
    assert "<b>Draft 1</b>" in read(owner, "/p/internal-medicine/month/2026-11/")


def test_it_waits_for_nobody_to_publish_it(wards, owner, read):
    owner.post(f"{HOME}1/try/", {})
    assert "Review draft 2" not in read(owner, "/p/internal-medicine/")
    owner.post(f"{HOME}2/keep/")
    assert "Review draft 2, then publish it" in read(owner, "/p/internal-medicine/")


def test_comparing_it_leads_to_adopting_it(box, owner, read):
    assert f'href="{HOME}3/compare/2/"' in read(owner, f"{HOME}3/")
    html = read(owner, f"{HOME}3/compare/2/")
    assert "1 person" in text(html)
    assert f'action="{HOME}3/adopt/"' in html
    assert f'action="{HOME}3/adopt/"' not in read(owner, f"{HOME}3/compare/1/")


def test_adopting_it(box, owner, read):
    assert owner.post(f"{HOME}3/adopt/").url == f"{HOME}2/"
    assert notices(owner, f"{HOME}2/") == ["Sandbox 3 is adopted, in one edit that you can undo here."]
    made = Edit.objects.get(schedule__number=2)
    assert made.title == "Sandbox 3 adopted: One more"
    assert "Undo: Sandbox 3 adopted: One more" in read(owner, f"{HOME}2/")
    owner.post(f"{HOME}2/undo/")
    assert not made.schedule.assignments.filter(block__date=date(2026, 12, 1)).exists()


def test_a_refusal_is_said_and_nothing_is_lost(wards, box, owner):
    theirs = Change(wards.people[0].pk, date(2026, 12, 1), "D", None, "ICU")
    change(schedule=box.based_on, user=None, changes=[theirs])
    assert owner.post(f"{HOME}3/adopt/").url == f"{HOME}3/"
    assert "Resident 000, Tue 1 Dec, D is ICU there and WA in the sandbox." in notices(owner, f"{HOME}3/")[-1]
    assert Schedule.objects.filter(number=3, is_what_if=True).exists()


def test_one_of_what_is_published_becomes_a_draft_to_publish(wards, owner, read):
    owner.post(f"{HOME}1/try/", {})
    html = read(owner, f"{HOME}2/publish/")
    assert "Sandbox 2 cannot be published" in html
    assert "Adopt it first" in html
    assert owner.post(f"{HOME}2/publish/", {"seen": "1"}).status_code == 422
    assert owner.post(f"{HOME}2/keep/").url == f"{HOME}2/publish/"
    assert "Sandbox 2 is a draft now, and can be published." in notices(owner, f"{HOME}2/")
    assert owner.post(f"{HOME}2/publish/", {"seen": "1"}).url == f"{HOME}2/"
    owner.post(f"{HOME}2/keep/")
    assert "is no sandbox" in notices(owner, f"{HOME}2/")[-1]


def test_dropping_it_asks_first(box, owner, read):
    page = text(read(owner, f"{HOME}3/delete/"))
    assert "Drop sandbox 3?" in page
    assert "It differs from version 2 in 0 placements and 1 assignment of 1 person." in page
    assert owner.post(f"{HOME}3/delete/").url == HOME
    assert notices(owner, HOME) == ["Sandbox 3 is dropped."]
    assert sorted(Schedule.objects.values_list("number", flat=True)) == [1, 2]


def test_deleting_a_draft_names_what_was_made_from_it(box, owner, read):
    page = text(read(owner, f"{HOME}2/delete/"))
    assert "Delete Draft 2 (2026–27)?" in page
    assert "It says the same as version 1. Version 3 was made from it, and stays." in page
    owner.post(f"{HOME}2/delete/")
    assert notices(owner, HOME) == ["Draft 2 is deleted."]
    left = text(read(owner, f"{HOME}3/"))
    assert "The draft that it was made from is gone: keep it as a draft, or drop it." in left
    assert text(read(owner, f"{HOME}3/delete/")).count("It says the same") == 0


def test_what_was_published_or_is_being_generated_is_not_deleted(box, owner, read):
    assert "What was published once is kept." in read(owner, f"{HOME}1/delete/")
    assert owner.post(f"{HOME}1/delete/").status_code == 422
    GenerationRun.objects.create(schedule=box)
    response = owner.post(f"{HOME}3/delete/")
    assert response.status_code == 422
    assert "is being generated: wait for that to end, or cancel it" in response.content.decode()
    assert Schedule.objects.count() == 3


@pytest.mark.parametrize("page", ["3/try/", "3/adopt/", "3/keep/", "3/delete/"])
def test_all_of_it_is_for_schedulers(page, box, owner, colleague, stranger, client):
    assert owner.get(HOME + page, follow=True).status_code == 200
    for each in (colleague, stranger):
        assert each.get(HOME + page).status_code in (302, 404)
        assert each.post(HOME + page).status_code == 404
    assert client.post(HOME + page).status_code == 302
    assert Schedule.objects.filter(is_what_if=True).count() == 1
