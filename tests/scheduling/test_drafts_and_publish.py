"""Versions: a draft from nothing or from another version, and a draft made the published one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from people.models import AuditLog
from scheduling.models import Assignment, GenerationRun, RotationAssignment, Schedule
from scheduling.services import generate
from scheduling.services.drafts import new_draft
from scheduling.services.publish import publish
from tests.factories import make_schedule, make_year, place, work
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db
Status = Schedule.Status


def test_an_empty_draft_covers_the_year(small: Small) -> None:
    draft = new_draft(academic_year=small.year, user=small.coordinator, note="Second try")
    assert (draft.number, draft.status, draft.note, draft.created_by) == (2, "draft", "Second try", small.coordinator)
    assert (draft.start_date, draft.end_date, draft.based_on) == (date(2026, 7, 1), date(2026, 8, 25), None)
    entry = AuditLog.objects.get()
    assert (entry.action, entry.target, entry.changes) == (
        "draft made",
        f"schedule:{draft.pk}",
        {"number": 2, "based_on": None},
    )


def test_a_copy_has_the_plan_and_the_roster_with_its_pins(small: Small) -> None:
    place(small.draft, small.ana, 1, small.ward, pinned=True)
    place(small.draft, small.bo, 2, small.clinic)
    work(small.draft, small.ana, date(2026, 7, 3), small.night, small.ward, is_pinned=True, source="manual")
    work(small.draft, small.ana, date(2026, 7, 5), small.day, small.ward, role="backup")
    Schedule.objects.filter(pk=small.draft.pk).update(end_date=date(2026, 7, 28))
    small.draft.refresh_from_db()

    draft = new_draft(academic_year=small.year, user=None, based_on=small.draft)

    def rows(schedule: Schedule) -> tuple[list[Any], list[Any]]:
        plan = RotationAssignment.objects.filter(schedule=schedule).order_by("person_id")
        roster = Assignment.objects.filter(schedule=schedule).order_by("block_id")
        return (
            list(plan.values_list("person", "period", "rotation", "source", "is_pinned")),
            list(roster.values_list("person", "block", "rotation", "role", "source", "is_pinned")),
        )

    assert rows(draft) == rows(small.draft)
    assert [len(each) for each in rows(draft)] == [2, 2]
    assert (draft.based_on, draft.end_date) == (small.draft, date(2026, 7, 28))
    assert AuditLog.objects.get().changes == {
        "number": 2,
        "based_on": 1,
        "revision": 1,
        "placements": 2,
        "assignments": 2,
    }


@pytest.mark.parametrize("count", [1, 3])
def test_a_copy_costs_as_many_queries_whatever_it_copies(
    small: Small, count: int, django_assert_num_queries: Any
) -> None:
    for day in range(3, 3 + count):
        work(small.draft, small.ana, date(2026, 7, day), small.day, small.ward)
    with django_assert_num_queries(22):
        new_draft(academic_year=small.year, user=None, based_on=small.draft)


def test_a_version_of_another_year_is_no_base(small: Small) -> None:
    other = make_schedule(make_year(small.program, date(2027, 7, 1), date(2028, 6, 30)))
    with pytest.raises(ValidationError, match=r"Draft 2 \(2027–28\) is of another academic year than 2026"):
        new_draft(academic_year=small.year, user=None, based_on=other)


def test_publishing_archives_what_was_published(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 1, 17, tzinfo=UTC))
    old = make_schedule(small.year, "published", end_date=date(2026, 7, 28))
    elsewhere = make_schedule(make_year(small.program, date(2025, 7, 1), date(2026, 6, 30)), "published")
    foreign = make_schedule(Small("Surgery").year, "published")
    place(small.draft, small.ana, 1, small.ward)

    published = publish(schedule=small.draft, user=small.coordinator, note="Agreed with the chiefs")

    assert (published.status, published.revision, published.note) == ("published", 2, "Agreed with the chiefs")
    assert (published.published_by, published.published_at is not None) == (small.coordinator, True)
    statuses = dict(Schedule.objects.values_list("pk", "status"))
    assert [statuses[each.pk] for each in (old, elsewhere, foreign)] == ["archived", "published", "published"]
    assert Schedule.objects.get(pk=old.pk).revision == 2
    entry = AuditLog.objects.get()
    assert (entry.action, entry.user) == ("schedule published", small.coordinator)
    assert entry.changes == {"number": 1, "archived": [2], "note": "Agreed with the chiefs"}


def refusal(schedule: Schedule) -> str:
    with pytest.raises(ValidationError) as raised:
        publish(schedule=schedule, user=None)
    (message,) = raised.value.messages
    return message


def test_only_a_draft_is_published(small: Small) -> None:
    archived = make_schedule(small.year, "archived")
    assert refusal(archived) == "Archived 2 (2026) is not a draft: make a new draft from it and publish that."


def test_an_empty_draft_is_not_published(small: Small) -> None:
    assert refusal(small.draft) == "Draft 1 (2026) is empty: generate it before you publish it."


def test_a_sandbox_is_not_published(small: Small) -> None:
    place(small.draft, small.ana, 1, small.ward)
    sandbox = new_draft(academic_year=small.year, user=None, based_on=small.draft, is_what_if=True)
    assert refusal(sandbox) == "Draft 2 (2026) is a sandbox: adopt it first."


def test_a_draft_that_is_being_generated_is_not_published(small: Small) -> None:
    place(small.draft, small.ana, 1, small.ward)
    GenerationRun.objects.create(schedule=small.draft)
    assert refusal(small.draft) == "Draft 1 (2026) is being generated: wait for that to end, or cancel it."


def test_a_dead_run_does_not_keep_a_draft_from_being_published(small: Small) -> None:
    place(small.draft, small.ana, 1, small.ward)
    dead = GenerationRun.objects.create(
        schedule=small.draft, status="running", heartbeat=timezone.now() - timedelta(days=2)
    )
    assert publish(schedule=small.draft, user=None).status == "published"
    dead.refresh_from_db()
    assert (dead.status, dead.error) == ("failed", generate.STALE_ERROR)


@pytest.mark.parametrize("days", [{"start_date": date(2026, 7, 2)}, {"end_date": date(2026, 8, 24)}])
def test_no_day_is_left_without_a_schedule(small: Small, days: dict[str, Any]) -> None:
    make_schedule(small.year, "published")
    part = make_schedule(small.year, **days)
    place(part, small.ana, 1, small.ward)
    first = days.get("start_date", date(2026, 7, 1))
    last = days.get("end_date", date(2026, 8, 25))
    assert refusal(part) == (
        f"Published 2 (2026) is published for 1 Jul 2026 to 25 Aug 2026, more days than Draft 3 (2026) has "
        f"({first:%-d %b} 2026 to {last:%-d %b} 2026): the others would be left without a schedule. Publish a draft "
        "that covers them all."
    )
    assert AuditLog.objects.count() == 0
