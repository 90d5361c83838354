"""The proof of a schedule on a screen, on a phone and on paper."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from people.models import User
from tests.browser.accessibility import assert_accessible
from tests.browser.test_pages import HOME, enter
from tests.factories import Wards, make_user, make_wards

PROOF = f"{HOME}schedules/1/proof/"


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    wards = make_wards(6)
    make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    return wards


def test_everybody_can_read_it(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    enter(desktop, live_server, "owner")
    desktop.goto(f"{HOME}schedules/1/")
    desktop.get_by_role("link", name="Proof").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Proof")
    assert_accessible(desktop, also_dark=True)
    desktop.locator(".gaps summary").click()
    desktop.get_by_role("link", name="Why Ward A, day, is short on Mon 13 Jul").click()
    expect(desktop.get_by_role("heading", level=1)).to_contain_text("Ward A, day, Mon 13 Jul 2026")


def test_it_fits_a_phone(wards: Wards, phone: Page, live_server: LiveServer) -> None:
    enter(phone, live_server, "owner")
    phone.goto(PROOF)
    expect(phone.get_by_role("region", name="PGY-1: work beside the fair share")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_on_paper_there_are_program_version_and_date_and_no_names_that_were_not_opened(
    wards: Wards, desktop: Page, live_server: LiveServer
) -> None:
    wards.people[0].absences.create(start_date="2026-12-05", end_date="2026-12-07", status="approved", kind="sick")
    enter(desktop, live_server, "owner")
    desktop.goto(PROOF)
    desktop.emulate_media(media="print")
    expect(desktop.get_by_text("Proof · Internal Medicine · Published 1 (2026–27) · printed")).to_be_visible()
    expect(desktop.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(desktop.get_by_text("Leave by kind")).to_be_hidden()
    expect(desktop.get_by_role("rowheader", name="Resident 000")).to_be_visible()
