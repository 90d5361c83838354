"""What people's days hold: the duties of a date, whole, as a cell of the month shows and changes them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from people.prepared import prepared
from scheduling.models import Assignment, Schedule
from scheduling.services.cells import State
from scheduling.services.gestures import At, Duties

# A day's duties in order of time: the shift type's code, and what the assignment says of itself.
type DayHeld = tuple[tuple[str, State], ...]
type Days = Mapping[At[date], DayHeld]

FREE: DayHeld = ()


def read_days(schedule: Schedule, people: Collection[int], first: date, last: date) -> dict[At[date], DayHeld]:
    """The days of these people on which they work anything (1 query)."""
    found: dict[At[date], list[tuple[str, State]]] = defaultdict(list)
    rows = _days(schedule.pk, list(people), first, last)
    for person, day, shift, rotation, role, source, pinned, note, override in rows:
        found[person, day].append((shift, State(rotation, role, source, pinned, note, override)))
    return {at: tuple(held) for at, held in found.items()}


@prepared
def _days(schedule: int, people: Sequence[int], first: date, last: date) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule=schedule, person__in=people, block__date__range=(first, last))
    marks = ("role", "source", "is_pinned", "note", "override")
    return rows.order_by("block__starts_at", "block__shift_type").values_list(
        "person_id", "block__date", "block__shift_type__code", "rotation__code", *marks
    )


def duties_of(held: DayHeld) -> Duties:
    """The codes of a day's duties, as pages and forms say them."""
    return tuple((state.rotation, shift) for shift, state in held)


def is_same(one: Duties, other: Duties) -> bool:
    """Whether two days hold the same, in whatever order."""
    return sorted(one) == sorted(other)


def text_of(duties: Duties) -> str:
    """As a cell's `data-was` and a form's field hold it: "CL|AM/CL|PM"."""
    return "/".join(f"{rotation}|{shift}" for rotation, shift in duties)
