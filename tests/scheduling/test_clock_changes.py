"""The two nights on which the clock is changed: who is on, real hours, verdicts, and what is generated."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from people.models import User
from scheduling.models import Assignment, GenerationRun, Schedule, ShiftType, Staffing
from scheduling.services import generate
from scheduling.services.checking import check
from scheduling.services.day import read_day
from scheduling.services.edit_checks import NeedsReason
from scheduling.services.gestures import Gesture
from scheduling.services.month_gestures import perform
from tests.factories import (
    Wards,
    make_curriculum,
    make_day_shift,
    make_person,
    make_program,
    make_rotation,
    make_schedule,
    make_user,
    make_wards,
    make_year,
    work,
)

DAY = timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")
AUTUMN, SPRING = date(2026, 10, 31), date(2027, 3, 13)  # the Saturdays before
ORDINARY = date(2027, 3, 6)
NIGHTS = pytest.mark.parametrize(("saturday", "hours"), [(AUTUMN, 13), (SPRING, 11), (ORDINARY, 12)])


@pytest.fixture
def wards(db: None) -> Wards:
    wards = make_wards(1, status="draft")
    Assignment.objects.all().delete()
    return wards


def late_and_early(wards: Wards) -> tuple[ShiftType, ShiftType]:
    """From 11 to 21, and from 7: ten hours between them by the clock."""
    late = make_day_shift(wards.program, name="Late", code="L", start_time=time(11), hours=10)
    return late, make_day_shift(wards.program, name="Early", code="E", start_time=time(7), hours=10)


@NIGHTS
def test_a_night_by_the_clock_lasts_as_long_as_it_does(wards: Wards, saturday: date, hours: int) -> None:
    block = work(wards.schedule, wards.people[0], saturday, wards.night, wards.ward).block
    assert block.ends_at - block.starts_at == timedelta(hours=hours)
    assert [moment.astimezone(NEW_YORK).time() for moment in (block.starts_at, block.ends_at)] == [time(19), time(7)]
    assert block.date == saturday


@NIGHTS
def test_who_is_on_in_each_real_hour(wards: Wards, saturday: date, hours: int) -> None:
    """One person through the night, 1:30 in the morning coming twice, once or, as 2:30, not at all; then the next."""
    ana, bo = wards.people[0], make_person(wards.program, "Bo")
    work(wards.schedule, ana, saturday, wards.night, wards.ward)
    work(wards.schedule, bo, saturday + DAY, wards.day, wards.ward)
    start = datetime.combine(saturday, time(19, 30), NEW_YORK).astimezone(UTC)
    moments = [start + timedelta(hours=number) for number in range(hours + 1)]
    on = [list(Assignment.objects.on_at(moment).values_list("person__code", flat=True)) for moment in moments]
    assert on == [*([[ana.code]] * hours), ["bo"]]
    halves = [moment.astimezone(NEW_YORK).time() for moment in moments]
    assert (halves.count(time(1, 30)), halves.count(time(2, 30))) == {13: (2, 1), 11: (1, 0), 12: (1, 1)}[hours]


@NIGHTS
def test_the_day_shows_the_night_by_the_clock(wards: Wards, saturday: date, hours: int) -> None:
    work(wards.schedule, wards.people[0], saturday, wards.night, wards.ward)
    before_dawn = datetime.combine(saturday + DAY, time(6, 30), NEW_YORK)
    view = read_day(wards.program, [wards.schedule], saturday + DAY, before_dawn)
    [shift] = [shift for service in view.services for shift in service.shifts]
    assert (shift.is_from_before, shift.is_on_now) == (True, True)
    assert shift.ends_at.astimezone(NEW_YORK).time() == time(7)


@pytest.mark.parametrize(("saturday", "rest"), [(AUTUMN, None), (SPRING, 9.0), (ORDINARY, None)])
def test_the_rules_count_real_hours_of_rest(wards: Wards, saturday: date, rest: float | None) -> None:
    late, early = late_and_early(wards)
    work(wards.schedule, wards.people[0], saturday, late, wards.ward)
    work(wards.schedule, wards.people[0], saturday + DAY, early, wards.ward)
    found = [verdict.measured for verdict in check(wards.schedule) if verdict.rule == "rest_between_shifts"]
    assert found == ([] if rest is None else [rest])


@pytest.mark.parametrize("saturday", [AUTUMN, SPRING, ORDINARY])
def test_the_verdict_on_a_change_counts_them_too(wards: Wards, saturday: date) -> None:
    late, _ = late_and_early(wards)
    ana = wards.people[0]
    work(wards.schedule, ana, saturday, late, wards.ward)
    user = make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    at = (ana.pk, saturday + DAY)
    revision = Schedule.objects.get(pk=wards.schedule.pk).revision
    gesture = Gesture("set", cells={at: (("WA", "E"),)}, start=None, end=None, was={}, revision=revision)
    if saturday == SPRING:
        words = "^.'Resident 000 has 9 h between Late on 13 Mar and Early on 14 Mar; 10 h must be free"
        with pytest.raises(NeedsReason, match=words):
            perform(schedule=wards.schedule, user=user, gesture=gesture)
    else:
        assert perform(schedule=wards.schedule, user=user, gesture=gesture).advisories == []


@pytest.mark.django_db(transaction=True)
def test_what_is_generated_keeps_the_real_hours() -> None:
    """In the night of spring nobody is late and then early, which on any other weekend anybody may be."""
    program = make_program("Internal Medicine")
    year = make_year(program, date(2027, 3, 8), date(2027, 3, 21))
    draft = make_schedule(year)
    ward = make_rotation(program, "WA", "Ward A", position=1)
    make_curriculum(program, 1, ward)
    for name in ("Ana", "Bo", "Cy"):
        make_person(program, name, 1)
    for name, code, start in (("Late", "L", 11), ("Early", "E", 7)):
        kind = make_day_shift(program, name=name, code=code, start_time=time(start), hours=10)
        need = Staffing.objects.create(program=program, name=name, shift_type=kind, fewest=1, most=1, weekdays=[5, 6])
        need.rotations.set([ward])
    run = generate.request(schedule=draft, user=None, time_limit=10, enqueue=False)
    run = generate.perform(run.pk)
    assert (run.status, run.error, run.shortfalls) == (GenerationRun.Status.SUCCEEDED, "", [])
    rows = Assignment.objects.filter(schedule=draft)
    late = set(rows.filter(block__date=SPRING, block__shift_type__code="L").values_list("person", flat=True))
    early = set(rows.filter(block__date=SPRING + DAY, block__shift_type__code="E").values_list("person", flat=True))
    assert (len(late), len(early), late & early) == (1, 1, set())
    assert [verdict for verdict in check(draft) if verdict.rule == "rest_between_shifts"] == []
