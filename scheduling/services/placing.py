"""Change the rotation plan by hand: one gesture, judged first, done whole or not at all."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from people.models import User
from scheduling.models import Edit, Period, Schedule
from scheduling.services import edit as edit_
from scheduling.services.cells import Cell, PlanCell, PlanKey, cell_of
from scheduling.services.changes import PlanChange
from scheduling.services.gestures import At
from scheduling.services.lock_window import ReasonNeeded
from scheduling.services.marks import loses_marks, touched_by
from scheduling.services.plan_changes import (
    Held,
    PlanBoard,
    PlanGesture,
    board_of,
    cells_after,
    changes_between,
    require_known,
    title_of,
)
from scheduling.services.plan_verdicts import Force, PlanRules, Verdict, plan_rules
from scheduling.services.sheet import Sheet
from scheduling.services.touched import edits_since
from scheduling.services.year_grid import Year, read_year

ACTION = "rotation plan changed"
MANY = 3  # people whose broken rules are named; the others are counted


@dataclass(frozen=True, slots=True)
class Done:
    """What a gesture did: its edit, the days of the shifts that it released, and whose they were in which periods.

    `year` is the plan as it is now.
    """

    edit: Edit
    released: Sequence[date]
    people: frozenset[int]
    periods: Sequence[Period]
    year: Year


def place(*, schedule: Schedule, user: User, gesture: PlanGesture) -> Done:
    """Do what a hand did in the year grid; who is moved is released from the unpinned shifts of that period.

    Raises edit.Stale where a cell is not what the page showed, ReasonNeeded where a rule is broken or days are locked
    and no reason is given, ValidationError for what cannot be done and where there is nothing to do; then nothing is
    changed.
    """
    with transaction.atomic():
        # What is judged is what is changed: nobody writes in between.
        schedule = (
            Schedule.objects.select_for_update(of=("self",), no_key=True).select_related("program").get(pk=schedule.pk)
        )
        year = read_year(schedule.program, schedule)
        board = board_of(schedule, year)
        require_known(year, [*gesture.named, *gesture.was], gesture.cells.values())
        after = cells_after(gesture, board)
        changes = changes_between(board, after)
        _refuse_stale(schedule, user, gesture, board, after)
        if not changes:
            raise ValidationError("It is so already: nothing was changed.")
        if any(each.before != each.after for each in changes):
            rules = plan_rules(schedule, year, {each.person for each in changes})
            verdicts = judged(rules, changes)
            changes = allowed(year, changes, verdicts, gesture.reason)
        edit = edit_.change(
            schedule=schedule,
            user=user,
            changes=changes,
            reason=gesture.reason,
            action=ACTION,
            title=title_of(gesture, year, board),
        )
    return _done(edit, year)


def _done(edit: Edit, year: Year) -> Done:
    cells = [cell_of(each) for each in edit.cells]
    gone = [each for each in cells if isinstance(each, Cell)]
    people = frozenset(each.person for each in gone)
    placed = [each for each in cells if isinstance(each, PlanCell)]
    numbers = {each.period for each in placed if each.person in people}
    return Done(
        edit=edit,
        released=[each.date for each in gone],
        people=people,
        periods=[period for period in year.periods if period.number in numbers],
        year=year.after(placed),
    )


def judged(rules: PlanRules, changes: Sequence[PlanChange]) -> dict[int, Verdict]:
    """What the rules say of these changes together, by person."""
    places = {period.number: place for place, period in enumerate(rules.year.periods)}
    instead: dict[int, dict[int, str | None]] = defaultdict(dict)
    for each in changes:
        instead[each.person][places[each.period]] = each.after
    return {person: rules.verdict(person, cells) for person, cells in instead.items()}


def allowed(
    year: Year, changes: Sequence[PlanChange], verdicts: Mapping[int, Verdict], reason: str
) -> list[PlanChange]:
    """The changes, with the reason where they break a rule. Raises ReasonNeeded, ValidationError for the impossible."""
    broken = {person: verdict for person, verdict in verdicts.items() if verdict.needs_reason}
    named = [f"{year.years[person].row.name}: {verdict.words}." for person, verdict in list(broken.items())[:MANY]]
    if len(broken) > MANY:
        named.append(f"And {len(broken) - MANY} more people.")
    if any(verdict.findings[0].force == Force.REFUSED for verdict in broken.values()):
        raise ValidationError([*named, "Nobody is placed outside of their time with the program. Nothing was changed."])
    if broken and not reason:
        raise ReasonNeeded([*named, "Say why, and it is done all the same. Nothing was changed yet."])
    return [
        replace(each, override=reason) if each.person in broken and each.after is not None else each for each in changes
    ]


def _refuse_stale(
    schedule: Schedule, user: User, gesture: PlanGesture, board: PlanBoard, after: Mapping[PlanKey, Held]
) -> None:
    """Raises edit.Stale for the first cell that is not what the page showed, that it did not speak of and that somebody
    has changed since, or that somebody else has marked since and that would lose its mark."""
    keys = list(dict.fromkeys([*gesture.named, *after]))

    def held(at: At[int]) -> str:
        state = board.at(at)
        return state.rotation if state else ""

    wrong = [at for at, shown in gesture.was.items() if at in keys and held(at) != shown]
    unsaid = [key for key in keys if key not in gesture.was]
    if wrong or schedule.revision == gesture.revision:
        _raise_stale(schedule, wrong, is_marked=False)
        return
    edits = edits_since(schedule, gesture.revision)
    touched = touched_by(edits or (), user)
    notes = {state.note for state in after.values() if state}
    marked = [at for at in after if at in gesture.was and loses_marks(board.at(at), after[at], notes)]
    _raise_stale(schedule, [at for at in marked if edits is None or touched.get(at, False)], is_marked=True)
    _raise_stale(schedule, [key for key in unsaid if edits is None or key in touched], is_marked=False)


def _raise_stale(schedule: Schedule, wrong: Sequence[PlanKey], *, is_marked: bool) -> None:
    if wrong:
        raise edit_.stale(Sheet(schedule, [wrong[0]]), wrong[0], is_marked=is_marked)
