"""Sick call on a phone: three taps from the first page to somebody else at work."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from absences.models import Absence
from people.models import User
from scheduling.models import Cover
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import page_of
from tests.browser.test_pages import HOME, enter
from tests.factories import Wards, make_person, make_user, make_wards

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)
TODAY = date(2026, 11, 3)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    wards = make_wards(6)
    make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    wards.people[0].user = make_user("colleague")
    wards.people[0].save()
    make_person(wards.program, "Extra Hand", 2, phone="555 0199", email="extra@example.org")
    return wards


def assert_fits(page: Page) -> None:
    spare = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert spare == 0, f"{page.url} is wider than the screen"


def test_three_taps_from_the_call_to_cover(wards: Wards, phone: Page, live_server: LiveServer) -> None:
    enter(phone, live_server, "owner")
    phone.goto("/")
    phone.get_by_role("link", name="Somebody is away").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Who is away?")
    expect(phone.get_by_label("Kind")).to_have_value("sick")
    expect(phone.get_by_label("Last day")).to_have_value("2026-11-03")
    assert_fits(phone)
    first = phone.get_by_role("button", name="Resident 000")
    box = first.bounding_box()
    assert box
    assert box["height"] >= 44  # a thumb's
    first.tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Cover for Resident 000")
    expect(phone.get_by_role("link", name="555 0199")).to_have_attribute("href", "tel:555 0199")
    assert_fits(phone)
    phone.get_by_role("button", name="Give to Extra Hand").tap()
    expect(phone.get_by_role("heading", name="All blocks are covered")).to_be_visible()
    absence = Absence.objects.get(kind="sick")
    assert (absence.person, absence.start_date, absence.end_date) == (wards.people[0], TODAY, TODAY)
    assert Cover.objects.get().covering.name == "Extra Hand"


def test_the_same_without_scripts_and_with_the_search(wards: Wards, chromium: Browser, live_server: LiveServer) -> None:
    with page_of(chromium, live_server, java_script_enabled=False, viewport={"width": 390, "height": 844}) as plain:
        enter(plain, live_server, "owner")
        plain.goto(f"{HOME}away/")
        plain.get_by_role("searchbox", name="Name").fill("000")
        plain.get_by_role("button", name="Find").click()
        expect(plain.get_by_role("button", name="Resident 001")).to_have_count(0)
        plain.get_by_label("Kind").select_option("bereavement")
        plain.get_by_label("Last day").fill("2026-11-04")
        plain.get_by_role("button", name="Resident 000").click()
        expect(plain.get_by_text("is away: bereavement, Tue 3 to Wed 4 Nov 2026.")).to_be_visible()
        plain.get_by_role("button", name="Give to Extra Hand").first.click()
        expect(plain.get_by_role("heading", name="Covered")).to_be_visible()


def test_leave_is_asked_for_on_a_phone(wards: Wards, phone: Page, live_server: LiveServer) -> None:
    enter(phone, live_server, "colleague")
    phone.goto("/")
    phone.get_by_role("navigation", name="Main").get_by_role("link", name="Requests").tap()
    phone.get_by_role("link", name="Ask for leave").first.tap()
    phone.get_by_label("First day").fill("2026-11-10")
    phone.get_by_label("Last day").fill("2026-11-12")
    phone.get_by_label("Reason").fill("Wedding")
    phone.get_by_role("button", name="Ask").tap()
    expect(phone.get_by_text("You asked for leave: Tue 10 to Thu 12 Nov 2026.")).to_be_visible()
    expect(phone.get_by_role("button", name="Withdraw")).to_be_visible()
    assert_fits(phone)


@pytest.mark.parametrize(("width", "scheme"), [("desktop", "dark"), ("phone", "light")])
def test_the_pages_are_accessible_and_fit(
    wards: Wards, width: str, scheme: str, request: pytest.FixtureRequest, live_server: LiveServer
) -> None:
    page: Page = request.getfixturevalue(width)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    days = {"start_date": TODAY, "end_date": date(2026, 11, 8)}
    sick = Absence.objects.create(person=wards.people[0], kind="sick", status="approved", created_at=NOON, **days)
    asked = Absence.objects.create(person=wards.people[1], reason="A wedding", **days)
    denied = {"status": "denied", "decision_reason": "Two of your level are away"}
    Absence.objects.create(person=wards.people[2], **days, **denied)
    visited = [
        ("owner", f"{HOME}away/"),
        ("owner", f"{HOME}absences/{sick.pk}/cover/"),
        ("owner", f"{HOME}requests/"),
        ("owner", f"{HOME}requests/{asked.pk}/"),
        ("owner", f"{HOME}requests/{sick.pk}/"),
        ("colleague", f"{HOME}requests/"),
        ("colleague", f"{HOME}requests/new/"),
    ]
    for username, address in visited:
        page.context.clear_cookies()
        enter(page, live_server, username)
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
