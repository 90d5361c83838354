"""From tables of text to rows of values, each cell checked against its column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from scheduling.services.imports.columns import Column, Sheet
from scheduling.services.imports.constraints import broken
from scheduling.services.imports.problems import Problem, WrongCell, nearest
from scheduling.services.imports.reading import BROKEN, Table
from scheduling.services.imports.sheets import SHEETS

# Where the sentence of a model's constraint belongs.
COLUMN_OF_CONSTRAINT = {
    "a_resident_has_a_level_and_a_faculty_member_none": "pgy_level",
    "part_time_share_is_more_than_0_and_at_most_1": "part_time_share",
    "person_does_not_end_before_start": "end_date",
    "absence_does_not_end_before_it_starts": "last_day",
    "staffing_most_is_not_below_fewest": "most",
    "curriculum_most_is_not_below_fewest": "most",
    "a_shift_lasts_more_than_0_and_at_most_28_hours": "hours",
    "a_rotation_has_at_most_88_hours_a_week": "weekly_hours_limit",
}
# Those that checks.py tells of with more words.
TOLD_BY_CHECKS = {
    "at_most_needs_most",
    "a_gap_needs_its_number_of_periods",
    "longest_stint_is_not_below_shortest",
    "sequence_rule_last_period_is_not_before_first",
    "staffing_last_period_is_not_before_first",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row that could be read: the values by column name (None where blank and without a default).

    `given` are the columns that the file has.
    """

    file: str
    number: int
    values: Mapping[str, Any]
    given: frozenset[str]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def problem(self, column: str, message: str) -> Problem:
        return Problem(self.file, message, self.number, column)


type Rows = dict[str, list[Row]]


def parse(tables: Mapping[str, Table], problems: list[Problem]) -> Rows:
    """The rows of each sheet that the folder has; rows with a wrong cell are left out and told in `problems`."""
    return {sheet.name: _parse_sheet(sheet, tables[sheet.name], problems) for sheet in SHEETS if sheet.name in tables}


def codes_in(tables: Mapping[str, Table], sheet: str) -> set[str]:
    """All that stands in the column `code` of a sheet, even in rows that have something wrong elsewhere."""
    table = tables.get(sheet)
    if table is None or not table.rows:
        return set()
    header = [_header_name(cell) for cell in table.rows[0][1]]
    if "code" not in header:
        return set()
    at = header.index("code")
    return {cells[at] for _, cells in table.rows[1:] if len(cells) > at}


def _header_name(cell: str) -> str:
    return cell.strip().casefold().replace(" ", "_")


def _parse_sheet(sheet: Sheet, table: Table, problems: list[Problem]) -> list[Row]:
    if not table.rows:
        if not any(problem.file.startswith(table.file) for problem in problems):
            header = ", ".join(column.name for column in sheet.columns if column.required)
            problems.append(Problem(table.file, f"is empty; expected a header with at least {header}"))
        return []
    columns = _columns(sheet, table, problems)
    rows = []
    for number, cells in table.rows[1:]:
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            problems.append(
                Problem(
                    table.file,
                    f"{len(cells)} cells under {len(columns)} headers; put texts that contain a comma in quotes",
                    number,
                )
            )
            continue
        row = _parse_row(sheet, columns, table.file, number, cells, problems)
        if row is not None:
            rows.append(row)
    return rows


def _columns(sheet: Sheet, table: Table, problems: list[Problem]) -> list[Column | None]:
    """The column of each header, None where it is wrong."""
    number, header = table.rows[0]
    columns: list[Column | None] = []
    for cell in header:
        name = _header_name(cell)
        column = sheet.by_name.get(name)
        if column is None and cell:
            known = ", ".join(sheet.by_name)
            problems.append(
                Problem(
                    table.file,
                    f'the header "{cell}" is not known{nearest(name, sheet.by_name) or ";"} expected some of {known}',
                    number,
                )
            )
        elif column in columns and column is not None:
            problems.append(Problem(table.file, f'the header "{cell}" stands there twice', number))
            column = None
        columns.append(column)
    problems.extend(
        Problem(table.file, f"the column {column.name} is missing; expected {column.kind.label}", number)
        for column in sheet.columns
        if column.required and column not in columns
    )
    while columns and columns[-1] is None and not header[len(columns) - 1]:
        columns.pop()
    return columns


def _parse_row(
    sheet: Sheet, columns: list[Column | None], file: str, number: int, cells: list[str], problems: list[Problem]
) -> Row | None:
    values: dict[str, Any] = {
        column.name: column.kind.read(column.default) if column.default else None for column in sheet.columns
    }
    complete = True
    for at, column in enumerate(columns):
        cell = cells[at] if at < len(cells) else ""
        if column is None:
            continue
        try:
            values[column.name] = _value(column, cell, values[column.name])
        except WrongCell as wrong:
            complete = False
            if cell != BROKEN:
                problems.append(Problem(file, str(wrong), number, column.name))
    if not complete or any(column.required and values[column.name] is None for column in sheet.columns):
        return None
    row = Row(file, number, values, frozenset(column.name for column in columns if column is not None))
    problems.extend(_model_problems(sheet, row))
    return row


def _value(column: Column, cell: str, default: Any) -> Any:
    if not cell and column.required:
        raise WrongCell(f"is blank; expected {column.kind.label}")
    if cell == BROKEN:
        raise WrongCell("cannot be read")
    return column.kind.read(cell) if cell else default


def field_values(sheet: Sheet, row: Row) -> dict[str, Any]:
    """The values of all columns that are fields of the sheet's model; blanks are the model's defaults."""
    assert sheet.model is not None
    values = {column.field_name: row[column.name] for column in sheet.columns if column.is_field}
    for name, value in values.items():
        if value is None:
            field: Any = sheet.model._meta.get_field(name)
            values[name] = field.get_default()
    return values


def given_fields(sheet: Sheet, row: Row) -> frozenset[str]:
    """The fields of the sheet's model that the file has a column for."""
    return frozenset(column.field_name for column in sheet.columns if column.is_field and column.name in row.given)


def _model_problems(sheet: Sheet, row: Row) -> list[Problem]:
    """What the model's own validators and check constraints say; references are checked elsewhere."""
    if sheet.model is None:
        return []
    instance = sheet.model(**field_values(sheet, row))
    columns = {column.field_name: column.name for column in sheet.columns if column.is_field}
    # Blanks are defaults, or (names) made up later: nothing of them can be wrong.
    filled = {field for field, column in columns.items() if row[column] is not None}
    excluded = {field.name for field in sheet.model._meta.get_fields()} - filled
    problems: list[Problem] = []
    try:
        instance.clean_fields(exclude=excluded)
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            problems.extend(row.problem(columns[field], message) for message in messages)
        return problems
    problems.extend(
        row.problem(COLUMN_OF_CONSTRAINT.get(name, ""), sentence)
        for name, sentence in broken(instance, frozenset(columns))
        if name not in TOLD_BY_CHECKS
    )
    return problems
