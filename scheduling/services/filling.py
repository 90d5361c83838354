"""Give a block that lacks people to somebody who could take it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from people.models import Person, User
from scheduling.models import Edit, Rotation, Schedule, ShiftType
from scheduling.services.edit import change
from scheduling.services.slot_case import Case, asked_of, case_of
from scheduling.services.slot_facts import Reason, fact_of, taking


def fill(
    *,
    schedule: Schedule,
    user: User | None,
    day: date,
    rotation: Rotation,
    shift_type: ShiftType,
    person: int,
    is_short: bool = False,
) -> Edit:
    """Give the block to the person with this key; it is pinned to them, and a backup that they are called from ends.

    All of it is judged as it is now, and nobody else changes the schedule meanwhile. With `is_short`, somebody was
    shown to be missing. Raises ValidationError, in words, where nobody is any more, where the block is over, where they
    cannot take it, and as `edit.change`.
    """
    with transaction.atomic():
        locked = Schedule.objects.select_for_update(of=("self",), no_key=True)
        schedule = locked.select_related("program", "academic_year").get(pk=schedule.pk)
        case = case_of(schedule, day, rotation, shift_type)
        _require_open(case, is_short)
        found = _person(case, person)
        changes = taking(case, found)
        ended = [each for each in changes if each.after is None]
        title = f"{found.name} takes {case.words}" + (", called from backup" if ended else "")
        return change(schedule=schedule, user=user, changes=changes, reason=title, action="block filled", title=title)


def _require_open(case: Case, is_short: bool) -> None:
    if case.instants[1] <= timezone.now():
        raise ValidationError(f"{case.words} is over: nobody can take it any more. Nothing was changed.")
    if is_short and not any(line.short for line in asked_of(case)):
        raise ValidationError(f"{case.words} has enough people by now: look at it again. Nothing was changed.")


def _person(case: Case, key: int) -> Person:
    """Who takes it. Raises ValidationError where they cannot."""
    found = next((each for each in case.facts.people if each.pk == key), None)
    if found is None:
        raise ValidationError("Whoever was chosen does not belong to this program any more. Nothing was changed.")
    fact = fact_of(case, found)
    if fact.reason is not Reason.COULD:
        raise ValidationError(f"{found.name} cannot take it: {fact.sentence}. Nothing was changed.")
    return found
