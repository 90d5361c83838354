"""Placements change as blocks do: with what they release, undone whole, told, carried, and locked near today."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from absences.models import Absence
from people.models import AuditLog, Notice, Person
from scheduling.models import Assignment, RotationAssignment, Schedule
from scheduling.models.calendar import ensure_blocks
from scheduling.services.changes import Change, PlanChange
from scheduling.services.drafts import new_draft
from scheduling.services.edit import Stale, change, edits_of, redo, undo
from scheduling.services.lock_window import ReasonNeeded, locked_until
from scheduling.services.touched import touched_since
from tests.factories import make_schedule, make_user, make_year, place, work
from tests.scheduling.small import Small

DAY = date(2026, 7, 3)
OTHER_PERIOD = date(2026, 8, 3)


def plan(schedule: Schedule) -> set[tuple[str, int, str, bool]]:
    rows = RotationAssignment.objects.filter(schedule=schedule)
    return set(rows.values_list("person__code", "period__number", "rotation__code", "is_pinned"))


def roster(schedule: Schedule) -> set[tuple[str, date, str, str]]:
    rows = Assignment.objects.filter(schedule=schedule)
    return set(rows.values_list("person__code", "block__date", "rotation__code", "note"))


@pytest.fixture
def placed(small: Small) -> Small:
    """Ana on the ward in the first period, with two days there, one of them pinned, and one in the next period."""
    place(small.draft, small.ana, 1, small.ward)
    work(small.draft, small.ana, DAY, small.day, small.ward, note="asked for it")
    work(small.draft, small.ana, DAY + timedelta(days=1), small.day, small.ward, is_pinned=True)
    work(small.draft, small.ana, OTHER_PERIOD, small.day, small.ward)
    work(small.draft, small.bo, DAY, small.night, small.ward)
    return small


@pytest.mark.django_db
def test_whoever_is_moved_is_released_from_what_is_not_pinned_there(placed: Small) -> None:
    edit = change(
        schedule=placed.draft,
        user=placed.coordinator,
        changes=[PlanChange(placed.ana.pk, 1, "WA", "CL", note="her wish")],
    )
    assert plan(placed.draft) == {("ana", 1, "CL", True)}
    assert RotationAssignment.objects.get().note == "her wish"
    assert roster(placed.draft) == {
        ("ana", DAY + timedelta(days=1), "WA", ""),
        ("ana", OTHER_PERIOD, "WA", ""),
        ("bo", DAY, "WA", ""),
    }
    assert edit.title == "Ana: period 1 (1 Jul to 28 Jul)"
    assert edit.revision == 2
    placed.draft.refresh_from_db()
    assert touched_since(placed.draft, 1) == {(placed.ana.pk, 1), (placed.ana.pk, DAY, "D")}
    assert touched_since(placed.draft, 2) == set()
    assert touched_since(placed.draft, 3) is None
    assert AuditLog.objects.get().changes["cells"][0] == {
        "person": placed.ana.pk,
        "period": 1,
        "before": {"rotation": "WA", "role": "", "source": "generated", "is_pinned": False},
        "after": {"rotation": "CL", "role": "", "source": "manual", "is_pinned": True, "note": "her wish"},
    }


@pytest.mark.django_db
def test_undo_brings_the_placement_and_what_it_released_back_as_they_were(placed: Small) -> None:
    before = plan(placed.draft), roster(placed.draft)
    change(schedule=placed.draft, user=placed.coordinator, changes=[PlanChange(placed.ana.pk, 1, "WA", "CL")])
    after = plan(placed.draft), roster(placed.draft)
    assert before != after
    undo(schedule=placed.draft, user=placed.coordinator)
    assert (plan(placed.draft), roster(placed.draft)) == before
    redo(schedule=placed.draft, user=placed.coordinator)
    assert (plan(placed.draft), roster(placed.draft)) == after
    placed.draft.refresh_from_db()
    assert touched_since(placed.draft, 1) is None  # one edit turned three times: look at everything
    assert touched_since(placed.draft, 3) == {(placed.ana.pk, 1), (placed.ana.pk, DAY, "D")}


@pytest.mark.django_db
def test_a_pin_alone_releases_nothing(placed: Small) -> None:
    change(schedule=placed.draft, user=placed.coordinator, changes=[PlanChange(placed.ana.pk, 1, "WA", "WA")])
    assert plan(placed.draft) == {("ana", 1, "WA", True)}
    assert len(roster(placed.draft)) == 4


@pytest.mark.django_db
def test_a_stale_placement_is_refused_with_what_is_there_and_by_whom(placed: Small) -> None:
    colleague = make_user("dana")
    change(schedule=placed.draft, user=colleague, changes=[PlanChange(placed.ana.pk, 1, "WA", "CL")])
    when = timezone.localtime(timezone=placed.program.zone)
    with pytest.raises(Stale) as caught:
        change(schedule=placed.draft, user=placed.coordinator, changes=[PlanChange(placed.ana.pk, 1, "WA", None)])
    assert caught.value.messages == [
        (
            f"Ana is on Clinic in period 1 (1 Jul to 28 Jul) since dana changed it on {when:%a %-d %b at %H:%M}, "
            "not what was shown when this was chosen: look at it again. Nothing was changed."
        )
    ]
    assert (caught.value.key, caught.value.now) == ((placed.ana.pk, 1), "CL")
    assert plan(placed.draft) == {("ana", 1, "CL", True)}
    assert [edit.user for edit in edits_of(placed.draft, (placed.ana.pk, 1))] == [colleague]


@pytest.mark.django_db
def test_a_period_that_is_not_there_is_refused(placed: Small) -> None:
    with pytest.raises(ValidationError, match=r"Draft 1 \(2026\) has no period 3\."):
        change(schedule=placed.draft, user=placed.coordinator, changes=[PlanChange(placed.ana.pk, 3, None, "CL")])


class Now:
    """A published schedule around today, of two people on the ward."""

    def __init__(self, small: Small) -> None:
        self.program = small.program
        self.today = timezone.localdate(timezone=small.program.zone)
        first = self.today - timedelta(days=10)
        year = make_year(small.program, first, first + timedelta(days=55))
        self.schedule = make_schedule(year, Schedule.Status.PUBLISHED)
        self.coordinator = small.coordinator
        for person in (small.ana, small.bo):
            place(self.schedule, person, 1, small.ward)
            for day in (self.today - timedelta(days=1), self.today, self.today + timedelta(days=9)):
                work(self.schedule, person, day, small.day, small.ward)


@pytest.fixture
def now(small: Small) -> Now:
    small.year.delete()
    return Now(small)


@pytest.mark.django_db
def test_of_what_is_published_days_that_are_over_stay_worked_and_people_are_told(small: Small, now: Now) -> None:
    Person.objects.filter(pk=small.ana.pk).update(user=make_user("ana"))
    change(schedule=now.schedule, user=now.coordinator, changes=[PlanChange(small.ana.pk, 1, "WA", "CL")])
    days = set(Assignment.objects.filter(person=small.ana).values_list("block__date", flat=True))
    assert days == {now.today - timedelta(days=1)}
    start, end = now.schedule.start_date, now.schedule.start_date + timedelta(days=27)
    assert Notice.objects.get().lines == [
        f"You are on Clinic instead of Ward A in period 1 ({start:%-d %b} to {end:%-d %b}).",
        f"You no longer work Ward A on {now.today:%a %-d %b}, day.",
        f"You no longer work Ward A on {now.today + timedelta(days=9):%a %-d %b}, day.",
    ]


@pytest.mark.django_db
def test_drafts_follow_a_period_whole_or_not_at_all(small: Small, now: Now) -> None:
    same = new_draft(academic_year=now.schedule.academic_year, user=None, based_on=now.schedule)
    other = new_draft(academic_year=now.schedule.academic_year, user=None, based_on=now.schedule)
    change(schedule=other, user=None, changes=[PlanChange(small.bo.pk, 1, "WA", None)])
    swap = [PlanChange(small.ana.pk, 1, "WA", "CL"), PlanChange(small.bo.pk, 1, "WA", "CL")]
    change(schedule=now.schedule, user=now.coordinator, changes=swap)
    assert plan(same) == {("ana", 1, "CL", True), ("bo", 1, "CL", True)}
    assert plan(other) == {("ana", 1, "WA", False)}


@pytest.mark.django_db
def test_in_the_lock_window_a_reason_is_asked_for(small: Small, now: Now) -> None:
    small.program.lock_days = 3
    small.program.save()
    schedule = Schedule.objects.get(pk=now.schedule.pk)
    until = now.today + timedelta(days=3)
    assert locked_until(schedule) == until
    near = Change(small.ana.pk, now.today, "D", "WA", None)
    far = Change(small.ana.pk, now.today + timedelta(days=9), "D", "WA", None)
    with pytest.raises(ReasonNeeded) as caught:
        change(schedule=schedule, user=now.coordinator, changes=[far, near], reason="  ")
    assert caught.value.messages == [
        (
            f"Ana counts on {now.today:%a %-d %b}, day: published days until {until:%a %-d %b} change only with a "
            "reason. Say why. Nothing was changed."
        )
    ]
    change(schedule=schedule, user=now.coordinator, changes=[far])
    change(schedule=schedule, user=now.coordinator, changes=[near], reason="Ana is ill")
    assert Assignment.objects.filter(person=small.ana, block__date__gte=now.today).count() == 0
    undo(schedule=schedule, user=now.coordinator, reason="by mistake")
    with pytest.raises(ReasonNeeded, match=r"counts on period 1"):
        change(schedule=schedule, user=now.coordinator, changes=[PlanChange(small.bo.pk, 1, "WA", None)])


@pytest.mark.django_db
def test_the_day_after_the_window_is_free(small: Small, now: Now) -> None:
    small.program.lock_days = 3
    small.program.save()
    schedule = Schedule.objects.get(pk=now.schedule.pk)
    ensure_blocks(small.program, now.today, now.today + timedelta(days=5))
    free, locked = now.today + timedelta(days=4), now.today + timedelta(days=3)
    change(schedule=schedule, user=now.coordinator, changes=[Change(small.ana.pk, free, "D", None, "WA")])
    with pytest.raises(ReasonNeeded):
        change(schedule=schedule, user=now.coordinator, changes=[Change(small.ana.pk, locked, "D", None, "WA")])
    draft = new_draft(academic_year=schedule.academic_year, user=None, based_on=schedule)
    assert locked_until(draft) is None
    change(schedule=draft, user=None, changes=[Change(small.ana.pk, locked, "D", None, "WA")])


@pytest.mark.django_db
def test_what_a_placement_releases_in_a_draft_are_the_draft_s_shifts(small: Small, now: Now) -> None:
    """A draft whose period was rostered anew loses those shifts; one that has another placement keeps its own."""
    other_day = now.today + timedelta(days=7)
    follows = new_draft(academic_year=now.schedule.academic_year, user=None, based_on=now.schedule)
    keeps = new_draft(academic_year=now.schedule.academic_year, user=None, based_on=now.schedule)
    work(follows, small.ana, other_day, small.day, small.ward)
    RotationAssignment.objects.filter(schedule=keeps, person=small.ana).update(rotation=small.clinic)
    before = roster(keeps)
    change(schedule=now.schedule, user=now.coordinator, changes=[PlanChange(small.ana.pk, 1, "WA", None)])
    assert plan(follows) == {("bo", 1, "WA", False)}
    assert {day for person, day, *_ in roster(follows) if person == "ana"} == {now.today - timedelta(days=1)}
    assert plan(keeps) == {("ana", 1, "CL", False), ("bo", 1, "WA", False)}
    assert roster(keeps) == before


@pytest.mark.django_db
def test_undoing_near_today_takes_a_reason_too(small: Small, now: Now) -> None:
    free = now.today + timedelta(days=2)
    added = Change(small.ana.pk, free, "D", None, "WA")
    change(schedule=now.schedule, user=now.coordinator, changes=[added], title="Ana helps")
    small.program.lock_days = 3
    small.program.save()
    with pytest.raises(ReasonNeeded):
        undo(schedule=now.schedule, user=now.coordinator)
    assert Assignment.objects.filter(person=small.ana, block__date=free).exists()
    undo(schedule=now.schedule, user=now.coordinator, reason="not needed any more")
    assert AuditLog.objects.first().changes["reason"] == "Undone: Ana helps (not needed any more)"  # type: ignore[union-attr]
    with pytest.raises(ReasonNeeded):
        redo(schedule=now.schedule, user=now.coordinator)


@pytest.mark.django_db
def test_undoing_puts_nobody_on_leave_to_work_unasked(placed: Small) -> None:
    change(schedule=placed.draft, user=placed.coordinator, changes=[Change(placed.ana.pk, DAY, "D", "WA", None)])
    Absence.objects.create(person=placed.ana, start_date=DAY, end_date=DAY, status="approved")
    with pytest.raises(ReasonNeeded) as caught:
        undo(schedule=placed.draft, user=placed.coordinator)
    assert caught.value.messages == [
        ("Ana is on leave on Fri 3 Jul by now, and would work again: say why. Nothing was changed.")
    ]
    undo(schedule=placed.draft, user=placed.coordinator, reason="she comes in")
    assert Assignment.objects.filter(person=placed.ana, block__date=DAY).exists()
