"""The list of problems in a browser: it follows every edit, leads to the cell, is filtered, and fits a phone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from people.models import Person, User
from scheduling.models import Assignment, Curriculum, Staffing
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import page_of
from tests.browser.test_pages import HOME, enter
from tests.factories import Wards, make_staffing, make_user, make_wards, work

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)
MONDAY = date(2026, 11, 2)
PROBLEMS = f"{HOME}schedules/1/problems/"
RUN = "Resident 000 works 13 days in a row, 2 to 14 Nov; 12 are the most."


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    """A draft in which somebody works 13 days in a row, and the ward's Mondays by night are not staffed."""
    wards = make_wards(3, status="draft")
    Assignment.objects.all().delete()
    Staffing.objects.all().delete()
    Curriculum.objects.all().delete()
    for number in range(13):
        work(wards.schedule, wards.people[0], MONDAY + timedelta(days=number), wards.day, wards.ward)
    make_staffing(wards.program, "Ward", wards.ward, shift_type=wards.night, weekdays=[0], fewest=1)
    Person.objects.filter(pk=wards.people[1].pk).update(cohort="A")
    make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    return wards


def panel(page: Page) -> Locator:
    found = page.locator("#problems-panel")
    expect(found.get_by_label("Kind of problem")).to_be_visible()
    return found


def focuses(page: Page, address: str) -> None:
    """Fail unless the focus comes to the link of this address, in a cell, a heading or a list."""
    expect(page.locator(":focus")).to_have_attribute("href", address)


