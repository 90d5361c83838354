"""Why is this slot empty, and why me, as people use them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from absences.models import Absence
from people.models import User
from scheduling.models import Assignment
from tests.browser.accessibility import assert_accessible
from tests.browser.test_pages import HOME, enter
from tests.factories import Wards, make_user, make_wards

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)
BLOCK = f"{HOME}schedules/1/block/2026-11-05/WA/D/"


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    """On Thursday 5 November Resident 004 alone could take the day on the ward; Resident 002 is on leave."""
    wards = make_wards(6)
    make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    wards.people[0].user = make_user("colleague")
    wards.people[0].save()
    Assignment.objects.filter(person__in=(wards.people[2], wards.people[4])).delete()
    Absence.objects.create(
        person=wards.people[2], start_date=date(2026, 11, 3), end_date=date(2026, 11, 7), status="approved"
    )
    return wards


def test_from_what_is_short_to_somebody_who_takes_it(wards: Wards, phone: Page, live_server: LiveServer) -> None:
    enter(phone, live_server, "owner")
    phone.goto(f"{HOME}day/2026-11-05/")
    phone.get_by_role("link", name="Why?").tap()
    expect(phone.get_by_role("heading", name="Ward A, day, Thu 5 Nov 2026")).to_be_visible()
    expect(phone.get_by_text("▼ 1 missing")).to_be_visible()
    phone.get_by_role("button", name="Give it to Resident 004").tap()
    expect(phone.get_by_text("Resident 004 takes Ward A, day on Thu 5 Nov.")).to_be_visible()
    expect(phone.get_by_text("enough", exact=True)).to_be_visible()


def test_from_ones_own_month_to_why(wards: Wards, phone: Page, live_server: LiveServer) -> None:
    enter(phone, live_server, "colleague")
    phone.goto("/my/")
    phone.get_by_role("link", name="Why me, Tue 3 Nov?").tap()
    expect(phone.get_by_role("heading", name="Why me? Ward A, day, Tue 3 Nov 2026")).to_be_visible()
    expect(phone.get_by_text("Resident 004PGY-2")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [("desktop", "dark"), ("phone", "light")])
def test_the_pages_are_accessible_and_fit(
    wards: Wards, width: str, scheme: str, request: pytest.FixtureRequest, live_server: LiveServer
) -> None:
    page: Page = request.getfixturevalue(width)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    mine = Assignment.objects.get(person=wards.people[0], block__date=date(2026, 11, 3))
    why = f"{HOME}schedules/1/why/{mine.pk}/"
    for username, address in (("owner", BLOCK), ("owner", why), ("colleague", why)):
        page.context.clear_cookies()
        enter(page, live_server, username)
        page.goto(address)
        assert_accessible(page)
        spare = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert spare == 0, f"{address} is wider than the screen"
