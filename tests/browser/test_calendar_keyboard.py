"""The month changed with the keyboard alone. Who works what is told in test_calendar_mouse."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.calendar import Calendar, make_draft, open_month, stored

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def month(transactional_db: None, desktop: Page, live_server: LiveServer) -> Calendar:
    desktop.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return open_month(desktop, live_server, make_draft())


def press(month: Calendar, *keys: str) -> None:
    for key in keys:
        month.page.keyboard.press(key)


def test_enter_opens_and_escape_gives_the_focus_back(month: Calendar) -> None:
    month.cell(0, 7).focus()
    press(month, "Enter")
    expect(month.panel).to_be_visible()
    assert month.page.evaluate("document.getElementById('panel').contains(document.activeElement)")
    press(month, "Escape")
    expect(month.panel).to_be_hidden()
    expect(month.cell(0, 7)).to_be_focused()
    press(month, "Enter")
    expect(month.panel.locator(".choices").first).to_be_visible()
    choices = month.panel.locator("form > .choices button")
    expect(choices).to_contain_text(["Ward A, day", "Ward A, night", "Free"])
    expect(choices.nth(2)).to_be_focused()  # what it is now
    press(month, "ArrowUp", "ArrowUp", "ArrowDown")
    expect(choices.nth(1)).to_be_focused()
    press(month, "Enter")
    month.saved()
    assert stored(month.wards, 0, 7) == "WA|N"
    expect(month.cell(0, 7)).to_be_focused()


def test_space_picks_up_and_enter_lets_go(month: Calendar) -> None:
    month.cell(0, 4).focus()
    press(month, "Space", "ArrowRight", "ArrowRight", "ArrowRight")
    said = month.page.locator(".vh[aria-live=assertive]")
    expect(said).to_contain_text("Resident 000")
    expect(said).to_contain_text("free")
    press(month, "Enter")
    month.saved()
    assert (stored(month.wards, 0, 4), stored(month.wards, 0, 7)) == ("", "WA|D")
    expect(month.cell(0, 7)).to_be_focused()


def test_alt_and_enter_swap_shift_and_enter_push(month: Calendar) -> None:
    month.cell(0, 4).focus()
    press(month, "Space", "ArrowDown", "ArrowDown")  # past the fourth resident, of the same level
    expect(month.page.locator(".vh[aria-live=assertive]")).to_contain_text("Resident 001")
    press(month, "Alt+Enter")
    month.saved()
    assert (stored(month.wards, 0, 4), stored(month.wards, 1, 4)) == ("ICU|N", "WA|D")
    month.cell(0, 1).focus()
    press(month, "Space", "ArrowRight", "Shift+Enter")
    month.saved(2)
    assert [stored(month.wards, 0, day) for day in (1, 2, 3)] == ["", "WA|D", "WA|D"]


def test_escape_puts_back(month: Calendar) -> None:
    month.cell(0, 1).focus()
    press(month, "Space", "ArrowRight", "ArrowDown", "Escape")
    expect(month.page.locator(".carried, td[data-target], .verdict-label:visible")).to_have_count(0)
    expect(month.cell(0, 1)).to_be_focused()
    month.saved(0)


def test_copy_paste_cut_and_paste(month: Calendar) -> None:
    month.cell(0, 1).focus()
    press(month, "Shift+ArrowRight", "Control+c")
    assert month.page.evaluate("navigator.clipboard.readText()") == "WA|D\tWA|D"
    month.cell(0, 7).focus()
    press(month, "Escape", "Control+v")
    month.saved()
    assert [stored(month.wards, 0, day) for day in (1, 2, 7, 8)] == ["WA|D"] * 4
    month.cell(0, 8).focus()
    press(month, "Escape", "Control+x")
    expect(month.page.locator("td.cut")).to_have_count(1)
    month.cell(0, 15).focus()
    press(month, "Control+v")
    month.saved(2)
    assert [stored(month.wards, 0, day) for day in (7, 8, 15)] == ["WA|D", "", "WA|D"]
    expect(month.page.locator("td.cut")).to_have_count(0)


def test_a_paste_from_a_spreadsheet(month: Calendar) -> None:
    month.page.evaluate("navigator.clipboard.writeText('WA\\tICU|D\\n\\tWA\\n')")
    month.cell(0, 7).focus()
    press(month, "Control+v")
    month.saved()
    assert [stored(month.wards, person, day) for person in (0, 3) for day in (7, 8)] == ["WA|D", "ICU|D", "", "WA|D"]


def test_delete_fill_down_and_right(month: Calendar) -> None:
    month.cell(0, 1).focus()
    press(month, "Shift+ArrowRight", "Delete")
    month.saved()
    assert [stored(month.wards, 0, day) for day in (1, 2, 3)] == ["", "", "WA|D"]
    month.cell(0, 4).focus()
    press(month, "Escape", "Shift+ArrowDown", "Control+d")
    month.saved(2)
    assert stored(month.wards, 3, 4) == "WA|D"
    month.cell(0, 7).focus()
    press(month, "Escape", "ArrowLeft", "ArrowLeft", "Shift+ArrowRight", "Control+Enter")
    month.saved(3)
    assert stored(month.wards, 0, 6) == "WA|N"


def test_ctrl_r_stays_the_browsers(month: Calendar) -> None:
    month.cell(0, 6).focus()  # beside a night
    month.page.evaluate("document.addEventListener('keydown', (event) => { window.taken = event.defaultPrevented; })")
    press(month, "Control+r")
    assert month.page.evaluate("window.taken") is False
    month.holds(0, 6, "")


def test_undo_and_redo_by_key_without_limit(month: Calendar) -> None:
    month.cell(0, 1).focus()
    press(month, "Delete", "ArrowRight", "Delete", "ArrowRight", "Delete")
    month.saved(3)
    assert [stored(month.wards, 0, day) for day in (1, 2, 3)] == ["", "", ""]
    press(month, "Control+z", "Control+z", "Control+z")
    month.saved(6)
    assert [stored(month.wards, 0, day) for day in (1, 2, 3)] == ["WA|D"] * 3
    press(month, "Control+Shift+z", "Control+y")
    month.saved(8)
    assert [stored(month.wards, 0, day) for day in (1, 2, 3)] == ["", "", "WA|D"]
    expect(month.cell(0, 3)).to_be_focused()


def test_letters_open_the_choices_that_begin_so(month: Calendar) -> None:
    month.cell(0, 7).focus()
    press(month, "i", "c")
    expect(month.panel.get_by_label("Filter the choices")).to_have_value("ic")
    expect(month.panel.locator(".choices li:visible")).to_contain_text(["Intensive care, day", "Intensive care, night"])
    press(month, "Enter")
    month.saved()
    assert stored(month.wards, 0, 7) == "ICU|D"


def test_all_cells_are_chosen_and_the_bar_is_the_next_stop(month: Calendar) -> None:
    month.cell(0, 1).focus()
    press(month, "Control+a")
    expect(month.page.get_by_role("toolbar", name="Selection")).to_contain_text("180 cells")
    press(month, "Tab")
    bar = month.page.get_by_role("toolbar", name="Selection")
    expect(bar.get_by_role("button", name="Copy")).to_be_focused()
    press(month, "ArrowRight")
    expect(bar.get_by_role("button", name="Cut")).to_be_focused()
    press(month, "ArrowLeft", "ArrowLeft")
    expect(bar.get_by_role("button", name="Done")).to_be_focused()
    press(month, "Tab")
    assert month.page.evaluate("document.activeElement.closest('[role=toolbar]')") is None
    month.cell(0, 1).focus()
    press(month, "Escape")
    expect(month.page.locator("td[aria-selected]")).to_have_count(0)


def test_jumps_by_the_address(month: Calendar) -> None:
    month.page.evaluate(f"location.hash = 'c{month.name(4, 9)}'")
    expect(month.cell(4, 9)).to_be_focused()
    month.page.evaluate("location.hash = 'd2026-11-12'")
    expect(month.page.get_by_role("link", name="Thu 12")).to_be_focused()
    month.page.evaluate("location.hash = 'd2027-11-12'")
    expect(month.page.get_by_role("link", name="Thu 12")).to_be_focused()
