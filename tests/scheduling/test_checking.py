"""A schedule in the terms of the rules: what is in the database, and what is not written yet."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from absences.models import Absence
from people.models import Program, Standing
from scheduling.models import Assignment, Block, Rotation
from scheduling.rules.verdict import Verdict
from scheduling.services import facts
from scheduling.services.checking import check, check_solution
from scheduling.solver.roster.problem import Assigned
from tests.factories import Wards, make_person, make_schedule, make_wards, make_year, place, work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def wards() -> Wards:
    """One intern on a ward, without any duties yet."""
    made = make_wards(1)
    Assignment.objects.all().delete()
    Block.objects.all().delete()  # the tests change when shifts begin
    return made


def names(verdicts: list[Verdict]) -> list[tuple[str, Any]]:
    return [(verdict.rule, verdict.person) for verdict in verdicts]


def test_nothing_to_say_of_an_ordinary_week(wards: Wards) -> None:
    for number in range(5):
        work(wards.schedule, wards.people[0], date(2026, 11, 2) + number * DAY, wards.day, wards.ward)
    assert check(wards.schedule) == []


def test_too_short_a_rest_names_the_duties(wards: Wards) -> None:
    (ana,) = wards.people
    wards.day.start_time = time(14)
    wards.day.save()
    night = work(wards.schedule, ana, date(2026, 11, 2), wards.night, wards.ward)
    day = work(wards.schedule, ana, date(2026, 11, 3), wards.day, wards.ward)
    verdicts = check(wards.schedule)
    assert [(each.rule, each.person, each.duties) for each in verdicts] == [
        ("rest", ana.pk, (night.pk, day.pk)),
        ("rest_between_shifts", ana.pk, (night.pk, day.pk)),
    ]


def test_backup_to_a_shift_is_no_work_whatever_the_shift(wards: Wards) -> None:
    """Two shifts at a time, of which one is backup to it, with hours of its own: nothing until it is activated."""
    (ana,) = wards.people
    wards.night.start_time, wards.night.counted_hours = time(14), 8
    wards.night.save()
    on = date(2026, 11, 2)
    work(wards.schedule, ana, on, wards.day, wards.ward)
    second = work(wards.schedule, ana, on, wards.night, wards.ward, role=Assignment.Role.BACKUP)
    assert check(wards.schedule) == []
    Assignment.objects.filter(pk=second.pk).update(role=Assignment.Role.PRIMARY)
    assert names(check(wards.schedule)) == [("overlap", ana.pk)]


def test_the_programs_own_settings_hold(wards: Wards) -> None:
    Program.objects.update(rule_settings={"rules": {"consecutive_days": {"limit": 2}}})
    for number in range(3):
        work(wards.schedule, wards.people[0], date(2026, 11, 2) + number * DAY, wards.day, wards.ward)
    assert names(check(wards.schedule)) == [("consecutive_days", wards.people[0].pk)]


def test_duty_on_leave_and_on_a_vacation_rotation(wards: Wards) -> None:
    (ana,) = wards.people
    Absence.objects.create(person=ana, start_date=date(2026, 11, 2), end_date=date(2026, 11, 3), status="approved")
    work(wards.schedule, ana, date(2026, 11, 2), wards.day, wards.ward)
    work(wards.schedule, ana, date(2026, 11, 10), wards.day, wards.ward)
    assert names(check(wards.schedule)) == [("on_leave", ana.pk)]
    Rotation.objects.filter(pk=wards.ward.pk).update(is_vacation=True)
    assert names(check(wards.schedule)) == [("on_leave", ana.pk)] * 2


def test_a_promotion_in_mid_year_is_followed(wards: Wards) -> None:
    """A PGY-1 may not work alone with a ratio of one to one, once promoted they may: of others it takes nine."""
    Program.objects.update(rule_settings={"rules": {"supervision": {"limit": 1, "allowance": 2}}})
    (ana,) = wards.people
    bo = make_person(wards.program, "Bo", 1)
    dr = make_person(wards.program, "Dr Day", None)
    Standing.objects.create(person=ana, from_date=date(2026, 11, 10), pgy_level=2)
    Standing.objects.create(person=bo, from_date=date(2026, 11, 10), pgy_level=2)
    for on in (date(2026, 11, 9), date(2026, 11, 11)):
        for person in (ana, bo, dr):
            work(wards.schedule, person, on, wards.day, wards.ward)
    assert [(each.rule, each.first) for each in check(wards.schedule)] == [("supervision", date(2026, 11, 9))]


def test_weekly_hours_are_averaged_over_the_period_and_granted_ones_hold(wards: Wards) -> None:
    (ana,) = wards.people
    wards.day.hours = 14
    wards.day.save()
    monday = date(2026, 11, 18)  # period 6 begins
    for week in range(4):
        for number in range(6):
            work(wards.schedule, ana, monday + (7 * week + number) * DAY, wards.day, wards.ward)
    (verdict,) = [each for each in check(wards.schedule) if each.rule == "weekly_hours"]
    assert (verdict.measured, verdict.first, verdict.last) == (84, date(2026, 11, 18), date(2026, 12, 15))
    Rotation.objects.filter(pk=wards.ward.pk).update(weekly_hours_limit=88)
    assert not [each for each in check(wards.schedule) if "hours" in each.rule]


def test_rest_is_followed_across_the_edge_of_the_schedule(wards: Wards) -> None:
    (ana,) = wards.people
    wards.day.start_time = time(10)
    wards.day.save()
    before = make_schedule(make_year(wards.program, date(2025, 7, 1), date(2026, 6, 30)), "published")
    work(before, ana, date(2026, 6, 29), wards.night, wards.ward)
    work(before, ana, date(2026, 6, 30), wards.day, wards.ward)  # its own schedule's matter
    work(before, ana, date(2026, 6, 30), wards.night, wards.ward)
    work(wards.schedule, ana, date(2026, 7, 1), wards.day, wards.ward)
    verdicts = [each for each in check(wards.schedule) if each.rule == "rest_between_shifts"]
    assert [(each.first, each.last) for each in verdicts] == [(date(2026, 6, 30), date(2026, 7, 1))]


def test_morning_and_afternoon_are_one_stretch_of_work(wards: Wards) -> None:
    """With three hours between them, since the program says that they join."""
    (ana,) = wards.people
    wards.day.start_time, wards.day.hours = time(7), 4
    wards.day.save()
    wards.night.start_time, wards.night.hours, wards.night.is_night = time(14), 4, False
    wards.night.save()
    work(wards.schedule, ana, date(2026, 11, 2), wards.day, wards.ward)
    work(wards.schedule, ana, date(2026, 11, 2), wards.night, wards.ward)
    assert [each.rule for each in check(wards.schedule)] == ["rest", "rest_between_shifts"]
    wards.day.joins.set([wards.night])
    assert check(wards.schedule) == []


def test_a_solution_is_checked_as_it_will_be_when_written(wards: Wards) -> None:
    (ana,) = wards.people
    wards.day.start_time = time(14)
    wards.day.save()
    start = (date(2026, 11, 2) - wards.schedule.start_date).days
    solution = [Assigned(ana.code, start, "N", "WA"), Assigned(ana.code, start + 1, "D", "WA")]
    verdicts = check_solution(facts.load(wards.schedule), {(ana.code, place): "WA" for place in range(13)}, solution)
    work(wards.schedule, ana, date(2026, 11, 2), wards.night, wards.ward)
    work(wards.schedule, ana, date(2026, 11, 3), wards.day, wards.ward)
    assert [each.sentence for each in verdicts] == [each.sentence for each in check(wards.schedule)]
    assert verdicts[0].duties == ((start, "N"), (start + 1, "D"))


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_three_as_for_one(count: int, django_assert_num_queries: Any) -> None:
    wards = make_wards(count)
    before = make_schedule(make_year(wards.program, date(2025, 7, 1), date(2026, 6, 30)), "published")
    for person in wards.people:
        place(before, person, 1, wards.ward)
        work(before, person, date(2026, 6, 30), wards.night, wards.ward)
    with django_assert_num_queries(16):
        check(wards.schedule)


def test_a_solution_is_checked_with_what_is_pinned(wards: Wards) -> None:
    """Also of somebody whom the plan does not place; what is pinned stays as it is, and counts once."""
    bo = make_person(wards.program, "Bo", 1)
    for number in range(28):
        work(wards.schedule, bo, date(2026, 11, 1) + number * DAY, wards.day, wards.ward, is_pinned=True)
    work(wards.schedule, bo, date(2026, 12, 1), wards.day, wards.ward)  # to be replaced
    loaded = facts.load(wards.schedule)
    start = (date(2026, 11, 1) - wards.schedule.start_date).days
    again = [Assigned("bo", start + number, "D", "WA") for number in range(28)]
    stored = {(each.rule, each.person, each.first) for each in check(wards.schedule)}
    assert {rule for rule, _, _ in stored} == {"consecutive_days"}
    for solution in ([], again):
        found = check_solution(loaded, {}, solution)
        assert {(each.rule, each.person, each.first) for each in found} == stored
        assert [each.sentence for each in found] == [each.sentence for each in check_solution(loaded, {}, [])]
