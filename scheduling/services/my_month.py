"""One person's month: what comes next, each day with who is on with them, and their share of the work.

It is read first, and made of what was read afterwards: who has made it before need not make it again.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, StringAgg, Subquery, TextField, Value
from django.db.models.functions import Concat

from people.models import Person
from people.prepared import prepared
from people.standing import Rank
from scheduling.models import Assignment, Rotation, Schedule, ShiftType
from scheduling.services.grid_rows import Catalog, Group, catalog_of
from scheduling.services.month_grid import Month
from scheduling.services.month_rows import Cell, Day, PersonMonth, Tally
from scheduling.services.months_kept import month_of

DAY = timedelta(days=1)
SHOWN, LOOKED_AT = 2, 8  # turns ahead
OVER = 16  # blocks of the last days that may have ended
BETWEEN = "\x1f"  # those who work beside one, as no name has it

VALUES = (
    *("pk", "schedule__number", "block__date", "block__shift_type_id", "block__starts_at", "block__ends_at"),
    *("rotation_id", "role", "is_pinned", "beside"),
)
DATE, STARTS, ENDS = (VALUES.index(name) for name in ("block__date", "block__starts_at", "block__ends_at"))

type Row = tuple[Any, ...]  # of VALUES


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
class Mine:
    """What a person's month is made of, from the first day to the last.

    `rows` are the blocks that they work in these days and, where what comes next was asked for, ahead of them; `own`
    and `level` their row of the month's grid and those of their level, None and empty where they are not in it.
    """

    person: Person
    first: date
    last: date
    rows: tuple[Row, ...]
    catalog: Catalog | None  # None where nothing is there to be named
    days: Sequence[Day]
    own: PersonMonth | None
    level: Sequence[PersonMonth]

    @property
    def decides(self) -> tuple[object, ...]:
        """All of it, to be hashed: rows of the grid are the same objects for as long as they say the same."""
        holidays = tuple(day.holiday for day in self.days)
        return (self.first, self.last, self.rows, self.catalog, holidays, self.own, tuple(self.level))


def read_mine(
    person: Person, schedules: Sequence[Schedule], first: date, last: date, *, today: date | None = None
) -> Mine:
    """The days from first to last, which these published schedules cover, for one person; with `today` what comes
    next after it too, in any published schedule (14 queries at most, 2 where the month is kept).

    The share needs the tallies of the person's level, so the whole month is taken from `months_kept`, which has room
    for those of many programs, and that all of a program read. Reading a part of it for oneself would take as many
    queries.
    """
    month = month_of(person.program, schedules, first, last) if schedules else None
    asked = person.program_id, person.pk, first, last
    # No block that is under way began earlier; their dates are asked for, since they are whole days in the query.
    rows = _of_month_and_ahead(*asked, today - 2 * DAY) if today else _of_month(*asked)
    catalog = month.catalog if month else catalog_of(person.program) if rows else None
    own, level = _in_grid(month, person.pk) if month else (None, ())
    return Mine(person, first, last, tuple(rows), catalog, month.days if month else (), own, level)


def _in_grid(month: Month, person: int) -> tuple[PersonMonth | None, Sequence[PersonMonth]]:
    """The person's row of the month's grid, and those of their level."""
    groups: Sequence[Group[PersonMonth]] = month.groups
    return next(((one, group.rows) for group in groups for one in group.rows if one.row.pk == person), (None, ()))


def entries_of(mine: Mine) -> list[Entry]:
    """The days of the agenda."""
    turns: dict[date, list[Turn]] = defaultdict(list)
    for row in mine.rows:
        if mine.first <= row[DATE] <= mine.last:
            turns[row[DATE]].append(_turn(mine, row))
    cells: Sequence[Cell] = mine.own.cells if mine.own else [Cell()] * len(mine.days)
    return [Entry(day, cell, turns.get(day.date, [])) for day, cell in zip(mine.days, cells, strict=True)]


def ahead_of(mine: Mine, now: datetime) -> list[Row]:
    """The next rows that are not over: of what was read with `today`, the day that it is now."""
    today = now.astimezone(mine.person.program.zone).date()
    return [row for row in mine.rows if row[DATE] >= today - 2 * DAY and row[ENDS] > now][:LOOKED_AT]


def next_turns(mine: Mine, now: datetime) -> tuple[list[Turn], Turn | None]:
    """The block under way and the one after it; and the next turn on backup, if one comes before them or soon after."""
    found = [_turn(mine, row) for row in ahead_of(mine, now)]
    work = [turn for turn in found if turn.role != Assignment.Role.BACKUP]
    return work[:SHOWN], next((turn for turn in found if turn.role == Assignment.Role.BACKUP), None)


def _mine(program: int, person: int) -> QuerySet[Assignment]:
    """What a person works in published schedules, in order."""
    published = Schedule.objects.published().filter(program=program)
    return Assignment.objects.filter(schedule__in=published, person=person).order_by("block__starts_at")


def _with_names(rows: QuerySet[Assignment]) -> QuerySet[Any, Any]:
    """The rows as VALUES; `beside` has the roles and names of those in the same rotation's block, as one text."""
    same = {name: OuterRef(name) for name in ("schedule", "block", "rotation")}
    others = Assignment.objects.filter(**same).exclude(person=OuterRef("person")).order_by().values("block")
    each = Concat("role", Value(" "), "person__name", output_field=TextField())
    beside = others.annotate(names=StringAgg(each, Value(BETWEEN, TextField()))).values("names")
    return rows.annotate(beside=Subquery(beside)).values_list(*VALUES)


