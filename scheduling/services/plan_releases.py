"""What a change of the plan releases from the roster, in words, and what to do about it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from scheduling.models import Period, Schedule
from scheduling.services.cells import Cell
from scheduling.services.changes import Change


@dataclass(frozen=True, slots=True)
class Offer:
    """To make the roster of some people anew from a first to a last day. People go by key."""

    first: date
    last: date
    people: Sequence[int]
    words: str
    button: str


def shifts_words(days: Iterable[date]) -> str:
    """Such as "14 shifts from Tue 3 Nov on"; blank for none."""
    found = sorted(days)
    if not found:
        return ""
    return (
        f"1 shift on {found[0]:%a %-d %b}" if len(found) == 1 else f"{len(found)} shifts from {found[0]:%a %-d %b} on"
    )


def released_days(cells: Iterable[Cell | Change]) -> list[date]:
    """The days of the shifts that somebody no longer works."""
    return [each.date for each in cells if each.after is None]


def offer_of(schedule: Schedule, periods: Collection[Period], people: Collection[int], words: str) -> Offer | None:
    """To roster these periods of these people again; None where that cannot be generated, as in what is published."""
    if schedule.status != Schedule.Status.DRAFT or not periods:
        return None
    first = max(min(period.start_date for period in periods), schedule.start_date)
    last = min(max(period.end_date for period in periods), schedule.end_date)
    button = "Roster that period again" if len(periods) == 1 else "Roster those periods again"
    return Offer(first, last, sorted(people), words, button)
