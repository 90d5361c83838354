"""Cells in which a must is broken are marked, as the list of problems has them, and no longer than they are.

The first person works Ward A by night on 5 November, and here by day on the sixth and the seventh.
"""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from scheduling.models import Assignment, SequenceRule
from tests.browser.accessibility import assert_accessible
from tests.browser.calendar import Calendar, make_draft, open_month, open_year
from tests.factories import Wards, work

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(transactional_db: None) -> Wards:
    wards = make_draft()
    Assignment.objects.exclude(person=wards.people[0]).delete()
    for day in (6, 7):
        work(wards.schedule, wards.people[0], date(2026, 11, day), wards.day, wards.ward)
    return wards


def marked(page: Page) -> list[str]:
    names: list[str] = page.evaluate("[...document.querySelectorAll('td:has(.broken)')].map(calendar.name)")
    return names


def test_a_day_is_marked_whatever_the_list_is_asked_for_and_no_longer_than_it_breaks(
    wards: Wards, desktop: Page, live_server: LiveServer
) -> None:
    month: Calendar = open_month(desktop, live_server, wards)
    expect(month.cell(0, 7).locator(".chip.broken")).to_contain_text("breaks a rule")
    assert marked(desktop) == [month.name(0, 7)]
    assert_accessible(desktop)
    desktop.get_by_label("Kind of problem").select_option("leave")
    expect(desktop.locator("#problems-panel")).to_contain_text("None of this kind")
    assert marked(desktop) == [month.name(0, 7)]
    month.cell(0, 6).focus()
    desktop.keyboard.press("Delete")
    month.saved()
    expect(desktop.locator("td .broken, td .breaks")).to_have_count(0)
    desktop.keyboard.press("Control+z")
    month.saved(2)
    expect(month.cell(0, 7).locator(".broken .breaks")).to_have_count(1)
    assert marked(desktop) == [month.name(0, 7)]


def test_a_period_is_marked(wards: Wards, desktop: Page, live_server: LiveServer) -> None:
    rule = SequenceRule.objects.create(
        program=wards.program, name="Early", kind="only_in", levels=[1], first_period=1, last_period=11
    )
    rule.rotations.add(wards.ward)
    year: Calendar = open_year(desktop, live_server, wards)
    expect(year.cell(0, 12)).to_contain_text("breaks a rule")
    assert marked(desktop) == [year.name(0, 12), year.name(0, 13)]
    year.cell(0, 13).focus()
    desktop.keyboard.press("Delete")
    year.saved()
    expect(year.cell(0, 13).locator(".broken")).to_have_count(0)
    expect(year.cell(0, 12)).to_contain_text("breaks a rule")
