"""The checklist for a new year, step by step, from an empty program to a published schedule."""

from datetime import date

import pytest

from absences.models import Absence
from people.models import Person, Program, Standing
from scheduling.models import GenerationRun, Rotation, Schedule
from scheduling.services.setup_checklist import checklist
from tests.factories import (
    make_curriculum,
    make_person,
    make_program,
    make_rotation,
    make_schedule,
    make_staffing,
    make_wards,
    make_year,
    place,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 3)


def states(program: Program, today: date = TODAY) -> list[str]:
    return [f"{item.title}: {item.state}" for item in checklist(program, today)[1]]


def step(program: Program, title: str) -> tuple[str, str, str, int | None]:
    item = next(item for item in checklist(program, TODAY)[1] if item.title == title)
    return item.words, item.page, item.button, item.number


def test_from_nothing_to_a_published_schedule():
    program = make_program()
    later = ["Requests: later", "Generate: later", "Review: later", "Publish: later"]
    assert states(program)[:3] == ["Dates: next", "People: later", "Rotations and rules: later"]
    assert step(program, "Dates")[:3] == (
        "No academic year is set up that has today or lies ahead.", "setup-years", "Add the year",
    )  # fmt: skip
    year = make_year(program)
    assert states(program)[:2] == ["Dates: done", "People: next"]
    assert step(program, "Dates")[0] == "2026–27 goes from 1 Jul 2026 to 30 Jun 2027, in 13 periods."
    assert step(program, "People")[0] == ("Nobody is active in 2026–27: import the people, or roll the year over.")
    person = make_person(program, "Ana")
    make_person(program, "Dr Day", None)
    assert step(program, "People")[0] == "2 people are in it: 1 PGY-1 and 1 faculty."
    assert step(program, "Rotations and rules") == (
        "No rotation is there yet.",
        "setup-rotations",
        "Add rotations",
        None,
    )
    ward = make_rotation(program, "WA", "Wards A")
    assert step(program, "Rotations and rules")[:2] == (
        "The curriculum has no sentence for any level, so they would be placed nowhere.", "setup-curriculum",
    )  # fmt: skip
    make_curriculum(program, 2, ward)
    assert step(program, "Rotations and rules")[0] == (
        "The curriculum has no sentence for PGY-1, so they would be placed nowhere."
    )
    make_curriculum(program, 1, ward)
    assert step(program, "Rotations and rules")[:2] == (
        "Staffing says nothing yet about how many are needed.", "setup-staffing",
    )  # fmt: skip
    make_staffing(program, "Wards", ward)
    assert step(program, "Rotations and rules")[0] == (
        "1 rotation, 0 shift types; 1 sentence of staffing by period and 0 by shift."
    )
    assert states(program)[2:] == ["Rotations and rules: done", "Requests: done", "Generate: next", *later[2:]]
    assert step(program, "Generate") == ("No draft is there yet.", "schedules", "New draft…", None)
    draft = make_schedule(year)
    assert step(program, "Generate") == ("Draft 1 is empty.", "schedule", "Generate…", 1)
    run = GenerationRun.objects.create(schedule=draft, status="running")
    assert step(program, "Generate") == ("Draft 1 is being generated.", "schedule", "Watch", 1)
    run.delete()
    place(draft, person, 1, ward)
    assert states(program)[4:] == ["Generate: done", "Review: next", "Publish: later"]
    GenerationRun.objects.create(
        schedule=draft,
        status="succeeded",
        progress=100,
        shortfalls=[{}, {}],
        violations=[{"force": "must"}, {"force": "should"}],
    )
    assert step(program, "Review") == (
        "Look through draft 1: 1 broken, 2 missing when it was generated.", "schedule", "Review", 1,
    )  # fmt: skip
    assert step(program, "Publish") == ("People see draft 1 once it is published.", "schedule-publish", "Publish…", 1)
    Schedule.objects.update(status="published")
    assert {line.partition(": ")[2] for line in states(program)} == {"done"}
    make_schedule(year)
    assert states(program)[4:] == ["Generate: next", "Review: later", "Publish: later"]


def test_requests_wait_while_the_rest_goes_on():
    wards = make_wards(status="draft")
    Absence.objects.create(person=wards.people[0], start_date=TODAY, end_date=TODAY)
    assert states(wards.program)[3:] == ["Requests: next", "Generate: done", "Review: open", "Publish: later"]
    assert step(wards.program, "Requests")[:3] == (
        "1 leave request waits for a decision; 0 wishes are known.", "requests", "Decide",
    )  # fmt: skip


def test_the_year_that_lies_ahead_is_the_one_that_is_set_up():
    wards = make_wards()
    make_year(wards.program, date(2027, 7, 1), date(2028, 6, 30))
    year, items = checklist(wards.program, TODAY)
    assert str(year) == "2027–28"
    assert [item.state for item in items] == ["done", "done", "done", "done", "next", "later", "later"]


def test_levels_are_those_of_the_year():
    """Who is promoted before it begins owes what the new level owes."""
    wards = make_wards(1)  # one PGY-1
    make_year(wards.program, date(2027, 7, 1), date(2028, 6, 30))
    Standing.objects.create(person=wards.people[0], from_date=date(2027, 7, 1), pgy_level=4)
    assert step(wards.program, "People")[0] == "1 person is in it: 1 PGY-4."
    assert step(wards.program, "Rotations and rules")[0] == (
        "The curriculum has no sentence for PGY-4, so they would be placed nowhere."
    )


def test_what_is_off_is_missing():
    wards = make_wards()
    Rotation.objects.update(is_active=False)
    Person.objects.update(is_active=False)
    assert states(wards.program)[1:3] == ["People: next", "Rotations and rules: later"]
    assert step(wards.program, "Rotations and rules")[0] == "No rotation is there yet."


def test_a_sandbox_is_no_draft_to_review():
    wards = make_wards()
    make_schedule(wards.year, is_what_if=True)
    assert states(wards.program)[4:] == ["Generate: done", "Review: done", "Publish: done"]
