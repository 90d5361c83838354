"""The month and the year grid as HTML tables, joined from pieces (see cell_html).

Rows are kept in the memory of the process: after an edit, one of sixty is made anew. Tables are bytes, as they are
sent: one letter beyond Latin-1 would make each of a text's 400,000 letters take two bytes, at each copy of it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.html import escape

from people.models import FACULTY_LEVEL
from scheduling.services.grid_rows import Catalog, Group
from scheduling.services.month_grid import Month
from scheduling.services.month_rows import Day, PersonMonth
from scheduling.services.staffing import Count, Line
from scheduling.services.year_grid import Year
from scheduling.services.year_people import PersonYear
from scheduling.views.cell_html import MonthCells, YearCells, count_html, number, owed_html

type Span = tuple[date, date]

ROWS = 4096  # that are kept, of months and of years each; some 3 kB each
MANY_HOURS = 80  # a resident's week above this stands out; whether a rule is broken is for the rules to say


def month_table(
    month: Month,
    *,
    today: date,
    day_url: Callable[[date], str],
    label: str,
    stamp: str,
    shows_kinds: bool,
    state: str | None = None,
    open_days: Span | None = None,
) -> bytes:
    """The grid of a month. `stamp` is what each printed page carries; the day's heading links to `day_url`.

    Where cells can be changed, `state` is the rest of their links' addresses, such as "?schedule=7" or nothing, and
    `open_days` are the first and the last day on which they can.
    """
    look = _month_look(month.catalog, tuple(month.days), today, shows_kinds, state, open_days)
    addresses = tuple(day_url(day.date) for day in month.days)
    heads = _day_heads(look.days, look.classes, addresses, today)
    sums = (
        '<th scope="col" class="edge"><abbr title="Nights this month">Nts</abbr></th>'
        '<th scope="col"><abbr title="Weekends with any work">Wkd</abbr></th>'
        '<th scope="col"><abbr title="Hours a week, days of leave left out">h/wk</abbr></th>'
    )
    shades = "".join(f"<col{f' class="{shade}"' if (shade := _shade(day)) else ''}>" for day in month.days)
    width = len(month.days) + 4
    return _table(
        "month",
        label,
        f'<col class="names">{shades}<col class="sums"><col class="sums"><col class="sums">',
        _head(
            stamp,
            month.catalog,
            width,
            f'<th scope="col" class="corner">{_people(month.people, month.total)}</th>{heads}{sums}',
        ),
        _groups(month.groups, width, lambda person: _month_row(person, look)),
        staffing_html(month.staffing, len(month.days), 3, "Staffing by day"),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _MonthLook:
    """What all rows of a month look alike by: how each day's cell begins, and whether it is a link."""

    days: tuple[Day, ...]
    classes: tuple[str, ...]
    opened: tuple[str, ...]
    is_open: tuple[bool, ...]
    end: str  # of the links' addresses
    cells: MonthCells


@lru_cache(maxsize=256)
def _month_look(
    catalog: Catalog,
    days: tuple[Day, ...],
    today: date,
    shows_kinds: bool,
    state: str | None,
    open_days: Span | None,
) -> _MonthLook:
    classes = tuple(_column_class(day, today) for day in days)
    return _MonthLook(
        days,
        classes,
        tuple(f'<td class="{name}">' if name else "<td>" for name in classes),
        tuple(state is not None and _is_open(day, open_days) for day in days),
        escape(state or ""),
        MonthCells(catalog, shows_kinds),
    )


@lru_cache(maxsize=ROWS)
def _month_row(person: PersonMonth, look: _MonthLook) -> bytes:
    """A person's whole row."""
    key, end, cells = person.row.pk, look.end, look.cells
    inside = "</td>".join(
        f'{start}<a class="cell" href="{key}/{day.date.day}/{end}{cells.after_link(cell)}'
        if is_link
        else start + cells.inside(cell)
        for start, cell, day, is_link in zip(look.opened, person.cells, look.days, look.is_open, strict=True)
    )
    row = (
        f'<tr id="r{key}"><th scope="row">{escape(person.row.name)}</th>{inside}</td>'
        f"{''.join(tally_cells(person))}</tr>"
    )
    return row.encode()


