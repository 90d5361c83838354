"""Why a block is empty: one fact for everybody, exactly, in its order of precedence."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from absences.models import Absence
from people.models import Program
from scheduling.models import Assignment, Block, CrossCover, Placement, RotationAssignment, ShiftType, Staffing
from scheduling.services.slot import Slot, read
from scheduling.services.slot_case import case_of
from scheduling.services.slot_facts import Reason, fact_of
from tests.factories import Wards, make_person, make_rotation, make_wards, place, work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FRIDAY = date(2026, 11, 6)
SATURDAY = date(2026, 11, 7)


@pytest.fixture
def wards() -> Wards:
    """Ana (PGY-1) on the ward, Bo (PGY-2) on intensive care, Cy (PGY-3) on the ward; nobody works yet."""
    made = make_wards(3)
    Assignment.objects.all().delete()
    for person, name in zip(made.people, ("Ana", "Bo", "Cy"), strict=True):
        person.name = name
        person.save()
    return made


def slot(wards: Wards, shift: ShiftType | None = None) -> Slot:
    return read(wards.schedule, SATURDAY, wards.ward, shift or wards.day)


def said(wards: Wards, shift: ShiftType | None = None) -> dict[str, tuple[Reason, str]]:
    """By name, what keeps them out of the ward's block on Saturday."""
    return {fact.person.name: (fact.reason, fact.sentence) for fact in slot(wards, shift).facts}


def cover(wards: Wards, **values: Any) -> CrossCover:
    """Those on intensive care may be called to the ward by day."""
    row = CrossCover.objects.create(rotation=wards.icu, covers=wards.ward, **values)
    row.shift_types.set([wards.day])
    return row


def test_who_is_placed_there_could_take_it(wards: Wards) -> None:
    found = slot(wards)
    assert {fact.person.name: (fact.reason, fact.sentence) for fact in found.facts} == {
        "Ana": (Reason.COULD, "Placed on Ward A"),
        "Cy": (Reason.COULD, "Placed on Ward A"),
        "Bo": (Reason.PLACED, "Placed on Intensive care, which does not cover Ward A then"),
    }
    assert ([fact.person.name for fact in found.could], found.short) == (["Ana", "Cy"], 1)
    assert [(line.label, line.number, line.fewest) for line in found.asked] == [("WA day", 0, 1)]
    assert [(reason, len(facts)) for reason, facts in found.groups] == [(Reason.PLACED, 1)]


def test_who_comes_later_or_has_left(wards: Wards) -> None:
    ana, _, cy = wards.people
    ana.start_date, cy.end_date = SATURDAY + DAY, FRIDAY
    ana.save()
    cy.save()
    found = said(wards)
    assert found["Ana"] == (Reason.GONE, "Comes on Sun 8 Nov 2026")
    assert found["Cy"] == (Reason.GONE, "Left on Fri 6 Nov 2026")


def test_leave_goes_before_everything_else(wards: Wards) -> None:
    """Bo is placed elsewhere too; Cy's leave has the same day as the block."""
    for person, days in zip(wards.people, (3, 1, 0), strict=True):
        Absence.objects.create(
            person=person, start_date=SATURDAY - days * DAY, end_date=SATURDAY, kind="medical", status="approved"
        )
    assert said(wards) == {
        "Ana": (Reason.LEAVE, "Medical, 4 Nov to 7 Nov"),
        "Bo": (Reason.LEAVE, "Medical, 6 Nov to 7 Nov"),
        "Cy": (Reason.LEAVE, "Medical, 7 Nov"),
    }
    private = case_of(wards.schedule, SATURDAY, wards.ward, wards.day, tells_kind=False)
    assert fact_of(private, wards.people[0]).sentence == "On leave, 4 Nov to 7 Nov"


def test_leave_that_is_only_requested_is_none(wards: Wards) -> None:
    Absence.objects.create(person=wards.people[0], start_date=SATURDAY, end_date=SATURDAY)
    assert said(wards)["Ana"][0] is Reason.COULD


def test_a_vacation_of_the_year_plan_is_leave(wards: Wards) -> None:
    vacation = make_rotation(wards.program, "VAC", "Vacation", is_vacation=True)
    RotationAssignment.objects.filter(person=wards.people[0], period__number=5).update(rotation=vacation)
    assert said(wards)["Ana"] == (Reason.LEAVE, "On vacation by the year plan")


def test_who_works_it_already(wards: Wards) -> None:
    ana, bo, _ = wards.people
    work(wards.schedule, ana, SATURDAY, wards.day, wards.ward, is_pinned=True)
    work(wards.schedule, bo, SATURDAY, wards.day, wards.ward)
    found = slot(wards)
    assert said(wards)["Ana"] == (Reason.THERE, "Works it (pinned)")
    assert said(wards)["Bo"] == (Reason.THERE, "Works it")
    assert [(one.name, one.level, one.role, one.is_pinned) for one in found.there] == [
        ("Ana", "PGY-1", "primary", True),
        ("Bo", "PGY-2", "primary", False),
    ]
    assert found.short == 0


