"""From the request to the draft with the real solvers, on a program of four."""

from datetime import date

import pytest

from absences.models import Absence
from scheduling.models import Assignment, GenerationRun, RotationAssignment, Staffing
from scheduling.services import generate
from scheduling.services.checking import check
from tests.factories import make_person, place, work
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_year_is_generated(small: Small) -> None:
    cy, di = make_person(small.program, "Cy", 1), make_person(small.program, "Di", 2)
    nights = Staffing.objects.create(
        program=small.program, name="Ward by night", shift_type=small.night, fewest=1, most=1, weekdays=[4, 5]
    )
    nights.rotations.set([small.ward])
    placed = Staffing.objects.create(program=small.program, name="Ward", fewest=3, most=3)
    placed.rotations.set([small.ward])
    Absence.objects.create(
        person=cy, start_date=date(2026, 7, 29), end_date=date(2026, 8, 25), kind="parental", status="approved"
    )
    pin = place(small.draft, di, 1, small.clinic, pinned=True)
    night = work(small.draft, small.ana, date(2026, 7, 10), small.night, small.ward, is_pinned=True)

    run = generate.perform(small.request(time_limit=60).pk)

    assert (run.status, run.error, run.shortfalls) == (GenerationRun.Status.SUCCEEDED, "", [])
    assert run.objective is not None
    assert run.versions.keys() >= {"pulp", "highspy"}
    plan = RotationAssignment.objects.filter(schedule=small.draft)
    assert plan.filter(rotation=small.ward).count() == 6
    assert plan.get(person=di, period__number=1) == pin
    assert not plan.filter(person=cy, period__number=2).exists()
    roster = Assignment.objects.filter(schedule=small.draft)
    days = roster.filter(block__shift_type=small.day).values("block__date").distinct().count()
    assert (days, roster.filter(block__shift_type=small.night).count()) == (56, 16)
    assert roster.get(is_pinned=True) == night
    assert [verdict.sentence for verdict in check(small.draft) if verdict.is_violation] == []
    assert len(run.violations) == len(check(small.draft))
