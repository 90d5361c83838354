"""Writes docs/import.md from the description of the files, so that the two never say different things."""

from scheduling.services.imports.columns import Column, Sheet
from scheduling.services.imports.sheets import SHEETS

INTRODUCTION = """\
# Importing a program

    manage.py import_program FOLDER [--dry-run] [--program NAME]

brings a program in from a folder of CSV or XLSX files of the names below, or from one workbook with sheets of
these names. All or nothing: with any problem nothing is written, and every problem is told as *file, row, column:
what is wrong, what was expected*. `--dry-run` says what would be added and changed and writes nothing; `--program`
imports under another name.

- A file that is not there changes nothing. `program` is always needed; `rotations` and `people` by a new program.
- Importing again updates people, rotations and shift types by their codes, and leave by person and days. What is in
  the database and not in the file is kept. Of what exists, only columns that the file has are changed.
- `cross_cover`, `staffing`, `curriculum`, `sequence_rules`, `preferences`, `placements`, `cohorts` and
  `history` replace what was there: the file is the truth.
- Cells: dates as 2026-07-01 (or a date cell of a spreadsheet), times as 07:00, yes or no, several things as
  `A;B`, spans of weekdays, levels and periods as `Mon-Fri`, `1-3`, `2-5`. Levels: 1, 2, 3…, and F for faculty.
- CSV is UTF-8, parted by commas (or by semicolons or tabs, as some spreadsheets write it).
- Prices say what missing or breaking something costs the optimiser, against one another.

The folder `demo/` of this project is an example of everything.

This page is written by `manage.py import_program --columns`; a test keeps the two the same.
"""


def render() -> str:
    """The whole page, as Markdown."""
    return INTRODUCTION + "".join(_section(sheet) for sheet in SHEETS)


def _section(sheet: Sheet) -> str:
    lines = [
        f"\n## {sheet.name}\n",
        f"{sheet.text}\n",
        "| column | required | what | example |",
        "| --- | --- | --- | --- |",
    ]
    lines.extend(_line(column) for column in sheet.columns)
    return "\n".join(lines) + "\n"


def _line(column: Column) -> str:
    what = f"{column.text} ({column.kind.label}"
    if column.refers:
        what += f" of {column.refers}"
    what += f"; blank: {column.default})" if column.default and column.default != "{}" else ")"
    example = f"`{column.example}`" if column.example else ""
    return f"| {column.name} | {'yes' if column.required else ''} | {what} | {example} |"
