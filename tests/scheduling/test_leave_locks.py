"""Two who decide or give at the same moment: the second waits, sees what the first did, and undoes none of it."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from absences import services
from absences.models import Absence
from people.models import Person
from scheduling.models import Assignment, Cover, Schedule
from scheduling.services import cover as covering
from scheduling.services import edit, jeopardy, leave
from scheduling.services.backups import Held
from scheduling.services.cover_ledger import balances
from tests.factories import make_person, place, work
from tests.scheduling.small import Small
from tests.scheduling.test_locks import at_once, hold

pytestmark = pytest.mark.django_db(transaction=True)
TUESDAY, FRIDAY = date(2026, 7, 7), date(2026, 7, 10)
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
    Absence.objects.create(person=small.ana, start_date=TUESDAY, end_date=TUESDAY, status="approved", created_at=SIX)
    return cy


def give(small: Small, person: Person) -> Cover:
    lost = Held(small.ana.pk, TUESDAY, "D", "WA")
    done = covering.cover(schedule=small.draft, lost=lost, covering=person.pk, user=small.coordinator)
    assert done.entry is not None
    return done.entry


def worked() -> set[tuple[str, date]]:
    return set(Assignment.objects.values_list("person__name", "block__date"))


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
        lambda: leave.record(person=cy, user=None, kind="sick", start_date=TUESDAY, end_date=TUESDAY),
    )
    assert went == {"first": "done", "second": "done"}
    assert Absence.objects.get(person=cy).status == "approved"
    assert Cover.objects.get().covering == small.bo


def test_a_cover_is_undone_while_it_is_paid_back(small: Small, cy: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    work(small.draft, small.bo, FRIDAY, small.day, small.ward)
    done = give(small, small.bo)
    block = Held(small.bo.pk, FRIDAY, "D", "WA")
    held = hold(monkeypatch, edit, "_turn")
    went = at_once(
        held,
        lambda: edit.undo(schedule=small.draft, user=small.coordinator),
        lambda: jeopardy.pay_back(cover=done, block=block, user=None),
    )
    assert went == {"first": "done", "second": "This cover is not in the ledger any more."}
    assert worked() == {("Ana", TUESDAY), ("Bo", FRIDAY)}
    assert balances(small.program) == {}


def test_a_cover_is_paid_back_while_it_is_undone(small: Small, cy: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    work(small.draft, small.bo, FRIDAY, small.day, small.ward)
    done = give(small, small.bo)
    block = Held(small.bo.pk, FRIDAY, "D", "WA")
    held = hold(monkeypatch, jeopardy, "_require_owed")
    went = at_once(
        held,
        lambda: jeopardy.pay_back(cover=done, block=block, user=None),
        lambda: edit.undo(schedule=small.draft, user=small.coordinator),
    )
    assert went == {"first": "done", "second": "done"}  # what was paid back for nothing is owed the other way round
    assert worked() == {("Ana", TUESDAY), ("Ana", FRIDAY)}
    assert balances(small.program) == {small.ana.pk: 1, small.bo.pk: -1}


def test_leave_is_taken_back_while_a_block_is_given(small: Small, cy: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    absence = Absence.objects.get()
    held = hold(monkeypatch, leave, "_tell")
    went = at_once(held, lambda: leave.withdraw(absence=absence, user=small.coordinator), lambda: give(small, small.bo))
    assert went == {
        "first": "done",
        "second": "Ana is not away on Tue 7 Jul any more, and works this block. Nothing was changed.",
    }
    assert worked() == {("Ana", TUESDAY)}
