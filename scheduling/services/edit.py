"""Change who works which block or is placed where, in a draft or in what is published; undo it, and do it again.

Every change says what it found; one that meets something else changes nothing, and says what is there now. So no edit
is lost, or silently written over.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from people.models import User, log_row
from people.prepared import prepared
from scheduling.models import Edit, Schedule
from scheduling.services.carrying import carry
from scheduling.services.cells import Cell, Key, PlanCell, PlanKey, State, cell_of
from scheduling.services.changes import Change, PlanChange
from scheduling.services.edit_words import places, sentences, title_of
from scheduling.services.holding import hold
from scheduling.services.lock_window import require_nobody_on_leave, require_reason
from scheduling.services.marks import marks_of
from scheduling.services.noting import note
from scheduling.services.releasing import released
from scheduling.services.sheet import Sheet
from scheduling.services.telling import tell_people

LONGEST_TITLE = 200
LONGEST_REASON = 300
EDITS_LOOKED_AT = 200  # for whose edit made a cell what it is


class Stale(ValidationError):
    """A cell is not what a change found; `key` and `now` are the first such cell, and the rotation there now."""

    def __init__(self, message: str, key: Key | PlanKey, now: str | None) -> None:
        super().__init__(message)
        self.key = key
        self.now = now


def change(
    *,
    schedule: Schedule,
    user: User | None,
    changes: Iterable[Change | PlanChange],
    reason: str = "",
    action: str = "assignments changed",
    title: str = "",
) -> Edit:
    """Make these changes, all or none; what is added is pinned unless a change says otherwise.

    Whoever is moved in the plan is released from the assignments of that period that are not pinned, in the same
    edit: plan and roster never tell different stories. `title` is what the undo button says. Where the schedule is
    published, those whose work changed are told, and drafts based on it that still say the same as it did get the
    same changes: publishing one of them must not undo this. Raises ValidationError, in words, for an archived
    schedule and for one that is being generated; Stale where something is not as a change found it; ReasonNeeded
    within the lock window of what is published where no reason is given.
    """
    with transaction.atomic():
        schedule = hold(schedule)
        wanted = list(changes)
        wanted += released(schedule, wanted)
        sheet = Sheet(schedule, (each.key for each in wanted))
        return change_on(sheet, user, wanted, reason=reason, action=action, title=title)


def change_on(
    sheet: Sheet,
    user: User | None,
    wanted: Sequence[Change | PlanChange],
    *,
    reason: str = "",
    action: str = "assignments changed",
    title: str = "",
    has_undone: bool | None = None,
) -> Edit:
    """`change`, on a sheet of all cells in question, with what placements among them release.

    `has_undone`: whether the user has undone something in the version that is held; None where nobody knows yet.
    """
    schedule = sheet.schedule
    require_reason(sheet, reason)
    cells = [_cell(sheet, each) for each in wanted]
    _forget_undone(schedule, user, has_undone)
    edit = Edit(
        schedule=schedule,
        user=user,
        title=(title or title_of(sheet, cells))[:LONGEST_TITLE],
        reason=reason[:LONGEST_REASON],
        cells=[each.data() for each in cells],
    )
    edit.created_at = timezone.now()
    _write(sheet, cells, user=user, action=action, reason=reason, edit=edit)
    return edit


def _forget_undone(schedule: Schedule, user: User | None, has_undone: bool | None) -> None:
    """There is nothing to do again after something else."""
    if has_undone is None:
        has_undone = user is None or bool(_undone(schedule.pk, user.pk))
    if has_undone:
        Edit.objects.filter(schedule=schedule, user=user, undone_at__isnull=False).delete()


@prepared
def _undone(schedule: int, user: int) -> QuerySet[Any, Any]:
    rows = Edit.objects.filter(schedule=schedule, user=user, undone_at__isnull=False).order_by()
    return rows.values_list("pk")[:1]


def undo(*, schedule: Schedule, user: User, reason: str = "") -> Edit:
    """Undo the newest edit that this user made in the schedule and has not undone, with the cover that it gave.

    Raises ValidationError where there is none, Stale where somebody has changed a cell of it since, and ReasonNeeded
    within the lock window of what is published where no reason is given.
    """
    with transaction.atomic():
        schedule = hold(schedule)
        edit = edits_to_undo(schedule, user).first()
        if edit is None:
            raise ValidationError("You have nothing to undo in this version.")
        _turn(schedule, edit, [cell_of(each).reversed() for each in edit.cells], user, "undone", reason)
        edit.undone_at = timezone.now()
        edit.save(update_fields=["undone_at", "revision"])
    return edit


def redo(*, schedule: Schedule, user: User, reason: str = "") -> Edit:
    """Do again what this user has undone last. Raises as `undo`."""
    with transaction.atomic():
        schedule = hold(schedule)
        edit = edits_to_redo(schedule, user).first()
        if edit is None:
            raise ValidationError("You have nothing to do again in this version.")
        _turn(schedule, edit, [cell_of(each) for each in edit.cells], user, "done again", reason)
        edit.undone_at = None
        edit.save(update_fields=["undone_at", "revision"])
    return edit


def edits_to_undo(schedule: Schedule, user: User) -> QuerySet[Edit]:
    """The user's edits, in the order in which they would be undone."""
    return Edit.objects.filter(schedule=schedule, user=user, undone_at__isnull=True).order_by("-pk")


