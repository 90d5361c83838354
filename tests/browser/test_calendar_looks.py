"""Month, year, the panel and what opens in it: without axe's findings, in light and dark, at a desk and on a phone."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from scheduling.models import Assignment
from tests.browser.accessibility import assert_accessible
from tests.browser.calendar import Calendar, make_draft, open_month, open_year

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def test_at_a_desk(transactional_db: None, desktop: Page, live_server: LiveServer) -> None:
    desktop.emulate_media(color_scheme="light", reduced_motion="reduce")
    wards = make_draft()
    Assignment.objects.filter(person=wards.people[0], block__date="2026-11-01").update(
        is_pinned=True, note="As asked", override="Nobody else"
    )
    wards.people[1].absences.create(start_date="2026-11-05", end_date="2026-11-07", status="approved")
    month = open_month(desktop, live_server, wards)
    assert_accessible(desktop, also_dark=True)
    month.cell(3, 6).click()
    expect(month.panel.locator(".choices").first).to_be_visible()
    assert_accessible(desktop, also_dark=True)
    desktop.keyboard.press("Escape")
    month.cell(0, 1).click(modifiers=["Shift"])
    expect(desktop.get_by_role("toolbar", name="Selection")).to_be_visible()
    assert_accessible(desktop, also_dark=True)
    desktop.keyboard.press("Delete")
    month.saved()
    expect(desktop.locator(".told .notice")).to_be_visible()
    month.cell(1, 1).focus()
    desktop.keyboard.press("Escape")
    desktop.keyboard.press("Space")
    desktop.keyboard.press("ArrowRight")
    expect(desktop.locator("td[data-target]").first).to_be_attached()
    assert_accessible(desktop, also_dark=True)
    desktop.keyboard.press("Escape")
    year = open_year(desktop, live_server, wards)
    assert_accessible(desktop, also_dark=True)
    year.cell(0, 9).click()
    expect(year.panel.locator(".choices").first).to_be_visible()
    assert_accessible(desktop, also_dark=True)


def test_motion_is_left_out_for_who_asks_for_it(transactional_db: None, desktop: Page, live_server: LiveServer) -> None:
    desktop.emulate_media(reduced_motion="reduce")
    month: Calendar = open_month(desktop, live_server, make_draft())
    month.cell(0, 1).focus()
    desktop.keyboard.press("Delete")
    month.saved()
    changed = month.cell(0, 1).locator("..")
    assert changed.evaluate("td => getComputedStyle(td).animationName") == "none"
    expect(desktop.locator("td.flash")).to_have_count(0)
