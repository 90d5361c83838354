"""Sentences are added, changed, switched, ordered and deleted; each change is recorded and counts in schedules."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError

from people.models import AuditLog, User
from scheduling.models import (
    Assignment,
    Block,
    Cohort,
    CrossCover,
    GenerationRun,
    Inquiry,
    Rotation,
    Schedule,
    SequenceRule,
    ShiftType,
    Staffing,
)
from scheduling.models.calendar import ensure_blocks
from scheduling.services import edit, setup_codes, setup_removal, setup_rows
from scheduling.services.setup_kinds import KINDS, state_of
from tests.factories import Wards, make_program, make_rotation, make_schedule, make_user, make_wards

pytestmark = pytest.mark.django_db


@pytest.fixture
def wards() -> Wards:
    return make_wards()


@pytest.fixture
def ruth(wards: Wards) -> User:
    return make_user("ruth", User.Role.COORDINATOR, programs=(wards.program,))


def save(wards: Wards, kind: str, pk: int | None, user: User | None = None, seen: Any = None, **values: Any) -> Any:
    return setup_rows.save(program=wards.program, user=user, kind=KINDS[kind], pk=pk, values=values, seen=seen)


def switch(wards: Wards, kind: str, pk: int, state: str, user: User | None = None) -> Any:
    return setup_rows.switch(program=wards.program, user=user, kind=KINDS[kind], pk=pk, state=state)


def revisions() -> Mapping[int, int]:
    return dict(Schedule.objects.order_by("number").values_list("number", "revision"))


def test_what_is_added_is_recorded_and_counts_in_every_schedule_but_archived_ones(wards, ruth):
    make_schedule(wards.year, "draft")
    make_schedule(wards.year, "archived")
    before = revisions()
    row = save(
        wards,
        "staffing",
        None,
        ruth,
        name="ICU nights",
        rotations=[wards.icu],
        shift_type=wards.night,
        fewest=1,
        most=2,
    )
    assert Staffing.objects.get(pk=row.pk).rotations.get() == wards.icu
    assert revisions() == {1: before[1] + 1, 2: before[2] + 1, 3: before[3]}
    entry = AuditLog.objects.get()
    assert (entry.user, entry.action, entry.target) == (ruth, "sentence of staffing added", f"staffing:{row.pk}")
    assert entry.changes["fewest"] == [None, "1"]
    assert entry.changes["rotations"] == [None, "Intensive care"]


def test_only_what_changed_is_recorded(wards, ruth):
    row = Staffing.objects.get(name="Ward A")
    save(wards, "staffing", row.pk, ruth, fewest=3, rotations=[wards.ward, wards.icu])
    assert AuditLog.objects.get().changes == {"fewest": ["2", "3"], "rotations": ["Ward A", "Intensive care, Ward A"]}
    before = revisions()
    save(wards, "staffing", row.pk, ruth, fewest=3)
    assert (AuditLog.objects.count(), revisions()) == (1, before)


def test_who_saves_last_is_told_what_changed_meanwhile_and_nothing_is_written(wards, ruth):
    row = Staffing.objects.get(name="Ward A")
    seen = setup_rows.snapshot(row)
    save(wards, "staffing", row.pk, ruth, seen=seen, fewest=4)
    with pytest.raises(ValidationError) as refused:
        save(wards, "staffing", row.pk, None, seen=seen, fewest=1)
    assert refused.value.message == (
        "ruth changed this while you had it open: fewest was 2, is 4 now. Nothing of yours is saved yet: save again if "
        "it is to be as below."
    )
    assert Staffing.objects.get(pk=row.pk).fewest == 4
    save(wards, "staffing", row.pk, None, seen=setup_rows.snapshot(Staffing.objects.get(pk=row.pk)), fewest=1)
    assert Staffing.objects.get(pk=row.pk).fewest == 1


def test_a_row_names_nothing_of_another_program(wards):
    foreign = make_rotation(make_program("Surgery"), "OR", "Theatre")
    with pytest.raises(ValidationError) as refused:
        save(wards, "staffing", None, name="Theatre", rotations=[foreign], fewest=1)
    assert refused.value.message_dict == {"rotations": ["Theatre is not of Internal Medicine."]}
    assert not Staffing.objects.filter(name="Theatre").exists()


def test_a_row_of_another_program_is_not_there(wards):
    other = make_wards(name="Surgery")
    with pytest.raises(ObjectDoesNotExist):
        switch(wards, "staffing", Staffing.objects.filter(program=other.program)[0].pk, "off")


def test_what_cannot_be_is_refused_by_the_model_too(wards):
    with pytest.raises(ValidationError) as refused:
        save(wards, "staffing", None, name="x", rotations=[wards.ward], fewest=3, most=2)
    assert refused.value.messages == ["The most is below the fewest."]


def test_a_sentence_is_switched_off_and_on(wards, ruth):
    row = Staffing.objects.get(name="Ward A")
    before = revisions()[1]
    assert switch(wards, "staffing", row.pk, "off", ruth).is_active is False
    assert switch(wards, "staffing", row.pk, "off", ruth).is_active is False  # twice is once
    assert revisions()[1] == before + 1
    assert state_of(KINDS["staffing"], Staffing.objects.get(pk=row.pk)) == "off"
    assert switch(wards, "staffing", row.pk, "priced", ruth).is_active is True
    actions = AuditLog.objects.values_list("action", "changes")
    assert list(actions) == [
        ("sentence of staffing switched", {"state": ["off", "priced"]}),
        ("sentence of staffing switched", {"state": ["priced", "off"]}),
    ]


@pytest.mark.parametrize(("kind", "state"), [("staffing", "hard"), ("rotations", "priced"), ("staffing", "")])
def test_a_sentence_has_only_the_states_of_its_kind(wards, kind, state):
    row = KINDS[kind].rows(wards.program)[0]
    with pytest.raises(ValidationError, match="can be"):
        switch(wards, kind, row.pk, state)


def make_rule(wards: Wards, **values: Any) -> SequenceRule:
    row = SequenceRule.objects.create(**{"program": wards.program, "name": "Rule", "kind": "not_in_a_row"} | values)
    row.rotations.set([wards.icu])
    return row


def test_a_rule_goes_from_priced_to_hard_to_off_and_back_with_its_price(wards, ruth):
    row = make_rule(wards, price=25)
    kind = KINDS["sequence-rules"]
    assert state_of(kind, row) == "priced"
    assert switch(wards, kind.slug, row.pk, "hard", ruth).price is None
    switch(wards, kind.slug, row.pk, "off", ruth)
    assert state_of(kind, SequenceRule.objects.get()) == "off"
    assert switch(wards, kind.slug, row.pk, "priced", ruth).price == 25
    assert state_of(kind, SequenceRule.objects.get()) == "priced"


def test_a_price_that_was_taken_out_in_the_form_comes_back_too(wards):
    row = make_rule(wards, price=25)
    save(wards, "sequence-rules", row.pk, price=None)
    assert switch(wards, "sequence-rules", row.pk, "priced").price == 25


def test_a_rule_that_never_had_a_price_gets_a_usual_one(wards):
    row = make_rule(wards)
    assert switch(wards, "sequence-rules", row.pk, "priced").price == 10


def test_a_preferred_row_cannot_be_hard(wards):
    row = make_rule(wards, kind="in_a_row")
    assert KINDS["sequence-rules"].states(row) == ("priced", "off")
    with pytest.raises(ValidationError, match="can be priced or off"):
        switch(wards, "sequence-rules", row.pk, "hard")


def test_rotations_change_places(wards):
    make_rotation(wards.program, "NF", "Night float", position=2)  # at the same place as the ICU
    kind = KINDS["rotations"]
    assert [row.code for row in kind.rows(wards.program)] == ["WA", "ICU", "NF"]
    setup_rows.move(program=wards.program, user=None, kind=kind, pk=wards.icu.pk, direction="down")
    assert [(row.code, row.position) for row in kind.rows(wards.program)] == [("WA", 1), ("NF", 2), ("ICU", 3)]
    setup_rows.move(program=wards.program, user=None, kind=kind, pk=wards.icu.pk, direction="down")  # the last stays
    setup_rows.move(program=wards.program, user=None, kind=kind, pk=wards.ward.pk, direction="up")  # the first too
    assert [row.code for row in kind.rows(wards.program)] == ["WA", "NF", "ICU"]
    assert AuditLog.objects.get().changes == {"position": [2, 3]}
    added = save(wards, "rotations", None, code="CL", name="Clinic", colour=3)
    assert added.position == 4


def test_sentences_have_no_places(wards):
    row = Staffing.objects.all()[0]
    with pytest.raises(ObjectDoesNotExist):
        setup_rows.move(program=wards.program, user=None, kind=KINDS["staffing"], pk=row.pk, direction="up")


def remove(wards: Wards, kind: str, pk: int) -> str:
    return setup_removal.remove(program=wards.program, user=None, kind=KINDS[kind], pk=pk)


def test_a_sentence_that_nothing_names_is_deleted(wards):
    row = Staffing.objects.get(name="Ward A")
    assert remove(wards, "staffing", row.pk) == "Ward A: at least 2 residents in each period"
    assert not Staffing.objects.filter(pk=row.pk).exists()
    entry = AuditLog.objects.get()
    assert (entry.action, entry.changes["fewest"]) == ("sentence of staffing deleted", "2")


def test_a_rotation_in_use_is_not_deleted_and_says_where(wards):
    make_rule(wards)
    CrossCover.objects.create(rotation=wards.icu, covers=wards.ward)
    Cohort.objects.create(academic_year=wards.year, name="Blue", rotation=wards.icu)
    with pytest.raises(ValidationError) as refused:
        remove(wards, "rotations", wards.icu.pk)
    told = refused.value.messages[0]
    assert told.startswith("Intensive care is in use. ")
    for line in (
        "Staffing: Intensive care, Day: at most 1 resident each day.",
        "Sequence rule: No residents are on Intensive care two periods in a row.",
        "Cross cover: Residents on Intensive care may be called to Ward A, (no shift type).",
        "Cohort: Blue is never on Intensive care.",
        "Rotation plan: Published 1 (2026–27).",
        "Roster: Published 1 (2026–27).",
    ):
        assert line in told
    assert Rotation.objects.filter(pk=wards.icu.pk).exists()


def test_more_than_three_that_name_it_are_counted(wards):
    for number in range(5):
        make_rule(wards, name=f"Rule {number}")
    said = "No residents are on Intensive care two periods in a row"
    assert f"Sequence rule: {said}; {said}; {said}; 2 more" in setup_removal.where_used(wards.icu)


def test_whatever_refers_to_a_rotation_keeps_it(wards):
    """Each relation, also those that other models will have, is asked: no deletion cascades into what people set up."""
    free = make_rotation(wards.program, "XX", "Not used")
    assert setup_removal.where_used(free) == []
    row = Staffing.objects.get(name="Ward A")
    for attach in (
        lambda: row.rotations.add(free),
        lambda: make_rule(wards).next_rotations.add(free),
        lambda: CrossCover.objects.create(rotation=wards.icu, covers=free),
        lambda: wards.year.history.create(person=wards.people[0], rotation=free, periods=1),
        lambda: wards.year.placements.create(person=wards.people[0], period=wards.year.periods.all()[0]).rotations.add(
            free
        ),
    ):
        attach()
    assert [line.partition(":")[0] for line in sorted(setup_removal.where_used(free))] == [
        "Cross cover",
        "History",
        "Placement",
        "Sequence rule",
        "Staffing",
    ]


def test_a_shift_type_goes_with_its_empty_blocks_only(wards):
    late = ShiftType.objects.create(program=wards.program, name="Late", code="L", start_time=time(12), hours=8)
    ensure_blocks(wards.program, date(2026, 12, 1), date(2026, 12, 3))
    assert late.blocks.count() == 3
    assert remove(wards, "shift-types", late.pk) == "Late: 12:00 to 20:00, 8 hours"
    assert not Block.objects.filter(shift_type=late.pk).exists()
    with pytest.raises(ValidationError, match="Roster: Published 1"):
        remove(wards, "shift-types", wards.day.pk)
    assert ShiftType.objects.filter(pk=wards.day.pk).exists()


def test_new_hours_move_the_blocks_that_nobody_works(wards):
    late = ShiftType.objects.create(program=wards.program, name="Late", code="L", start_time=time(12), hours=8)
    ensure_blocks(wards.program, date(2026, 12, 1), date(2026, 12, 2))
    save(wards, "shift-types", late.pk, start_time=time(13), hours="9.5")
    instants = [(block.starts_at, block.ends_at) for block in late.blocks.order_by("date")]
    assert instants == [
        (datetime(2026, 12, day, 18, tzinfo=UTC), datetime(2026, 12, day + 1, 3, 30, tzinfo=UTC)) for day in (1, 2)
    ]


def test_hours_that_people_work_stay(wards):
    before = list(Block.objects.order_by("pk").values_list("starts_at", "ends_at"))
    with pytest.raises(ValidationError) as refused:
        save(wards, "shift-types", wards.day.pk, start_time=time(8))
    assert list(refused.value.message_dict) == ["start_time"]
    told = refused.value.message_dict["start_time"][0]
    assert told == (
        "Day is worked: 22 blocks, 1 Nov 2026 to 28 Nov 2026, have people. Their hours stay as they are. Copy it into "
        "a new shift type with the new hours, and name that in staffing."
    )
    assert ShiftType.objects.get(pk=wards.day.pk).start_time == time(7)
    assert list(Block.objects.order_by("pk").values_list("starts_at", "ends_at")) == before
    save(wards, "shift-types", wards.day.pk, name="Long day")  # anything else may change
    assert ShiftType.objects.get(pk=wards.day.pk).name == "Long day"
    Assignment.objects.filter(block__shift_type=wards.day).delete()
    save(wards, "shift-types", wards.day.pk, start_time=time(8))
    assert Block.objects.filter(shift_type=wards.day)[0].starts_at.astimezone(wards.program.zone).hour == 8


DAY_OF_EDIT = date(2026, 11, 10)


def take_off(wards: Wards, ruth: User) -> None:
    """The first who works the day on the ward does not any more, by hand."""
    rows = Assignment.objects.filter(block__date=DAY_OF_EDIT, block__shift_type=wards.day, rotation=wards.ward)
    person = rows.order_by("person")[0].person_id
    edit.change(schedule=wards.schedule, user=ruth, changes=[edit.Change(person, DAY_OF_EDIT, "D", "WA", None)])


def test_a_code_that_changes_by_hand_keep_stays_and_the_change_can_be_undone(wards, ruth):
    save(wards, "rotations", wards.ward.pk, code="WARD")  # nothing keeps it yet
    save(wards, "rotations", wards.ward.pk, code="WA")
    take_off(wards, ruth)
    before = Assignment.objects.count()
    for kind, row, code, what in (
        ("rotations", wards.ward, "WA", "rotation"),
        ("shift-types", wards.day, "D", "shift type"),
    ):
        with pytest.raises(ValidationError) as refused:
            save(wards, kind, row.pk, code="X1")
        assert list(refused.value.message_dict) == ["code"]
        assert refused.value.messages[0] == (
            f"The code {code} is kept in changes by hand, with their undo and cover, which would mean nothing any "
            f"more: it stays. The name may change; for another code, make a new {what} and let this one go out of use."
        )
    save(wards, "rotations", wards.ward.pk, name="Ward Alpha")
    save(wards, "rotations", wards.icu.pk, code="CCU")  # nothing keeps this one
    save(wards, "shift-types", wards.night.pk, code="NT")
    assert list(Rotation.objects.order_by("pk").values_list("code", "name")) == [
        ("WA", "Ward Alpha"),
        ("CCU", "Intensive care"),
    ]
    edit.undo(schedule=wards.schedule, user=ruth)
    assert Assignment.objects.count() == before + 1


def test_a_placement_by_hand_keeps_its_codes(wards, ruth):
    change = edit.PlanChange(wards.people[0].pk, 13, "WA", "ICU")
    edit.change(schedule=wards.schedule, user=ruth, changes=[change])
    assert setup_codes.keepers(wards.icu) == ["changes by hand, with their undo and cover"]
    assert setup_codes.keepers(wards.ward) == ["changes by hand, with their undo and cover"]
    assert setup_codes.keepers(wards.day) == []


def test_runs_and_questions_keep_codes(wards):
    draft = make_schedule(wards.year)
    GenerationRun.objects.create(schedule=draft, remakes={"rotations": ["WA"]})
    asked = {"date": "2026-11-10", "rotation": "ICU", "shift": "N"}
    Inquiry.objects.create(schedule=draft, kind="fill", parameters=asked, revision=1)
    Inquiry.objects.create(schedule=draft, kind="spread", revision=1)
    found = [setup_codes.keepers(row) for row in (wards.ward, wards.icu, wards.day, wards.night)]
    run, question = "generations of a part of a draft", "questions to the optimiser"
    assert found == [[run], [question], [], [question]]


def test_what_is_kept_by_its_code_is_not_deleted(wards, ruth):
    free = make_rotation(wards.program, "XX", "Not used")
    person = wards.people[0].pk
    for before, after in (("WA", "XX"), ("XX", "WA")):
        edit.change(schedule=wards.schedule, user=ruth, changes=[edit.PlanChange(person, 13, before, after)])
    assert setup_removal.where_used(free) == ["Kept by its code in changes by hand, with their undo and cover"]


def test_another_programs_changes_keep_nothing(wards, ruth):
    take_off(wards, ruth)
    other = make_wards(name="Surgery")
    assert setup_codes.keepers(other.ward) == []
