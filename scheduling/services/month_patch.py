"""What an open month shows differently after edits: the rows of those who were touched, and all lines of staffing."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from scheduling.models import Schedule
from scheduling.services.facts_kept import Known
from scheduling.services.grid_rows import Group, Row, Wanted, row_of
from scheduling.services.month_counted import Stage, keep, lines_now, stage_of
from scheduling.services.month_gestures import Done
from scheduling.services.month_grid import Month, read_month
from scheduling.services.month_held import Held, Turn, read_between
from scheduling.services.month_rows import Duty, PersonMonth, Shift, person_month

DAY = timedelta(days=1)


def read_touched(
    known: Known,
    schedule: Schedule,
    first: date,
    last: date,
    wanted: Wanted,
    people: Collection[int],
    done: Done | None,
) -> Month:
    """The month of a schedule that covers it, as `month_grid.read_month` reads it with `only` these people.

    `done` is what was just done, if anything was.
    """
    stage = stage_of(known, schedule, first, last)
    held, lines = None, None
    if stage is not None and stage.people.keys() >= set(people):
        held = _held(done, schedule, people, first - DAY, last) or read_between(known.facts, people, first - DAY, last)
        lines = lines_now(known, schedule, stage, done)
    if stage is None or held is None or lines is None:
        month = read_month(schedule.program, [schedule], first, last, wanted, only=people, facts=known.facts)
        keep(known, schedule, first, last, month.staffing)
        return month
    rows = list(_rows(known, stage, people, first, last))
    months = [each for each in _months(schedule, stage, rows, held) if wanted.matches(each.row, ())]
    return Month(
        days=stage.days,
        groups=[Group("", months)],
        people=len(months),
        total=len(rows),
        staffing=lines,
        catalog=stage.ground.catalog,
        has_roster=True,
    )


def _held(done: Done | None, schedule: Schedule, people: Collection[int], first: date, last: date) -> Held | None:
    """What these people work, from what was read for the edit and what it changed."""
    if done is None or done.held is None or done.edit.revision != schedule.revision:
        return None
    return done.held if done.held.covers(people, first, last) else None


def _rows(known: Known, stage: Stage, people: Collection[int], first: date, last: date) -> Iterator[Row]:
    for key in sorted(people):
        person = stage.people[key]
        if (span := known.facts.employed(person, first, last)) is not None:
            yield row_of(person, stage.ground.ranks, *span)


def _months(schedule: Schedule, stage: Stage, rows: Sequence[Row], held: Held) -> list[PersonMonth]:
    """What these people work."""
    blocks: dict[int, Shift] = {}
    duties: dict[int, dict[int, Duty]] = defaultdict(dict)
    first, last = stage.days[0].date - DAY, stage.days[-1].date
    for each in held.turns.values():
        if first <= each.day <= last:
            if each.block not in blocks:
                blocks[each.block] = _shift(schedule, stage, each)
            marks = each.is_pinned, each.note, each.override
            duties[each.person][each.block] = Duty(each.rotation, each.shift_type, each.role, *marks)
    leave = stage.ground.leave
    return [person_month(row, duties[row.pk], list(leave.get(row.pk, ())), stage.days, blocks) for row in rows]


def _shift(schedule: Schedule, stage: Stage, turn: Turn) -> Shift:
    """The block of a turn; made once."""
    key = turn.block, turn.shift_type, turn.day, turn.starts_at, turn.ends_at
    if key not in stage.shifts:
        ends_on = turn.ends_at.astimezone(schedule.program.zone).date()
        hours = (turn.ends_at - turn.starts_at).total_seconds() / 3600
        stage.shifts[key] = Shift(
            stage.ground.catalog.shift_types[turn.shift_type], ends_on, turn.day, turn.starts_at, hours
        )
    return stage.shifts[key]
