"""A version that was published once is brought back: what it says from today on, after what was worked."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from people.models import AuditLog
from scheduling.models import Cover, Schedule
from scheduling.services import rollback
from scheduling.services.changes import Change, PlanChange
from scheduling.services.comparing import differences
from scheduling.services.drafts import new_draft
from scheduling.services.edit import change
from scheduling.services.publish import publish
from tests.factories import Wards, make_schedule, make_wards

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 10)  # in period 5, which begins on 21 October
NOON = datetime(2026, 11, 10, 17, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(monkeypatch: pytest.MonkeyPatch) -> Wards:
    """Version 1, published and replaced in June by version 2, in which the first person works otherwise."""
    monkeypatch.setattr(timezone, "now", lambda: JUNE)
    wards = make_wards()
    Schedule.objects.filter(pk=wards.schedule.pk).update(published_at=NOON)
    second = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    first = wards.people[0].pk
    change(
        schedule=second,
        user=None,
        changes=[
            Change(first, date(2026, 11, 2), "D", "WA", "ICU"),
            Change(first, date(2026, 11, 9), "D", "WA", None),
            Change(first, TODAY, "D", "WA", "ICU"),
            Change(first, date(2026, 11, 11), "D", "WA", "ICU"),
            Change(first, date(2026, 12, 1), "D", None, "ICU"),
            PlanChange(first, 2, "WA", "ICU"),
            PlanChange(first, 5, "WA", "WA"),
            PlanChange(first, 8, "WA", "ICU"),
        ],
    )
    publish(schedule=second, user=None)
    wards.schedule.refresh_from_db()
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    return wards


def version(number: int) -> Schedule:
    return Schedule.objects.get(number=number)


def refused(old: Schedule) -> str:
    with pytest.raises(ValidationError) as raised:
        rollback.bring_back(old=old, user=None)
    (message,) = raised.value.messages
    return message


def test_until_now_it_is_what_was_worked_and_from_now_on_the_old_version(wards: Wards) -> None:
    draft = rollback.bring_back(old=wards.schedule, user=None)
    assert (draft.number, draft.based_on, draft.note) == (
        3,
        version(2),
        "Version 1 brought back from Tue 10 Nov 2026 on",
    )
    against_current, against_old = differences([version(2)], draft), differences([wards.schedule], draft)
    assert [(each.date, each.before, each.after) for each in against_current.assignments] == [
        (date(2026, 11, 11), "ICU", "WA"),
        (date(2026, 12, 1), "ICU", None),
    ]
    assert [(each.date, each.before, each.after) for each in against_old.assignments] == [
        (date(2026, 11, 2), "WA", "ICU"),
        (date(2026, 11, 9), "WA", None),
        (TODAY, "WA", "ICU"),  # at noon the day has begun
    ]
    assert [(each.period.number, each.before, each.after) for each in against_current.placements] == [(8, "ICU", "WA")]
    assert [each.period.number for each in against_old.placements] == [2]
    entry = AuditLog.objects.get(action="version brought back")
    assert entry.changes == {"number": 3, "version": 1, "from": "2026-11-10"}


def test_it_is_published_under_a_new_number_and_everything_is_kept(wards: Wards) -> None:
    publish(schedule=rollback.bring_back(old=wards.schedule, user=None), user=None, seen={2})
    statuses = dict(Schedule.objects.values_list("number", "status"))
    assert statuses == {1: "archived", 2: "archived", 3: "published"}
    assert version(1).assignments.count() == 57
    again = rollback.bring_back(old=version(2), user=None)
    assert differences([version(2)], again).people == set()  # there and back again


def test_pins_notes_and_overrides_come_along(wards: Wards) -> None:
    wards.schedule.assignments.filter(block__date=date(2026, 11, 27)).update(
        is_pinned=True, note="Asked", override="So"
    )
    wards.schedule.rotation_assignments.filter(period__number=9).update(is_pinned=True, note="Fixed")
    draft = rollback.bring_back(old=wards.schedule, user=None)
    rows = draft.assignments.filter(block__date=date(2026, 11, 27)).values_list("is_pinned", "note", "override")
    assert set(rows) == {(True, "Asked", "So")}
    assert set(draft.rotation_assignments.filter(period__number=9).values_list("note", flat=True)) == {"Fixed"}
    assert draft.rotation_assignments.count() == 39


def test_before_its_first_day_all_of_it_comes_back(wards: Wards, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: JUNE)
    draft = rollback.bring_back(old=wards.schedule, user=None)
    assert draft.note == "Version 1 brought back"
    assert differences([wards.schedule], draft).people == set()


def test_what_cannot_be_brought_back_is_refused(wards: Wards, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is what is published now: there is nothing to bring back" in refused(version(2))
    assert "was never published" in refused(make_schedule(wards.year))
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 7, 1, 17, tzinfo=UTC))
    assert refused(wards.schedule) == (
        "Archived 1 (2026–27) ended on Wed 30 Jun 2027: what was worked is not rewritten."
    )
    assert Schedule.objects.count() == 3


def test_other_days_than_are_published_now_are_refused(wards: Wards) -> None:
    Schedule.objects.filter(number=2).update(end_date=date(2027, 5, 31))
    assert "Published 2 (2026–27) is published now, for other days than Archived 1" in refused(wards.schedule)


def test_where_nothing_is_published_it_comes_back_whole(wards: Wards) -> None:
    Schedule.objects.filter(number=2).update(status="archived")
    draft = rollback.bring_back(old=wards.schedule, user=None)
    assert (draft.based_on, draft.note) == (wards.schedule, "Version 1 brought back")
    assert differences([wards.schedule], draft).people == set()


def test_cover_of_it_that_was_taken_back_is_named(wards: Wards) -> None:
    given = change(
        schedule=version(2), user=None, changes=[Change(wards.people[1].pk, date(2026, 12, 2), "D", None, "WA")]
    )
    cover = Cover.objects.create(
        program=wards.program, schedule=version(2), edit=given, absent=wards.people[0], covering=wards.people[1],
        date=date(2026, 12, 2), shift="Ward A, day", hours=12,
    )  # fmt: skip
    publish(schedule=rollback.bring_back(old=wards.schedule, user=None), user=None)
    cover.refresh_from_db()
    assert cover.is_owed is False
    assert rollback.covers_not_owed(version(2), TODAY) == [cover]
    assert rollback.covers_not_owed(wards.schedule, TODAY) == []


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_as_many_queries_whatever_it_brings_back(count: int, django_assert_num_queries: object) -> None:
    wards = make_wards(count)
    Schedule.objects.filter(pk=wards.schedule.pk).update(published_at=NOON)
    publish(schedule=new_draft(academic_year=wards.year, user=None, based_on=wards.schedule), user=None)
    with django_assert_num_queries(32):  # type: ignore[operator]
        rollback.bring_back(old=wards.schedule, user=None)
