"""What would happen if a day of the month were carried elsewhere: a verdict for the places that are near.

To judge a place takes a millisecond, and something picked up is not to wait for a whole month: the rules are asked of
people in the same column, of the same rank first. Where somebody is away is known without them. The rest is asked for
place by place, as the hand comes over it.
"""

from datetime import date, timedelta

from django.core.exceptions import ValidationError

from scheduling.models import Schedule
from scheduling.services import facts as facts_
from scheduling.services.cell_verdicts import Ground, ground_of, say
from scheduling.services.facts import Facts
from scheduling.services.gestures import At, Board
from scheduling.services.month_changes import changes_between, days_carried
from scheduling.services.month_gestures import is_closed
from scheduling.services.roster_days import FREE, DayHeld, read_days

DAY = timedelta(days=1)
JUDGED_AT_ONCE = 30  # people of the column
PUSHED_SO_FAR = timedelta(days=31)  # beyond the last target: a row that has no free day in a month is not pushed


def targets_of(
    schedule: Schedule, verb: str, start: At[date], end: At[date] | None = None
) -> dict[str, dict[str, str]]:
    """By cell, such as "14:2026-11-05": the verdict's name, and words (a constant number of queries).

    Without `end`, for what is near in the column, and for where somebody is away in the column and in the row of this
    month; nothing for an empty start. Raises ValidationError for cells that are not there.
    """
    first, last = _days(schedule, start, end or start)
    if verb == "push":
        last = min(schedule.end_date, last + PUSHED_SO_FAR)
    facts = facts_.load(schedule)
    places = [end] if end is not None else _near(facts, start)
    people = {start[0], *(person for person, _ in places)}
    ground = ground_of(schedule, first, last, people, facts=facts)
    board = _board(ground, read_days(schedule, people, first, last))
    if board.at(start) == FREE and verb != "swap":
        return {}  # asked a moment too late: it has been moved, here or by somebody else
    away = {} if end is not None or board.at(start) == FREE else _away(facts, start)
    judged = {at: _target(ground, board, verb, start, at) for at in places if at not in away}
    return {f"{person}:{day.isoformat()}": told for (person, day), told in (judged | away).items()}


def _days(schedule: Schedule, start: At[date], end: At[date]) -> tuple[date, date]:
    """The first and the last day of these. Raises ValidationError for what is not the schedule's."""
    for _, day in (start, end):
        if not schedule.start_date <= day <= schedule.end_date:
            raise ValidationError(f"{day:%a %-d %b %Y} is outside of {schedule}.")
    return min(start[1], end[1]), max(start[1], end[1])


def _board(ground: Ground, held: dict[At[date], DayHeld]) -> Board[date, DayHeld]:
    days = ground.judge.last - ground.judge.first
    columns = [ground.judge.first + DAY * offset for offset in range(days.days + 1)]
    return Board(columns, held, FREE, lambda at: is_closed(ground.facts, at))


def _near(facts: Facts, start: At[date]) -> list[At[date]]:
    """The cells of the column that are judged at once: of the same rank first, then in order of the ranks."""
    person, day = start
    ranks = {other.pk: facts.rank(other, day) for other in facts.people}
    own = ranks.get(person)
    others = sorted(ranks.keys() - {person}, key=lambda key: (ranks[key] != own, *ranks[key].order, key))
    return [(other, day) for other in others[:JUDGED_AT_ONCE]]


def _away(facts: Facts, start: At[date]) -> dict[At[date], dict[str, str]]:
    """The cells of the column, and of the row in the month, on which nobody can work, in a drag's words."""
    somebody, day = start
    first = max(facts.first, day.replace(day=1))
    last = min(facts.last, (day.replace(day=1) + PUSHED_SO_FAR).replace(day=1) - DAY)
    found = {}
    for person in facts.people:
        days = [first + DAY * offset for offset in range((last - first).days + 1)] if person.pk == somebody else [day]
        for each in days:
            if (person.pk, each) == start:
                continue
            if facts.employed(person, each, each) is None:
                found[person.pk, each] = {"verdict": "refused", "words": "not with the program then"}
            elif facts.leave_days(person, each, each):
                found[person.pk, each] = {"verdict": "leave", "words": "on leave"}
    return found


def _target(ground: Ground, board: Board[date, DayHeld], verb: str, start: At[date], end: At[date]) -> dict[str, str]:
    try:
        after = days_carried(verb, board, start, end)
    except ValidationError as error:
        return {"verdict": "leave" if is_closed(ground.facts, end) else "refused", "words": " ".join(error.messages)}
    said = say(ground, changes_between(board.held, after))
    return {"verdict": said.name, "words": "; ".join([said.words, *said.effects.words])}
