"""Change who works which block, in a draft or in what is published; undo it, and do it again.

Every change says what it found; one that meets something else changes nothing, and says what is there now. So no edit
is lost, or silently written over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from people.models import User, record
from scheduling.models import Edit, Schedule
from scheduling.services.generate import active_run
from scheduling.services.sheet import Cell, Sheet, State
from scheduling.services.telling import tell_people

LONGEST_TITLE = 200
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Change:
    """One person's block: the rotation that they work it for, before and after, by code; None is not working it.

    `person` is the key; `shift` the shift type's code; `role` that of the assignment afterwards, by default what
    follows from the person and the shift type.
    """

    person: int
    date: date
    shift: str
    before: str | None
    after: str | None
    role: str = ""
    is_pinned: bool = True

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self) | {"date": self.date.isoformat()}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Change":
        """From what `data` gave."""
        return cls(**{**data, "date": date.fromisoformat(data["date"])})


def change(
    *,
    schedule: Schedule,
    user: User | None,
    changes: Iterable[Change],
    reason: str = "",
    action: str = "assignments changed",
    title: str = "",
) -> Edit:
    """Make these changes, all or none; what is added is pinned unless a change says otherwise.

    `title` is what the undo button says. Where the schedule is published, those whose work changed are told, and
    drafts based on it that still say the same as it did get the same changes: publishing one of them must not undo
    this. Raises ValidationError, in words, for an archived schedule, one that is being generated, and where something
    is not as a change found it.
    """
    wanted = list(changes)
    with transaction.atomic():
        schedule = _locked(schedule)
        sheet = Sheet(schedule, ((each.person, each.date, each.shift) for each in wanted))
        cells = [_cell(sheet, each) for each in wanted]
        edits = Edit.objects.filter(schedule=schedule, user=user)
        edits.filter(undone_at__isnull=False).delete()  # there is nothing to do again after something else
        edit = Edit.objects.create(
            schedule=schedule,
            user=user,
            title=(title or _title(sheet, cells))[:LONGEST_TITLE],
            reason=reason[:LONGEST_REASON],
            cells=[each.data() for each in cells],
        )
        _write(sheet, cells, user=user, action=action, reason=reason)
    return edit


def undo(*, schedule: Schedule, user: User) -> Edit:
    """Undo the newest edit that this user made in the schedule and has not undone, with the cover that it gave.

    Raises ValidationError where there is none, and
    where somebody has changed a cell of it since.
    """
    with transaction.atomic():
        schedule = _locked(schedule)
        edit = edits_to_undo(schedule, user).first()
        if edit is None:
            raise ValidationError("You have nothing to undo in this version.")
        _turn(schedule, edit, [Cell.of(each).reversed() for each in edit.cells], user, "undone")
        edit.undone_at = timezone.now()
        edit.save(update_fields=["undone_at"])
    return edit


def redo(*, schedule: Schedule, user: User) -> Edit:
    """Do again what this user has undone last. Raises as `undo`."""
    with transaction.atomic():
        schedule = _locked(schedule)
        edit = edits_to_redo(schedule, user).first()
        if edit is None:
            raise ValidationError("You have nothing to do again in this version.")
        _turn(schedule, edit, [Cell.of(each) for each in edit.cells], user, "done again")
        edit.undone_at = None
        edit.save(update_fields=["undone_at"])
    return edit


def edits_to_undo(schedule: Schedule, user: User) -> QuerySet[Edit]:
    """The user's edits, in the order in which they would be undone."""
    return Edit.objects.filter(schedule=schedule, user=user, undone_at__isnull=True).order_by("-pk")


def edits_to_redo(schedule: Schedule, user: User) -> QuerySet[Edit]:
    """What the user has undone, in the order in which it would be done again."""
    return Edit.objects.filter(schedule=schedule, user=user, undone_at__isnull=False).order_by("pk")


def titles_to_turn(schedule: Schedule, user: User) -> tuple[str, str]:
    """What the user would undo, and what they would do again; blank where there is nothing (1 query)."""
    first = [rows(schedule, user).values("pk")[:1] for rows in (edits_to_undo, edits_to_redo)]
    rows = Edit.objects.filter(Q(pk__in=first[0]) | Q(pk__in=first[1])).values_list("undone_at", "title")
    found = {undone_at is None: title for undone_at, title in rows}
    return found.get(True, ""), found.get(False, "")


