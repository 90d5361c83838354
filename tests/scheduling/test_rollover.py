"""A new academic year: what is made, carried and told; nothing twice, nothing by halves, nothing about the past."""

from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from people.models import AuditLog, Person, Standing
from people.rollover import Decision, Fate, Newcomer
from people.standing import ranks_of
from scheduling.models import AcademicYear, Cohort, History, Period, Schedule
from scheduling.services import facts
from scheduling.services.carried import carried_into
from scheduling.services.drafts import new_draft
from scheduling.services.fairness import balances
from scheduling.services.plan_problem import plan_problem
from scheduling.services.rollover import Changed, dry_run, roll_over
from scheduling.services.rollover_page import Brought, brought
from scheduling.services.rollover_words import sections, warnings
from scheduling.services.rollover_year import new_year, proposed_days
from scheduling.services.year_grid import read_year
from tests.factories import FIRST, LAST, make_person, make_program, make_schedule, make_year, place, work
from tests.scheduling.turn import DAY, NEW_FIRST, NEW_LAST, NOVEMBER, Turn

pytestmark = pytest.mark.django_db
JANUARY = date(2028, 1, 10)


@pytest.fixture
def turn() -> Turn:
    return Turn()


def counts(turn: Turn) -> dict[str, int]:
    """How many rows there are of all that may be written."""
    models = (AcademicYear, Period, Person, Standing, Cohort, History, AuditLog)
    return {model.__name__: model.objects.count() for model in models}


def test_as_proposed(turn):
    turn.do(turn.asked())
    made = AcademicYear.objects.get(start_date=NEW_FIRST)
    assert (made.end_date, made.periods.count()) == (NEW_LAST, 13)
    assert made.periods.get(number=1).end_date == date(2027, 7, 28)
    assert [turn.level(person, NEW_FIRST) for person in (turn.ana, turn.bo, turn.cy)] == [2, 3, 3]
    turn.cy.refresh_from_db()
    turn.ana.refresh_from_db()
    assert (turn.cy.end_date, turn.cy.is_active) == (LAST, True)
    assert turn.ana.pgy_level == 1  # until the day comes
    assert list(Cohort.objects.filter(academic_year=made).values_list("name", "rotation__code", "periods")) == [
        ("A", "ICU", [1, 6, 11])
    ]
    assert list(
        History.objects.filter(academic_year=made).values_list("person__name", "rotation__code", "periods")
    ) == [("Bo", "ICU", 15)]


def test_what_is_entered_in_the_audit(turn):
    newcomer = Newcomer("Dee Doe", "dee@example.org", 1, NEW_FIRST, "")
    asked = turn.asked(newcomers=[newcomer])
    digest = turn.check(asked).digest
    turn.do(asked)
    entry = AuditLog.objects.get()
    assert (entry.action, entry.user, entry.program) == ("year rolled over", turn.coordinator, turn.program)
    assert entry.changes == {
        "digest": digest,
        "year": "2027–28",
        "periods": 13,
        "people": [
            "Ana: PGY-1 to PGY-2 from 1 Jul 2027.",
            "Bo: PGY-2 to PGY-3 from 1 Jul 2027.",
            "Cy (PGY-3) graduates; last day 30 Jun 2027.",
        ],
        "standings": 4,  # and what Ana and Bo have been until something was recorded
        "last days": 1,
        "joined": ["Dee Doe (DOE)"],
        "cohorts": 1,
        "history": {"new": 1, "changed": 0},
    }
    made = Person.objects.get(code="DOE")
    assert (made.email, made.pgy_level, made.start_date, made.user) == ("dee@example.org", 1, NEW_FIRST, None)


def test_the_past_says_what_it_said(turn):
    def past() -> tuple[list[Any], Any]:
        year = read_year(turn.program, turn.schedule)
        return [
            (group.label, [(row.row, row.cells, row.owed) for row in group.rows]) for group in year.groups
        ], year.staffing

    work(turn.schedule, turn.ana, NOVEMBER, turn.night, turn.ward)
    work(turn.schedule, turn.cy, NOVEMBER, turn.day, turn.ward)
    grid, shared = past(), balances(turn.schedule)
    turn.do(turn.asked(), today=NEW_FIRST)  # on the day, so that their own rows are the new ones at once
    turn.ana.refresh_from_db()
    turn.cy.refresh_from_db()
    assert (turn.ana.pgy_level, turn.cy.is_active) == (2, False)
    then = past()
    assert [label for label, _rows in then[0]] == ["PGY-1", "PGY-2", "PGY-3", "Faculty"]
    assert then == grid
    with mock.patch("django.utils.timezone.localdate", return_value=NEW_FIRST):
        assert balances(turn.schedule) == shared


