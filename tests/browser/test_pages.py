"""The pages as people use them: through the year to a day, on a phone, with the keyboard, and without JavaScript."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from people.models import User
from scheduling.models import GenerationRun
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import page_of
from tests.factories import Wards, make_person, make_schedule, make_user, make_wards

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)
HOME = "/p/internal-medicine/"


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    wards = make_wards(6)
    wards.program.shows_who_is_on = True
    wards.program.save()
    make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    wards.people[0].user = make_user("colleague")
    wards.people[0].phone = "555 0100"
    wards.people[0].save()
    wards.people[1].absences.create(start_date="2026-11-05", end_date="2026-11-07", status="approved")
    return wards


@pytest.fixture
def run(wards: Wards) -> GenerationRun:
    return GenerationRun.objects.create(
        schedule=make_schedule(wards.year),
        status="running",
        phase="plan",
        progress=10,
        objective=120,
        bound=100,
        gap=0.17,
        started_at=NOON,
        heartbeat=NOON,
    )


def enter(page: Page, server: LiveServer, username: str) -> None:
    """Be signed in without going through the form."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])


@pytest.fixture
def plain(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page whose browser runs no scripts."""
    with page_of(chromium, live_server, java_script_enabled=False, viewport={"width": 1440, "height": 900}) as page:
        yield page


def test_from_signing_in_to_the_year_the_month_and_a_day(wards: Wards, desktop: Page) -> None:
    desktop.goto("/")
    desktop.get_by_label("Username").fill("owner")
    desktop.get_by_label("Password").fill("wrong")
    desktop.get_by_role("button", name="Sign in").click()
    expect(desktop.get_by_role("alert")).to_contain_text("do not belong together")
    desktop.get_by_label("Username").fill("owner")
    desktop.get_by_label("Password").fill("password")
    desktop.get_by_role("button", name="Sign in").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Tuesday 3 November")
    desktop.get_by_role("navigation", name="Main").get_by_role("link", name="Schedule").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("November 2026")
    desktop.get_by_role("link", name="Year", exact=True).click()
    expect(desktop.get_by_role("grid")).to_have_accessible_name("Rotation plan 2026–27")
    desktop.get_by_role("link", name="Month", exact=True).click()
    desktop.get_by_role("link", name="Sat 7").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Sat 7 Nov 2026")


def test_ones_own_month_on_a_phone(wards: Wards, phone: Page, live_server: LiveServer) -> None:
    enter(phone, live_server, "colleague")
    phone.goto("/")
    expect(phone.get_by_label("Now and next")).to_contain_text("Now, until 19:00")
    bar = phone.get_by_role("navigation", name="Main")
    box = bar.bounding_box()
    assert box
    assert round(box["y"] + box["height"]) == 844
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.get_by_text("Earlier in November").click()
    expect(phone.get_by_label("Earlier in November 2026").get_by_role("listitem")).to_have_count(4)  # 2 days, 2 weeks
    bar.get_by_role("link", name="Who is on").click()
    expect(phone.get_by_role("link", name="555 0100")).to_be_visible()
    bar.get_by_role("link", name="Program schedule").click()
    phone.get_by_role("link", name="Year", exact=True).tap()
    expect(phone.get_by_role("grid")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_a_filter_applies_when_it_is_chosen_and_is_in_the_address(
    wards: Wards, desktop: Page, live_server: LiveServer
) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}month/2026-11/")
    desktop.get_by_label("Rotation", exact=True).select_option("ICU")
    expect(desktop).to_have_url(re.compile(r"/month/2026-11/\?rotation=ICU$"))
    expect(desktop.get_by_role("rowheader", name="Resident 001")).to_be_visible()
    expect(desktop.get_by_role("rowheader", name="Resident 000")).to_have_count(0)
    desktop.get_by_label("Name").fill("003")
    desktop.keyboard.press("Enter")
    expect(desktop).to_have_url(re.compile(r"\?rotation=ICU&name=003$"))
    expect(desktop.get_by_text("1 of 6 people")).to_be_visible()
    desktop.go_back()
    expect(desktop.get_by_text("3 of 6 people")).to_be_visible()
    desktop.get_by_role("link", name="Everybody").click()
    expect(desktop.get_by_text("6 people")).to_be_visible()


def test_the_keyboard_moves_through_a_grid(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}month/2026-11/")
    grid = desktop.get_by_role("grid")
    assert grid.locator("[tabindex='0']").count() == 1
    grid.locator("[tabindex='0']").focus()

    def here() -> str:
        place = "[e.parentElement.cells[0].textContent, e.cellIndex].join(' ')"
        found: str = desktop.evaluate(f"(e => {place})(document.activeElement.closest('td, th'))")
        return found

    assert here() == "Resident 000 1"
    desktop.keyboard.press("ArrowRight")
    desktop.keyboard.press("ArrowDown")  # over the heading of the next level
    assert here() == "Resident 003 2"
    desktop.keyboard.press("End")
    assert here() == "Resident 003 33"
    desktop.keyboard.press("ArrowRight")
    assert here() == "Resident 003 33"
    desktop.keyboard.press("Home")
    assert here() == "Resident 003 0"
    desktop.keyboard.press("Control+Home")
    assert here() == "6 people 0"
    desktop.keyboard.press("ArrowRight")
    assert grid.locator("col.lit").count() == 1
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Sun 1 Nov 2026")


def test_the_first_tab_skips_to_the_content(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(HOME)
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_role("link", name="Skip to the content")).to_be_focused()
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#main")).to_be_focused()


def test_light_and_dark_by_the_switch_and_kept(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.emulate_media(color_scheme="light")
    desktop.goto(HOME)
    background = "getComputedStyle(document.body).backgroundColor"
    light = desktop.evaluate(background)
    desktop.get_by_text("Account: owner").click()
    desktop.get_by_role("button", name="Dark").click()
    dark = desktop.evaluate(background)
    assert dark != light
    desktop.reload()
    assert desktop.evaluate(background) == dark
    desktop.get_by_text("Account: owner").click()
    expect(desktop.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    desktop.get_by_role("button", name="System").click()
    assert desktop.evaluate(background) == light
    desktop.keyboard.press("Escape")
    expect(desktop.get_by_role("button", name="Dark")).to_be_hidden()


def test_a_run_is_followed_to_its_end(run: GenerationRun, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}runs/{run.pk}/")
    expect(desktop.get_by_text("10 % done")).to_be_visible()
    GenerationRun.objects.update(progress=70, phase="roster, period 8 of 13")
    expect(desktop.get_by_text("70 % done")).to_be_visible()
    expect(desktop.get_by_text("Roster, period 8 of 13")).to_be_visible()
    GenerationRun.objects.update(
        status="succeeded", progress=100, shortfalls=[{"sentence": "Nobody covers Ward A on Sat 7 Nov."}]
    )
    expect(desktop.get_by_text("Nobody covers Ward A on Sat 7 Nov.")).to_be_visible()
    expect(desktop.get_by_role("progressbar")).to_have_count(0)
    desktop.locator("#progress").get_by_role("link", name="Month").click()
    expect(desktop.get_by_text("Draft 2", exact=True)).to_be_visible()


def test_a_run_is_cancelled(run: GenerationRun, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}runs/{run.pk}/")
    desktop.get_by_role("button", name="Cancel").click()
    expect(desktop.get_by_text("It is being stopped")).to_be_visible()
    run.refresh_from_db()
    assert run.cancel_requested
    GenerationRun.objects.update(status="cancelled")
    expect(desktop.get_by_role("button", name="Try again")).to_be_visible()


def test_without_scripts_all_can_be_read_and_sent(run: GenerationRun, plain: Page, live_server: LiveServer) -> None:
    enter(plain, live_server, "owner")
    plain.goto(f"{HOME}month/2026-11/")
    expect(plain.get_by_role("table")).to_be_visible()
    plain.get_by_label("Level", exact=True).select_option("2")
    plain.get_by_role("button", name="Show").click()
    expect(plain.get_by_text("2 of 6 people")).to_be_visible()
    plain.goto(f"{HOME}runs/{run.pk}/")
    expect(plain.get_by_text("10 % done")).to_be_visible()
    GenerationRun.objects.update(progress=20)
    plain.get_by_role("link", name="Look again").click()
    expect(plain.get_by_text("20 % done")).to_be_visible()
    plain.get_by_role("button", name="Cancel").click()
    expect(plain.get_by_text("It is being stopped")).to_be_visible()
    plain.goto(f"{HOME}schedules/1/")
    plain.get_by_label("Note").fill("By hand")
    plain.get_by_role("button", name="Copy into a new draft").click()
    expect(plain.get_by_text("Draft 3 is made, a copy of Published 1")).to_be_visible()
    plain.get_by_role("link", name="Publish…").click()
    plain.get_by_role("button", name="Publish").click()
    expect(plain.get_by_text("Version 3 is published")).to_be_visible()


SCHEDULERS = [
    "",
    "year/",
    "year/?name=nobody",
    "month/2026-11/",
    "month/2026-12/?schedule=2",
    "day/2026-11-03/",
    "schedules/",
    "schedules/2/",
    "schedules/2/publish/",
    "people/",
    "on-call/",
]
READERS = ["/my/", "/my/2026-10/", f"{HOME}month/2026-11/", "/password/"]


def pages(run: GenerationRun) -> list[tuple[str, str]]:
    """(who, address) of every kind of page; the run is on one of them."""
    visited = [("owner", HOME + page) for page in [*SCHEDULERS, f"runs/{run.pk}/"]]
    return [*visited, *(("colleague", page) for page in READERS), ("", "/sign-in/"), ("", f"{HOME}on-call/")]


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_every_page_is_accessible_and_fits(
    run: GenerationRun, wards: Wards, width: str, request: pytest.FixtureRequest, live_server: LiveServer
) -> None:
    page: Page = request.getfixturevalue(width)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    make_person(wards.program, "Dr. Teacher", None, email="t@example.org")
    run.violations = [{"force": "should", "clause": None, "label": "program rule", "sentence": "Six nights in a row."}]
    run.shortfalls = [{"sentence": "Nobody covers Ward A."}]
    run.save()
    for username, address in pages(run):
        page.goto("about:blank")  # or the run's page would ask again as the next user
        page.context.clear_cookies()
        if username:
            enter(page, live_server, username)
        page.goto(address)
        assert_accessible(page, also_dark=width == "desktop")
        spare = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert spare == 0, f"{address} is wider than the screen"


def test_the_pages_for_what_is_not_there(wards: Wards, chromium: Browser, live_server: LiveServer) -> None:
    with page_of(chromium, live_server, allowed="status of 404") as page:
        response = page.goto("/nowhere/")
        assert response
        assert response.status == 404
        expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
        assert_accessible(page)
