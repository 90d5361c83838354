"""One person's month: what comes next, each day with who is on with them, and their share of the work."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from people.models import Person
from people.prepared import prepared
from people.standing import Rank
from scheduling.models import Assignment, Rotation, Schedule, ShiftType
from scheduling.services.grid_rows import Catalog, catalog_of
from scheduling.services.month_rows import Cell, Day, PersonMonth, Tally
from scheduling.services.months_kept import month_of

DAY = timedelta(days=1)
SHOWN, LOOKED_AT = 2, 8  # turns ahead
OVER = 16  # blocks of the last days that may have ended


@dataclass(frozen=True, slots=True)
class Turn:
    """One block that the person works, with the names of who works the same rotation's block with them."""

    rotation: Rotation
    shift_type: ShiftType
    date: date
    starts_at: datetime
    ends_at: datetime
    role: str
    is_pinned: bool
    together: Sequence[str]
    supervisors: Sequence[str]
    why: tuple[int, int]  # the version and the assignment's key


@dataclass(frozen=True, slots=True)
class Entry:
    """One day of the agenda."""

    day: Day
    cell: Cell
    turns: Sequence[Turn]


@dataclass(frozen=True, slots=True)
class Share:
    """The person's work in the month beside a fair share of what their level works; shares are of whole people."""

    tally: Tally
    fair_nights: float
    fair_weekends: float
    fair_hours_a_week: float


@dataclass(frozen=True, slots=True)
class MyMonth:
    """`share` is None for somebody who is not in the grid of that month, as before their first day."""

    entries: Sequence[Entry]
    share: Share | None
    level: str
    turns: int
    catalog: Catalog


def read_my_month(person: Person, schedules: Sequence[Schedule], first: date, last: date) -> MyMonth:
    """The days from first to last of these schedules for one person (16 queries at most, 3 where the month is kept)."""
    month = month_of(person.program, schedules, first, last)
    everybody = [row for group in month.groups for row in group.rows]
    mine = next((row for row in everybody if row.row.pk == person.pk), None)
    turns: dict[date, list[Turn]] = defaultdict(list)
    rows = _of_month([schedule.pk for schedule in schedules], person.pk, first, last)
    for turn in _turns(person, rows, month.catalog):
        turns[turn.date].append(turn)
    cells: Sequence[Cell] = mine.cells if mine else [Cell()] * len(month.days)
    return MyMonth(
        entries=[Entry(day, cell, turns.get(day.date, [])) for day, cell in zip(month.days, cells, strict=True)],
        share=_share(mine, everybody) if mine else None,
        level=mine.row.rank.label if mine else person.level_label,
        turns=sum(map(len, turns.values())),
        catalog=month.catalog,
    )


def next_turns(person: Person, now: datetime, catalog: Catalog | None = None) -> tuple[list[Turn], Turn | None]:
    """The block under way and the one after it, in the program's published schedules; and the next turn on backup, if
    one comes before them or soon after. Pass the program's catalog where it is read already."""
    today = now.astimezone(person.program.zone).date()
    # No block that is under way began earlier; their dates are asked for, since they are whole days in the query.
    rows = [row for row in _ahead(person.program_id, person.pk, today - 2 * DAY) if row[ENDS] > now][:LOOKED_AT]
    found = _turns(person, rows, catalog or catalog_of(person.program)) if rows else []
    work = [turn for turn in found if turn.role != Assignment.Role.BACKUP]
    return work[:SHOWN], next((turn for turn in found if turn.role == Assignment.Role.BACKUP), None)


VALUES = (
    *("pk", "schedule_id", "schedule__number", "block_id", "block__date", "block__shift_type_id"),
    *("block__starts_at", "block__ends_at", "rotation_id", "role", "is_pinned"),
)
ENDS = VALUES.index("block__ends_at")


@prepared
def _of_month(schedules: Sequence[int], person: int, first: date, last: date) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule__in=schedules, person=person, block__date__range=(first, last))
    return rows.order_by("block__starts_at").values_list(*VALUES)


@prepared
def _ahead(program: int, person: int, since: date) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule__in=Schedule.objects.published().filter(program=program), person=person)
    return rows.filter(block__date__gte=since).order_by("block__starts_at").values_list(*VALUES)[: LOOKED_AT + OVER]


@prepared
def _beside(person: int, schedules: Sequence[int], blocks: Sequence[int]) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule__in=schedules, block__in=blocks).exclude(person=person)
    return rows.order_by("person__name").values_list("schedule_id", "block_id", "rotation_id", "person__name", "role")


def _turns(person: Person, rows: Sequence[tuple[Any, ...]], catalog: Catalog) -> list[Turn]:
    schedules, blocks = ({row[VALUES.index(name)] for row in rows} for name in ("schedule_id", "block_id"))
    together: dict[tuple[int, int, int], list[tuple[str, str]]] = defaultdict(list)
    for schedule, block, rotation, name, role in _beside(person.pk, list(schedules), list(blocks)):
        together[schedule, block, rotation].append((name, role))
    supervising, zone = Assignment.Role.SUPERVISING, person.program.zone
    found = []
    for pk, schedule, number, block, day, shift, starts, ends, rotation, role, pinned in rows:
        others = together.get((schedule, block, rotation), ())
        found.append(
            Turn(
                rotation=catalog.rotations[rotation],
                shift_type=catalog.shift_types[shift],
                date=day,
                starts_at=starts.astimezone(zone),
                ends_at=ends.astimezone(zone),
                role=role,
                is_pinned=pinned,
                together=[name for name, its in others if its != supervising],
                supervisors=[name for name, its in others if its == supervising],
                why=(number, pk),
            )
        )
    return found


def _share(mine: PersonMonth, everybody: Sequence[PersonMonth]) -> Share:
    """A fair share: what the level works together, divided by days there and part of full time."""
    rank: Rank = mine.row.rank
    level = [row for row in everybody if row.row.rank.label == rank.label]
    total = sum(float(row.row.rank.share) * row.tally.days_there for row in level)
    part = float(rank.share) * mine.tally.days_there / total if total else 0.0
    hours = part * sum(row.tally.hours for row in level)
    return Share(
        tally=mine.tally,
        fair_nights=part * sum(row.tally.nights for row in level),
        fair_weekends=part * sum(row.tally.weekends for row in level),
        fair_hours_a_week=hours * 7 / mine.tally.days_there if mine.tally.days_there else 0.0,
    )
