"""The year edited by hand: gestures, verdicts before and after, what is released, and never over somebody else's."""

from collections.abc import Iterable
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from people.models import AuditLog, User
from scheduling.models import (
    Assignment,
    Cohort,
    Edit,
    Placement,
    Preference,
    RotationAssignment,
    Schedule,
    SequenceRule,
)
from scheduling.services.changes import PlanChange
from scheduling.services.edit import Stale, change, redo, undo
from scheduling.services.gestures import At, Gesture
from scheduling.services.lock_window import ReasonNeeded
from scheduling.services.placing import Done, place
from scheduling.services.plan_verdicts import Verdict, plan_rules
from scheduling.services.year_grid import Year, read_year
from tests.examples import of_the_database
from tests.factories import Wards, make_person, make_rotation, make_user, make_wards

NOVEMBER = 5  # the period of 21 October to 17 November


@pytest.fixture
def wards(db: None) -> Wards:
    return make_wards(status="draft")


@pytest.fixture
def user(wards: Wards) -> User:
    return make_user("coordinator", User.Role.COORDINATOR, programs=(wards.program,))


def gesture(
    verb: str,
    cells: dict[At[int], str] | None = None,
    *,
    start: At[int] | None = None,
    end: At[int] | None = None,
    was: dict[At[int], str] | None = None,
    revision: int = 1,
    note: str = "",
    reason: str = "",
) -> Gesture[int, str]:
    return Gesture(verb, cells or {}, start, end, was or {}, revision, note, reason)


def held(schedule: Schedule, person: int, number: int) -> str:
    rows = RotationAssignment.objects.filter(schedule=schedule, person=person, period__number=number)
    return rows.values_list("rotation__code", flat=True).first() or ""


def verdict(wards: Wards, person: int, number: int, code: str | None) -> Verdict:
    year = read_year(wards.program, wards.schedule)
    return plan_rules(wards.schedule, year).verdict(wards.people[person].pk, {number - 1: code})


def done(wards: Wards, user: User, what: Gesture[int, str]) -> Done:
    return place(schedule=wards.schedule, user=user, gesture=what)


def test_who_is_set_elsewhere_is_pinned_there_and_released_from_their_shifts(wards: Wards, user: User) -> None:
    person = wards.people[0]
    pinned = Assignment.objects.filter(person=person).first()
    assert pinned is not None
    Assignment.objects.filter(pk=pinned.pk).update(is_pinned=True)
    at = (person.pk, NOVEMBER)
    made = done(wards, user, gesture("set", {at: "ICU"}, was={at: "WA"}))
    row = RotationAssignment.objects.get(person=person, period__number=NOVEMBER)
    assert (row.rotation.code, row.is_pinned, row.source, row.override) == ("ICU", True, "manual", "")
    assert made.edit.title == "Resident 000 to Intensive care, period 5"
    assert (len(made.released), made.released[0]) == (10, date(2026, 11, 2))
    assert (set(made.people), [period.number for period in made.periods]) == ({person.pk}, [NOVEMBER])
    # What is left: the pinned shift, and those of the period after.
    left = Assignment.objects.filter(person=person).order_by("block__date").values_list("block__date", flat=True)
    assert [day for day in left if day <= date(2026, 11, 17)] == [date(2026, 11, 1)]
    undo(schedule=wards.schedule, user=user)
    assert held(wards.schedule, *at) == "WA"
    assert Assignment.objects.filter(person=person).count() == 20


