"""The month changed with the mouse: the panel, drag and drop, ranges and their bar, undo across a reload.

The first person works Ward A: days 1 to 4 by day, 5 by night, so that 6 must be free; 7 and 8 are.
The second, on the ICU, is a day ahead: 1 to 3 by day, 4 by night, free from 5 to 7; the third, Ward A again, two.
"""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from scheduling.models import Assignment
from tests.browser.accessibility import assert_accessible
from tests.browser.calendar import Calendar, make_draft, open_month, refusable, stored
from tests.factories import work

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def month(transactional_db: None, desktop: Page, live_server: LiveServer) -> Calendar:
    return open_month(desktop, live_server, make_draft())


def test_a_choice_of_the_panel_is_shown_and_kept(month: Calendar) -> None:
    month.cell(0, 7).click()
    expect(month.panel).to_be_visible()
    cell, panel = month.cell(0, 7).bounding_box(), month.panel.bounding_box()
    assert cell
    assert panel
    assert panel["y"] >= cell["y"] + cell["height"], "the panel covers its row"
    month.choose("Ward A")
    month.holds(0, 7, "WA|D")
    expect(month.panel).to_be_hidden()
    month.saved()
    assert stored(month.wards, 0, 7) == "WA|D"
    assert Assignment.objects.get(person=month.wards.people[0], block__date="2026-11-07").is_pinned
    expect(month.page.locator(".told .notice")).to_contain_text("Resident 000")
    assert month.focused() == month.name(0, 7)


def test_a_panel_at_the_foot_opens_above_its_row(month: Calendar) -> None:
    month.page.set_viewport_size({"width": 1440, "height": 520})
    month.cell(5, 6).scroll_into_view_if_needed()
    month.cell(5, 6).click()
    expect(month.panel).to_be_visible()
    cell, panel = month.cell(5, 6).bounding_box(), month.panel.bounding_box()
    assert cell
    assert panel
    assert panel["y"] + panel["height"] <= cell["y"] or panel["y"] >= cell["y"] + cell["height"]


def test_what_breaks_a_rule_asks_for_a_reason_that_stays(
    transactional_db: None, chromium: Browser, live_server: LiveServer
) -> None:
    with refusable(chromium, live_server, viewport={"width": 1440, "height": 900}) as page:
        wards = make_draft()
        work(wards.schedule, wards.people[0], date(2026, 11, 7), wards.day, wards.ward)
        month = open_month(page, live_server, wards)
        month.cell(0, 6).click()  # from the night into the day, and 12 hours later the next one
        month.panel.locator(".choices .must button", has_text="Ward A").first.click()
        reason = month.panel.get_by_role("textbox", name="Why it is done all the same")
        expect(reason).to_be_focused()
        assert month.cell(0, 6).get_attribute("data-was") is None
        assert_accessible(page)
        reason.fill("Nobody else is here")
        month.page.keyboard.press("Enter")
        month.saved()
        expect(month.cell(0, 6).locator(".override")).to_have_count(1)
        expect(month.cell(0, 6)).to_contain_text("Nobody else is here")


def test_another_takes_it_instead(month: Calendar) -> None:
    month.cell(0, 4).click()
    month.panel.get_by_text("Who could take it instead").click()
    month.panel.locator(".partners .choices button", has_text="Resident 001").click()
    month.holds(1, 4, "WA|D")
    month.saved()
    assert stored(month.wards, 1, 4) == "WA|D"
    assert stored(month.wards, 0, 4) != "WA|D"


def test_a_note_and_a_pin_show_and_are_in_the_history(month: Calendar) -> None:
    month.cell(0, 2).click()
    month.panel.get_by_role("textbox", name="Note").fill("Asked for it")
    month.page.keyboard.press("Enter")
    month.saved()
    expect(month.cell(0, 2).locator(".noted")).to_have_count(1)
    month.cell(0, 2).click()
    month.panel.get_by_role("button", name="Pin", exact=True).click()
    month.saved(2)
    expect(month.cell(0, 2).locator(".pinned.noted")).to_have_count(1)
    month.cell(0, 2).click()
    month.panel.get_by_text("History").click()
    expect(month.panel.locator(".history li").first).to_contain_text("owner")


def test_a_drag_moves(month: Calendar) -> None:
    month.drag((0, 1), (0, 7))
    month.holds(0, 1, "")
    month.holds(0, 7, "WA|D")
    month.saved()
    assert (stored(month.wards, 0, 1), stored(month.wards, 0, 7)) == ("", "WA|D")
    expect(month.panel).to_be_hidden()


