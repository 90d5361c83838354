"""Give a block that lacks people to somebody who could take it."""

from django.core.exceptions import ValidationError

from people.models import Person, User
from scheduling.models import Edit, Schedule
from scheduling.services.edit import Change, change
from scheduling.services.slot_case import Case
from scheduling.services.slot_facts import Reason, fact_of


def fill(*, schedule: Schedule, user: User | None, case: Case, person: int) -> Edit:
    """Give the block of `case` to the person with this key; it is pinned to them.

    Raises ValidationError, in words, where they cannot take it (any more), and as `edit.change`.
    """
    found = next((each for each in case.facts.people if each.pk == person), None)
    if found is None:
        raise ValidationError("Whoever was chosen does not belong to this program any more. Nothing was changed.")
    fact = fact_of(case, found)
    if fact.reason is not Reason.COULD:
        raise ValidationError(f"{found.name} cannot take it: {fact.sentence}. Nothing was changed.")
    return change(
        schedule=schedule,
        user=user,
        changes=[Change(found.pk, case.day, case.shift_type.code, _now(case, found), case.rotation.code)],
        action="block filled",
        title=f"{found.name} takes {case.words}",
    )


def _now(case: Case, person: Person) -> str | None:
    """What the person has in this block: backup, at most, or they could not take it."""
    turn = case.judge.turns.get(person.pk, {}).get(case.key)
    return case.facts.rotations[turn.rotation].code if turn else None
