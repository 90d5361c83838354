"""Months that are kept hold nothing that came while they were read and is gone again."""

from collections.abc import Callable
from typing import Any

import pytest

from people.models import Program
from scheduling.models import Schedule
from scheduling.services import months_kept
from scheduling.services.month_grid import Month, read_month
from scheduling.services.months_kept import month_of
from tests.factories import FIRST, LAST, Wards, make_wards

pytestmark = pytest.mark.django_db


@pytest.fixture
def wards() -> Wards:
    return make_wards()


def days_away(month: Month) -> int:
    return sum(1 for group in month.groups for row in group.rows for cell in row.cells if cell.leave)


def came_and_went(wards: Wards) -> Callable[[], Any]:
    leave = wards.people[0].absences.create(start_date=FIRST, end_date=FIRST, kind="sick", status="approved")
    return leave.delete


def test_leave_that_came_meanwhile_and_went(wards: Wards, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program.objects.get(pk=wards.program.pk)
    schedule = Schedule.objects.select_related("program").get(pk=wards.schedule.pk)
    went: list[Callable[[], Any]] = []

    def read_meanwhile(*arguments: Any) -> Month:
        went.append(came_and_went(wards))
        return read_month(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(months_kept, "read_month", read_meanwhile)
        assert days_away(month_of(program, [schedule], FIRST, LAST)) == 1
    went[0]()
    assert days_away(month_of(program, [schedule], FIRST, LAST)) == 0
