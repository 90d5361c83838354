"""A small program made by hand, and exactly the problem that it is for the roster's solver."""

from datetime import date, time
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from absences.models import Absence
from people.models import Person, Program, Standing
from scheduling.models import CrossCover, Period, Placement, Preference, Rotation, ShiftType, Staffing
from scheduling.services.problems import roster_problem
from scheduling.solver.roster import problem as form
from scheduling.solver.roster.year import solve_roster
from tests.factories import (
    make_day_shift,
    make_night_shift,
    make_person,
    make_program,
    make_rotation,
    make_schedule,
    make_year,
    place,
    work,
)

pytestmark = pytest.mark.django_db


class Ward:
    """A ward and a clinic, two shift types, an intern and an attending; two periods of four weeks."""

    def __init__(self) -> None:
        self.program = make_program()
        self.year = make_year(self.program, date(2026, 7, 1), date(2026, 8, 25))
        self.schedule = make_schedule(self.year)
        self.day = make_day_shift(self.program)
        self.night = make_night_shift(self.program)
        self.night.not_followed_by.set([self.day])
        self.ward = make_rotation(self.program, "WA", "Ward A", position=1)
        self.clinic = make_rotation(self.program, "CL", "Clinic", position=2, regular_weekdays=[0, 2])
        self.clinic.regular_shifts.set([self.day])
        self.ana = make_person(self.program, "Ana", 1)
        self.dr = make_person(self.program, "Dr Day", None)
        place(self.schedule, self.ana, 1, self.ward)
        place(self.schedule, self.ana, 2, self.clinic)
        place(self.schedule, self.dr, 1, self.ward)

    def need(self, shift_type: ShiftType, *rotations: Rotation, **values: Any) -> Staffing:
        row = Staffing.objects.create(program=self.program, name="Need", shift_type=shift_type, **values)
        row.rotations.set(rotations)
        return row

    def problem(self) -> form.RosterProblem:
        return roster_problem(self.schedule)

    def person(self, code: str = "ana") -> form.Person:
        return next(person for person in self.problem().people if person.id == code)


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_the_whole_of_a_small_program(ward: Ward) -> None:
    ward.need(ward.night, ward.ward, fewest=1, most=2, weekdays=[5, 6], levels=[1], holidays="not", price_below=900)

    problem = roster_problem(ward.schedule, seed=3)

    assert problem == form.RosterProblem(
        start=date(2026, 7, 1),
        days=56,
        time_zone="America/New_York",
        periods=((0, 27), (28, 55)),
        shift_types=(
            form.ShiftType("D", "Day", 7 * 60, 12 * 60),
            form.ShiftType("N", "Night", 19 * 60, 12 * 60, night=True, not_followed_by=("D",)),
        ),
        rotations=(
            form.Rotation("WA", "Ward A"),
            form.Rotation("CL", "Clinic", regular={0: ("D",), 2: ("D",)}),
        ),
        people=(
            form.Person("ana", "Ana", "PGY-1", (form.Placement(0, 27, "WA"), form.Placement(28, 55, "CL"))),
            form.Person("dr-day", "Dr Day", "Faculty", (form.Placement(0, 27, "WA"),), faculty=True),
        ),
        coverage=(
            form.Coverage(
                "WA",
                "N",
                fewest=1,
                most=2,
                weekdays=(5, 6),
                holidays="never",
                groups=("PGY-1",),
                price_below=900,
                price_above=100,
            ),
        ),
        holidays=(2, 3),  # Independence Day, and its observance on the Friday before
        seed=3,
    )


def test_days_between_periods_go_with_the_one_before(ward: Ward) -> None:
    Period.objects.filter(number=1).update(end_date=date(2026, 7, 20))
    Period.objects.filter(number=2).update(end_date=date(2026, 8, 20))
    assert ward.problem().periods == ((0, 27), (28, 55))


def test_kinds_of_shift_types(ward: Ward) -> None:
    ShiftType.objects.filter(pk=ward.night.pk).update(duty="home_call", counted_hours=1.5, is_call=True)
    ward.day.joins.set([ward.night])
    day, night = ward.problem().shift_types
    assert (night.duty, night.counted_minutes, night.call, night.joins) == ("home_call", 90, True, ("D",))
    assert (day.duty, day.counted_minutes, day.call, day.joins) == ("in_house", None, False, ("N",))


def test_rotations_with_granted_hours_and_night_float(ward: Ward) -> None:
    Rotation.objects.filter(pk=ward.ward.pk).update(weekly_hours_limit=88, is_night_float=True)
    assert ward.problem().rotations[0] == form.Rotation("WA", "Ward A", weekly_hours=88, night_float=True)


def test_coverage_of_some_periods_is_for_their_days(ward: Ward) -> None:
    ward.need(ward.day, ward.ward, fewest=1, first_period=2, weekdays=[2])
    (row,) = ward.problem().coverage
    assert (row.days, row.weekdays, row.groups) == ((28, 35, 42, 49), (2,), ("PGY-1",))


