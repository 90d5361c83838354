"""What a worker does with a run: one result, whole, or none, whatever happens in between."""

import threading
import time
from datetime import date
from datetime import time as clock
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from people.models import AuditLog
from scheduling.models import Assignment, GenerationRun, Inquiry, RotationAssignment, Schedule, ShiftType, Staffing
from scheduling.services import beat, generate, jobs, performing, setup_program, setup_rows, writing
from scheduling.services.setup_kinds import KINDS
from scheduling.solver.plan.problem import Shortfall as PlanShortfall
from scheduling.solver.progress import Progress, ShouldStop
from scheduling.solver.roster.problem import Shortfall
from scheduling.tasks import generate_schedule
from tests.factories import place, work
from tests.scheduling.fake_solvers import FakeSolvers
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db(transaction=True)
Status = GenerationRun.Status


def placements(small: Small) -> dict[tuple[str, int], str]:
    rows = RotationAssignment.objects.filter(schedule=small.draft)
    return {
        (person, number): code
        for person, number, code in rows.values_list("person__code", "period__number", "rotation__code")
    }


def assignments(small: Small) -> list[tuple[Any, ...]]:
    rows = Assignment.objects.filter(schedule=small.draft).order_by("block__date", "person__code")
    return list(rows.values_list("person__code", "block__date", "block__shift_type__code", "rotation__code"))


def untouched(small: Small) -> bool:
    """Whether the draft is as empty as it was, at the revision it had."""
    small.draft.refresh_from_db()
    return not placements(small) and not assignments(small) and small.draft.revision == 1


def wait_until_told(should_stop: ShouldStop) -> None:
    deadline = time.monotonic() + 60
    while not should_stop():
        assert time.monotonic() < deadline, "nobody said stop"
        time.sleep(0.01)


def test_a_run_becomes_the_drafts_content(small: Small, solvers: FakeSolvers) -> None:
    run = generate.perform(small.request(seed=9).pk)
    assert (run.status, run.progress, run.phase, run.error) == (Status.SUCCEEDED, 100, "Finished", "")
    assert (run.objective, run.bound, run.gap, run.versions, run.attempts) == (20.0, 18.0, 0.1, {"pulp": "4"}, 1)
    assert run.started_at is not None
    assert run.finished_at is not None
    assert placements(small) == {(who, number): "WA" for who in ("ana", "bo") for number in (1, 2)}
    assert assignments(small) == [
        ("ana", date(2026, 7, 1), "D", "WA"),
        ("bo", date(2026, 7, 1), "D", "WA"),
        ("ana", date(2026, 7, 29), "D", "WA"),
        ("bo", date(2026, 7, 29), "D", "WA"),
    ]
    assert set(Assignment.objects.values_list("source", "is_pinned", "role")) == {("generated", False, "primary")}
    small.draft.refresh_from_db()
    assert small.draft.revision == 2
    entry = AuditLog.objects.first()
    assert entry is not None
    assert (entry.action, entry.user, entry.target) == (
        "generation finished",
        small.coordinator,
        f"generation run:{run.pk}",
    )
    assert entry.changes == {"schedule": 1, "outcome": "Finished", "shortfalls": 0, "violations": 0}


def test_how_even_it_could_be_is_asked_with_the_result(small: Small, solvers: FakeSolvers) -> None:
    generate.perform(small.request().pk)
    small.draft.refresh_from_db()
    asked = Inquiry.objects.get()
    assert (asked.kind, asked.schedule, asked.revision, asked.status, asked.requested_by) == (
        "spread",
        small.draft,
        small.draft.revision,
        "queued",
        small.coordinator,
    )


def test_the_plan_takes_a_part_of_the_time_and_the_roster_the_rest(small: Small, solvers: FakeSolvers) -> None:
    generate.perform(small.request(time_limit=100).pk)
    assert solvers.time_limits[0] == 40
    assert 90 < solvers.time_limits[1] <= 100


