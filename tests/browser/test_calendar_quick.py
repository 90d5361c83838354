"""Whoever is quicker than the server loses nothing: changes wait for one another, in order."""

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.calendar import Calendar, make_draft, open_month, stored

DAYS = (1, 2, 3, 4, 9, 10)  # of the first person, all on Ward A


@pytest.fixture
def month(transactional_db: None, desktop: Page, live_server: LiveServer) -> Calendar:
    return open_month(desktop, live_server, make_draft())


def test_cells_cleared_one_after_another_are_all_cleared(month: Calendar) -> None:
    sent: list[str] = []

    def delayed(route: Route) -> None:
        sent.append(route.request.post_data or "")
        month.page.wait_for_timeout(100)
        route.continue_()

    month.page.route("**/edit/", delayed)
    assert all(stored(month.wards, 0, day) == "WA|D" for day in DAYS)
    for day in DAYS:
        month.cell(0, day).focus()
        month.page.keyboard.press("Delete")
    assert month.page.evaluate("calendar.isSending()")
    month.saved(len(DAYS))
    assert [stored(month.wards, 0, day) for day in DAYS] == [""] * len(DAYS)
    assert len(sent) == len(DAYS)
    assert not month.page.evaluate("calendar.isSending()")
    expect(month.page.locator(".notice.error")).to_have_count(0)
    for _ in DAYS:  # undone as quickly, in the other order
        month.page.keyboard.press("Control+z")
    month.saved(2 * len(DAYS))
    assert [stored(month.wards, 0, day) for day in DAYS] == ["WA|D"] * len(DAYS)