def test_a_drag_with_alt_swaps(month: Calendar) -> None:
    month.drag((0, 4), (1, 4), "Alt")
    month.holds(0, 4, "ICU|N")
    month.holds(1, 4, "WA|D")
    month.saved()
    assert (stored(month.wards, 0, 4), stored(month.wards, 1, 4)) == ("ICU|N", "WA|D")


def test_a_drag_with_shift_pushes(month: Calendar) -> None:
    month.drag((0, 1), (0, 3), "Shift")
    month.saved()
    assert [stored(month.wards, 0, day) for day in range(1, 7)] == ["", "WA|D", "WA|D", "WA|D", "WA|D", "WA|N"]


def test_a_drag_tells_what_would_happen_and_escape_puts_back(month: Calendar) -> None:
    mouse, label = month.page.mouse, month.page.locator(".verdict-label")
    start, end = month.cell(0, 1).bounding_box(), month.cell(0, 7).bounding_box()
    assert start
    assert end
    mouse.move(start["x"] + 8, start["y"] + 8)
    mouse.down()
    mouse.move(end["x"] + 12, end["y"] + 8, steps=5)
    expect(label).to_contain_text("free")
    expect(month.page.locator(".ghost")).to_be_visible()
    expect(month.page.locator("td[data-target]").first).to_be_attached()
    taken = month.cell(1, 1).bounding_box()
    assert taken
    mouse.move(taken["x"] + 12, taken["y"] + 8, steps=3)
    expect(label).to_contain_text("replaces ICU")
    month.page.keyboard.press("Escape")
    expect(label).to_be_hidden()
    mouse.up()
    expect(month.page.locator(".ghost, td[data-target], .carried")).to_have_count(0)
    month.holds(0, 1, "WA|D")
    expect(month.panel).to_be_hidden()


def test_a_range_by_its_bar(month: Calendar) -> None:
    bar = month.page.get_by_role("toolbar", name="Selection")
    month.cell(0, 1).click()
    expect(month.panel).to_be_visible()
    month.page.keyboard.press("Escape")
    month.cell(3, 2).click(modifiers=["Shift"])
    expect(bar).to_contain_text("4 cells")
    assert month.page.locator("td[aria-selected=true]").count() == 4
    bar.get_by_role("button", name="Pin").click()
    month.saved()
    assert Assignment.objects.filter(is_pinned=True).count() == 4
    bar.get_by_role("button", name="Loosen").click()
    month.saved(2)
    assert Assignment.objects.filter(is_pinned=True).count() == 0
    expect(month.page.locator("td[aria-selected=true]")).to_have_count(4)  # what is replaced is still chosen
    bar.get_by_role("button", name="Clear").click()
    month.saved(3)
    assert [stored(month.wards, person, day) for person in (0, 3) for day in (1, 2)] == [""] * 4
    bar.get_by_role("button", name="Done").click()
    expect(bar).to_be_hidden()


def test_several_cells_are_set_at_once(month: Calendar) -> None:
    month.cell(0, 7).click()
    expect(month.panel).to_be_visible()
    month.page.keyboard.press("Escape")
    month.cell(0, 8).click(modifiers=["Shift"])
    month.page.get_by_role("button", name="Set…").click()
    expect(month.panel).to_contain_text("set in 2 cells")
    month.choose("Ward A")
    month.holds(0, 8, "WA|D")
    month.saved()
    assert [stored(month.wards, 0, day) for day in (7, 8)] == ["WA|D", "WA|D"]


def test_free_cells_are_chosen_by_pulling_over_them_and_filled(month: Calendar) -> None:
    month.drag((0, 6), (0, 8))
    expect(month.page.get_by_role("toolbar", name="Selection")).to_contain_text("3 cells")
    month.cell(0, 4).click()
    month.page.keyboard.press("Escape")
    month.cell(0, 7).click(modifiers=["Shift"])
    month.page.get_by_role("button", name="Fill", exact=True).click()
    month.saved()
    assert [stored(month.wards, 0, day) for day in (4, 5, 6, 7)] == ["WA|D"] * 4


def test_undo_and_redo_across_a_reload(month: Calendar) -> None:
    month.drag((0, 1), (0, 7))
    month.saved()
    month.page.locator(".told").get_by_role("button", name="Undo").click()
    month.saved(2)
    month.holds(0, 1, "WA|D")
    month.holds(0, 7, "")
    month.page.reload()
    month.page.get_by_role("button", name="Redo").click()
    month.saved(3)
    month.holds(0, 7, "WA|D")
    month.page.get_by_role("button", name="Undo").first.click()
    month.saved(4)
    assert (stored(month.wards, 0, 1), stored(month.wards, 0, 7)) == ("WA|D", "")