def test_nights_beyond_the_fair_share_are_in_the_first_draft_of_the_new_year(turn):
    """Also beside somebody who has graduated and is gone by then."""
    twin = make_person(turn.program, "Cyd", 3)
    for number in range(1, 14):
        place(turn.schedule, twin, number, turn.ward)
    for day in (NOVEMBER, LAST - DAY, LAST):
        work(turn.schedule, twin, day, turn.night, turn.ward)
    work(turn.schedule, turn.cy, NOVEMBER + DAY, turn.night, turn.ward)
    year = new_year(turn.program, NEW_FIRST, NEW_LAST)
    schedule, before = brought(turn.program, year)
    assert schedule == turn.schedule
    assert before[twin.pk] == Brought(nights=1, weekends=0, holidays=0)
    assert before[twin.pk].words == ("+1 nights", "0 weekends, 0 holidays")
    assert before[turn.cy.pk].words[0] == "−1 nights"
    assert (before[twin.pk].is_even, before[turn.ana.pk].is_even) == (False, True)
    repeats = Decision(twin.pk, Fate.STAYS)
    turn.do(turn.asked(repeats), today=NEW_FIRST)
    draft = new_draft(academic_year=AcademicYear.objects.get(start_date=NEW_FIRST), user=None)
    with mock.patch("django.utils.timezone.localdate", return_value=NEW_FIRST):
        carried = carried_into(facts.load(draft))
        place(draft, twin, 1, turn.ward)
        shown = balances(draft)[twin.pk].over("nights")
    mine = carried[twin.code]
    assert (mine.worked.nights, mine.fair.nights) == (3, 2)
    assert [block.day for block in mine.recent] == [-2, -1]  # rest is looked for across the turn of the year
    assert shown == 1
    people = {person.id: person for person in plan_problem(draft).people}
    assert (people[turn.bo.code].group, people[turn.bo.code].history) == ("PGY-3", {"ICU": 15})
    assert people[turn.bo.code].previous == ("ICU",) * 13
    assert turn.cy.code not in people


def test_the_second_press_does_nothing(turn):
    asked = turn.asked(newcomers=[Newcomer("Dee", "", 1, NEW_FIRST, "")])
    digest = turn.check(asked).digest
    assert turn.do(asked, seen=digest) is not None
    there = counts(turn)
    assert turn.do(asked, seen=digest) is None
    assert counts(turn) == there


def test_a_year_that_is_there_is_brought_up_to_date(turn):
    turn.do(turn.asked())
    year = AcademicYear.objects.get(start_date=NEW_FIRST)
    Cohort.objects.filter(academic_year=year).update(periods=[2])
    turn.schedule.rotation_assignments.filter(person=turn.bo, period__number=13).update(rotation=turn.ward)
    there = counts(turn)
    plan = turn.check(turn.asked())
    assert (plan.standings, plan.last_days, plan.history, plan.work.cohorts) == (0, 0, (0, 1), [])
    turn.do(turn.asked())
    assert counts(turn) == there | {"AuditLog": 2}
    assert History.objects.get(academic_year=year).periods == 14
    assert Cohort.objects.get(academic_year=year).periods == [2]