def test_everybody_can_read_them(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(PROBLEMS)
    expect(desktop.get_by_role("link", name=RUN)).to_be_visible()
    assert_accessible(desktop, also_dark=True)
    desktop.goto(f"{HOME}month/2026-11/")
    expect(panel(desktop).get_by_role("link", name=RUN)).to_be_visible()
    assert_accessible(desktop, also_dark=True)


def test_a_line_leads_to_its_cell_by_mouse(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}month/2026-11/")
    panel(desktop).get_by_role("link", name=RUN).click()
    focuses(desktop, f"{wards.people[0].pk}/2/")
    assert desktop.url.endswith(f"/month/2026-11/#c{wards.people[0].pk}:2026-11-02")
    panel(desktop).get_by_role("link", name="Nobody covers Ward A on Mon 9 Nov, night.", exact=True).click()
    focuses(desktop, f"{HOME}day/2026-11-09/")
    panel(desktop).get_by_role("link", name="Nobody covers Ward A on Mon 7 Dec, night.", exact=True).click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("December 2026")
    focuses(desktop, f"{HOME}day/2026-12-07/?schedule=1")


def test_and_by_keyboard(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}month/2026-11/")
    panel(desktop).get_by_label("Kind of problem").focus()
    desktop.keyboard.press("Tab")  # this month only
    desktop.keyboard.press("Tab")  # the group
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.textContent") == RUN
    desktop.keyboard.press("Enter")
    focuses(desktop, f"{wards.people[0].pk}/2/")
    desktop.keyboard.press("ArrowRight")
    focuses(desktop, f"{wards.people[0].pk}/3/")


def test_the_focus_stays_when_the_list_comes_and_when_it_comes_anew(
    wards: Wards, desktop: Page, live_server: LiveServer
) -> None:
    held: list[Route] = []
    enter(desktop, live_server, "owner")
    desktop.route("**/problems/**", lambda route: held.append(route))
    with desktop.expect_request("**/problems/**"):
        desktop.goto(f"{HOME}month/2026-11/")
    desktop.get_by_role("link", name="Problems", exact=True).focus()
    held[0].continue_()
    panel(desktop)
    focuses(desktop, f"{PROBLEMS}#must")
    desktop.unroute("**/problems/**")
    missing = desktop.get_by_role("link", name="Nobody covers Ward A on Mon 9 Nov, night.", exact=True)
    missing.focus()
    desktop.evaluate("document.querySelector('#problems-panel header').dataset.old = 'yes'")
    desktop.evaluate("htmx.trigger(document.body, 'calendar:edited')")
    expect(desktop.locator("[data-old]")).to_have_count(0)
    expect(missing).to_be_focused()


def test_it_follows_every_edit_and_so_does_the_strip(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}month/2026-11/")
    strip = desktop.locator("#problem-counts")
    expect(panel(desktop).get_by_role("link", name=RUN)).to_be_visible()
    expect(strip).to_have_text("✕ 1 must ▼ 52 missing", use_inner_text=False)
    desktop.locator(f"#r{wards.people[0].pk} > :nth-child(8) a.cell").focus()
    desktop.keyboard.press("Delete")
    expect(panel(desktop).get_by_role("link", name=RUN)).to_have_count(0)
    expect(strip).to_have_text("▼ 52 missing")
    desktop.get_by_role("button", name="Undo").first.click()
    expect(panel(desktop).get_by_role("link", name=RUN)).to_be_visible()
    expect(strip).to_have_text("✕ 1 must ▼ 52 missing")


def test_filters_stay_when_something_is_edited(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}month/2026-11/")
    lines = panel(desktop).locator(".problem")
    expect(lines).to_have_count(51)
    expect(panel(desktop).get_by_text("50 of 52 are shown.")).to_be_visible()
    panel(desktop).get_by_role("link", name="Show all").click()
    expect(lines).to_have_count(53)
    panel(desktop).get_by_label("November only").check()
    expect(lines).to_have_count(6)
    panel(desktop).get_by_label("Kind of problem").select_option("Unstaffed")
    expect(lines).to_have_count(5)
    desktop.locator(f"#r{wards.people[0].pk} > :nth-child(8) a.cell").focus()
    with desktop.expect_response(lambda answer: "/problems/" in answer.url):
        desktop.keyboard.press("Delete")
    expect(lines).to_have_count(5)
    expect(panel(desktop).get_by_label("November only")).to_be_checked()
    panel(desktop).get_by_label("Kind of problem").select_option("All kinds")
    expect(lines).to_have_count(5)  # the run is no longer


def test_on_a_phone(wards: Wards, phone: Page, live_server: LiveServer) -> None:
    enter(phone, live_server, "owner")
    phone.goto(PROBLEMS)
    expect(phone.get_by_role("link", name=RUN)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert_accessible(phone)
    phone.get_by_role("link", name=RUN).tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("November 2026")
    focuses(phone, f"{wards.people[0].pk}/2/?schedule=1")
    expect(panel(phone)).to_be_attached()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_without_scripts_there_is_a_link_and_a_page(wards: Wards, chromium: Browser, live_server: LiveServer) -> None:
    with page_of(chromium, live_server, java_script_enabled=False, viewport={"width": 1440, "height": 900}) as plain:
        enter(plain, live_server, "owner")
        plain.goto(f"{HOME}month/2026-11/")
        plain.get_by_role("link", name="Problems", exact=True).click()
        expect(plain.get_by_role("link", name=RUN)).to_be_visible()
        plain.get_by_label("Kind of problem").select_option("Unstaffed")
        plain.get_by_role("button", name="Show", exact=True).click()
        expect(plain.get_by_role("link", name=RUN)).to_have_count(0)
        expect(plain.locator(".problem")).to_have_count(50)


def test_the_grid_is_filtered_by_cohort(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}month/2026-11/")
    desktop.get_by_label("Cohort").select_option("A")
    expect(desktop.get_by_role("rowheader", name="Resident 001")).to_be_visible()
    expect(desktop.get_by_role("rowheader", name="Resident 000")).to_have_count(0)
    assert "cohort=A" in desktop.url
    # A problem of somebody who is not shown leads to the page without the filter.
    panel(desktop).get_by_role("link", name=RUN).click()
    focuses(desktop, f"{wards.people[0].pk}/2/?schedule=1")
