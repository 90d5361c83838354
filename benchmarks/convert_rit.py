"""Turns the workbook of RIT's 4+1 programme into an import folder.

    python -m benchmarks.convert_rit DATA_FOLDER OUT_FOLDER [--file NAME.xlsx]

writes OUT_FOLDER/NAME for each workbook. As in benchmarks/rit.py: weeks a year are taken by the share of the year that
the file's weeks are; cohorts are in clinic every fifth week, staggered in the order of the file; the weeks of earlier
years count toward what the highest level owes of the whole residency; 100 for each week or person missing.
"""

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from benchmarks.folders import write

YEAR_START = date(2026, 7, 1)
NO_LIMIT, WEEKS_A_YEAR, MISSING = 1000, 52, 100
VACATION, CLINIC, NIGHT = "Vacation", "Clinic", "Night"
SHEETS = ("clinics", "units", "residents", "past")

type Record = dict[str, Any]


def convert(workbook: Path, folder: Path) -> None:
    """Write one workbook as an import folder."""
    book = load_workbook(workbook, data_only=True)
    found = {name: _records(book[title]) for name, title in zip(SHEETS, book.sheetnames, strict=False)}
    residents, units = found["residents"], found["units"]
    weeks = sum(str(name).startswith("Week_") for name in residents[0])
    levels = sorted({int(row["Year_Level"]) for row in residents})
    last = YEAR_START + timedelta(days=7 * weeks - 1)
    program = {"name": f"RIT {workbook.stem}", "period_scheme": "1w", "year_start": YEAR_START, "year_end": last}
    write(folder, "program", [program])
    write(folder, "rotations", [_rotation(unit) for unit in units])
    write(folder, "staffing", [row for unit in units for row in _staffing(unit, levels)])
    write(folder, "curriculum", [row for unit in units for row in _curriculum(unit, levels, weeks)])
    write(folder, "sequence_rules", [_stint(unit) for unit in units])
    write(folder, "people", [_person(row) for row in residents])
    write(folder, "cohorts", _cohorts(found["clinics"], weeks))
    write(folder, "preferences", [wish for row in residents for wish in _wishes(row, units, weeks)])
    write(folder, "history", [done for row in found["past"] for done in _history(row, units)])


def _records(sheet: Any) -> list[Record]:
    rows = sheet.iter_rows(values_only=True)
    header = [str(name) for name in next(rows)]
    return [dict(zip(header, row, strict=False)) for row in rows if row[0] is not None]


def _rotation(unit: Record) -> Record:
    return {
        "code": unit["Unit"],
        "name": unit["Unit"],
        "vacation": "yes" if unit["Unit_type"] == VACATION else "no",
        "night_float": "yes" if unit["Day_Night"] == NIGHT else "no",
    }


def _most(value: Any) -> int | str:
    return "" if int(value) >= NO_LIMIT else int(value)


def _staffing(unit: Record, levels: list[int]) -> Iterator[Record]:
    priced = {"price_below": MISSING, "price_above": MISSING}
    for level in levels:
        fewest, most = int(unit[f"R{level}Min"] or 0), _most(unit[f"R{level}Max"] or 0)
        if fewest or most != "":
            named = {"name": f"{unit['Unit']} PGY-{level}", "rotations": unit["Unit"], "levels": level}
            yield named | {"fewest": fewest, "most": most} | priced


def _curriculum(unit: Record, levels: list[int], weeks: int) -> Iterator[Record]:
    """What each level that the unit takes owes of it. Clinic is for all: the cohorts say who, where and when."""
    row = {"rotations": unit["Unit"], "price": MISSING}
    fewest, most = int(unit["Weeks_Min"]), _most(unit["Weeks_Max"])
    if unit["Unit_type"] == CLINIC:
        for level in levels:
            yield row | {"level": level, "fewest": 0, "most": most}
        return
    for level in levels:
        if int(unit[f"R{level}Max"] or 0) > 0:
            yield row | {"level": level, "fewest": fewest * weeks // WEEKS_A_YEAR, "most": most}
    if unit["Unit_type"] != VACATION and fewest:
        yield row | {"level": levels[-1], "fewest": fewest, "counts_history": "yes"}


def _stint(unit: Record) -> Record:
    shortest, longest = int(unit["Duration_Min"]), int(unit["Duration_Max"])
    name = f"{unit['Unit']}: {shortest} to {longest} weeks"
    return {"name": name, "kind": "stint", "rotations": unit["Unit"], "fewest": shortest, "most": longest}


def _person(row: Record) -> Record:
    number = row["Resident_ID"]
    cohort, level = row["Clinic_Groups"], row["Year_Level"]
    return {"code": number, "name": f"Resident {number}", "pgy_level": level, "cohort": cohort}


def _cohorts(clinics: list[Record], weeks: int) -> Iterator[Record]:
    """Each cohort in its own clinic every so many weeks, and never in another's."""
    names = sorted({str(row["Clinic"]) for row in clinics})
    for place, row in enumerate(clinics, 1):
        own = ";".join(str(week) for week in range(place, weeks + 1, len(clinics)))
        for clinic in names:
            periods = own if clinic == row["Clinic"] else ""
            yield {"cohort": row["Clinic_Group"], "rotation": clinic, "periods": periods, "elsewhere": "no"}


def _wishes(row: Record, units: list[Record], weeks: int) -> Iterator[Record]:
    vacation = next(unit["Unit"] for unit in units if unit["Unit_type"] == VACATION)
    for week in range(1, weeks + 1):
        if weight := float(row[f"Week_{week}"] or 0):
            wish = {"person": row["Resident_ID"], "period": week, "rotation": vacation}
            yield wish | {"wants": "yes" if weight > 0 else "no", "weight": abs(weight)}


def _history(row: Record, units: list[Record]) -> Iterator[Record]:
    for unit in units:
        if done := int(row.get(unit["Unit"]) or 0):
            yield {"person": row["Resident_ID"], "rotation": unit["Unit"], "periods": done}


def main() -> None:
    """Convert one workbook of a folder, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--file", default="DataFile*.xlsx")
    arguments = parser.parse_args()
    for workbook in sorted(arguments.data.glob(arguments.file)):
        convert(workbook, arguments.out / workbook.stem)
        print(arguments.out / workbook.stem)


if __name__ == "__main__":
    main()
