"""Asking for a generation, cancelling it, asking again: what is written down, and what is refused in words."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_ox.models import OxTask

from people.models import AuditLog, Person, Program
from scheduling.models import (
    CrossCover,
    Curriculum,
    GenerationRun,
    History,
    Period,
    Placement,
    Rotation,
    Schedule,
    Staffing,
)
from scheduling.services import generate, readiness
from scheduling.services.belonging import foreign_rows
from scheduling.solver.codec import Mistake
from tests.factories import make_person, make_program, make_schedule, make_year, place, work
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db
Status = GenerationRun.Status


def refusal(small: Small, **values: object) -> list[str]:
    with pytest.raises(ValidationError) as raised:
        small.request(**values)
    return raised.value.messages


def test_a_request_is_written_down_and_queued(small: Small) -> None:
    run = generate.request(schedule=small.draft, user=small.coordinator, time_limit=60, seed=5)
    run.refresh_from_db()
    assert (run.status, run.scope, run.time_limit, run.seed) == (Status.QUEUED, "year", 60, 5)
    assert (run.requested_by, run.attempts, run.claim) == (small.coordinator, 0, None)
    (queued,) = OxTask.objects.all()
    assert (queued.task_path, queued.args) == ("scheduling.tasks.generate_schedule", [run.pk])
    entry = AuditLog.objects.get()
    assert (entry.action, entry.user, entry.program) == ("generation requested", small.coordinator, small.program)
    assert entry.changes == {"schedule": 1, "scope": "year", "time_limit": 60, "seed": 5}


def test_without_a_queue_the_caller_performs_it(small: Small) -> None:
    run = small.request()
    assert (run.time_limit, run.seed, OxTask.objects.count()) == (600, 1, 0)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("published", "Published 1 (2026) is not a draft: make a new draft from it and generate that."),
        ("archived", "Archived 1 (2026) is not a draft: make a new draft from it and generate that."),
    ],
)
def test_only_drafts_are_generated(small: Small, status: str, message: str) -> None:
    Schedule.objects.update(status=status)
    assert refusal(small) == [message]


def test_one_run_at_a_time(small: Small) -> None:
    run = small.request()
    GenerationRun.objects.update(status=Status.RUNNING, progress=40, heartbeat=timezone.now())
    message = "Draft 1 (2026) is being generated already (40 percent): wait for that, or cancel it first."
    assert refusal(small) == [message]
    GenerationRun.objects.filter(pk=run.pk).update(status=Status.SUCCEEDED)
    assert small.request().status == Status.QUEUED


def test_a_wrong_time_limit_or_scope_is_refused(small: Small) -> None:
    assert refusal(small, scope="month") == ["Value 'month' is not a valid choice."]
    assert GenerationRun.objects.count() == 0


def test_an_empty_program_hears_all_that_is_missing(small: Small) -> None:
    program = make_program("Surgery", holiday_country="XX")
    draft = make_schedule(make_year(program))
    Period.objects.filter(academic_year=draft.academic_year).delete()
    assert refusal(small, schedule=draft) == [
        "Surgery has no active people in 2026–27: add them.",
        "The academic year 2026–27 of Surgery has no periods: add them.",
        "The public holidays of XX are not known: use codes such as US and NY.",
        "Surgery has no rotations: add those that people are placed on.",
        "Surgery has no curriculum: say which rotations each level may be placed on, and for how long.",
    ]


def test_people_without_a_curriculum_are_named_by_group(small: Small) -> None:
    Curriculum.objects.filter(level=2).delete()
    message = "No row of the curriculum is for PGY-2: say which rotations these people may be placed on."
    assert refusal(small) == [message]
    period = Period.objects.get(academic_year=small.year, number=1)
    settled = Placement.objects.create(academic_year=small.year, person=small.bo, period=period)
    settled.rotations.set([small.ward])
    assert small.request().status == Status.QUEUED


def test_staffing_of_faculty_needs_a_curriculum_of_theirs(small: Small) -> None:
    make_person(small.program, "Dr Day", None)
    row = Staffing.objects.create(program=small.program, name="Attending", levels=[0])
    row.rotations.set([small.ward])
    assert refusal(small) == [
        "Staffing 'Attending' counts faculty, but no row of the curriculum (level 0) says where they may be placed."
    ]


def test_a_shift_counts_people(small: Small) -> None:
    Staffing.objects.filter(pk=small.staffing.pk).update(weight=0.5)
    assert refusal(small) == [
        (
            "Staffing 'Ward by day' is of a shift and counts a person as 0.5: a block counts people, so make the "
            "weight 1 and change fewest and most to fit."
        )
    ]


def test_a_shift_is_worked_for_one_rotation(small: Small) -> None:
    small.staffing.rotations.add(small.clinic)
    assert refusal(small) == [
        (
            "Staffing 'Ward by day' is of a shift and names 2 rotations: each block is worked for one, so make a row "
            "for each rotation."
        )
    ]


def test_rows_that_name_something_of_another_program_are_told(small: Small) -> None:
    other = Small("Surgery")
    History.objects.create(academic_year=small.year, person=small.ana, rotation=other.ward, periods=1)
    small.staffing.shift_type = other.day
    small.staffing.save()
    cover = CrossCover.objects.create(rotation=small.ward, covers=other.clinic)
    small.clinic.regular_shifts.set([small.day, other.day])
    pinned = place(small.draft, other.bo, 1, small.ward, pinned=True)
    history = History.objects.get()
    wrong = "refers to something of another program"
    todo = f"{wrong}: change or delete it in the administration."
    assert refusal(small) == [
        f"Staffing 'Ward by day' (number {small.staffing.pk}) {todo}",
        f"Rotation 'Clinic' (number {small.clinic.pk}) {todo}",
        f"Cross cover 'Ward A covers Clinic' (number {cover.pk}) {todo}",
        f"History '{history}' (number {history.pk}) {todo}",
        f"Rotation assignment 'Bo, Period 1: Ward A' (number {pinned.pk}) {wrong}: make a new draft.",
    ]
    assert other.request().status == Status.QUEUED


def test_what_is_of_the_program_is_not_foreign(small: Small) -> None:
    """Whatever the key of the program, and however many rotations a row names."""
    for program in (small, Small("Surgery"), Small("Urology")):
        program.day.joins.set([program.night])
        program.clinic.regular_shifts.set([program.day, program.night])
        work(program.draft, program.ana, date(2026, 7, 2), program.day, program.ward)
    for draft in Schedule.objects.all():
        assert list(foreign_rows(draft)) == []


def test_a_roster_needs_shifts_and_a_plan(small: Small) -> None:
    assert refusal(small, scope="roster") == [
        "Draft 1 (2026) has no rotation plan yet: generate that first, or both at once."
    ]
    place(small.draft, small.ana, 1, small.ward)
    Staffing.objects.all().delete()
    assert refusal(small, scope="roster") == [
        (
            "Internal Medicine schedules no shifts: say how many people each shift needs (staffing with a shift type), "
            "or which shifts are the ordinary week of a rotation."
        )
    ]
    small.clinic.regular_shifts.set([small.day])
    assert small.request(scope="roster").scope == "roster"


def test_placements_that_exclude_each_other_are_named(small: Small) -> None:
    period = Period.objects.get(academic_year=small.year, number=2)
    for rotation in (small.ward, small.clinic):
        row = Placement.objects.create(academic_year=small.year, person=small.bo, period=period)
        row.rotations.set([rotation])
    message = "Bo has placements in period 2 that exclude each other (Clinic, Ward A): remove one."
    assert refusal(small) == [message]


def test_what_else_cannot_be_is_said_by_the_solvers_form(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database refuses all that we know of; whatever slips through is told before anything waits."""
    wrong = Mistake("$.sequence_rules[0].shortest", "3 is more than longest (2)")
    monkeypatch.setattr(readiness, "mistakes", lambda problem: [wrong])
    assert refusal(small) == [
        "The program's data cannot be scheduled. $.sequence_rules[0].shortest: 3 is more than longest (2)."
    ]


