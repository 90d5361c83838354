"""The frame of the pages fits a phone, however long the names in it are."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from people.models import Notice, User
from people.notices import tell
from tests.browser.test_pages import HOME, enter
from tests.factories import Wards, make_person, make_user, make_wards

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture
def faculty(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Wards:
    """A teacher of a long name, who has unread notices."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    wards = make_wards(3)
    user = make_user("teacher", User.Role.FACULTY)
    user.first_name, user.last_name = "Dr. Bartholomew", "Featherstonehaugh"
    user.save()
    make_person(wards.program, str(user), None, user=user, code="teacher")
    for number in range(12):
        tell(
            users=[user],
            program=wards.program,
            kind=Notice.Kind.SCHEDULE,
            subject=f"Your schedule changed {number}",
            url="/my/",
        )
    return wards


@pytest.mark.parametrize("address", ["/notices/", "/password/", f"{HOME}month/2026-11/", "/my/"])
def test_a_long_name_makes_no_page_wider_than_the_phone(
    faculty: Wards, phone: Page, live_server: LiveServer, address: str
) -> None:
    enter(phone, live_server, "teacher")
    phone.goto(address)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    menu = phone.get_by_text("Account: Dr. Bartholomew Featherstonehaugh")
    box = menu.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390
    menu.tap()
    expect(phone.get_by_role("link", name="Change password")).to_be_in_viewport()
