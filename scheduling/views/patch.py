"""What changed in an open month since the revision it shows, as out-of-band fragments that htmx puts in their places.

A cell goes to "#r12>:nth-child(4)", a count to "#s0>:nth-child(4)": rows have ids, columns are counted. Where more was
written than edits tell of, the whole table is sent.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import escape

from people.masking import token
from scheduling.models import Edit, Schedule
from scheduling.services.cells import Cell, cell_of
from scheduling.services.edit import titles_to_turn
from scheduling.services.facts_kept import Known, known_of
from scheduling.services.grid_rows import Catalog, Wanted
from scheduling.services.month_gestures import Done
from scheduling.services.month_grid import Month, read_month
from scheduling.services.month_patch import read_touched
from scheduling.services.month_rows import PersonMonth
from scheduling.services.touched import edits_since
from scheduling.views.cell_html import MonthCells, count_html
from scheduling.views.context import Opened
from scheduling.views.grid_html import missing_cell, missing_in, month_cell, short_cell, staffing_html, tally_cells
from scheduling.views.months import end_of_month, month_html, schedules_of_month, wanted_of

DAY = timedelta(days=1)
FELT = 2  # days after a duty on which it may leave somebody free, as after a night
SUMS = 3  # columns at the end of a row


@dataclass(frozen=True, slots=True)
class Page:
    """The open page: its month, the revision that it shows, and the rest of its address ("?schedule=7" or nothing)."""

    month: date
    revision: int
    state: str


def patch_response(
    request: HttpRequest, opened: Opened, schedule: Schedule, page: Page, said: str, *, done: Done | None = None
) -> HttpResponse:
    """The patch of a month's page, after `said` was done to the schedule, which is as it was read since.

    `done` is the gesture that was, with what was read for it: that is not read again.
    """
    is_all = done is not None and schedule.revision == page.revision + 1
    edits = [done.edit] if done is not None and is_all else edits_since(schedule, page.revision)
    changed = _parts(opened, schedule, page, edits, done)
    # After an edit of one's own there is nothing to do again.
    titles = (done.edit.title, "") if done else titles_to_turn(schedule, opened.user)
    parts = [*changed, said_html(said), turns_html(request, opened, schedule, page, titles)]
    return patched("".join(parts), schedule.revision)


def patched(html: str, revision: int) -> HttpResponse:
    """A patch, with the event that tells scripts which revision the page shows from now on."""
    response = HttpResponse(html)
    response["HX-Trigger"] = json.dumps({"calendar:edited": {"revision": revision}})
    return response


def said_html(said: str) -> str:
    """The sentence for the line that screen readers are told."""
    return f'<div hx-swap-oob="innerHTML:#said">{escape(said)}</div>'


def turns_html(request: HttpRequest, opened: Opened, schedule: Schedule, page: Page, titles: tuple[str, str]) -> str:
    """Undo and redo, by what they are called now: the forms of scheduling/turns.html, at a tenth of a template's
    time."""
    month, undo, redo = _addresses(opened.program.slug, page.month, schedule.number)
    here = escape(month + page.state)
    hidden = f'<input type="hidden" name="csrfmiddlewaretoken" value="{token(request)}">'
    forms = "\n".join(
        f'<form method="post" action="{address}">{hidden}'
        f'<input type="hidden" name="next" value="{here}"><button title="{label}: {escape(title)}">{label}'
        f'<span class="vh">: {escape(title)}</span></button></form>'
        if title
        else ""
        for address, label, title in zip((undo, redo), ("Undo", "Redo"), titles, strict=True)
    )
    return f'<div hx-swap-oob="innerHTML:#turns">{forms}\n</div>'


@lru_cache(maxsize=1024)
def _addresses(slug: str, month: date, number: int) -> tuple[str, str, str]:
    """Of the month's page, and of undo and redo in a version."""
    version = [slug, number]
    return reverse("month", args=[slug, month]), reverse("undo", args=version), reverse("redo", args=version)


def in_place(cell: str, row: str, column: int) -> str:
    """A whole td that goes in the place of the one in this column of a row (0: after the row's heading)."""
    return cell.replace("<td", f'<td hx-swap-oob="outerHTML:#{row}>:nth-child({column + 2})"', 1)


def in_template(cells: Iterable[str]) -> str:
    """Cells as a fragment: outside of a table only a template may hold them."""
    return f"<template>{''.join(cells)}</template>"


