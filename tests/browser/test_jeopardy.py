"""Jeopardy as people use it: calling somebody in on the phone, and paying it back at the desk."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from people.models import User
from tests.browser.accessibility import assert_accessible
from tests.browser.test_pages import enter
from tests.factories import make_person, make_user, make_wards, place, work
from tests.pages.test_jeopardy import DAY, PAGE, TODAY, ill, make_backup

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def test_calling_in_and_paying_back(
    transactional_db: None, phone: Page, desktop: Page, live_server: LiveServer
) -> None:
    wards = make_wards(3)
    make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    spare = make_person(wards.program, "Sam Spare", 2)
    make_backup(wards, [spare])
    place(wards.schedule, ill(wards, "Ann Ill"), 5, wards.ward)
    work(wards.schedule, spare, TODAY + 5 * DAY, wards.night, wards.ward)
    for page in (phone, desktop):
        enter(page, live_server, "owner")

    phone.goto(PAGE)
    assert_accessible(phone)
    phone.get_by_role("button", name="Call in Sam Spare for Ann Ill").tap()
    expect(phone.get_by_text("Sam Spare is called in for Ann Ill")).to_be_visible()
    expect(phone.get_by_role("button", name="Call in")).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert_accessible(phone)

    desktop.goto(PAGE)
    expect(desktop.get_by_role("table").get_by_text("owed", exact=True)).to_be_visible()
    assert_accessible(desktop)
    desktop.get_by_role("link", name="Pay back: Sam Spare for Ann Ill").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Sam Spare covered for Ann Ill")
    assert_accessible(desktop)
    desktop.get_by_role("radio", name="Sun 8 Nov, Ward A, night").check()
    desktop.get_by_role("button", name="Pay back with this shift").click()
    expect(desktop.get_by_role("table").get_by_text("even", exact=True)).to_have_count(2)