@prepared
def _of_month(program: int, person: int, first: date, last: date) -> QuerySet[Any, Any]:
    return _with_names(_mine(program, person).filter(block__date__range=(first, last)))


@prepared
def _of_month_and_ahead(program: int, person: int, first: date, last: date, since: date) -> QuerySet[Any, Any]:
    ahead = _mine(program, person).filter(block__date__gte=since).values("pk")[: LOOKED_AT + OVER]
    return _with_names(_mine(program, person).filter(Q(block__date__range=(first, last)) | Q(pk__in=ahead)))


def _turn(mine: Mine, row: Row) -> Turn:
    assert mine.catalog is not None
    pk, number, day, shift, starts, ends, rotation, role, pinned, beside = row
    others = sorted(
        (name, its) for its, _, name in (each.partition(" ") for each in (beside or "").split(BETWEEN)) if name
    )
    supervising, zone = Assignment.Role.SUPERVISING, mine.person.program.zone
    return Turn(
        rotation=mine.catalog.rotations[rotation],
        shift_type=mine.catalog.shift_types[shift],
        date=day,
        starts_at=starts.astimezone(zone),
        ends_at=ends.astimezone(zone),
        role=role,
        is_pinned=pinned,
        together=[name for name, its in others if its != supervising],
        supervisors=[name for name, its in others if its == supervising],
        why=(number, pk),
    )


def share_of(mine: Mine) -> Share | None:
    """A fair share: what the level works together, divided by days there and part of full time. None for somebody who
    is not in the grid of that month, as before their first day."""
    if mine.own is None:
        return None
    rank: Rank = mine.own.row.rank
    own, level = mine.own.tally, [row.tally for row in mine.level]
    total = sum(float(row.row.rank.share) * row.tally.days_there for row in mine.level)
    part = float(rank.share) * own.days_there / total if total else 0.0
    hours = part * sum(tally.hours for tally in level)
    return Share(
        tally=own,
        fair_nights=part * sum(tally.nights for tally in level),
        fair_weekends=part * sum(tally.weekends for tally in level),
        fair_hours_a_week=hours * 7 / own.days_there if own.days_there else 0.0,
    )