@lru_cache(maxsize=256)
def _day_heads(days: tuple[Day, ...], classes: tuple[str, ...], addresses: tuple[str, ...], today: date) -> str:
    return "".join(
        _day_head(day, name, address, is_today=day.date == today)
        for day, name, address in zip(days, classes, addresses, strict=True)
    )


def tally_cells(person: PersonMonth) -> list[str]:
    """The cells at the end of a person's row: nights, weekends, hours a week."""
    tally = person.tally
    is_resident = person.row.rank.level != FACULTY_LEVEL
    high = " high" if is_resident and tally.hours_a_week > MANY_HOURS else ""
    return [
        f'<td class="sum edge">{tally.nights}</td>',
        f'<td class="sum">{tally.weekends}</td>',
        f'<td class="sum{high}">{tally.hours_a_week:.0f}</td>',
    ]


def month_cell(
    person: PersonMonth, column: int, month: Month, cells: MonthCells, today: date, state: str, open_days: Span
) -> str:
    """One cell of the month by itself, as `month_table` makes it for those who may change it."""
    day = month.days[column]
    name = _column_class(day, today)
    opened = f'<td class="{name}">' if name else "<td>"
    if not _is_open(day, open_days):
        return f"{opened}{cells.inside(person.cells[column])}</td>"
    address = f"{person.row.pk}/{day.date.day}/{escape(state)}"
    return f'{opened}<a class="cell" href="{address}{cells.after_link(person.cells[column])}</td>'


def _is_open(day: Day, open_days: Span | None) -> bool:
    return open_days is None or open_days[0] <= day.date <= open_days[1]


def _day_head(day: Day, name: str, url: str, *, is_today: bool) -> str:
    classes = f' class="{name}"' if name else ""
    title = f' title="{escape(day.holiday)}"' if day.holiday else ""
    current = ' aria-current="date"' if is_today else ""
    return (
        f'<th scope="col"{classes}{title}><a href="{escape(url)}"{current}>{day.date:%a}<b>{day.date.day}</b></a></th>'
    )


def year_table(year: Year, *, label: str, stamp: str, shows_kinds: bool, state: str | None = None) -> bytes:
    """The grid of a year's rotation plan. `state` as for `month_table`."""
    cells = _year_cells(year.catalog, shows_kinds, state)
    numbers = tuple(period.number for period in year.periods)
    heads = "".join(
        f'<th scope="col" title="{period.start_date:%a %-d %b %Y} to {period.end_date:%a %-d %b %Y}">'
        f"<b>{period.number}</b>{period.start_date:%-d %b}</th>"
        for period in year.periods
    )
    owed_head = '<th scope="col" class="edge"><abbr title="Periods of the curriculum not in this plan">Owed</abbr></th>'
    width = len(year.periods) + 2
    corner = f'<th scope="col" class="corner">{_people(year.people, year.total)}</th>'
    return _table(
        "year",
        label,
        f'<col class="names">{"<col>" * len(year.periods)}<col class="owed">',
        _head(stamp, year.catalog, width, f"{corner}{heads}{owed_head}"),
        _groups(year.groups, width, lambda person: _year_row(person, cells, numbers)),
        staffing_html(year.staffing, len(year.periods), 1, "Staffing by period"),
    )


@lru_cache(maxsize=256)
def _year_cells(catalog: Catalog, shows_kinds: bool, state: str | None) -> YearCells:
    return YearCells(catalog, shows_kinds, state)


@lru_cache(maxsize=ROWS)
def _year_row(person: PersonYear, cells: YearCells, numbers: tuple[int, ...]) -> bytes:
    """A person's whole row."""
    key = person.row.pk
    inside = "</td><td>".join(
        cells.inside(key, number, cell) for number, cell in zip(numbers, person.cells, strict=True)
    )
    row = (
        f'<tr id="r{key}"><th scope="row">{escape(person.row.name)}</th><td>{inside}</td>{owed_html(person.owed)}</tr>'
    )
    return row.encode()


