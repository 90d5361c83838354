"""The tables of the month and of the year with what their pages say of them, made once for all who see them alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from scheduling.models import Schedule
from scheduling.services.digests import said
from scheduling.services.grid_rows import Catalog, Wanted
from scheduling.services.grid_setup import Setup
from scheduling.services.month_grid import Month, read_month
from scheduling.services.year_grid import Year, read_year
from scheduling.views.context import Opened, can_edit, stamp
from scheduling.views.grid_html import year_table
from scheduling.views.months import month_bytes

TABLE = b"<!--table-->"  # where templates leave a place for it; what people write has no such signs


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, its legend, and how much is in it. `columns` are its days or the numbers of its periods."""

    table: bytes
    legend: SafeString
    columns: str
    people: int
    total: int
    is_filled: bool


def month_sheet(opened: Opened, schedules: Sequence[Schedule], setup: Setup, wanted: Wanted, state: str) -> Sheet:
    """The roster of a month in these versions. `state` is the rest of the page's address, filters included."""
    grid = read_month(opened.program, schedules, setup.first, setup.last, wanted, setup=setup)
    table = month_bytes(opened, schedules, grid, setup.first, state, is_open=can_edit(opened, schedules[0]))
    columns = [day.date.isoformat() for day in grid.days]
    return _sheet(opened, "month", grid, table, columns, is_filled=grid.has_roster)


def year_sheet(opened: Opened, schedule: Schedule, setup: Setup, wanted: Wanted, state: str) -> Sheet:
    """The rotation plan of a version, likewise."""
    grid = read_year(opened.program, schedule, wanted, setup=setup)
    table = year_table(
        grid,
        label=f"Rotation plan {schedule.academic_year}",
        stamp=stamp(opened.program, [schedule], opened.now),
        shows_kinds=opened.is_scheduler,
        state=state if can_edit(opened, schedule) else None,
    )
    columns = [str(period.number) for period in grid.periods]
    return _sheet(opened, "year", grid, table, columns, is_filled=grid.has_plan)


def _sheet(
    opened: Opened, view: str, grid: Month | Year, table: bytes, columns: Sequence[str], *, is_filled: bool
) -> Sheet:
    legend = _legend(grid.catalog, view, opened.is_scheduler)
    return Sheet(table, legend, " ".join(columns), grid.people, grid.total, is_filled)


def page_with(sheet: Sheet, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page around a table. The table is put into what is rendered, not rendered: each step of a template would
    copy it."""
    response = render(request, template, context | {"grid": sheet, "look": _look(request, context, sheet)})
    response.content = response.content.replace(TABLE, sheet.table, 1)
    return response


def _look(request: HttpRequest, context: Mapping[str, Any], sheet: Sheet) -> tuple[object, ...]:
    """All that the page shows but the table and who reads it: what templates remember it by ({% once look %})."""
    schedule: Schedule = context["schedule"]
    is_named = schedule.published_at and schedule.status == Schedule.Status.PUBLISHED
    based_on = None if is_named else schedule.based_on
    return (
        *(said(context["program"]), said(schedule), str(schedule.academic_year), based_on and said(based_on)),
        *(context["view"], context["is_scheduler"], context["state"], request.GET.get("schedule")),
        *(context.get("counts_known"), tuple(sorted(context.get("counts", {}).items()))),
        *(context.get(name) for name in ("month", "day", "previous", "next", "is_outside")),
        *(context["form"].inputs, context["form"].errors),
        *(sheet.legend, sheet.columns, sheet.people, sheet.total, sheet.is_filled),
    )


@lru_cache(maxsize=1024)
def _legend(catalog: Catalog, view: str, is_scheduler: bool) -> SafeString:
    shown = {"catalog": catalog, "view": view, "is_scheduler": is_scheduler}
    return render_to_string("scheduling/legend.html", shown)