@pytest.mark.parametrize(
    "write",
    [
        "scheduling.services.rollover_year.Period.objects.bulk_create",
        "people.rollover_rows.Standing.objects.bulk_create",
        "people.rollover_rows.Person.objects.bulk_update",
        "people.rollover_rows.Person.objects.bulk_create",
        "scheduling.services.rollover_year.Cohort.objects.bulk_create",
        "scheduling.services.rollover_year.History.objects.bulk_create",
        "scheduling.services.rollover.record",
        "scheduling.services.rollover.turn",
    ],
)
def test_nothing_is_written_where_the_database_fails_in_the_middle(turn, write):
    asked = turn.asked(newcomers=[Newcomer("Dee", "", 1, NEW_FIRST, "")])
    digest, there, ranks = turn.check(asked).digest, counts(turn), ranks_of(turn.program)
    with mock.patch(write, side_effect=DatabaseError("the disk is full")), pytest.raises(DatabaseError):
        turn.do(asked, seen=digest, today=NEW_FIRST)
    assert counts(turn) == there
    assert ranks_of(turn.program) == ranks
    assert not Person.objects.filter(end_date__isnull=False).exists()
    assert turn.do(asked, seen=digest) is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda turn: make_person(turn.program, "Zed", None),
        lambda turn: Person.objects.filter(pk=turn.ana.pk).update(pgy_level=2),
        lambda turn: Person.objects.filter(pk=turn.ana.pk).update(name="Anna"),
        lambda turn: Standing.objects.create(person=turn.bo, from_date=date(2027, 3, 1), pgy_level=3),
        lambda turn: turn.schedule.rotation_assignments.filter(person=turn.bo).first().delete(),
        lambda turn: Cohort.objects.update(periods=[3]),
        lambda turn: make_year(turn.program, NEW_FIRST, NEW_LAST),
    ],
)
def test_refused_where_something_changed_since_it_was_checked(turn, change):
    asked = turn.asked()
    digest = turn.check(asked).digest
    change(turn)
    there = counts(turn)
    with pytest.raises(ValidationError):
        turn.do(asked, seen=digest)
    assert counts(turn) == there


def test_refused_where_other_things_were_checked(turn):
    digest = turn.check(turn.asked()).digest
    with pytest.raises(Changed) as refused:
        turn.do(turn.asked(Decision(turn.ana.pk, Fate.STAYS)), seen=digest)
    assert refused.value.messages == [
        "Something is not as it was when you checked: read what would be done now, and do it then."
    ]


def test_every_wrong_row_is_named_and_nothing_is_done(turn):
    wrong = turn.asked(
        Decision(turn.ana.pk, Fate.LATER, None, 2),
        Decision(turn.fay.pk, Fate.PROMOTED, None, 2),
        newcomers=[Newcomer("Dee", "", 1, NEW_FIRST, "ana"), Newcomer("Eve", "", 1, NEW_FIRST, "ana")],
    )
    there = counts(turn)
    for attempt in (turn.check, lambda asked: turn.do(asked, seen="x")):
        with pytest.raises(ValidationError) as refused:
            attempt(wrong)
        assert refused.value.messages == [
            "Ana: A later promotion needs its day, from 2 Jul 2027 to 30 Jun 2028.",
            "Dr. Fay: Faculty have no level: they stay or leave.",
            "Dee: somebody of the program has the code ana; give another.",
            "Eve: somebody of the program has the code ana; give another.",
        ]
    missing = turn.asked()
    with pytest.raises(ValidationError, match="Ana: decide what becomes of them"):
        dry_run(program=turn.program, asked=type(missing)(missing.bounds, missing.decisions[1:]))
    assert counts(turn) == there


def test_off_cycle_and_repeating(turn):
    turn.do(turn.asked(Decision(turn.ana.pk, Fate.LATER, JANUARY, 2), Decision(turn.bo.pk, Fate.STAYS, None, None)))
    assert [turn.level(turn.ana, day) for day in (LAST, NEW_FIRST, JANUARY - DAY, JANUARY)] == [1, 1, 1, 2]
    assert turn.level(turn.bo, NEW_LAST) == 2


def test_drafts_of_the_new_year_are_read_anew(turn):
    year = make_year(turn.program, NEW_FIRST, NEW_LAST)
    draft = make_schedule(year)
    turn.do(turn.asked())
    draft.refresh_from_db()
    turn.schedule.refresh_from_db()
    assert (draft.revision, turn.schedule.revision) == (2, 1)