def test_progress_is_told_and_can_be_seen_meanwhile(small: Small, solvers: FakeSolvers) -> None:
    run = small.request()
    seen: list[tuple[Any, ...]] = []
    told: list[Progress] = []

    def look(should_stop: ShouldStop) -> None:
        deadline = time.monotonic() + 60
        while not seen or seen[-1][0] != "Roster: period 1 of 13":
            assert time.monotonic() < deadline
            seen.append(GenerationRun.objects.values_list("phase", "progress", "objective", "bound").get())
            time.sleep(0.01)

    solvers.in_roster = look
    generate.perform(run.pk, on_progress=told.append)
    assert seen[-1] == ("Roster: period 1 of 13", 53, 8.0, None)
    assert [progress.phase for progress in told] == [
        "Reading the program",
        "Rotation plan: improving",
        "Roster: period 1 of 13",
        "Checking the duty-hour rules",
        "Writing",
    ]


def test_pins_stay_and_the_rest_is_replaced(small: Small, solvers: FakeSolvers) -> None:
    pin = place(small.draft, small.ana, 2, small.clinic, pinned=True)
    place(small.draft, small.bo, 2, small.clinic)
    shift = work(small.draft, small.ana, date(2026, 7, 5), small.night, small.clinic, is_pinned=True)
    work(small.draft, small.bo, date(2026, 7, 6), small.night, small.clinic)
    generate.perform(small.request().pk)
    assert placements(small) == {("ana", 1): "WA", ("ana", 2): "CL", ("bo", 1): "WA", ("bo", 2): "WA"}
    assert assignments(small) == [
        ("ana", date(2026, 7, 1), "D", "WA"),
        ("bo", date(2026, 7, 1), "D", "WA"),
        ("ana", date(2026, 7, 5), "N", "CL"),
        ("ana", date(2026, 7, 29), "D", "CL"),
        ("bo", date(2026, 7, 29), "D", "WA"),
    ]
    assert RotationAssignment.objects.get(is_pinned=True).pk == pin.pk
    assert Assignment.objects.get(is_pinned=True).pk == shift.pk


def test_a_plan_alone_releases_the_roster_of_the_old_one(small: Small, solvers: FakeSolvers) -> None:
    work(small.draft, small.bo, date(2026, 7, 6), small.night, small.clinic)
    generate.perform(small.request(scope="plan").pk)
    assert (solvers.calls, len(placements(small)), assignments(small)) == (["plan"], 4, [])


def test_a_roster_alone_is_made_from_the_plan_as_it_is(small: Small, solvers: FakeSolvers) -> None:
    kept = place(small.draft, small.bo, 2, small.clinic)
    generate.perform(small.request(scope="roster").pk)
    assert (solvers.calls, placements(small)) == (["roster"], {("bo", 2): "CL"})
    assert assignments(small) == [("bo", date(2026, 7, 29), "D", "CL")]
    assert RotationAssignment.objects.get().pk == kept.pk


def test_a_program_without_shifts_gets_its_plan(small: Small, solvers: FakeSolvers) -> None:
    Staffing.objects.all().delete()
    run = generate.perform(small.request().pk)
    assert (run.status, solvers.calls, solvers.time_limits, len(placements(small))) == (
        Status.SUCCEEDED,
        ["plan"],
        [600],
        4,
    )


def test_what_is_missing_is_kept_with_a_sentence(small: Small, solvers: FakeSolvers) -> None:
    solvers.plan_shortfalls = (
        PlanShortfall("staffing below", "Ward A", ("WA",), 1, 1000.0, period=1),
        PlanShortfall("curriculum below", "PGY-1: Clinic", ("CL",), 2, 2000.0, person="ana"),
        PlanShortfall("unplaced", "", (), 1, 1000.0, period=0, person="bo"),
    )
    solvers.roster_shortfalls = (
        Shortfall("WA", 3, "N", ("PGY-1",), 1, 1000.0),
        Shortfall("CL", 4, "D", None, 2, 500.0),
    )
    run = generate.perform(small.request().pk)
    assert [missed["sentence"] for missed in run.shortfalls] == [
        "Ward A is 1 short in period 2 (29 Jul to 25 Aug).",
        "Ana is owed 2 periods more of PGY-1: Clinic.",
        "Bo has no rotation in period 1 (1 Jul to 28 Jul).",
        "Somebody is missing on Ward A on Sat 4 Jul, night (PGY-1).",
        "2 people are missing on Clinic on Sun 5 Jul, day.",
    ]
    assert run.shortfalls[0]["period"] == 2
    assert {name: run.shortfalls[3][name] for name in ("rotation", "date", "shift", "missing", "price")} == {
        "rotation": "WA",
        "date": "2026-07-04",
        "shift": "N",
        "missing": 1,
        "price": 1000.0,
    }


