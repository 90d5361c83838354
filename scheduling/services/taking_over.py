"""Take over into a draft what another version says of some days, row by row: what was worked, or what is ahead.

What was worked is not rewritten: whatever is published, or brought back, keeps it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from scheduling.models import Assignment, RotationAssignment, Schedule
from scheduling.services.bulk import insert_from

PLAN = ("person", "period", "rotation", "source", "is_pinned", "note", "override")
ROSTER = ("person", "block", "rotation", "role", "source", "is_pinned", "note", "override")
# What people see of them.
PLACED, WORKED = PLAN[:3], ROSTER[:4]


@dataclass(frozen=True, slots=True)
class Part:
    """Of a version: placements in some periods, and assignments in some blocks."""

    plan: Q
    roster: Q


def over(today: date) -> Part:
    """What is worked by now: blocks that have begun, and periods that have ended."""
    return Part(Q(period__end_date__lt=today), Q(block__date__lt=today) | has_begun(today))


def ahead(today: date) -> Part:
    """All that is not over; of the plan also the period under way."""
    return Part(Q(period__end_date__gte=today), Q(block__date__gte=today) & ~has_begun(today))


def has_begun(today: date) -> Q:
    """Of today's assignments, those whose block has begun."""
    return Q(block__date=today, block__starts_at__lte=timezone.now())


def take_over(sources: Iterable[Schedule], draft: Schedule, part: Part) -> int:
    """Make a draft say in this part what the sources say, which share no day, on the days that they have; pins, notes
    and all (4 queries a source). Returns how many rows of the draft that removed or added.
    """
    changed = 0
    for model, names, gone, lacking in _differing(sources, draft, part, PLAN, ROSTER):
        removed, _ = gone.delete()
        rows = lacking.annotate(into=Value(draft.pk)).values_list("into", *names)
        changed += removed + insert_from(model, ["schedule", *names], rows)
    return changed


def people_otherwise(sources: Iterable[Schedule], draft: Schedule, part: Part) -> set[int]:
    """The keys of those who work or are placed otherwise in this part of a draft than the sources say (1 query)."""
    found = [
        rows.values_list("person_id", flat=True)
        for _, _, *both in _differing(sources, draft, part, PLACED, WORKED)
        for rows in both
    ]
    return set(found[0].union(*found[1:]).order_by()) if found else set()


type _Both = tuple[type[models.Model], Sequence[str], QuerySet[models.Model], QuerySet[models.Model]]


def _differing(
    sources: Iterable[Schedule], draft: Schedule, part: Part, plan: Sequence[str], roster: Sequence[str]
) -> Iterator[_Both]:
    """Per source, for the plan and the roster: the draft's rows that the source does not have, and the other way."""
    rows = sorted(sources, key=lambda each: each.start_date)
    for source, following in zip(rows, [*rows, None][1:], strict=True):
        periods = Q(period__start_date__lte=source.end_date, period__end_date__gte=source.start_date)
        if following is not None:  # a period of two sources goes by the later one
            periods &= Q(period__end_date__lt=following.start_date)
        days = Q(block__date__range=(source.start_date, source.end_date))
        yield RotationAssignment, plan, *_both(RotationAssignment, plan, source, draft, part.plan & periods)
        yield Assignment, roster, *_both(Assignment, roster, source, draft, part.roster & days)


def _both(
    model: type[models.Model], names: Sequence[str], source: Schedule, draft: Schedule, where: Q
) -> tuple[QuerySet[models.Model], QuerySet[models.Model]]:
    rows = model._default_manager.order_by()
    same = {name: OuterRef(name) for name in names}
    theirs, mine = (~Exists(rows.filter(schedule=each, **same)) for each in (source, draft))
    return rows.filter(where, theirs, schedule=draft), rows.filter(where, mine, schedule=source)
