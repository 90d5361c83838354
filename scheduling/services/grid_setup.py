"""What the grids show beside who works what, kept in the memory of the process for as long as it is so.

Which version is shown does not matter: the plan and the roster are read each time. What is kept is shared by threads:
nothing in it may be changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from absences.models import Absence
from people.kept import Kept
from people.models import FACULTY_LEVEL, Person, Program, Standing
from people.prepared import columns, instance, prepared
from people.standing import Ranks, ranks_of
from scheduling.models import (
    Assignment,
    Block,
    Curriculum,
    History,
    Period,
    Rotation,
    RotationAssignment,
    Schedule,
    ShiftType,
    Staffing,
)
from scheduling.services.digests import Asked, Tables, kept_by, said
from scheduling.services.grid_rows import Catalog, Leave, Row, catalog_of, leave_between, rows_of
from scheduling.services.holidays import public_holidays
from scheduling.services.plan_owed import read_curriculum
from scheduling.services.staffing import Need, needs_of

DAY = timedelta(days=1)
BOTH: Tables = (*(Person, Standing, Absence, Period, Rotation, ShiftType, Staffing, Staffing.rotations.through),)
MONTH: Tables = (*BOTH, Block)
YEAR: Tables = (*BOTH, Curriculum, Curriculum.rotations.through, History)

type Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """What a grid can be filtered by: rotations by code with key and name, levels (faculty, 0, last), cohorts. The same
    object for the same catalog and ranks."""

    rotations: Mapping[str, tuple[int, str]]
    levels: Sequence[int]
    cohorts: Sequence[str]


@dataclass(frozen=True, eq=False)
class Setup:
    """A program over some days. `leave` is what was approved, by person; `blocks` and the rest of a kind of grid are
    empty for the other. The same object for as long as it says the same, on PostgreSQL."""

    program: Program
    first: date
    last: date
    catalog: Catalog
    ranks: Ranks
    leave: Mapping[int, Sequence[Leave]]
    holidays: Mapping[date, str]
    periods: Sequence[Period]
    needs: tuple[Need, ...]
    people: Rows  # all who are with the program; the last column says whether they are active
    blocks: Rows = ()
    curriculum: tuple[Rows, Rows] = ((), ())
    history: Rows = ()
    made: dict[object, Any] = field(default_factory=dict)  # of it, by what it is

    def once[T](self, what: object, make: Callable[[], T]) -> T:
        """What is made of the setup, made once, and kept with it."""
        if what not in self.made:
            self.made.setdefault(what, make())
        found: T = self.made[what]
        return found

    @cached_property
    def inactive(self) -> list[int]:
        return [row[0] for row in self.people if not row[-1]]

    @cached_property
    def active_rows(self) -> tuple[Row, ...]:
        return self._rows(())

    @cached_property
    def choices(self) -> Choices:
        return choices_of(self.catalog, self.ranks)

    def rows(self, schedules: Sequence[Schedule]) -> tuple[Row, ...]:
        """Those who are active, and those who are in the schedules, by level and name (no query, or 1 where somebody
        is not active)."""
        there = [key for (key,) in _in(self.inactive, [schedule.pk for schedule in schedules])] if self.inactive else []
        return self._rows(there) if there else self.active_rows

    def _rows(self, there: Sequence[int]) -> tuple[Row, ...]:
        found = [row[:-1] for row in self.people if row[-1] or row[0] in there]
        return rows_of(found, self.ranks, self.first, self.last)


_kept: Kept[Setup] = Kept(256)  # some 0.1 MB each


def setup_of_month(program: Program, schedules: Sequence[Schedule], first: date, last: date) -> Setup:
    """For the month grid of these schedules (1 query where it is kept, else 11)."""
    years = tuple(sorted({schedule.academic_year_id for schedule in schedules}))
    asked = Asked(MONTH, program.pk, years, first - DAY, last)

    def make(_digest: str) -> Setup:
        return read_setup_of_month(program, schedules, first, last)

    return kept_by(_kept, asked, (said(program),), make)


def read_setup_of_month(program: Program, schedules: Sequence[Schedule], first: date, last: date) -> Setup:
    """The same, read anew (10 queries)."""
    years = sorted({schedule.academic_year_id for schedule in schedules})
    return _read(program, years, first, last, blocks=blocks_between(program.pk, first - DAY, last))


def setup_of_year(program: Program, schedule: Schedule) -> Setup:
    """For the year grid of a schedule (1 query where it is kept, else 13)."""
    asked = Asked(YEAR, program.pk, (schedule.academic_year_id,), schedule.start_date, schedule.end_date)
    return kept_by(_kept, asked, (said(program),), lambda _digest: read_setup_of_year(program, schedule))


def read_setup_of_year(program: Program, schedule: Schedule) -> Setup:
    """The same, read anew (12 queries)."""
    years, first, last = [schedule.academic_year_id], schedule.start_date, schedule.end_date
    curriculum, history = read_curriculum(program), _done(schedule.academic_year_id)
    return _read(program, years, first, last, curriculum=curriculum, history=history)


def _read(program: Program, years: Sequence[int], first: date, last: date, **rest: Any) -> Setup:
    return Setup(
        program=program,
        first=first,
        last=last,
        catalog=catalog_of(program),
        ranks=ranks_of(program),
        leave=leave_between(program, first, last),
        holidays=public_holidays(program, first, last),
        periods=[instance(Period, row) for row in _periods(years, first, last)],
        needs=tuple(needs_of(program)),
        people=_people(program.pk, first, last),
        **rest,
    )


@lru_cache(maxsize=256)
def choices_of(catalog: Catalog, ranks: Ranks) -> Choices:
    """What these can be filtered by, as they are and were."""
    changes = [rank for _, rank in (each for changed in ranks.changes.values() for each in changed)]
    cohorts = [cohort for _, cohort in (each for changed in ranks.cohort_changes.values() for each in changed)]
    levels = {rank.level for rank in (*ranks.today.values(), *changes)}
    return Choices(
        {rotation.code: (key, rotation.name) for key, rotation in catalog.rotations.items()},
        sorted(levels, key=lambda level: (level == FACULTY_LEVEL, level)),
        sorted({cohort for cohort in (*ranks.cohorts_today.values(), *cohorts) if cohort}),
    )


@prepared
def _people(program: int, first: date, last: date) -> QuerySet[Any, Any]:
    people = Person.objects.filter(program=program).employed_between(first, last).order_by("name")
    return people.values_list("pk", "name", "start_date", "end_date", "email", "phone", "is_active")


@prepared
def _in(people: Sequence[int], schedules: Sequence[int]) -> QuerySet[Any, Any]:
    placed = Exists(RotationAssignment.objects.filter(schedule__in=schedules, person=OuterRef("pk")))
    works = Exists(Assignment.objects.filter(schedule__in=schedules, person=OuterRef("pk")))
    return Person.objects.filter(placed | works, pk__in=people).order_by().values_list("pk")


@prepared
def _periods(years: Sequence[int], first: date, last: date) -> QuerySet[Any, Any]:
    rows = Period.objects.filter(academic_year__in=years, start_date__lte=last, end_date__gte=first)
    return rows.order_by("start_date").values_list(*columns(Period))


@prepared
def blocks_between(program: int, first: date, last: date) -> QuerySet[Any, Any]:
    rows = Block.objects.filter(shift_type__program=program, date__range=(first, last)).order_by()
    return rows.values_list("pk", "date", "shift_type_id", "starts_at", "ends_at")


@prepared
def _done(year: int) -> QuerySet[Any, Any]:
    rows = History.objects.filter(academic_year=year).order_by()
    return rows.values_list("person_id", "rotation_id", "periods")
