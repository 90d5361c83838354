"""XLSX and the many shapes of CSV say the same as plain CSV."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from people.models import Person
from scheduling.models import ShiftType
from scheduling.services.imports import import_program
from scheduling.services.imports.problems import Problem
from scheduling.services.imports.reading import read_folder
from tests.imports.folders import BASE, make, problems, workbook

pytestmark = pytest.mark.django_db

SHEETS: dict[str, list[list[Any]]] = {
    "Program": [["name", "year_start"], ["Medicine", date(2026, 7, 1)]],
    "rotations": [["code", "name"], ["WA", "Ward A"], ["ICU", "Intensive care"], ["NF", "Night float"]],
    "Shift types": [
        ["code", "name", "start", "hours", "night"],
        ["DAY", "Day", time(7), 12, False],
        ["NIGHT", "Night", time(19), 12.0, True],
    ],
    "people": [
        ["code", "name", "type", "pgy_level"],
        ["R1", " Amara Okafor", None, 1],
        ["R2", "Bilal Rahimi", None, 2.0],
        ["F1", "Dr. Ines Novak", "faculty"],
    ],
    "_notes": [["whatever"]],
}


def test_one_workbook_says_the_same_as_a_folder_of_csv(tmp_path: Path) -> None:
    book = workbook(tmp_path / "a" / "medicine.xlsx", SHEETS)
    csv = read_folder(make(tmp_path / "b"), [])
    for source in (book, book.parent):
        found: list[Problem] = []
        tables = read_folder(source, found)
        assert found == []
        assert list(tables) == ["program", "rotations", "shift_types", "people"]
        for name, table in tables.items():
            width = len(table.rows[0][1])
            assert [(row, [*cells, *[""] * width][:width]) for row, cells in csv[name].rows] == table.rows
    assert tables["people"].file == "medicine.xlsx [people]"
    import_program(folder=book)
    assert str(import_program(folder=tmp_path / "b").counts["people"]) == "3 unchanged"


def test_an_xlsx_file_for_each_sheet(tmp_path: Path) -> None:
    make(tmp_path, {"program": BASE["program"], "rotations": BASE["rotations"]})
    workbook(tmp_path / "people.xlsx", {"Sheet1": SHEETS["people"]})
    workbook(tmp_path / "shift_types.xlsx", {"Sheet1": SHEETS["Shift types"]})
    import_program(folder=tmp_path)
    assert Person.objects.count() == 3
    assert [shift.start_time for shift in ShiftType.objects.all()] == [time(7), time(19)]


def test_cells_that_hold_errors_or_formulas_without_values(tmp_path: Path) -> None:
    make(tmp_path, {name: text for name, text in BASE.items() if name != "people"})
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["code", "name", "pgy_level"], ["R1", "A", "=1+1"], ["R2", "#REF!", 1]):
        sheet.append(row)
    sheet["B3"].data_type = "e"
    book.save(tmp_path / "people.xlsx")
    assert problems(tmp_path) == [
        "people.xlsx, row 2: the formula in C2 has no value yet; open and save the workbook",
        "people.xlsx, row 3: cell B3 holds the error #REF!",
    ]


def test_dates_kept_as_numbers_and_times_in_dates(tmp_path: Path) -> None:
    make(tmp_path, {name: text for name, text in BASE.items() if name != "program"})
    workbook(
        tmp_path / "program.xlsx",
        {
            "Sheet1": [
                ["name", "year_start", "year_end"],
                ["Medicine", 46204, datetime(2027, 6, 30, 12, 30, tzinfo=UTC).replace(tzinfo=None)],
            ]
        },
    )
    number = '"46204" is a number; format the column as a date, or write it as 2026-07-01'
    moment = '"2027-06-30 12:30" is no date; expected year-month-day such as 2026-07-01'
    assert problems(tmp_path) == [
        f"program.xlsx, row 2, column year_start: {number}",
        f"program.xlsx, row 2, column year_end: {moment}",
    ]


def test_sheets_of_unknown_names_and_files_that_say_the_same_twice(tmp_path: Path) -> None:
    make(tmp_path)
    workbook(tmp_path / "more.xlsx", {"Peple": [["code"]], "people": SHEETS["people"]})
    (tmp_path / "~$more.xlsx").write_bytes(b"the lock of an open spreadsheet")
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    found = problems(tmp_path)
    assert sorted(found) == sorted(
        [
            "broken.xlsx: cannot be read as a workbook (File is not a zip file); save it as .xlsx again",
            'more.xlsx [Peple]: no such sheet is known, did you mean "people"? (begin its name with _ to pass it over)',
            "people.csv: more.xlsx [people] holds people too; keep one of them",
        ]
    )


@pytest.mark.parametrize(
    "data",
    [
        "code;name;pgy_level;part_time_share\nR1;Zoë;1;0,8\n".encode(),
        "code\tname\tpgy_level\tpart_time_share\nR1\tZoë\t1\t0.8\n".encode(),
        "\ufeffcode,name,pgy_level,part_time_share\r\nR1,Zoë,1,0.8\r\n\r\n".encode(),
        "code,name,pgy_level,part_time_share\nR1,Zoë,1,0.8\n".encode("utf-16"),
        'Code, Name ,"PGY level",part_time_share,,\nR1," Zoë",1,0.8,,\n,,,,,\n'.encode(),
    ],
    ids=["semicolons", "tabs", "byte order mark", "utf-16", "blank columns and rows"],
)
def test_csv_as_spreadsheets_write_it(tmp_path: Path, data: bytes) -> None:
    import_program(folder=make(tmp_path, BASE | {"people": data}))
    person = Person.objects.get()
    assert (person.code, person.name, person.pgy_level, str(person.part_time_share)) == ("R1", "Zoë", 1, "0.80")


def test_the_first_day_of_a_date_cell(tmp_path: Path) -> None:
    imported = import_program(folder=workbook(tmp_path / "medicine.xlsx", SHEETS))
    assert imported.academic_year.start_date == date(2026, 7, 1)
