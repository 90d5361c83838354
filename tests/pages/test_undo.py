"""Undo and redo in the strip: one's own edits, where one is, by a form that works without JavaScript."""

from datetime import date

import pytest

from scheduling.models import Assignment, Edit
from scheduling.services.changes import Change
from scheduling.services.edit import change
from tests.pages.test_versions import notices

HOME = "/p/internal-medicine/"
DAY = date(2026, 12, 1)


@pytest.fixture
def edit(wards, owner) -> Edit:
    """The owner gives somebody a day on Ward A in December."""
    user = wards.program.coordinators.get()
    return change(
        schedule=wards.schedule, user=user, changes=[Change(wards.people[0].pk, DAY, "D", None, wards.ward.code)]
    )


def is_there() -> bool:
    return Assignment.objects.filter(block__date=DAY).exists()


def test_an_edit_is_undone_and_done_again_where_one_is(edit, owner, read):
    page = f"{HOME}month/2026-12/"
    assert f'<button title="Undo: {edit.title}">Undo<span class="vh">: {edit.title}</span></button>' in read(
        owner, page
    )
    assert owner.post(f"{HOME}schedules/1/undo/", {"next": page}).url == page
    assert not is_there()
    assert notices(owner, page) == [f"Undone: {edit.title}."]
    html = read(owner, page)
    assert f'title="Redo: {edit.title}"' in html
    assert "Undo:" not in html
    assert owner.post(f"{HOME}schedules/1/redo/", {"next": "https://elsewhere.example/"}).url == f"{HOME}schedules/1/"
    assert is_there()


def test_nothing_to_undo_is_said(wards, owner):
    response = owner.post(f"{HOME}schedules/1/undo/")
    assert notices(owner, response.url) == ["You have nothing to undo in this version."]


@pytest.mark.parametrize("verb", ["undo", "redo"])
def test_it_is_for_schedulers_and_by_post_only(edit, owner, colleague, stranger, client, verb):
    page = f"{HOME}schedules/1/{verb}/"
    assert owner.get(page).url == f"{HOME}schedules/1/"
    assert [each.post(page).status_code for each in (colleague, stranger, client)] == [404, 404, 302]
    assert is_there()


@pytest.mark.parametrize("there", ["x", "-1", "on", "schedule", "//evil.example/", "https://evil.example/"])
def test_a_next_that_is_no_page_of_this_site_is_as_good_as_none(wards, owner, there):
    response = owner.post("/p/internal-medicine/schedules/1/undo/", {"next": there})
    assert response.status_code == 302
    assert response["Location"] == "/p/internal-medicine/schedules/1/"