def test_who_is_not_counted_by_level_or_track(wards: Wards) -> None:
    ana, _, cy = wards.people
    Staffing.objects.filter(name="Ward A by day").update(levels=[2, 3], excluded_tracks=["NEURO"])
    cy.track = "NEURO"
    cy.save()
    make_person(wards.program, "Dr Day", None)
    found = said(wards)
    wanted = "asked for: PGY-2 or PGY-3 not of NEURO"
    assert found["Ana"] == (Reason.LEVEL, f"PGY-1; {wanted}")
    assert found["Cy"] == (Reason.LEVEL, f"PGY-3 NEURO; {wanted}")
    assert found["Dr Day"] == (Reason.LEVEL, f"Faculty; {wanted}")
    assert ana.pgy_level == 1


def test_of_several_lines_those_count_that_lack_somebody(wards: Wards) -> None:
    """One PGY-3 is asked for beside anybody; with Ana there, only the PGY-3 is missing."""
    senior = Staffing.objects.create(program=wards.program, name="Senior", shift_type=wards.day, levels=[3], fewest=1)
    senior.rotations.set([wards.ward])
    cover(wards)
    work(wards.schedule, wards.people[0], SATURDAY, wards.day, wards.ward)
    found = said(wards)
    assert (found["Bo"], found["Cy"][0]) == ((Reason.LEVEL, "PGY-2; asked for: PGY-3"), Reason.COULD)
    work(wards.schedule, wards.people[2], SATURDAY, wards.day, wards.ward)
    assert said(wards)["Bo"][0] is Reason.COULD  # nothing is missing: whoever any line counts


def test_where_nothing_is_asked_residents_could_and_faculty_are_not_counted(wards: Wards) -> None:
    doctor = make_person(wards.program, "Dr Day", None)
    place(wards.schedule, doctor, 5, wards.ward)
    found = said(wards, wards.night)
    assert (found["Ana"][0], found["Dr Day"]) == (Reason.COULD, (Reason.LEVEL, "Faculty, and nobody is asked for"))
    assert slot(wards, wards.night).asked == []


def test_cross_cover_by_its_shifts_weekdays_and_levels(wards: Wards) -> None:
    row = cover(wards, price=4)
    found = slot(wards)
    bo = next(fact for fact in found.facts if fact.person.name == "Bo")
    assert (bo.reason, bo.sentence, bo.price) == (Reason.COULD, "Placed on Intensive care, which covers Ward A then", 4)
    assert [fact.person.name for fact in found.could] == ["Ana", "Cy", "Bo"]  # cross-cover has its price
    elsewhere = (Reason.PLACED, "Placed on Intensive care, which does not cover Ward A then")
    assert said(wards, wards.night)["Bo"] == elsewhere
    for values in ({"weekdays": [0, 1]}, {"weekdays": [], "levels": [1]}):
        CrossCover.objects.filter(pk=row.pk).update(**values)
        assert said(wards)["Bo"] == elsewhere


def test_of_several_cross_covers_the_cheapest_that_is_for_the_level(wards: Wards) -> None:
    cover(wards, price=1, levels=[1])
    cover(wards, price=5, levels=[2])
    cover(wards, price=3, levels=[2, 3])
    assert next(fact.price for fact in slot(wards).facts if fact.person.name == "Bo") == 3


def test_cross_cover_without_levels_is_for_residents(wards: Wards) -> None:
    cover(wards)
    doctor = make_person(wards.program, "Dr Day", None)
    place(wards.schedule, doctor, 5, wards.icu)
    Staffing.objects.filter(name="Ward A by day").update(levels=[0])
    assert said(wards)["Dr Day"][0] is Reason.PLACED


def test_who_is_placed_on_nothing(wards: Wards) -> None:
    RotationAssignment.objects.filter(person=wards.people[0], period__number=5).delete()
    assert said(wards)["Ana"] == (Reason.PLACED, "Placed on nothing in this period")


def test_who_is_ruled_out_by_hand(wards: Wards) -> None:
    placed = Placement.objects.create(
        academic_year=wards.year, person=wards.people[0], date=SATURDAY, shift_type=wards.day, is_allowed=False
    )
    assert said(wards)["Ana"] == (Reason.FORBIDDEN, "Ruled out for this block by hand")
    Placement.objects.filter(pk=placed.pk).update(date=FRIDAY)
    assert said(wards)["Ana"][0] is Reason.COULD


def test_who_works_elsewhere_then(wards: Wards) -> None:
    ana, _, cy = wards.people
    work(wards.schedule, ana, SATURDAY, wards.day, wards.icu, is_pinned=True)
    work(wards.schedule, cy, SATURDAY, wards.night, wards.ward)
    found = said(wards)
    assert found["Ana"] == (Reason.BUSY, "Works Intensive care, day then (pinned)")
    assert found["Cy"] == (Reason.BUSY, "Works Ward A, night on that day (not pinned)")
    wards.day.joins.set([wards.night])
    assert said(wards)["Cy"][0] is Reason.COULD  # a day and a night that join, 24 hours


