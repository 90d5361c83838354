"""The lines at the foot of a month: how many work each rotation and shift on each day, against what is asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from people.standing import Rank
from scheduling.services.grid_rows import Catalog
from scheduling.services.staffing import Count, Line, Need, bounds, grouped, label


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who works in the month.

    `days` are (date, number of its period, whether it is a holiday); `blocks` are (date, shift type, rotation,
    person), backups of other shifts left out. `ranks` are those of everybody in the grid.
    """

    ranks: dict[int, Rank]
    days: Sequence[tuple[date, int | None, bool]]
    blocks: Sequence[tuple[date, int, int, int]]


def staffing_lines(attendance: Attendance, needs: Sequence[Need], catalog: Catalog) -> list[Line]:
    """A line for each block staffing rule, then one for each rotation that is worked without a rule."""
    by_block: dict[tuple[date, int], list[tuple[int, Rank]]] = defaultdict(list)
    by_day: dict[tuple[date, int], set[int]] = defaultdict(set)
    for day, shift_type, rotation, person in attendance.blocks:
        by_block[day, shift_type].append((rotation, attendance.ranks[person]))
        by_day[day, rotation].add(person)
    asked = [need for need in needs if need.shift_type is not None]
    lines = [_asked_line(group, attendance, by_block, catalog) for group in grouped(asked)]
    ruled = {rotation for need in asked for rotation in need.rotations}
    worked = {rotation for _day, rotation in by_day}
    plain = [rotation for key, rotation in catalog.rotations.items() if key in worked - ruled]
    return lines + [
        Line(
            rotation.code,
            f"{rotation.name}, people a day",
            [Count(len(by_day[day, rotation.pk])) for day, _number, _holiday in attendance.days],
            rotation=rotation.pk,
        )
        for rotation in plain
    ]


def _asked_line(
    group: Sequence[Need],
    attendance: Attendance,
    by_block: dict[tuple[date, int], list[tuple[int, Rank]]],
    catalog: Catalog,
) -> Line:
    counts: list[Count | None] = []
    for day, number, holiday in attendance.days:
        asked = bounds(need for need in group if need.holds_on(day, number, holiday=holiday))
        shift_type = group[0].shift_type
        there = (
            sum(
                group[0].weight
                for rotation, rank in by_block.get((day, shift_type), ())
                if rotation in group[0].rotations and group[0].counts(rank)
            )
            if shift_type is not None
            else 0
        )
        counts.append(Count(there, *asked) if asked else Count(there) if there else None)
    return Line(*label(group, catalog.rotations, catalog.shift_types), counts, group[0])
