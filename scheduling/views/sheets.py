"""The tables of the month and of the year with what their pages say of them, made once for all who see them alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from people.pages import shared
from scheduling.models import Schedule
from scheduling.services.grid_rows import Catalog, Wanted
from scheduling.services.grid_setup import Setup
from scheduling.services.month_grid import Month, read_month
from scheduling.services.year_grid import Year, read_year
from scheduling.views.context import Opened, can_edit, stamp
from scheduling.views.grid_html import year_table
from scheduling.views.months import month_html


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, its legend, and how much is in it. `columns` are its days or the numbers of its periods."""

    table: SafeString
    legend: SafeString
    columns: str
    people: int
    total: int
    is_filled: bool


def month_sheet(opened: Opened, schedules: Sequence[Schedule], setup: Setup, wanted: Wanted, state: str) -> Sheet:
    """The roster of a month in these versions. `state` is the rest of the page's address, filters included."""
    is_open, first = can_edit(opened, schedules[0]), setup.first

    def make() -> Sheet:
        grid = read_month(opened.program, schedules, first, setup.last, wanted, setup=setup)
        table = month_html(opened, schedules, grid, first, state, is_open=is_open)
        columns = [f"{day.date:%Y-%m-%d}" for day in grid.days]
        return _sheet(opened, "month", grid, table, columns, is_filled=grid.has_roster)

    return shared(opened.request, "month", (*_seen(opened, schedules, is_open=is_open), first, state), make)


def year_sheet(opened: Opened, schedule: Schedule, setup: Setup, wanted: Wanted, state: str) -> Sheet:
    """The rotation plan of a version, likewise."""
    is_open = can_edit(opened, schedule)

    def make() -> Sheet:
        grid = read_year(opened.program, schedule, wanted, setup=setup)
        table = year_table(
            grid,
            label=f"Rotation plan {schedule.academic_year}",
            stamp=stamp(opened.program, [schedule], opened.now),
            shows_kinds=opened.is_scheduler,
            state=state if is_open else None,
        )
        columns = [str(period.number) for period in grid.periods]
        return _sheet(opened, "year", grid, table, columns, is_filled=grid.has_plan)

    return shared(opened.request, "year", (*_seen(opened, [schedule], is_open=is_open), state), make)


def _seen(opened: Opened, schedules: Sequence[Schedule], *, is_open: bool) -> tuple[object, ...]:
    return [schedule.pk for schedule in schedules], opened.is_scheduler, is_open, opened.today


def _sheet(
    opened: Opened, view: str, grid: Month | Year, table: SafeString, columns: Sequence[str], *, is_filled: bool
) -> Sheet:
    legend = _legend(grid.catalog, view, opened.is_scheduler)
    return Sheet(table, legend, " ".join(columns), grid.people, grid.total, is_filled)


@lru_cache(maxsize=1024)
def _legend(catalog: Catalog, view: str, is_scheduler: bool) -> SafeString:
    shown = {"catalog": catalog, "view": view, "is_scheduler": is_scheduler}
    return render_to_string("scheduling/legend.html", shown)
