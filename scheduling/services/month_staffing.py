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


class Presence:
    """How many of each rank work in each column, by shift type and rotation; how many people each rotation has."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.by_rank: dict[Rank, dict[tuple[int, int], list[int]]] = {}
        self.people: dict[int, list[int]] = {}

    def add(self, rank: Rank, worked: Iterable[tuple[int, int, int]]) -> None:
        """One person of this rank, who works in these (column, shift type, rotation)."""
        nothing, by_block, seen = [0] * self.width, self.by_rank.setdefault(rank, {}), set()
        for column, shift_type, rotation in worked:
            key = shift_type, rotation
            if key not in by_block:
                by_block[key] = nothing.copy()
            by_block[key][column] += 1
            seen.add((column, rotation))
        for column, rotation in seen:
            if rotation not in self.people:
                self.people[rotation] = nothing.copy()
            self.people[rotation][column] += 1


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What a line of rules asks for, column by column."""

    label: str
    title: str
    need: Need
    bounds: tuple[Bounds, ...]


def staffing_lines(attendance: Attendance, needs: Sequence[Need], catalog: Catalog) -> list[Line]:
    """A line for each block staffing rule, then one for each rotation that is worked without a rule."""
    columns = {day: column for column, (day, _number, _holiday) in enumerate(attendance.days)}
    worked: dict[int, list[tuple[int, int, int]]] = {}
    for day, shift_type, rotation, person in attendance.blocks:
        if day in columns:
            worked.setdefault(person, []).append((columns[day], shift_type, rotation))
    presence = Presence(len(columns))
    for person, blocks in worked.items():
        presence.add(attendance.ranks[person], blocks)
    return lines_of(presence, tuple(attendance.days), tuple(needs), catalog)


def lines_of(presence: Presence, days: Columns, needs: tuple[Need, ...], catalog: Catalog) -> list[Line]:
    """The same, of who is there by column."""
    asked = [need for need in needs if need.shift_type is not None]
    ruled = {rotation for need in asked for rotation in need.rotations}
    plain = [rotation for key, rotation in catalog.rotations.items() if key in presence.people.keys() - ruled]
    return [_line(each, presence) for each in _asked(tuple(asked), days, catalog)] + [
        Line(
            rotation.code,
            f"{rotation.name}, people a day",
            [Count(number) for number in presence.people[rotation.pk]],
            rotation=rotation.pk,
        )
        for rotation in plain
    ]


@lru_cache(maxsize=256)
def _asked(needs: tuple[Need, ...], days: Columns, catalog: Catalog) -> tuple[_Asked, ...]:
    return tuple(
        _Asked(*label(group, catalog.rotations, catalog.shift_types), group[0], _bounds(group, days))
        for group in grouped(needs)
    )


def _bounds(group: Sequence[Need], days: Columns) -> tuple[Bounds, ...]:
    return tuple(
        bounds(need for need in group if need.holds_on(day, number, holiday=holiday)) for day, number, holiday in days
    )


def _line(asked: _Asked, presence: Presence) -> Line:
    need = asked.need
    there = _there(need, presence.by_rank, presence.width)
    counts = [
        Count(number, *limits) if limits else Count(number) if number else None
        for number, limits in zip(there, asked.bounds, strict=True)
    ]
    return Line(asked.label, asked.title, counts, need)


def _there(need: Need, by_rank: Mapping[Rank, Mapping[tuple[int, int], Sequence[int]]], width: int) -> Sequence[float]:
    """What a rule counts in each column."""
    assert need.shift_type is not None
    counted = [
        by_block[need.shift_type, rotation]
        for rank, by_block in by_rank.items()
        if need.counts(rank)
        for rotation in need.rotations
        if (need.shift_type, rotation) in by_block
    ]
    if not counted:
        return [0] * width
    return [need.weight * number for number in map(sum, zip(*counted, strict=True))]
