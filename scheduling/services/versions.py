"""A version with its program and year as one row of plain values, for what reads it by a prepared query."""

from collections.abc import Sequence
from typing import Any

from people.models import Program
from people.prepared import columns, instance
from scheduling.models import AcademicYear, Schedule

_PARTS = (columns(Schedule), columns(Program, "program__"), columns(AcademicYear, "academic_year__"))
COLUMNS = tuple(column for part in _PARTS for column in part)


def made(row: Sequence[Any]) -> Schedule:
    """The version of a row of these columns, with its program and year."""
    of_schedule, of_program = len(_PARTS[0]), len(_PARTS[0]) + len(_PARTS[1])
    schedule = instance(Schedule, row[:of_schedule])
    schedule.program = instance(Program, row[of_schedule:of_program])
    schedule.academic_year = instance(AcademicYear, row[of_program:])
    schedule.academic_year.program = schedule.program
    return schedule
