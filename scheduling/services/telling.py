"""Tell people that their own schedule changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone

from people.models import Notice, Person
from people.notices import Word, tell_each
from scheduling.models import Schedule

MOST_LINES = 12  # of one notice; the page shows the rest


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the schedule something changed: its days, and how a sentence names them ("Sat 7 Nov, night")."""

    first: date
    last: date
    words: str


def tell_people(
    schedule: Schedule,
    sentences: Mapping[int, Sequence[str]],
    *,
    reason: str = "",
    places: Mapping[int, Sequence[Place]] | None = None,
) -> list[str]:
    """Tell each person (by key) what changed for them; returns the names of those who have no account to be told in.

    `places` are the days changed for each, in order: they head the notice, and what is near is mailed at once. Call it
    inside the transaction of the change.
    """
    untold, words = [], []
    today = timezone.localdate(timezone=schedule.program.zone)
    for person in Person.objects.filter(pk__in=sentences).select_related("user").order_by("name"):
        if person.user is None or not person.user.is_active:
            untold.append(person.name)
            continue
        # What is over by now is no news to hurry for, and no heading.
        ahead = [place for place in (places or {}).get(person.pk, ()) if place.last >= today]
        words.append(
            Word(
                user=person.user,
                program=schedule.program,
                kind=Notice.Kind.SCHEDULE,
                subject="Your schedule changed",
                about=_about(ahead),
                lines=[*_shown(sentences[person.pk]), *([f"Reason: {reason}"] if reason else [])],
                url=reverse("my-schedule"),
                soonest=max(today, min(place.first for place in ahead)) if ahead else None,
            )
        )
    tell_each(words)
    return untold


def _shown(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"And {more} more."] if more > 0 else [])]


def _about(places: Sequence[Place]) -> str:
    """The first of these places, and how many more."""
    if not places:
        return ""
    more = len(places) - 1
    return f"{places[0].words} and {more} more" if more else places[0].words
