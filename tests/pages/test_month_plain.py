"""The month's table, joined from pieces that are kept, says what a plain template of the same month says."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import engines
from django.utils.html import escape
from pytest_django.asserts import assertHTMLEqual

from absences.models import Absence
from scheduling.models import Assignment, Schedule
from scheduling.services.month_grid import Month, read_month
from scheduling.services.month_rows import Cell, PersonMonth
from scheduling.services.staffing import Count
from scheduling.views.cell_html import LEAVE_LETTERS, number
from scheduling.views.grid_html import month_table
from scheduling.views.months import _day_addresses
from tests.factories import Wards, make_staffing, make_wards, work

FIRST, LAST, TODAY = date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 3)
PLAIN = (Path(__file__).parent / "plain_month.html").read_text()


@pytest.fixture
def busy(db: None) -> Wards:
    """Leave, a night and the day after it, a pair, pins, notes with signs that HTML has to escape, a long code."""
    wards = make_wards(4)
    one, other, third, _ = wards.people
    wards.ward.name, wards.icu.code = "Ward <A> & B", "ICU-EAST"
    wards.ward.save()
    wards.icu.save()
    one.name = "O'Neil <Ann>"
    one.save()
    make_staffing(wards.program, "Two at night", wards.icu, shift_type=wards.night, fewest=2, most=2, weekdays=[2, 4])
    make_staffing(wards.program, "None by day", wards.ward, shift_type=wards.day, fewest=0, most=1, weekdays=[0])
    Absence.objects.create(person=one, start_date=date(2026, 11, 9), end_date=date(2026, 11, 12), status="approved")
    Absence.objects.create(
        person=other, start_date=date(2026, 11, 20), end_date=date(2026, 12, 2), status="approved", kind="sick"
    )
    Assignment.objects.filter(person=third, block__date__gte=date(2026, 11, 4)).delete()
    work(wards.schedule, third, date(2026, 11, 4), wards.night, wards.icu)
    work(wards.schedule, third, date(2026, 11, 6), wards.day, wards.ward, role="backup")
    work(wards.schedule, third, date(2026, 11, 6), wards.night, wards.icu)
    Assignment.objects.filter(person=other, block__date=date(2026, 11, 5)).update(
        is_pinned=True, note='Asked for "this" <today>', override="Nobody else & nowhere"
    )
    return wards


@pytest.mark.parametrize("sees_all", [True, False])
def test_the_table_is_that_of_a_plain_template(busy: Wards, *, sees_all: bool) -> None:
    schedule = Schedule.objects.get()
    opened, state = (date(2026, 11, 2), date(2026, 11, 29)), "?schedule=1&level=1" if sees_all else None
    for _ in range(2):  # the second time from what is kept; then with one row that has changed
        month = read_month(busy.program, [schedule], FIRST, LAST)
        table = month_table(
            month,
            today=TODAY,
            day_url=_day_addresses(busy.program.slug, "", FIRST).__getitem__,
            label="Roster <of> November",
            stamp="Printed & so on",
            shows_kinds=sees_all,
            state=state,
            open_days=opened,
        )
        assertHTMLEqual(table.decode(), plain(busy, month, state, opened, kinds=sees_all))
        Assignment.objects.filter(person=busy.people[3], block__date=date(2026, 11, 10)).delete()


def plain(wards: Wards, month: Month, state: str | None, opened: tuple[date, date], *, kinds: bool) -> str:
    days = [
        SimpleNamespace(
            date=day.date,
            holiday=day.holiday,
            classes=" ".join(
                name
                for name, holds in (
                    ("monday", day.date.weekday() == 0),
                    ("period", day.is_period_start),
                    ("today", day.date == TODAY),
                )
                if holds
            ),
            is_open=state is not None and opened[0] <= day.date <= opened[1],
        )
        for day in month.days
    ]
    groups = [
        {"label": group.label, "rows": [row_of(row, month, days, kinds=kinds) for row in group.rows]}
        for group in month.groups
    ]
    short = [sum(line.short(column) for line in month.staffing) for column in range(len(days))]
    context = {
        "month": month,
        "days": days,
        "groups": groups,
        "label": "Roster <of> November",
        "stamp": "Printed & so on",
        "slug": wards.program.slug,
        "today": TODAY,
        "width": len(days) + 4,
        "state": state or "",
        "kinds": kinds,
        "active": [each for each in month.catalog.rotations.values() if each.is_active],
        "lines": [
            {"line": line, "counts": list(map(count_of, line.counts)), "missing": line.missing and number(line.missing)}
            for line in month.staffing
        ],
        "missing": [each and number(each) for each in short],
        "all_missing": sum(short) and number(sum(short)),
    }
    return str(engines["django"].from_string(PLAIN).render(context))


def row_of(row: PersonMonth, month: Month, days: list[Any], *, kinds: bool) -> dict[str, Any]:
    cells = [cell_of(cell, day, month, kinds=kinds) for cell, day in zip(row.cells, days, strict=True)]
    is_high = row.row.rank.level > 0 and row.tally.hours_a_week > 80
    return {"person": row.row, "tally": row.tally, "is_high": is_high, "cells": cells}


def cell_of(cell: Cell, day: Any, month: Month, *, kinds: bool) -> dict[str, Any]:
    chips, was = [], []
    for duty in cell.duties:
        rotation, shift = month.catalog.rotations[duty.rotation], month.catalog.shift_types[duty.shift_type]
        words = [duty.role] if duty.role != "primary" else []
        words += ["pinned"] if duty.is_pinned else []
        words += [f"although it breaks a rule: {duty.override}"] if duty.override and kinds else []
        words += [f"note: {duty.note}"] if duty.note and kinds else []
        hidden = ", ".join(([shift.name.lower()] if shift.is_night else []) + words)
        said = {"words": "".join(f", {each}" for each in words), "hidden": hidden}
        chips.append({**duty._asdict(), "rotation": rotation, "shift": shift, **said})
        was.append(f"{rotation.code}|{shift.code}")
    letter = LEAVE_LETTERS.get(cell.leave, "L")
    about = {"leave": cell.leave_name, "letter": letter, "is_post_call": cell.is_post_call}
    return {"day": day, "chips": chips, "was": "/".join(was), **about}


def count_of(count: Count | None) -> dict[str, Any] | None:
    if count is None:
        return None
    most = count.most
    asked = f"{count.fewest} or more" if most is None else f"{count.fewest} to {most}"
    asked = f"{most}" if most == count.fewest else asked
    shown = {"shown": number(count.number), "short": number(count.short), "over": number(count.over)}
    return {"count": count, "asked": escape(asked), **shown}
