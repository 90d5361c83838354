"""How many people a plan has on each rotation in each period, against what is asked; also if some were elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from people.standing import Rank
from scheduling.services.grid_rows import Catalog
from scheduling.services.staffing import Count, Line, Need, bounds, grouped, label


@dataclass(frozen=True, slots=True)
class Standing:
    """Who could be counted in a period: what they are then, and whether they are on leave for a part of it."""

    rank: Rank
    is_part_leave: bool


type Worked = tuple[Standing, Sequence[tuple[int, int]]]  # (place of the period, rotation)


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """What one line counts: people on these rotations, by these rules of the same people (none: nothing is asked)."""

    label: str
    title: str
    rotations: frozenset[int]
    needs: Sequence[Need]


@dataclass(frozen=True, slots=True)
class Counting:
    """The lines of a plan. `standing` and `placed` (rotations by person) have one entry for each of the periods, whose
    numbers are `periods`; whoever is away in a period is in neither."""

    kinds: Sequence[Kind]
    periods: Sequence[int]
    standing: Sequence[Mapping[int, Standing]]
    placed: Sequence[Mapping[int, int]]
    _there: dict[int, Mapping[int, Mapping[int, Standing]]] = field(default_factory=dict)

    def column(self, place: int) -> list[Count | None]:
        """What each line counts in the period of this place."""
        there = self._by_rotation(place)
        return [self._count(kind, place, there) for kind in self.kinds]

    def changed(self, place: int, instead: Mapping[int, int | None]) -> Iterator[tuple[Kind, Count, Count]]:
        """What the lines that it touches count before and after some people are on other rotations, or on none."""
        there, standing, placed = self._by_rotation(place), self.standing[place], self.placed[place]
        new: dict[int, dict[int, Standing]] = {}
        for person, rotation in instead.items():
            old = placed.get(person)
            if person not in standing or old == rotation:
                continue
            if old is not None:
                new.setdefault(old, dict(there.get(old, {}))).pop(person, None)
            if rotation is not None:
                new.setdefault(rotation, dict(there.get(rotation, {})))[person] = standing[person]
        after = {**there, **new}
        for kind in self.kinds:
            if not kind.rotations.isdisjoint(new):
                yield kind, self._count(kind, place, there) or Count(0), self._count(kind, place, after) or Count(0)

    def _by_rotation(self, place: int) -> Mapping[int, Mapping[int, Standing]]:
        if place not in self._there:
            found: dict[int, dict[int, Standing]] = defaultdict(dict)
            for person, rotation in self.placed[place].items():
                found[rotation][person] = self.standing[place][person]
            self._there[place] = dict(found)
        return self._there[place]

    def lines(self) -> list[Line]:
        """All of it, as grids show it."""
        columns = [self.column(place) for place in range(len(self.periods))]
        return [
            Line(kind.label, kind.title, [column[number] for column in columns])
            for number, kind in enumerate(self.kinds)
        ]

    def _count(self, kind: Kind, place: int, there: Mapping[int, Mapping[int, Standing]]) -> Count | None:
        if not kind.needs:
            alone = sum(len(there.get(rotation, ())) for rotation in kind.rotations)
            return Count(alone) if alone else None
        need = kind.needs[0]
        counted = [
            one.is_part_leave
            for rotation in need.rotations
            for one in there.get(rotation, {}).values()
            if need.counts(one.rank)
        ]
        number = _weighed(need, len(counted) - sum(counted), sum(counted))
        asked = _bounds(kind, tuple(self.periods))[place]
        return Count(number, *asked) if asked else Count(number) if number else None


def _weighed(need: Need, whole: int, partly: int) -> float:
    """What so many people count, some of whom are on leave for a part of the period."""
    part = need.weight if need.part_leave_weight is None else need.part_leave_weight
    return need.weight * whole + part * partly


@lru_cache(maxsize=1024)
def _bounds(kind: Kind, periods: tuple[int, ...]) -> tuple[tuple[int, int | None] | None, ...]:
    return tuple(bounds(each for each in kind.needs if each.holds_in(number)) for number in periods)


def lines_of(kinds: Sequence[Kind], periods: Sequence[int], people: Iterable[Sequence[Worked]]) -> list[Line]:
    """The lines of what these people work; the same as `Counting.lines`, which can also say what would change."""
    nothing = [0] * len(periods)
    there: dict[Standing, dict[int, list[int]]] = {}
    for worked in people:
        for standing, places in worked:
            by_rotation = there.setdefault(standing, {})
            for place, rotation in places:
                if rotation not in by_rotation:
                    by_rotation[rotation] = nothing.copy()
                by_rotation[rotation][place] += 1
    return [Line(kind.label, kind.title, _counts(kind, tuple(periods), there)) for kind in kinds]


def _counts(
    kind: Kind, periods: tuple[int, ...], there: Mapping[Standing, Mapping[int, Sequence[int]]]
) -> list[Count | None]:
    need = kind.needs[0] if kind.needs else None
    numbers: dict[bool, list[int]] = {False: [0] * len(periods), True: [0] * len(periods)}
    for standing, by_rotation in there.items():
        if need is None or need.counts(standing.rank):
            for rotation in kind.rotations & by_rotation.keys():
                of = numbers[standing.is_part_leave]
                numbers[standing.is_part_leave] = [a + b for a, b in zip(of, by_rotation[rotation], strict=True)]
    pairs = zip(numbers[False], numbers[True], strict=True)
    if need is None:
        return [Count(whole + partly) if whole + partly else None for whole, partly in pairs]
    counted = [_weighed(need, *pair) for pair in pairs]
    return [
        Count(number, *asked) if asked else Count(number) if number else None
        for number, asked in zip(counted, _bounds(kind, periods), strict=True)
    ]


def kinds_of(needs: Iterable[Need], catalog: Catalog, shown: frozenset[int]) -> Sequence[Kind]:
    """A line for each staffing rule of periods, then one for each rotation that is `shown` and has none."""
    return _kinds(tuple(need for need in needs if need.shift_type is None), catalog, shown)


@lru_cache(maxsize=256)
def _kinds(asked: tuple[Need, ...], catalog: Catalog, shown: frozenset[int]) -> Sequence[Kind]:
    kinds = [
        Kind(*label(group, catalog.rotations, catalog.shift_types), group[0].rotations, group)
        for group in grouped(asked)
    ]
    bare = shown - {rotation for need in asked for rotation in need.rotations}
    kinds += [
        Kind(rotation.code, rotation.name, frozenset({key}), ())
        for key, rotation in catalog.rotations.items()
        if key in bare
    ]
    return kinds
