"""What has to hold between rows and files: references, duplicates, periods, and what each kind of row needs."""

import zoneinfo
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import holidays
from django.core.exceptions import ValidationError

from people.models import Program
from scheduling.models import SequenceRule
from scheduling.services.imports.columns import Column, Sheet
from scheduling.services.imports.known import FIRST_YEAR, LAST_YEAR, LONGEST_YEAR, Known
from scheduling.services.imports.parsing import Row, Rows, field_values
from scheduling.services.imports.problems import Problem, nearest
from scheduling.services.imports.program_sheets import PROGRAM
from scheduling.services.imports.sheets import BY_NAME
from scheduling.services.rule_settings import rule_settings

Kind = SequenceRule.Kind
LEAST_WEIGHT = Decimal("0.1")  # the optimiser counts in twelfths of a person, at least one
BOUNDS = ("first_period", "last_period", "starts")
# What a sequence rule of each kind cannot do without; one of what it cannot do without; what it makes no use of.
NEEDED = {Kind.AT_MOST: ("most",), Kind.GAP: ("window",)}
ONE_OF = {Kind.ONLY_IN: BOUNDS, Kind.MUST_BE_IN: BOUNDS, Kind.STINT: ("fewest", "most")}
NOT_USED = {Kind.AT_MOST: BOUNDS, Kind.STINT: BOUNDS}


def check(rows: Rows, known: Known) -> Iterator[Problem]:
    """All that is wrong between the rows, file by file."""
    for name, found in rows.items():
        sheet = BY_NAME[name]
        yield from _duplicates(sheet, found)
        for column in sheet.columns:
            yield from _references(column, found, known)
        for row in found:
            for column in sheet.columns:
                yield from _periods(column, row, len(known.periods))
            yield from _row_rules(name, row, known)
    yield from _overlapping_leave(rows.get("leave", []))
    yield from _one_program(rows.get("program"))
    yield from _cohorts(rows)


def _duplicates(sheet: Sheet, rows: list[Row]) -> Iterator[Problem]:
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(row[column] for column in sheet.key)
        if not key:
            return
        if key in seen:
            words = " ".join(str(part) for part in key)
            yield row.problem(sheet.key[0], f'"{words}" stands in row {seen[key]} too; expected once')
        seen.setdefault(key, row.number)


def _references(column: Column, rows: list[Row], known: Known) -> Iterator[Problem]:
    """Codes that nothing has, each told once, in its first row: one slip in people is otherwise a page of lines."""
    if not column.refers or column.refers not in known.codes:
        return
    codes = known.codes[column.refers]
    unknown: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for code in dict.fromkeys(_codes(row[column.name])):
            if code not in codes:
                unknown[code].append(row)
    for code, found in unknown.items():
        hint = nearest(code, codes) or f"; expected a code of {column.refers}"
        more = len(found) - 1
        also = f" (and {more} more row{'s' if more > 1 else ''})" if more else ""
        yield found[0].problem(column.name, f'"{code}" is not known{hint}{also}')


def _codes(value: Any) -> list[str]:
    """The codes of a cell that holds one, several, or some that are or are not meant."""
    if isinstance(value, tuple):
        return list(value[1])
    return value if isinstance(value, list) else [] if value is None else [value]


def _periods(column: Column, row: Row, periods: int) -> Iterator[Problem]:
    value = row[column.name]
    if not periods or value is None or column.kind.label not in ("period number", "list of period numbers"):
        return
    last = max(value) if isinstance(value, list) else value
    if last > periods:
        yield row.problem(column.name, f"there is no period {last}; expected 1 to {periods}")


