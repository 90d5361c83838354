"""A program's own rules on what one person may work beside what, and on who is called where: one place for whoever asks
who can take a block."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from people.models import FACULTY_LEVEL
from scheduling.models import Assignment, CrossCover, Placement, Rotation, ShiftType
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
    """Pairs of shift types, by key, that join on a date.

    `cross_cover` says who is called to which blocks of other rotations; `ruled_out` the person, date and shift type of
    what somebody has ruled out by hand.
    """

    facts: Facts
    joined: frozenset[tuple[int, int]]
    cross_cover: Sequence[Call]
    ruled_out: frozenset[tuple[int, date, int]]

    def conflict(self, own: Worked, lost: Turn) -> str:
        """Why a person cannot work both, as the beginning of a sentence; blank where they can."""
        mine, theirs = own.shift_type, lost.shift_type.pk
        if own.starts_at < lost.ends_at and lost.starts_at < own.ends_at:
            return "is at work then:"
        if own.day == lost.date and (mine, theirs) not in self.joined:
            return "works that day:"
        if own.day == lost.date - DAY and is_off_after(self.facts, own, self.facts.shift_types[theirs]):
            return "comes from"
        if own.day == lost.date + DAY and may_not_follow(self.facts, own, self.facts.shift_types[theirs]):
            return "works the day after:"
        return ""

    def calls(self, placed: Rotation, lost: Turn, level: int) -> bool:
        """Whether somebody of this level on this rotation may be called to the block."""
        return any(
            (call.placed, call.covers) == (placed.pk, lost.rotation.pk)
            and lost.shift_type.pk in call.shift_types
            and (not call.weekdays or lost.date.weekday() in call.weekdays)
            and is_called(level, call.levels)
            for call in self.cross_cover
        )


def is_called(level: int, levels: Collection[int]) -> bool:
    """Whether cross-cover of these levels calls somebody of this one; without levels it calls all residents."""
    return level in levels if levels else level != FACULTY_LEVEL


def is_backup(facts: Facts, own: Worked) -> bool:
    return own.role == Assignment.Role.BACKUP or facts.shift_types[own.shift_type].duty == ShiftType.Duty.BACKUP


def can_be_called(facts: Facts, own: Worked, to: ShiftType) -> bool:
    """Whether it is backup, which ends where one is called to work; to backup nobody is called from backup."""
    return is_backup(facts, own) and to.duty != ShiftType.Duty.BACKUP


def is_used_up(facts: Facts, own: Worked, to: ShiftType, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a backup ends since one is called to a block of that time; what was published before is not changed."""
    overlaps = own.starts_at < ends_at and starts_at < own.ends_at
    return overlaps and can_be_called(facts, own, to) and facts.first <= own.day <= facts.last


def is_off_after(facts: Facts, own: Worked, following: ShiftType) -> bool:
    """Whether a block of the day before keeps somebody from this shift: the day after a night or a 24-hour call is off,
    and the program says what may not follow what."""
    if is_backup(facts, own):
        return False
    shift = facts.shift_types[own.shift_type]
    is_long = shift.is_night or shift.is_call or own.ends_at - own.starts_at >= DAY
    ends_on = own.ends_at.astimezone(facts.schedule.program.zone).date()
    is_over_night = shift.duty == ShiftType.Duty.IN_HOUSE and is_long and ends_on > own.day
    return (is_over_night and not following.is_night) or following in shift.not_followed_by.all()


def may_not_follow(facts: Facts, own: Worked, before: ShiftType) -> bool:
    """Whether the program says that a block of the day after may not follow this shift."""
    return not is_backup(facts, own) and facts.shift_types[own.shift_type] in before.not_followed_by.all()


def house_rules(facts: Facts) -> HouseRules:
    """Read them (2 queries)."""
    shift_types = facts.shift_types.values()
    joins = [(one.pk, other.pk) for one in shift_types for other in one.joins.all()]
    year = facts.schedule.academic_year_id
    blocks = Placement.objects.filter(academic_year=year, is_allowed=False).values_list("person", "date", "shift_type")
    return HouseRules(
        facts=facts,
        joined=frozenset([*joins, *((other, one) for one, other in joins)]),
        cross_cover=_calls(facts),
        ruled_out=frozenset((person, day, shift) for person, day, shift in blocks if day is not None),
    )


def _calls(facts: Facts) -> list[Call]:
    rows = CrossCover.objects.filter(rotation__in=list(facts.rotations), is_active=True).order_by()
    shift_types: dict[int, set[int]] = defaultdict(set)
    found = {}
    for key, *values, shift_type in rows.values_list(
        "pk", "rotation_id", "covers_id", "weekdays", "levels", "shift_types"
    ):
        shift_types[key].add(shift_type)
        found[key] = values
    return [
        Call(placed, covers, frozenset(shift_types[key]), frozenset(weekdays), frozenset(levels))
        for key, (placed, covers, weekdays, levels) in found.items()
    ]
