"""Publishing within the lock window: days that people count on change only with a reason, whoever changes them how."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from people.models import Person
from scheduling.models import Schedule
from scheduling.services.comparing import Differences, places
from scheduling.services.lock_window import locked_until


def counted_on(replaced: Iterable[Schedule], schedule: Schedule, found: Differences) -> str:
    """Whose published days a draft changes so soon that a note is needed, the first named; blank where nobody's.

    `found` is what the draft changes from today on (no query where nothing is locked, else 2).
    """
    locked = [until for until in map(locked_until, replaced) if until is not None]
    if not locked:
        return ""
    until = max(locked)
    soon = [
        (place.first, person, place.words)
        for person, theirs in places(schedule, found).items()
        for place in theirs
        if place.first <= until
    ]
    if not soon:
        return ""
    _, person, where = min(soon)
    name = Person.objects.values_list("name", flat=True).get(pk=person)
    others = len({person for _, person, _ in soon}) - 1
    more = f", and those of {others} more {'person' if others == 1 else 'people'}" if others else ""
    return (
        f"It changes days that people count on: first {name}'s, {where}{more}. Published days until "
        f"{until:%a %-d %b} change only with a reason: say why in the note."
    )


def require_note(replaced: Iterable[Schedule], schedule: Schedule, found: Differences, note: str) -> None:
    """Raises ValidationError, for the field `note`, where it is blank and the draft changes what people count on."""
    if not note.strip() and (words := counted_on(replaced, schedule, found)):
        raise ValidationError({"note": words})