def test_what_breaks_a_rule_is_kept_with_the_result(small: Small, solvers: FakeSolvers) -> None:
    """Two pins with six hours between them."""
    ShiftType.objects.filter(pk=small.day.pk).update(start_time=clock(13))
    work(small.draft, small.ana, date(2026, 7, 5), small.night, small.ward, is_pinned=True)
    work(small.draft, small.ana, date(2026, 7, 6), small.day, small.ward, is_pinned=True)
    run = generate.perform(small.request().pk)
    assert run.status == Status.SUCCEEDED
    assert {found["person"] for found in run.violations} == {small.ana.pk}
    assert {"rule", "clause", "label", "force", "person", "first", "last", "sentence"} == set(run.violations[0])


def test_performing_twice_gives_one_result(small: Small, solvers: FakeSolvers) -> None:
    run = small.request()
    generate.perform(run.pk)
    entries = AuditLog.objects.count()
    again = generate.perform(run.pk)
    assert (again.status, again.attempts, solvers.calls) == (Status.SUCCEEDED, 1, ["plan", "roster"])
    assert (AuditLog.objects.count(), len(placements(small))) == (entries, 4)


def test_the_task_performs_the_run(small: Small, solvers: FakeSolvers) -> None:
    run = small.request()
    generate_schedule.call(run.pk)
    run.refresh_from_db()
    assert run.status == Status.SUCCEEDED


def test_it_is_not_done_in_a_transaction(small: Small) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="call it outside of transactions"):
        generate.perform(small.request().pk)


def test_cancelled_before_everything_is_there_nothing_is_kept(small: Small, solvers: FakeSolvers) -> None:
    run = small.request()

    def cancel(should_stop: ShouldStop) -> None:
        generate.cancel(run=run, user=small.coordinator)
        wait_until_told(should_stop)

    solvers.in_plan = cancel
    done = generate.perform(run.pk)
    assert (done.status, done.phase, solvers.calls) == (Status.CANCELLED, "Cancelled, nothing kept", ["plan"])
    assert untouched(small)


def test_cancelled_in_a_roster_with_holes_nothing_is_kept(small: Small, solvers: FakeSolvers) -> None:
    run = small.request()

    def cancel(should_stop: ShouldStop) -> None:
        generate.cancel(run=run, user=small.coordinator)
        wait_until_told(should_stop)

    solvers.in_roster, solvers.roster_is_complete = cancel, False
    pin = work(small.draft, small.ana, date(2026, 8, 5), small.night, small.clinic, is_pinned=True)
    done = generate.perform(run.pk)
    assert (done.status, done.phase) == (Status.CANCELLED, "Cancelled, nothing kept")
    assert (placements(small), Assignment.objects.get()) == ({}, pin)


def test_cancelled_when_every_period_has_a_roster_it_is_kept(small: Small, solvers: FakeSolvers) -> None:
    run = small.request()

    def cancel(should_stop: ShouldStop) -> None:
        generate.cancel(run=run, user=small.coordinator)
        wait_until_told(should_stop)

    solvers.in_roster = cancel
    done = generate.perform(run.pk)
    assert (done.status, done.phase, done.progress) == (Status.CANCELLED, "Cancelled, the best so far kept", 100)
    assert (len(placements(small)), len(assignments(small))) == (4, 4)


def test_cancelled_with_a_complete_best_so_far_it_is_kept(small: Small, solvers: FakeSolvers) -> None:
    run = small.request(scope="plan")

    def cancel(should_stop: ShouldStop) -> None:
        generate.cancel(run=run, user=small.coordinator)
        wait_until_told(should_stop)

    solvers.in_plan = cancel
    done = generate.perform(run.pk)
    assert (done.status, done.phase, done.objective) == (Status.CANCELLED, "Cancelled, the best so far kept", 12.0)
    assert len(placements(small)) == 4
    assert [entry.action for entry in AuditLog.objects.all()] == [
        "generation stopped",
        "generation cancelled",
        "generation requested",
    ]


