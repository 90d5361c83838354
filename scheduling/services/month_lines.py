"""Lines of staffing after an edit: of the days that it touched, counted from what was there and what is now."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from people.standing import Rank
from scheduling.services.grid_rows import Catalog
from scheduling.services.staffing import Count, Line

# Who counts where: (column, shift type, rotation, person).
type Working = Collection[tuple[int, int, int, int]]


def moved(lines: Sequence[Line], was: Working, now: Working, ranks: Mapping[int, Rank]) -> list[Line] | None:
    """The lines where these people worked the first and work the second; the others worked and work the same.

    `was` and `now` are all that they work in the columns in question. Lines that count none of it stay the same
    objects. None where a line comes or goes: a rotation that no rule counts has one while somebody works it.
    """
    ruled = {rotation for line in lines if line.need for rotation in line.need.rotations}
    with_line = {line.rotation for line in lines if line.need is None}
    if any(rotation not in ruled and rotation not in with_line for _, _, rotation, _ in now):
        return None
    found = [_moved(line, was, now, ranks) for line in lines]
    is_gone = any(line.need is None and not any(count and count.number for count in line.counts) for line in found)
    return None if is_gone else found


def _moved(line: Line, was: Working, now: Working, ranks: Mapping[int, Rank]) -> Line:
    more = _counted(line, now, ranks)
    more.subtract(_counted(line, was, ranks))
    changed = {column: number for column, number in more.items() if number}
    if not changed:
        return line
    counts = list(line.counts)
    for column, number in changed.items():
        counts[column] = (
            _more(counts[column], number, line.need.weight) if line.need else _plain(counts[column], number)
        )
    return replace(line, counts=counts)


def _counted(line: Line, working: Working, ranks: Mapping[int, Rank]) -> Counter[int]:
    """How many of these the line counts in each column: somebody with two shifts of a rotation is one of its people."""
    need = line.need
    if need is None:
        return Counter(
            column for column, _ in {(at, who) for at, _, rotation, who in working if rotation == line.rotation}
        )
    return Counter(
        column
        for column, shift_type, rotation, person in working
        if shift_type == need.shift_type and rotation in need.rotations and need.counts(ranks[person])
    )


def _more(count: Count | None, people: int, weight: float) -> Count | None:
    """So many more people; counted whole, since weights such as a third would not add up."""
    before = round(count.number / weight) if count is not None and weight else 0
    number = weight * (before + people)
    if count is not None and count.fewest is not None:
        return count._replace(number=number)
    return Count(number) if number else None


def _plain(count: Count | None, people: int) -> Count:
    assert count is not None  # a line without rules counts in each column
    return count._replace(number=count.number + people)


def merged(
    lines: Sequence[Line], fresh: Sequence[Line], places: Sequence[int], catalog: Catalog, width: int
) -> list[Line]:
    """Lines with some of their columns counted anew. A rotation that no rule counts has one while somebody works it."""
    now = {_name(line): line for line in fresh}
    was = {_name(line): line for line in lines}
    asked = [line for line in lines if line.need is not None]
    order = {key: place for place, key in enumerate(catalog.rotations)}
    plain = {line.rotation: line for line in (*lines, *fresh) if line.need is None and line.rotation is not None}
    names = [_name(line) for line in asked] + [_name(plain[key]) for key in sorted(plain, key=order.__getitem__)]
    found = [_with_counts(was.get(name), now.get(name), places, width) for name in names]
    return [line for line in found if line.need is not None or any(count and count.number for count in line.counts)]


def _name(line: Line) -> object:
    return line.label, line.title, line.need, line.rotation


def _with_counts(was: Line | None, now: Line | None, places: Iterable[int], width: int) -> Line:
    """The line with these places counted anew; where it was not there before, or is not now, nobody works."""
    line = was or now
    assert line is not None
    counts: list[Count | None] = list(was.counts) if was else [Count(0)] * width
    for number, place in enumerate(places):
        counts[place] = now.counts[number] if now else Count(0)
    return replace(line, counts=counts)
