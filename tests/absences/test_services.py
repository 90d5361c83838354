"""Leave from the request to the decision: what is refused, in words by field, and what is recorded."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from absences.models import Absence
from absences.services import approve, days_in_words, deny, record_absence, request, withdraw
from people.models import AuditLog, Person, User
from tests.factories import make_person, make_program, make_user

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)  # Tuesday 3 November, noon in New York
TODAY = date(2026, 11, 3)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def ana(db: None) -> Person:
    return make_person(make_program(), "Ana", 1, user=make_user("ana"))


@pytest.fixture
def coordinator(ana: Person) -> User:
    return make_user("owner", User.Role.COORDINATOR, programs=(ana.program,))


def ask(person: Person, first: date = TODAY, last: date | None = None, **more: object) -> Absence:
    values = {"user": person.user, "kind": "vacation", **more}
    return request(person=person, start_date=first, end_date=last or first, **values)  # type: ignore[arg-type]


def refused(caught: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = caught.value.message_dict
    return found


def test_a_request_is_recorded(ana: Person) -> None:
    absence = ask(ana, date(2026, 12, 1), date(2026, 12, 5), reason=" Wedding ")
    assert (absence.status, absence.kind, absence.reason) == ("requested", "vacation", "Wedding")
    entry = AuditLog.objects.get()
    assert (entry.action, entry.user, entry.program) == ("leave requested", ana.user, ana.program)
    assert entry.changes == {
        "person": "Ana",
        "kind": "vacation",
        "start_date": "2026-12-01",
        "end_date": "2026-12-05",
    }


def test_approving_and_denying(ana: Person, coordinator: User) -> None:
    granted = approve(absence=ask(ana), user=coordinator, reason="Enjoy it")
    assert (granted.status, granted.decision_reason) == ("approved", "Enjoy it")
    assert (granted.decided_by, granted.decided_at) == (coordinator, NOON)
    refused_ = deny(absence=ask(ana, TODAY + DAY), user=coordinator, reason=" Two are away ")
    assert (refused_.status, refused_.decision_reason) == ("denied", "Two are away")
    actions = AuditLog.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["leave requested", "leave approved", "leave requested", "leave denied"]
    assert AuditLog.objects.get(action="leave denied").changes["reason"] == "Two are away"


@pytest.mark.parametrize("reason", ["", "  "])
def test_denying_takes_a_reason(ana: Person, coordinator: User, reason: str) -> None:
    absence = ask(ana)
    with pytest.raises(ValidationError) as caught:
        deny(absence=absence, user=coordinator, reason=reason)
    assert refused(caught) == {"reason": ["Say why it is denied: whoever asked for it reads this."]}
    absence.refresh_from_db()
    assert absence.status == "requested"


def test_what_is_decided_is_not_decided_again(ana: Person, coordinator: User) -> None:
    absence = ask(ana)
    approve(absence=absence, user=coordinator)
    for decide in (approve, deny):
        with pytest.raises(ValidationError) as caught:
            decide(absence=absence, user=coordinator, reason="No")
        assert caught.value.messages == ["This request of Ana is approved already by owner."]
    assert Absence.objects.get().status == "approved"


def test_nobody_decides_on_leave_of_their_own_but_may_be_ill(ana: Person) -> None:
    own = "This is your own leave: somebody else who makes the schedules decides on it."
    absence = ask(ana)
    for decide in (approve, deny):
        with pytest.raises(ValidationError) as caught:
            decide(absence=absence, user=ana.user, reason="Because")
        assert caught.value.messages == [own]
    days: dict[str, Any] = {"start_date": TODAY + DAY, "end_date": TODAY + DAY}
    with pytest.raises(ValidationError) as caught:
        record_absence(person=ana, user=ana.user, kind="vacation", **days)
    assert caught.value.messages == [own]
    assert record_absence(person=ana, user=ana.user, kind="sick", **days).status == "approved"


def test_a_sick_call_is_recorded_after_the_fact(ana: Person, coordinator: User) -> None:
    days: dict[str, Any] = {"start_date": TODAY - 10 * DAY, "end_date": TODAY - 8 * DAY}
    absence = record_absence(person=ana, user=coordinator, kind="sick", **days)
    assert (absence.status, absence.decided_by, absence.decided_at) == ("approved", coordinator, NOON)
    assert AuditLog.objects.get().action == "leave recorded"


def test_withdrawing(ana: Person, coordinator: User) -> None:
    asked = withdraw(absence=ask(ana), user=ana.user)
    assert asked.status == "withdrawn"
    assert AuditLog.objects.get(action="leave withdrawn").changes["status"] == ["requested", "withdrawn"]
    with pytest.raises(ValidationError) as caught:
        withdraw(absence=asked, user=ana.user)
    assert caught.value.messages == ["This leave of Ana is withdrawn already."]
    granted = approve(absence=ask(ana), user=coordinator)
    assert withdraw(absence=granted, user=coordinator).status == "withdrawn"


def test_what_was_decided_meanwhile_is_not_withdrawn_as_a_request(ana: Person, coordinator: User) -> None:
    shown = ask(ana)
    approve(absence=Absence.objects.get(), user=coordinator)
    with pytest.raises(ValidationError) as caught:
        withdraw(absence=shown, user=ana.user)
    assert caught.value.messages == ["This leave of Ana is approved already."]
    assert Absence.objects.get().status == "approved"


@pytest.mark.parametrize(
    ("first", "last", "field", "message"),
    [
        (TODAY + DAY, TODAY, "end_date", "The last day, Tue 3 Nov 2026, is before the first, Wed 4 Nov 2026."),
        (
            TODAY - DAY,
            TODAY,
            "start_date",
            "Mon 2 Nov 2026 is over: leave is asked for beforehand. Your coordinator can still record it.",
        ),
        (
            date(2062, 11, 3),
            date(2062, 11, 4),
            "start_date",
            "3 Nov 2062 is more than two years from now: check the year.",
        ),
        (TODAY, date(9999, 12, 31), "end_date", "31 Dec 9999 is more than two years from now: check the year."),
        (
            TODAY,
            TODAY + 366 * DAY,
            "end_date",
            "These are 367 days; one leave is at most 366. Split it in two.",
        ),
    ],
)
def test_days_that_nobody_can_ask_for(ana: Person, first: date, last: date, field: str, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ask(ana, first, last)
    assert refused(caught) == {field: [message]}
    assert not Absence.objects.exists()


def test_the_longest_leave(ana: Person) -> None:
    assert ask(ana, TODAY, TODAY + 365 * DAY).pk


def test_the_date_is_that_of_the_program(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 11, 4, 3, tzinfo=UTC)  # still Tuesday evening in New York
    monkeypatch.setattr(timezone, "now", lambda: late)
    assert ask(ana, TODAY).pk


def test_days_before_or_after_somebodys_time_in_the_program(ana: Person) -> None:
    ana.start_date, ana.end_date = TODAY, TODAY + 9 * DAY
    ana.save()
    with pytest.raises(ValidationError) as caught:
        record_absence(person=ana, user=None, kind="sick", start_date=TODAY - DAY, end_date=TODAY)
    assert refused(caught) == {"start_date": ["Ana is with Internal Medicine from Tue 3 Nov 2026 on only."]}
    with pytest.raises(ValidationError) as caught:
        ask(ana, TODAY, TODAY + 10 * DAY)
    assert refused(caught) == {"end_date": ["Ana is with Internal Medicine until Thu 12 Nov 2026 only."]}
    assert ask(ana, TODAY, TODAY + 9 * DAY).pk


def test_the_overlap_is_named(ana: Person, coordinator: User) -> None:
    approve(absence=ask(ana, TODAY, TODAY + 3 * DAY, kind="conference"), user=coordinator)
    message = "Ana has approved leave already: conference, Tue 3 to Fri 6 Nov 2026."
    with pytest.raises(ValidationError) as caught:
        ask(ana, TODAY + 3 * DAY, TODAY + 5 * DAY)
    assert refused(caught) == {"start_date": [message]}
    with pytest.raises(ValidationError) as caught:
        record_absence(person=ana, user=coordinator, kind="sick", start_date=TODAY, end_date=TODAY)
    assert refused(caught) == {"start_date": [message]}


def test_asking_twice_for_the_same_days(ana: Person) -> None:
    ask(ana, TODAY, TODAY + DAY)
    with pytest.raises(ValidationError) as caught:
        ask(ana, TODAY + DAY)
    message = "Ana has asked for some of these days already: Tue 3 to Wed 4 Nov 2026. Withdraw that first."
    assert refused(caught) == {"start_date": [message]}


def test_leave_is_said_in_words_and_not_as_it_is_stored(ana: Person) -> None:
    kind = "family-emergency"
    absence = record_absence(person=ana, user=None, kind=kind, start_date=TODAY, end_date=TODAY + DAY)
    assert str(absence) == "Ana: family emergency, 3 Nov 2026 to 4 Nov 2026"
    absence.end_date = TODAY
    assert str(absence) == "Ana: family emergency, 3 Nov 2026"
    with pytest.raises(ValidationError) as caught:
        ask(ana, TODAY)
    assert refused(caught) == {
        "start_date": ["Ana has approved leave already: family emergency, Tue 3 to Wed 4 Nov 2026."]
    }


def test_a_request_over_days_that_were_recorded_since_is_not_approved(ana: Person, coordinator: User) -> None:
    absence = ask(ana, TODAY, TODAY + 2 * DAY)
    record_absence(person=ana, user=coordinator, kind="sick", start_date=TODAY, end_date=TODAY)
    with pytest.raises(ValidationError) as caught:
        approve(absence=absence, user=coordinator)
    assert caught.value.messages == ["Ana has approved leave already: sick, Tue 3 Nov 2026."]


@pytest.mark.parametrize(("name", "value"), [("kind", "holiday"), ("reason", "x" * 301)])
def test_a_kind_or_a_reason_that_is_none(ana: Person, name: str, value: str) -> None:
    wrong: dict[str, Any] = {name: value}
    with pytest.raises(ValidationError) as caught:
        ask(ana, **wrong)
    assert list(refused(caught)) == [name]


def test_days_in_words() -> None:
    assert days_in_words(TODAY, TODAY) == "Tue 3 Nov 2026"
    assert days_in_words(TODAY, date(2026, 12, 2)) == "Tue 3 Nov to Wed 2 Dec 2026"
    assert days_in_words(date(2026, 12, 30), date(2027, 1, 2)) == "Wed 30 Dec 2026 to Sat 2 Jan 2027"


SPANS = st.tuples(st.integers(0, 30), st.integers(0, 6))


class Overlaps(TestCase):
    """Whatever is asked for, approved and recorded, in any order: no two approved leaves of a person share a day."""

    @given(st.lists(st.tuples(st.booleans(), SPANS), min_size=2, max_size=12))
    def test_approved_leave_never_overlaps(self, steps: list[tuple[bool, tuple[int, int]]]) -> None:
        person = make_person(make_program(), "Ana", 1)
        taken: set[date] = set()
        for records, (offset, more) in steps:
            first = timezone.localdate() + offset * DAY
            days = {first + each * DAY for each in range(more + 1)}
            values = {"person": person, "user": None, "start_date": first, "end_date": first + more * DAY}
            try:
                if records:
                    record_absence(kind="sick", **values)  # type: ignore[arg-type]
                else:
                    approve(absence=request(kind="vacation", **values), user=None)  # type: ignore[arg-type]
            except ValidationError:
                assert days & taken, "refused without a reason"
            else:
                assert not days & taken, "two leaves on one day"
                taken |= days