def test_wrong_settings_are_refused_before_anything_waits(small: Small) -> None:
    Program.objects.update(rule_settings={"rules": {"naps": {}}})
    (message,) = refusal(small)
    assert message.startswith("The rule settings of Internal Medicine: rules: 'naps' is not a rule")


def test_people_who_are_gone_do_not_count(small: Small) -> None:
    Person.objects.update(is_active=False)
    Rotation.objects.update(is_active=False)
    assert refusal(small) == [
        "Internal Medicine has no active people in 2026: add them.",
        "Internal Medicine has no rotations: add those that people are placed on.",
    ]


def test_cancelling_what_waits_ends_it(small: Small) -> None:
    run = generate.cancel(run=small.request(), user=small.coordinator)
    run.refresh_from_db()
    assert (run.status, run.cancel_requested, run.finished_at is not None) == (Status.CANCELLED, True, True)
    assert AuditLog.objects.first().action == "generation cancelled"  # type: ignore[union-attr]
    with pytest.raises(ValidationError, match="is over already \\(cancelled\\)"):
        generate.cancel(run=run, user=small.coordinator)


def test_cancelling_what_runs_asks_it_to_stop(small: Small) -> None:
    run = small.request()
    GenerationRun.objects.update(status=Status.RUNNING, heartbeat=timezone.now())
    generate.cancel(run=run, user=small.coordinator)
    run.refresh_from_db()
    assert (run.status, run.cancel_requested, run.finished_at) == (Status.RUNNING, True, None)


