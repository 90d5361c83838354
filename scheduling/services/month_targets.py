"""What would happen if a day of the month were carried elsewhere: a verdict for each place it could go to."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError

from scheduling.models import Schedule
from scheduling.services.cell_verdicts import Ground, ground_of, say
from scheduling.services.gestures import At, Board
from scheduling.services.month_changes import changes_between, days_carried
from scheduling.services.month_gestures import is_closed
from scheduling.services.roster_days import FREE, DayHeld, read_days

DAY = timedelta(days=1)
PUSHED_SO_FAR = timedelta(days=31)  # beyond the last target: a row that has no free day in a month is not pushed


def targets_of(
    schedule: Schedule, verb: str, start: At[date], end: At[date] | None = None
) -> dict[str, dict[str, str]]:
    """By cell, such as "14:2026-11-05": the verdict's name, and words. Without `end` for all cells of the column and of
    the row in this month (a constant number of queries).

    Raises ValidationError for cells that are not there, and for an empty start.
    """
    first, last = _days(schedule, start, end)
    if verb == "push":
        last = min(schedule.end_date, last + PUSHED_SO_FAR)
    ground = ground_of(schedule, first, last, None if end is None else {start[0], end[0]})
    people = [start[0], end[0]] if end is not None else [person.pk for person in ground.facts.people]
    board = _board(ground, read_days(schedule, people, first, last))
    if board.at(start) == FREE and verb != "swap":
        raise ValidationError("The cell is empty: there is nothing to move.")
    places = [end] if end is not None else _around(ground, start)
    return {f"{person}:{day.isoformat()}": _target(ground, board, verb, start, (person, day)) for person, day in places}


def _days(schedule: Schedule, start: At[date], end: At[date] | None) -> tuple[date, date]:
    """The first and the last day that may be asked about. Raises ValidationError for what is not the schedule's."""
    for _, day in filter(None, (start, end)):
        if not schedule.start_date <= day <= schedule.end_date:
            raise ValidationError(f"{day:%a %-d %b %Y} is outside of {schedule}.")
    if end is not None:
        return min(start[1], end[1]), max(start[1], end[1])
    first = start[1].replace(day=1)
    last = (first + PUSHED_SO_FAR).replace(day=1) - DAY
    return max(schedule.start_date, first), min(schedule.end_date, last)


def _board(ground: Ground, held: dict[At[date], DayHeld]) -> Board[date, DayHeld]:
    days = ground.judge.last - ground.judge.first
    columns = [ground.judge.first + DAY * offset for offset in range(days.days + 1)]
    return Board(columns, held, FREE, lambda at: is_closed(ground.facts, at))


def _around(ground: Ground, start: At[date]) -> list[At[date]]:
    """The other cells of the column, and of the row in the month."""
    person, day = start
    column = [(other.pk, day) for other in ground.facts.people if other.pk != person]
    offsets = range((ground.judge.last - ground.judge.first).days + 1)
    row = [(person, ground.judge.first + DAY * offset) for offset in offsets]
    return column + [at for at in row if at[1] != day and at[1].month == day.month]


def _target(ground: Ground, board: Board[date, DayHeld], verb: str, start: At[date], end: At[date]) -> dict[str, str]:
    try:
        after = days_carried(verb, board, start, end)
    except ValidationError as error:
        return {"verdict": "leave" if is_closed(ground.facts, end) else "refused", "words": " ".join(error.messages)}
    said = say(ground, changes_between(board.held, after))
    return {"verdict": said.name, "words": "; ".join([said.words, *said.effects.words])}
