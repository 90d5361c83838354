"""The year's table, joined from pieces that are kept, says what a plain template of the same year says."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from pytest_django.asserts import assertHTMLEqual

from absences.models import Absence
from scheduling.models import RotationAssignment, Schedule
from scheduling.services.year_grid import Year, read_year
from scheduling.services.year_people import PersonYear, Placing
from scheduling.views.cell_html import LEAVE_LETTERS, number
from scheduling.views.grid_html import year_table
from tests.factories import Wards, make_rotation, make_staffing, make_wards, place
from tests.pages.test_month_plain import count_of

PLAIN = (Path(__file__).parent / "plain_year.html").read_text()


@pytest.fixture
def busy(db: None) -> Wards:
    """Leave of all of a period and of a part of one, pins, notes with signs that HTML has to escape, a long code, a
    hue that two rotations share, nights, too few and too many."""
    wards = make_wards(4)
    one, other, third, _ = wards.people
    wards.ward.name, wards.icu.code = "Ward <A> & B", "ICU-EAST"
    wards.ward.save()
    wards.icu.save()
    one.name = "O'Neil <Ann> ▲"
    one.save()
    nights = make_rotation(wards.program, "NF", "Nights", is_night_float=True, colour=wards.ward.colour)
    make_staffing(wards.program, "Three", wards.icu, nights, fewest=3)
    make_staffing(wards.program, "None at first", wards.ward, fewest=0, most=1, last_period=2)
    first, second, last = wards.year.periods.order_by("number")[:3]
    Absence.objects.create(person=one, start_date=first.start_date, end_date=first.end_date, status="approved")
    half = date(2026, 8, 13)
    for person, kind in ((one, "vacation"), (other, "family-emergency")):
        Absence.objects.create(person=person, start_date=second.start_date, end_date=half, status="approved", kind=kind)
    placed = RotationAssignment.objects.filter(schedule=wards.schedule)
    placed.filter(person=third).delete()
    place(wards.schedule, third, 3, nights)
    placed.filter(person=other, period=last).update(is_pinned=True, note='"this" <period>', override="Nobody & nowhere")
    return wards


@pytest.mark.parametrize("sees_all", [True, False])
def test_the_table_is_that_of_a_plain_template(busy: Wards, *, sees_all: bool) -> None:
    schedule = Schedule.objects.get()
    state = "?schedule=1&level=1" if sees_all else None
    for _ in range(2):  # the second time from what is kept; then with one row that has changed
        year = read_year(busy.program, schedule)
        table = year_table(year, label="Plan <of> it", stamp="Printed & so on", shows_kinds=sees_all, state=state)
        assertHTMLEqual(table.decode(), plain(year, state, kinds=sees_all))
        RotationAssignment.objects.filter(person=busy.people[3], period__number=4).delete()


def plain(year: Year, state: str | None, *, kinds: bool) -> str:
    short = [sum(line.short(column) for line in year.staffing) for column in range(len(year.periods))]
    context = {
        "year": year,
        "groups": [
            {"label": group.label, "rows": [row_of(row, year, kinds=kinds) for row in group.rows]}
            for group in year.groups
        ],
        "label": "Plan <of> it",
        "stamp": "Printed & so on",
        "width": len(year.periods) + 2,
        "is_open": state is not None,
        "state": state or "",
        "kinds": kinds,
        "active": [each for each in year.catalog.rotations.values() if each.is_active],
        "lines": [
            {"line": line, "counts": list(map(count_of, line.counts)), "missing": line.missing and number(line.missing)}
            for line in year.staffing
        ],
        "missing": [each and number(each) for each in short],
        "all_missing": sum(short) and number(sum(short)),
    }
    return str(engines["django"].from_string(PLAIN).render(context))


def row_of(row: PersonYear, year: Year, *, kinds: bool) -> dict[str, Any]:
    cells = [
        {"number": period.number, **cell_of(cell, year, kinds=kinds)}
        for period, cell in zip(year.periods, row.cells, strict=True)
    ]
    return {"person": row.row, "owed": row.owed, "cells": cells}


def cell_of(cell: Placing, year: Year, *, kinds: bool) -> dict[str, Any]:
    kind = cell.leave.replace("-", " ") if kinds else "leave"
    words = ["pinned"] if cell.is_pinned else []
    words += [f"although it breaks a rule: {cell.override}"] if cell.override and kinds else []
    words += [f"note: {cell.note}"] if cell.note and kinds else []
    words += [kind if cell.is_all_leave else f"partly {kind}"] if cell.leave else []
    letter = LEAVE_LETTERS.get(cell.leave, "L") if kinds else "L"
    rotation = None if cell.rotation is None else year.catalog.rotations[cell.rotation]
    return {"placed": cell, "rotation": rotation, "words": words, "kind": kind, "letter": letter}
