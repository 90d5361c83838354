"""Make what an answer proposes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from people.models import Person, Program, User
from scheduling.models import Inquiry, Schedule
from scheduling.services.cells import Key, PlanKey, cell_of
from scheduling.services.changes import Change
from scheduling.services.drafts import new_draft
from scheduling.services.edit import change
from scheduling.services.inquiries import ledger
from scheduling.services.inquiries.parameters import ABOUT_LEAVE, absence_of

# Answers to "what if": they are tried in a draft of their own, whatever they were asked about.
SANDBOX = (Inquiry.Kind.FILL, Inquiry.Kind.LEAVE)
LONGEST_NOTE = 300


def apply(*, inquiry: Inquiry, plan: int, user: User | None) -> Schedule:
    """Make the plan of this place in the answer, and return the draft that has it now.

    That is the draft itself that was asked about; for anything else, and for what is only tried, a new draft made from
    it, unless this user made one of this plan already. Those touched are told when it is published.

    Raises ValidationError, in words, where there is no such plan, and where the schedule or the leave that was asked
    about is not what it was: nobody has judged the plan beside what it is now.
    """
    plans = (inquiry.answer or {}).get("plans", [])
    if inquiry.status != Inquiry.Status.SUCCEEDED or not 0 <= plan < len(plans):
        raise ValidationError("This plan is not there: ask again.")
    chosen = plans[plan]
    changes = [Change.of(each) for each in chosen["changes"]]
    with transaction.atomic():
        schedule, absent = _unchanged(inquiry)
        if schedule.status != Schedule.Status.DRAFT or inquiry.kind in SANDBOX:
            draft = _made_already(inquiry, schedule, chosen["title"], changes, user)
            if draft is not None:
                return draft
            schedule = new_draft(
                academic_year=schedule.academic_year,
                user=user,
                based_on=schedule,
                note=chosen["title"][:LONGEST_NOTE],
            )
        if changes:
            edit = change(
                schedule=schedule,
                user=user,
                changes=changes,
                reason=chosen["title"],
                action="plan applied",
                title=chosen["title"],
            )
            if absent is not None:
                ledger.enter(edit, absent, changes)
    schedule.refresh_from_db()
    return schedule


def _unchanged(inquiry: Inquiry) -> tuple[Schedule, Person | None]:
    """The schedule that was asked about, held as it was then, and who is covered for.

    Raises ValidationError where either is another one now.
    """
    program = inquiry.schedule.program_id
    Program.objects.select_for_update(no_key=True).get(pk=program)  # before the schedule, as in publishing
    locked = Schedule.objects.select_for_update(of=("self",), no_key=True).select_related("academic_year")
    schedule = locked.get(pk=inquiry.schedule_id)
    if schedule.status == Schedule.Status.ARCHIVED:
        raise ValidationError(f"{schedule} is archived by now: ask about what is published in its place.")
    if schedule.revision != inquiry.revision:
        raise ValidationError(f"{schedule} was changed since this was worked out: ask again. Nothing was changed.")
    if inquiry.kind not in ABOUT_LEAVE:
        return schedule, None
    absence = absence_of(inquiry.kind, schedule, inquiry.parameters)
    return schedule, absence.person if inquiry.kind == Inquiry.Kind.REPAIR else None


def _made_already(
    inquiry: Inquiry, schedule: Schedule, title: str, changes: Sequence[Change], user: User | None
) -> Schedule | None:
    """The draft that this user has made of this plan, as by a second click; two plans may have one title."""
    drafts = Schedule.objects.filter(
        based_on=schedule,
        status=Schedule.Status.DRAFT,
        created_by=user,
        note=title[:LONGEST_NOTE],
        created_at__gte=inquiry.finished_at or inquiry.created_at,
    )
    wanted = {(each.person, each.date, each.shift): (each.before, each.after) for each in changes}
    for draft in drafts.order_by("-number"):
        made = draft.edits.filter(user=user, undone_at__isnull=True).values_list("cells", flat=True)
        if not wanted or any(_changed(cells) == wanted for cells in made):
            return draft
    return None


def _changed(cells: Iterable[Mapping[str, Any]]) -> dict[Key | PlanKey, tuple[str | None, str | None]]:
    """What an edit did, as changes say it: by cell, the rotation before and after."""
    found = (cell_of(each) for each in cells)
    return {
        each.key: (each.before.rotation if each.before else None, each.after.rotation if each.after else None)
        for each in found
    }
