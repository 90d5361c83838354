"""The calendar read and changed without JavaScript: cells are links to pages, choices are forms."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.calendar import HOME, make_draft, open_month, open_year, placed, refusable, stored
from tests.factories import Wards, work

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    return make_draft()


@pytest.fixture
def plain(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page whose browser runs no scripts."""
    size = {"width": 1440, "height": 900}
    with refusable(chromium, live_server, java_script_enabled=False, viewport=size) as page:
        yield page


def test_a_day_is_changed_undone_and_overridden(wards: Wards, plain: Page, live_server: LiveServer) -> None:
    month = open_month(plain, live_server, wards)
    month.cell(0, 7).click()
    expect(plain.get_by_role("heading", name="Resident 000, Sat 7 Nov").first).to_be_visible()
    plain.locator(".choices button", has_text="Ward A, day").first.click()
    expect(plain.locator(".notice")).to_contain_text("Resident 000")
    month.holds(0, 7, "WA|D")
    assert stored(wards, 0, 7) == "WA|D"
    plain.get_by_role("button", name="Undo").click()
    assert stored(wards, 0, 7) == ""
    work(wards.schedule, wards.people[0], date(2026, 11, 7), wards.day, wards.ward)
    plain.goto(f"{HOME}month/2026-11/")
    month.cell(0, 6).click()
    plain.locator(".choices .must button", has_text="Ward A, day").first.click()
    plain.get_by_role("textbox", name="Why it is done all the same").fill("Nobody else is here")
    plain.get_by_role("button", name="Do it all the same").click()
    expect(month.cell(0, 6).locator(".override")).to_have_count(1)
    expect(plain).to_have_url(f"{live_server.url}{HOME}month/2026-11/")
    assert stored(wards, 0, 6) == "WA|D"


def test_a_period_is_changed(wards: Wards, plain: Page, live_server: LiveServer) -> None:
    year = open_year(plain, live_server, wards)
    year.cell(0, 9).click()
    plain.locator(".choices button", has_text="Intensive care").first.click()
    year.holds(0, 9, "ICU")
    assert placed(wards, 0, 9) == "ICU"


def test_what_is_stale_is_asked_about_on_a_page(wards: Wards, plain: Page, live_server: LiveServer) -> None:
    month = open_month(plain, live_server, wards)
    month.cell(0, 7).click()
    other = plain.context.new_page()
    other.goto(plain.url)
    other.locator(".choices button", has_text="Ward A, night").first.click()
    assert stored(wards, 0, 7) == "WA|N"
    plain.locator(".choices button", has_text="Ward A, day").first.click()
    expect(plain.get_by_role("alert")).to_contain_text("night")
    assert stored(wards, 0, 7) == "WA|N"
    plain.get_by_role("button", name="Do it all the same").click()
    assert stored(wards, 0, 7) == "WA|D"
