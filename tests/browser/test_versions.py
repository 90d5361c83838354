"""Versions as coordinators use them: compared, tried out, published, brought back; by mouse and keyboard."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from people.models import User
from scheduling.models import GenerationRun, Schedule
from scheduling.services.changes import Change, PlanChange
from scheduling.services.drafts import new_draft
from scheduling.services.edit import change
from scheduling.services.publish import publish
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import page_of
from tests.browser.test_pages import enter
from tests.factories import Wards, make_user, make_wards

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)
HOME = "/p/internal-medicine/schedules/"
TABS = 150  # more than any of these pages has


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    """Version 1, archived; version 2, published, with one more at work; version 3, a draft with one on the ICU."""
    wards = make_wards(6)
    make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    Schedule.objects.update(published_at=NOON)
    second = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    works = [Change(wards.people[n].pk, date(2026, 12, 1 + n), "D", None, "WA") for n in range(2)]
    change(schedule=second, user=None, changes=works)
    publish(schedule=second, user=None)
    third = new_draft(academic_year=wards.year, user=None, based_on=second)
    change(schedule=third, user=None, changes=[PlanChange(wards.people[0].pk, 8, "WA", "ICU")])
    return wards


@pytest.fixture
def bare(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page without JavaScript."""
    with page_of(chromium, live_server, java_script_enabled=False, viewport={"width": 1440, "height": 900}) as page:
        yield page


def tab_to(page: Page, words: str) -> None:
    """Go on by the Tab key until the link or button that has the focus says these words."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        stop = page.evaluate("document.activeElement.matches('a, button') && document.activeElement.textContent")
        if stop and words in stop:
            return
    raise AssertionError(f"The keyboard does not reach {words!r}.")


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_a_sandbox_is_made_compared_and_adopted(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}3/")
    desktop.get_by_label("Note").fill("One more")
    desktop.get_by_role("button", name="What if").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Sandbox 4")
    assert_accessible(desktop)
    box = Schedule.objects.get(number=4)
    change(schedule=box, user=None, changes=[Change(wards.people[2].pk, date(2026, 12, 9), "D", None, "WA")])

    desktop.get_by_role("link", name="Compare with version 3").click()
    expect(desktop.locator(".summing")).to_contain_text("1 person, 0 placements, 1 assignment.")
    grid = desktop.get_by_role("region", name="Grid of what differs")
    expect(grid.locator("td.changed")).to_have_text(["Changed, was free: WA, pinned"])
    expect(grid.locator("td.changed .chip")).to_have_attribute("title", "Was free. Now: Ward A, Day, pinned")
    assert_accessible(desktop)
    desktop.get_by_label("Who", exact=True).select_option("all")
    expect(grid.locator("tbody tr")).to_have_count(6)
    desktop.get_by_role("button", name="Adopt into draft 3").click()
    expect(desktop.get_by_text("Sandbox 4 is adopted, in one edit that you can undo here.")).to_be_visible()
    desktop.get_by_role("button", name=re.compile("^Undo.*Sandbox 4 adopted: One more")).click()
    expect(desktop.get_by_text("Undone: Sandbox 4 adopted: One more.")).to_be_visible()


def test_a_sandbox_is_dropped_with_the_keyboard_alone(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}2/")
    tab_to(desktop, "What if… (sandbox)")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Sandbox 4")
    tab_to(desktop, "Drop…")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Drop sandbox 4?")
    assert_accessible(desktop)
    tab_to(desktop, "Drop the sandbox")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_text("Sandbox 4 is dropped.")).to_be_visible()
    assert_accessible(desktop)


def test_a_version_is_brought_back_with_the_keyboard_alone(
    wards: Wards, desktop: Page, live_server: LiveServer
) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}1/")
    assert_accessible(desktop)
    tab_to(desktop, "Bring back version 1…")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", name="It brings back version 1")).to_be_visible()
    expect(desktop.get_by_text("It changes what 2 people work from today on; they are told.")).to_be_visible()
    assert_accessible(desktop)
    tab_to(desktop, "Publish")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_text("Version 4 is published: it is what everybody sees now.")).to_be_visible()
    assert [each.number for each in Schedule.objects.published()] == [4]


def test_a_version_is_brought_back_by_mouse_from_where_it_is_compared(
    wards: Wards, desktop: Page, live_server: LiveServer
) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(HOME)
    desktop.get_by_label("What does").select_option(label="Archived 1 (2026–27)")
    desktop.get_by_label("change in").select_option(label="Published 2 (2026–27)")
    desktop.get_by_role("button", name="Compare").click()
    expect(desktop.locator(".summing")).to_contain_text("2 people, 0 placements, 2 assignments.")
    desktop.get_by_role("button", name="Bring back version 1…").click()
    desktop.get_by_role("button", name="Publish").click()
    expect(desktop.get_by_text("Version 4 is published: it is what everybody sees now.")).to_be_visible()


def test_comparing_and_publishing_on_a_phone(wards: Wards, phone: Page, live_server: LiveServer) -> None:
    """Nothing scrolls sideways but what has its own bar, and a tick stands beside its words."""
    third = Schedule.objects.get(number=3)
    publish(schedule=new_draft(academic_year=wards.year, user=None, based_on=third.based_on), user=None)
    enter(phone, live_server, "owner")
    for page in (f"{HOME}3/compare/2/", f"{HOME}3/publish/", f"{HOME}3/", HOME, f"{HOME}3/delete/"):
        phone.goto(page)
        assert not scrolls_sideways(phone), page
        assert_accessible(phone)
    phone.goto(f"{HOME}3/publish/")
    tick, words = phone.get_by_role("checkbox"), phone.locator("label[for=id_anyway]")
    left, right = tick.bounding_box(), words.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]
    assert left["y"] < right["y"] + right["height"]
    assert right["y"] < left["y"] + left["height"]
    words.tap()
    phone.get_by_role("button", name="Publish").tap()
    expect(phone.get_by_text("Version 3 is published: it is what everybody sees now.")).to_be_visible()


def test_all_of_it_without_javascript(wards: Wards, bare: Page, live_server: LiveServer) -> None:
    enter(bare, live_server, "owner")
    bare.goto(f"{HOME}3/")
    bare.get_by_role("button", name="Compare").click()
    expect(bare.get_by_role("heading", level=1)).to_have_text("Version 3 against version 2")
    bare.get_by_label("Show", exact=True).select_option("2026-12")
    bare.get_by_role("button", name="Show").click()
    expect(bare.get_by_text("Nothing differs in December 2026")).to_be_visible()
    bare.get_by_role("link", name="Turn round").click()
    expect(bare.get_by_role("heading", level=1)).to_have_text("Version 2 against version 3")

    bare.goto(f"{HOME}3/")
    bare.get_by_text("Only a part of it").click()
    expect(bare.get_by_label("From", exact=True)).to_have_value("2026-11-03")
    bare.get_by_label("To", exact=True).fill("2026-11-30")
    bare.get_by_role("checkbox", name="Ward A").check()
    bare.get_by_role("checkbox", name="PGY-2").check()
    bare.get_by_label("What to make").select_option("roster")
    bare.get_by_role("button", name="Generate").click()
    expect(bare.get_by_role("heading", level=1)).to_have_text("Generation of version 3")
    run = GenerationRun.objects.get()
    assert (run.scope, run.remakes["first"], run.remakes["last"]) == ("roster", "2026-11-03", "2026-11-30")
    assert run.remakes["rotations"] == ["WA"]
    assert run.remakes["people"] == sorted(person.pk for person in wards.people if person.pgy_level == 2)
