"""Changing who works which block: all or nothing, never over what somebody else did, and everybody touched is told."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from people.models import AuditLog, Notice
from scheduling.models import Assignment, Cover, Edit, GenerationRun, Schedule
from scheduling.services.changes import Change
from scheduling.services.drafts import new_draft
from scheduling.services.edit import change, redo, undo
from scheduling.services.publish import publish
from tests.examples import of_the_database
from tests.factories import make_person, make_program, make_rotation, make_user, place, work
from tests.scheduling.small import Small

DAY = date(2026, 7, 3)


def rows(schedule: Schedule) -> set[tuple[str, date, str, str]]:
    found = Assignment.objects.filter(schedule=schedule)
    return set(found.values_list("person__code", "block__date", "block__shift_type__code", "rotation__code"))


@pytest.mark.django_db
def test_a_block_moves_from_one_person_to_another(small: Small) -> None:
    work(small.draft, small.ana, DAY, small.day, small.ward)
    changes = [
        Change(small.ana.pk, DAY, "D", "WA", None),
        Change(small.bo.pk, DAY, "D", None, "WA"),
    ]
    edit = change(schedule=small.draft, user=small.coordinator, changes=changes, reason="Ana is ill")
    assert rows(small.draft) == {("bo", DAY, "D", "WA")}
    small.draft.refresh_from_db()
    assert small.draft.revision == 2
    assert (edit.title, edit.reason, edit.user) == ("Ana and Bo: Fri 3 Jul, day", "Ana is ill", small.coordinator)
    made = Assignment.objects.get()
    assert (made.source, made.is_pinned, made.role) == ("manual", True, "primary")
    entry = AuditLog.objects.get()
    assert (entry.action, entry.user) == ("assignments changed", small.coordinator)
    state = {"rotation": "WA", "role": "primary"}
    assert entry.changes == {
        "schedule": 1,
        "reason": "Ana is ill",
        "cells": [
            {
                "person": small.ana.pk,
                "date": "2026-07-03",
                "shift": "D",
                "before": state | {"source": "generated", "is_pinned": False},
                "after": None,
            },
            {
                "person": small.bo.pk,
                "date": "2026-07-03",
                "shift": "D",
                "before": None,
                "after": state | {"source": "manual", "is_pinned": True},
            },
        ],
    }
    assert [Change.of(each.data()) for each in changes] == changes
    assert not Notice.objects.exists()  # a draft is nobody's schedule yet


@pytest.mark.django_db
def test_a_change_of_what_is_no_longer_so_changes_nothing_and_says_what_is(small: Small) -> None:
    work(small.draft, small.ana, DAY, small.day, small.clinic)
    with pytest.raises(ValidationError) as caught:
        change(
            schedule=small.draft,
            user=small.coordinator,
            changes=[Change(small.bo.pk, DAY, "D", None, "WA"), Change(small.ana.pk, DAY, "D", "WA", None)],
        )
    assert " ".join(caught.value.messages) == (
        "Ana works Clinic on Fri 3 Jul, day, not what was shown when this was chosen: look at it again. "
        "Nothing was changed."
    )
    assert rows(small.draft) == {("ana", DAY, "D", "CL")}
    small.draft.refresh_from_db()
    assert (small.draft.revision, AuditLog.objects.count()) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"shift": "X"}, "There is no shift type X any more."),
        ({"after": "X"}, "There is no rotation X any more."),
        ({"person": 0}, "Somebody in this change is not a person of this program any more."),
        (
            {"date": date(2027, 7, 1)},
            "Thu 1 Jul 2027 is outside of Draft 1 (2026), which goes from 1 Jul 2026 to 25 Aug 2026.",
        ),
    ],
)
def test_what_is_not_there_is_refused(small: Small, values: dict[str, object], message: str) -> None:
    given_ = {"person": small.ana.pk, "date": DAY, "shift": "D", "before": None, "after": "WA"} | values
    with pytest.raises(ValidationError) as caught:
        change(schedule=small.draft, user=None, changes=[Change(**given_)])  # type: ignore[arg-type]
    assert caught.value.messages == [message]


@pytest.mark.django_db
def test_people_and_rotations_of_another_program_are_not_there(small: Small) -> None:
    other = make_program("Surgery")
    stranger, theatre = make_person(other, "Zoe"), make_rotation(other, "TH")
    for each in (
        Change(stranger.pk, DAY, "D", None, "WA"),
        Change(small.ana.pk, DAY, "D", None, theatre.code),
    ):
        with pytest.raises(ValidationError):
            change(schedule=small.draft, user=None, changes=[each])
    assert not Assignment.objects.exists()


@pytest.mark.django_db
def test_nothing_is_changed_in_an_archive_nor_while_a_draft_is_generated(small: Small) -> None:
    one = [Change(small.ana.pk, DAY, "D", None, "WA")]
    GenerationRun.objects.create(schedule=small.draft)
    with pytest.raises(ValidationError, match="is being generated"):
        change(schedule=small.draft, user=None, changes=one)
    GenerationRun.objects.all().delete()
    Schedule.objects.update(status=Schedule.Status.ARCHIVED)
    with pytest.raises(ValidationError, match="is archived"):
        change(schedule=small.draft, user=None, changes=one)


@pytest.mark.django_db
def test_no_change_is_no_change(small: Small) -> None:
    with pytest.raises(ValidationError, match="Nothing was to be changed"):
        change(schedule=small.draft, user=None, changes=[])


@pytest.mark.django_db
def test_what_is_published_tells_those_touched_and_its_drafts_keep_up(small: Small) -> None:
    small.ana.user, small.bo.user = make_user("ana"), make_user("bo")
    small.ana.save()
    small.bo.save()
    work(small.draft, small.ana, DAY, small.day, small.ward)
    published = publish(schedule=small.draft, user=None)
    Notice.objects.all().delete()
    same, other = (new_draft(academic_year=small.year, user=None, based_on=published) for _ in range(2))
    Assignment.objects.filter(schedule=other).delete()  # the second draft says otherwise already
    other.bump()
    change(
        schedule=published,
        user=small.coordinator,
        changes=[Change(small.ana.pk, DAY, "D", "WA", None), Change(small.bo.pk, DAY, "D", None, "WA")],
        reason="Sick call",
    )
    assert rows(published) == rows(same) == {("bo", DAY, "D", "WA")}
    assert rows(other) == set()  # half of the move would be neither the one nor the other
    assert [(notice.user.username, notice.subject, notice.lines) for notice in Notice.objects.order_by("user")] == [
        ("ana", "Your schedule changed", ["You no longer work Ward A on Fri 3 Jul, day.", "Reason: Sick call"]),
        ("bo", "Your schedule changed", ["You work Ward A on Fri 3 Jul, day.", "Reason: Sick call"]),
    ]
    carried = AuditLog.objects.filter(action__startswith="carried")
    assert list(carried.values_list("action", "target")) == [("carried over from version 1", f"schedule:{same.pk}")]


@pytest.mark.django_db
def test_an_error_in_the_middle_leaves_everything_as_it_was(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    work(small.draft, small.ana, DAY, small.day, small.ward)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no disk")

    monkeypatch.setattr("scheduling.services.edit.note", fail)
    with pytest.raises(RuntimeError):
        change(schedule=small.draft, user=None, changes=[Change(small.ana.pk, DAY, "D", "WA", None)])
    assert rows(small.draft) == {("ana", DAY, "D", "WA")}
    small.draft.refresh_from_db()
    assert small.draft.revision == 1


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_change_costs_as_many_queries_whatever_it_changes(
    small: Small, count: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    days = [date(2026, 7, 3 + number) for number in range(count)]
    for day in days:
        work(small.draft, small.ana, day, small.day, small.ward)
    moves = [
        each
        for day in days
        for each in (Change(small.ana.pk, day, "D", "WA", None), Change(small.bo.pk, day, "D", None, "WA"))
    ]
    # On PostgreSQL revision, audit entry and edit are one.
    with django_assert_num_queries(13 if connection.vendor == "postgresql" else 15):  # type: ignore[operator]
        change(schedule=small.draft, user=small.coordinator, changes=moves)


class AnySequence(TestCase):
    @settings(max_examples=of_the_database(15), deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 1), st.integers(0, 2), st.sampled_from(["D", "N"]), st.sampled_from(["WA", "CL", None])
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_undone_it_is_as_it_was_and_done_again_as_it_became(
        self, wanted: list[tuple[int, int, str, str | None]]
    ) -> None:
        small = Small()
        people = (small.ana, small.bo)
        work(small.draft, small.ana, DAY, small.day, small.ward)
        start = whole(small.draft)
        for who, offset, shift, after in wanted:
            person, day = people[who], date(2026, 7, 3 + offset)
            found = Assignment.objects.filter(
                schedule=small.draft, person=person, block__date=day, block__shift_type__code=shift
            )
            before = found.values_list("rotation__code", flat=True).first()
            change(schedule=small.draft, user=small.coordinator, changes=[Change(person.pk, day, shift, before, after)])
            assert found.values_list("rotation__code", flat=True).first() == after
        end = whole(small.draft)
        for _ in wanted:
            undo(schedule=small.draft, user=small.coordinator)
        assert whole(small.draft) == start
        for _ in wanted:
            redo(schedule=small.draft, user=small.coordinator)
        assert whole(small.draft) == end
        small.draft.refresh_from_db()
        assert small.draft.revision == 1 + 3 * len(wanted) == 1 + AuditLog.objects.count()


def whole(schedule: Schedule) -> set[tuple[object, ...]]:
    """Everything about a schedule's assignments but their keys."""
    found = Assignment.objects.filter(schedule=schedule)
    return set(found.values_list("person", "block", "rotation", "role", "source", "is_pinned"))


