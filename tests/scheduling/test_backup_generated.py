"""Backup call from the request to the draft: one person a day, beside clinic, as evenly as may be."""

from collections import Counter
from datetime import date, time

import pytest

from scheduling.models import Assignment, CrossCover, GenerationRun, ShiftType
from scheduling.services import generate
from scheduling.services.checking import check
from tests.factories import make_curriculum, make_person, make_rotation, make_staffing
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db(transaction=True)


def test_somebody_in_clinic_is_on_backup_each_day(small: Small) -> None:
    for name in ("Cy", "Di"):
        make_person(small.program, name, 1)
    make_curriculum(small.program, 2, small.ward, small.clinic, fewest=0)
    make_staffing(small.program, "Ward", small.ward, fewest=2, most=2)
    office = ShiftType.objects.create(program=small.program, code="C", name="Clinic", start_time=time(8), hours=9)
    backup = ShiftType.objects.create(
        program=small.program, code="BK", name="Backup", start_time=time(7), hours=24, duty=ShiftType.Duty.BACKUP
    )
    backup.joins.set([office])
    small.clinic.regular_shifts.set([office])
    small.clinic.regular_weekdays = [0, 1, 2, 3, 4]
    small.clinic.save()
    pool = make_rotation(small.program, "JE", "Jeopardy")
    make_staffing(small.program, "Backup", pool, shift_type=backup, most=1)
    CrossCover.objects.create(rotation=small.clinic, covers=pool).shift_types.set([backup])

    run = generate.perform(small.request(time_limit=60).pk)

    assert (run.status, run.error, run.shortfalls) == (GenerationRun.Status.SUCCEEDED, "", [])
    on_backup = Assignment.objects.filter(schedule=small.draft, block__shift_type=backup)
    assert set(on_backup.values_list("role", "rotation__code")) == {("backup", "JE")}
    assert Counter(on_backup.values_list("block__date", flat=True)).most_common(1)[0][1] == 1
    assert on_backup.count() == 56
    others = Assignment.objects.filter(schedule=small.draft).exclude(block__shift_type=backup)
    works = {
        (person, day): code
        for person, day, code in others.values_list("person", "block__date", "block__shift_type__code")
    }
    assert {works.get(key, "off") for key in on_backup.values_list("person", "block__date")} == {"C", "off"}
    assert works[on_backup.filter(block__date=date(2026, 7, 6)).values_list("person", "block__date").get()] == "C"
    assert [verdict.sentence for verdict in check(small.draft) if verdict.is_violation] == []
