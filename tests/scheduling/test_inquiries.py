"""Inquiries: one question at a time, answered whole or not at all, and what an answer proposes made in a draft."""

import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django_ox.models import OxTask

from absences.models import Absence
from people.models import AuditLog, Notice
from scheduling.models import Assignment, Cover, Inquiry, Schedule
from scheduling.services import jobs
from scheduling.services.beat import Beat
from scheduling.services.changes import Change
from scheduling.services.edit import change, undo
from scheduling.services.inquiries import answering, apply, ask
from scheduling.solver.progress import Progress
from scheduling.tasks import answer_inquiry
from tests.factories import make_person, make_program, make_rotation, place, work
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db(transaction=True)
Kind, Status = Inquiry.Kind, Inquiry.Status
DAY = date(2026, 7, 3)
BLOCK = {"date": "2026-07-03", "rotation": "WA", "shift": "D"}


def answer(inquiry: Inquiry, beat: Beat) -> dict[str, Any]:
    """Bo takes Ana's block."""
    beat.tell(Progress("Looking", 50))
    ana, bo = inquiry.schedule.program.people.order_by("code")
    moves = [Change(ana.pk, DAY, "D", "WA", None), Change(bo.pk, DAY, "D", None, "WA")]
    return {"plans": [{"title": "Bo for Ana", "changes": [each.data() for each in moves]}]}


@pytest.fixture(autouse=True)
def _answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "ANSWERS", dict.fromkeys(Kind, f"{__name__}.answer"))


def ask_for(small: Small, kind: str = Kind.FILL, **parameters: Any) -> Inquiry:
    return ask.ask(
        schedule=small.draft, user=small.coordinator, kind=kind, parameters=parameters or BLOCK, enqueue=False
    )


def answered(small: Small, kind: str = Kind.FILL, **parameters: Any) -> Inquiry:
    work(small.draft, small.ana, DAY, small.day, small.ward)
    return answering.perform(ask_for(small, kind, **parameters).pk)


def test_an_answer_is_kept_with_the_revision_it_is_about(small: Small) -> None:
    small.draft.bump()
    inquiry = answering.perform(ask_for(small).pk)
    assert (inquiry.status, inquiry.progress, inquiry.revision, inquiry.error) == (Status.SUCCEEDED, 100, 2, "")
    assert (inquiry.parameters, inquiry.requested_by, inquiry.attempts) == (BLOCK, small.coordinator, 1)
    assert inquiry.answer is not None
    assert inquiry.answer["plans"][0]["title"] == "Bo for Ana"


def test_the_same_is_not_asked_twice_at_a_time(small: Small) -> None:
    first = ask_for(small)
    assert ask_for(small) == first
    assert ask_for(small, **BLOCK | {"date": "2026-07-04"}) != first
    assert ask_for(small, Kind.CONFLICT) != first
    small.draft.bump()  # the schedule is another one now, and so is the answer
    second = ask_for(small)
    assert second != first
    answering.perform(second.pk)
    assert ask_for(small) not in (first, second)