def silent(run: GenerationRun, seconds: int) -> None:
    """As a worker leaves a run that was killed so many seconds ago."""
    heartbeat = timezone.now() - timedelta(seconds=seconds)
    GenerationRun.objects.filter(pk=run.pk).update(status=Status.RUNNING, attempts=3, heartbeat=heartbeat)
    run.refresh_from_db()


def test_a_run_that_nobody_works_on_is_marked_failed_and_can_be_tried_again(small: Small) -> None:
    run = small.request(time_limit=30, seed=4)
    silent(run, 100)
    failed = generate.fail_if_stale(run)
    assert (failed.status, failed.error, failed.finished_at is not None) == (Status.FAILED, generate.STALE_ERROR, True)
    assert AuditLog.objects.first().action == "generation failed"  # type: ignore[union-attr]
    again = generate.retry(run=failed, user=small.coordinator)
    assert (again.pk != run.pk, again.status, again.time_limit, again.seed) == (True, Status.QUEUED, 30, 4)


def test_a_run_that_was_heard_of_lately_is_left_alone(small: Small, django_assert_num_queries: Any) -> None:
    run = small.request()
    silent(run, 80)
    with django_assert_num_queries(0):
        assert generate.fail_if_stale(run).status == Status.RUNNING


def test_a_run_that_was_taken_up_since_it_was_read_is_left_alone(small: Small) -> None:
    run = small.request()
    silent(run, 100)
    GenerationRun.objects.update(heartbeat=timezone.now())
    assert generate.fail_if_stale(run).status == Status.RUNNING


def test_a_dead_run_does_not_stand_in_the_way_of_a_new_one(small: Small) -> None:
    dead = small.request()
    silent(dead, 100)
    new = small.request()
    dead.refresh_from_db()
    assert (dead.status, new.status) == (Status.FAILED, Status.QUEUED)


def test_only_what_failed_is_tried_again(small: Small) -> None:
    run = small.request()
    with pytest.raises(ValidationError, match="has not failed \\(waiting for a worker\\)"):
        generate.retry(run=run, user=small.coordinator)
