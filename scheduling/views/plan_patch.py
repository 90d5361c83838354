"""What changed in an open year since the revision it shows, as out-of-band fragments; see `patch` for the month's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse

from scheduling.forms.grid_filter import wanted_of
from scheduling.models import Edit, Schedule
from scheduling.services.cells import PlanCell, cell_of
from scheduling.services.edit import titles_to_turn
from scheduling.services.grid_rows import Wanted
from scheduling.services.plan_releases import Offer
from scheduling.services.touched import edits_since
from scheduling.services.year_grid import Year, read_year
from scheduling.views.cell_html import YearCells, count_html, owed_html
from scheduling.views.context import Opened, stamp
from scheduling.views.grid_html import missing_cell, missing_in, short_cell, staffing_html, year_table
from scheduling.views.patch import in_place, in_template, patched, said_html


@dataclass(frozen=True, slots=True)
class YearPage:
    """The open page: the revision that it shows, and the rest of its address ("?schedule=7" or nothing)."""

    revision: int
    state: str


def plan_patch(
    request: HttpRequest,
    opened: Opened,
    schedule: Schedule,
    page: YearPage,
    said: str,
    *,
    offer: Offer | None = None,
    year: Year | None = None,
) -> HttpResponse:
    """The patch of a year's page, after `said` was done to the schedule, which is as it was read since.

    `offer` is what the page can do next about the shifts that were released, if any; `year` the plan as it is now,
    where it is known.
    """
    parts = [*_parts(opened, schedule, page, year), said_html(said), _turns(request, opened, schedule, page)]
    context = {"program": opened.program, "schedule": schedule, "offer": offer}
    inside = render_to_string("scheduling/plan_offer.html", context, request) if offer else ""
    return patched("".join([*parts, f'<div hx-swap-oob="innerHTML:#offer">{inside}</div>']), schedule.revision)


def since_words(edits: Sequence[Edit]) -> str:
    """What others did meanwhile, in a sentence; the newest of it where it is more."""
    if not edits:
        return "This page was brought up to date."
    last = edits[-1]
    more = f" And {len(edits) - 1} more." if len(edits) > 1 else ""
    undone = " (undone)" if last.undone_at else ""
    return f"{last.user or 'Somebody'}: {last.title}{undone}.{more}"


def _turns(request: HttpRequest, opened: Opened, schedule: Schedule, page: YearPage) -> str:
    undoes, redoes = titles_to_turn(schedule, opened.user)
    here = reverse("year", args=[opened.program.slug]) + page.state
    context = {"program": opened.program, "schedule": schedule, "undoes": undoes, "redoes": redoes, "here": here}
    return f'<div hx-swap-oob="innerHTML:#turns">{render_to_string("scheduling/turns.html", context, request)}</div>'


def _parts(opened: Opened, schedule: Schedule, page: YearPage, known: Year | None) -> Iterator[str]:
    edits = edits_since(schedule, page.revision)
    if edits is None:
        yield f'<div hx-swap-oob="innerHTML:#table-holder">{_table(opened, schedule, page.state)}</div>'
        return
    cells = [each for edit in edits for each in map(cell_of, edit.cells) if isinstance(each, PlanCell)]
    if not cells:
        return
    year = known or read_year(opened.program, schedule)
    rotations = _rotations(year, cells)
    has_lines = rotations <= _in_lines(year)
    if known and not has_lines:
        year = read_year(opened.program, schedule)
    yield in_template(_row_cells(opened, year, cells, page))
    if has_lines:
        yield in_template(_counts(year, cells, rotations))
    else:
        yield (
            in_template([staffing_html(year.staffing, len(year.periods), 1, "Staffing by period")])
            .replace(' id="staffing"', ' id="staffing" hx-swap-oob="true"')
            .replace('<tr id="missing"', '<tr id="missing" hx-swap-oob="true"')
        )


def _table(opened: Opened, schedule: Schedule, state: str) -> str:
    table = year_table(
        read_year(opened.program, schedule, _wanted(opened, state)),
        label=f"Rotation plan {schedule.academic_year}",
        stamp=stamp(opened.program, [schedule], opened.now),
        shows_kinds=True,
        state=state,
    )
    return table.decode()


def _wanted(opened: Opened, state: str) -> Wanted:
    return wanted_of(QueryDict(state.removeprefix("?")), opened.program)


def _row_cells(opened: Opened, year: Year, cells: Sequence[PlanCell], page: YearPage) -> Iterator[str]:
    """The touched cells, and what is owed at the end of their rows."""
    # A filter by rotation lets rows stay that no longer match: a page never jumps.
    wanted = replace(_wanted(opened, page.state), rotation=None)
    inside = YearCells(year.catalog, True, page.state)
    places = _places(year)
    for person in sorted({each.person for each in cells} & set(year.years)):
        if not wanted.matches(year.years[person].row, ()):
            continue
        row = f"r{person}"
        for number in sorted({each.period for each in cells if each.person == person and each.period in places}):
            place = places[number]
            cell = inside.inside(person, number, year.years[person].cells[place])
            yield in_place(f"<td>{cell}</td>", row, place)
        yield in_place(owed_html(year.years[person].owed), row, len(places))


def _counts(year: Year, cells: Sequence[PlanCell], rotations: set[int]) -> Iterator[str]:
    """The counts of the touched periods in the lines that count one of the rotations, and what is missing in all."""
    numbers = {each.period for each in cells}
    columns = [place for number, place in _places(year).items() if number in numbers]
    end = len(year.periods)
    for number, (kind, line) in enumerate(zip(year.counting.kinds, year.staffing, strict=True)):
        if kind.rotations & rotations:
            for place in columns:
                yield in_place(count_html(line.counts[place]), f"s{number}", place)
            yield in_place(missing_cell(line.missing, 1), f"s{number}", end)
    if any(line.asks for line in year.staffing):
        for place in columns:
            yield in_place(short_cell(missing_in(year.staffing, place)), "missing", place)
        yield in_place(missing_cell(sum(line.missing for line in year.staffing), 1), "missing", end)


def _places(year: Year) -> dict[int, int]:
    return {period.number: place for place, period in enumerate(year.periods)}


def _rotations(year: Year, cells: Sequence[PlanCell]) -> set[int]:
    """The rotations that the cells held, or hold now."""
    keys = {rotation.code: key for key, rotation in year.catalog.rotations.items()}
    states = [state for each in cells for state in (each.before, each.after) if state is not None]
    return {keys[state.rotation] for state in states if state.rotation in keys}


def _in_lines(year: Year) -> set[int]:
    """The rotations whose lines are there whoever is placed: by a staffing rule, or since the curriculum has them."""
    asked = {key for kind in year.counting.kinds if kind.needs for key in kind.rotations}
    taught = {key for key, rotation in year.catalog.rotations.items() if rotation.code in year.owing.rotations}
    return asked | taught
