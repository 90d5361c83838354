"""People become on the day what is recorded for it, and what they were before is kept."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from django.utils.module_loading import import_string

from people.models import AuditLog, Person, Standing
from people.rollover import ALWAYS
from people.standing import ranks_of
from people.turning import coming, to_come, turn, turn_all
from tests.factories import make_person, make_program

pytestmark = pytest.mark.django_db
JULY = date(2027, 7, 1)
DAY = timedelta(days=1)


@pytest.fixture
def program():
    return make_program()


def stand(person: Person, day: date, level: int | None, **more: object) -> None:
    Standing.objects.create(person=person, from_date=day, pgy_level=level, **more)


def row(person: Person) -> tuple[object, ...]:
    person.refresh_from_db()
    return person.pgy_level, person.track, person.cohort, person.part_time_share, person.is_active


def test_promoted_on_the_day_and_not_before(program):
    person = make_person(program, "Ann", 1, cohort="A")
    stand(person, JULY, 2, track="NEURO", cohort="B", part_time_share=Decimal("0.5"))
    assert turn(program=program, today=JULY - DAY, since=JULY - 7 * DAY) == 0
    assert row(person) == (1, "", "A", 1, True)
    assert turn(program=program, today=JULY, since=JULY - 7 * DAY) == 1
    assert row(person) == (2, "NEURO", "B", Decimal("0.5"), True)
    assert turn(program=program, today=JULY, since=JULY - 7 * DAY) == 0
    entry = AuditLog.objects.get()
    assert (entry.action, entry.program) == ("people turned", program)
    assert entry.changes == {"promoted or changed": ["Ann"], "left": []}


def test_what_they_were_is_kept_for_the_days_before(program):
    nobody_knows_since, known = (
        make_person(program, "Ann", 1),
        make_person(program, "Bo", 1, start_date=date(2026, 7, 1)),
    )
    newcomer, recorded = make_person(program, "Cy", 1, start_date=JULY), make_person(program, "Di", 1)
    for person in (nobody_knows_since, known, newcomer, recorded):
        stand(person, JULY, 2)
    stand(recorded, date(2026, 7, 1), 1)
    days = [date(2026, 6, 30), date(2026, 7, 1), JULY - DAY, JULY, JULY + DAY]
    asked = [(person.pk, day) for person in (nobody_knows_since, recorded) for day in days]
    asked += [(known.pk, day) for day in days[1:]]  # the days of their own
    before = [ranks_of(program).on(*each) for each in asked]
    assert turn(program=program, today=JULY, since=JULY) == 4
    ranks = ranks_of(program)
    assert [ranks.on(*each) for each in asked] == before
    kept = Standing.objects.exclude(from_date=JULY).order_by("person__name", "from_date")
    assert list(kept.values_list("person__name", "from_date", "pgy_level")) == [
        ("Ann", ALWAYS, 1),
        ("Bo", date(2026, 7, 1), 1),
        ("Di", ALWAYS, 1),
        ("Di", date(2026, 7, 1), 1),
    ]


def test_who_was_changed_by_hand_since_stays_so(program):
    person = make_person(program, "Ann", 4)
    stand(person, JULY, 2)
    assert turn(program=program, today=JULY + 30 * DAY, since=JULY + DAY) == 0
    assert row(person)[0] == 4


def test_a_standing_without_a_level_says_nothing_of_it(program):
    person = make_person(program, "Ann", 1)
    stand(person, JULY, None, cohort="B")
    assert turn(program=program, today=JULY, since=JULY) == 1
    assert row(person) == (1, "", "B", 1, True)
    assert turn(program=program, today=JULY, since=JULY) == 0


def test_gone_the_day_after_the_last(program):
    person = make_person(program, "Ann", 3, end_date=JULY - DAY)
    assert turn(program=program, today=JULY - DAY, since=JULY) == 0
    assert row(person)[-1] is True
    assert turn(program=program, today=JULY, since=JULY) == 1
    assert row(person)[-1] is False
    assert AuditLog.objects.get().changes == {"promoted or changed": [], "left": ["Ann"]}


def test_each_program_by_its_own_midnight(monkeypatch):
    east, west = make_program("East"), make_program("West", time_zone="America/Los_Angeles")
    people = [make_person(program, "Ann", 1) for program in (east, west)]
    for person in people:
        stand(person, JULY, 2)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 7, 1, 1, tzinfo=east.zone))
    assert turn_all() == 1
    assert [row(person)[0] for person in people] == [2, 1]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_people(count, program, django_assert_num_queries):
    for n in range(count):
        person = make_person(program, f"Person {n}", 1)
        stand(person, JULY, 2)
    with django_assert_num_queries(7):
        assert turn(program=program, today=JULY, since=JULY) == count


def test_what_is_to_come_in_words(program, django_assert_num_queries):
    ann = make_person(program, "Ann", 1, cohort="A")
    stand(ann, date(2026, 7, 1), 1, cohort="A")
    stand(ann, JULY, 2, cohort="A", part_time_share=Decimal("0.50"))
    stand(ann, JULY + DAY, 2, cohort="B", track="NEURO")
    bo = make_person(program, "Bo", 1, start_date=JULY, end_date=JULY + DAY)
    cy = make_person(program, "Cy", 2)
    stand(cy, JULY, 2)
    with django_assert_num_queries(1):
        found = coming([ann, bo, cy], to_come(program.pk, date(2027, 1, 1)), date(2027, 1, 1))
    assert found == {
        ann.pk: [
            "PGY-2, part-time 0.5 from 1 Jul 2027",
            "track NEURO, cohort B, full-time from 2 Jul 2027",
        ],
        bo.pk: ["starts 1 Jul 2027", "until 2 Jul 2027"],
    }


def test_workers_do_it_every_hour(program, monkeypatch):
    person = make_person(program, "Ann", 1)
    stand(person, JULY, 2)
    tasks: dict[str, Any] = django_settings.TASKS
    rounds = tasks["default"]["OPTIONS"]["SCHEDULES"]["people of today"]
    assert rounds == {"task": "scheduling.tasks.people_of_today", "cron": "5 * * * *"}
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 7, 1, 12, tzinfo=program.zone))
    import_string(rounds["task"]).call()
    assert row(person)[0] == 2
