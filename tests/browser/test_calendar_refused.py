"""Changes that are held up: undoing needs a reason, the page is left, the session has ended, or cells are too many.

The first person works Ward A from 9 to 12 November by day.
"""

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Dialog, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from people.models import User
from scheduling.services.sheet import MOST_CELLS
from tests.browser.accessibility import assert_accessible
from tests.browser.calendar import Calendar, make_draft, open_month, refusable, stored
from tests.factories import make_user, make_wards

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def month(transactional_db: None, desktop: Page, live_server: LiveServer) -> Calendar:
    return open_month(desktop, live_server, make_draft())


@pytest.mark.parametrize("width", [1440, 390])
def test_undoing_in_the_lock_window_asks_why(
    transactional_db: None, chromium: Browser, live_server: LiveServer, width: int
) -> None:
    with refusable(chromium, live_server, viewport={"width": width, "height": 844}) as page:
        wards = make_wards(6)
        wards.program.lock_days = 14
        wards.program.save()
        make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
        month = open_month(page, live_server, wards)
        reason = month.panel.get_by_role("textbox", name="Why it is done all the same")
        month.cell(0, 9).focus()
        page.keyboard.press("Delete")
        reason.fill("She is ill")
        page.keyboard.press("Enter")
        month.saved()
        page.keyboard.press("Control+z")
        expect(reason).to_be_focused()
        expect(month.panel).to_contain_text("Resident 000")
        assert_accessible(page)
        box = month.panel.bounding_box()
        assert box
        assert (round(2 * box["x"] + box["width"]), box["y"] >= 0, box["y"] + box["height"] <= 844) == (
            width,
            True,
            True,
        )
        assert stored(wards, 0, 9) == ""
        reason.fill("She is well again")
        page.keyboard.press("Enter")
        month.saved(2)
        assert stored(wards, 0, 9) == "WA|D"
        expect(month.panel).to_be_hidden()
        page.keyboard.press("Control+Shift+z")
        expect(reason).to_be_focused()
        month.panel.get_by_role("link", name="Leave it as it is").click()
        expect(month.panel).to_be_hidden()
        month.holds(0, 9, "WA|D")
        month.saved(2)


def test_leaving_while_something_is_not_sent_is_asked_about(month: Calendar) -> None:
    asked: list[str] = []
    held: list[Route] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    def hold(route: Route) -> None:
        if asked:
            route.continue_()
        else:
            held.append(route)

    month.page.on("dialog", stay)
    month.page.route("**/edit/", hold)
    month.cell(0, 9).focus()
    for key in ("Delete", "ArrowRight", "Delete"):
        month.page.keyboard.press(key)
    with month.page.expect_event("dialog"):
        month.page.evaluate("setTimeout(() => location.assign('/'))")
    assert asked == ["beforeunload"]
    held[0].continue_()
    month.saved(2)
    assert [stored(month.wards, 0, day) for day in (9, 10)] == ["", ""]
    month.page.goto("/")
    assert asked == ["beforeunload"]


def test_a_session_that_has_ended_leads_to_the_page_to_sign_in(month: Calendar) -> None:
    month.page.route("**/since/**", lambda route: route.fulfill(status=204))
    month.cell(0, 9).focus()
    month.page.context.clear_cookies()
    month.page.keyboard.press("Space")
    expect(month.page).to_have_url(re.compile("/sign-in/$"))


def test_too_many_cells_are_told_before_they_are_sent(month: Calendar) -> None:
    month.page.evaluate(
        f"calendar.set(Array.from({{length: {MOST_CELLS + 1}}}, (_, n) => [`9${{n}}:2026-11-01`, 'WA|D']))"
    )
    expect(month.page.locator(".told")).to_contain_text("At most 5,000 cells at once: these are 5,001.")
    month.saved(0)
    sent: list[str] = []

    def note(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.fulfill(status=204)

    month.page.route("**/edit/", note)
    month.page.evaluate(f"calendar.set(Array.from({{length: {MOST_CELLS}}}, (_, n) => [`9${{n}}:2026-11-01`, 'WA|D']))")
    expect(month.page.locator(".told")).to_contain_text("did not reach the server")
    assert [body.count("&cell=") for body in sent] == [MOST_CELLS]
