"""Two coordinators at once: what one changes the other sees within seconds, and nothing is written over unseen."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.calendar import Calendar, make_draft, open_month, refusable, stored
from tests.factories import Wards

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    return make_draft()


@pytest.fixture
def owner(wards: Wards, desktop: Page, live_server: LiveServer) -> Calendar:
    return open_month(desktop, live_server, wards, "owner")


@pytest.fixture
def dana(wards: Wards, chromium: Browser, live_server: LiveServer) -> Iterator[Calendar]:
    """The other one, whose edits are refused now and then."""
    with refusable(chromium, live_server, viewport={"width": 1440, "height": 900}) as page:
        yield open_month(page, live_server, wards, "dana")


def test_a_change_appears_for_the_other_without_disturbing(owner: Calendar, dana: Calendar) -> None:
    dana.cell(3, 6).click()
    expect(dana.panel.locator(".choices").first).to_be_visible()
    owner.drag((0, 1), (0, 7))
    owner.saved()
    dana.holds(0, 1, "")
    dana.holds(0, 7, "WA|D")
    expect(dana.page.locator("#said")).to_contain_text("owner: Resident 000")
    expect(dana.panel).to_be_visible()
    assert dana.page.evaluate("document.getElementById('panel').contains(document.activeElement)")


def test_the_focus_stays_in_a_cell_that_another_changes(owner: Calendar, dana: Calendar) -> None:
    dana.cell(0, 7).focus()
    owner.drag((0, 1), (0, 7))
    owner.saved()
    dana.holds(0, 7, "WA|D")
    expect(dana.cell(0, 7)).to_be_focused()
    assert dana.page.locator("[data-grid] [tabindex='0']").count() == 1


def test_a_stale_edit_is_refused_and_one_click_does_it_again(owner: Calendar, dana: Calendar) -> None:
    dana.page.route("**/since/**", lambda route: route.fulfill(status=204))  # she does not hear of it
    owner.cell(0, 8).click()
    owner.choose("Ward A")
    owner.saved()
    dana.cell(0, 1).focus()
    dana.page.keyboard.press("Control+c")
    dana.cell(0, 8).focus()
    dana.page.evaluate("calendar.paste('ICU|D')")
    expect(dana.panel).to_contain_text("owner")
    expect(dana.panel).to_contain_text("Ward A")
    assert stored(dana.wards, 0, 8) == "WA|D"
    dana.page.unroute("**/since/**")
    dana.page.evaluate("calendar.lookAgain()")
    dana.holds(0, 8, "WA|D")
    dana.panel.get_by_role("button", name="Do it all the same").click()
    dana.saved(2)
    assert stored(dana.wards, 0, 8) == "ICU|D"
    owner.holds(0, 8, "ICU|D")


def test_a_stale_edit_that_is_left_shows_what_is_there(owner: Calendar, dana: Calendar) -> None:
    dana.page.route("**/since/1/**", lambda route: route.fulfill(status=204), times=1)
    owner.cell(0, 8).click()
    owner.choose("Ward A")
    owner.saved()
    dana.cell(0, 8).focus()
    dana.page.evaluate("calendar.paste('ICU|D')")
    dana.panel.locator("[data-close]").first.click()
    expect(dana.panel).to_be_hidden()
    dana.holds(0, 8, "WA|D")
    expect(dana.cell(0, 8)).to_be_focused()
    assert stored(dana.wards, 0, 8) == "WA|D"


def test_without_the_server_a_change_is_taken_back(owner: Calendar) -> None:
    owner.page.route("**/edit/", lambda route: route.fulfill(status=204, body=""))
    owner.cell(0, 1).focus()
    owner.page.keyboard.press("Delete")
    expect(owner.page.locator(".told")).to_contain_text("did not reach the server")
    owner.holds(0, 1, "WA|D")
    expect(owner.cell(0, 1)).to_be_focused()