@pytest.mark.django_db
def test_each_undoes_their_own_and_never_over_somebody_elses(small: Small) -> None:
    other = make_user("other", "coordinator", programs=(small.program,))
    ward, clinic = (Change(small.ana.pk, DAY, "D", *pair) for pair in ((None, "WA"), ("WA", "CL")))
    mine = change(schedule=small.draft, user=small.coordinator, changes=[ward])
    with pytest.raises(ValidationError, match="You have nothing to undo in this version"):
        undo(schedule=small.draft, user=other)
    change(schedule=small.draft, user=other, changes=[clinic])
    with pytest.raises(ValidationError) as caught:
        undo(schedule=small.draft, user=small.coordinator)
    assert " ".join(caught.value.messages) == (
        "Ana works Clinic on Fri 3 Jul, day, which somebody has changed since: change it by hand instead. "
        "Nothing was changed."
    )
    undo(schedule=small.draft, user=other)
    assert undo(schedule=small.draft, user=small.coordinator) == mine
    assert rows(small.draft) == set()
    with pytest.raises(ValidationError, match="You have nothing to undo"):
        undo(schedule=small.draft, user=small.coordinator)


@pytest.mark.django_db
def test_after_something_else_there_is_nothing_to_do_again(small: Small) -> None:
    change(schedule=small.draft, user=small.coordinator, changes=[Change(small.ana.pk, DAY, "D", None, "WA")])
    undo(schedule=small.draft, user=small.coordinator)
    change(schedule=small.draft, user=small.coordinator, changes=[Change(small.bo.pk, DAY, "D", None, "WA")])
    with pytest.raises(ValidationError, match="You have nothing to do again"):
        redo(schedule=small.draft, user=small.coordinator)
    assert Edit.objects.count() == 1