def test_schedules_are_held_in_the_order_of_an_edit_of_what_is_published(turn):
    """That first, then drafts in the order of their keys."""
    year = make_year(turn.program, NEW_FIRST, NEW_LAST)
    drafts = [make_schedule(year), make_schedule(year)]
    with CaptureQueriesContext(connection) as captured:
        turn.do(turn.asked())
    told = [each["sql"] for each in captured]
    order = 'ORDER BY "scheduling_schedule"."status" DESC, "scheduling_schedule"."id" ASC'
    held = [number for number, sql in enumerate(told) if order in sql]
    bumped = [number for number, sql in enumerate(told) if sql.startswith('UPDATE "scheduling_schedule"')]
    assert (len(held), len(bumped)) == (1, 1)
    assert held[0] < bumped[0]
    assert list(Schedule.objects.filter(pk__in=[each.pk for each in drafts]).values_list("revision", flat=True)) == [
        2,
        2,
    ]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (NEW_LAST, NEW_FIRST, "The year ends on 1 Jul 2027, before it begins on 30 Jun 2028."),
        (NEW_FIRST, date(2029, 6, 30), "From 1 Jul 2027 to 30 Jun 2029 is more than a year: check the two days."),
        (
            LAST,
            NEW_LAST,
            (
                "The academic year 2026–27, 1 Jul 2026 to 30 Jun 2027, has some of these days already: begin on 1 Jul "
                "2027, or give its own first and last day."
            ),
        ),
        (
            date(2025, 7, 1),
            date(2026, 6, 30),
            "A later academic year exists: the new one begins after 30 Jun 2027.",
        ),
        (FIRST, LAST, "Version 1 was published for days of this year: from then on people are changed one by one."),
    ],
)
def test_years_that_cannot_be(turn, first, last, words):
    with pytest.raises(ValidationError) as refused:
        new_year(turn.program, first, last)
    assert refused.value.messages == [words]


def test_the_days_proposed(turn):
    assert proposed_days(turn.program, NOVEMBER) == (NEW_FIRST, NEW_LAST)
    AcademicYear.objects.filter(pk=turn.old.pk).update(end_date=date(2026, 12, 31))
    assert proposed_days(turn.program, NOVEMBER) == (date(2027, 1, 1), date(2027, 7, 3))
    AcademicYear.objects.filter(pk=turn.old.pk).update(start_date=date(2027, 3, 1), end_date=date(2028, 2, 29))
    assert proposed_days(turn.program, NOVEMBER) == (date(2028, 3, 1), date(2029, 2, 28))
    turn.schedule.delete()
    turn.old.delete()
    assert proposed_days(turn.program, NOVEMBER) == (date(2027, 7, 1), date(2028, 6, 30))
    assert proposed_days(turn.program, date(2027, 6, 30)) == (date(2027, 7, 1), date(2028, 6, 30))


def test_what_to_look_at(turn):
    Person.objects.filter(pk=turn.cy.pk).update(is_chief=True)
    Standing.objects.create(person=turn.bo, from_date=date(2027, 1, 10), pgy_level=None)
    make_person(turn.program, "Gil", 1, end_date=JANUARY)
    Absence.objects.create(person=turn.ana, start_date=LAST, end_date=NEW_FIRST, status="approved")
    Absence.objects.create(person=turn.fay, start_date=NEW_FIRST, end_date=NEW_FIRST, status="approved")
    Schedule.objects.update(status=Schedule.Status.DRAFT)
    found = warnings(turn.program, turn.check(turn.asked(newcomers=[Newcomer("ana", "", 1, NEW_FIRST, "x")])))
    assert found == [
        (
            "No schedule of 2026–27 is published for its last day, 30 Jun 2027: nights and weekends beyond the fair "
            "share, and periods done, are not carried over. Publish it first."
        ),
        "Bo has no PGY level on 30 Jun 2027: give them one.",
        "Gil ends on 10 Jan 2028, in the new year, as recorded before.",
        "Cy is a chief and graduates: name another where the schedule needs one.",
        "Ana is on leave across the first day: Wed 30 Jun to Thu 1 Jul 2027.",
        "Nobody is left in PGY-3, and the curriculum speaks of it: add who joins, or import them.",
        "ana is to join, and somebody of this name is there already.",
        "Cohorts keep their period numbers: look whether their rhythm goes on over the turn of the year.",
    ]


def test_what_to_look_at_in_a_year_that_is_there_or_apart(turn):
    turn.program.curriculum.all().delete()
    turn.cohort.delete()
    make_year(turn.program, NEW_FIRST, NEW_LAST)
    assert warnings(turn.program, turn.check(turn.asked())) == [
        "The academic year 2027–28 exists already: nothing is made twice, people and history are updated.",
        "The curriculum has no rows: after which level people graduate is not known, so check who does.",
    ]
    AcademicYear.objects.filter(pk=turn.old.pk).update(end_date=date(2027, 6, 20))
    assert warnings(turn.program, turn.check(turn.asked()))[1] == (
        "Between the academic year 2026–27 and the new one lie days that belong to neither."
    )