def test_move_swap_and_push_carry_notes_and_what_follows(wards: Wards, user: User) -> None:
    one, two, three = (person.pk for person in wards.people)
    RotationAssignment.objects.filter(person=one, period__number=1).update(note="asked for it")
    done(wards, user, gesture("swap", start=(one, 1), end=(two, 1), was={(one, 1): "WA", (two, 1): "ICU"}))
    row = RotationAssignment.objects.get(person=two, period__number=1)
    assert (held(wards.schedule, one, 1), row.rotation.code, row.note) == ("ICU", "WA", "asked for it")
    done(wards, user, gesture("move", start=(one, 1), end=(three, 1), was={(one, 1): "ICU", (three, 1): "WA"}))
    assert (held(wards.schedule, one, 1), held(wards.schedule, three, 1)) == ("", "ICU")
    RotationAssignment.objects.filter(person=three, period__number=4).delete()
    push = gesture("push", start=(three, 1), end=(three, 2), was={(three, 1): "ICU", (three, 2): "WA"})
    schedule = Schedule.objects.get(pk=wards.schedule.pk)
    made = place(schedule=schedule, user=user, gesture=gesture_at(push, schedule.revision))
    assert [held(wards.schedule, three, number) for number in (1, 2, 3, 4, 5)] == ["", "ICU", "WA", "WA", "WA"]
    assert made.edit.title == "Resident 002's Intensive care of period 1 to period 2, pushing along what follows"


def gesture_at(what: Gesture[int, str], revision: int) -> Gesture[int, str]:
    return Gesture(what.verb, what.cells, what.start, what.end, what.was, revision, what.note, what.reason)


def test_pin_loosen_and_note_release_nothing_and_ask_for_nothing(wards: Wards, user: User) -> None:
    at = (wards.people[0].pk, NOVEMBER)
    for number, (verb, note, pinned, kept) in enumerate(
        (("pin", "", True, ""), ("note", "late", True, "late"), ("loosen", "", False, "late"))
    ):
        made = done(wards, user, gesture(verb, {at: ""}, was={at: "WA"}, note=note, revision=number + 1))
        row = RotationAssignment.objects.get(person=at[0], period__number=NOVEMBER)
        assert (row.is_pinned, row.note, row.rotation.code, list(made.released)) == (pinned, kept, "WA", [])
    assert Assignment.objects.filter(person=at[0]).count() == 20
    with pytest.raises(ValidationError, match="It is so already"):
        done(wards, user, gesture("loosen", {at: ""}, was={at: "WA"}, revision=4))
    RotationAssignment.objects.filter(person=at[0]).delete()
    with pytest.raises(ValidationError, match="There is no rotation there: nothing to pin"):
        done(wards, user, gesture("pin", {at: ""}, was={at: ""}, revision=4))


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (gesture("set", {(0, 1): "ICU"}), "Somebody in this change is not a person of this program any more."),
        (gesture("set", {(-1, 14): "ICU"}), "This version has no period 14: load the page again."),
        (gesture("set", {(-1, 1): "XX"}), "There is no rotation XX any more: load the page again."),
    ],
)
def test_what_is_not_there_is_refused(wards: Wards, user: User, what: Gesture[int, str], message: str) -> None:
    person = wards.people[0].pk
    cells = {(person if at[0] == -1 else at[0], at[1]): code for at, code in what.cells.items()}
    with pytest.raises(ValidationError) as caught:
        done(wards, user, gesture("set", cells))
    assert caught.value.messages == [message]
    assert not Edit.objects.exists()


def test_a_cell_that_is_not_what_the_page_showed_is_stale(wards: Wards, user: User) -> None:
    at = (wards.people[0].pk, 1)
    with pytest.raises(Stale) as caught:
        done(wards, user, gesture("set", {at: "ICU"}, was={at: "ICU"}))
    assert " ".join(caught.value.messages) == (
        "Resident 000 is on Ward A in period 1 (1 Jul to 28 Jul), not what was shown when this was chosen: look at it "
        "again. Nothing was changed."
    )
    assert (caught.value.key, caught.value.now, Edit.objects.count()) == (at, "WA", 0)