def edits_to_redo(schedule: Schedule, user: User) -> QuerySet[Edit]:
    """What the user has undone, in the order in which it would be done again."""
    return Edit.objects.filter(schedule=schedule, user=user, undone_at__isnull=False).order_by("pk")


def titles_to_turn(schedule: Schedule, user: User) -> tuple[str, str]:
    """What the user would undo, and what they would do again; blank where there is nothing (1 query)."""
    found = {undone_at is None: title for undone_at, title in _titles(schedule.pk, user.pk)}
    return found.get(True, ""), found.get(False, "")


@prepared
def _titles(schedule: int, user: int) -> QuerySet[Any, Any]:
    edits = Edit.objects.filter(schedule=schedule, user=user)
    undo = edits.filter(undone_at__isnull=True).order_by("-pk").values("pk")[:1]
    redo = edits.filter(undone_at__isnull=False).order_by("pk").values("pk")[:1]
    return Edit.objects.filter(Q(pk__in=undo) | Q(pk__in=redo)).order_by().values_list("undone_at", "title")


def edits_of(schedule: Schedule, key: Key | PlanKey) -> list[Edit]:
    """The edits of a cell that stand, newest first, among the newest of the schedule (1 query)."""
    rows = Edit.objects.filter(schedule=schedule, undone_at__isnull=True).select_related("user")
    newest = rows.order_by("-revision")[:EDITS_LOOKED_AT]
    return [edit for edit in newest if any(cell_of(each).key == key for each in edit.cells)]


def _cell(sheet: Sheet, each: Change | PlanChange) -> Cell | PlanCell:
    """The change with all that is there. Raises Stale where that is not what it found."""
    before = sheet.state(each.key)
    now = before.rotation if before else None
    if now != each.before:
        raise stale(sheet, each.key)
    after = None
    if each.after is not None:
        role = each.role or sheet.role(each.key)
        after = State(each.after, role, each.source, each.is_pinned, each.note, each.override)
    if isinstance(each, PlanChange):
        return PlanCell(*each.key, before, after)
    return Cell(*each.key, before, after)


def stale(sheet: Sheet, key: Key | PlanKey, *, is_marked: bool = False) -> Stale:
    """That a cell is not what was shown when something was chosen: what it is now, with its marks where it is these
    that were not shown, and by whom."""
    state = sheet.state(key)
    marked = marks_of([state] if state and is_marked else [])
    showed = "which was not shown" if is_marked else "not what was shown"
    return Stale(
        f"{sheet.is_now(key)}{marked}{_since(sheet.schedule, key)}, {showed} when this was chosen: "
        "look at it again. Nothing was changed.",
        key,
        state.rotation if state else None,
    )


def _since(schedule: Schedule, key: Key | PlanKey) -> str:
    """By whom a cell became what it is, and when, as far as edits tell."""
    edit = next(iter(edits_of(schedule, key)), None)
    if edit is None:
        return ""
    when = edit.created_at.astimezone(schedule.program.zone)
    return f" since {edit.user or 'somebody'} changed it on {when:%a %-d %b at %H:%M}"


def _turn(schedule: Schedule, edit: Edit, cells: Sequence[Cell | PlanCell], user: User, what: str, reason: str) -> None:
    """Put the cells of an edit back, or forth. Raises Stale where one is not as the edit left it, and ReasonNeeded."""
    sheet = Sheet(schedule, (each.key for each in cells))
    require_reason(sheet, reason)
    if not reason.strip():
        require_nobody_on_leave(sheet, cells, edit.created_at)
    for each in cells:
        now = sheet.state(each.key)
        if now != each.before:
            raise Stale(
                f"{sheet.is_now(each.key)}, which somebody has changed since: change it by hand instead. "
                "Nothing was changed.",
                each.key,
                now.rotation if now else None,
            )
    why = f"{what.capitalize()}: {edit.title}{f' ({reason})' if reason else ''}"
    _write(sheet, cells, user=user, action=f"edit {what}", reason=why)
    edit.revision = schedule.revision


def _write(
    sheet: Sheet,
    cells: Sequence[Cell | PlanCell],
    *,
    user: User | None,
    action: str,
    reason: str,
    edit: Edit | None = None,
) -> None:
    schedule = sheet.schedule
    put(sheet, cells, user=user, action=action, reason=reason, edit=edit)
    if schedule.status == Schedule.Status.PUBLISHED:
        for draft, same in carry(schedule, cells):
            put(draft, same, user=user, action=f"carried over from version {schedule.number}", reason=reason)
        tell_people(schedule, sentences(sheet, cells), reason=reason, places=places(sheet, cells))


def put(
    sheet: Sheet,
    cells: Sequence[Cell | PlanCell],
    *,
    user: User | None,
    action: str,
    reason: str,
    edit: Edit | None = None,
) -> None:
    """Write the cells, count them in the revision, and record them; with the edit that they are, if it is a new one."""
    schedule = sheet.schedule
    sheet.put(cells)
    data = edit.cells if edit else [each.data() for each in cells]
    changes = {"schedule": schedule.number, "reason": reason, "cells": data}
    note(schedule, log_row(user=user, action=action, target=schedule, program=schedule.program, changes=changes), edit)