def test_who_moved_up_in_mid_year_and_is_to_move_up_again(turn):
    Standing.objects.create(person=turn.ana, from_date=FIRST, pgy_level=1)
    Standing.objects.create(person=turn.ana, from_date=date(2027, 1, 10), pgy_level=2)
    proposed = {each.person: each for each in turn.asked().decisions}[turn.ana.pk]
    assert proposed == Decision(turn.ana.pk, Fate.LATER, JANUARY, 3)
    again = turn.check(turn.asked(Decision(turn.ana.pk, Fate.PROMOTED, None, 3)))
    assert warnings(turn.program, again)[0] == (
        "Ana moved up on 10 Jan 2027, in mid-year, and again on 1 Jul 2027: off-cycle people mostly move up on a day "
        "of their own."
    )


def test_what_would_be_done_in_words(turn):
    asked = turn.asked(
        Decision(turn.ana.pk, Fate.LATER, JANUARY, 2),
        Decision(turn.fay.pk, Fate.LEAVES, JANUARY),
        newcomers=[Newcomer("Dee", "", 1, NEW_FIRST, "")],
    )
    told = [(each.title, each.words, list(each.lines)) for each in sections(turn.check(asked))]
    assert told == [
        ("Year", "The academic year 2027–28 is made: 1 Jul 2027 to 30 Jun 2028, with 13 periods.", []),
        ("Move up", "1 person moves up on 1 Jul 2027.", ["Bo: PGY-2 to PGY-3 from 1 Jul 2027."]),
        ("Move up later", "1 person moves up on a day of their own.", ["Ana: PGY-1 to PGY-2 from 10 Jan 2028."]),
        (
            "Graduate",
            (
                "1 person graduates, on 30 Jun 2027 unless another day is said. After their last day they are listed "
                "among those who left."
            ),
            ["Cy (PGY-3) graduates; last day 30 Jun 2027."],
        ),
        (
            "Leave",
            "1 person leaves, on 30 Jun 2027 unless another day is said.",
            ["Dr. Fay (Faculty) leaves; last day 10 Jan 2028."],
        ),
        ("Join", "1 person is added, without an account.", ["Dee: PGY-1 from 1 Jul 2027, code DEE."]),
        ("Cohorts", "1 row of cohorts copied, by period number.", ["A: Intensive care in periods 1, 6, 11."]),
        (
            "History",
            (
                "Periods done so far, by person and rotation: 1 new. They are of rotations that the curriculum counts "
                "over the whole residency."
            ),
            [],
        ),
    ]


def test_periods_done_are_counted_once_where_versions_follow_each_other(turn):
    Schedule.objects.filter(pk=turn.schedule.pk).update(end_date=date(2027, 1, 15))
    second = make_schedule(turn.old, Schedule.Status.PUBLISHED, start_date=date(2027, 1, 16))
    for number in range(8, 14):
        place(second, turn.bo, number, turn.icu)
    draft = make_schedule(turn.old)
    place(draft, turn.bo, 1, turn.icu)
    history = turn.check(turn.asked()).work.history
    assert history == {(turn.bo.pk, turn.icu.pk): 2 + 7 + 6}


def test_another_program_is_not_touched(turn):
    elsewhere = make_person(make_program("Surgery"), "Hal", 1)
    turn.do(turn.asked(), today=NEW_FIRST)
    elsewhere.refresh_from_db()
    assert (elsewhere.pgy_level, elsewhere.standings.count()) == (1, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_people(count, turn, django_assert_num_queries):
    for n in range(count):
        make_person(turn.program, f"More {n}", n % 3 + 1)
    newcomers = [Newcomer(f"New {n}", "", 1, NEW_FIRST, "") for n in range(count)]
    asked = turn.asked(newcomers=newcomers)
    digest = turn.check(asked).digest
    with django_assert_num_queries(9):
        dry_run(program=turn.program, asked=asked)
    with django_assert_num_queries(31):
        roll_over(program=turn.program, user=turn.coordinator, asked=asked, seen=digest, today=NEW_FIRST)