def _parts(
    opened: Opened, schedule: Schedule, page: Page, edits: Sequence[Edit] | None, done: Done | None
) -> Iterator[str]:
    schedules = schedules_of_month(opened, schedule, page.month, page.state)
    last = end_of_month(page.month)
    if edits is None:
        month = read_month(opened.program, schedules, page.month, last, wanted_of(opened, page.state))
        yield _table(opened, schedules, month, page)
        return
    felt = page.month - FELT * DAY  # so late in the month before, a day may be felt in this one
    roster = [each for edit in edits for each in map(cell_of, edit.cells) if isinstance(each, Cell)]
    touched = [each for each in roster if felt <= each.date <= last]
    if not touched:
        return
    cells = [each for each in touched if each.date >= page.month]
    # Who comes to match a filter by rotation, or no longer does, stays where they are until the page is read again.
    wanted = replace(wanted_of(opened, page.state), rotation=None)
    people = {each.person for each in touched}
    month = _read(schedules, page.month, last, wanted, people, done)
    if _lines_may_differ(month, cells):
        yield (
            in_template([staffing_html(month.staffing, len(month.days), SUMS, "Staffing by day")])
            .replace(' id="staffing"', ' id="staffing" hx-swap-oob="true"')
            .replace('<tr id="missing"', '<tr id="missing" hx-swap-oob="true"')
        )
        yield in_template(_row_cells(opened, schedule, month, touched, page))
    else:
        yield in_template([*_row_cells(opened, schedule, month, touched, page), *_counts(month, cells)])


def _read(
    schedules: Sequence[Schedule], first: date, last: date, wanted: Wanted, people: Collection[int], done: Done | None
) -> Month:
    schedule = schedules[0]
    covers = len(schedules) == 1 and schedule.start_date <= first and last <= schedule.end_date
    known = _known(schedule, done) if covers else None
    if known is None:
        return read_month(schedule.program, schedules, first, last, wanted, only=people)
    return read_touched(known, schedule, first, last, wanted, people, done)


def _known(schedule: Schedule, done: Done | None) -> Known | None:
    """None where the program's rules are set wrongly: edits say so, and what is there is shown all the same."""
    if done is not None:
        return done.known
    try:
        return known_of(schedule)
    except ValidationError:
        return None


def _table(opened: Opened, schedules: Sequence[Schedule], month: Month, page: Page) -> str:
    table = month_html(opened, schedules, month, page.month, page.state, is_open=True)
    return f'<div hx-swap-oob="innerHTML:#table-holder">{table}</div>'


def _row_cells(opened: Opened, schedule: Schedule, month: Month, cells: Sequence[Cell], page: Page) -> Iterator[str]:
    """The touched days, the days after them, and the sums of their rows."""
    open_days = (schedule.start_date, schedule.end_date)
    made = _cells_of(month.catalog)
    columns = {day.date: place for place, day in enumerate(month.days)}
    for person in _people(month):
        days = {each.date for each in cells if each.person == person.row.pk}
        felt = {day + offset * DAY for day in days for offset in range(FELT + 1)}
        for place in sorted(columns[day] for day in felt if day in columns):
            cell = month_cell(person, place, month, made, opened.today, page.state, open_days)
            yield in_place(cell, f"r{person.row.pk}", place)
        for offset, cell in enumerate(tally_cells(person)):
            yield in_place(cell, f"r{person.row.pk}", len(columns) + offset)


@lru_cache(maxsize=64)
def _cells_of(catalog: Catalog) -> MonthCells:
    return MonthCells(catalog, shows_kinds=True)


def _people(month: Month) -> list[PersonMonth]:
    return [person for group in month.groups for person in group.rows]


def _counts(month: Month, cells: Collection[Cell]) -> Iterator[str]:
    """The counts of the touched days in the lines that the changed duties count in, and what is missing in all."""
    touched = {each.date for each in cells}
    if not touched:
        return
    places = [place for place, day in enumerate(month.days) if day.date in touched]
    rotations = _rotations(month, cells)
    for number, line in enumerate(month.staffing):
        counted = line.need.rotations if line.need else frozenset({line.rotation})
        if rotations & counted:
            for place in places:
                yield in_place(count_html(line.counts[place]), f"s{number}", place)
            yield in_place(missing_cell(line.missing, SUMS), f"s{number}", len(month.days))
    if any(line.asks for line in month.staffing):
        for place in places:
            yield in_place(short_cell(missing_in(month.staffing, place)), "missing", place)
        total = sum(line.missing for line in month.staffing)
        yield in_place(missing_cell(total, SUMS), "missing", len(month.days))


def _rotations(month: Month, cells: Iterable[Cell]) -> set[int]:
    """The rotations that the cells held, or hold now."""
    keys = {rotation.code: key for key, rotation in month.catalog.rotations.items()}
    states = [state for each in cells for state in (each.before, each.after) if state is not None]
    return {keys[state.rotation] for state in states if state.rotation in keys}


def _lines_may_differ(month: Month, cells: Collection[Cell]) -> bool:
    """Whether a line may have come or gone: a rotation that no rule counts has one while somebody works it."""
    touched = {each.date for each in cells}
    untouched = [place for place, day in enumerate(month.days) if day.date not in touched]
    ruled = {rotation for line in month.staffing if line.need for rotation in line.need.rotations}
    worked = {
        line.rotation
        for line in month.staffing
        if any(count.number for place in untouched if (count := line.counts[place]) is not None)
    }
    return bool(_rotations(month, cells) - ruled - worked)
