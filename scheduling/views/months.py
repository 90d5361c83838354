"""What the month's page and its patches share: which versions it shows, of whom, and its table."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from scheduling.forms import grid_filter
from scheduling.models import Schedule
from scheduling.services.grid_rows import Wanted
from scheduling.services.month_grid import Month
from scheduling.views.context import Opened, stamp
from scheduling.views.grid_html import month_table


def end_of_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def schedules_of_month(opened: Opened, schedule: Schedule, first: date, state: str) -> list[Schedule]:
    """The versions that a page of this month shows where it shows this one: all that are published, or it alone."""
    if schedule.status != Schedule.Status.PUBLISHED or _asked(state).get("schedule"):
        return [schedule]
    last = end_of_month(first)
    rows = Schedule.objects.published().filter(program=opened.program, start_date__lte=last, end_date__gte=first)
    return list(rows.select_related("academic_year", "based_on").order_by("start_date"))


def wanted_of(opened: Opened, state: str) -> Wanted:
    """Of whom the page shows rows (no query where it shows everybody's)."""
    return grid_filter.wanted_of(_asked(state), opened.program)


def month_html(
    opened: Opened, schedules: Sequence[Schedule], grid: Month, first: date, state: str, *, is_open: bool
) -> SafeString:
    """The table of a month as `month_bytes` makes it, to be put into a fragment."""
    return mark_safe(month_bytes(opened, schedules, grid, first, state, is_open=is_open).decode())  # noqa: S308


def month_bytes(
    opened: Opened, schedules: Sequence[Schedule], grid: Month, first: date, state: str, *, is_open: bool
) -> bytes:
    """The table of a month, as it is sent. `state` is the rest of the page's address; `is_open` whether its cells can
    be changed.

    That is what the page changes: the first of the versions, on its own days.
    """
    number = _asked(state).get("schedule", "")
    version = f"?schedule={number}" if number.isdigit() else ""
    addresses = _day_addresses(opened.program.slug, version, first)
    return month_table(
        grid,
        today=opened.today,
        day_url=addresses.__getitem__,
        label=f"Roster of {first:%B %Y}",
        stamp=stamp(opened.program, list(schedules), opened.now),
        shows_kinds=opened.is_scheduler,
        state=state if is_open else None,
        open_days=(schedules[0].start_date, schedules[0].end_date),
    )


def _asked(state: str) -> QueryDict:
    return QueryDict(state.removeprefix("?"))


@lru_cache(maxsize=1024)
def _day_addresses(slug: str, version: str, first: date) -> dict[date, str]:
    """The pages of the days of a month."""
    days = [first + timedelta(days=offset) for offset in range((end_of_month(first) - first).days + 1)]
    return {day: reverse("day", args=[slug, day]) + version for day in days}
