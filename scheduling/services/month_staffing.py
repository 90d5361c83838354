"""The lines at the foot of a month: how many work each rotation and shift on each day, against what is asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from people.standing import Rank
from scheduling.services.grid_rows import Catalog
from scheduling.services.staffing import Count, Line, Need, bounds, grouped, label

type Columns = tuple[tuple[date, int | None, bool], ...]
type Bounds = tuple[int, int | None] | None


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who works in the month.

    `days` are (date, number of its period, whether it is a holiday); `blocks` are (date, shift type, rotation,
    person), backups of other shifts left out. `ranks` are those of everybody in the grid.
    """

    ranks: dict[int, Rank]
    days: Sequence[tuple[date, int | None, bool]]
    blocks: Sequence[tuple[date, int, int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """How many of some people work in each column, by shift type and rotation; how many people each rotation has."""

    by_block: Mapping[tuple[int, int], Sequence[int]]
    people: Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """Who works in a month: people of a rank, counted. A rank may be there several times."""

    by_rank: Sequence[tuple[Rank, Counted]]


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What a line of rules asks for, column by column."""

    label: str
    title: str
    need: Need
    bounds: tuple[Bounds, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The lines of rules of a month, and the rotations that have one."""

    asked: Sequence[_Asked]
    ruled: frozenset[int]
    catalog: Catalog
    width: int


def counted(width: int, people: Iterable[Iterable[tuple[int, int, int]]]) -> Counted:
    """Each of them by what they work: (column, shift type, rotation)."""
    nothing = [0] * width
    by_block: dict[tuple[int, int], list[int]] = {}
    by_rotation: dict[int, list[int]] = {}
    for worked in people:
        seen = set()
        for column, shift_type, rotation in worked:
            key = shift_type, rotation
            if key not in by_block:
                by_block[key] = nothing.copy()
            by_block[key][column] += 1
            seen.add((column, rotation))
        for column, rotation in seen:
            if rotation not in by_rotation:
                by_rotation[rotation] = nothing.copy()
            by_rotation[rotation][column] += 1
    return Counted(by_block, by_rotation)


def staffing_lines(attendance: Attendance, needs: Sequence[Need], catalog: Catalog) -> list[Line]:
    """A line for each block staffing rule, then one for each rotation that is worked without a rule."""
    columns = {day: column for column, (day, _number, _holiday) in enumerate(attendance.days)}
    worked: dict[int, list[tuple[int, int, int]]] = {}
    for day, shift_type, rotation, person in attendance.blocks:
        if day in columns:
            worked.setdefault(person, []).append((columns[day], shift_type, rotation))
    by_rank: dict[Rank, list[list[tuple[int, int, int]]]] = {}
    for person, blocks in worked.items():
        by_rank.setdefault(attendance.ranks[person], []).append(blocks)
    presence = Presence([(rank, counted(len(columns), people)) for rank, people in by_rank.items()])
    return lines_of(presence, rules_of(tuple(needs), tuple(attendance.days), catalog))


def lines_of(presence: Presence, rules: Rules) -> list[Line]:
    """The same, of who is there by column."""
    people: dict[int, list[Sequence[int]]] = {}
    for _, one in presence.by_rank:
        for rotation, numbers in one.people.items():
            people.setdefault(rotation, []).append(numbers)
    plain = [rotation for key, rotation in rules.catalog.rotations.items() if key in people.keys() - rules.ruled]
    return [_line(each, presence, rules.width) for each in rules.asked] + [
        Line(
            rotation.code,
            f"{rotation.name}, people a day",
            [Count(number) for number in map(sum, zip(*people[rotation.pk], strict=True))],
            rotation=rotation.pk,
        )
        for rotation in plain
    ]


@lru_cache(maxsize=256)
def rules_of(needs: tuple[Need, ...], days: Columns, catalog: Catalog) -> Rules:
    """What is asked on these days, of blocks."""
    asked = [need for need in needs if need.shift_type is not None]
    return Rules(
        [
            _Asked(*label(group, catalog.rotations, catalog.shift_types), group[0], _bounds(group, days))
            for group in grouped(asked)
        ],
        frozenset(rotation for need in asked for rotation in need.rotations),
        catalog,
        len(days),
    )


def _bounds(group: Sequence[Need], days: Columns) -> tuple[Bounds, ...]:
    return tuple(
        bounds(need for need in group if need.holds_on(day, number, holiday=holiday)) for day, number, holiday in days
    )


def _line(asked: _Asked, presence: Presence, width: int) -> Line:
    need = asked.need
    there = _there(need, presence, width)
    counts = [
        Count(number, *limits) if limits else Count(number) if number else None
        for number, limits in zip(there, asked.bounds, strict=True)
    ]
    return Line(asked.label, asked.title, counts, need)


def _there(need: Need, presence: Presence, width: int) -> Sequence[float]:
    """What a rule counts in each column."""
    assert need.shift_type is not None
    found = [
        one.by_block[need.shift_type, rotation]
        for rank, one in presence.by_rank
        if need.counts(rank)
        for rotation in need.rotations
        if (need.shift_type, rotation) in one.by_block
    ]
    if not found:
        return [0] * width
    return [need.weight * number for number in map(sum, zip(*found, strict=True))]
