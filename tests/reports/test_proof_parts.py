"""What the proof reads out of a schedule: staffing row by row, wishes by period and by day, runs and revisions."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from absences.models import Absence
from people.models import Person
from reports.proof import read_proof
from reports.quality import quality
from reports.requests_met import wishes_met
from reports.roster import read_roster
from reports.staffing_met import Gap, staffing_met
from scheduling.models import Assignment, GenerationRun, Inquiry, Preference, Schedule
from scheduling.services import facts as facts_
from scheduling.services.publish import publish
from scheduling.services.roster_build import build, stored_plan, stored_roster
from scheduling.solver.roster.coverage import Demand, shortfalls, who_is_there
from scheduling.solver.roster.frame import Frame
from scheduling.solver.spread.supply import laid_out
from tests.factories import Wards, make_schedule, make_staffing, make_user, make_wards, place, work

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def wards() -> Wards:
    return make_wards(4)


def missing_by_line(wards: Wards) -> dict[tuple[str, str, str], int]:
    facts = facts_.load(wards.schedule)
    staffing = staffing_met(facts, build(facts, stored_plan(facts)), read_roster(facts))
    assert staffing.met + staffing.missing == staffing.asked
    return {(line.rotation, line.shift, line.levels): line.missing for line in staffing.lines}


def test_what_is_missing_is_what_the_optimiser_would_say(wards: Wards) -> None:
    make_staffing(wards.program, "Two seniors by night", wards.ward, shift_type=wards.night, fewest=2, levels=[2, 3])
    make_staffing(wards.program, "An intern by night", wards.icu, shift_type=wards.night, fewest=1, levels=[1])
    facts = facts_.load(wards.schedule)
    problem = build(facts, stored_plan(facts))
    demand = Demand(Frame(problem))
    days = (0, problem.days - 1)
    there = who_is_there(demand, laid_out(demand.frame, stored_roster(facts)), days)
    expected: Counter[tuple[str, str, str]] = Counter()
    for each in shortfalls(demand, there, days):
        expected[each.rotation, each.shift_type, ", ".join(each.groups or ())] += each.missing
    assert missing_by_line(wards) == dict(expected)
    assert expected["WA", "N", "PGY-2, PGY-3"] > 300


def test_stricter_rows_for_the_same_people_count_once(wards: Wards) -> None:
    before = missing_by_line(wards)
    make_staffing(wards.program, "Ward A, Mondays", wards.ward, shift_type=wards.day, fewest=1, weekdays=[0])
    assert missing_by_line(wards) == before
    make_staffing(wards.program, "Ward A, one Monday", wards.ward, shift_type=wards.day, fewest=2, weekdays=[0])
    more = {key: number - before[key] for key, number in missing_by_line(wards).items()}
    assert more == {("WA", "D", ""): 52 - _mondays_with_two(wards)}


def _mondays_with_two(wards: Wards) -> int:
    rows = Assignment.objects.filter(block__shift_type=wards.day, rotation=wards.ward, block__date__week_day=2)
    return sum(1 for number in Counter(rows.values_list("block__date", flat=True)).values() if number > 1)


def test_backup_for_a_shift_fills_it_not(wards: Wards) -> None:
    before = missing_by_line(wards)["WA", "D", ""]
    work(wards.schedule, wards.people[0], date(2027, 1, 4), wards.day, wards.ward, role=Assignment.Role.BACKUP)
    assert missing_by_line(wards)["WA", "D", ""] == before
    work(wards.schedule, wards.people[1], date(2027, 1, 4), wards.day, wards.ward)
    assert missing_by_line(wards)["WA", "D", ""] == before - 1


def test_who_is_on_leave_fills_no_block(wards: Wards) -> None:
    """Resident 000 works by day from 1 to 4 November, and is on leave from the 3rd on; somebody else is there too."""
    before = missing_by_line(wards)["WA", "D", ""]
    Absence.objects.create(
        person=wards.people[0], start_date=date(2026, 11, 3), end_date=date(2026, 11, 4), status="approved"
    )
    Absence.objects.create(person=wards.people[2], start_date=date(2026, 11, 1), end_date=date(2026, 11, 2))
    Assignment.objects.filter(person=wards.people[2]).delete()
    alone = missing_by_line(wards)["WA", "D", ""]
    work(wards.schedule, wards.people[2], date(2026, 11, 3), wards.day, wards.ward)
    assert missing_by_line(wards)["WA", "D", ""] == alone - 1
    facts = facts_.load(wards.schedule)
    staffing = staffing_met(facts, build(facts, stored_plan(facts)), read_roster(facts))
    (line,) = staffing.lines
    assert [gap for gap in line.gaps if gap.away] == [Gap(date(2026, 11, 4), missing=1, away=1)]
    assert (staffing.away, alone > before) == (1, True)


def wish(wards: Wards, person: Person, **values: object) -> None:
    Preference.objects.create(academic_year=wards.year, person=person, **values)


def days(first: date, last: date | None = None) -> dict[str, date]:
    return {"start_date": first, "end_date": last or first}


def test_wishes_for_rotations_and_for_days(wards: Wards) -> None:
    one, other, *_ = wards.people  # on the ward and on the ICU; the first works from 1 to 4 November, then a night
    first, second = wards.year.periods.all()[:2]
    wish(wards, one, period=first, rotation=wards.ward)
    wish(wards, one, period=first, rotation=wards.icu, wants=False)
    wish(wards, other, period=second, rotation=wards.ward)
    wish(wards, other, period=second, rotation=wards.icu, wants=False)
    wish(wards, one, **days(NOVEMBER), shift_type=wards.day)
    wish(wards, one, **days(NOVEMBER), shift_type=wards.night, wants=False)
    wish(wards, one, **days(NOVEMBER), shift_type=wards.night)
    wish(wards, one, **days(date(2026, 11, 4), date(2026, 11, 6)))  # off on the 6th
    wish(wards, one, **days(date(2026, 11, 6), date(2026, 11, 7)), wants=False)
    wish(wards, one, **days(date(2027, 7, 1)))  # of the next year
    facts = facts_.load(wards.schedule)
    wishes = wishes_met(facts, stored_plan(facts), read_roster(facts))
    assert (wishes.number, wishes.granted) == (9, 5)
    assert sorted(wishes.refused) == [
        "Resident 000 wanted to work any shift, 4 to 6 Nov.",
        "Resident 000 wanted to work night, 1 Nov.",
        "Resident 001 did not want Intensive care in period 2 (29 Jul to 25 Aug).",
        "Resident 001 wanted Ward A in period 2 (29 Jul to 25 Aug).",
    ]


def run_of(schedule: Schedule, **values: object) -> GenerationRun:
    given = {"status": "succeeded", "progress": 100, "objective": 130.0, "bound": 100.0, "revision": schedule.revision}
    return GenerationRun.objects.create(schedule=schedule, **(given | values))


@pytest.mark.parametrize(
    ("objective", "bound", "price", "requests"),
    [
        (130.0, 100.0, 10.0, 3),
        (130.5, 100.0, 10.0, 4),
        (100.05, 100.0, 10.0, 0),
        (99.9, 100.0, 10.0, 0),
        (130.0, None, 10.0, None),
        (130.0, 100.0, 0.0, None),
    ],
)
def test_the_gap_in_requests_is_rounded_up(wards, objective, bound, price, requests) -> None:
    found = quality(wards.schedule, run_of(wards.schedule, objective=objective, bound=bound), price)
    assert found is not None
    assert found.requests == requests


def test_publishing_and_being_put_away_are_no_changes() -> None:
    wards = make_wards(3, Schedule.Status.DRAFT)
    run = run_of(wards.schedule)
    assert _outdated(wards.schedule, run) is False
    owner = make_user("owner")
    publish(schedule=wards.schedule, user=owner)
    assert _outdated(wards.schedule, run) is False
    later = make_schedule(wards.year)
    place(later, wards.people[0], 1, wards.ward)
    publish(schedule=later, user=owner)
    assert _outdated(wards.schedule, run) is False
    wards.schedule.bump()
    assert _outdated(wards.schedule, run) is True


def _outdated(schedule: Schedule, run: GenerationRun) -> bool | None:
    schedule.refresh_from_db()
    found = quality(schedule, run, 10.0)
    assert found is not None
    return found.is_outdated


def test_a_schedule_that_was_never_generated_proves_nothing(wards: Wards) -> None:
    assert quality(wards.schedule, None, 10.0) is None


def spread_of(schedule: Schedule) -> Inquiry:
    answered = {"status": "succeeded", "answer": {"spreads": []}, "finished_at": timezone.now()}
    return Inquiry.objects.create(schedule=schedule, kind="spread", revision=schedule.revision, **answered)


def shown_spread(schedule: Schedule) -> Inquiry | None:
    schedule.refresh_from_db()
    return read_proof(schedule, None).spread


def test_the_best_spread_is_kept_by_publishing_and_by_being_put_away() -> None:
    wards = make_wards(3, Schedule.Status.DRAFT)
    owner = make_user("owner")
    asked = spread_of(wards.schedule)
    assert shown_spread(wards.schedule) == asked
    publish(schedule=wards.schedule, user=owner)
    assert shown_spread(wards.schedule) == asked
    later = make_schedule(wards.year)
    place(later, wards.people[0], 1, wards.ward)
    publish(schedule=later, user=owner)
    assert shown_spread(wards.schedule) == asked


def test_of_all_answers_only_the_one_that_holds_is_read() -> None:
    wards = make_wards(3, Schedule.Status.DRAFT)
    for _ in range(3):
        spread_of(wards.schedule)
        wards.schedule.bump()
    assert shown_spread(wards.schedule) is None
    asked = spread_of(wards.schedule)
    with CaptureQueriesContext(connection) as queries:
        found = read_proof(wards.schedule, None)
    assert found.spread == asked
    reads = [each["sql"] for each in queries if '"scheduling_inquiry"."answer"' in each["sql"]]
    assert len(reads) == 1
    assert "LIMIT 21" in reads[0]  # of one row, by its key


def test_the_best_spread_is_lost_by_a_change_before_publishing_or_after() -> None:
    wards = make_wards(3, Schedule.Status.DRAFT)
    asked = spread_of(wards.schedule)
    wards.schedule.bump()
    publish(schedule=wards.schedule, user=make_user("owner"))
    assert shown_spread(wards.schedule) is None
    again = spread_of(wards.schedule)
    assert shown_spread(wards.schedule) == again != asked
    wards.schedule.bump()
    assert shown_spread(wards.schedule) is None
