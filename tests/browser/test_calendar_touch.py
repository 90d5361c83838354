"""The month changed by touch, at the width of a phone. Who works what is told in test_calendar_mouse."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.accessibility import assert_accessible
from tests.browser.calendar import Calendar, Finger, make_draft, middle, open_month, stored

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def month(transactional_db: None, phone: Page, live_server: LiveServer) -> Calendar:
    return open_month(phone, live_server, make_draft())


def long_press(page: Page, cell: Locator) -> None:
    finger = Finger.of(page)
    finger.long(page, *middle(cell))
    finger.up()


def test_a_tap_opens_a_sheet_at_the_foot_and_a_choice_is_kept(month: Calendar) -> None:
    month.cell(0, 7).tap()
    expect(month.panel).to_be_visible()
    panel, cell = month.panel.bounding_box(), month.cell(0, 7).bounding_box()
    assert panel
    assert cell
    assert (round(panel["x"]), round(panel["width"]), round(panel["y"] + panel["height"])) == (0, 390, 844)
    assert cell["y"] + cell["height"] <= panel["y"], "the sheet covers the row"
    assert month.page.evaluate("document.documentElement.scrollWidth") == 390
    assert_accessible(month.page)
    month.choose("Ward A")
    month.saved()
    assert stored(month.wards, 0, 7) == "WA|D"


def test_a_swipe_scrolls_and_picks_nothing_up(month: Calendar) -> None:
    finger = Finger.of(month.page)
    x, y = middle(month.cell(0, 3))
    finger.down(x, y)
    for step in range(1, 11):
        finger.move(x, y - 12 * step)
    finger.up()
    month.page.evaluate(
        "new Promise((done) => { const look = () => scrollY > 20 ? done() : setTimeout(look, 20); look(); })"
    )
    expect(month.panel).to_be_hidden()
    month.saved(0)


def test_a_long_press_and_a_pull_move(month: Calendar) -> None:
    finger = Finger.of(month.page)
    (x, y), (to_x, to_y) = middle(month.cell(0, 2)), middle(month.cell(1, 6))
    before = month.page.evaluate("scrollY")
    finger.long(month.page, x, y)
    for step in range(1, 6):
        finger.move(x + (to_x - x) * step / 5, y + (to_y - y) * step / 5)
    expect(month.page.locator(".verdict-label")).to_contain_text("free")
    finger.up()
    month.saved()
    assert (stored(month.wards, 0, 2), stored(month.wards, 1, 6)) == ("", "WA|D")
    assert month.page.evaluate("scrollY") == before


def test_a_long_press_chooses_taps_extend_and_the_bar_copies(month: Calendar) -> None:
    bar = month.page.get_by_role("toolbar", name="Selection")
    long_press(month.page, month.cell(0, 1))
    expect(bar).to_contain_text("1 cell")
    month.cell(0, 2).tap()
    expect(bar).to_contain_text("2 cells")
    bar.get_by_role("button", name="Copy").tap()
    bar.get_by_role("button", name="Done").tap()
    long_press(month.page, month.cell(1, 6))
    bar.get_by_role("button", name="Paste").tap()
    month.saved()
    assert [stored(month.wards, 1, day) for day in (6, 7)] == ["WA|D", "WA|D"]


@pytest.mark.parametrize(
    ("verb", "start", "end", "after"),
    [
        ("Move…", (0, 4), (0, 7), {(0, 4): "", (0, 7): "WA|D"}),
        ("Swap…", (0, 4), (1, 4), {(0, 4): "ICU|N", (1, 4): "WA|D"}),
        ("Push…", (0, 1), (0, 5), {(0, 1): "", (0, 5): "WA|D", (0, 6): "WA|N"}),
    ],
)
def test_the_panel_carries_where_a_tap_says(
    month: Calendar, verb: str, start: tuple[int, int], end: tuple[int, int], after: dict[tuple[int, int], str]
) -> None:
    month.cell(*start).tap()
    month.panel.get_by_role("button", name=verb).tap()
    expect(month.page.get_by_role("toolbar", name="Carrying")).to_be_visible()
    month.cell(*end).tap()
    month.saved()
    assert {at: stored(month.wards, *at) for at in after} == after


def test_undo_in_the_notice(month: Calendar) -> None:
    long_press(month.page, month.cell(0, 1))
    month.page.get_by_role("button", name="Clear").tap()
    month.saved()
    month.page.locator(".told").get_by_role("button", name="Undo").tap()
    month.saved(2)
    assert stored(month.wards, 0, 1) == "WA|D"
