"""What a hand does in the month grid: what its days hold afterwards, what it is called, and when it is refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from people.models import AuditLog, User
from scheduling.models import Assignment, Edit, Schedule
from scheduling.services.changes import Change
from scheduling.services.edit import change, undo
from scheduling.services.edit_checks import NeedsReason
from scheduling.services.gestures import Duties, Gesture
from scheduling.services.month_freshness import StaleDay
from scheduling.services.month_gestures import Done, perform
from scheduling.services.roster_days import duties_of, read_days
from tests.factories import Wards, make_day_shift, make_night_shift, make_person, make_user, make_wards, work

TUE = date(2026, 12, 1)
WED, THU = TUE + timedelta(days=1), TUE + timedelta(days=2)
DAY: Duties = (("WA", "D"),)
NIGHT: Duties = (("ICU", "N"),)


@pytest.fixture
def wards(db: None) -> Wards:
    return make_wards(status="draft")


@pytest.fixture
def user(wards: Wards) -> User:
    return make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))


def do(wards: Wards, user: User, verb: str, **values: object) -> Done:
    given = {"cells": {}, "start": None, "end": None, "was": {}, "revision": revision(wards)} | values
    return perform(schedule=wards.schedule, user=user, gesture=Gesture(verb, **given))  # type: ignore[arg-type]


def revision(wards: Wards) -> int:
    return Schedule.objects.get(pk=wards.schedule.pk).revision


def held(wards: Wards, person: int, day: date) -> Duties:
    return duties_of(
        read_days(wards.schedule, [wards.people[person].pk], day, day).get((wards.people[person].pk, day), ())
    )


def test_set_puts_a_day_in_the_place_of_what_is_there_and_pins_it(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    work(wards.schedule, ada, TUE, wards.night, wards.icu)

    done = do(wards, user, "set", cells={(ada.pk, TUE): DAY}, was={(ada.pk, TUE): NIGHT})

    row = Assignment.objects.get(person=ada, block__date=TUE)
    assert (row.rotation, row.block.shift_type, row.is_pinned, row.source) == (wards.ward, wards.day, True, "manual")
    assert done.edit.title == "Resident 000 to Ward A, Tue 1 Dec, day"


def test_what_is_there_already_keeps_its_note_and_is_pinned(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    row = work(wards.schedule, ada, TUE, wards.day, wards.ward, note="Asked for it", role="supervising")

    do(wards, user, "set", cells={(ada.pk, TUE): DAY})

    row = Assignment.objects.get(person=ada, block__date=TUE)
    assert (row.note, row.role, row.is_pinned) == ("Asked for it", "supervising", True)
    with pytest.raises(ValidationError) as refused:
        do(wards, user, "set", cells={(ada.pk, TUE): DAY})
    assert refused.value.messages == ["It is so already: nothing was changed."]


def test_an_empty_cell_is_free(wards: Wards, user: User) -> None:
    ada, bo = wards.people[:2]
    work(wards.schedule, ada, TUE, wards.day, wards.ward)
    work(wards.schedule, bo, TUE, wards.day, wards.icu)

    done = do(wards, user, "set", cells={(ada.pk, TUE): (), (bo.pk, TUE): ()})

    assert not Assignment.objects.filter(block__date=TUE).exists()
    assert done.edit.title == "Resident 000 free, Tue 1 Dec and 1 more"


def test_a_move_carries_a_whole_day_with_its_notes(wards: Wards, user: User) -> None:
    ada, bo = wards.people[:2]
    morning = make_day_shift(wards.program, name="Morning", code="AM", hours=4, position=3)
    work(wards.schedule, ada, TUE, morning, wards.ward, note="Room 3", override="Nobody else")
    work(wards.schedule, ada, TUE, wards.night, wards.ward, role="backup")
    work(wards.schedule, bo, TUE, wards.day, wards.icu)

    done = do(wards, user, "move", start=(ada.pk, TUE), end=(bo.pk, TUE))

    rows = Assignment.objects.filter(block__date=TUE).order_by("block__starts_at")
    assert list(rows.values_list("person", "block__shift_type__code", "note", "override", "role", "is_pinned")) == [
        (bo.pk, "AM", "Room 3", "", "primary", True),
        (bo.pk, "N", "", "", "backup", True),
    ]
    assert done.edit.title == (
        "Resident 000's Ward A, morning and Ward A, night of Tue 1 Dec to Resident 001, in place of Intensive care, day"
    )


def test_a_swap_of_two_people_is_one_edit(wards: Wards, user: User) -> None:
    ada, bo = wards.people[:2]
    work(wards.schedule, ada, TUE, wards.day, wards.ward)
    work(wards.schedule, bo, TUE, wards.day, wards.icu)

    done = do(wards, user, "swap", start=(ada.pk, TUE), end=(bo.pk, TUE))

    assert (held(wards, 0, TUE), held(wards, 1, TUE)) == ((("ICU", "D"),), (("WA", "D"),))
    assert done.edit.title == "Swapped Resident 000 and Resident 001 on Tue 1 Dec"
    assert AuditLog.objects.filter(action="assignments changed").count() == 1
    undo(schedule=wards.schedule, user=user)
    assert (held(wards, 0, TUE), held(wards, 1, TUE)) == ((("WA", "D"),), (("ICU", "D"),))


def test_a_push_takes_the_following_along_and_passes_over_leave(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    work(wards.schedule, ada, TUE, wards.day, wards.ward)
    work(wards.schedule, ada, WED, wards.day, wards.icu)
    ada.absences.create(start_date=THU, end_date=THU, kind="vacation", status="approved")

    done = do(wards, user, "push", start=(ada.pk, TUE), end=(ada.pk, WED))

    friday = THU + timedelta(days=1)
    assert [held(wards, 0, day) for day in (TUE, WED, THU, friday)] == [(), DAY, (), (("ICU", "D"),)]
    assert done.edit.title == "Resident 000's Ward A, day of Tue 1 Dec to Wed 2 Dec, pushing along what follows"


def test_pins_and_notes_are_of_a_day(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    row = work(wards.schedule, ada, TUE, wards.day, wards.ward)

    titles = [
        do(wards, user, verb, cells={(ada.pk, TUE): ()}, note=note).edit.title
        for verb, note in (("pin", ""), ("note", "Ask first"), ("loosen", ""), ("note", ""))
    ]

    assert titles == [
        "Pinned Resident 000, Tue 1 Dec",
        "Note on Resident 000, Tue 1 Dec",
        "Loosened Resident 000, Tue 1 Dec",
        "No note on Resident 000, Tue 1 Dec",
    ]
    now = Assignment.objects.get(person=ada, block__date=TUE)
    assert (now.is_pinned, now.note, now.source, now.rotation_id) == (False, "", row.source, row.rotation_id)
    with pytest.raises(ValidationError) as refused:
        do(wards, user, "pin", cells={(ada.pk, WED): ()})
    assert refused.value.messages == ["Nobody works anything there: there is nothing to pin."]


def test_a_day_that_is_not_as_shown_is_refused_with_what_it_is_and_by_whom(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    other = make_user("Bo Chief", User.Role.COORDINATOR, programs=(wards.program,))
    shown = revision(wards)
    do(wards, other, "set", cells={(ada.pk, TUE): NIGHT})

    with pytest.raises(StaleDay) as refused:
        do(wards, user, "set", cells={(ada.pk, TUE): DAY}, was={(ada.pk, TUE): ()}, revision=shown)

    when = Edit.objects.get().created_at.astimezone(wards.program.zone)
    assert refused.value.messages == [
        (
            f"Resident 000 works Intensive care, night on Tue 1 Dec since Bo Chief changed it on "
            f"{when:%a %-d %b at %H:%M}, not what the page showed. Nothing was changed."
        )
    ]
    assert (refused.value.at, refused.value.now) == ((ada.pk, TUE), NIGHT)
    assert held(wards, 0, TUE) == NIGHT


def test_what_was_said_right_is_done_although_the_page_is_old(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    shown = revision(wards)
    do(wards, user, "set", cells={(ada.pk, TUE): NIGHT})

    do(wards, user, "set", cells={(ada.pk, TUE): DAY}, was={(ada.pk, TUE): NIGHT}, revision=shown)

    assert held(wards, 0, TUE) == DAY


def test_a_push_over_days_that_others_changed_is_refused(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    work(wards.schedule, ada, TUE, wards.day, wards.ward)
    work(wards.schedule, ada, WED, wards.day, wards.ward)
    shown = revision(wards)
    do(wards, user, "set", cells={(ada.pk, THU): (("ICU", "D"),)})
    said = {(ada.pk, TUE): DAY, (ada.pk, WED): DAY}

    with pytest.raises(StaleDay) as refused:
        do(wards, user, "push", start=(ada.pk, TUE), end=(ada.pk, WED), was=said, revision=shown)

    assert refused.value.at == (ada.pk, THU)


def test_breaking_a_must_needs_a_reason_which_is_kept_and_shown(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    long_call = make_night_shift(wards.program, name="Long call", code="LC", start_time="07:00", hours=24, is_call=True)
    work(wards.schedule, ada, TUE, long_call, wards.ward)

    with pytest.raises(NeedsReason) as asked:
        do(wards, user, "set", cells={(ada.pk, WED): NIGHT})

    assert [verdict.clause for verdict in asked.value.broken[ada.pk]] == ["6.21.a"]
    assert asked.value.messages == [
        (
            "Resident 000 has 12 h of 14 h free before Night on 2 Dec, after 24 h in the hospital from Long call on "
            "1 Dec (6.21.a, ACGME 2025)."
        )
    ]
    assert held(wards, 0, WED) == ()

    do(wards, user, "set", cells={(ada.pk, WED): NIGHT}, reason="Nobody else is there")
    row = Assignment.objects.get(person=ada, block__date=WED)
    assert row.override == "Nobody else is there"


def test_work_on_leave_needs_a_reason(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    ada.absences.create(start_date=TUE, end_date=WED, kind="vacation", status="approved")

    with pytest.raises(NeedsReason) as asked:
        do(wards, user, "set", cells={(ada.pk, TUE): DAY})

    assert asked.value.messages == ["Resident 000 is on leave on 1 Dec and has Day WA (program rule)."]
    do(wards, user, "set", cells={(ada.pk, TUE): DAY}, reason="She offered to")
    with pytest.raises(NeedsReason):
        do(wards, user, "set", cells={(ada.pk, TUE): (("ICU", "D"),)})


def test_days_of_the_lock_window_need_a_reason_and_rules_are_said_with_it(wards: Wards, user: User) -> None:
    Schedule.objects.filter(pk=wards.schedule.pk).update(status="published")
    wards.program.lock_days = 10_000
    wards.program.save()

    with pytest.raises(NeedsReason) as asked:
        do(wards, user, "set", cells={(wards.people[0].pk, TUE): DAY})

    assert [message.split(": ")[0] for message in asked.value.messages] == ["Resident 000 may count on Tue 1 Dec"]
    assert do(wards, user, "set", cells={(wards.people[0].pk, TUE): DAY}, reason="He asked").edit.reason == "He asked"
    assert Assignment.objects.get(block__date=TUE).override == ""


def test_nobody_works_before_they_come(wards: Wards, user: User) -> None:
    late = make_person(wards.program, "Late", 1, start_date=WED)

    with pytest.raises(ValidationError) as refused:
        do(wards, user, "set", cells={(late.pk, TUE): DAY})

    assert refused.value.messages == [
        "Late is not with the program on Tue 1 Dec 2026: choose somebody else, or another day."
    ]


def test_who_has_left_can_still_be_freed(wards: Wards, user: User) -> None:
    gone = make_person(wards.program, "Gone", 1, is_active=False)
    work(wards.schedule, gone, TUE, wards.day, wards.ward)

    do(wards, user, "set", cells={(gone.pk, TUE): ()})

    assert not Assignment.objects.filter(person=gone).exists()


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ((999_999, TUE), "Somebody in this change is not a person of this program any more."),
        (
            (0, date(2030, 1, 1)),
            "Tue 1 Jan 2030 is outside of Draft 1 (2026–27), which goes from 1 Jul 2026 to 30 Jun 2027.",
        ),
    ],
)
def test_cells_of_elsewhere_are_refused(wards: Wards, user: User, cell: tuple[int, date], said: str) -> None:
    at = (cell[0] or wards.people[0].pk, cell[1])
    with pytest.raises(ValidationError) as refused:
        do(wards, user, "set", cells={at: DAY})
    assert refused.value.messages == [said]


@pytest.mark.parametrize(
    ("duties", "said"),
    [
        ((("WA", "X"),), "There is no shift type X any more."),
        ((("XX", "D"),), "There is no rotation XX any more."),
    ],
)
def test_codes_that_are_not_there_are_refused(wards: Wards, user: User, duties: Duties, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        do(wards, user, "set", cells={(wards.people[0].pk, TUE): duties})
    assert refused.value.messages == [said]


def test_what_somebody_else_noted_since_is_not_dropped_unseen(wards: Wards, user: User) -> None:
    ada, bo = wards.people[:2]
    at = (ada.pk, TUE)
    row = work(wards.schedule, ada, TUE, wards.day, wards.ward)
    work(wards.schedule, bo, TUE, wards.day, wards.icu)
    shown = revision(wards)
    noted = Change(ada.pk, TUE, "D", "WA", "WA", note="Exam")
    change(schedule=wards.schedule, user=make_user("other"), changes=[noted])

    same: dict[str, object] = {"was": {at: DAY}, "revision": shown}
    now = "Resident 000 works Ward A, day on Tue 1 Dec, pinned, noted “Exam” since other changed it on "
    for verb, values in (
        ("set", {"cells": {at: NIGHT}}),
        ("set", {"cells": {at: ()}}),
        ("note", {"cells": {at: ()}, "note": "Moved"}),
        ("swap", {"start": at, "end": (bo.pk, TUE)}),
        ("move", {"start": (bo.pk, TUE), "end": at}),
    ):
        with pytest.raises(StaleDay) as refused:
            do(wards, user, verb, **same | {"was": {at: DAY, (bo.pk, TUE): (("ICU", "D"),)}} | values)
        assert refused.value.messages[0].startswith(now)
        assert refused.value.messages[0].endswith(", which the page did not show. Nothing was changed.")
        assert refused.value.at == at
    row = Assignment.objects.get(person=ada, block__date=TUE)
    assert (row.rotation, row.note, row.is_pinned) == (wards.ward, "Exam", True)

    do(wards, user, "set", cells={at: DAY + NIGHT}, **same)  # drops nothing
    assert set(Assignment.objects.filter(person=ada, block__date=TUE).values_list("note", flat=True)) == {"Exam", ""}


def test_ones_own_marks_and_those_that_the_page_shows_are_dropped_at_will(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    at = (ada.pk, TUE)
    work(wards.schedule, ada, TUE, wards.day, wards.ward)
    shown = revision(wards)
    change(schedule=wards.schedule, user=user, changes=[Change(ada.pk, TUE, "D", "WA", "WA", note="Exam")])
    do(wards, user, "set", cells={at: NIGHT}, was={at: DAY}, revision=shown)
    assert held(wards, 0, TUE) == NIGHT

    change(schedule=wards.schedule, user=None, changes=[Change(ada.pk, TUE, "N", "ICU", "ICU", note="Exam")])
    do(wards, user, "set", cells={at: DAY}, was={at: NIGHT})
    assert held(wards, 0, TUE) == DAY


def test_a_pin_alone_that_somebody_else_set_since_is_a_mark_too(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    at = (ada.pk, TUE)
    row = work(wards.schedule, ada, TUE, wards.day, wards.ward)
    Assignment.objects.filter(pk=row.pk).update(is_pinned=False)
    shown = revision(wards)
    change(schedule=wards.schedule, user=None, changes=[Change(ada.pk, TUE, "D", "WA", "WA")])
    with pytest.raises(StaleDay, match=r"works Ward A, day on Tue 1 Dec, pinned since somebody changed it on "):
        do(wards, user, "set", cells={at: ()}, was={at: DAY}, revision=shown)
    do(wards, user, "loosen", cells={at: ()}, was={at: DAY}, revision=shown)
    assert not Assignment.objects.get(person=ada, block__date=TUE).is_pinned


def test_where_nobody_knows_what_was_written_marks_are_not_dropped(wards: Wards, user: User) -> None:
    ada = wards.people[0]
    at = (ada.pk, TUE)
    row = work(wards.schedule, ada, TUE, wards.day, wards.ward)
    Assignment.objects.filter(pk=row.pk).update(note="Exam")
    shown = revision(wards)
    Schedule.objects.get(pk=wards.schedule.pk).bump()
    with pytest.raises(StaleDay, match="noted “Exam”"):
        do(wards, user, "set", cells={at: NIGHT}, was={at: DAY}, revision=shown)