def test_what_a_push_takes_along_is_stale_if_somebody_changed_it_since(wards: Wards, user: User) -> None:
    person = wards.people[0].pk
    RotationAssignment.objects.filter(person=person, period__number=4).delete()
    change(schedule=wards.schedule, user=user, changes=[PlanChange(person, 3, "WA", "ICU")])
    push = gesture("push", start=(person, 1), end=(person, 2), was={(person, 1): "WA", (person, 2): "WA"})
    with pytest.raises(Stale, match=r"on Intensive care in period 3 .* since coordinator changed it"):
        done(wards, user, push)
    done(wards, user, gesture_at(push, 2))
    assert [held(wards.schedule, person, number) for number in (1, 2, 3, 4)] == ["", "WA", "WA", "ICU"]


def test_a_hard_rule_needs_a_reason_which_is_kept_in_the_cell(wards: Wards, user: User) -> None:
    rule = SequenceRule.objects.create(program=wards.program, name="No ICU twice", kind="not_in_a_row")
    rule.rotations.set([wards.icu])
    one = wards.people[0].pk
    at, after = (one, 1), (one, 2)
    done(wards, user, gesture("set", {at: "ICU"}, was={at: "WA"}))
    again = gesture("set", {after: "ICU"}, was={after: "WA"}, revision=2)
    with pytest.raises(ReasonNeeded) as caught:
        done(wards, user, again)
    assert caught.value.messages == [
        "Resident 000: breaks “No ICU twice”.",
        "Say why, and it is done all the same. Nothing was changed yet.",
    ]
    assert held(wards.schedule, *after) == "WA"
    done(wards, user, gesture("set", {after: "ICU"}, was={after: "WA"}, revision=2, reason="Nobody else"))
    row = RotationAssignment.objects.get(person=one, period__number=2)
    assert (row.rotation.code, row.override) == ("ICU", "Nobody else")
    assert Edit.objects.get(pk=Edit.objects.latest("pk").pk).reason == "Nobody else"
    # A reason where no rule is broken is no override.
    done(wards, user, gesture("set", {(one, 4): "ICU"}, was={(one, 4): "WA"}, revision=3, reason="Just so"))
    assert RotationAssignment.objects.get(person=one, period__number=4).override == ""


def test_a_priced_rule_and_a_wish_are_advisories(wards: Wards) -> None:
    rule = SequenceRule.objects.create(program=wards.program, name="Rather not twice", kind="not_in_a_row", price=5)
    rule.rotations.set([wards.ward])
    Preference.objects.create(
        academic_year=wards.year,
        person=wards.people[1],
        period=wards.year.periods.get(number=3),
        rotation=wards.ward,
        wants=False,
    )
    found = verdict(wards, 1, 3, "WA")
    assert (found.name, found.words, found.needs_reason) == ("advisory", "advisory: asked not to be on Ward A", False)
    RotationAssignment.objects.filter(person=wards.people[1], period__number=2).update(rotation=wards.ward)
    assert verdict(wards, 1, 3, "WA").words == "advisory: asked not to be on Ward A; against “Rather not twice”"


def test_the_word_of_the_program_the_cohort_and_the_curriculum(wards: Wards) -> None:
    make_rotation(wards.program, "CL", "Clinic", position=3)
    assert verdict(wards, 0, 3, "CL").words == "Clinic is not in the curriculum of PGY-1"
    placement = Placement.objects.create(
        academic_year=wards.year, person=wards.people[0], period=wards.year.periods.get(number=3)
    )
    placement.rotations.set([wards.icu])
    assert verdict(wards, 0, 3, "WA").name == "allowed"  # it is there already: nothing would change
    assert verdict(wards, 0, 3, None).words == "set down for Intensive care in the program"
    assert verdict(wards, 0, 3, "ICU").name == "allowed"
    wards.people[1].cohort = "A"
    wards.people[1].save()
    Cohort.objects.create(academic_year=wards.year, name="A", rotation=wards.ward, periods=[2])
    assert verdict(wards, 1, 2, "WA").name == "allowed"
    assert verdict(wards, 1, 4, "WA").words == "the cohort is on Ward A in other periods"
    assert verdict(wards, 1, 4, "WA").name == "breaks"


