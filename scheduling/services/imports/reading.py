"""From a folder of CSV and XLSX files, or one workbook, to tables of text: the same whichever it was."""

import csv
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from scheduling.services.imports.problems import Problem, nearest
from scheduling.services.imports.sheets import BY_NAME

SUFFIXES = (".csv", ".xlsx")
# Stands for a cell of which it has been told that it cannot be read.
BROKEN = "\0"


@dataclass(frozen=True, slots=True)
class Table:
    """One file's cells as trimmed text; `rows` hold (number as a spreadsheet counts, cells), the header first."""

    file: str
    rows: list[tuple[int, list[str]]]


def read_folder(folder: Path, problems: list[Problem]) -> dict[str, Table]:
    """The tables of a folder, or of one workbook, by sheet name. What cannot be read goes to `problems`."""
    if not folder.exists():
        problems.append(Problem(str(folder), "there is no such folder"))
        return {}
    files = [folder] if folder.is_file() else sorted(path for path in folder.iterdir() if _is_input(path))
    if not files:
        problems.append(Problem(str(folder), f"the folder is empty; expected files such as {', '.join(_names()[:3])}"))
    tables: dict[str, Table] = {}
    for path in files:
        for name, table in _read_file(path, problems):
            if name in tables:
                problems.append(Problem(table.file, f"{tables[name].file} holds {name} too; keep one of them"))
            else:
                tables[name] = table
    return tables


def _is_input(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(("~$", "."))


def _names() -> list[str]:
    return [f"{name}.csv" for name in BY_NAME]


def _read_file(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Table]]:
    name = path.stem.casefold()
    if path.suffix.lower() == ".csv":
        if name in BY_NAME:
            yield name, Table(path.name, _csv_rows(path, problems))
        else:
            problems.append(
                Problem(
                    path.name, f"no such file is known{nearest(path.name, _names()) or ';'} see docs/import.md for all"
                )
            )
    elif path.suffix.lower() == ".xlsx":
        yield from _workbook(path, name, problems)
    else:
        problems.append(Problem(path.name, "is neither a folder nor a workbook; expected an .xlsx file"))


def _csv_rows(path: Path, problems: list[Problem]) -> list[tuple[int, list[str]]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        problems.append(Problem(path.name, f"cannot be read ({error.strerror}); expected a CSV file"))
        return []
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        problems.append(
            Problem(path.name, f"byte {data[error.start]:#04x} is not UTF-8; save the file as CSV UTF-8", row)
        )
        return []
    if "\0" in text:  # UTF-16 without its mark looks so; PostgreSQL keeps no such text
        row = text.count("\n", 0, text.index("\0")) + 1
        problems.append(Problem(path.name, "holds a zero byte; save the file as CSV UTF-8", row))
        return []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((number, [cell.strip() for cell in cells]) for number, cells in enumerate(lines, 1))
    except csv.Error as error:
        problems.append(Problem(path.name, f"is no proper CSV ({error}); expected quotes in pairs", len(rows) + 1))
        return []
    return [(number, cells) for number, cells in rows if any(cells)]


def _delimiter(text: str) -> str:
    """What parts the cells: spreadsheets of many countries write ; where others write a comma."""
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count)


def _workbook(path: Path, name: str, problems: list[Problem]) -> Iterator[tuple[str, Table]]:
    """A workbook named like a file holds that one, in its first sheet; any other holds sheets of those names."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # decorations that openpyxl does not keep
            values = openpyxl.load_workbook(path, data_only=True)
            formulas = openpyxl.load_workbook(path)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        problems.append(Problem(path.name, f"cannot be read as a workbook ({error}); save it as .xlsx again"))
        return
    if name in BY_NAME:
        sheet = values.worksheets[0]
        yield name, Table(path.name, _sheet_rows(path.name, sheet, formulas[sheet.title], problems))
        return
    for sheet in values.worksheets:
        title = sheet.title.strip().casefold().replace(" ", "_")
        file = f"{path.name} [{sheet.title}]"
        if title in BY_NAME:
            yield title, Table(file, _sheet_rows(file, sheet, formulas[sheet.title], problems))
        elif not title.startswith("_"):
            problems.append(
                Problem(
                    file,
                    f"no such sheet is known{nearest(title, BY_NAME)} (begin its name with _ to pass it over)",
                )
            )


def _sheet_rows(file: str, values: Any, formulas: Any, problems: list[Problem]) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    for number, (cells, sources) in enumerate(zip(values.iter_rows(), formulas.iter_rows(), strict=True), 1):
        texts = [_cell_text(file, cell, source, problems) for cell, source in zip(cells, sources, strict=True)]
        if any(texts):
            rows.append((number, texts))
    return rows


def _cell_text(file: str, cell: Any, source: Any, problems: list[Problem]) -> str:
    value = cell.value
    if cell.data_type == "e":
        problems.append(Problem(file, f"cell {cell.coordinate} holds the error {value}", cell.row))
        return BROKEN
    if value is None and source.data_type == "f":
        problems.append(
            Problem(file, f"the formula in {cell.coordinate} has no value yet; open and save the workbook", cell.row)
        )
        return BROKEN
    return _text_of(value)


def _text_of(value: Any) -> str:
    """A cell of a spreadsheet as one would type it in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    return str(value).strip()
