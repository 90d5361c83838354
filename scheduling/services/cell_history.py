"""The history of one day of a person: which edits changed it, by whom, and from what to what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from scheduling.models import Edit, Schedule
from scheduling.services.cells import Cell, State, cell_of
from scheduling.services.edit import EDITS_LOOKED_AT
from scheduling.services.gestures import At, Duties


@dataclass(frozen=True, slots=True)
class Past:
    """One edit as it changed a day: the codes of the duties that it took away and of those that it gave."""

    by: str
    at: datetime
    title: str
    reason: str
    was: Duties
    becomes: Duties

    @property
    def words(self) -> str:
        """From what to what, by codes; what the edit is called where it only marked the day."""
        if self.was == self.becomes:
            return self.title
        was, becomes = (
            " and ".join(f"{rotation} {shift}" for rotation, shift in each) or "free"
            for each in (self.was, self.becomes)
        )
        return f"{was} to {becomes}"


def history(schedule: Schedule, at: At[date]) -> list[Past]:
    """The edits of a day that stand, newest first, among the newest of the schedule (1 query)."""
    edits = Edit.objects.filter(schedule=schedule, undone_at__isnull=True).select_related("user")
    found = []
    for edit in edits.order_by("-revision")[:EDITS_LOOKED_AT]:
        # Told by what is as it is in JSON: to make all cells of 200 edits would take as long as the rest of a panel.
        named = (at[0], at[1].isoformat())
        cells = [cell_of(each) for each in edit.cells if (each["person"], each.get("date")) == named]
        days = [each for each in cells if isinstance(each, Cell)]
        if days:
            by = str(edit.user) if edit.user else "somebody"
            was = _duties((each.shift, each.before) for each in days)
            becomes = _duties((each.shift, each.after) for each in days)
            found.append(Past(by, edit.created_at, edit.title, edit.reason, was, becomes))
    return found


def changed_by(schedule: Schedule, at: At[date]) -> str:
    """By whom a day became what it is, and when, as far as edits tell: " since Bo changed it on Tue 3 Nov at 12:00"."""
    last = next(iter(history(schedule, at)), None)
    if last is None:
        return ""
    when = last.at.astimezone(schedule.program.zone)
    return f" since {last.by} changed it on {when:%a %-d %b at %H:%M}"


def _duties(states: Iterable[tuple[str, State | None]]) -> Duties:
    return tuple((state.rotation, shift) for shift, state in states if state is not None)