@pytest.mark.parametrize(("kind", "queue"), [(Kind.CONFLICT, "inquiries"), (Kind.SPREAD, "default")])
def test_a_worker_is_told_and_what_takes_long_waits_with_the_generations(small: Small, kind: str, queue: str) -> None:
    inquiry = ask.ask(schedule=small.draft, user=None, kind=kind, parameters={})
    task = OxTask.objects.get()
    assert (task.task_path, task.queue_name) == ("scheduling.tasks.answer_inquiry", queue)
    answer_inquiry.call(inquiry.pk)
    inquiry.refresh_from_db()
    assert inquiry.status == Status.SUCCEEDED


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        ("joke", {}, "'joke' is no question that can be asked about a schedule."),
        (Kind.REPAIR, {}, "The leave that was asked about is not there any more."),
        (Kind.LEAVE, {"absence": "٣"}, "The leave that was asked about is not there any more."),
        (Kind.LEAVE, {"absence": "9" * 30}, "The leave that was asked about is not there any more."),
        (Kind.FILL, {}, "None is no date such as 2026-11-07."),
        (Kind.FILL, BLOCK | {"date": "tomorrow"}, "'tomorrow' is no date such as 2026-11-07."),
        (Kind.FILL, BLOCK | {"date": "2025-07-03"}, "Thu 3 Jul 2025 is not one of the days of Draft 1 (2026)."),
        (Kind.FILL, BLOCK | {"rotation": "X"}, "Name the rotation and the shift type of the block by their codes."),
        (Kind.CONFLICT, BLOCK | {"shift": ""}, "Name the rotation and the shift type of the block by their codes."),
    ],
)
def test_what_is_asked_about_has_to_be_there(small: Small, kind: str, parameters: Any, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ask.ask(schedule=small.draft, user=None, kind=kind, parameters=parameters)
    assert caught.value.messages == [message]
    assert not Inquiry.objects.exists()


def test_leave_and_rotations_of_another_program_are_not_there(small: Small) -> None:
    other = make_program("Surgery")
    make_rotation(other, "TH")
    leave = Absence.objects.create(person=make_person(other, "Zoe"), start_date=DAY, end_date=DAY)
    for kind, parameters in ((Kind.LEAVE, {"absence": leave.pk}), (Kind.FILL, BLOCK | {"rotation": "TH"})):
        with pytest.raises(ValidationError):
            ask.ask(schedule=small.draft, user=None, kind=kind, parameters=parameters)


def test_leave_outside_of_the_schedule_is_not_asked_about(small: Small) -> None:
    later = date(2027, 1, 4)
    leave = Absence.objects.create(person=small.ana, start_date=later, end_date=later, kind="family-emergency")
    with pytest.raises(ValidationError) as caught:
        ask_for(small, Kind.LEAVE, absence=leave.pk)
    assert caught.value.messages == [
        "The leave of Ana (family emergency, Mon 4 Jan 2027) is on none of the days of Draft 1 (2026)."
    ]


def test_one_that_waits_is_cancelled_at_once_and_one_that_works_stops(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = ask.cancel(inquiry=ask_for(small), user=small.coordinator)
    assert waiting.status == Status.CANCELLED
    assert answering.perform(waiting.pk).answer is None

    def slow(inquiry: Inquiry, beat: Beat) -> None:
        ask.cancel(inquiry=inquiry, user=small.coordinator)
        deadline = time.monotonic() + 60
        while not beat.stopped():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    monkeypatch.setattr(f"{__name__}.answer", slow)
    stopped = answering.perform(ask_for(small).pk)
    assert (stopped.status, stopped.answer, stopped.phase) == (Status.CANCELLED, None, "Cancelled")
    with pytest.raises(ValidationError) as caught:
        ask.cancel(inquiry=stopped, user=None)
    assert caught.value.messages == ["This question is over already (cancelled)."]


def test_errors_fit_questions_and_generations_alike() -> None:
    """No page of a question shows a number, or calls it a run."""
    for words in (jobs.STALE_ERROR, jobs.UNEXPECTED, jobs.INTERRUPTED):
        assert "number" not in words
        assert " run " not in words
        assert "run's" not in words


def test_what_goes_wrong_is_said_and_can_be_asked_again(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(inquiry: Inquiry, beat: Beat) -> None:
        raise ValidationError("Staffing of Ward A is wrong.")

    def break_(inquiry: Inquiry, beat: Beat) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(f"{__name__}.answer", refuse)
        refused = answering.perform(ask_for(small).pk)
        patch.setattr(f"{__name__}.answer", break_)
        broken = answering.perform(ask_for(small).pk)
    assert (refused.status, refused.error) == (Status.FAILED, "Staffing of Ward A is wrong.")
    assert (broken.status, broken.error) == (Status.FAILED, jobs.UNEXPECTED)
    assert set(AuditLog.objects.values_list("action", flat=True)) == {"inquiry failed"}
    again = ask.ask_again(inquiry=broken, user=None)
    with pytest.raises(ValidationError, match="worked out already"):
        ask.ask_again(inquiry=again, user=None)
    assert answering.perform(again.pk).status == Status.SUCCEEDED


def test_a_plan_of_a_draft_is_made_in_it(small: Small) -> None:
    leave = Absence.objects.create(person=small.ana, start_date=DAY, end_date=DAY, status="approved")
    inquiry = answered(small, Kind.REPAIR, absence=leave.pk)
    assert apply.apply(inquiry=inquiry, plan=0, user=small.coordinator) == small.draft
    assert Assignment.objects.values_list("person__code", "is_pinned").get() == ("bo", True)
    cover = Cover.objects.get()
    assert (cover.absent, cover.covering, cover.date, cover.shift, cover.hours, cover.is_backup) == (
        small.ana,
        small.bo,
        DAY,
        "Ward A, day",
        Decimal(12),
        False,
    )
    assert not Cover.objects.standing().exists()  # a draft is nobody's shift yet
    Schedule.objects.update(status=Schedule.Status.PUBLISHED)
    assert Cover.objects.standing().get() == cover
    with pytest.raises(ValidationError, match="was changed since this was worked out: ask again"):
        apply.apply(inquiry=inquiry, plan=0, user=small.coordinator)
    assert Schedule.objects.count() == 1


def test_a_plan_of_what_is_published_is_made_in_a_new_draft(small: Small) -> None:
    leave = Absence.objects.create(person=small.ana, start_date=DAY, end_date=DAY, status="approved")
    place(small.draft, small.ana, 1, small.ward)
    inquiry = answered(small, Kind.REPAIR, absence=leave.pk)
    Schedule.objects.update(status=Schedule.Status.PUBLISHED)
    draft = apply.apply(inquiry=inquiry, plan=0, user=small.coordinator)
    assert (draft.number, draft.status, draft.based_on_id, draft.note) == (2, "draft", small.draft.pk, "Bo for Ana")
    assert Assignment.objects.filter(schedule=draft).values_list("person__code", flat=True).get() == "bo"
    assert Assignment.objects.filter(schedule=small.draft).values_list("person__code", flat=True).get() == "ana"
    assert not Notice.objects.exists()


def test_what_is_only_tried_is_made_in_a_new_draft(small: Small) -> None:
    draft = apply.apply(inquiry=answered(small), plan=0, user=small.coordinator)
    assert (draft.number, draft.based_on_id) == (2, small.draft.pk)
    assert Assignment.objects.filter(schedule=small.draft).values_list("person__code", flat=True).get() == "ana"


def test_a_second_click_makes_no_second_draft(small: Small) -> None:
    inquiry = answered(small)
    first = apply.apply(inquiry=inquiry, plan=0, user=small.coordinator)
    assert apply.apply(inquiry=inquiry, plan=0, user=small.coordinator) == first
    assert Schedule.objects.count() == 2


def test_another_plan_of_the_same_title_is_made_in_a_draft_of_its_own(small: Small) -> None:
    inquiry = answered(small)
    assert inquiry.answer is not None
    (plan,) = inquiry.answer["plans"]
    inquiry.answer["plans"].append({**plan, "changes": plan["changes"][:1]})  # Ana leaves, and nobody takes it
    inquiry.save()
    first = apply.apply(inquiry=inquiry, plan=0, user=small.coordinator)
    second = apply.apply(inquiry=inquiry, plan=1, user=small.coordinator)
    assert (first.note, second.note) == ("Bo for Ana", "Bo for Ana")
    assert apply.apply(inquiry=inquiry, plan=0, user=small.coordinator) == first
    assert apply.apply(inquiry=inquiry, plan=1, user=small.coordinator) == second
    assert not Assignment.objects.filter(schedule=second).exists()


def test_a_plan_that_was_undone_in_its_draft_is_made_anew(small: Small) -> None:
    inquiry = answered(small)
    first = apply.apply(inquiry=inquiry, plan=0, user=small.coordinator)
    undo(schedule=first, user=small.coordinator)
    assert apply.apply(inquiry=inquiry, plan=0, user=small.coordinator) != first


def test_the_newest_of_a_question_is_found_however_much_else_was_asked(small: Small) -> None:
    rows = [
        Inquiry(schedule=small.draft, kind=Kind.LEAVE, parameters={"absence": key}, revision=1) for key in range(1, 61)
    ]
    Inquiry.objects.bulk_create(rows)
    found = ask.newest(small.draft, Kind.LEAVE, {"absence": 1})
    assert found is not None
    assert found.parameters == {"absence": 1}
    newest = ask.newest(small.draft, Kind.LEAVE)
    assert newest is not None
    assert newest.pk == max(Inquiry.objects.values_list("pk", flat=True))
    assert ask.newest(small.draft, Kind.LEAVE, {"absence": 61}) is None
    assert ask.newest(small.draft, Kind.REPAIR) is None


def test_a_plan_of_what_was_archived_since_is_not_made(small: Small) -> None:
    inquiry = answered(small)
    Schedule.objects.update(status=Schedule.Status.ARCHIVED)
    with pytest.raises(ValidationError, match="is archived by now: ask about what is published in its place"):
        apply.apply(inquiry=inquiry, plan=0, user=None)
    assert Schedule.objects.count() == 1


def test_a_plan_for_leave_that_was_withdrawn_is_neither_worked_out_nor_made(small: Small) -> None:
    leave = Absence.objects.create(person=small.ana, start_date=DAY, end_date=DAY, status="approved")
    inquiry = answered(small, Kind.REPAIR, absence=leave.pk)
    Absence.objects.update(status="withdrawn")
    for verb in (
        lambda: apply.apply(inquiry=inquiry, plan=0, user=None),
        lambda: ask_for(small, Kind.REPAIR, absence=leave.pk),
        lambda: ask_for(small, Kind.LEAVE, absence=leave.pk),
    ):
        with pytest.raises(ValidationError) as caught:
            verb()
        assert caught.value.messages == ["The leave of Ana, 3 Jul, is withdrawn: there is nothing to cover."]
    assert Assignment.objects.values_list("person__code", flat=True).get() == "ana"


def test_what_is_only_asked_for_is_not_covered_yet(small: Small) -> None:
    leave = Absence.objects.create(person=small.ana, start_date=DAY, end_date=DAY)
    assert ask_for(small, Kind.LEAVE, absence=leave.pk).parameters == {"absence": leave.pk}
    with pytest.raises(ValidationError, match="is requested: there is nothing to cover"):
        ask_for(small, Kind.REPAIR, absence=leave.pk)


def test_an_inquiry_that_goes_with_its_draft_is_forgotten(
    small: Small, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gone = ask_for(small)

    def delete(inquiry: Inquiry, beat: Beat) -> None:
        small.draft.delete()

    monkeypatch.setattr(f"{__name__}.answer", delete)
    answer_inquiry.call(gone.pk)  # deleted while it is worked out
    answer_inquiry.call(gone.pk)  # and before
    assert not Inquiry.objects.exists()
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("plan", [-1, 1])
def test_a_plan_that_is_not_there_is_not_made(small: Small, plan: int) -> None:
    inquiry = answered(small)
    with pytest.raises(ValidationError, match="This plan is not there"):
        apply.apply(inquiry=inquiry, plan=plan, user=None)
    assert Schedule.objects.count() == 1


def test_a_plan_that_no_longer_fits_makes_no_draft(small: Small) -> None:
    inquiry = answered(small)
    change(schedule=small.draft, user=None, changes=[Change(small.ana.pk, DAY, "D", "WA", None)])
    with pytest.raises(ValidationError, match="was changed since this was worked out: ask again"):
        apply.apply(inquiry=inquiry, plan=0, user=None)
    assert Schedule.objects.count() == 1
