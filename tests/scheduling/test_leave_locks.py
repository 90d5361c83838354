"""Two who decide or give at the same moment: the second waits, sees what the first did, and undoes none of it."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from absences import services
from absences.models import Absence
from people.models import Person
from scheduling.models import Assignment, Cover, Schedule
from scheduling.services import cover as covering
from scheduling.services import leave
from scheduling.services.backups import Held
from tests.factories import make_person, place, work
from tests.scheduling.small import Small
from tests.scheduling.test_locks import at_once, hold

pytestmark = pytest.mark.django_db(transaction=True)
TUESDAY = date(2026, 7, 7)
SIX = datetime(2026, 7, 7, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _six(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: SIX)


@pytest.fixture
def cy(small: Small) -> Person:
    """Who could take Ana's block of Tuesday, as Bo could; it is published."""
    cy = make_person(small.program, "Cy", 2)
    for person in (small.ana, small.bo, cy):
        place(small.draft, person, 1, small.ward)
    work(small.draft, small.ana, TUESDAY, small.day, small.ward)
    Schedule.objects.update(status=Schedule.Status.PUBLISHED)
    return cy


def give(small: Small, person: Person) -> None:
    lost = Held(small.ana.pk, TUESDAY, "D", "WA")
    covering.cover(schedule=small.draft, lost=lost, covering=person.pk, user=None)


def test_two_give_the_same_block(small: Small, cy: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    held = hold(monkeypatch, covering, "judge_one")
    went = at_once(held, lambda: give(small, small.bo), lambda: give(small, cy))
    assert went == {
        "first": "done",
        "second": "Ana does not work this block on Tue 7 Jul any more. Bo has it now. Nothing was changed.",
    }
    assert [row.person for row in Assignment.objects.select_related("person")] == [small.bo]
    assert Cover.objects.get().covering == small.bo


def test_two_approve_leave_of_the_same_days(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (
        Absence.objects.create(person=small.ana, start_date=TUESDAY, end_date=TUESDAY, kind=kind)
        for kind in ("vacation", "conference")
    )
    held = hold(monkeypatch, services, "_check_free")
    went = at_once(held, lambda: leave.approve(absence=one, user=None), lambda: leave.approve(absence=other, user=None))
    assert went == {"first": "done", "second": "Ana has approved leave already: vacation, Tue 7 Jul 2026."}
    assert Absence.objects.get(status="approved") == one


def test_a_sick_call_and_giving_do_not_hinder_each_other(
    small: Small, cy: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold(monkeypatch, covering, "judge_one")
    went = at_once(
        held,
        lambda: give(small, small.bo),
        lambda: leave.record(person=small.ana, user=None, kind="sick", start_date=TUESDAY, end_date=TUESDAY),
    )
    assert went == {"first": "done", "second": "done"}
    assert Absence.objects.get().status == "approved"
    assert Cover.objects.get().covering == small.bo
