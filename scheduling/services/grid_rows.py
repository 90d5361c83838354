"""The rows of a grid: a program's people in groups by level, and which of them a reader asked to see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from absences.models import Absence
from people.kept import Kept
from people.models import Person, Program
from people.prepared import columns, instance, prepared
from people.standing import Rank, Ranks
from scheduling.models import Assignment, Rotation, RotationAssignment, Schedule, ShiftType

type Rows = Sequence[tuple[Any, ...]]

SECOND_LOOK = "has_second_look"  # an attribute of rotations, for templates


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader filters a grid by; None or blank means all."""

    rotation: int | None = None
    level: int | None = None
    cohort: str = ""
    name: str = ""

    def matches(self, row: "Row", rotations: Iterable[int]) -> bool:
        """Whether the person is to be shown, who is on these rotations in what the grid shows."""
        return (
            (self.level is None or row.rank.level == self.level)
            and self.cohort in ("", row.cohort)
            and self.name.casefold() in row.name.casefold()
            and (self.rotation is None or self.rotation in set(rotations))
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a grid; `first` and `last` are the days of the grid on which they are with the program.

    Rank and cohort are those of the first of these days.
    """

    pk: int
    name: str
    rank: Rank
    first: date
    last: date
    email: str = ""
    phone: str = ""
    cohort: str = ""

    def __hash__(self) -> int:
        return self.pk


@dataclass(frozen=True, slots=True)
class Group[Member]:
    """The rows of one level, or of one track of it."""

    label: str
    rows: Sequence[Member]


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """What a program schedules, by key. That of a program is the same object for as long as it says the same."""

    rotations: dict[int, Rotation]
    shift_types: dict[int, ShiftType]


def catalog_of(program: Program) -> Catalog:
    """All rotations and shift types of a program, in their order (2 queries)."""
    shift_types, rotations = _shift_types(program.pk), _rotations(program.pk)
    key = (program.pk, program.time_zone, repr(shift_types), repr(rotations))
    return _catalogs.of(key, lambda: _catalog(program, shift_types, rotations))


_catalogs: Kept[Catalog] = Kept(256)


def _catalog(program: Program, shift_types: Rows, rotations: Rows) -> Catalog:
    found = Catalog(
        {row[0]: instance(Rotation, row) for row in rotations},
        {row[0]: instance(ShiftType, row) for row in shift_types},
    )
    for shift in found.shift_types.values():
        shift.program = program  # its times are in the program's zone: no query for each
    mark_second_looks(found.rotations.values())
    return found


@prepared
def _shift_types(program: int) -> QuerySet[Any, Any]:
    return ShiftType.objects.filter(program=program).values_list(*columns(ShiftType))


@prepared
def _rotations(program: int) -> QuerySet[Any, Any]:
    return Rotation.objects.filter(program=program).values_list(*columns(Rotation))


def mark_second_looks(rotations: Iterable[Rotation]) -> None:
    """There are twelve hues: a rotation in use whose hue another has before it looks a little different."""
    given: set[int] = set()
    for rotation in rotations:
        if rotation.is_active:
            setattr(rotation, SECOND_LOOK, rotation.colour in given)
            given.add(rotation.colour)


def has_second_look(rotation: Rotation) -> bool:
    """Whether another rotation of its catalog has the same hue before it; False for rotations of no catalog."""
    return bool(getattr(rotation, SECOND_LOOK, False))


def people_between(program: Program, schedules: Sequence[Schedule], ranks: Ranks, first: date, last: date) -> list[Row]:
    """Those with the program in these days, by level and name: who is active, and who is in the schedules (1 query)."""
    found = _between(program.pk, [schedule.pk for schedule in schedules], first, last)
    return list(rows_of(found, ranks, first, last))


@prepared
def _between(program: int, schedules: Sequence[int], first: date, last: date) -> QuerySet[Any, Any]:
    known = (
        Exists(RotationAssignment.objects.filter(schedule__in=schedules, person=OuterRef("pk"))),
        Exists(Assignment.objects.filter(schedule__in=schedules, person=OuterRef("pk"))),
    )
    return (
        Person.objects.filter(program=program)
        .employed_between(first, last)
        .filter(Q(is_active=True) | known[0] | known[1])
        .order_by("name")
        .values_list("pk", "name", "start_date", "end_date", "email", "phone")
    )


def rows_of(found: Iterable[tuple[Any, ...]], ranks: Ranks, first: date, last: date) -> tuple[Row, ...]:
    """The rows of people by name, whose key, name, first day, last day, email and phone these are: by level and name.
    The same objects for as long as they say the same."""
    return _rows(tuple(found), ranks, first, last)


@lru_cache(maxsize=256)
def _rows(found: tuple[Any, ...], ranks: Ranks, first: date, last: date) -> tuple[Row, ...]:
    rows = [
        _row(pk, name, email, phone, ranks, max(first, start or first), min(last, end or last))
        for pk, name, start, end, email, phone in found
    ]
    return tuple(sorted(rows, key=lambda row: row.rank.order))


def row_of(person: Person, ranks: Ranks, first: date, last: date) -> Row:
    """The row of a person who is with the program on these days of the grid (no query)."""
    return _row(person.pk, person.name, person.email, person.phone, ranks, first, last)


def _row(pk: int, name: str, email: str, phone: str, ranks: Ranks, first: date, last: date) -> Row:
    return Row(pk, name, ranks.on(pk, first), first, last, email, phone, ranks.cohort(pk, first))


class Leave(NamedTuple):
    """An approved absence: first and last day, and its kind."""

    first: date
    last: date
    kind: str


def leave_between(program: Program, first: date, last: date) -> dict[int, list[Leave]]:
    """Approved leave that touches these days, by person (1 query)."""
    return dict(_leave(tuple(_absences(program.pk, first, last))))


@lru_cache(maxsize=256)
def _leave(absences: tuple[tuple[Any, ...], ...]) -> dict[int, list[Leave]]:
    found: dict[int, list[Leave]] = {}
    for person, *span in absences:
        found.setdefault(person, []).append(Leave(*span))
    return found


@prepared
def _absences(program: int, first: date, last: date) -> QuerySet[Any, Any]:
    rows = Absence.objects.approved().overlapping(first, last).filter(person__program=program).order_by("start_date")
    return rows.values_list("person_id", "start_date", "end_date", "kind")


def vacation_between(
    schedules: Sequence[Schedule], catalog: Catalog, first: date, last: date
) -> dict[int, list[Leave]]:
    """Who is placed on a rotation that is vacation in these days, by person: that is leave like any other.

    1 query; none where the program has no such rotation.
    """
    vacations = [key for key, rotation in catalog.rotations.items() if rotation.is_vacation]
    found: dict[int, list[Leave]] = {}
    if not vacations:
        return found
    rows = RotationAssignment.objects.filter(
        schedule__in=schedules, rotation__in=vacations, period__start_date__lte=last, period__end_date__gte=first
    ).order_by("period__start_date")
    for person, start, end in rows.values_list("person_id", "period__start_date", "period__end_date"):
        found.setdefault(person, []).append(Leave(start, end, Absence.Kind.VACATION))
    return found


def merged(*leaves: Mapping[int, Sequence[Leave]]) -> dict[int, list[Leave]]:
    """The leave of several sources, by person."""
    return {
        person: [each for leave in leaves for each in leave.get(person, ())] for leave in leaves for person in leave
    }
