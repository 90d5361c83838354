"""What the rules say of a change before it is made: the same as checking the whole schedule before and after it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from absences.models import Absence
from people.models import Program
from scheduling.models import Assignment, Block, RotationAssignment, Schedule, ShiftType
from scheduling.models.calendar import ensure_blocks
from scheduling.rules import Verdict
from scheduling.services.changes import Change
from scheduling.services.checking import check
from scheduling.services.judging import Judge, load
from tests.factories import (
    Wards,
    make_day_shift,
    make_person,
    make_rotation,
    make_schedule,
    make_wards,
    make_year,
    place,
    work,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONDAY = date(2026, 11, 2)


@pytest.fixture
def wards() -> Wards:
    """Two residents, without any duties yet."""
    made = make_wards(2)
    Assignment.objects.all().delete()
    return made


def rules(verdicts: tuple[Verdict, ...]) -> list[str]:
    return [verdict.rule for verdict in verdicts]


def test_what_breaks_nothing_may_be_given(wards: Wards) -> None:
    verdicts = load(wards.schedule, MONDAY, MONDAY).give(wards.people[0].pk, (MONDAY, "D"), "WA")
    assert (verdicts.brought, verdicts.resolved, verdicts.is_allowed) == ((), (), True)


def test_a_night_before_forbids_the_day(wards: Wards) -> None:
    ana = wards.people[0]
    work(wards.schedule, ana, MONDAY, wards.night, wards.ward)
    tuesday = MONDAY + DAY
    verdicts = load(wards.schedule, tuesday, tuesday).give(ana.pk, (tuesday, "D"), "WA")
    assert rules(verdicts.brought) == []  # 07:00 follows on 07:00: 24 hours at a stretch, of work and no more
    afterwards = load(wards.schedule, tuesday, tuesday).give(ana.pk, (tuesday, "N"), "WA")
    assert rules(afterwards.brought) == []
    work(wards.schedule, ana, tuesday, wards.day, wards.ward)
    both = load(wards.schedule, tuesday, tuesday).give(ana.pk, (tuesday, "N"), "WA")
    assert rules(both.brought) == ["continuous_work"]
    assert both.brought[0].duties == ((MONDAY, "N"), (tuesday, "D"), (tuesday, "N"))


def test_what_somebody_works_now_is_replaced(wards: Wards) -> None:
    ana = wards.people[0]
    work(wards.schedule, ana, MONDAY, wards.day, wards.ward)
    assert load(wards.schedule, MONDAY, MONDAY).give(ana.pk, (MONDAY, "D"), "ICU").brought == ()


def test_taking_and_moving(wards: Wards) -> None:
    ana = wards.people[0]
    for number in range(14):
        work(wards.schedule, ana, MONDAY + number * DAY, wards.day, wards.ward)
    judge = load(wards.schedule, MONDAY, MONDAY + 14 * DAY)
    assert rules(judge.take(ana.pk, (MONDAY, "D")).resolved) == ["consecutive_days"]
    moved = judge.move(ana.pk, (MONDAY, "D"), (MONDAY + 14 * DAY, "D"), "WA")
    assert [(each.rule, each.measured, each.last) for each in moved.brought] == [
        ("consecutive_days", 14, MONDAY + 14 * DAY)
    ]


def test_a_swap_is_judged_for_both(wards: Wards) -> None:
    """Ana's night for Bo's day on the day after: Bo would work two days and the night between them."""
    ana, bo = wards.people
    tuesday = MONDAY + DAY
    work(wards.schedule, ana, MONDAY, wards.night, wards.ward)
    work(wards.schedule, bo, MONDAY, wards.day, wards.icu)
    work(wards.schedule, bo, tuesday, wards.day, wards.icu)
    verdicts = load(wards.schedule, MONDAY, tuesday).change(
        [
            Change(ana.pk, MONDAY, "N", "WA", None),
            Change(bo.pk, MONDAY, "N", None, "WA"),
            Change(ana.pk, tuesday, "D", None, "ICU"),
        ]
    )
    assert {person: rules(each.brought) for person, each in verdicts.items()} == {
        ana.pk: [],
        bo.pk: ["continuous_work"],
    }


def test_the_weeks_before_the_schedule_are_those_published_then(wards: Wards) -> None:
    ana = wards.people[0]
    before = make_schedule(make_year(wards.program, date(2025, 7, 1), date(2026, 6, 30)), "published")
    for number in range(12):
        work(before, ana, date(2026, 6, 19) + number * DAY, wards.day, wards.ward)
    first = wards.schedule.start_date
    assert rules(load(wards.schedule, first, first).give(ana.pk, (first, "D"), "WA").brought) == ["consecutive_days"]


def test_supervision_is_judged_with_those_who_are_there(wards: Wards) -> None:
    ana, bo = wards.people
    Program.objects.update(rule_settings={"rules": {"supervision": {"limit": 1, "force": "must"}}})
    attending = make_person(wards.program, "Dr Day", None)
    work(wards.schedule, attending, MONDAY, wards.day, wards.ward)
    judge = load(wards.schedule, MONDAY, MONDAY + DAY)
    assert rules(judge.give(ana.pk, (MONDAY, "D"), "WA").brought) == []
    assert rules(judge.give(ana.pk, (MONDAY + DAY, "D"), "WA").brought) == ["supervision"]  # nobody beside
    assert rules(judge.give(ana.pk, (MONDAY + DAY, "D"), "ICU").brought) == []  # no faculty are rostered there
    work(wards.schedule, bo, MONDAY, wards.day, wards.ward)
    assert rules(load(wards.schedule, MONDAY, MONDAY).give(ana.pk, (MONDAY, "D"), "WA").brought) == ["supervision"]


def test_of_one_person_without_others_the_weeks_before_the_schedule_are_read_too(wards: Wards) -> None:
    ana, bo = wards.people
    before = make_schedule(make_year(wards.program, date(2025, 7, 1), date(2026, 6, 30)), "published")
    for number in range(12):
        work(before, ana, date(2026, 6, 19) + number * DAY, wards.day, wards.ward)
    first = wards.schedule.start_date
    work(wards.schedule, bo, first, wards.day, wards.ward)
    judge = load(wards.schedule, first, first, people={ana.pk}, has_others=False)
    assert rules(judge.give(ana.pk, (first, "D"), "WA").brought) == ["consecutive_days"]
    assert judge.turns.keys() == {ana.pk}


@pytest.mark.parametrize(
    ("person", "block", "rotation", "message"),
    [
        (0, (MONDAY, "D"), "WA", "Person 0 does not belong to"),
        (None, (MONDAY, "X"), "WA", "There is no shift type X"),
        (None, (MONDAY, "D"), "XX", "no rotation XX in this program"),
        (None, (MONDAY - DAY, "D"), "WA", "2026-11-01 is not within 2026-11-02 to 2026-11-02, which was read"),
    ],
)
def test_what_is_not_the_schedules_is_refused(
    wards: Wards, person: Any, block: Any, rotation: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        load(wards.schedule, MONDAY, MONDAY).give(wards.people[0].pk if person is None else person, block, rotation)


def test_a_block_that_one_does_not_work_cannot_be_taken(wards: Wards) -> None:
    with pytest.raises(ValueError, match="Resident 000 does not work D on 2026-11-02"):
        load(wards.schedule, MONDAY, MONDAY).take(wards.people[0].pk, (MONDAY, "D"))


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_three_as_for_one(count: int, django_assert_num_queries: Any) -> None:
    wards = make_wards(count)
    with django_assert_num_queries(14):
        judge = load(wards.schedule, MONDAY, MONDAY)
        for person in wards.people:
            judge.give(person.pk, (MONDAY, "N"), "WA")


def shapes(verdicts: Iterable[Verdict], keys: dict[Any, Any] | None = None) -> set[Verdict]:
    """Verdicts with their duties by block."""
    return {replace(each, duties=tuple(keys[key] for key in each.duties) if keys else each.duties) for each in verdicts}


def whole(schedule: Schedule) -> set[Verdict]:
    rows = Assignment.objects.values_list("pk", "block__date", "block__shift_type__code")
    return shapes(check(schedule), {pk: (day, code) for pk, day, code in rows})


WEEKS = ["DDDDDD.", "DDDDDD.", "DDDDDDD", "DDD.DDD", "NNNNNN."]


def busy_year(random: Random) -> Wards:
    """Four residents and two faculty members from August to December, each week in a manner that comes near the limits.

    Half of them move between the wards. Some are on leave, one comes in October, one moves up in November.
    """
    wards = make_wards(4)
    Assignment.objects.all().delete()
    ana, bo, cy = wards.people[:3]
    ana.start_date = date(2026, 10, 20)
    ana.save()
    bo.standings.create(from_date=date(2026, 11, 10), pgy_level=3, part_time_share="0.50")
    wards.schedule.rotation_assignments.filter(person=cy, period__number__in=[3, 5, 6]).update(rotation=wards.icu)
    faculty = [make_person(wards.program, f"Dr {name}", None) for name in ("Day", "Night")]
    for person in faculty:
        place(wards.schedule, person, 5, wards.ward)
    for person in wards.people:
        start = date(2026, 10, 1) + random.randrange(60) * DAY
        Absence.objects.create(
            person=person, start_date=start, end_date=start + random.randrange(10) * DAY, status="approved"
        )
    Block.objects.all().delete()
    ShiftType.objects.update(hours=13)
    blocks = ensure_blocks(wards.program, date(2026, 8, 1), date(2026, 12, 31))
    Assignment.objects.bulk_create(
        Assignment(
            schedule=wards.schedule,
            person=person,
            block=blocks[date(2026, 8, 1) + (week * 7 + offset) * DAY, letter],
            rotation=random.choice([wards.ward, wards.icu]),
        )
        for person in [*wards.people, *faculty]
        for week in range(20)
        for offset, letter in enumerate(random.choice(WEEKS))
        if letter != "."
    )
    return wards


@pytest.mark.parametrize(
    ("rule_set", "reached"),
    [
        ("acgme-2025", {"free_days", "weekly_hours", "rest_after_call", "consecutive_days", "supervision"}),
        ("ny-405", {"ny_free_day_each_week", "ny_weekly_hours", "ny_continuous_work", "on_leave", "overlap"}),
    ],
)
def test_the_answers_are_those_of_the_whole_schedule(rule_set: str, reached: set[str]) -> None:
    random = Random(5)
    wards = busy_year(random)
    Program.objects.update(rule_set=rule_set)
    before = whole(wards.schedule)
    seen: set[str] = set()
    for _ in range(24):
        person = random.choice(wards.people)
        day = date(2026, 10, 5) + random.randrange(60) * DAY
        shift = random.choice([wards.day, wards.night])
        judge: Judge = load(wards.schedule, day, day)
        alone: Judge = load(wards.schedule, day, day, people={person.pk}, has_others=False)
        row = Assignment.objects.filter(person=person, block__date=day, block__shift_type=shift).first()
        if row is None:
            verdicts = judge.give(person.pk, (day, shift.code), "WA")
            assert alone.give(person.pk, (day, shift.code), "WA") == verdicts
            row = work(wards.schedule, person, day, shift, wards.ward)
            after = whole(wards.schedule)
            row.delete()
        else:
            verdicts = judge.take(person.pk, (day, shift.code))
            assert alone.take(person.pk, (day, shift.code)) == verdicts
            row.delete()
            after = whole(wards.schedule)
            Assignment.objects.bulk_create([row])
        assert shapes(verdicts.brought) == after - before
        assert shapes(verdicts.resolved) == before - after
        seen |= {each.rule for each in (*verdicts.brought, *verdicts.resolved)}
    assert seen >= reached
    assert len(seen) >= 6


@pytest.mark.parametrize("scheme", ["1w", "2w", "month"])
def test_other_periods_than_of_four_weeks(scheme: str) -> None:
    """With short periods windows are four weeks of a stint, counted from its first day, wherever the change is."""
    random = Random(7)
    program = Program.objects.create(name="Weeks", slug="weeks", period_scheme=scheme)
    year = make_year(program)
    schedule = make_schedule(year)
    ward, clinic = make_rotation(program, "WA"), make_rotation(program, "CL")
    day = make_day_shift(program, hours=13)
    person = make_person(program, "Ana", 1)
    RotationAssignment.objects.bulk_create(
        RotationAssignment(schedule=schedule, person=person, period=period, rotation=clinic if n % 7 == 6 else ward)
        for n, period in enumerate(year.periods.all())
    )
    blocks = ensure_blocks(program, date(2026, 8, 1), date(2026, 12, 31))
    Assignment.objects.bulk_create(
        Assignment(schedule=schedule, person=person, block=block, rotation=ward)
        for (on, _), block in blocks.items()
        if random.random() < 0.86
    )
    before, seen = whole(schedule), set()
    for _ in range(20):
        on = date(2026, 10, 5) + random.randrange(60) * DAY
        judge = load(schedule, on, on)
        row = Assignment.objects.filter(block__date=on).first()
        if row is None:
            verdicts = judge.give(person.pk, (on, "D"), "WA")
            row = work(schedule, person, on, day, ward)
            after = whole(schedule)
            row.delete()
        else:
            verdicts = judge.take(person.pk, (on, "D"))
            row.delete()
            after = whole(schedule)
            Assignment.objects.bulk_create([row])
        assert shapes(verdicts.brought) == after - before
        assert shapes(verdicts.resolved) == before - after
        seen |= {each.rule for each in (*verdicts.brought, *verdicts.resolved)}
    assert seen >= {"weekly_hours", "free_days"}
