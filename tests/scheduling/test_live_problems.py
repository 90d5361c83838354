"""The problems of a schedule as it stands: each kind in its words, and after any edits the same as from scratch."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from random import Random

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from people.models import Person, Program, User, record
from people.once import once
from scheduling.models import Assignment, CrossCover, RotationAssignment, Schedule, SequenceRule, Staffing
from scheduling.rules import PersonRecord, Rulebook, Verdict
from scheduling.rules import check as check_person
from scheduling.services import edit
from scheduling.services.changes import Change, PlanChange
from scheduling.services.checking import check
from scheduling.services.drafts import new_draft
from scheduling.services.live_problems import Problem, Problems, broken, known_severities, label, now, problems_of
from scheduling.services.live_problems.label import tables
from scheduling.services.live_problems.now import forget
from scheduling.services.month_grid import read_month
from scheduling.services.year_grid import read_year
from tests.examples import of_the_database
from tests.factories import (
    Wards,
    make_night_shift,
    make_person,
    make_schedule,
    make_staffing,
    make_wards,
    make_year,
    place,
    work,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONDAY = date(2026, 11, 2)
OUTSIDE = "outside the plan: Ward A in period 5, which no cross-cover calls there."
NOT_THEIRS = "Intensive care is not in the curriculum of PGY-1."
NO_LEAVE = "on leave for a part of it, which Ward A does not allow."
IS_EXACT = connection.vendor == "postgresql"  # there a row says who wrote it
OF_RULES = ("broken", "advisory", "leave", "overridden")


@pytest.fixture(autouse=True)
def _new_process() -> None:
    """The process knows nothing of another test's schedule."""
    forget()


@pytest.fixture
def bare() -> Wards:
    """Two residents in a plan, without staffing, curriculum or duties."""
    made = make_wards(2, status="draft")
    Assignment.objects.all().delete()
    Staffing.objects.all().delete()
    made.program.curriculum.all().delete()
    return made


def said(schedule: Schedule, kind: str) -> list[str]:
    cache.clear()
    return [each.sentence for each in problems_of(schedule).of_kind(kind)]


