"""The year's rotation plan changed in place: with the mouse, the keyboard and touch. The first, third and fifth person
are on Ward A in every period, the others on the ICU; the rows stand by level: 1, 4, 2, 5, 3, 6.
"""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.accessibility import assert_accessible
from tests.browser.calendar import Calendar, Finger, make_draft, middle, open_year, placed
from tests.factories import Wards

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    return make_draft()


@pytest.fixture
def year(wards: Wards, desktop: Page, live_server: LiveServer) -> Calendar:
    return open_year(desktop, live_server, wards)


def test_a_choice_of_the_panel(year: Calendar) -> None:
    year.cell(0, 9).click()
    expect(year.panel).to_be_visible()
    assert_accessible(year.page)
    year.choose("Intensive care")
    year.holds(0, 9, "ICU")
    year.saved()
    assert placed(year.wards, 0, 9) == "ICU"
    expect(year.page.locator(".told .notice")).to_contain_text("Resident 000")
    expect(year.cell(0, 9)).to_be_focused()


def test_drags_move_swap_and_push(year: Calendar) -> None:
    year.drag((0, 9), (1, 9), "Alt")
    year.saved()
    assert (placed(year.wards, 0, 9), placed(year.wards, 1, 9)) == ("ICU", "WA")
    year.drag((0, 9), (0, 10))
    year.saved(2)
    assert (placed(year.wards, 0, 9), placed(year.wards, 0, 10)) == ("", "ICU")
    year.drag((0, 8), (0, 7), "Shift")  # what was in 7 goes to 8, which is free now
    year.saved(3)
    assert [placed(year.wards, 0, period) for period in (7, 8, 9)] == ["WA", "WA", ""]


def test_by_keyboard_alone(year: Calendar) -> None:
    def press(*keys: str) -> None:
        for key in keys:
            year.page.keyboard.press(key)

    year.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    year.cell(1, 9).focus()
    press("Control+c", "ArrowLeft", "Shift+ArrowLeft", "Control+v")
    year.saved(0)  # they hold it already
    year.cell(0, 9).focus()
    press("Escape", "Control+v")
    year.saved()
    assert placed(year.wards, 0, 9) == "ICU"
    press("Shift+ArrowRight", "Shift+ArrowRight", "Control+Enter")
    year.saved(2)
    assert [placed(year.wards, 0, period) for period in (9, 10, 11)] == ["ICU"] * 3
    press("Delete")
    year.saved(3)
    assert [placed(year.wards, 0, period) for period in (9, 10, 11)] == [""] * 3
    press("Control+z", "Control+z", "Control+z")
    year.saved(6)
    assert [placed(year.wards, 0, period) for period in (9, 10, 11)] == ["WA"] * 3
    year.cell(0, 9).focus()
    press("Escape", "Space", "ArrowDown", "ArrowDown")
    expect(year.page.locator(".vh[aria-live=assertive]")).to_contain_text("Resident 001, period 9")
    press("Alt+Enter")
    year.saved(7)
    assert (placed(year.wards, 0, 9), placed(year.wards, 1, 9)) == ("ICU", "WA")


def test_on_a_phone(wards: Wards, phone: Page, live_server: LiveServer) -> None:
    year = open_year(phone, live_server, wards)
    year.cell(0, 2).tap()
    expect(year.panel).to_be_visible()
    assert year.page.evaluate("document.documentElement.scrollWidth") == 390
    assert_accessible(year.page)
    year.choose("Intensive care")
    year.saved()
    assert placed(wards, 0, 2) == "ICU"
    finger = Finger.of(phone)
    (x, y), (to_x, to_y) = middle(year.cell(0, 2)), middle(year.cell(3, 2))
    finger.long(phone, x, y)
    for step in range(1, 5):
        finger.move(x + (to_x - x) * step / 4, y + (to_y - y) * step / 4)
    finger.up()
    year.saved(2)
    assert (placed(wards, 0, 2), placed(wards, 3, 2)) == ("", "ICU")