def test_leave_and_who_is_not_there(wards: Wards, user: User) -> None:
    person = wards.people[0]
    wards.icu.allows_vacation = False
    wards.icu.save()
    person.absences.create(start_date="2026-07-06", end_date="2026-07-12", kind="vacation", status="approved")
    person.absences.create(start_date="2026-07-29", end_date="2026-08-25", kind="parental", status="approved")
    part, whole = verdict(wards, 0, 1, "ICU"), verdict(wards, 0, 2, "ICU")
    assert (part.name, part.words) == ("leave", "on leave for a part of it, which Intensive care does not allow")
    assert (whole.name, whole.words, whole.needs_reason) == ("leave", "on leave then", True)
    late = make_person(wards.program, "Late", 1, start_date=date(2026, 10, 1))
    with pytest.raises(ValidationError) as caught:
        done(wards, user, gesture("set", {(late.pk, 1): "WA"}, was={(late.pk, 1): ""}, reason="All the same"))
    assert caught.value.messages == [
        "Late: not with the program then.",
        "Nobody is placed outside of their time with the program. Nothing was changed.",
    ]


def test_an_archive_stays_as_it_is(wards: Wards, user: User) -> None:
    Schedule.objects.update(status=Schedule.Status.ARCHIVED)
    at = (wards.people[0].pk, 1)
    with pytest.raises(ValidationError, match="is archived: it stays as it was"):
        done(wards, user, gesture("set", {at: "ICU"}, was={at: "WA"}))


VERBS = st.sampled_from(["set", "move", "swap", "push", "undo", "redo"])
CELLS = st.tuples(st.integers(0, 2), st.integers(4, 7))


class AnySequence(TestCase):
    """Whatever is done, one rotation a cell, right counters, an audit entry each; all undone, it is as it was."""

    @settings(max_examples=of_the_database(12), deadline=None)
    @given(st.lists(st.tuples(VERBS, CELLS, CELLS, st.sampled_from(["WA", "ICU", ""])), min_size=1, max_size=6))
    def test_whatever_is_done(self, wanted: list[tuple[str, tuple[int, int], tuple[int, int], str]]) -> None:
        wards = make_wards(status="draft")
        user = make_user("coordinator", User.Role.COORDINATOR, programs=(wards.program,))
        RotationAssignment.objects.filter(person=wards.people[2], period__number=6).delete()
        start, written = whole(wards.schedule), 0
        for verb, one, other, code in wanted:
            written += self.does(wards, user, verb, one, other, code)
            self.counts(wards)
        wards.schedule.refresh_from_db()
        assert wards.schedule.revision == 1 + written == 1 + AuditLog.objects.count()
        while Edit.objects.filter(undone_at__isnull=True).exists():
            undo(schedule=wards.schedule, user=user)
        assert whole(wards.schedule) == start
        self.counts(wards)

    def does(
        self, wards: Wards, user: User, verb: str, one: tuple[int, int], other: tuple[int, int], code: str
    ) -> bool:
        schedule = Schedule.objects.get(pk=wards.schedule.pk)
        at, to = ((wards.people[who].pk, number) for who, number in (one, other))
        before = whole(schedule)
        try:
            if verb in ("undo", "redo"):
                (undo if verb == "undo" else redo)(schedule=schedule, user=user)
                return True
            was = {cell: held(schedule, *cell) for cell in (at, to)}
            start, end = (None, None) if verb == "set" else (at, to)
            cells = {at: code} if verb == "set" else {}
            what = Gesture(verb, cells, start, end, was, schedule.revision, "", "Because")
            made = place(schedule=schedule, user=user, gesture=what)
        except ValidationError:
            assert whole(schedule) == before
            return False
        read = read_year(wards.program, schedule)
        assert (_said(made.year), made.year.staffing) == (_said(read), read.staffing)
        if verb == "set":
            assert held(schedule, *at) == code
        elif verb == "swap":
            assert (held(schedule, *at), held(schedule, *to)) == (was[to], was[at])
        else:
            assert held(schedule, *to) == was[at]
            assert verb == "push" or held(schedule, *at) == ""
        return True

    def counts(self, wards: Wards) -> None:
        """What the grid says is what a plain count says."""
        placed = list(
            RotationAssignment.objects.filter(schedule=wards.schedule).values_list(
                "person", "period__number", "rotation__code"
            )
        )
        assert len({(person, number) for person, number, _ in placed}) == len(placed)
        year = read_year(wards.program, wards.schedule)
        first = wards.people[0].pk  # the one of level 1, who owes a period of the ICU
        icu = sum(1 for person, _, code in placed if person == first and code == "ICU")
        assert year.years[first].owed == (() if icu else (("ICU", 1),))
        lines = {line.label: line for line in year.staffing}
        for label, code in (("WA", "WA"), ("ICU", "ICU")):
            there = [count.number if count else 0 for count in lines[label].counts]
            assert there == [sum(1 for _, at, on in placed if (at, on) == (number, code)) for number in range(1, 14)]
        assert lines["WA"].missing == sum(max(0, 2 - number) for number in counted(placed, "WA"))