def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of those who are judged from now on."""
    names: list[str] = []

    def check_and_note(found: PersonRecord, book: Rulebook) -> list[Verdict]:
        names.append(found.person.name)
        return check_person(found, book)

    monkeypatch.setattr(broken, "check", check_and_note)
    return names


def fresh(schedule: Schedule) -> Problems:
    """As worked out without knowing anything."""
    cache.clear()
    forget()
    return problems_of(Schedule.objects.get(pk=schedule.pk))


def test_a_schedule_without_problems_has_none(bare: Wards) -> None:
    assert problems_of(bare.schedule) == Problems()
    assert dict(problems_of(bare.schedule).severities) == {}


def test_a_must_names_its_rule_and_clause_and_leads_to_the_cell(bare: Wards) -> None:
    ana = bare.people[0]
    for number in range(13):
        work(bare.schedule, ana, MONDAY + number * DAY, bare.day, bare.ward)
    assert problems_of(bare.schedule).lines == (
        Problem(
            kind="broken",
            sentence="Resident 000 works 13 days in a row, 2 to 14 Nov; 12 are the most.",
            first=MONDAY,
            last=MONDAY + 12 * DAY,
            at=MONDAY,
            rule="Days worked in a row (program rule)",
            person=ana.pk,
        ),
    )


def test_a_standard_names_its_clause(bare: Wards) -> None:
    ana = bare.people[0]
    work(bare.schedule, ana, MONDAY, bare.night, bare.ward)
    work(bare.schedule, ana, MONDAY + DAY, bare.day, bare.ward)
    work(bare.schedule, ana, MONDAY + DAY, bare.night, bare.ward)
    (line,) = problems_of(bare.schedule).lines
    assert (line.kind, line.at, line.rule) == (
        "broken",
        MONDAY + DAY,
        "At most 24 hours of continuous work, and 4 to hand over (ACGME 2025, 6.22)",
    )


def test_an_advisory_is_no_violation(bare: Wards) -> None:
    Program.objects.update(rule_settings={"rules": {"rest_between_shifts": {"force": "off"}}})
    late = make_night_shift(bare.program, name="Late", code="L", start_time="15:00", hours=9, is_night=False)
    ana = bare.people[0]
    work(bare.schedule, ana, MONDAY, late, bare.ward)
    work(bare.schedule, ana, MONDAY + DAY, bare.day, bare.ward)
    found = problems_of(bare.schedule)
    assert [(each.kind, each.rule, each.at) for each in found.lines] == [
        ("advisory", "8 hours off between scheduled work periods (ACGME 2025, 6.21)", MONDAY + DAY)
    ]
    assert dict(found.severities) == {"should": 1}


def test_a_reason_lowers_the_rule_that_it_was_given_for_and_no_other(bare: Wards) -> None:
    ana = bare.people[0]
    for number in range(13):
        work(bare.schedule, ana, MONDAY + number * DAY, bare.day, bare.ward)
    last = Assignment.objects.get(block__date=MONDAY + 12 * DAY)
    last.override = "Nobody else was there"
    last.save()
    (line,) = fresh(bare.schedule).lines
    assert (line.kind, line.reason) == ("overridden", "Nobody else was there")
    assert dict(fresh(bare.schedule).severities) == {}
    work(bare.schedule, ana, MONDAY - DAY, bare.day, bare.ward)  # thirteen days even without the last one
    (line,) = fresh(bare.schedule).lines
    assert (line.kind, line.reason) == ("broken", "")


def test_work_on_approved_leave_comes_first(bare: Wards) -> None:
    ana = bare.people[0]
    for number in range(13):
        work(bare.schedule, ana, MONDAY + number * DAY, bare.day, bare.ward)
    Absence.objects.create(
        person=ana, start_date=MONDAY + 3 * DAY, end_date=MONDAY + 3 * DAY, status="approved", kind="sick"
    )
    found = problems_of(bare.schedule)
    assert [each.kind for each in found.lines] == ["leave", "broken"]
    assert found.lines[0].sentence == "Resident 000 is on leave on 5 Nov and has Day WA."
    assert dict(found.severities) == {"must": 2}


def test_unstaffed_blocks(bare: Wards) -> None:
    make_staffing(bare.program, "ICU", bare.icu, shift_type=bare.night, weekdays=[5], fewest=1)
    make_staffing(bare.program, "Ward", bare.ward, shift_type=bare.day, weekdays=[6], fewest=2, levels=[1, 2])
    Schedule.objects.update(start_date=date(2026, 11, 2), end_date=date(2026, 11, 15))
    bare.schedule.refresh_from_db()
    work(bare.schedule, bare.people[0], date(2026, 11, 8), bare.day, bare.ward)
    found = problems_of(bare.schedule)
    assert [(each.sentence, each.at, each.block) for each in found.of_kind("unstaffed")] == [
        ("Nobody covers Intensive care on Sat 7 Nov, night.", date(2026, 11, 7), ("ICU", "N")),
        ("Ward A has 1 of 2 people of PGY-1 or PGY-2 on Sun 8 Nov, day.", date(2026, 11, 8), ("WA", "D")),
        ("Nobody covers Intensive care on Sat 14 Nov, night.", date(2026, 11, 14), ("ICU", "N")),
        (
            "Nobody of PGY-1 or PGY-2 covers Ward A on Sun 15 Nov, day: 2 are needed.",
            date(2026, 11, 15),
            ("WA", "D"),
        ),
    ]
    assert dict(found.severities) == {"missing": 4}


def test_unstaffed_periods(bare: Wards) -> None:
    make_staffing(bare.program, "Ward", bare.ward, first_period=2, last_period=2, fewest=2)
    found = problems_of(bare.schedule).of_kind("unstaffed")
    assert [(each.sentence, each.period, each.person) for each in found] == [
        ("Ward A has 1 of 2 people in period 2 (29 Jul to 25 Aug).", 2, None)
    ]
    Staffing.objects.update(levels=[0, 3], fewest=1)
    assert said(bare.schedule, "unstaffed") == [
        "Nobody of PGY-3 or the faculty is on Ward A in period 2 (29 Jul to 25 Aug)."
    ]


def test_the_plan_breaks_what_may_follow_what(bare: Wards) -> None:
    bo = bare.people[1]  # on the ICU all year
    rule = SequenceRule.objects.create(program=bare.program, name="ICU at most 12", kind="at_most", most=12, window=13)
    rule.rotations.set([bare.icu])
    (line,) = fresh(bare.schedule).lines
    assert (line.kind, line.sentence, line.person, line.period) == (
        "broken",
        "Resident 001 breaks “ICU at most 12” in period 1 (1 Jul to 28 Jul).",
        bo.pk,
        1,
    )
    placed = RotationAssignment.objects.get(person=bo, period__number=13)
    placed.override = "The wards are full"
    placed.save()
    (line,) = fresh(bare.schedule).lines
    assert (line.kind, line.reason) == ("overridden", "The wards are full")
    rule.most = 11
    rule.save()
    (line,) = fresh(bare.schedule).lines
    assert (line.kind, line.reason) == ("broken", "")  # broken without the thirteenth period too
    SequenceRule.objects.update(price=5)
    assert fresh(bare.schedule).lines == ()


def test_a_period_by_itself_breaks_a_rule_or_meets_leave(bare: Wards) -> None:
    ana = bare.people[0]
    bare.program.curriculum.create(level=1, fewest=0).rotations.set([bare.ward])
    placed = RotationAssignment.objects.get(person=ana, period__number=4)
    placed.rotation = bare.icu
    placed.save()
    assert said(bare.schedule, "broken") == [
        "Resident 000 is on Intensive care in period 4 (23 Sep to 20 Oct): " + NOT_THEIRS
    ]
    placed.override = "A swap with the other program"
    placed.save()
    assert said(bare.schedule, "broken") == []
    assert len(said(bare.schedule, "overridden")) == 1
    bare.program.curriculum.all().delete()
    bare.ward.allows_vacation = False
    bare.ward.save()
    Absence.objects.create(
        person=ana, start_date=date(2026, 7, 6), end_date=date(2026, 7, 12), status="approved", kind="vacation"
    )
    assert said(bare.schedule, "advisory") == ["Resident 000 is on Ward A in period 1 (1 Jul to 28 Jul): " + NO_LEAVE]


def test_who_is_placed_on_vacation_fills_no_block(bare: Wards) -> None:
    Schedule.objects.update(start_date=MONDAY, end_date=MONDAY)
    bare.schedule.refresh_from_db()
    make_staffing(bare.program, "Ward", bare.ward, shift_type=bare.day, fewest=1)
    work(bare.schedule, bare.people[0], MONDAY, bare.day, bare.ward)
    assert said(bare.schedule, "unstaffed") == []
    bare.ward.is_vacation = True
    bare.ward.save()
    assert said(bare.schedule, "unstaffed") == ["Nobody covers Ward A on Mon 2 Nov, day."]
    assert unstaffed(fresh(bare.schedule)) == [(MONDAY, 0)]
    assert said(bare.schedule, "leave") == ["Resident 000 is on leave on 2 Nov and has Day WA."]


def test_outside_the_plan_unless_cross_cover_calls(bare: Wards) -> None:
    ana = bare.people[0]
    work(bare.schedule, ana, MONDAY, bare.day, bare.icu)
    work(bare.schedule, ana, MONDAY + DAY, bare.day, bare.icu)
    assert said(bare.schedule, "outside") == [
        f"Resident 000 works Intensive care 2 times from Mon 2 Nov to Tue 3 Nov, {OUTSIDE}"
    ]
    cover = CrossCover.objects.create(rotation=bare.ward, covers=bare.icu, weekdays=[0])
    cover.shift_types.add(bare.day)
    assert said(bare.schedule, "outside") == [f"Resident 000 works Intensive care on Tue 3 Nov, {OUTSIDE}"]
    CrossCover.objects.update(weekdays=[])
    assert said(bare.schedule, "outside") == []
    CrossCover.objects.update(levels=[3])
    assert len(said(bare.schedule, "outside")) == 1


def test_who_is_nowhere_in_the_plan_for_a_while(bare: Wards) -> None:
    RotationAssignment.objects.filter(person=bare.people[0], period__number__in=[2, 5, 6]).delete()
    work(bare.schedule, bare.people[0], MONDAY, bare.day, bare.ward)
    attending = make_person(bare.program, "Dr. Day", None)  # faculty are in no plan
    work(bare.schedule, attending, MONDAY, bare.day, bare.ward)
    assert said(bare.schedule, "outside") == [
        "Resident 000 has no rotation in periods 2, 5 and 6.",
        "Resident 000 works Ward A on Mon 2 Nov, without a rotation in period 5.",
    ]


def test_owed_as_at_the_end_of_the_years_rows(bare: Wards) -> None:
    bare.program.curriculum.create(level=1, fewest=2).rotations.set([bare.icu])
    found = problems_of(bare.schedule).of_kind("owed")
    assert [(each.sentence, each.person, each.period) for each in found] == [
        ("Resident 000 is owed 2 periods more of Intensive care.", bare.people[0].pk, 1)
    ]


def test_unbalanced_beyond_three_nights(bare: Wards) -> None:
    ana = bare.people[0]
    bo = make_person(bare.program, "Bo Chen", 1)
    for number in range(1, 14):
        place(bare.schedule, bo, number, bare.icu)
    for number in range(7):
        work(bare.schedule, ana, date(2026, 7, 6) + number * 7 * DAY, bare.night, bare.ward)
    assert said(bare.schedule, "unbalanced") == [
        "Bo Chen works 0 nights, where 3.5 are a fair share.",
        "Resident 000 works 7 nights, where 3.5 are a fair share.",
    ]
    work(bare.schedule, bo, date(2026, 9, 7), bare.night, bare.icu)
    assert said(bare.schedule, "unbalanced") == []


def test_supervision_is_of_a_team(bare: Wards) -> None:
    Program.objects.update(rule_settings={"rules": {"supervision": {"limit": 1}}})
    attending = make_person(bare.program, "Dr. Day", None)
    work(bare.schedule, attending, MONDAY, bare.day, bare.ward)
    work(bare.schedule, bare.people[0], MONDAY + DAY, bare.day, bare.ward)
    (line,) = problems_of(bare.schedule).of_kind("advisory")
    assert (line.sentence, line.person, line.at) == (
        "WA has 0 faculty members for 1 PGY-1 and 0 other residents at work on 3 Nov (Day); 1 are needed.",
        None,
        MONDAY + DAY,
    )


def test_by_severity_then_date(bare: Wards) -> None:
    make_staffing(bare.program, "ICU", bare.icu, shift_type=bare.night, fewest=1)
    for number in range(13):
        work(bare.schedule, bare.people[1], date(2027, 3, 1) + number * DAY, bare.day, bare.icu)
    found = problems_of(bare.schedule)
    assert [each.kind for each in found.lines[:2]] == ["broken", "unstaffed"]
    assert [each.first for each in found.of_kind("unstaffed")][:2] == [date(2026, 7, 1), date(2026, 7, 2)]
    assert [each.kind for each in found.between(date(2027, 3, 3), date(2027, 3, 3)).lines] == ["broken", "unstaffed"]


# What it rests on


def test_the_weeks_before_are_those_published_then(bare: Wards) -> None:
    before = make_schedule(make_year(bare.program, date(2025, 7, 1), date(2026, 6, 30)), "published")
    ana = bare.people[0]
    for number in range(13):
        work(before, ana, date(2026, 6, 19) + number * DAY, bare.day, bare.ward)
    work(bare.schedule, ana, date(2026, 7, 2), bare.day, bare.ward)
    assert said(bare.schedule, "broken") == []  # the run of thirteen days is the other's
    work(bare.schedule, ana, date(2026, 7, 1), bare.day, bare.ward)
    (line,) = fresh(bare.schedule).of_kind("broken")
    assert (line.sentence, line.first, line.at) == (
        "Resident 000 works 14 days in a row, 19 Jun to 2 Jul; 12 are the most.",
        date(2026, 7, 1),
        date(2026, 7, 1),
    )


def test_only_those_are_judged_again_for_whom_something_changed(bare: Wards, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, bo = bare.people
    for person in (ana, bo):
        work(bare.schedule, person, MONDAY, bare.day, bare.ward)
    problems_of(bare.schedule)
    judged = noted(monkeypatch)
    edit.change(schedule=bare.schedule, user=None, changes=[Change(bo.pk, MONDAY + DAY, "D", None, "ICU")])
    bare.schedule.refresh_from_db()
    problems_of(bare.schedule)
    assert judged == [bo.name]
    Absence.objects.create(person=ana, start_date=MONDAY, end_date=MONDAY, status="approved", kind="sick")
    bare.schedule.bump()
    assert len(problems_of(bare.schedule).of_kind("leave")) == 1
    assert judged == [bo.name, ana.name]


def test_a_copy_starts_from_what_was_judged_before(bare: Wards, monkeypatch: pytest.MonkeyPatch) -> None:
    work(bare.schedule, bare.people[0], MONDAY, bare.day, bare.ward)
    problems_of(bare.schedule)
    copy = new_draft(academic_year=bare.year, user=None, based_on=bare.schedule)
    judged = noted(monkeypatch)
    assert problems_of(copy) == problems_of(bare.schedule)
    assert judged == []


def test_what_is_known_is_of_this_revision_and_of_these_rules(bare: Wards) -> None:
    assert known_severities(bare.schedule) is None
    problems_of(bare.schedule)
    assert known_severities(bare.schedule) == {}
    staffing = make_staffing(bare.program, "Ward", bare.ward, fewest=2)
    record(user=None, action="staffing added", target=staffing, program=bare.program, changes={})
    assert known_severities(bare.schedule) is None
    problems_of(bare.schedule)
    assert known_severities(bare.schedule) == {"missing": 13}
    edit.change(schedule=bare.schedule, user=None, changes=[PlanChange(bare.people[1].pk, 2, "ICU", "WA")])
    bare.schedule.refresh_from_db()
    assert known_severities(bare.schedule) is None
    problems_of(bare.schedule)
    assert known_severities(bare.schedule) == {"missing": 12}


def test_what_is_known_is_of_this_day(bare: Wards, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has left by today is read otherwise, and nobody writes an entry at midnight."""
    problems_of(bare.schedule)
    monkeypatch.setattr(label, "_today", lambda _: date(2027, 1, 1))
    assert known_severities(bare.schedule) is None
    problems_of(bare.schedule)
    assert known_severities(bare.schedule) == {}