@pytest.mark.django_db
def test_cover_stands_as_long_as_its_edit_does(small: Small) -> None:
    one = [Change(small.bo.pk, DAY, "D", None, "WA")]
    edit = change(schedule=small.draft, user=small.coordinator, changes=one)
    Cover.objects.create(
        program=small.program, edit=edit, absent=small.ana, covering=small.bo, date=DAY, shift="Ward A, day", hours=12
    )
    undo(schedule=small.draft, user=small.coordinator)
    assert not Cover.objects.standing().exists()
    redo(schedule=small.draft, user=small.coordinator)
    assert Cover.objects.standing().count() == 1
    undo(schedule=small.draft, user=small.coordinator)
    change(schedule=small.draft, user=small.coordinator, changes=one)
    assert not Cover.objects.exists()


@pytest.mark.django_db
def test_publishing_tells_those_whose_own_schedule_it_changes(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda **_: date(2026, 7, 2))
    for person in (small.ana, small.bo):
        person.user = make_user(person.code)
        person.save()
        place(small.draft, person, 1, small.ward)
    work(small.draft, small.ana, DAY, small.day, small.ward)
    work(small.draft, small.ana, date(2026, 7, 1), small.day, small.ward)
    published = publish(schedule=small.draft, user=None)
    first = ["The schedule of 1 Jul 2026 to 25 Aug 2026 is published."]
    assert [(notice.user.username, notice.lines) for notice in Notice.objects.order_by("user")] == [
        ("ana", first),
        ("bo", first),
    ]
    Notice.objects.all().delete()
    draft = new_draft(academic_year=small.year, user=None, based_on=published)
    change(
        schedule=draft,
        user=None,
        changes=[
            Change(small.ana.pk, DAY, "D", "WA", "CL"),
            Change(small.ana.pk, date(2026, 7, 1), "D", "WA", None),  # is over: nobody has to know
        ],
    )
    publish(schedule=draft, user=None, note="Better")
    assert [(notice.user.username, notice.lines, notice.url) for notice in Notice.objects.all()] == [
        ("ana", ["Fri 3 Jul, day: Clinic instead of Ward A.", "Reason: Better"], "/my/")
    ]
