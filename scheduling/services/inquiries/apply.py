"""Make what an answer proposes."""

from django.core.exceptions import ValidationError
from django.db import transaction

from people.models import User
from scheduling.models import Inquiry, Schedule
from scheduling.services.drafts import new_draft
from scheduling.services.edit import Change, change

# Answers to "what if": they are tried in a draft of their own, whatever they were asked about.
SANDBOX = (Inquiry.Kind.FILL, Inquiry.Kind.LEAVE)
LONGEST_NOTE = 300


def apply(*, inquiry: Inquiry, plan: int, user: User | None) -> Schedule:
    """Make the plan of this place in the answer, and return the draft that has it now.

    That is the draft itself that was asked about; for anything else, and for what is only tried, a new draft made from
    it. Those touched are told when it is published. Raises ValidationError, in words, where there is no such plan and
    where the schedule has changed where the plan changes it.
    """
    plans = (inquiry.answer or {}).get("plans", [])
    if inquiry.status != Inquiry.Status.SUCCEEDED or not 0 <= plan < len(plans):
        raise ValidationError("This plan is not there: ask again.")
    chosen = plans[plan]
    changes = [Change.of(each) for each in chosen["changes"]]
    with transaction.atomic():
        schedule = Schedule.objects.select_related("academic_year").get(pk=inquiry.schedule_id)
        if schedule.status != Schedule.Status.DRAFT or inquiry.kind in SANDBOX:
            schedule = new_draft(
                academic_year=schedule.academic_year,
                user=user,
                based_on=schedule,
                note=chosen["title"][:LONGEST_NOTE],
            )
        change(
            schedule=schedule,
            user=user,
            changes=changes,
            reason=chosen["title"],
            action="plan applied",
            title=chosen["title"],
        )
    schedule.refresh_from_db()
    return schedule
