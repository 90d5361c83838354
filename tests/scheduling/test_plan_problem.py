"""A small program made by hand, and exactly the problem that it is for the plan's solver."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from absences.models import Absence
from people.models import Person, Program, Standing
from scheduling.models import (
    Cohort,
    Curriculum,
    History,
    Period,
    Placement,
    Preference,
    Rotation,
    SequenceRule,
    Staffing,
)
from scheduling.services.facts import load
from scheduling.services.plan_words import words_of
from scheduling.services.problems import plan_problem
from scheduling.solver.plan import problem as form
from scheduling.solver.plan.check import mistakes
from tests.factories import make_person, make_program, make_rotation, make_schedule, make_year, place

pytestmark = pytest.mark.django_db


class Clinic:
    """Two rotations, an intern, a neurology intern, a senior and an attending, in thirteen periods."""

    def __init__(self) -> None:
        self.program = make_program()
        self.year = make_year(self.program)
        self.schedule = make_schedule(self.year)
        self.ward = make_rotation(self.program, "WA", "Ward A", position=1)
        self.icu = make_rotation(self.program, "ICU", "Intensive care", position=2, allows_vacation=False)
        self.ana = make_person(self.program, "Ana", 1)
        self.bo = make_person(self.program, "Bo", 1, track="NEURO")
        self.cy = make_person(self.program, "Cy", 2)
        self.dr = make_person(self.program, "Dr Day", None)

    def owe(self, level: int, *rotations: Rotation, **values: Any) -> Curriculum:
        row = Curriculum.objects.create(program=self.program, level=level, **values)
        row.rotations.set(rotations)
        return row

    def need(self, *rotations: Rotation, **values: Any) -> Staffing:
        row = Staffing.objects.create(program=self.program, name="Need", **values)
        row.rotations.set(rotations)
        return row

    def rule(self, kind: str, *rotations: Rotation, **values: Any) -> SequenceRule:
        row = SequenceRule.objects.create(program=self.program, kind=kind, name="Rule", **values)
        row.rotations.set(rotations)
        return row

    def leave(self, person: Person, first: date, last: date, **values: Any) -> None:
        given = {"status": Absence.Status.APPROVED} | values
        Absence.objects.create(person=person, start_date=first, end_date=last, **given)

    def problem(self) -> form.PlanProblem:
        return plan_problem(self.schedule)

    def person(self, code: str) -> form.Person:
        return next(person for person in self.problem().people if person.id == code)


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def test_the_whole_of_a_small_program(clinic: Clinic) -> None:
    clinic.owe(1, clinic.ward, clinic.icu, fewest=2, most=5, price=70)
    clinic.owe(2, clinic.icu, fewest=1)
    clinic.need(clinic.ward, fewest=1, most=2, levels=[1], first_period=2, last_period=4)

    problem = plan_problem(clinic.schedule, seed=7)

    assert problem.periods == tuple(str(number) for number in range(1, 14))
    assert problem.people == (
        form.Person("ana", "Ana", "PGY-1"),
        form.Person("bo", "Bo", "PGY-1 NEURO"),
        form.Person("cy", "Cy", "PGY-2"),
    )
    assert problem.rotations == (
        form.Rotation("WA", "Ward A", None),
        form.Rotation("ICU", "Intensive care", frozenset()),
    )
    assert problem.curriculum == (
        form.Curriculum(
            "PGY-1, PGY-1 NEURO: Ward A or Intensive care",
            ("WA", "ICU"),
            groups=frozenset({"PGY-1", "PGY-1 NEURO"}),
            fewest=2,
            most=5,
            price=70,
        ),
        form.Curriculum("PGY-2: Intensive care", ("ICU",), groups=frozenset({"PGY-2"}), fewest=1, price=1000),
    )
    assert problem.staffing == (
        form.Staffing(
            "Need",
            ("WA",),
            periods=(1, 2, 3),
            groups=frozenset({"PGY-1", "PGY-1 NEURO"}),
            fewest=1,
            most=2,
            price_below=1000,
            price_above=100,
        ),
    )
    assert (problem.sequence_rules, problem.placements, problem.wishes, problem.seed) == ((), (), (), 7)


def test_a_track_with_rows_of_its_own_owes_only_those(clinic: Clinic) -> None:
    clinic.owe(1, clinic.ward)
    clinic.owe(1, clinic.icu, track="NEURO")
    assert [(row.rotations, row.groups) for row in clinic.problem().curriculum] == [
        (("WA",), frozenset({"PGY-1"})),
        (("ICU",), frozenset({"PGY-1 NEURO"})),
    ]


def test_faculty_take_part_where_the_curriculum_speaks_of_them(clinic: Clinic) -> None:
    clinic.owe(0, clinic.ward)
    everybody = clinic.need(clinic.ward, levels=[])
    problem = clinic.problem()
    assert [(person.id, person.group) for person in problem.people][-1] == ("dr-day", "Faculty")
    assert problem.curriculum[0].groups == frozenset({"Faculty"})
    assert problem.staffing[0].groups == frozenset({"PGY-1", "PGY-1 NEURO", "PGY-2"})  # no level named: residents
    everybody.levels = [0, 1, 2]
    everybody.save()
    assert clinic.problem().staffing[0].groups is None


def test_tracks_can_be_left_out_of_staffing(clinic: Clinic) -> None:
    clinic.need(clinic.ward, clinic.icu, excluded_tracks=["NEURO"])
    (row,) = clinic.problem().staffing
    assert (row.rotations, row.groups) == (("WA", "ICU"), frozenset({"PGY-1", "PGY-2"}))


def test_weights_become_whole_units(clinic: Clinic) -> None:
    clinic.need(clinic.ward, fewest=3, most=5, weight=1, part_leave_weight=0.5, price_below=100, price_above=10)
    (row,) = clinic.problem().staffing
    assert (row.fewest, row.most, row.weight, row.part_leave_weight) == (6, 10, 2, 1)
    assert (row.price_below, row.price_above) == (50, 5)


@pytest.mark.parametrize(
    ("first", "last", "values", "expected"),
    [
        (date(2026, 7, 29), date(2026, 8, 25), {}, ({1}, set())),  # all of period 2
        (date(2026, 7, 29), date(2026, 8, 17), {}, ({1}, set())),  # 20 of its 28 days
        (date(2026, 7, 29), date(2026, 8, 11), {}, (set(), {1})),  # half of it
        (date(2026, 8, 25), date(2026, 8, 26), {}, (set(), {1, 2})),  # a day of two periods
        (date(2026, 8, 10), date(2026, 8, 11), {"kind": "sick"}, (set(), set())),  # nobody plans that
        (date(2026, 7, 29), date(2026, 8, 25), {"kind": "sick"}, ({1}, set())),
        (date(2026, 7, 29), date(2026, 8, 25), {"status": "requested"}, (set(), set())),
    ],
)
def test_leave_takes_a_period_or_a_part_of_it(
    clinic: Clinic, first: date, last: date, values: dict[str, str], expected: tuple[set[int], set[int]]
) -> None:
    clinic.leave(clinic.ana, first, last, **values)
    ana = clinic.person("ana")
    assert (set(ana.absent), set(ana.part_leave), set(ana.outside)) == (*expected, set())


def test_from_which_share_leave_is_whole_is_the_programs_to_say(clinic: Clinic) -> None:
    Program.objects.update(rule_settings={"leave": {"whole_period_from": 0.5, "part_period_from": 0.25}})
    clinic.leave(clinic.ana, date(2026, 7, 29), date(2026, 8, 11))
    clinic.leave(clinic.ana, date(2026, 8, 26), date(2026, 9, 1))
    ana = clinic.person("ana")
    assert (set(ana.absent), set(ana.part_leave)) == ({1}, set())


def test_part_leave_is_only_where_vacation_and_the_curriculum_allow_it(clinic: Clinic) -> None:
    clinic.owe(1, clinic.ward)
    clinic.owe(2, clinic.ward, allows_leave=False)
    assert [rotation.leave_groups for rotation in clinic.problem().rotations] == [
        frozenset({"PGY-1", "PGY-1 NEURO"}),
        frozenset(),
    ]


def test_who_comes_and_goes_and_moves_up(clinic: Clinic) -> None:
    Person.objects.filter(pk=clinic.ana.pk).update(start_date=date(2026, 8, 1), end_date=date(2027, 6, 1))
    Standing.objects.create(person=clinic.cy, from_date=date(2026, 10, 10), pgy_level=3)
    Person.objects.filter(pk=clinic.bo.pk).update(is_active=False)
    people = {person.id: person for person in clinic.problem().people}
    assert list(people) == ["ana", "cy"]
    # Period 1 is over before the first day; of period 13, from 2 June, no day is left.
    assert people["ana"].outside == {0, 12}
    # Period 4 begins on 23 September: the level of its first day counts for all of it.
    assert (people["cy"].group, people["cy"].group_changes) == ("PGY-2", ((4, "PGY-3"),))


def test_pins_go_before_the_years_placements(clinic: Clinic) -> None:
    periods = {period.number: period for period in Period.objects.filter(academic_year=clinic.year)}
    place(clinic.schedule, clinic.ana, 1, clinic.ward, pinned=True)
    place(clinic.schedule, clinic.ana, 2, clinic.ward)
    for person, number, rotations, allowed in [
        (clinic.ana, 1, [clinic.icu], True),
        (clinic.ana, 3, [clinic.icu, clinic.ward], True),
        (clinic.bo, 13, [clinic.icu], False),
    ]:
        row = Placement.objects.create(
            academic_year=clinic.year, person=person, period=periods[number], is_allowed=allowed
        )
        row.rotations.set(rotations)
    assert clinic.problem().placements == (
        form.Placement("ana", 0, frozenset({"WA"}), pinned=True),
        form.Placement("ana", 2, frozenset({"WA", "ICU"}), pinned=True),
        form.Placement("bo", 12, frozenset({"ICU"}), allowed=False),
    )


def test_wishes_and_history(clinic: Clinic) -> None:
    fifth = Period.objects.get(academic_year=clinic.year, number=5)
    values = {"academic_year": clinic.year, "person": clinic.ana, "period": fifth}
    Preference.objects.create(**values, rotation=clinic.icu, weight=3)
    Preference.objects.create(**values, rotation=clinic.ward, weight=2, wants=False)
    History.objects.create(academic_year=clinic.year, person=clinic.cy, rotation=clinic.icu, periods=2)
    assert clinic.problem().wishes == (
        form.Wish("ana", 4, frozenset({"ICU"}), 3.0),
        form.Wish("ana", 4, frozenset({"WA"}), -2.0),
    )
    assert clinic.person("cy").history == {"ICU": 2}


def test_last_years_published_plan_is_what_came_before(clinic: Clinic) -> None:
    earlier = make_year(clinic.program, date(2025, 7, 1), date(2026, 6, 30))
    before = make_schedule(earlier, "published")
    place(before, clinic.ana, 12, clinic.ward)
    place(before, clinic.ana, 13, clinic.icu)
    assert clinic.person("ana").previous == (*[None] * 11, "WA", "ICU")
    assert clinic.person("bo").previous == ()


WA, ICU = frozenset({"WA"}), frozenset({"ICU"})
BOTH = WA | ICU


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("not_in_a_row", {}, [form.Pattern("Rule", (form.Step(WA), form.Step(WA)))]),
        (
            "not_in_a_row",
            {"starts": [2, 4], "price": 3.0},
            [form.Pattern("Rule", (form.Step(WA), form.Step(WA)), starts=(1, 3), price=3.0)],
        ),
        ("in_a_row", {"price": 2.0}, [form.Pattern("Rule", (form.Step(WA), form.Step(WA)), price=-2.0)]),
        (
            "gap",
            {"window": 2, "price": 1.0},
            [form.Pattern("Rule", (form.Step(WA), *[form.Step(WA, inside=False)] * 2, form.Step(WA)), price=1.0)],
        ),
        ("at_most", {"most": 5, "window": 6}, [form.AtMost("Rule", WA, 5, 6)]),
        ("at_most", {"most": 5}, [form.AtMost("Rule", WA, 5, 13)]),
        ("at_most", {"most": 13}, []),  # forbids nothing
        ("only_in", {"first_period": 12}, [form.OnlyIn("Rule", WA, (11, 12))]),
        ("must_be_in", {"starts": [1]}, [form.MustBeIn("Rule", WA, (0,))]),
        ("stint", {"fewest": 2, "most": 4}, [form.Stint("Rule", WA, 2, 4)]),
    ],
)
def test_kinds_of_sequence_rules(
    clinic: Clinic, kind: str, values: dict[str, Any], expected: list[form.SequenceRule]
) -> None:
    clinic.rule(kind, clinic.ward, **values)
    assert list(clinic.problem().sequence_rules) == expected


def test_a_rule_for_several_rotations_is_for_each_or_for_what_follows(clinic: Clinic) -> None:
    row = clinic.rule("not_in_a_row", clinic.ward, clinic.icu)
    assert {rule.steps for rule in clinic.problem().sequence_rules if isinstance(rule, form.Pattern)} == {
        (form.Step(WA), form.Step(WA)),
        (form.Step(ICU), form.Step(ICU)),
    }
    row.next_rotations.set([clinic.icu])
    (rule,) = clinic.problem().sequence_rules
    assert isinstance(rule, form.Pattern)
    assert rule.steps == (form.Step(BOTH), form.Step(ICU))


@pytest.mark.parametrize(
    ("levels", "track", "groups"),
    [
        ([], "", None),
        ([1], "", frozenset({"PGY-1", "PGY-1 NEURO"})),
        ([1], "-", frozenset({"PGY-1"})),
        ([], "NEURO", frozenset({"PGY-1 NEURO"})),
    ],
)
def test_whom_a_rule_is_for(clinic: Clinic, levels: list[int], track: str, groups: frozenset[str] | None) -> None:
    clinic.rule("stint", clinic.ward, most=2, levels=levels, track=track)
    assert [rule.groups for rule in clinic.problem().sequence_rules] == [groups]


def test_a_rule_for_nobody_is_left_out(clinic: Clinic) -> None:
    clinic.rule("stint", clinic.ward, most=2, levels=[5])
    assert clinic.problem().sequence_rules == ()


def test_a_rule_that_cannot_be_kept_is_named(clinic: Clinic) -> None:
    clinic.rule("stint", clinic.ward, most=2, first_period=3)
    with pytest.raises(ValidationError) as raised:
        clinic.problem()
    assert raised.value.messages == [
        (
            "Sequence rule 'Rule': a rule of the kind 'shortest and longest stint' holds the whole year; leave its "
            "first and last period and its starts blank."
        )
    ]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ([], "The rule settings: rule_settings is []; names with values in braces were expected."),
        (
            {"price": {}},
            "The rule settings: rule_settings has 'price', which is not known; expected leave, prices, repair, rules.",
        ),
        (
            {"leave": {"whole": 1}},
            ("The rule settings: leave has 'whole', which is not known; expected part_period_from, whole_period_from."),
        ),
        (
            {"prices": {"plan": {"unplaced": "much"}}},
            "The rule settings: prices.plan.unplaced is 'much'; a number from 0 was expected.",
        ),
        (
            {"rules": {"rest_between_shifts": {"limit": -1}}},
            (
                "The rule settings of Internal Medicine: rules: rest_between_shifts: limit is -1; a whole number "
                "from 0 was expected."
            ),
        ),
    ],
)
def test_a_wrong_setting_is_named(clinic: Clinic, settings: Any, message: str) -> None:
    Program.objects.update(rule_settings=settings)
    with pytest.raises(ValidationError) as raised:
        clinic.problem()
    assert raised.value.messages == [message]


def test_prices_are_the_programs_to_set(clinic: Clinic) -> None:
    Program.objects.update(rule_settings={"prices": {"plan": {"unplaced": 5}}})
    assert clinic.problem().prices == form.Prices(unplaced=5.0)


QUERIES = 25


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_three_as_for_one(clinic: Clinic, count: int, django_assert_num_queries: Any) -> None:
    before = make_schedule(make_year(clinic.program, date(2025, 7, 1), date(2026, 6, 30)), "published")
    for number in range(count):
        person = make_person(clinic.program, f"Person {number}", 1)
        place(before, person, 13, clinic.ward)
        place(clinic.schedule, person, 1, clinic.ward, pinned=True)
        clinic.leave(person, date(2026, 8, 1), date(2026, 8, 8))
        clinic.owe(1, clinic.ward)
        clinic.need(clinic.ward)
        clinic.rule("stint", clinic.ward, most=3)
        period = Period.objects.get(academic_year=clinic.year, number=number + 2)
        Placement.objects.create(academic_year=clinic.year, person=person, period=period).rotations.set([clinic.ward])
        Preference.objects.create(academic_year=clinic.year, person=person, period=period, rotation=clinic.ward)
        Cohort.objects.create(academic_year=clinic.year, name=f"Cohort {number}", rotation=clinic.ward)
    with django_assert_num_queries(QUERIES):
        clinic.problem()


def placements(clinic: Clinic) -> list[tuple[str, int, str, bool, bool]]:
    return [
        (each.person, each.period, "".join(each.rotations), each.allowed, each.pinned)
        for each in clinic.problem().placements
    ]


def test_a_cohort_is_on_its_rotation_in_its_periods_and_off_it_in_all_others(clinic: Clinic) -> None:
    clinic.owe(1, clinic.ward, clinic.icu)
    Person.objects.filter(pk=clinic.ana.pk).update(cohort="Blue")
    row = Cohort.objects.create(academic_year=clinic.year, name="Blue", rotation=clinic.icu, periods=[2, 7])
    assert placements(clinic) == [("ana", place, "ICU", place in (1, 6), place in (1, 6)) for place in range(13)]
    Cohort.objects.update(may_be_there_otherwise=True)
    assert placements(clinic) == [("ana", 1, "ICU", True, True), ("ana", 6, "ICU", True, True)]
    place(clinic.schedule, clinic.ana, 2, clinic.ward, pinned=True)  # a person's pin is the last word
    assert placements(clinic) == [("ana", 1, "WA", True, True), ("ana", 6, "ICU", True, True)]
    row.is_active = False
    row.save()
    assert placements(clinic) == [("ana", 1, "WA", True, True)]


def test_a_placement_is_stronger_than_the_cohort_where_they_disagree(clinic: Clinic) -> None:
    clinic.owe(1, clinic.ward, clinic.icu)
    Person.objects.filter(pk=clinic.ana.pk).update(cohort="Blue")
    Cohort.objects.create(academic_year=clinic.year, name="Blue", rotation=clinic.icu, periods=[1, 2, 3, 4])
    for number, rotations, is_allowed in (
        (1, [clinic.ward], True),  # not where the cohort is
        (2, [clinic.icu], False),  # the same
        (3, [clinic.ward, clinic.icu], True),  # the cohort says which
        (4, [clinic.ward], False),  # nothing against it
        (5, [clinic.icu], True),  # where the cohort is not
        (6, [clinic.ward], True),  # nothing against it
    ):
        period = Period.objects.get(academic_year=clinic.year, number=number)
        row = Placement.objects.create(
            academic_year=clinic.year, person=clinic.ana, period=period, is_allowed=is_allowed
        )
        row.rotations.set(rotations)
    found = [
        (each.period + 1, sorted(each.rotations), each.allowed)
        for each in clinic.problem().placements
        if each.period < 6
    ]
    assert found == [
        (1, ["WA"], True),
        (2, ["ICU"], False),
        (3, ["ICU", "WA"], True),
        (4, ["WA"], False),
        (5, ["ICU"], True),
        (6, ["WA"], True),
        (3, ["ICU"], True),
        (4, ["ICU"], True),
        (6, ["ICU"], False),
    ]
    assert mistakes(clinic.problem()) == []
    said = words_of(load(clinic.schedule), clinic.problem()).said
    assert [[each.words for each in said[clinic.ana.pk, place]] for place in (0, 4)] == [
        ["set down for Ward A in the program"],
        ["set down for Intensive care in the program"],
    ]


def test_the_cohort_of_the_day_counts(clinic: Clinic) -> None:
    clinic.owe(1, clinic.ward, clinic.icu)
    Person.objects.filter(pk=clinic.ana.pk).update(cohort="Red")
    period = Period.objects.get(academic_year=clinic.year, number=3)
    for day, cohort in ((clinic.year.start_date, "Blue"), (period.start_date, "Red")):
        Standing.objects.create(person=clinic.ana, from_date=day, pgy_level=1, cohort=cohort)
    for name, periods in (("Blue", [2, 3]), ("Red", [1, 4])):
        Cohort.objects.create(
            academic_year=clinic.year, name=name, rotation=clinic.icu, periods=periods, may_be_there_otherwise=True
        )
    assert placements(clinic) == [("ana", 1, "ICU", True, True), ("ana", 3, "ICU", True, True)]


def test_what_is_off_is_not_in_the_problem(clinic: Clinic) -> None:
    clinic.owe(1, clinic.ward)
    clinic.need(clinic.ward)
    clinic.rule("not_in_a_row", clinic.ward)
    before = clinic.problem()
    clinic.owe(1, clinic.icu, fewest=3, is_active=False)
    clinic.need(clinic.icu, fewest=9, is_active=False)
    clinic.rule("not_in_a_row", clinic.icu, is_active=False)
    Person.objects.filter(pk=clinic.ana.pk).update(cohort="Blue")
    Cohort.objects.create(academic_year=clinic.year, name="Blue", rotation=clinic.icu, periods=[2], is_active=False)
    assert clinic.problem() == before
