"""What a hand does in the month grid, done: one transaction, on what is there now, judged by the rules."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from people.models import User
from scheduling.models import Edit, Schedule
from scheduling.services.changes import Change
from scheduling.services.edit import change_on
from scheduling.services.edit_checks import judge_changes, require_reason
from scheduling.services.facts import Facts
from scheduling.services.facts_kept import Known, known_of
from scheduling.services.gestures import At, Board, Duties, Gesture
from scheduling.services.holding import hold_to_change
from scheduling.services.month_changes import changes_between, days_after, title_of
from scheduling.services.month_freshness import codes_of, names_of, require_fresh
from scheduling.services.month_held import Held, read_held
from scheduling.services.roster_days import FREE, DayHeld
from scheduling.services.sheet import Sheet

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Done:
    """An edit that was made, with what was read for it; `advisories` are sentences.

    `held` is what those whose days it names work now, where that is known.
    """

    edit: Edit
    known: Known
    held: Held | None
    advisories: Sequence[str]


def perform(*, schedule: Schedule, user: User, gesture: Gesture[date, Duties]) -> Done:
    """Do it. What is set, moved, swapped or pushed is pinned; its notes go with it, its override is set anew.

    Nobody else changes the schedule meanwhile. Raises StaleDay where a cell is not what the page showed, NeedsReason
    where a must would be broken, somebody would work on leave, or days of the lock window would change, and no reason
    is given (a given one is kept with what breaks a rule); ValidationError, in words, as `edit.change` and where there
    is nothing to do.
    """
    with transaction.atomic():
        schedule, beside = hold_to_change(schedule, user, {person for person, _ in gesture.named})
        known = known_of(schedule, beside.digest)
        facts = known.facts
        held = _held(facts, gesture)
        board = _board(facts, gesture, held)
        after = days_after(gesture, board)
        require_fresh(facts, user, gesture, board, after)
        changes = changes_between(board.held, after)
        if not changes:
            raise ValidationError("It is so already: nothing was changed.")
        _require_possible(facts, changes)
        judged = judge_changes(facts, changes, known.book, held, beside.placed_of)
        names = names_of(facts, {each.person for each in changes})
        if not gesture.reason:
            require_reason(schedule, changes, judged, names)
        sheet = Sheet(schedule, (each.key for each in changes), facts, held)
        edit = change_on(
            sheet,
            user,
            _overriding(changes, judged.broken, gesture.reason),
            reason=gesture.reason,
            title=title_of(gesture, names, *codes_of(facts), board.held),
            has_undone=beside.has_undone,
        )
    return Done(edit, known, sheet.held, judged.advisories)


def _overriding(changes: Iterable[Change], broken: Collection[int], reason: str) -> list[Change]:
    """What is added for people of whom a must is broken says why it stands all the same."""
    return [
        replace(each, override=reason) if each.person in broken and each.after not in (None, each.before) else each
        for each in changes
    ]


def _held(facts: Facts, gesture: Gesture[date, Duties]) -> Held:
    """What the people work whose days it names: around these, and for a push in the rest of the row."""
    named = gesture.named
    _require_known(facts, named)
    first, last = min(day for _, day in named), max(day for _, day in named)
    return read_held(facts, {person for person, _ in named}, first, facts.last if gesture.verb == "push" else last)


def _board(facts: Facts, gesture: Gesture[date, Duties], held: Held) -> Board[date, DayHeld]:
    """The days that the gesture may touch: for a push the rest of the row, which no other one needs the columns of."""
    days = [day for _, day in gesture.named]
    first, last = min(days), max(days)
    columns: list[date] = []
    if gesture.verb == "push":
        first_of_all, last = facts.first, facts.last
        columns = [first_of_all + DAY * offset for offset in range((last - first_of_all).days + 1)]
    return Board(columns, held.days(first, last), FREE, lambda at: is_closed(facts, at))


def is_closed(facts: Facts, at: At[date]) -> bool:
    """Whether nothing is pushed to a day: leave, or before somebody comes, or after they leave."""
    person, day = at
    found = facts.by_key.get(person)
    if found is None or facts.employed(found, day, day) is None:
        return True
    return any(each.start_date <= day <= each.end_date for each in facts.absences.get(person, ()))


def _require_known(facts: Facts, named: Collection[At[date]]) -> None:
    for person, day in named:
        if person not in facts.ranks.today:
            raise ValidationError("Somebody in this change is not a person of this program any more.")
        if not facts.first <= day <= facts.last:
            raise ValidationError(
                f"{day:%a %-d %b %Y} is outside of {facts.schedule}, which goes from {facts.first:%-d %b %Y} to "
                f"{facts.last:%-d %b %Y}."
            )


def _require_possible(facts: Facts, changes: Iterable[Change]) -> None:
    """Raises ValidationError where somebody would work when they are not there, or something that is not."""
    for each in changes:
        if each.after is None or each.after == each.before:
            continue
        person = facts.by_key.get(each.person)
        if person is None or facts.employed(person, each.date, each.date) is None:
            name = names_of(facts, [each.person])[each.person]
            raise ValidationError(
                f"{name} is not with the program on {each.date:%a %-d %b %Y}: choose somebody else, or another day."
            )
        if each.shift not in (shift.code for shift in facts.shift_types.values()):
            raise ValidationError(f"There is no shift type {each.shift} any more.")
        if each.after not in (rotation.code for rotation in facts.rotations.values()):
            raise ValidationError(f"There is no rotation {each.after} any more.")
