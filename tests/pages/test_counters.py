"""The counters at the edges of the grids: right after every kind of edit, with leave, vacation and holidays."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from django.test import Client

from absences.models import Absence
from people.models import Person, Program
from scheduling.models import Assignment, RotationAssignment, Schedule
from scheduling.services.month_grid import read_month
from scheduling.services.year_grid import read_year
from tests.factories import Wards, make_rotation, make_staffing, make_wards, place
from tests.pages.conftest import coordinator_of

pytestmark = pytest.mark.django_db
HOME = "/p/internal-medicine/"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
DAY = timedelta(days=1)


VERBS = ["set", "set", "set", "plan", "plan", "move", "swap", "push", "pin", "undo", "redo", "leave"]


def test_they_are_right_after_every_kind_of_edit() -> None:
    wards = make_wards(4, status="draft")
    owner = coordinator_of(wards)
    random = Random(1)
    verbs: Counter[str] = Counter()
    for verb in [*random.sample(VERBS, len(VERBS)), "set", "plan", "undo"]:
        before = Schedule.objects.get().revision
        something(random, owner, wards, verb)
        verbs[verb] += Schedule.objects.get().revision > before
        assert_right(wards)
    assert {verb for verb, done in verbs.items() if done} >= {"set", "plan", "undo"}


def something(random: Random, owner: Client, wards: Wards, verb: str) -> None:
    """One thing that a coordinator does; what is refused changes nothing."""
    schedule = Schedule.objects.get()
    one, other = (f"{random.choice(wards.people).pk}:2026-11-{random.randrange(1, 30):02}" for _ in range(2))
    shown = {"month": "2026-11", "revision": schedule.revision, "state": "", "reason": "Nobody else was there"}
    url = f"{HOME}schedules/1/edit/"
    match verb:
        case "set":
            owner.post(url, {**shown, "verb": "set", "cell": f"{one}={random.choice(['', 'WA|D', 'ICU|N'])}"})
        case "move" | "swap" | "push":
            owner.post(url, {**shown, "verb": verb, "from": one, "to": other})
        case "pin":
            owner.post(url, {**shown, "verb": "pin", "cell": one})
        case "plan":
            cell = f"{random.choice(wards.people).pk}:{random.randrange(1, 14)}={random.choice(['', 'WA', 'ICU'])}"
            owner.post(f"{HOME}schedules/1/plan-edit/", {**shown, "verb": "set", "cell": cell})
        case "undo" | "redo":
            owner.post(f"{HOME}schedules/1/{verb}/")
        case _:
            person, day = random.choice(wards.people), date(2026, 11, random.randrange(1, 29))
            if not Absence.objects.filter(person=person, start_date__lte=day + DAY, end_date__gte=day).exists():
                Absence.objects.create(person=person, start_date=day, end_date=day + DAY, status="approved")


def assert_right(wards: Wards) -> None:
    """Fail unless every counter of month and year says what the rows of the database add up to."""
    schedule = Schedule.objects.get()
    worked = [
        (each.person_id, each.block, each.rotation)
        for each in Assignment.objects.filter(schedule=schedule).select_related("block__shift_type", "rotation")
    ]
    month = read_month(wards.program, [schedule], FIRST, LAST)
    for shown in (row for group in month.groups for row in group.rows):
        mine = [block for person, block, _ in worked if person == shown.row.pk]
        weekends = {block.date - (block.date.weekday() - 5) * DAY for block in mine if block.date.weekday() > 4}
        hours = sum((block.ends_at - block.starts_at).total_seconds() / 3600 for block in mine)
        nights = sum(1 for block in mine if block.shift_type.is_night)
        assert (shown.tally.nights, shown.tally.weekends, shown.tally.hours) == (nights, len(weekends), hours)
    line = next(line for line in month.staffing if line.label == "WA day")
    assert [count.number if count else None for count in line.counts] == [
        sum(
            1
            for person, block, rotation in worked
            if (block.date, block.shift_type_id, rotation.code) == (day.date, wards.day.pk, "WA")
            and not is_away(person, day.date)
        )
        for day in month.days
    ]
    year = read_year(wards.program, schedule)
    plan = RotationAssignment.objects.filter(schedule=schedule)
    line = next(line for line in year.staffing if line.title == "Ward A")
    assert [count.number if count else 0 for count in line.counts] == [
        plan.filter(period=period, rotation=wards.ward).count() for period in year.periods
    ]
    owed = {row.row.pk for group in year.groups for row in group.rows if row.owed}
    assert owed == {
        person.pk
        for person in Person.objects.filter(pgy_level=1)
        if not plan.filter(person=person, rotation=wards.icu).exists()
    }


def is_away(person: int, day: date) -> bool:
    return Absence.objects.filter(person=person, start_date__lte=day, end_date__gte=day).exists()


def test_who_is_placed_on_vacation_is_on_leave(wards, owner, read) -> None:
    vacation = make_rotation(wards.program, "VAC", "Vacation", is_vacation=True)
    person = wards.people[0]
    before = read_month(wards.program, [wards.schedule], FIRST, LAST)
    RotationAssignment.objects.filter(person=person, period__number=5).delete()  # 21 Oct to 17 Nov
    place(wards.schedule, person, 5, vacation)
    Assignment.objects.filter(person=person, block__date__gt=date(2026, 11, 2)).delete()
    month = read_month(wards.program, [wards.schedule], FIRST, LAST)
    mine = next(row for group in month.groups for row in group.rows if row.row.pk == person.pk)
    assert [cell.leave for cell in mine.cells[2:18]] == ["vacation"] * 15 + [""]
    assert mine.tally.days_there == 13
    # What they work all the same is shown, and fills no place: the others are counted as before.
    assert [len(cell.duties) for cell in mine.cells[:3]] == [1, 1, 0]
    lines = [next(line for line in each.staffing if line.label == "WA day") for each in (before, month)]
    numbers = [[count.number for count in line.counts[:2] if count] for line in lines]
    assert numbers == [[2, 2], [1, 1]]
    assert 'title="Vacation">V<' in read(owner, f"{HOME}month/2026-11/")


def test_holidays_of_the_programs_own_are_marked_and_counted(wards, owner, read) -> None:
    Program.objects.update(holiday_changes={"2026-11-11": None, "2026-11-20": "Founders' day"})
    make_staffing(wards.program, "Ward on holidays", wards.ward, shift_type=wards.night, holidays="only", fewest=2)
    html = read(owner, f"{HOME}month/2026-11/")
    assert 'title="Founders&#x27; day"' in html
    assert 'title="Thanksgiving' in html
    assert "Veterans Day" not in html  # public, and worked here
    assert html.count('<col class="holiday">') == 2
    wards.program.refresh_from_db()
    month = read_month(wards.program, [wards.schedule], FIRST, LAST)
    line = next(line for line in month.staffing if line.label == "WA night")
    asked = [day.date.day for day, count in zip(month.days, line.counts, strict=True) if count and count.fewest]
    assert asked == [20, 26]
