"""Two versions in one grid: what the newer one says, with a border around each cell in which the other says otherwise.

Made of the same pieces as the grids themselves, and read-only: what differs is changed where it is edited.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from scheduling.services.grid_rows import Catalog
from scheduling.services.month_grid import Month
from scheduling.services.month_rows import Cell, PersonMonth
from scheduling.services.year_grid import Year
from scheduling.services.year_people import PersonYear, Placing
from scheduling.views.cell_html import MonthCells, placing_html

FREE = '<span class="free" title="Free">–</span>'


@dataclass(frozen=True, slots=True)
class Compared:
    """A grid, how many rows it has, and how many there would be with everybody."""

    html: SafeString
    shown: int
    total: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A person's cells as they are now, with how each looks to the eye, and in words what it was where it differs."""

    pk: int
    name: str
    insides: Sequence[str]
    was: Sequence[str]


def month_comparison(before: Month, after: Month, *, only_changed: bool, label: str) -> Compared:
    """The roster of a month: people x days."""
    cells = MonthCells(after.catalog, shows_kinds=True)
    old, new = ({person.row.pk: person for group in month.groups for person in group.rows} for month in (before, after))
    nothing = tuple(Cell() for _ in after.days)
    rows = [
        _row(
            person,
            old[key].cells if key in old else nothing,
            new[key].cells if key in new else nothing,
            _work,
            cells.inside,
            lambda cell: _month_words(cell, after.catalog),
        )
        for key, person in {**new, **old}.items()
    ]
    heads = "".join(
        f'<th scope="col"{_classes(_month_column(day.date, starts=day.is_period_start))}>{day.date:%a}'
        f"<b>{day.date.day}</b></th>"
        for day in after.days
    )
    shades = "".join('<col class="weekend">' if day.is_weekend else "<col>" for day in after.days)
    columns = [_month_column(day.date, starts=day.is_period_start) for day in after.days]
    return _table("month", label, shades, heads, rows, columns, only_changed=only_changed)


def year_comparison(before: Year, after: Year, *, only_changed: bool, label: str) -> Compared:
    """The rotation plan of a year: people x periods."""
    old, new = before.years, after.years
    rotations = after.catalog.rotations
    nothing = tuple(Placing() for _ in after.periods)

    def inside(cell: Placing) -> str:
        return placing_html(cell, rotations, shows_kind=True)

    def words(cell: Placing) -> str:
        return rotations[cell.rotation].name if cell.rotation else "no rotation"

    people = {**new, **old}
    rows = [
        _row(
            person,
            old[key].cells if key in old else nothing,
            new[key].cells if key in new else nothing,
            lambda cell: cell.rotation,
            inside,
            words,
        )
        for key, person in people.items()
    ]
    heads = "".join(
        f'<th scope="col" title="{period.start_date:%a %-d %b %Y} to {period.end_date:%a %-d %b %Y}">'
        f"<b>{period.number}</b>{period.start_date:%-d %b}</th>"
        for period in after.periods
    )
    return _table(
        "year", label, "<col>" * len(after.periods), heads, rows, [""] * len(after.periods), only_changed=only_changed
    )


def _row[C](
    person: PersonMonth | PersonYear,
    before: Sequence[C],
    after: Sequence[C],
    meant: Callable[[C], object],
    inside: Callable[[C], str],
    words: Callable[[C], str],
) -> _Row:
    pairs = list(zip(before, after, strict=True))
    return _Row(
        person.row.pk,
        person.row.name,
        [inside(now) for _, now in pairs],
        [words(was) if meant(was) != meant(now) else "" for was, now in pairs],
    )


def _work(cell: Cell) -> list[tuple[int, int, str]]:
    """What is compared of a day: leave is the same in all versions, and pins are no work."""
    return [(duty.rotation, duty.shift_type, duty.role) for duty in cell.duties]


def _month_words(cell: Cell, catalog: Catalog) -> str:
    found = [
        f"{catalog.rotations[duty.rotation].name}, {catalog.shift_types[duty.shift_type].name.lower()}"
        for duty in cell.duties
    ]
    return " and ".join(found) or "free"


def _month_column(day: date, *, starts: bool) -> str:
    names: Mapping[str, bool] = {"monday": day.weekday() == 0, "period": starts}
    return " ".join(name for name, holds in names.items() if holds)


def _classes(names: str) -> str:
    return f' class="{names}"' if names else ""


def _table(
    kind: str, label: str, columns: str, heads: str, rows: Sequence[_Row], classes: Sequence[str], *, only_changed: bool
) -> Compared:
    shown = [row for row in rows if any(row.was)] if only_changed else rows
    body = "".join(_row_html(row, classes) for row in shown)
    people = f"{len(shown)} of {len(rows)} people" if len(shown) != len(rows) else f"{len(rows)} people"
    # Names and codes are escaped where they are put in; all else is written here.
    html = mark_safe(  # noqa: S308
        f'<table class="grid {kind} compare" aria-label="{escape(label)}"><colgroup><col class="names">{columns}'
        f'</colgroup><thead><tr><th scope="col" class="corner">{people}</th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
    return Compared(html, len(shown), len(rows))


def _row_html(row: _Row, classes: Sequence[str]) -> str:
    cells = "".join(map(_cell_html, row.insides, row.was, classes))
    count = sum(map(bool, row.was))
    name = f'<a href="#person-{row.pk}">{escape(row.name)}</a>' if count else escape(row.name)
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'


def _cell_html(inside: str, was: str, classes: str) -> str:
    if not was:
        return f"<td{_classes(classes)}>{inside}</td>"
    # The chip's own title is what a pointer finds: the old value goes in front of it.
    old = escape(was)
    shown = (inside or FREE).replace(' title="', f' title="Was {old}. Now: ', 1)
    names = f"{classes} changed".strip()
    return f'<td class="{names}"><span class="vh">Changed, was {old}: </span>{shown}</td>'
