"""Holding a version that is to be changed; and what an edit asks beside it, by one statement: each by itself costs as
much as all of them.

That is asked after the version is locked: a statement that waited for the lock has seen other rows as they were before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet

from people.models import User
from people.prepared import prepared
from scheduling.models import Edit, GenerationRun, RotationAssignment, Schedule
from scheduling.services import versions
from scheduling.services.facts_kept import asked_of
from scheduling.services.generate import active_run

# Rows of the plan: person, period, rotation, by key.
type Placed = list[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Beside:
    """`digest` is `facts_kept.digest_of`. `placed` is the plan of `people`; None on SQLite, where it is read when it
    is needed."""

    digest: str
    has_runs: bool
    has_undone: bool
    people: frozenset[int]
    placed: Placed | None

    def placed_of(self, people: Collection[int]) -> Placed | None:
        """The plan of these, where it was read."""
        if self.placed is None or not self.people.issuperset(people):
            return None
        return [row for row in self.placed if row[0] in people]


def hold(schedule: Schedule) -> Schedule:
    """The schedule as it is now, held until the transaction ends, with program and year.

    Raises ValidationError where it cannot change.
    """
    schedule = _lock(schedule)
    _refuse_generated(schedule, has_runs=bool(_active_runs(schedule.pk)))
    return schedule


def hold_to_change(schedule: Schedule, user: User, people: Collection[int]) -> tuple[Schedule, Beside]:
    """The same, with what a change of these people by this user asks beside it (2 queries)."""
    schedule = _lock(schedule)
    beside = read_beside(schedule, user, people)
    _refuse_generated(schedule, has_runs=beside.has_runs)
    return schedule, beside


def _lock(schedule: Schedule) -> Schedule:
    found = _held(schedule.pk)
    if not found:
        raise Schedule.DoesNotExist(f"There is no schedule {schedule.pk} any more.")
    schedule = versions.made(found[0])
    if schedule.status == Schedule.Status.ARCHIVED:
        raise ValidationError(f"{schedule} is archived: it stays as it was. Make a draft from it and change that.")
    return schedule


def _refuse_generated(schedule: Schedule, *, has_runs: bool) -> None:
    if has_runs and active_run(schedule):
        raise ValidationError(f"{schedule} is being generated: wait for that to end, or cancel it.")


@prepared
def _held(schedule: int) -> QuerySet[Any, Any]:
    locked = Schedule.objects.filter(pk=schedule).select_for_update(of=("self",), no_key=True)
    return locked.order_by().values_list(*versions.COLUMNS)


@prepared
def _active_runs(schedule: int) -> QuerySet[Any, Any]:
    return GenerationRun.objects.active().filter(schedule=schedule).order_by().values_list("pk")[:1]


def read_beside(schedule: Schedule, user: User, people: Collection[int]) -> Beside:
    """What stands beside a version that is held (1 query)."""
    values: dict[str, Any] = {"schedule": schedule.pk, "user": user.pk}
    if connection.vendor == "postgresql":
        values["people"] = sorted(people)
    digest, has_runs, has_undone, plan = asked_of(schedule).beside(_columns(connection.vendor), values)
    placed = None
    if plan is not None:
        numbers = iter(map(int, plan.split()))
        placed = list(zip(numbers, numbers, numbers, strict=True))
    return Beside(digest, bool(has_runs), bool(has_undone), frozenset(people), placed)


@cache
def _columns(vendor: str) -> str:
    states = ", ".join(f"'{status.value}'" for status in GenerationRun.ACTIVE)
    runs, edits, plan = (model._meta.db_table for model in (GenerationRun, Edit, RotationAssignment))
    of_plan = (
        f"""(SELECT coalesce(string_agg(person_id || ' ' || period_id || ' ' || rotation_id, ' '), '')
            FROM {plan} WHERE schedule_id = %(schedule)s AND person_id = ANY(%(people)s))"""  # noqa: S608 our own names
        if vendor == "postgresql"
        else "NULL"
    )
    return f"""
        EXISTS (SELECT 1 FROM {runs} WHERE schedule_id = %(schedule)s AND status IN ({states})),
        EXISTS (SELECT 1 FROM {edits}
            WHERE schedule_id = %(schedule)s AND user_id = %(user)s AND undone_at IS NOT NULL),
        {of_plan}"""  # noqa: S608 none of it is anybody's input
