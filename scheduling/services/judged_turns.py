"""Who works what around a change, as the judge of changes reads it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from people.prepared import prepared
from scheduling.models import Assignment, Block, Schedule
from scheduling.services.checking import Worked
from scheduling.services.facts import Facts
from scheduling.services.month_held import Held
from scheduling.services.plan_problem import schedule_before

DAY = timedelta(days=1)

type Key = tuple[date, str]  # a block: its date and its shift type's code


def turns_near(
    facts: Facts,
    since: date,
    until: date,
    people: Collection[int] | None,
    near: tuple[date, date],
) -> dict[int, dict[Key, Worked]]:
    """Who works what from `since` to `until`: in this schedule, and before it in the one published then.

    Where only some people are asked for, the others are read on the days near by, as their team.
    """
    codes = {pk: shift_type.code for pk, shift_type in facts.shift_types.items()}
    rows = Block.objects.filter(shift_type__in=codes, date__range=(since, until)).order_by()
    blocks = {row[0]: row for row in rows.values_list("pk", "date", "shift_type_id", "starts_at", "ends_at")}
    found: dict[int, dict[Key, Worked]] = defaultdict(dict)
    for schedule, from_day, to_day in _sources(facts, since):
        # By the blocks' keys: the index of (block, schedule) then gives these days alone.
        there = [pk for pk, row in blocks.items() if from_day <= row[1] <= to_day]
        if people is None:
            wanted = Q(block__in=there)
        else:
            # One person's blocks by the index of (schedule, person, block): the range of dates is cut below.
            wanted = Q(person__in=people) | Q(block__in=[pk for pk in there if near[0] <= blocks[pk][1] <= near[1]])
        taken = Assignment.objects.filter(wanted, schedule=schedule).order_by()
        for person, block, rotation, role, pinned in taken.values_list(
            "person_id", "block_id", "rotation_id", "role", "is_pinned"
        ):
            if block not in blocks or not from_day <= blocks[block][1] <= to_day:
                continue
            _, day, shift, starts_at, ends_at = blocks[block]
            key = (day, codes[shift])
            found[person][key] = Worked(key, person, day, starts_at, ends_at, shift, rotation, role, pinned)
    return found


def turns_of(
    facts: Facts, since: date, until: date, people: Collection[int], held: Held | None = None
) -> dict[int, dict[Key, Worked]]:
    """The same of these people alone (a query for each schedule, but for what is `held`): few rows, so their blocks
    come along."""
    codes = {pk: shift_type.code for pk, shift_type in facts.shift_types.items()}
    found: dict[int, dict[Key, Worked]] = defaultdict(dict)
    for schedule, from_day, to_day in _sources(facts, since):
        if held is not None and schedule.pk == held.facts.schedule.pk and held.covers(people, from_day, until):
            for (person, day, code), turn in held.turns.items():
                if person in people and from_day <= day <= until:
                    key = (day, code)
                    block = turn.starts_at, turn.ends_at, turn.shift_type
                    found[person][key] = Worked(key, person, day, *block, turn.rotation, turn.role, turn.is_pinned)
            continue
        rows = _turns(schedule.pk, list(people), from_day, min(to_day, until))
        for person, rotation, role, pinned, day, shift, starts_at, ends_at in rows:
            key = (day, codes[shift])
            found[person][key] = Worked(key, person, day, starts_at, ends_at, shift, rotation, role, pinned)
    return found


@prepared
def _turns(schedule: int, people: Sequence[int], first: date, last: date) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule=schedule, person__in=people, block__date__range=(first, last)).order_by()
    values = ("block__date", "block__shift_type", "block__starts_at", "block__ends_at")
    return rows.values_list("person", "rotation", "role", "is_pinned", *values)


def _sources(facts: Facts, since: date) -> list[tuple[Schedule, date, date]]:
    """The schedule, and where days before it are asked for the one published then; with the days that are read."""
    sources = [(facts.schedule, max(since, facts.first), facts.last)]
    if since < facts.first and (before := schedule_before(facts.schedule)) is not None:
        sources.append((before, since, facts.first - DAY))
    return sources
