"""Ask the optimiser something about a schedule; a worker works out the answer."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string

from people.models import User
from scheduling.models import Inquiry, Schedule
from scheduling.services.inquiries.parameters import parameters_of
from scheduling.services.jobs import cancel as cancel_job
from scheduling.services.jobs import fail_if_stale

# By name: tasks stand above services, and this is the one word that goes up to them.
TASK = "scheduling.tasks.answer_inquiry"
# Takes as long as a generation does, so it waits with these: nobody with a sick call is to wait for it.
PATIENT = (Inquiry.Kind.SPREAD,)


def ask(
    *, schedule: Schedule, user: User | None, kind: str, parameters: Mapping[str, Any], enqueue: bool = True
) -> Inquiry:
    """Take a question down; a worker takes it up at once. The same question is not asked twice at a time.

    `parameters` are as `parameters.parameters_of` says. Without `enqueue` the caller has it answered. Raises
    ValidationError, in words, where the question is about something that is not there.
    """
    with transaction.atomic():
        # Two who ask at once wait here, so that the second finds the first one's question.
        schedule = Schedule.objects.select_for_update(of=("self",), no_key=True).get(pk=schedule.pk)
        asked = parameters_of(kind, schedule, parameters)
        for other in Inquiry.objects.active().filter(schedule=schedule, kind=kind, revision=schedule.revision):
            if other.parameters == asked and fail_if_stale(other).is_active:
                return other
        inquiry = Inquiry.objects.create(
            schedule=schedule, kind=kind, parameters=asked, revision=schedule.revision, requested_by=user
        )
        if enqueue:
            # The queue is a table of this database: the task appears with the inquiry when the transaction commits.
            task = import_string(TASK)
            (task.using(queue_name="default") if kind in PATIENT else task).enqueue(inquiry.pk)
    return inquiry


def cancel(*, inquiry: Inquiry, user: User | None) -> Inquiry:
    """Stop working out an answer. Raises ValidationError where it is over already."""
    return cancel_job(inquiry, user=user)


def ask_again(*, inquiry: Inquiry, user: User | None) -> Inquiry:
    """Ask the same of the schedule as it is now. Returns the new inquiry; raises as `ask` does."""
    if fail_if_stale(inquiry).is_active:
        raise ValidationError("This is being worked out already.")
    return ask(schedule=inquiry.schedule, user=user, kind=inquiry.kind, parameters=inquiry.parameters)


def newest(schedule: Schedule, kind: str, parameters: Mapping[str, Any] | None = None) -> Inquiry | None:
    """The newest inquiry of a kind about a schedule, with these parameters if they are given: all of them, in the form
    that `parameters.parameters_of` gives them."""
    rows = Inquiry.objects.filter(schedule=schedule, kind=kind).select_related("schedule__program")
    if parameters is not None:
        rows = rows.filter(parameters=dict(parameters))
    inquiry = rows.first()
    return inquiry if inquiry is None else fail_if_stale(inquiry)
