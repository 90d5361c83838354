"""Small import folders to test with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from scheduling.services.imports import ImportRefused, import_program

PROGRAM = "name,year_start\nMedicine,2026-07-01\n"
ROTATIONS = "code,name\nWA,Ward A\nICU,Intensive care\nNF,Night float\n"
SHIFT_TYPES = "code,name,start,hours,night\nDAY,Day,07:00,12,no\nNIGHT,Night,19:00,12,yes\n"
PEOPLE = "code,name,type,pgy_level\nR1,Amara Okafor,,1\nR2,Bilal Rahimi,,2\nF1,Dr. Ines Novak,faculty,\n"
BASE = {"program": PROGRAM, "rotations": ROTATIONS, "shift_types": SHIFT_TYPES, "people": PEOPLE}


def make(folder: Path, files: Mapping[str, str | bytes] | None = None, **more: str) -> Path:
    """A folder of CSV files, by name without .csv; by default the smallest program, with `more` over it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (BASE | more if files is None else files).items():
        data = text if isinstance(text, bytes) else text.encode()
        (folder / (name if "." in name else f"{name}.csv")).write_bytes(data)
    return folder


def workbook(path: Path, sheets: Mapping[str, list[list[Any]]]) -> Path:
    """An XLSX workbook with these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def problems(folder: Path) -> list[str]:
    """What an import of this folder is refused for; empty if it is not."""
    try:
        import_program(folder=folder, dry_run=True)
    except ImportRefused as refused:
        return [str(problem) for problem in refused.problems]
    return []