def test_cancelled_while_nobody_worked_on_it_it_is_not_begun_again(small: Small, solvers: FakeSolvers) -> None:
    run = small.request()
    GenerationRun.objects.update(status=Status.RUNNING, cancel_requested=True)
    done = generate.perform(run.pk)
    assert (done.status, done.phase, solvers.calls) == (Status.CANCELLED, "Cancelled, nothing kept", [])


def test_a_failing_solver_leaves_the_draft_as_it_was(
    small: Small, solvers: FakeSolvers, caplog: pytest.LogCaptureFixture
) -> None:
    place(small.draft, small.ana, 1, small.clinic)

    def fail(should_stop: ShouldStop) -> None:
        raise ZeroDivisionError("in the depths of the solver")

    solvers.in_roster = fail
    run = generate.perform(small.request().pk)
    assert (run.status, run.error) == (Status.FAILED, jobs.UNEXPECTED)
    assert "in the depths of the solver" in caplog.text
    assert placements(small) == {("ana", 1): "CL"}
    assert AuditLog.objects.first().action == "generation failed"  # type: ignore[union-attr]
    solvers.in_roster = lambda should_stop: None
    assert generate.perform(generate.retry(run=run, user=None).pk).status == Status.SUCCEEDED


def test_a_failing_write_is_taken_back_whole(
    small: Small, solvers: FakeSolvers, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(small.draft, small.ana, 1, small.clinic)

    def fail(*args: object) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr(writing, "_write_roster", fail)
    run = generate.perform(small.request().pk)
    assert (run.status, run.error) == (Status.FAILED, jobs.UNEXPECTED)
    assert placements(small) == {("ana", 1): "CL"}


def test_words_for_the_coordinator_come_through(small: Small, solvers: FakeSolvers) -> None:
    def fail(should_stop: ShouldStop) -> None:
        raise ValidationError("No rotation plan was found in 5 seconds: give it more time.")

    solvers.in_plan = fail
    run = generate.perform(small.request().pk)
    assert (run.status, run.error) == (Status.FAILED, "No rotation plan was found in 5 seconds: give it more time.")


def test_an_interrupted_terminal_leaves_a_run_that_failed(small: Small, solvers: FakeSolvers) -> None:
    def interrupt(should_stop: ShouldStop) -> None:
        raise KeyboardInterrupt

    solvers.in_plan = interrupt
    run = small.request()
    with pytest.raises(KeyboardInterrupt):
        generate.perform(run.pk)
    run.refresh_from_db()
    assert (run.status, run.error) == (Status.FAILED, jobs.INTERRUPTED)


def test_a_draft_that_was_published_meanwhile_is_not_overwritten(small: Small, solvers: FakeSolvers) -> None:
    def put_away(should_stop: ShouldStop) -> None:
        Schedule.objects.update(status="archived")

    solvers.in_roster = put_away
    run = generate.perform(small.request().pk)
    assert (run.status, run.error) == (Status.FAILED, performing.CHANGED)
    assert (placements(small), assignments(small)) == ({}, [])


def test_a_draft_that_changed_meanwhile_is_not_overwritten(small: Small, solvers: FakeSolvers) -> None:
    def edit(should_stop: ShouldStop) -> None:
        place(small.draft, small.ana, 1, small.clinic)
        small.draft.bump()

    solvers.in_roster = edit
    run = generate.perform(small.request().pk)
    assert (run.status, run.error) == (Status.FAILED, performing.CHANGED)
    assert (placements(small), assignments(small)) == ({("ana", 1): "CL"}, [])


def save_rule(small: Small, kind: str, row: Any, **values: Any) -> None:
    setup_rows.save(program=small.program, user=None, kind=KINDS[kind], pk=row.pk, values=values)


def test_rules_that_changed_meanwhile_are_told_as_that(small: Small, solvers: FakeSolvers) -> None:
    solvers.in_roster = lambda should_stop: save_rule(small, "staffing", small.staffing, fewest=2)
    run = generate.perform(small.request().pk)
    assert run.status == Status.FAILED
    assert run.error == (
        "Rules, people or leave of the program were changed while the draft was being generated, so the result may no "
        "longer fit them. Nothing was changed. Generate it again."
    )
    assert (placements(small), assignments(small)) == ({}, [])


def test_a_rotation_that_a_rule_no_longer_names_is_a_change_of_rules(small: Small, solvers: FakeSolvers) -> None:
    solvers.in_roster = lambda should_stop: save_rule(small, "staffing", small.staffing, rotations=[small.clinic])
    assert generate.perform(small.request().pk).error == performing.RULES_CHANGED


def test_what_no_generation_reads_throws_no_result_away(small: Small, solvers: FakeSolvers) -> None:
    def save(should_stop: ShouldStop) -> None:
        save_rule(small, "rotations", small.ward, colour=7)
        setup_rows.move(program=small.program, user=None, kind=KINDS["rotations"], pk=small.ward.pk, direction="down")
        setup_program.save_program(program=small.program, user=None, values={"lock_days": 7, "shows_who_is_on": True})

    solvers.in_roster = save
    run = generate.perform(small.request().pk)
    small.draft.refresh_from_db()
    assert (run.status, run.error, run.revision, small.draft.revision) == (Status.SUCCEEDED, "", 4, 4)
    assert placements(small) == {(who, number): "WA" for who in ("ana", "bo") for number in (1, 2)}


def test_of_two_who_work_on_a_run_the_later_one_writes(small: Small, solvers: FakeSolvers) -> None:
    """As when a worker was taken for dead and only slept."""
    run, results = small.request(), []

    def other_worker() -> None:
        try:
            results.append(generate.perform(run.pk))
        finally:
            connection.close()

    def sleep_while_another_takes_it_up(should_stop: ShouldStop) -> None:
        solvers.in_plan = lambda should_stop: None
        thread = threading.Thread(target=other_worker)
        thread.start()
        thread.join()
        wait_until_told(should_stop)

    solvers.in_plan = sleep_while_another_takes_it_up
    late = generate.perform(run.pk)
    assert (results[0].status, results[0].attempts, results[0].phase) == (Status.SUCCEEDED, 2, "Finished")
    assert (late.status, late.claim, late.phase) == (Status.SUCCEEDED, results[0].claim, "Finished")
    small.draft.refresh_from_db()
    assert (small.draft.revision, len(placements(small)), len(assignments(small))) == (2, 4, 4)
    assert AuditLog.objects.filter(action__startswith="generation").count() == 2  # requested, finished


def test_a_worker_that_was_given_up_writes_nothing(small: Small, solvers: FakeSolvers) -> None:
    run = small.request()

    def give_up(should_stop: ShouldStop) -> None:
        GenerationRun.objects.update(status=Status.FAILED, error="nobody there")
        wait_until_told(should_stop)

    solvers.in_roster = give_up
    done = generate.perform(run.pk)
    assert (done.status, done.error, untouched(small)) == (Status.FAILED, "nobody there", True)


def test_two_who_finish_at_once_write_one_result(
    small: Small, solvers: FakeSolvers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have solved before either writes, and neither heard of the other: the claim is what decides."""
    monkeypatch.setattr(beat, "SECONDS", 60)
    run = small.request()
    both = threading.Barrier(2)

    def meet(should_stop: ShouldStop) -> None:
        both.wait(60)

    def worker() -> None:
        try:
            generate.perform(run.pk)
        finally:
            connection.close()

    begun = threading.Event()
    solvers.in_plan, solvers.in_roster = lambda should_stop: begun.set(), meet
    threads = [threading.Thread(target=worker) for _ in range(2)]
    threads[0].start()
    assert begun.wait(60)
    threads[1].start()
    for thread in threads:
        thread.join()
    run.refresh_from_db()
    small.draft.refresh_from_db()
    assert (run.status, run.attempts, small.draft.revision) == (Status.SUCCEEDED, 2, 2)
    assert (len(placements(small)), len(assignments(small))) == (4, 4)
    assert AuditLog.objects.filter(action="generation finished").count() == 1
