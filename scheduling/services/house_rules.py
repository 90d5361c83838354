"""A program's own rules on what one person may work beside what, and on who is called where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from scheduling.models import CrossCover, Rotation
from scheduling.services.backups import Turn
from scheduling.services.checking import Worked
from scheduling.services.facts import Facts

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Call:
    """One rule of cross-cover, by keys: who is on `placed` may be called to these shifts of `covers`."""

    placed: int
    covers: int
    shift_types: frozenset[int]
    weekdays: frozenset[int]
    levels: frozenset[int]


@dataclass(frozen=True, slots=True)
class HouseRules:
    """Pairs of shift types, by key: those that join on a date, and those of which the second must not follow the first.

    `cross_cover` says who is called to which blocks of other rotations.
    """

    joined: frozenset[tuple[int, int]]
    not_followed: frozenset[tuple[int, int]]
    cross_cover: Sequence[Call]

    def conflict(self, own: Worked, lost: Turn) -> str:
        """Why a person cannot work both, as the beginning of a sentence; blank where they can."""
        mine, theirs = own.shift_type, lost.shift_type.pk
        if own.starts_at < lost.ends_at and lost.starts_at < own.ends_at:
            return "is at work then:"
        if own.day == lost.date and (mine, theirs) not in self.joined:
            return "works that day:"
        if own.day == lost.date - DAY and (mine, theirs) in self.not_followed:
            return "comes from"
        if own.day == lost.date + DAY and (theirs, mine) in self.not_followed:
            return "works the day after:"
        return ""

    def calls(self, placed: Rotation, lost: Turn, level: int) -> bool:
        """Whether somebody of this level on this rotation may be called to the block."""
        return any(
            (call.placed, call.covers) == (placed.pk, lost.rotation.pk)
            and lost.shift_type.pk in call.shift_types
            and (not call.weekdays or lost.date.weekday() in call.weekdays)
            and (not call.levels or level in call.levels)
            for call in self.cross_cover
        )


def house_rules(facts: Facts) -> HouseRules:
    """Read them (2 queries)."""
    shift_types = facts.shift_types.values()
    joins = [(one.pk, other.pk) for one in shift_types for other in one.joins.all()]
    rows = CrossCover.objects.filter(rotation__in=list(facts.rotations)).prefetch_related("shift_types")
    return HouseRules(
        joined=frozenset([*joins, *((other, one) for one, other in joins)]),
        not_followed=frozenset((one.pk, other.pk) for one in shift_types for other in one.not_followed_by.all()),
        cross_cover=[
            Call(
                placed=row.rotation_id,
                covers=row.covers_id,
                shift_types=frozenset(shift_type.pk for shift_type in row.shift_types.all()),
                weekdays=frozenset(row.weekdays),
                levels=frozenset(row.levels),
            )
            for row in rows
        ],
    )
