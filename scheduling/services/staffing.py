"""Staffing as grids count it: how many are there, and whether that is too few or too many."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet

from people.kept import Kept
from people.models import FACULTY_LEVEL, Program
from people.prepared import prepared
from people.standing import Rank
from scheduling.models import Rotation, ShiftType, Staffing

FIT_IN_A_LABEL = 2  # rotations whose codes fit the first column; more go by the rule's name


@dataclass(frozen=True, slots=True)
class Need:
    """One staffing rule. `shift_type` None: people placed in a period; else people in a block of that type."""

    name: str
    rotations: frozenset[int]
    shift_type: int | None
    weekdays: frozenset[int]
    holidays: str
    first_period: int | None
    last_period: int | None
    levels: frozenset[int]
    excluded_tracks: frozenset[str]
    fewest: int
    most: int | None
    weight: float
    part_leave_weight: float | None

    def holds_in(self, period: int | None) -> bool:
        """Whether the rule is for the period of this number (None: a day of no period)."""
        if period is None:
            return self.first_period is None and self.last_period is None
        return (self.first_period or period) <= period <= (self.last_period or period)

    def holds_on(self, day: date, period: int | None, *, holiday: bool) -> bool:
        """Whether the rule is for the blocks of this day."""
        if self.holidays == Staffing.Holidays.NOT and holiday:
            return False
        if self.holidays == Staffing.Holidays.ONLY and not holiday:
            return False
        return self.holds_in(period) and (not self.weekdays or day.weekday() in self.weekdays)

    def counts(self, rank: Rank) -> bool:
        """Whether somebody of this rank counts; where no levels are named, every resident does."""
        level_counts = rank.level in self.levels if self.levels else rank.level != FACULTY_LEVEL
        return level_counts and rank.track not in self.excluded_tracks


class Count(NamedTuple):
    """How many there are in one column; fewest and most are None where nothing is asked. A tuple, since a grid has
    hundreds."""

    number: float
    fewest: int | None = None
    most: int | None = None

    @property
    def short(self) -> float:
        """How many are missing."""
        return 0 if self.fewest is None or self.fewest <= self.number else self.fewest - self.number

    @property
    def over(self) -> float:
        """How many are too many."""
        return 0 if self.most is None else max(0, self.number - self.most)


@dataclass(frozen=True)
class Line:
    """One line at the foot of a grid: a label and a count for each column, None where no rule holds.

    `need` is one of the rules of the line, if it has any: the others count the same people. Without rules it counts who
    works `rotation`. After an edit most lines are the same objects, and what they add up to is not added up again.
    """

    label: str
    title: str
    counts: Sequence[Count | None]
    need: Need | None = None
    rotation: int | None = None

    @cached_property
    def asks(self) -> bool:
        """Whether anything is asked of it, in any column."""
        return any(count is not None and count.fewest is not None for count in self.counts)

    def short(self, column: int) -> float:
        """How many are missing in a column."""
        count = self.counts[column]
        return count.short if count else 0

    @cached_property
    def missing(self) -> float:
        """How many are missing in all columns."""
        return sum(count.short for count in self.counts if count)


def needs_of(program: Program) -> list[Need]:
    """All staffing rules of a program that are not off (2 queries)."""
    pairs, rows = _counted_on(program.pk), _rules(program.pk)
    return list(_known.of(repr((pairs, rows)), lambda: _needs(pairs, rows)))


_known: Kept[tuple[Need, ...]] = Kept(256)


def _needs(pairs: Sequence[tuple[int, int]], rows: Sequence[tuple[Any, ...]]) -> tuple[Need, ...]:
    rotations: dict[int, set[int]] = defaultdict(set)
    for key, rotation in pairs:
        rotations[key].add(rotation)
    return tuple(
        Need(
            name=name,
            rotations=frozenset(rotations[key]),
            shift_type=shift_type,
            weekdays=frozenset(weekdays),
            holidays=holidays,
            first_period=first,
            last_period=last,
            levels=frozenset(levels),
            excluded_tracks=frozenset(tracks),
            fewest=fewest,
            most=most,
            weight=weight,
            part_leave_weight=part,
        )
        for key, name, shift_type, weekdays, holidays, first, last, levels, tracks, fewest, most, weight, part in rows
    )


@prepared
def _counted_on(program: int) -> QuerySet[Any, Any]:
    pairs = Staffing.rotations.through.objects.filter(staffing__program=program).order_by()
    return pairs.values_list("staffing_id", "rotation_id")


@prepared
def _rules(program: int) -> QuerySet[Any, Any]:
    return Staffing.objects.filter(program=program, is_active=True).values_list(
        *("pk", "name", "shift_type_id", "weekdays", "holidays", "first_period", "last_period"),
        *("levels", "excluded_tracks", "fewest", "most", "weight", "part_leave_weight"),
    )


def grouped(needs: Iterable[Need]) -> list[list[Need]]:
    """Rules that count the same people in the same shift share a line: weekdays and weekends, say."""
    lines: dict[tuple[object, ...], list[Need]] = defaultdict(list)
    for need in needs:
        key = (need.rotations, need.shift_type, need.levels, need.excluded_tracks, need.weight)
        lines[key].append(need)
    return list(lines.values())


def bounds(needs: Iterable[Need]) -> tuple[int, int | None] | None:
    """The strictest fewest and most of the rules that hold together; None if there are none."""
    holding = list(needs)
    if not holding:
        return None
    mosts = [need.most for need in holding if need.most is not None]
    return max(need.fewest for need in holding), min(mosts, default=None)


def label(needs: Sequence[Need], rotations: dict[int, Rotation], shift_types: dict[int, ShiftType]) -> tuple[str, str]:
    """What a line is called, by codes to fit the first column, and in full."""
    need = needs[0]
    there = sorted((rotations[key] for key in need.rotations), key=lambda rotation: (rotation.position, rotation.code))
    codes = "/".join(one.code for one in there) if len(there) <= FIT_IN_A_LABEL else need.name
    names = " or ".join(one.name for one in there)
    shift = shift_types[need.shift_type].name if need.shift_type else ""
    levels = ", ".join(Rank(level).label for level in sorted(need.levels, key=lambda level: Rank(level).order))
    short = " ".join(part for part in (codes, shift.lower()) if part)
    full = ", ".join(part for part in (names, shift.lower(), levels) if part)
    return f"{short}, {levels}" if levels else short, full
