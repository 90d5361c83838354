"""Why me: who may ask, what is said, and the links that lead there."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from scheduling.models import Assignment, Schedule
from tests.factories import Wards, make_schedule, make_wards, place, work
from tests.pages.conftest import STAMP, Reading, coordinator_of, resident_of

TUESDAY = date(2026, 11, 3)


@pytest.fixture
def mine(wards: Wards) -> Assignment:
    """Resident 000 by day on the ward, on Tuesday 3 November."""
    return Assignment.objects.get(person=wards.people[0], block__date=TUESDAY)


def address(assignment: Assignment) -> str:
    return f"/p/internal-medicine/schedules/{assignment.schedule.number}/why/{assignment.pk}/"


def test_a_scheduler_reads_why(mine: Assignment, owner: Client, read: Reading) -> None:
    html = read(owner, address(mine))
    assert "Why Resident 000? Ward A, day, Tue 3 Nov 2026" in html
    assert "Resident 000 is placed on Ward A in this period." in html
    assert "The optimiser chose it; nobody fixed it by hand." in html
    assert "No rule has anything against it." in html
    assert "Works Ward A, night on that day (not pinned)" in html
    assert '<a href="/p/internal-medicine/schedules/1/block/2026-11-03/WA/D/">' in html


def test_one_reads_why_oneself_and_nothing_private_of_others(
    wards: Wards, mine: Assignment, owner: Client, colleague: Client, read: Reading
) -> None:
    Assignment.objects.filter(person=wards.people[2]).delete()
    Absence.objects.create(
        person=wards.people[2], start_date=TUESDAY, end_date=TUESDAY, kind="bereavement", status="approved"
    )
    assert "Bereavement, 3 Nov" in read(owner, address(mine))
    html = read(colleague, address(mine))
    assert "Why me? Ward A, day, Tue 3 Nov 2026" in html
    assert '<span class="tail fact">On leave</span>' in html
    assert "ereavement" not in html
    assert "The whole block" not in html


def test_others_do_not(wards: Wards, mine: Assignment, colleague: Client, stranger: Client, client: Client) -> None:
    theirs = Assignment.objects.filter(person=wards.people[1])[0]
    assert colleague.get(address(theirs)).status_code == 404
    assert stranger.get(address(mine)).status_code == 404
    assert client.get(address(mine))["Location"].startswith("/sign-in/")


def test_drafts_and_other_versions_assignments_are_not_there(
    wards: Wards, mine: Assignment, owner: Client, colleague: Client
) -> None:
    draft = make_schedule(wards.year)
    place(draft, wards.people[0], 5, wards.ward)
    drafted = work(draft, wards.people[0], TUESDAY, wards.day, wards.ward)
    assert owner.get(address(drafted)).status_code == 200
    assert colleague.get(address(drafted)).status_code == 404
    for path in (address(mine).replace("schedules/1", "schedules/2"), address(mine).replace(f"/{mine.pk}/", "/0/")):
        assert owner.get(path).status_code == 404


def test_another_programs_assignment_is_not_there(mine: Assignment, owner: Client) -> None:
    other = make_wards(1, name="Surgery")
    theirs = other.schedule.assignments.all()[0]
    assert owner.get(address(mine).replace(f"/{mine.pk}/", f"/{theirs.pk}/")).status_code == 404


def test_ones_own_month_leads_there(mine: Assignment, colleague: Client, read: Reading) -> None:
    assert f'<a href="{address(mine)}" aria-label="Why me, Tue 3 Nov?">Why me?</a>' in read(colleague, "/my/2026-11/")


def test_the_day_leads_there(wards: Wards, mine: Assignment, owner: Client, colleague: Client, read: Reading) -> None:
    """Of everybody for schedulers, of oneself for others; a night of the day before too."""
    day = "/p/internal-medicine/day/2026-11-03/"

    def linked(html: str) -> set[int]:
        return {int(pk) for pk in re.findall(r'schedules/1/why/(\d+)/"', html)}

    there = set(Assignment.objects.filter(block__date=TUESDAY).values_list("pk", flat=True))
    assert linked(read(owner, day)) == there
    assert linked(read(colleague, day)) == {mine.pk}
    night = Assignment.objects.get(person=wards.people[2], block__date=TUESDAY)
    assert night.pk in linked(read(owner, "/p/internal-medicine/day/2026-11-04/"))
    assert linked(read(owner, "/p/internal-medicine/on-call/")) == set()


def test_a_day_between_two_versions_leads_to_each(wards: Wards, owner: Client, read: Reading) -> None:
    Schedule.objects.filter(pk=wards.schedule.pk).update(start_date=TUESDAY)
    before = make_schedule(wards.year, "published", start_date=date(2026, 7, 1), end_date=date(2026, 11, 2))
    night = work(before, wards.people[1], date(2026, 11, 2), wards.night, wards.icu)
    assert f"schedules/{before.number}/why/{night.pk}/" in read(owner, "/p/internal-medicine/day/2026-11-03/")


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries(people: int) -> None:
    wards = make_wards(people)
    assignment = Assignment.objects.get(person=wards.people[0], block__date=TUESDAY)
    counts = []
    for client in (coordinator_of(wards), resident_of(wards)):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(assignment)).status_code == 200
        counts.append(len(captured))
    assert counts == [46 + STAMP, 43]