def test_backup_can_be_called(wards: Wards) -> None:
    ana, _, cy = wards.people
    work(wards.schedule, ana, SATURDAY, wards.day, wards.ward, role=Assignment.Role.BACKUP)
    spare = ShiftType.objects.create(
        program=wards.program, name="Backup", code="B", start_time=time(7), hours=24, duty="backup"
    )
    work(wards.schedule, cy, SATURDAY, spare, wards.ward)
    found = said(wards)
    assert (found["Ana"][0], found["Cy"][0]) == (Reason.COULD, Reason.COULD)


def test_a_block_of_backups_has_its_own(wards: Wards) -> None:
    """Ana is on backup for the ward, which counts; Cy for intensive care at the same time."""
    ana, _, cy = wards.people
    spare = ShiftType.objects.create(
        program=wards.program, name="Backup", code="B", start_time=time(7), hours=24, duty="backup"
    )
    Staffing.objects.filter(name="Ward A by day").update(shift_type=spare)
    work(wards.schedule, ana, SATURDAY, spare, wards.ward, role=Assignment.Role.BACKUP)
    work(wards.schedule, cy, SATURDAY, spare, wards.icu, role=Assignment.Role.BACKUP)
    found = slot(wards, spare)
    assert [(line.number, line.fewest) for line in found.asked] == [(1, 1)]
    assert [(one.name, one.role) for one in found.there] == [("Ana", "backup")]
    assert said(wards, spare)["Ana"] == (Reason.THERE, "Works it")
    assert said(wards, spare)["Cy"] == (Reason.BUSY, "Works Intensive care, backup then (not pinned)")


def test_a_must_of_the_rules(wards: Wards) -> None:
    ana = wards.people[0]
    for number in range(12):
        work(wards.schedule, ana, SATURDAY - (12 - number) * DAY, wards.day, wards.ward)
    assert said(wards)["Ana"] == (
        Reason.RULE,
        "Ana works 13 days in a row, 26 Oct to 7 Nov; 12 are the most (program rule)",
    )


def test_a_must_of_the_standard_names_its_clause(wards: Wards) -> None:
    ana = wards.people[0]
    Program.objects.update(rule_settings={"rules": {"rest_between_shifts": {"force": "off"}}})
    ShiftType.objects.filter(pk=wards.night.pk).update(hours=24, start_time=time(18), is_night=False)
    Block.objects.all().delete()
    wards.night.refresh_from_db()
    work(wards.schedule, ana, FRIDAY - DAY, wards.night, wards.ward)  # until Friday 18:00, on again on Saturday 07:00
    assert said(wards)["Ana"] == (
        Reason.RULE,
        (
            "Ana has 13 h of 14 h free before Day on 7 Nov, after 24 h in the hospital from Night on 5 Nov "
            "(ACGME 2025, 6.21.a)"
        ),
    )


def test_an_advisory_keeps_nobody_out(wards: Wards) -> None:
    ana = wards.people[0]
    Program.objects.update(rule_settings={"rules": {"consecutive_days": {"force": "should", "limit": 1}}})
    work(wards.schedule, ana, FRIDAY, wards.day, wards.ward)
    found = next(fact for fact in slot(wards).facts if fact.person == ana)
    assert (found.reason, found.advisories) == (
        Reason.COULD,
        ["Ana works 2 days in a row, 6 to 7 Nov; 1 are the most"],
    )
    assert [fact.person.name for fact in slot(wards).could] == ["Cy", "Ana"]  # without an advisory first


def test_the_day_after_a_night_is_off(wards: Wards) -> None:
    ana = wards.people[0]
    work(wards.schedule, ana, FRIDAY, wards.night, wards.ward)
    assert said(wards)["Ana"] == (Reason.POST_CALL, "Comes from Ward A, night on Fri 6 Nov")
    assert said(wards, wards.night)["Ana"][0] is Reason.COULD  # one night after another


def test_what_the_program_says_may_not_follow(wards: Wards) -> None:
    ana = wards.people[0]
    wards.night.not_followed_by.set([wards.day])
    work(wards.schedule, ana, SATURDAY + DAY, wards.day, wards.ward)
    assert said(wards, wards.night)["Ana"] == (
        Reason.POST_CALL,
        "Works Ward A, day on Sun 8 Nov, which may not follow",
    )


def test_a_late_evening_is_no_night_to_come_from(wards: Wards) -> None:
    """From 11:00 to 23:00 in New York: over midnight by the clock of Greenwich only."""
    ana = wards.people[0]
    Program.objects.update(rule_settings={"rules": {"rest_between_shifts": {"force": "off"}}})
    ShiftType.objects.filter(pk=wards.night.pk).update(start_time=time(11))
    Block.objects.all().delete()
    wards.night.refresh_from_db()
    work(wards.schedule, ana, FRIDAY, wards.night, wards.ward)
    assert said(wards)["Ana"][0] is Reason.COULD


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_three_as_for_one(count: int, django_assert_num_queries: Any) -> None:
    wards = make_wards(count)
    cover(wards)
    with django_assert_num_queries(20):
        read(wards.schedule, SATURDAY, wards.ward, wards.day)