def counted(placed: Iterable[tuple[int, int, str]], code: str) -> list[int]:
    rows = list(placed)
    return [sum(1 for _, at, on in rows if (at, on) == (number, code)) for number in range(1, 14)]


def whole(schedule: Schedule) -> tuple[set[tuple[object, ...]], set[tuple[object, ...]]]:
    """Everything about a schedule's plan and roster but the rows' keys."""
    plan = RotationAssignment.objects.filter(schedule=schedule)
    roster = Assignment.objects.filter(schedule=schedule)
    kept = ("rotation", "source", "is_pinned", "note", "override")
    return set(plan.values_list("person", "period", *kept)), set(roster.values_list("person", "block", "role", *kept))


def test_what_somebody_else_noted_since_is_not_dropped_unseen(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    at = (ada.pk, NOVEMBER)
    noted = PlanChange(ada.pk, NOVEMBER, "WA", "WA", note="Exam")
    change(schedule=wards.schedule, user=make_user("other"), changes=[noted])
    for made in (
        gesture("set", {at: "ICU"}, was={at: "WA"}),
        gesture("set", {at: ""}, was={at: "WA"}),
        gesture("note", {at: ""}, was={at: "WA"}, note="Moved"),
    ):
        with pytest.raises(Stale, match="Exam") as refused:
            place(schedule=wards.schedule, user=user, gesture=made)
        assert refused.value.messages[0].startswith(
            "Resident 000 is on Ward A in period 5 (21 Oct to 17 Nov), pinned, noted “Exam” since other changed it on "
        )
        assert ", which was not shown when this was chosen: " in refused.value.messages[0]
        assert refused.value.key == at
    assert held(wards.schedule, ada.pk, NOVEMBER) == "WA"
    place(schedule=wards.schedule, user=user, gesture=gesture("set", {at: "ICU"}, was={at: "WA"}, revision=2))
    assert held(wards.schedule, ada.pk, NOVEMBER) == "ICU"


def test_ones_own_marks_are_dropped_at_will(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    at = (ada.pk, NOVEMBER)
    change(schedule=wards.schedule, user=user, changes=[PlanChange(ada.pk, NOVEMBER, "WA", "WA", note="Exam")])
    place(schedule=wards.schedule, user=user, gesture=gesture("set", {at: "ICU"}, was={at: "WA"}))
    assert held(wards.schedule, ada.pk, NOVEMBER) == "ICU"


def _said(year: Year) -> dict[int, tuple[object, ...]]:
    """What the rows say: each is itself, whatever else looks like it."""
    return {person: (each.row, list(each.cells), each.owed) for person, each in year.years.items()}
