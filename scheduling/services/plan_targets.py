"""What would happen if a cell of the year were carried elsewhere: a verdict for each place it could go to."""

from collections import defaultdict
from collections.abc import Sequence

from django.core.exceptions import ValidationError

from scheduling.models import Schedule
from scheduling.services.changes import PlanChange
from scheduling.services.gestures import At, Gesture
from scheduling.services.placing import judged
from scheduling.services.plan_changes import PlanBoard, board_of, cells_after, changes_between, require_known
from scheduling.services.plan_effects import effects
from scheduling.services.plan_verdicts import PlanRules, plan_rules
from scheduling.services.year_grid import Year, read_year


def targets_of(schedule: Schedule, verb: str, start: At[int], end: At[int] | None = None) -> dict[str, dict[str, str]]:
    """By cell, such as "14:5": the verdict's name, and words. Without `end` for all cells of the row and the column.

    Nothing for an empty start. Raises ValidationError for cells that are not there.
    """
    year = read_year(schedule.program, schedule)
    require_known(year, [start] if end is None else [start, end])
    rules, board = plan_rules(schedule, year), board_of(schedule, year)
    if board.at(start) is None and verb != "swap":
        return {}  # asked a moment too late: it has been moved, here or by somebody else
    return {
        f"{person}:{number}": _target(rules, board, verb, start, (person, number))
        for person, number in ([end] if end is not None else _around(year, start))
    }


def _around(year: Year, start: At[int]) -> list[At[int]]:
    """The other cells of the row and of the column."""
    person, number = start
    row = [(person, period.number) for period in year.periods if period.number != number]
    return row + [(other, number) for other in year.years if other != person]


def _target(rules: PlanRules, board: PlanBoard, verb: str, start: At[int], end: At[int]) -> dict[str, str]:
    gesture: Gesture[int, str] = Gesture(verb, {}, start, end, {}, 0)
    try:
        changes = changes_between(board, cells_after(gesture, board))
    except ValidationError as error:
        return {"verdict": "refused", "words": " ".join(error.messages)}
    verdicts = judged(rules, changes)
    worst = max(verdicts.values(), key=lambda verdict: verdict.force, default=None)
    said = [
        verdict.words
        if person == end[0] or len(verdicts) == 1
        else f"{rules.year.years[person].row.name}: {verdict.words}"
        for person, verdict in verdicts.items()
        if verdict.findings
    ]
    short = _short(rules.year, changes)
    name = worst.name if worst else "allowed"
    if name == "allowed" and short:
        name = "advisory"
    return {"verdict": name, "words": "; ".join([*said, *short])}


def _short(year: Year, changes: Sequence[PlanChange]) -> list[str]:
    """What the changes leave short, or have too many of, period by period."""
    keys = {rotation.code: key for key, rotation in year.catalog.rotations.items()}
    places = {period.number: place for place, period in enumerate(year.periods)}
    by_place: dict[int, dict[int, int | None]] = defaultdict(dict)
    for each in changes:
        by_place[places[each.period]][each.person] = None if each.after is None else keys[each.after]
    found: list[str] = []
    for place, instead in sorted(by_place.items()):
        what = effects(year, place, instead)
        if what.worse:
            where = f" in period {year.periods[place].number}" if len(by_place) > 1 else ""
            found.append(f"{', '.join(what.worse)}{where}")
    return found
