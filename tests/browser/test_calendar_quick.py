"""Whoever is quicker than the server loses nothing: changes wait for one another, and no panel comes too late."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.calendar import Calendar, make_draft, open_month, stored

CELL = re.compile(r"/month/2026-11/\d+/\d+/$")  # the address of a cell's choices
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


def held_back(month: Calendar) -> list[Route]:
    """The requests for a cell's choices from now on, which are not answered until one says `continue_`."""
    held: list[Route] = []
    month.page.route(CELL, lambda route: held.append(route))
    return held


@pytest.mark.parametrize("leaves", ["Escape", "ArrowRight", "Shift+click", "another cell"])
def test_choices_that_come_late_do_not_come_in_the_way(month: Calendar, leaves: str) -> None:
    held = held_back(month)
    with month.page.expect_request(CELL):
        month.cell(0, 4).click()
    if leaves == "Shift+click":
        month.cell(0, 7).click(modifiers=["Shift"])
    elif leaves == "another cell":
        month.cell(0, 5).click()
    else:
        month.page.keyboard.press(leaves)
    focused = month.focused()
    with month.page.expect_response(CELL):
        held[0].continue_()
    month.page.evaluate("new Promise((done) => setTimeout(done, 50))")
    expect(month.panel).to_be_hidden()
    assert month.focused() == focused == month.name(0, 5 if leaves in ("ArrowRight", "another cell") else 4)
    if leaves == "another cell":
        held[1].continue_()
        expect(month.panel).to_contain_text("Thu 5 Nov")
        expect(month.panel.locator("[data-asks]")).to_have_count(0)


def test_a_range_is_chosen_from_the_cell_whose_panel_is_open(month: Calendar) -> None:
    month.cell(0, 4).click()
    expect(month.panel).to_be_visible()
    month.cell(0, 7).click(modifiers=["Shift"])
    expect(month.page.get_by_role("toolbar", name="Selection")).to_contain_text("4 cells")
    expect(month.panel).to_be_hidden()
