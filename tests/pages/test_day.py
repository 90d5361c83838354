"""The day and who is on: by rotation and shift, with what came from the night before and what is short."""

import re
from datetime import UTC, date, datetime

from django.utils import timezone

from tests.factories import make_person, work

DAY = "/p/internal-medicine/day/2026-11-03/"
ON_CALL = "/p/internal-medicine/on-call/"


def shifts(html: str) -> list[tuple[str, ...]]:
    """(shift, times, people) in the order of the page."""
    found = re.findall(r'<div class="shift(.*?)<h3>\s*(.*?)\s*<span>(.*?)</span>.*?<ul>(.*?)</ul>', html, re.DOTALL)
    return [
        ("now" if "on-now" in start else "", name, times, ", ".join(re.findall(r"<li>\s*(.*?) <small", people)))
        for start, name, times, people in found
    ]


def test_who_works_where(owner, read):
    assert shifts(read(owner, DAY)) == [
        ("now", "Day", "07:00–19:00", "Resident 000"),
        ("", "Night", "19:00–07:00", "Resident 002"),
        ("now", "Day", "07:00–19:00", "Resident 001"),
    ]


def test_a_night_is_shown_on_the_day_on_which_it_ends(owner, read):
    assert shifts(read(owner, DAY.replace("03", "04"))) == [
        ("", "Night", "until 07:00", "Resident 002"),
        ("", "Day", "07:00–19:00", "Resident 000"),
        ("", "Night", "19:00–07:00", "Resident 001"),
    ]


def test_before_dawn_the_night_is_on_now(owner, read, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 4, 8, tzinfo=UTC))  # 3 in the morning
    assert shifts(read(owner, ON_CALL)) == [("now", "Night", "until 07:00", "Resident 002")]


def test_contacts_roles_and_who_is_away(wards, owner, read):
    teacher = make_person(wards.program, "Dr. Teacher", None, email="t@example.org", phone="555 0100")
    work(wards.schedule, teacher, date(2026, 11, 3), wards.day, wards.ward, role="supervising")
    wards.schedule.assignments.filter(person=wards.people[1]).delete()
    wards.people[1].absences.create(start_date="2026-11-03", end_date="2026-11-03", kind="jury-duty", status="approved")
    html = read(owner, DAY)
    assert 'Dr. Teacher <small class="muted">Faculty, supervising</small>' in html
    assert '<a href="tel:555 0100">555 0100</a><a href="mailto:t@example.org" title="t@example.org"' in html
    assert 'Resident 001<span class="tail">PGY-2 · jury duty</span>' in html
    assert "3 at work, 1 away" in html


def test_what_is_short_is_said(owner, read):
    assert "WA day: 0 of 1" in read(owner, DAY.replace("03", "05"))
    assert "WA day: 0 of 1" not in read(owner, DAY)


def test_the_days_before_and_after(owner, read):
    html = read(owner, f"{DAY}?schedule=1")
    assert 'href="/p/internal-medicine/day/2026-11-02/?schedule=1" rel="prev"' in html
    assert 'href="/p/internal-medicine/day/2026-11-04/?schedule=1" rel="next"' in html
    assert owner.get("/p/internal-medicine/day/").url == DAY


def test_a_day_without_a_roster(owner, read):
    assert "Nobody is on the roster on this day" in read(owner, DAY.replace("11", "12"))


def test_nobody_on(wards, colleague, read):
    wards.schedule.assignments.all().delete()
    assert "Nobody is on at this moment" in read(colleague, ON_CALL)
    wards.schedule.delete()
    assert "No schedule of Internal Medicine is published for today." in read(colleague, ON_CALL)
