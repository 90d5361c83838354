"""How many people a plan has on each rotation in each period, against what is asked; also if some were elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from people.standing import Rank
from scheduling.services.grid_rows import Catalog
from scheduling.services.staffing import Count, Line, Need, bounds, grouped, label


@dataclass(frozen=True, slots=True)
class Standing:
    """Who could be counted in a period: what they are then, and whether they are on leave for a part of it."""

    rank: Rank
    is_part_leave: bool


@dataclass(frozen=True, slots=True)
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

    def column(self, place: int, instead: Mapping[int, int | None] | None = None) -> list[Count | None]:
        """What each line counts in the period of this place, with some people on other rotations, or on none."""
        there: dict[int, list[Standing]] = defaultdict(list)
        standing, placed = self.standing[place], self.placed[place]
        for person, rotation in ({**placed, **instead} if instead else placed).items():
            if rotation is not None and person in standing:
                there[rotation].append(standing[person])
        return [self._count(kind, place, there) for kind in self.kinds]

    def lines(self) -> list[Line]:
        """All of it, as grids show it."""
        columns = [self.column(place) for place in range(len(self.periods))]
        return [
            Line(kind.label, kind.title, [column[number] for column in columns])
            for number, kind in enumerate(self.kinds)
        ]

    def _count(self, kind: Kind, place: int, there: Mapping[int, Sequence[Standing]]) -> Count | None:
        if not kind.needs:
            alone = sum(len(there.get(rotation, ())) for rotation in kind.rotations)
            return Count(alone) if alone else None
        need = kind.needs[0]
        part = need.weight if need.part_leave_weight is None else need.part_leave_weight
        number: float = sum(
            part if one.is_part_leave else need.weight
            for rotation in need.rotations
            for one in there.get(rotation, ())
            if need.counts(one.rank)
        )
        asked = bounds(each for each in kind.needs if each.holds_in(self.periods[place]))
        return Count(number, *asked) if asked else Count(number) if number else None


def kinds_of(needs: Iterable[Need], catalog: Catalog, shown: frozenset[int]) -> list[Kind]:
    """A line for each staffing rule of periods, then one for each rotation that is `shown` and has none."""
    asked = [need for need in needs if need.shift_type is None]
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
