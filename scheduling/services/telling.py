"""Tell people that their own schedule changed."""

from collections.abc import Mapping, Sequence

from django.urls import reverse

from people.models import Person
from people.notices import tell
from scheduling.models import Schedule

MOST_LINES = 12  # of one notice; the page shows the rest


def tell_people(schedule: Schedule, sentences: Mapping[int, Sequence[str]], *, reason: str = "") -> list[str]:
    """Tell each person (by key) what changed for them; returns the names of those who have no account to be told in.

    Call it inside the transaction of the change.
    """
    untold = []
    for person in Person.objects.filter(pk__in=sentences).select_related("user").order_by("name"):
        lines = list(sentences[person.pk])
        if person.user is None or not person.user.is_active:
            untold.append(person.name)
            continue
        more = len(lines) - MOST_LINES
        shown = lines[:MOST_LINES] + ([f"And {more} more."] if more > 0 else [])
        tell(
            users=[person.user],
            program=schedule.program,
            subject="Your schedule changed",
            lines=[*shown, *([f"Reason: {reason}"] if reason else [])],
            url=reverse("my-schedule"),
        )
    return untold
