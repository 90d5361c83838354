"""One person's month: what comes next, each day with who is on with them, and their share of the work."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from people.models import Person, Program
from people.standing import Rank
from scheduling.models import Assignment, Rotation, Schedule, ShiftType
from scheduling.models.plan import AssignmentQuerySet
from scheduling.services.month_grid import Cell, Day, PersonMonth, Tally, read_month

SHOWN, LOOKED_AT = 2, 8  # turns ahead


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


def read_my_month(person: Person, schedules: Sequence[Schedule], first: date, last: date) -> MyMonth:
    """The days from first to last of these schedules for one person (16 queries at most)."""
    month = read_month(person.program, schedules, first, last)
    everybody = [row for group in month.groups for row in group.rows]
    mine = next((row for row in everybody if row.row.pk == person.pk), None)
    turns: dict[date, list[Turn]] = defaultdict(list)
    for turn in _turns(person, Assignment.objects.filter(schedule__in=schedules, block__date__range=(first, last))):
        turns[turn.date].append(turn)
    cells: Sequence[Cell] = mine.cells if mine else [Cell()] * len(month.days)
    return MyMonth(
        entries=[Entry(day, cell, turns.get(day.date, [])) for day, cell in zip(month.days, cells, strict=True)],
        share=_share(mine, everybody) if mine else None,
        level=mine.row.rank.label if mine else person.level_label,
        turns=sum(map(len, turns.values())),
    )


def next_turns(person: Person, now: datetime) -> tuple[list[Turn], Turn | None]:
    """The block under way and the one after it, in the program's published schedules; and the next turn on backup, if
    one comes before them or soon after."""
    rows = Assignment.objects.filter(schedule__in=Schedule.objects.published().filter(program=person.program_id))
    found = _turns(person, rows.filter(block__ends_at__gt=now), LOOKED_AT)
    work = [turn for turn in found if turn.role != Assignment.Role.BACKUP]
    return work[:SHOWN], next((turn for turn in found if turn.role == Assignment.Role.BACKUP), None)


def _turns(person: Person, rows: AssignmentQuerySet, count: int | None = None) -> list[Turn]:
    found = list(
        rows.filter(person=person)
        .select_related("block__shift_type", "rotation", "schedule")
        .order_by("block__starts_at")[:count]
    )
    others = Assignment.objects.filter(
        block__in={one.block_id for one in found},
        schedule__in={one.schedule_id for one in found},
        rotation__in={one.rotation_id for one in found},
    ).exclude(person=person)
    together: dict[tuple[int, int, int], list[tuple[str, str]]] = defaultdict(list)
    for schedule, block, rotation, name, role in others.order_by("person__name").values_list(
        "schedule_id", "block_id", "rotation_id", "person__name", "role"
    ):
        together[schedule, block, rotation].append((name, role))
    return [_turn(person.program, one, together[one.schedule_id, one.block_id, one.rotation_id]) for one in found]


def _turn(program: Program, one: Assignment, together: Sequence[tuple[str, str]]) -> Turn:
    supervising = Assignment.Role.SUPERVISING
    return Turn(
        rotation=one.rotation,
        shift_type=one.block.shift_type,
        date=one.block.date,
        starts_at=one.block.starts_at.astimezone(program.zone),
        ends_at=one.block.ends_at.astimezone(program.zone),
        role=one.role,
        is_pinned=one.is_pinned,
        together=[name for name, role in together if role != supervising],
        supervisors=[name for name, role in together if role == supervising],
        why=(one.schedule.number, one.pk),
    )


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
