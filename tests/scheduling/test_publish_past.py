"""What was worked stays worked, whatever is published; and days that people count on change only with a note."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from people.models import AuditLog, Notice
from scheduling.models import Schedule
from scheduling.services.changes import Change, PlanChange
from scheduling.services.comparing import differences
from scheduling.services.drafts import new_draft
from scheduling.services.edit import change
from scheduling.services.publish import publish
from scheduling.services.taking_over import over, take_over
from tests.factories import Wards, make_schedule, make_user, make_wards, place, work

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 10)  # in period 5, which begins on 21 October
NOON = datetime(2026, 11, 10, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards() -> Wards:
    """The first person, who has an account, works Ward A by day on 2, 3, 4, 9, 10 and 11 November."""
    wards = make_wards()
    wards.people[0].user = make_user("first")
    wards.people[0].save()
    return wards


@pytest.fixture
def draft(wards: Wards) -> Schedule:
    return new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)


def moved(wards: Wards, draft: Schedule) -> None:
    """The first person in a draft: in days and periods that are over, of today, and ahead."""
    first = wards.people[0].pk
    changes: list[Change | PlanChange] = [
        Change(first, date(2026, 11, 2), "D", "WA", "ICU", note="Wrong"),
        Change(first, date(2026, 11, 9), "D", "WA", None),
        Change(first, date(2026, 11, 8), "N", None, "WA"),
        Change(first, TODAY, "D", "WA", "ICU"),
        Change(first, TODAY, "N", None, "WA"),
        Change(first, date(2026, 11, 11), "D", "WA", "ICU"),
    ]
    change(schedule=draft, user=None, changes=changes)
    draft.rotation_assignments.filter(person=first, period__number__in=(4, 5, 6)).update(rotation=wards.icu)


def test_what_was_worked_stays_and_what_is_ahead_is_the_drafts(wards: Wards, draft: Schedule) -> None:
    moved(wards, draft)
    wards.schedule.assignments.filter(block__date=date(2026, 11, 3)).update(note="Late", is_pinned=True)
    published = publish(schedule=draft, user=None)
    found = differences([wards.schedule], published)
    assert [(each.date, each.shift, each.before, each.after) for each in found.assignments] == [
        (TODAY, "N", None, "WA"),
        (date(2026, 11, 11), "D", "WA", "ICU"),
    ]
    assert [(each.period.number, each.after) for each in found.placements] == [(5, "ICU"), (6, "ICU")]
    kept = published.assignments.filter(block__date=date(2026, 11, 3)).values_list("note", "is_pinned")
    assert set(kept) == {("Late", True)}
    # Gone: 2 N and D each, 8 N, 10 D, and 3 Nov of two people; back: 2, 9, 10, and 3 Nov; and period 4.
    entry = AuditLog.objects.get(action="schedule published")
    worked_on_3 = wards.schedule.assignments.filter(block__date=date(2026, 11, 3)).count()
    assert entry.changes["rows_as_worked"] == 2 + 1 + 1 + 2 + 2 * worked_on_3 + 2


def test_only_what_is_ahead_is_told(wards: Wards, draft: Schedule) -> None:
    moved(wards, draft)
    publish(schedule=draft, user=None)
    assert Notice.objects.get().lines == [
        "Period 5 (21 Oct to 17 Nov): Intensive care instead of Ward A.",
        "Period 6 (18 Nov to 15 Dec): Intensive care instead of Ward A.",
        "Tue 10 Nov, night: Ward A.",
        "Wed 11 Nov, day: Intensive care instead of Ward A.",
    ]


def test_a_draft_that_says_the_same_keeps_its_rows(wards: Wards, draft: Schedule) -> None:
    before = set(draft.assignments.values_list("pk", flat=True))
    published = publish(schedule=draft, user=None)
    assert set(published.assignments.values_list("pk", flat=True)) == before
    assert "rows_as_worked" not in AuditLog.objects.get(action="schedule published").changes


def test_where_nothing_was_published_the_draft_says_what_was_worked() -> None:
    wards = make_wards(status="draft")
    published = publish(schedule=wards.schedule, user=None)
    assert published.assignments.count() == 57


def test_two_versions_are_taken_over_each_on_its_days(wards: Wards) -> None:
    """Of a period that both have a day of, the later one says what it was."""
    Schedule.objects.filter(pk=wards.schedule.pk).update(end_date=date(2026, 10, 31))
    wards.schedule.refresh_from_db()
    later = make_schedule(wards.year, "published", start_date=date(2026, 11, 1))
    wards.schedule.assignments.update(schedule=later)
    first = wards.people[0]
    place(later, first, 5, wards.icu)
    place(later, first, 6, wards.icu)
    work(wards.schedule, first, date(2026, 10, 31), wards.day, wards.ward)
    work(wards.schedule, first, date(2026, 11, 29), wards.night, wards.ward)  # not of its days
    draft = make_schedule(wards.year)
    take_over([later, wards.schedule], draft, over(date(2026, 12, 31)))
    assert draft.assignments.count() == 58
    placed = dict(draft.rotation_assignments.filter(person=first).values_list("period__number", "rotation__code"))
    assert placed == {1: "WA", 2: "WA", 3: "WA", 4: "WA", 5: "ICU", 6: "ICU"}


@pytest.mark.parametrize("count", [1, 3])
def test_keeping_what_was_worked_costs_four_queries(
    wards: Wards, draft: Schedule, count: int, django_assert_num_queries: object
) -> None:
    for person in wards.people[:count]:
        draft.assignments.filter(person=person, block__date__lt=TODAY).update(note="Other")
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert take_over([wards.schedule], draft, over(TODAY)) > 0


def locked(wards: Wards, days: int) -> None:
    wards.program.lock_days = days
    wards.program.save()


def add(wards: Wards, draft: Schedule, day: date, *people: int) -> None:
    changes = [Change(wards.people[each].pk, day, "N", None, "WA") for each in people]
    change(schedule=draft, user=None, changes=changes)


def refused(draft: Schedule, note: str = "") -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as raised:
        publish(schedule=draft, user=None, note=note)
    return raised.value.message_dict


def test_days_that_people_count_on_change_only_with_a_note(wards: Wards, draft: Schedule) -> None:
    locked(wards, 3)
    add(wards, draft, TODAY + timedelta(days=3), 1)
    words = (
        "It changes days that people count on: first Resident 001's, Fri 13 Nov, night. Published days until "
        "Fri 13 Nov change only with a reason: say why in the note."
    )
    assert refused(draft, "  ") == {"note": [words]}
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert publish(schedule=draft, user=None, note="Ana is sick").note == "Ana is sick"


def test_the_first_of_several_is_named(wards: Wards, draft: Schedule) -> None:
    locked(wards, 30)
    add(wards, draft, TODAY + timedelta(days=21), 0, 2)
    add(wards, draft, TODAY + timedelta(days=20), 1)
    (words,) = refused(draft)["note"]
    assert words.startswith(
        "It changes days that people count on: first Resident 001's, Mon 30 Nov, night, and those of 2 more people. "
    )


@pytest.mark.parametrize("days", [0, 3])
def test_later_days_and_what_is_over_need_none(wards: Wards, draft: Schedule, days: int) -> None:
    locked(wards, days)
    add(wards, draft, TODAY + timedelta(days=4), 1)
    draft.assignments.filter(block__date__lt=TODAY).delete()
    assert publish(schedule=draft, user=None).status == "published"


def test_the_plan_of_the_period_under_way_is_counted_on(wards: Wards, draft: Schedule) -> None:
    locked(wards, 1)
    draft.rotation_assignments.filter(person=wards.people[2], period__number=5).update(rotation=wards.icu)
    assert "first Resident 002's, Period 5. Published days until Wed 11 Nov" in refused(draft)["note"][0]