def _row_rules(sheet: str, row: Row, known: Known) -> Iterator[Problem]:
    if sheet == "sequence_rules":
        yield from _sequence_rule(row)
    elif sheet == "people":
        yield from _person(row, known)
    elif sheet == "cross_cover" and row["rotation"] == row["covers"]:
        yield row.problem("covers", "a rotation covers itself already; expected another one")
    elif sheet == "staffing":
        yield from _staffing(row)
    elif sheet == "placements":
        yield from _placement(row, known)
    elif sheet == "preferences":
        yield from _preference(row)
    elif sheet == "program":
        yield from _program(row)


def _program(row: Row) -> Iterator[Problem]:
    first, last = row["year_start"], row["year_end"] or row["year_start"]
    days = (last - first).days + 1
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        yield row.problem("year_start", f"{first} is in no year from {FIRST_YEAR} to {LAST_YEAR}; expected one of them")
    elif days < 1:
        yield row.problem("year_end", f"{last} is before year_start, {first}")
    elif days > LONGEST_YEAR:
        yield row.problem("year_end", f"{last} makes a year of {days} days; expected at most {LONGEST_YEAR}")
    if row["time_zone"] in zoneinfo.available_timezones():  # else it is told already
        try:
            rule_settings(Program(**field_values(PROGRAM, row)))
        except ValidationError as error:
            yield row.problem("rule_settings", " ".join(error.messages))
    yield from _holidays(row)


def _holidays(row: Row) -> Iterator[Problem]:
    known = holidays.list_supported_countries()
    country, subdivision = row["holiday_country"], row["holiday_subdivision"]
    if country not in known:
        yield row.problem("holiday_country", f'"{country}" is not known; expected two letters such as US')
    elif subdivision and subdivision not in known[country]:
        some = f"; expected one of {', '.join(known[country])}" if known[country] else "; expected it blank"
        hint = nearest(subdivision, known[country]) or some
        yield row.problem("holiday_subdivision", f'"{subdivision}" is not known in {country}{hint}')


def _sequence_rule(row: Row) -> Iterator[Problem]:
    kind = Kind(row["kind"])
    for column in NEEDED.get(kind, ()):
        if row[column] is None:
            yield row.problem(column, f"is blank; a rule of kind {kind.value} needs it")
    one_of = ONE_OF.get(kind, ())
    if one_of and all(row[column] is None for column in one_of):
        yield row.problem(one_of[0], f"is blank; a rule of kind {kind.value} needs {' or '.join(one_of)}")
    for column in NOT_USED.get(kind, ()):
        if row[column]:
            yield row.problem(column, f"is set; a rule of kind {kind.value} holds the whole year, expected it blank")
    if row["fewest"] is not None and row["most"] is not None and row["most"] < row["fewest"]:
        yield row.problem("most", f"{row['most']} is below fewest, {row['fewest']}")
    elif kind is Kind.STINT and row["most"] == 0:
        yield row.problem("most", "is 0; a stint has 1 period or more")
    if kind is not Kind.IN_A_ROW and row["price"] is not None and row["price"] < 0:
        yield row.problem("price", f"is {row['price']}; breaking a rule of kind {kind.value} costs 0 or more")
    yield from _span(row)


def _span(row: Row) -> Iterator[Problem]:
    if row["first_period"] and row["last_period"] and row["last_period"] < row["first_period"]:
        yield row.problem("last_period", f"{row['last_period']} is before first_period, {row['first_period']}")


def _staffing(row: Row) -> Iterator[Problem]:
    yield from _span(row)
    if row["shift_type"] and len(row["rotations"]) > 1:
        yield row.problem("rotations", "names several, and a block is worked for one; expected a row for each")
    for column, least in (("weight", LEAST_WEIGHT), ("part_leave_weight", 0)):
        if row[column] is not None and row[column] < least:
            yield row.problem(column, f"is {row[column]}; expected at least {least}")
    if row["shift_type"] and row["weight"] != 1:
        yield row.problem("weight", f"is {row['weight']}, and a block counts people; expected 1 or blank")
    if not row["shift_type"]:
        for column in ("weekdays", "holidays"):
            if row[column] not in (None, "also"):
                yield row.problem(column, "is set, and is about blocks; expected a shift_type beside it")


