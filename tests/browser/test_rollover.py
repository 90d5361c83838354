"""The turn of the year as a coordinator does it: with the mouse, the keyboard, a phone, and without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from people.models import Person, Standing, User
from scheduling.models import AcademicYear
from tests.browser.accessibility import assert_accessible
from tests.browser.test_pages import enter, plain
from tests.factories import Wards, make_person, make_user, make_wards
from tests.pages.test_rollover import PAGE

__all__ = ["plain"]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    wards = make_wards(3)
    make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    make_person(wards.program, "Dr. Teacher", None)
    return wards


def open_page(page: Page, server: LiveServer) -> None:
    enter(page, server, "owner")
    page.goto(PAGE)
    expect(page.get_by_role("heading", level=1)).to_have_text("New academic year")


@contextmanager
def answered_as_found(page: Page) -> Iterator[None]:
    """The page with its errors comes with status 422, which a browser enters in its console as an error of ours."""
    page.route(f"**{PAGE}", lambda route: route.fulfill(response=route.fetch(), status=200))
    yield
    page.unroute(f"**{PAGE}")


def test_with_the_mouse(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    open_page(desktop, live_server)
    assert_accessible(desktop)
    expect(desktop.get_by_role("row", name="Resident 001")).to_be_visible()
    desktop.get_by_role("radio", name="PGY-1").check()
    expect(desktop.get_by_role("row", name="Resident 001")).to_be_hidden()
    day = desktop.get_by_label("Resident 000: day of the promotion")
    expect(day).to_be_hidden()
    desktop.get_by_label("Resident 000: what becomes of them").select_option(label="moves up later")
    expect(day).to_be_visible()
    with answered_as_found(desktop):
        desktop.get_by_role("button", name="Check").first.click()
    expect(desktop.get_by_role("alert")).to_contain_text("Resident 000: A later promotion needs its day")
    assert_accessible(desktop)
    day.fill("2028-01-10")
    desktop.get_by_role("textbox", name="Name").first.fill("Dee Doe")
    desktop.get_by_role("button", name="Check").first.click()
    plan = desktop.get_by_role("region", name="What would be done")
    expect(plan).to_contain_text("Resident 000: PGY-1 to PGY-2 from 10 Jan 2028.")
    expect(plan).to_contain_text("Dee Doe: PGY-1 from 1 Jul 2027, code DOE.")
    assert_accessible(desktop)
    assert AcademicYear.objects.count() == 1
    plan.get_by_role("button", name="Do it").click()
    expect(desktop.get_by_text("The academic year 2027–28 is set up: 3 people changed, 1 added.")).to_be_visible()
    desktop.goto("/p/internal-medicine/people/")
    expect(desktop.get_by_role("row", name="Resident 000")).to_contain_text("PGY-2 from 10 Jan 2028")
    assert_accessible(desktop)


def test_with_the_keyboard_alone(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    open_page(desktop, live_server)
    desktop.get_by_label("Resident 000: what becomes of them").focus()
    desktop.keyboard.type("stays")
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_label("Resident 000: cohort")).to_be_focused()  # what means nothing is passed over
    desktop.keyboard.type("B")
    desktop.keyboard.press("Enter")  # as the first button: it checks, and never does
    plan = desktop.get_by_role("region", name="What would be done")
    expect(plan).to_contain_text("Resident 000: cohort B from 1 Jul 2027.")
    assert AcademicYear.objects.count() == 1
    for _ in range(60):
        desktop.keyboard.press("Tab")
        if desktop.evaluate("document.activeElement.value") == "apply":
            break
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_text("The academic year 2027–28 is set up")).to_be_visible()
    stand = Standing.objects.get(person=wards.people[0], from_date=date(2027, 7, 1))
    assert (stand.pgy_level, stand.cohort) == (1, "B")


def test_on_a_phone(wards: Wards, phone: Page, live_server: LiveServer) -> None:
    open_page(phone, live_server)
    assert phone.evaluate(WIDER) == 0
    assert_accessible(phone)
    phone.get_by_label("Resident 001: what becomes of them").select_option(label="leaves")
    phone.get_by_role("button", name="Check").first.tap()
    plan = phone.get_by_role("region", name="What would be done")
    expect(plan).to_contain_text("Resident 001 (PGY-2) leaves; last day 30 Jun 2027.")
    assert phone.evaluate(WIDER) == 0
    assert_accessible(phone)
    plan.get_by_role("button", name="Do it").tap()
    expect(phone.get_by_text("The academic year 2027–28 is set up")).to_be_visible()
    assert Person.objects.get(pk=wards.people[1].pk).end_date == date(2027, 6, 30)


def test_without_scripts(wards: Wards, plain: Page, live_server: LiveServer) -> None:
    open_page(plain, live_server)
    plain.get_by_role("radio", name="Faculty").check()
    expect(plain.get_by_role("row", name="Resident 000")).to_be_hidden()
    plain.get_by_role("radio", name="All").check()
    plain.get_by_label("Categorical").fill("2")
    plain.get_by_role("button", name="Propose anew").click()
    expect(plain.get_by_label("Resident 001: what becomes of them")).to_have_value("graduates")
    plain.get_by_role("button", name="Check").first.click()
    plain.get_by_role("button", name="Do it").click()
    expect(plain.get_by_text("The academic year 2027–28 is set up")).to_be_visible()
    assert Person.objects.filter(end_date=date(2027, 6, 30)).count() == 2