def _locked(schedule: Schedule) -> Schedule:
    """The schedule as it is now, held until the transaction ends. Raises ValidationError where it cannot change."""
    locked = Schedule.objects.select_for_update(of=("self",), no_key=True)
    schedule = locked.select_related("program", "academic_year").get(pk=schedule.pk)
    if schedule.status == Schedule.Status.ARCHIVED:
        raise ValidationError(f"{schedule} is archived: it stays as it was. Make a draft from it and change that.")
    if active_run(schedule):
        raise ValidationError(f"{schedule} is being generated: wait for that to end, or cancel it.")
    return schedule


def _cell(sheet: Sheet, each: Change) -> Cell:
    """The change with all that is there. Raises ValidationError where that is not what it found."""
    key = (each.person, each.date, each.shift)
    before = sheet.state(key)
    if (before.rotation if before else None) != each.before:
        raise ValidationError(
            f"{sheet.is_now(key)}, not what was shown when this was chosen: look at it again. Nothing was changed."
        )
    after = None
    if each.after is not None:
        after = State(each.after, each.role or sheet.role(key), is_pinned=each.is_pinned)
    return Cell(*key, before, after)


def _turn(schedule: Schedule, edit: Edit, cells: Sequence[Cell], user: User, what: str) -> None:
    """Put the cells of an edit back, or forth. Raises ValidationError where one is not as the edit left it."""
    sheet = Sheet(schedule, (each.key for each in cells))
    for each in cells:
        if sheet.state(each.key) != each.before:
            raise ValidationError(
                f"{sheet.is_now(each.key)}, which somebody has changed since: change it by hand instead. "
                "Nothing was changed."
            )
    _write(sheet, cells, user=user, action=f"edit {what}", reason=f"{what.capitalize()}: {edit.title}")


def _write(sheet: Sheet, cells: Sequence[Cell], *, user: User | None, action: str, reason: str) -> None:
    schedule = sheet.schedule
    _put(sheet, cells, user, action, reason)
    if schedule.status == Schedule.Status.PUBLISHED:
        _carry(schedule, cells, user, reason)
        tell_people(schedule, _sentences(sheet, cells), reason=reason)


def _put(sheet: Sheet, cells: Sequence[Cell], user: User | None, action: str, reason: str) -> None:
    """Write the cells, count them in the revision, and record them."""
    schedule = sheet.schedule
    sheet.put(cells)
    schedule.bump()
    record(
        user=user,
        action=action,
        target=schedule,
        program=schedule.program,
        changes={"schedule": schedule.number, "reason": reason, "cells": [each.data() for each in cells]},
    )


def _carry(published: Schedule, cells: Sequence[Cell], user: User | None, reason: str) -> None:
    """Write the cells of what is published into the drafts based on it, where these still say the same as it did."""
    drafts = Schedule.objects.select_for_update(of=("self",), no_key=True).filter(
        based_on=published, status=Schedule.Status.DRAFT
    )
    for draft in drafts.select_related("program", "academic_year").order_by("pk"):
        if active_run(draft):
            continue  # it is being made anew, and the difference is shown before it is published
        sheet = Sheet(draft, (each.key for each in cells))
        # A block goes over whole or not at all: half of a move would leave two people there, or nobody.
        differs = {(each.date, each.shift) for each in cells if sheet.state(each.key) != each.before}
        same = [each for each in cells if (each.date, each.shift) not in differs]
        if same:
            _put(sheet, same, user, f"carried over from version {published.number}", reason)


def _sentences(sheet: Sheet, cells: Iterable[Cell]) -> dict[int, list[str]]:
    """By person's key, what changed for them."""
    found: dict[int, list[str]] = {}
    for each in sorted(cells, key=lambda each: (each.date, each.shift)):
        was, becomes = (state.rotation if state else None for state in (each.before, each.after))
        if was == becomes:
            continue  # pinned or loosened: the same work
        where = sheet.block_words(each.date, each.shift)
        if becomes is None:
            words = f"You no longer work {sheet.rotation_name(was)} on {where}."
        elif was is None:
            words = f"You work {sheet.rotation_name(becomes)} on {where}."
        else:
            words = f"You work {sheet.rotation_name(becomes)} instead of {sheet.rotation_name(was)} on {where}."
        found.setdefault(each.person, []).append(words)
    return found


def _title(sheet: Sheet, cells: Sequence[Cell]) -> str:
    """What was done, from what the cells were and became."""
    first = cells[0]
    names = sorted({str(sheet.people[each.person]) for each in cells})
    who = " and ".join(names) if len(names) < 3 else f"{names[0]} and {len(names) - 1} more"
    blocks = len({(each.date, each.shift) for each in cells})
    more = f" and {blocks - 1} more" if blocks > 1 else ""
    return f"{who}: {sheet.block_words(first.date, first.shift)}{more}"