def test_what_is_known_is_of_this_release(bare: Wards, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other code has other rules, and other words for them: also where nobody has written anything since."""
    work(bare.schedule, bare.people[0], MONDAY, bare.day, bare.ward)
    problems_of(bare.schedule)
    forget()  # as every process does at an update
    monkeypatch.setattr(now, "release", lambda: "next")
    assert known_severities(bare.schedule) is None
    judged = noted(monkeypatch)
    problems_of(bare.schedule)
    assert judged == [bare.people[0].name]


@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries(people: int, django_assert_num_queries) -> None:
    wards = make_wards(people)
    with django_assert_num_queries(52 if IS_EXACT else 50):
        problems_of(wards.schedule)
    with django_assert_num_queries(1):
        problems_of(wards.schedule)
    with django_assert_num_queries(1):
        known_severities(wards.schedule)
    edit.change(schedule=wards.schedule, user=None, changes=[Change(wards.people[0].pk, MONDAY, "N", None, "ICU")])
    schedule = Schedule.objects.select_related("program").get(pk=wards.schedule.pk)
    with django_assert_num_queries(4 if IS_EXACT else 50):  # the roster alone
        problems_of(schedule)


def test_a_write_that_no_problem_depends_on_has_nothing_worked_out(
    bare: Wards, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
) -> None:
    schedule = Schedule.objects.select_related("program").get(pk=bare.schedule.pk)
    work(bare.schedule, bare.people[0], MONDAY, bare.day, bare.ward)
    token = problems_of(schedule).token
    leave = Absence.objects.create(person=bare.people[0], start_date=MONDAY, end_date=MONDAY, kind="vacation")
    record(user=None, action="leave requested", target=leave, program=bare.program, changes={})
    with django_assert_num_queries(2 if IS_EXACT else 48):
        assert (problems_of(schedule).token == token) is IS_EXACT
    with django_assert_num_queries(1):  # it is known from now on
        problems_of(schedule)
    leave.status = Absence.Status.APPROVED
    leave.save()
    record(user=None, action="leave approved", target=leave, program=bare.program, changes={})
    assert known_severities(schedule) is None
    assert [each.kind for each in problems_of(schedule).lines] == ["leave"]


def test_the_stamp_is_of_every_table_that_is_read(bare: Wards) -> None:
    make_schedule(make_year(bare.program, date(2025, 7, 1), date(2026, 6, 30)), "published")
    make_staffing(bare.program, "Ward", bare.ward, fewest=2)
    with CaptureQueriesContext(connection) as asked:
        problems_of(bare.schedule)
    read = {table for each in asked.captured_queries for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', each["sql"])}
    # The roster is counted by the schedule's revision; the entries are the label.
    assert read - tables() == {"people_auditlog", "scheduling_assignment"}
    assert {"absences_absence", "scheduling_shifttype_joins", "scheduling_cohort"} <= read


def test_whoever_asks_meanwhile_is_given_what_another_has_worked_out(
    bare: Wards, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(bare.schedule, bare.people[0], MONDAY, bare.day, bare.ward)
    judged = noted(monkeypatch)
    looked: list[Problems] = []

    def meanwhile(name: str, look: Callable[[], Problems | None], make: Callable[[], Problems]) -> Problems:
        first = make()  # somebody else's, between our looking and our turn
        found = once(name, look, make)
        looked.extend([first, found])
        return found

    monkeypatch.setattr(now, "once", meanwhile)
    problems_of(bare.schedule)
    assert looked[0].token == looked[1].token
    assert judged == [bare.people[0].name]


# After any edits the same as from scratch, as the rules' own check and as the grids' feet


@pytest.mark.parametrize("seed", range(of_the_database(6)))
def test_incremental_is_as_from_scratch(seed: int) -> None:
    wards = make_wards(5, status="draft")
    Program.objects.update(rule_settings={"rules": {"supervision": {"limit": 1}}})
    attending = make_person(wards.program, "Dr. Day", None)
    work(wards.schedule, attending, MONDAY, wards.day, wards.ward)
    people = [*wards.people, attending]
    random = Random(seed)
    problems_of(wards.schedule)
    changed = 0
    for _ in range(12):
        before = problems_of(Schedule.objects.get(pk=wards.schedule.pk)).lines
        something(random, wards, people)
        kept = problems_of(Schedule.objects.get(pk=wards.schedule.pk)).lines
        assert kept == fresh(wards.schedule).lines
        changed += before != kept
    assert changed > 3
    schedule = Schedule.objects.get(pk=wards.schedule.pk)
    assert sorted(
        each.sentence for each in problems_of(schedule).lines if each.kind in OF_RULES and each.period is None
    ) == sorted(f"{verdict.sentence}." for verdict in check(schedule))
    assert unstaffed(problems_of(schedule)) == feet(wards, schedule)


def something(random: Random, wards: Wards, people: list[Person]) -> None:
    """A random edit, of the roster mostly; or one undone, leave, another rule."""
    schedule = Schedule.objects.get(pk=wards.schedule.pk)
    user, _ = User.objects.get_or_create(username="editor")
    person, day = random.choice(people), MONDAY + random.randrange(20) * DAY
    what = random.random()
    if what < 0.15:
        number = random.randrange(1, 14)
        there = RotationAssignment.objects.filter(schedule=schedule, person=person, period__number=number).first()
        after = random.choice(["WA", "ICU", None])
        before = there.rotation.code if there else None
        if before != after:
            change = PlanChange(person.pk, number, before, after)
            edit.change(schedule=schedule, user=user, changes=[change])
    elif what < 0.2:
        undone(schedule, user)
    elif what < 0.25:
        ruled(random, wards.program)
    elif what < 0.3:
        if leave := Absence.objects.filter(person=person).first():
            leave.status = random.choice(["approved", "withdrawn", "requested"])
            leave.save()
            record(user=None, action="leave decided", target=leave, program=wards.program, changes={})
    elif what < 0.4:
        if not Absence.objects.filter(person=person, start_date__lte=day, end_date__gte=day).exists():
            leave = Absence.objects.create(person=person, start_date=day, end_date=day, status="approved", kind="sick")
            record(user=None, action="leave recorded", target=leave, program=wards.program, changes={})
    else:
        changes = []
        for offset in range(random.randrange(1, 6)):
            on, shift = day + offset * DAY, random.choice("DN")
            held = Assignment.objects.filter(
                schedule=schedule, person=person, block__date=on, block__shift_type__code=shift
            ).first()
            before, after = held.rotation.code if held else None, random.choice(["WA", "ICU", None])
            if before != after:
                reason = random.choice(["", "", "Nobody else"]) if after else ""
                changes.append(Change(person.pk, on, shift, before, after, override=reason))
        if changes:
            edit.change(schedule=schedule, user=user, changes=changes)


def undone(schedule: Schedule, user: User) -> None:
    """The last edit, unless its cells are others since."""
    with suppress(ValidationError):
        edit.undo(schedule=schedule, user=user)


def ruled(random: Random, program: Program) -> None:
    """Another rule, or more that is asked for, or another name."""
    what = random.randrange(3)
    if what == 0:
        limits = {"supervision": {"limit": 1}, "consecutive_days": {"limit": random.randrange(2, 13)}}
        Program.objects.update(rule_settings={"rules": limits})
    elif what == 1:
        Staffing.objects.update(fewest=random.randrange(3))
    else:
        Person.objects.filter(pgy_level=1).update(name=f"Somebody {random.randrange(99)}")
    record(user=None, action="setup changed", target=program, program=program, changes={})


def unstaffed(problems: Problems) -> list[tuple[date, int | None]]:
    return sorted((each.first, each.period or 0) for each in problems.of_kind("unstaffed"))


def feet(wards: Wards, schedule: Schedule) -> list[tuple[date, int | None]]:
    """What is short at the feet of the twelve months and of the year."""
    found = []
    first = schedule.start_date
    while first <= schedule.end_date:
        last = (first + 31 * DAY).replace(day=1) - DAY
        month = read_month(wards.program, [schedule], first, last)
        found += [
            (day.date, 0)
            for line in month.staffing
            for day, count in zip(month.days, line.counts, strict=True)
            if count and count.short
        ]
        first = last + DAY
    year = read_year(wards.program, schedule)
    found += [
        (period.start_date, period.number)
        for line in year.staffing
        for period, count in zip(year.periods, line.counts, strict=True)
        if count and count.short
    ]
    return sorted(found)
