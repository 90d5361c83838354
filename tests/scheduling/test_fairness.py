"""Balances: by hand, and as the optimiser's ledger has them."""

import random
from datetime import date, timedelta

import pytest

from absences.models import Absence
from scheduling.models import Schedule, ShiftType
from scheduling.services import facts
from scheduling.services.fairness import balances
from scheduling.services.problems import roster_problem
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import Ledger
from scheduling.solver.roster.problem import MEASURES, WorkedBlock
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

FIRST, LAST = date(2026, 7, 1), date(2026, 8, 25)  # a Wednesday; two periods of four weeks
THIRD, FOURTH, FIFTH = date(2026, 7, 3), date(2026, 7, 4), date(2026, 7, 5)  # Friday (a holiday), Saturday, Sunday


class Ward:
    """Two periods on a ward; the schedule of the eight weeks before is published."""

    def __init__(self, *levels: int | None) -> None:
        self.program = make_program()
        self.day, self.night = make_day_shift(self.program), make_night_shift(self.program)
        self.backup = ShiftType.objects.create(
            program=self.program, name="Backup", code="B", start_time="07:00", hours=24, duty="backup", position=3
        )
        self.ward = make_rotation(self.program, "WA")
        self.people = [make_person(self.program, f"Person {n}", level) for n, level in enumerate(levels)]
        self.schedule = self.add_schedule(FIRST, LAST, Schedule.Status.DRAFT)

    def add_schedule(self, first: date, last: date, status: str) -> Schedule:
        schedule = make_schedule(make_year(self.program, first, last), status)
        for person in self.people:
            for number in (1, 2):
                place(schedule, person, number, self.ward)
        return schedule

    def work(self, person: int, day: date, shift: ShiftType, schedule: Schedule | None = None) -> None:
        work(schedule or self.schedule, self.people[person], day, shift, self.ward)

    def over(self, **more: object) -> list[tuple[float, ...]]:
        found = balances(self.schedule, **more)  # type: ignore[arg-type]
        return [tuple(found[person.pk].over(measure) for measure in MEASURES) for person in self.people]


def test_nights_weekends_holidays_hours_and_backup_are_shared_within_the_level():
    ward = Ward(1, 1, 2)
    for day in (THIRD, FOURTH, FIFTH):
        ward.work(0, day, ward.night)
    ward.work(1, FOURTH, ward.day)
    ward.work(1, FIFTH, ward.backup)
    ward.work(2, FIFTH, ward.backup)
    mine, other, third = (balances(ward.schedule)[person.pk] for person in ward.people)
    assert (mine.group, other.group, third.group) == ("PGY-1", "PGY-1", "PGY-2")
    worked = [tuple(getattr(each.worked, measure) for measure in MEASURES) for each in (mine, other, third)]
    # nights, weekends, holidays (4 July is kept on the Friday, too), minutes, backups
    assert worked == [(3, 1, 2, 36 * 60, 0), (0, 1, 1, 12 * 60, 1), (0, 0, 0, 0, 1)]
    assert ward.over() == [(1.5, 0, 0.5, 720, -0.5), (-1.5, 0, -0.5, -720, 0.5), (0, 0, 0, 0, 0)]


def test_leave_and_part_time_make_the_fair_share_smaller():
    ward = Ward(1, 1)
    for day in range(6):
        ward.work(0, FIRST + timedelta(days=day), ward.night)
    Absence.objects.create(
        person=ward.people[1], start_date=FIRST, end_date=FIRST + timedelta(days=27), status="approved"
    )
    fair = [balances(ward.schedule)[person.pk].fair.nights for person in ward.people]
    assert fair == [pytest.approx(4), pytest.approx(2)]
    ward.people[1].part_time_share = 0.5
    ward.people[1].save()
    assert balances(ward.schedule)[ward.people[1].pk].fair.nights == pytest.approx(6 * 0.25 / 1.25)


def test_counted_until_a_day_that_day_included():
    ward = Ward(1, 1)
    for day in (THIRD, FOURTH, FIFTH):
        ward.work(0, day, ward.night)
    assert balances(ward.schedule, until=FOURTH)[ward.people[0].pk].worked.nights == 2
    assert ward.over(until=FOURTH)[0][0] == 1.0


def test_faculty_have_no_nights_and_who_is_nowhere_in_the_schedule_has_no_balance():
    ward = Ward(None)
    ward.work(0, FIRST, ward.night)
    make_person(ward.program, "Nobody", 1)
    (only,) = balances(ward.schedule).values()
    assert (only.group, only.worked.nights, only.worked.minutes) == ("Faculty", 0, 720)


def test_what_was_worked_beyond_the_fair_share_before_is_carried_over():
    ward = Ward(1, 1)
    first, last = date(2026, 5, 6), date(2026, 6, 30)
    before = ward.add_schedule(first, last, Schedule.Status.PUBLISHED)
    ward.work(0, date(2026, 6, 30), ward.night, before)
    ward.work(0, date(2026, 6, 29), ward.night, before)
    ward.work(1, FIRST, ward.night)
    mine = balances(ward.schedule)[ward.people[0].pk]
    assert (mine.carried.nights, mine.worked.nights, mine.fair.nights, mine.over("nights")) == (1, 0, 0.5, 0.5)
    problem = roster_problem(ward.schedule)
    carried = problem.people[0].carried
    assert carried.worked.nights - carried.fair.nights == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_balances_are_the_ledgers(seed):
    draw = random.Random(seed)
    ward = Ward(1, 1, 1, 2, 2, None)
    before = ward.add_schedule(date(2026, 5, 6), date(2026, 6, 30), Schedule.Status.PUBLISHED)
    for schedule in (before, ward.schedule):
        for index in range(6):
            for day in sorted(draw.sample(range(56), 12)):
                shift = draw.choice([ward.day, ward.night, ward.backup])
                ward.work(index, schedule.start_date + timedelta(days=day), shift, schedule)
    for away in draw.sample(ward.people, 2):
        Absence.objects.create(
            person=away, start_date=FIRST, end_date=FIRST + timedelta(days=draw.randint(1, 40)), status="approved"
        )
    problem = roster_problem(ward.schedule)
    ledger = Ledger(Frame(problem))
    ledger.enter([_worked(ward.schedule, person.id) for person in problem.people], (0, problem.days - 1))
    found = balances(ward.schedule, facts=facts.load(ward.schedule))
    keys = {each.code: each.pk for each in ward.people}
    for number, person in enumerate(problem.people):
        for measure in MEASURES:
            assert found[keys[person.id]].over(measure) == pytest.approx(ledger.balance(number, measure), abs=1e-5)


def _worked(schedule: Schedule, person: str) -> dict[int, list[WorkedBlock]]:
    rows = schedule.assignments.filter(person__code=person).select_related("block__shift_type", "rotation")
    return {
        day: [WorkedBlock(day, row.block.shift_type.code, row.rotation.code)]
        for row in rows
        for day in [(row.block.date - schedule.start_date).days]
    }


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_people(count, django_assert_num_queries):
    ward = Ward(*[1] * count)
    ward.work(0, FIRST, ward.night)
    with django_assert_num_queries(15):
        balances(ward.schedule)
    loaded = facts.load(ward.schedule)
    with django_assert_num_queries(4):
        balances(ward.schedule, facts=loaded)