def _table(kind: str, label: str, columns: str, head: str, rows: Iterable[bytes], foot: str) -> bytes:
    # Names and codes are escaped where they are put in; all else is written here. Joined once: it is half a megabyte.
    start = f'<table class="grid {kind}" data-grid aria-label="{escape(label)}"><colgroup>{columns}</colgroup>'
    return b"".join([f"{start}<thead>{head}</thead>".encode(), *rows, f"{foot}</table>".encode()])


def _head(stamp: str, catalog: Catalog, width: int, heads: str) -> str:
    """The heading, which paper repeats on each page: there with what the page is and what its codes mean."""
    codes = ", ".join(f"{one.code} {one.name}" for one in catalog.rotations.values() if one.is_active)
    legend = f"{codes}. Black: night; hatched: leave; corner: pinned; ▼ short, ▲ over."
    return f'<tr class="stamp"><th colspan="{width}"><b>{escape(stamp)}</b>{escape(legend)}</th></tr><tr>{heads}</tr>'


def _people(shown: int, total: int) -> str:
    if shown != total:
        return f"{shown} of {total} people"
    return "1 person" if total == 1 else f"{total} people"


def _groups[Member](groups: Sequence[Group[Member]], width: int, row: Callable[[Member], bytes]) -> Iterator[bytes]:
    for group in groups:
        head = (
            f'<tbody><tr class="level"><th colspan="{width}" scope="rowgroup"><span>{escape(group.label)} · '
            f"{_people(len(group.rows), len(group.rows))}</span></th></tr>"
        )
        yield head.encode()
        yield from map(row, group.rows)
        yield b"</tbody>"


def staffing_html(lines: Sequence[Line], columns: int, spare: int, title: str) -> str:
    """The lines of staffing below the people, and one line at the edge of the sheet that adds up what is missing.

    The lines are rows "s0", "s1" and so on, in order; the last is "missing".
    """
    if not lines:
        return ""
    width = columns + 1 + spare
    drawn = [_line_html(place, line.label, line.title, tuple(line.counts), spare) for place, line in enumerate(lines)]
    rows = "".join(html for html, _ in drawn)
    heading = f'<tr class="level"><th colspan="{width}" scope="rowgroup"><span>{title}</span></th></tr>'
    body = f'<tbody class="staffing" id="staffing">{heading}{rows}</tbody>'
    if not any(line.asks for line in lines):
        return body
    missing = [sum(column) for column in zip(*(short for _, short in drawn), strict=True)]
    cells = "".join(map(short_cell, missing))
    foot = f'<tr id="missing"><th scope="row">Missing</th>{cells}{missing_cell(sum(missing), spare)}</tr>'
    return f"{body}<tfoot>{foot}</tfoot>"


@lru_cache(maxsize=ROWS)
def _line_html(
    place: int, label: str, title: str, counts: tuple[Count | None, ...], spare: int
) -> tuple[str, tuple[float, ...]]:
    """A whole line, and what is missing in each of its columns."""
    short = tuple(count.short if count else 0 for count in counts)
    html = (
        f'<tr id="s{place}"><th scope="row" title="{escape(title)}">{escape(label)}</th>'
        f"{''.join(map(count_html, counts))}{missing_cell(sum(short), spare)}</tr>"
    )
    return html, short


def missing_in(lines: Sequence[Line], column: int) -> float:
    """How many are missing in a column, by all lines."""
    return sum(line.short(column) for line in lines)


def short_cell(short: float) -> str:
    """A whole cell of the line that adds up what is missing."""
    return f'<td class="need short">▼{number(short)}</td>' if short else '<td class="need">0</td>'


def missing_cell(missing: float, spare: int) -> str:
    """A whole cell at the end of a line of staffing: what is missing in it, over so many columns."""
    words = f"▼{number(missing)}" if missing else ""
    return f'<td class="sum edge{" high" if missing else ""}" colspan="{spare}">{words}</td>'


def _column_class(day: Day, today: date) -> str:
    names: Iterable[tuple[str, bool]] = (
        ("monday", day.date.weekday() == 0),
        ("period", day.is_period_start),
        ("today", day.date == today),
    )
    return " ".join(name for name, holds in names if holds)


def _shade(day: Day) -> str:
    return "weekend" if day.is_weekend else "holiday" if day.holiday else ""