def test_a_row_of_a_shift_for_two_rotations_is_refused(ward: Ward) -> None:
    ward.need(ward.day, ward.ward, ward.clinic)
    with pytest.raises(ValidationError) as raised:
        ward.problem()
    assert raised.value.messages == [
        "Staffing 'Need' of a shift names 2 rotations, and each block is worked for one: make a row for each rotation."
    ]


def test_leave_is_approved_absence_and_being_placed_on_vacation(ward: Ward) -> None:
    Rotation.objects.filter(pk=ward.clinic.pk).update(is_vacation=True)
    for first, last, status in [
        (date(2026, 6, 20), date(2026, 7, 2), "approved"),
        (date(2026, 7, 10), date(2026, 7, 11), "approved"),
        (date(2026, 7, 20), date(2026, 7, 21), "denied"),
    ]:
        Absence.objects.create(person=ward.ana, start_date=first, end_date=last, status=status)
    assert ward.person().leave == ((0, 1), (9, 10), (28, 55))


def test_a_person_is_placed_on_the_days_they_belong_to_the_program(ward: Ward) -> None:
    Person.objects.filter(pk=ward.ana.pk).update(start_date=date(2026, 7, 8), end_date=date(2026, 8, 1))
    assert ward.person().placements == (form.Placement(7, 27, "WA"), form.Placement(28, 31, "CL"))


def test_the_group_is_that_of_most_days_and_the_share_their_average(ward: Ward) -> None:
    Standing.objects.create(person=ward.ana, from_date=date(2026, 7, 15), pgy_level=2, part_time_share=0.5)
    ana = ward.person()
    assert (ana.group, ana.share) == ("PGY-2", 0.625)  # 14 days of 1, 42 of one half


def test_cross_cover(ward: Ward) -> None:
    row = CrossCover.objects.create(rotation=ward.clinic, covers=ward.ward, weekdays=[5], levels=[1], price=2)
    row.shift_types.set([ward.night])
    assert ward.problem().cross_cover == (
        form.CrossCover("CL", "WA", ("N",), weekdays=(5,), groups=("PGY-1",), price=2),
    )


def test_requests_for_days(ward: Ward) -> None:
    Program.objects.update(rule_settings={"prices": {"request": 4}})
    Preference.objects.create(
        academic_year=ward.year,
        person=ward.ana,
        start_date=date(2026, 7, 4),
        end_date=date(2026, 7, 5),
        wants=False,
        weight=2,
    )
    Preference.objects.create(
        academic_year=ward.year,
        person=ward.ana,
        start_date=date(2026, 7, 8),
        end_date=date(2026, 7, 8),
        shift_type=ward.night,
    )
    assert ward.problem().requests == (
        form.Request("ana", 3, None, wants=False, price=8),
        form.Request("ana", 4, None, wants=False, price=8),
        form.Request("ana", 7, "N", wants=True, price=4),
    )


def test_pins_and_placements_in_blocks(ward: Ward) -> None:
    work(ward.schedule, ward.ana, date(2026, 7, 2), ward.night, ward.clinic, is_pinned=True)
    work(ward.schedule, ward.ana, date(2026, 7, 3), ward.night, ward.clinic)
    for on, shift_type, allowed in [
        (date(2026, 7, 2), ward.night, True),
        (date(2026, 7, 4), ward.day, True),
        (date(2026, 7, 5), ward.day, False),
    ]:
        row = Placement.objects.create(
            academic_year=ward.year, person=ward.ana, date=on, shift_type=shift_type, is_allowed=allowed
        )
        row.rotations.set([ward.ward])
    assert ward.problem().pins == (form.Pin("ana", 1, "N", "CL"), form.Pin("ana", 3, "D", "WA"))
    assert ward.problem().requests == (form.Request("ana", 4, "D", wants=False, price=1000),)


def test_a_plan_that_is_not_written_yet(ward: Ward) -> None:
    problem = roster_problem(ward.schedule, plan={("ana", 1): "WA"})
    assert [(person.id, person.placements) for person in problem.people] == [
        ("ana", (form.Placement(28, 55, "WA"),)),
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, form.Rules()),
        (
            {"rule_settings": {"rules": {"night_float_run": {"limit": 5}, "consecutive_days": {"force": "off"}}}},
            form.Rules(most_nights_in_a_row=5, most_days_in_a_row=None),
        ),
        (
            {"rule_settings": {"rules": {"rest_between_shifts": {"limit": 11}}}},
            form.Rules(rest_between=660),
        ),
        (
            {"rule_settings": {"rules": {"rest_between_shifts": {"force": "should"}}}},
            form.Rules(rest_between=None),
        ),
        (
            {"rule_set": "ny-405", "rule_settings": {"rules": {"rest_between_shifts": {"force": "off"}}}},
            form.Rules(free_day_averaged=False, handover=180, rest_between=480),
        ),
    ],
)
def test_rules_are_those_the_schedule_is_checked_by(ward: Ward, values: dict[str, Any], expected: form.Rules) -> None:
    Program.objects.update(**values)
    assert ward.problem().rules == expected


