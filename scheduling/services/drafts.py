"""Make a draft, an empty one for an academic year or a copy of an earlier version; bring one up to date; delete one."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from people.models import Program, User, record
from scheduling.models import AcademicYear, Assignment, RotationAssignment, Schedule
from scheduling.models.plan import next_schedule_number
from scheduling.services.bringing import bring_covers, changes_of
from scheduling.services.bulk import copy
from scheduling.services.comparing import differences
from scheduling.services.edit import change
from scheduling.services.generate import active_run
from scheduling.services.sheet import MOST_CELLS
from scheduling.services.taking_over import PLAN, ROSTER


def new_draft(
    *,
    academic_year: AcademicYear,
    user: User | None,
    based_on: Schedule | None = None,
    note: str = "",
    is_what_if: bool = False,
) -> Schedule:
    """A new draft of the academic year, with the plan and the roster of `based_on`, pins kept; or a sandbox.

    The days are those of `based_on`, else the whole year. Raises ValidationError where `based_on` belongs to another
    academic year.
    """
    if based_on is not None and based_on.academic_year_id != academic_year.pk:
        raise ValidationError(f"{based_on} is of another academic year than {academic_year}: make an empty draft.")
    with transaction.atomic():
        # Two drafts made at once would get one number; whoever comes second waits here.
        program = Program.objects.select_for_update(no_key=True).get(pk=academic_year.program_id)
        if based_on is not None:  # held, so that whatever is written to it is copied, or comes after
            held = Schedule.objects.select_for_update(of=("self",), no_key=True)
            based_on = held.select_related("academic_year").get(pk=based_on.pk)
        days = based_on or academic_year
        draft = Schedule(
            program=program,
            academic_year=academic_year,
            number=next_schedule_number(program),
            start_date=days.start_date,
            end_date=days.end_date,
            based_on=based_on,
            is_what_if=is_what_if,
            note=note,
            created_by=user,
        )
        draft.full_clean(exclude=["created_by"])  # nobody in particular makes one from a command
        draft.save()
        copied = {} if based_on is None else {"revision": based_on.revision} | _copy(based_on, draft)
        _record_made(draft, user, copied)
    return draft


def _record_made(draft: Schedule, user: User | None, copied: Mapping[str, int]) -> None:
    changes = {"number": draft.number, "based_on": draft.based_on.number if draft.based_on else None}
    kind = {"is_what_if": True} if draft.is_what_if else {}
    record(user=user, action="draft made", target=draft, program=draft.program, changes={**changes, **kind, **copied})


def made_from(draft: Schedule) -> Schedule | None:
    """The version, published then or since, that a draft was made from; a copy of another draft goes by that one's."""
    found, seen = draft.based_on, {draft.pk}
    while found is not None and found.status == Schedule.Status.DRAFT and found.pk not in seen:
        seen.add(found.pk)
        found = found.based_on
    return None if found is not None and found.status == Schedule.Status.DRAFT else found


def bring_up_to_date(*, draft: Schedule, user: User | None) -> Schedule:
    """A new draft of what is published by now, with what the draft changed in the version it was made from.

    Raises ValidationError, in words, where that does not fit what is published, or is more than one edit can hold.
    """
    with transaction.atomic():
        program = Program.objects.select_for_update(no_key=True).get(pk=draft.program_id)
        draft, current = _hold_with_published(draft, program)
        base = made_from(draft)
        if base is None or current is None:
            raise ValidationError(f"Nothing is published that {draft} could be brought up to date with.")
        own = differences([base], draft, marks=True)
        fresh = new_draft(
            academic_year=draft.academic_year,
            user=user,
            based_on=current,
            note=draft.note,
            is_what_if=draft.is_what_if,
        )
        wanted = changes_of(draft, fresh, own)
        if len(wanted) > MOST_CELLS:
            raise ValidationError(
                f"{draft} differs from version {base.number} in {len(wanted):,} cells, and at most "
                f"{MOST_CELLS:,} can be brought over: make a new draft from {current}, and generate or change that."
            )
        if wanted:
            title = f"Brought over from draft {draft.number}"
            made = change(schedule=fresh, user=user, changes=wanted, reason=title, title=title)
            bring_covers(draft, made)
    return fresh


def _hold_with_published(draft: Schedule, program: Program) -> tuple[Schedule, Schedule | None]:
    """The draft, and what is published for its year and days, locked as everywhere: what is published first."""
    published = Q(status=Schedule.Status.PUBLISHED, program=program, academic_year=draft.academic_year_id)
    same_days = published & Q(start_date=draft.start_date, end_date=draft.end_date)
    locked = Schedule.objects.select_for_update(of=("self",), no_key=True).select_related("academic_year", "based_on")
    rows = list(locked.filter(Q(pk=draft.pk) | same_days).order_by("-status", "pk"))
    held = next(each for each in rows if each.pk == draft.pk)
    return held, next((each for each in rows if each.pk != draft.pk), None)


def delete(*, schedule: Schedule, user: User | None) -> None:
    """Delete a draft with its plan, its roster and its runs.

    Raises ValidationError, in words, for anything but a draft, and while it is being generated.
    """
    with transaction.atomic():
        locked = Schedule.objects.select_for_update(of=("self",))
        draft = locked.select_related("program", "academic_year").get(pk=schedule.pk)
        if draft.status != Schedule.Status.DRAFT:
            raise ValidationError(f"{draft} is not a draft: what was published once is kept.")
        if active_run(draft):
            raise ValidationError(f"{draft} is being generated: wait for that to end, or cancel it.")
        record(
            user=user,
            action="draft deleted",
            target=draft,
            program=draft.program,
            changes={
                "number": draft.number,
                "placements": draft.rotation_assignments.count(),
                "assignments": draft.assignments.count(),
            },
        )
        draft.delete()


def _copy(source: Schedule, draft: Schedule) -> dict[str, int]:
    """Copy the plan and the roster; returns how many of each there were."""
    return {
        "placements": copy(RotationAssignment, PLAN, key="schedule", source=source.pk, target=draft.pk),
        "assignments": copy(Assignment, ROSTER, key="schedule", source=source.pk, target=draft.pk),
    }
