"""Who is in a cohort, in its year and in no other; and two cohorts of one person's period."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Person, Standing
from people.standing import ranks_of
from scheduling.models import AcademicYear, Cohort, Schedule
from scheduling.services import setup_cohorts
from scheduling.services.cohorts import cohort_words
from scheduling.services.facts import load
from tests.factories import Wards, make_schedule, make_wards, make_year

pytestmark = pytest.mark.django_db
YEAR_BEFORE = (date(2025, 7, 1), date(2026, 6, 30))
YEAR_AFTER = (date(2027, 7, 1), date(2028, 6, 30))
DAYS = (date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1), date(2027, 6, 30), date(2027, 7, 1))


@pytest.fixture
def wards(monkeypatch: pytest.MonkeyPatch) -> Wards:
    monkeypatch.setattr(timezone, "localdate", lambda *args, **more: date(2026, 11, 3))
    return make_wards()


def blue(year: AcademicYear, wards: Wards) -> Cohort:
    return Cohort.objects.create(academic_year=year, name="Blue", rotation=wards.icu, periods=[1])


def join(wards: Wards, cohort: Cohort, *people: Person) -> int:
    keys = [person.pk for person in people]
    return setup_cohorts.set_people(program=wards.program, user=None, pk=cohort.pk, people=keys)


def cohorts(wards: Wards, person: Person) -> list[str]:
    ranks = ranks_of(wards.program)
    return [ranks.cohort(person.pk, day) for day in DAYS]


def rows(person: Person) -> list[tuple[object, ...]]:
    found = Standing.objects.filter(person=person).order_by("from_date")
    return list(found.values_list("from_date", "pgy_level", "track", "cohort", "part_time_share"))


def test_who_has_nothing_recorded_joins_for_that_year_only(wards):
    ana = wards.people[0]
    Person.objects.filter(pk=ana.pk).update(cohort="Red", track="NEURO", part_time_share=Decimal("0.50"))
    assert join(wards, blue(wards.year, wards), ana) == 1
    assert cohorts(wards, ana) == ["Red", "Blue", "Blue", "Blue", "Red"]
    half = Decimal("0.50")
    assert rows(ana) == [
        (date(1900, 1, 1), 1, "NEURO", "Red", half),
        (date(2026, 7, 1), 1, "NEURO", "Blue", half),
        (date(2027, 7, 1), 1, "NEURO", "Red", half),
    ]
    assert Person.objects.get(pk=ana.pk).cohort == "Blue"


def test_what_an_archived_schedule_said_of_last_year_stays(wards):
    before = make_year(wards.program, *YEAR_BEFORE)
    old = make_schedule(before, Schedule.Status.ARCHIVED)
    blue(before, wards)
    join(wards, blue(wards.year, wards), *wards.people)
    assert cohort_words(load(old)) == []
    assert {word.person for word in cohort_words(load(wards.schedule))} == {one.pk for one in wards.people}


def test_a_year_that_lies_ahead_changes_nothing_of_today(wards):
    ahead = make_year(wards.program, *YEAR_AFTER)
    ana = wards.people[0]
    join(wards, blue(ahead, wards), ana)
    assert cohorts(wards, ana) == ["", "", "", "", "Blue"]
    assert [row[0] for row in rows(ana)] == [date(1900, 1, 1), date(2027, 7, 1), date(2028, 7, 1)]
    assert Person.objects.get(pk=ana.pk).cohort == ""


def test_what_is_recorded_within_and_after_the_year_is_kept_but_for_the_cohort(wards):
    ana = wards.people[0]
    Person.objects.filter(pk=ana.pk).update(start_date=date(2026, 7, 1))
    for day, level, cohort in ((date(2027, 1, 1), 2, "Red"), (date(2027, 7, 1), 3, "Green")):
        Standing.objects.create(person=ana, from_date=day, pgy_level=level, cohort=cohort)
    join(wards, blue(wards.year, wards), ana)
    assert [row[:2] + row[3:4] for row in rows(ana)] == [
        (date(2026, 7, 1), 1, "Blue"),
        (date(2027, 1, 1), 2, "Blue"),
        (date(2027, 7, 1), 3, "Green"),
    ]


def test_who_leaves_a_cohort_leaves_it_in_that_year_only(wards):
    cohort = blue(wards.year, wards)
    ana, bo, _ = wards.people
    Person.objects.filter(pk__in=[ana.pk, bo.pk]).update(cohort="Blue")
    assert join(wards, cohort, bo) == 1
    assert cohorts(wards, ana) == ["Blue", "", "", "", "Blue"]
    assert rows(bo) == []


def test_who_goes_before_the_year_ends_is_nothing_after_it(wards):
    ana = wards.people[0]
    Person.objects.filter(pk=ana.pk).update(end_date=date(2027, 6, 30))
    join(wards, blue(wards.year, wards), ana)
    assert [row[0] for row in rows(ana)] == [date(1900, 1, 1), date(2026, 7, 1)]


@pytest.mark.parametrize("count", [1, 3])
def test_people_are_held_in_the_order_of_their_keys_before_any_is_changed(wards, count):
    cohort = blue(wards.year, wards)
    with CaptureQueriesContext(connection) as captured:
        join(wards, cohort, *wards.people[:count])
    told = [each["sql"] for each in captured]
    held = [number for number, sql in enumerate(told) if 'ORDER BY "people_person"."id" ASC' in sql]
    changed = [number for number, sql in enumerate(told) if sql.startswith("UPDATE") or '"people_standing" (' in sql]
    assert len(held) == 1
    assert held[0] < min(changed)
    assert len(told) == 17