def test_shifts_that_join_are_one_stretch_as_they_are_when_checked(ward: Ward) -> None:
    """The day ends at 19:00, three hours before the night starts: more than the usual break."""
    assert ward.problem().rules.break_minutes == 120
    ShiftType.objects.filter(pk=ward.night.pk).update(start_time=time(22))
    ward.night.joins.set([ward.day])
    assert ward.problem().rules.break_minutes == 180


@pytest.mark.parametrize(("rule_set", "hours"), [("acgme-2025", 88), ("ny-405", 80)])
def test_new_york_grants_no_more_than_eighty_hours(ward: Ward, rule_set: str, hours: int) -> None:
    Program.objects.update(rule_set=rule_set)
    Rotation.objects.filter(pk=ward.ward.pk).update(weekly_hours_limit=88)
    Rotation.objects.filter(pk=ward.clinic.pk).update(weekly_hours_limit=60)
    assert [rotation.weekly_hours for rotation in ward.problem().rotations] == [hours, 60]


def test_what_people_bring_along(ward: Ward) -> None:
    """Before it Ana worked two nights and Bo one, both all the time there: a fair share is one and a half."""
    earlier = make_year(ward.program, date(2026, 5, 6), date(2026, 6, 30))
    before = make_schedule(earlier, "published")
    bo = make_person(ward.program, "Bo", 1)
    for person in (ward.ana, bo):
        place(before, person, 1, ward.ward)
        place(before, person, 2, ward.ward)
    work(before, ward.ana, date(2026, 5, 7), ward.night, ward.ward)  # too long ago for any rule
    work(before, ward.ana, date(2026, 6, 30), ward.night, ward.ward)
    work(before, bo, date(2026, 6, 4), ward.night, ward.ward)
    fair = form.Tally(nights=1.5, minutes=1080)
    assert ward.person().carried == form.Carried(
        form.Tally(nights=2, minutes=1440), fair, (form.WorkedBlock(-1, "N", "WA"),)
    )
    place(ward.schedule, bo, 1, ward.ward)
    assert ward.person("bo").carried == form.Carried(
        form.Tally(nights=1, minutes=720), fair, (form.WorkedBlock(-27, "N", "WA"),)
    )


QUERIES = 42


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_three_as_for_one(ward: Ward, count: int, django_assert_num_queries: Any) -> None:
    before = make_schedule(make_year(ward.program, date(2026, 5, 6), date(2026, 6, 30)), "published")
    for number in range(count):
        person = make_person(ward.program, f"Person {number}", 1)
        place(before, person, 1, ward.ward)
        place(ward.schedule, person, 1, ward.ward)
        work(before, person, date(2026, 6, 30), ward.night, ward.ward)
        work(ward.schedule, person, date(2026, 7, 2 + number), ward.night, ward.ward, is_pinned=True)
        on = {"academic_year": ward.year, "person": person}
        row = Placement.objects.create(**on, date=date(2026, 8, 1), shift_type=ward.day)
        row.rotations.set([ward.ward])
        Preference.objects.create(**on, start_date=date(2026, 8, 2), end_date=date(2026, 8, 2))
        ward.need(ward.day, ward.ward)
    with django_assert_num_queries(QUERIES):
        ward.problem()


def test_who_is_pinned_takes_part_though_the_plan_places_them_nowhere(ward: Ward) -> None:
    for name in ("Bo", "Cy"):
        make_person(ward.program, name, 2)
    work(ward.schedule, Person.objects.get(code="bo"), date(2026, 7, 4), ward.day, ward.ward, is_pinned=True)
    forced = Placement.objects.create(
        academic_year=ward.year, person=Person.objects.get(code="cy"), date=date(2026, 7, 5), shift_type=ward.day
    )
    forced.rotations.set([ward.ward])
    make_person(ward.program, "Di", 2)
    problem = ward.problem()
    assert [(person.id, len(person.placements)) for person in problem.people] == [
        ("ana", 2), ("bo", 0), ("cy", 0), ("dr-day", 1),
    ]  # fmt: skip
    assert problem.pins == (form.Pin("bo", 3, "D", "WA"), form.Pin("cy", 4, "D", "WA"))


def test_what_is_pinned_covers_its_shift(ward: Ward) -> None:
    """Of somebody whom the plan places nowhere: nobody else is called for it, and it is told."""
    ward.need(ward.day, ward.ward, weekdays=[2], fewest=1, most=1)
    bo = make_person(ward.program, "Bo", 2)
    work(ward.schedule, bo, date(2026, 7, 8), ward.day, ward.ward, is_pinned=True)
    solution = solve_roster(ward.problem(), time_limit=10)
    assert [each.person for each in solution.assignments if each.day == 7 and each.rotation == "WA"] == ["bo"]
    assert [(each.pin.person, each.rule) for each in solution.broken_pins] == [("bo", "outside every placement")]