def _person(row: Row, known: Known) -> Iterator[Problem]:
    if row["chief"] and row["type"] == "faculty":
        yield row.problem("chief", "is yes; a faculty member is no chief resident, expected no")
    if row["next_level_on"] is None:
        if row["next_level"] is not None:
            yield row.problem("next_level_on", "is blank; expected the date from which next_level holds")
    elif row["type"] == "faculty":
        yield row.problem("next_level_on", "is set; a faculty member has no level to change")
    elif known.year and not known.year[0] < row["next_level_on"] <= known.year[1]:
        yield _outside(row, "next_level_on", known.year)


def _placement(row: Row, known: Known) -> Iterator[Problem]:
    in_period, in_block = row["period"] is not None, row["date"] is not None or row["shift_type"] is not None
    if in_period == in_block:
        yield row.problem("period", "expected either a period, or a date and a shift type")
    elif in_block and (row["date"] is None or row["shift_type"] is None):
        missing = "date" if row["date"] is None else "shift_type"
        yield row.problem(missing, "is blank; a block is a date and a shift type")
    allowed, rotations = row["rotations"]
    if in_block and not in_period and allowed and len(rotations) > 1:
        yield row.problem("rotations", "names several, and a block is worked for one; expected one rotation")
    if known.year and row["date"] and not known.year[0] <= row["date"] <= known.year[1]:
        yield _outside(row, "date", known.year)


def _outside(row: Row, column: str, year: tuple[date, date]) -> Problem:
    return row.problem(column, f"{row[column]} is outside the year, {year[0]} to {year[1]}")


def _preference(row: Row) -> Iterator[Problem]:
    by_period = row["period"] is not None or row["rotation"] is not None
    by_days = row["first_day"] is not None or row["last_day"] is not None
    if by_period == by_days:
        yield row.problem("period", "expected either a period and a rotation, or a first day")
    elif by_period and (row["period"] is None or row["rotation"] is None):
        missing = "period" if row["period"] is None else "rotation"
        yield row.problem(missing, "is blank; a wish for a rotation names a period and a rotation")
    elif by_days and row["first_day"] is None:
        yield row.problem("first_day", "is blank; expected the first day of the wish")
    elif by_days and row["last_day"] is not None and row["last_day"] < row["first_day"]:
        yield row.problem("last_day", f"{row['last_day']} is before first_day, {row['first_day']}")


def _overlapping_leave(rows: list[Row]) -> Iterator[Problem]:
    approved: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["status"] == "approved" and row["first_day"] <= row["last_day"]:
            approved[row["person"]].append(row)
    for person, leaves in approved.items():
        leaves.sort(key=lambda row: (row["first_day"], row.number))
        before = leaves[0]
        for row in leaves[1:]:
            same = (row["first_day"], row["last_day"]) == (before["first_day"], before["last_day"])
            if row["first_day"] <= before["last_day"] and not same:  # the same days twice is a duplicate already
                yield row.problem(
                    "first_day",
                    f"{person} has approved leave from {before['first_day']} to {before['last_day']} "
                    f"in row {before.number}; expected no day in two approved leaves",
                )
            before = max(before, row, key=lambda leave: leave["last_day"])


def _one_program(rows: list[Row] | None) -> Iterator[Problem]:
    for row in (rows or [])[1:]:
        yield Problem(row.file, "is a second program; expected one row", row.number)


def _cohorts(rows: Rows) -> Iterator[Problem]:
    named = {row["cohort"] for row in rows.get("people", []) if row["cohort"]}
    for row in rows.get("cohorts", []):
        if "people" in rows and row["cohort"] not in named:
            hint = nearest(row["cohort"], named) or "; expected the cohort of somebody in people"
            yield row.problem("cohort", f'"{row["cohort"]}" is not known{hint}')
