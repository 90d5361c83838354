"""What the problems of a schedule are found from, read in a constant number of queries.

Rows are thin tuples: a year of 60 people has 16,000 of them, and all are read after every edit, since counts and
balances are everybody's. What is dear, the rules, is judged only of people whose rows have changed (see `broken`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from scheduling.models import Assignment, Block, Schedule
from scheduling.services import facts as facts_
from scheduling.services.facts import Facts
from scheduling.services.plan_problem import schedule_before
from scheduling.services.roster_build import Plan, stored_plan

RECENT = timedelta(days=28)  # no rule looks further back
DAY = timedelta(days=1)


class Taken(NamedTuple):
    """What a person holds in a block, by keys."""

    block: int
    rotation: int
    role: str
    override: str


class When(NamedTuple):
    """A block: its day, its shift type's key, its instants."""

    day: date
    shift_type: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Ground:
    """A schedule as it stands.

    `rows` are by person's key, in order of the blocks' keys; `recent` those of the last weeks of what was published
    before it, without their overrides.
    """

    facts: Facts
    plan: Plan
    blocks: Mapping[int, When]
    rows: Mapping[int, Sequence[Taken]]
    recent: Mapping[int, Sequence[Taken]]

    @cached_property
    def period_of(self) -> Mapping[date, int]:
        """The place of each day's period among the schedule's, from 0; days of no period are not there."""
        found = {}
        for place, period in enumerate(self.facts.periods):
            for offset in range((period.end_date - period.start_date).days + 1):
                found[period.start_date + offset * DAY] = place
        return found


def read(schedule: Schedule) -> Ground:
    """Read them. Raises ValidationError where the program's rule settings are wrong."""
    facts = facts_.load(schedule)
    before = schedule_before(facts.schedule)
    since = facts.first - RECENT if before else facts.first
    blocks = {
        pk: When(day, shift_type, starts_at, ends_at)
        for pk, day, shift_type, starts_at, ends_at in Block.objects.filter(
            shift_type__in=list(facts.shift_types), date__range=(since, facts.last)
        )
        .order_by()
        .values_list("pk", "date", "shift_type_id", "starts_at", "ends_at")
    }
    rows: dict[int, list[Taken]] = defaultdict(list)
    # By schedule alone: its index gives the rows in order, and a join to their dates would cost more than all else.
    stored = Assignment.objects.filter(schedule=facts.schedule).order_by("person_id", "block_id")
    for person, block, rotation, role, override in stored.values_list(
        "person_id", "block_id", "rotation_id", "role", "override"
    ):
        if block in blocks:
            rows[person].append(Taken(block, rotation, role, override))
    recent: dict[int, list[Taken]] = defaultdict(list)
    if before is not None:
        near = [pk for pk, when in blocks.items() if when.day < facts.first]
        taken = Assignment.objects.filter(schedule=before, block__in=near).order_by("person_id", "block_id")
        for person, block, rotation, role in taken.values_list("person_id", "block_id", "rotation_id", "role"):
            recent[person].append(Taken(block, rotation, role, ""))
    return Ground(facts, stored_plan(facts), blocks, rows, recent)
