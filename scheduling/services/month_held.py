"""Who works what around a change by hand, read once: for what the days hold, for the judge, for what is written, and
for the rows that the open page shows afterwards.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet

from people.prepared import prepared
from scheduling.models import Assignment, Block
from scheduling.services.cells import Cell, Key, State
from scheduling.services.facts import Facts
from scheduling.services.gestures import At
from scheduling.services.roster_days import DayHeld

# The judge of a change looks so far back, and on, where periods are of four weeks or a month; the page's month as well.
BACK, ON = timedelta(days=52), timedelta(days=42)


class Turn(NamedTuple):
    """An assignment with its block. A tuple, since a person has a hundred of them around a change."""

    pk: int
    person: int
    day: date
    shift_type: int
    block: int
    starts_at: datetime
    ends_at: datetime
    rotation: int
    role: str
    source: str
    is_pinned: bool
    note: str
    override: str


@dataclass(frozen=True, slots=True)
class Held:
    """All that these people work in a schedule from `first` to `last`, as it was read; nothing in it is changed."""

    facts: Facts
    people: frozenset[int]
    first: date
    last: date
    turns: Mapping[Key, Turn]

    def covers(self, people: Collection[int], first: date, last: date) -> bool:
        """Whether it tells all of these people and days, as far as they are the schedule's."""
        of_schedule = max(first, self.facts.first), min(last, self.facts.last)
        return self.people.issuperset(people) and self.first <= of_schedule[0] and of_schedule[1] <= self.last

    def days(self, first: date, last: date) -> dict[At[date], DayHeld]:
        """As `roster_days.read_days` reads them."""
        found: dict[At[date], list[tuple[str, State]]] = defaultdict(list)
        there = [(key[2], each) for key, each in self.turns.items() if first <= each.day <= last]
        for code, each in sorted(there, key=lambda one: (one[1].starts_at, one[1].shift_type)):
            found[each.person, each.day].append((code, self.state(each)))
        return {at: tuple(held) for at, held in found.items()}

    def state(self, turn: Turn) -> State:
        """What a cell holds by it."""
        return State(self.facts.rotations[turn.rotation].code, *turn[8:])

    def after(self, cells: Iterable[Cell], blocks: Mapping[tuple[date, str], "BlockRow"]) -> "Held":
        """What they work once these cells of theirs are written, each found as it is here; `blocks` are theirs."""
        turns = dict(self.turns)
        keys = {rotation.code: key for key, rotation in self.facts.rotations.items()}
        for each in cells:
            turns.pop(each.key, None)
            if (state := each.after) is not None:
                block = blocks[each.date, each.shift]
                turns[each.key] = Turn(
                    *(0, each.person, each.date, block.shift_type, block.pk, block.starts_at, block.ends_at),
                    *(keys[state.rotation], state.role, state.source, state.is_pinned, state.note, state.override),
                )
        return replace(self, turns=turns)


def read_held(facts: Facts, people: Collection[int], first: date, last: date) -> Held:
    """What these people work from BACK before the first day to ON after the last (1 query)."""
    return read_between(facts, people, first - BACK, last + ON)


def read_between(facts: Facts, people: Collection[int], first: date, last: date) -> Held:
    """What these people work from the first to the last of these days (1 query)."""
    codes = {key: shift.code for key, shift in facts.shift_types.items()}
    turns = (Turn._make(row) for row in _turns(facts.schedule.pk, sorted(people), first, last))
    found = {(each.person, each.day, codes[each.shift_type]): each for each in turns}
    return Held(facts, frozenset(people), first, last, found)


@prepared
def _turns(schedule: int, people: Sequence[int], first: date, last: date) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule=schedule, person__in=people, block__date__range=(first, last)).order_by()
    return rows.values_list(
        *("pk", "person_id", "block__date", "block__shift_type_id", "block_id", "block__starts_at", "block__ends_at"),
        *("rotation_id", "role", "source", "is_pinned", "note", "override"),
    )


class BlockRow(NamedTuple):
    """A block."""

    pk: int
    day: date
    shift_type: int
    starts_at: datetime
    ends_at: datetime


def read_blocks(shift_types: Sequence[int], first: date, last: date) -> list[BlockRow]:
    """The blocks of these shift types that there are on these days (1 query)."""
    return [BlockRow._make(row) for row in _blocks(shift_types, first, last)]


@prepared
def _blocks(shift_types: Sequence[int], first: date, last: date) -> QuerySet[Any, Any]:
    rows = Block.objects.filter(shift_type__in=shift_types, date__range=(first, last)).order_by()
    return rows.values_list("pk", "date", "shift_type_id", "starts_at", "ends_at")
