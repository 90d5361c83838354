"""Turns the workbooks of Hamad Medical Corporation's year plan into import folders.

    python -m benchmarks.convert_hmc DATA_FOLDER OUT_FOLDER [--file NAME.xlsx]

writes OUT_FOLDER/NAME for each workbook. The rules are those of the data's description. Prices are as in
benchmarks/hmc.py: 100 for each period or person missing, beside wishes of 1 and 2.
"""

import argparse
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from benchmarks.folders import write

YEAR_START = date(2026, 7, 1)
PERIODS, PERIOD_DAYS, HALF_DAYS = 13, 28, 14
MISSING = 100
NEURO = "NEURO"
LEVELS = {"R1": (1, ""), "R2": (2, ""), "R3": (3, ""), "R4": (4, ""), "R_NEURO": (1, NEURO)}

CODES = {
    "Medical Teams": "MT", "Senior": "SR", "Registrar": "REG", "AMAU": "AMAU", "Cardiology": "CARD", "CCU": "CCU",
    "MICU": "MICU", "Infectious Disease": "ID", "Endocrine": "ENDO", "Nephrology": "NEPH", "Neurology": "NEUR",
    "Geriatrics": "GERI", "Al Khor": "AK", "MOP": "MOP", "Oncology": "ONC", "Hematology": "HEM", "Al Wakra": "AW",
    "GI": "GI", "Pulmonology": "PULM", "Rheumatology": "RHEU", "ED": "ED", "Medical Consultation": "MC",
    "TRANSFER": "TR",
}  # fmt: skip
# Where a period partly on leave may be spent.
LEAVE_HERE = {
    "R1": ("ENDO", "AMAU", "ID"), "R2": ("MOP", "NEPH", "AMAU"), "R3": ("GI", "PULM", "AMAU"), "R4": ("MC",),
    "R_NEURO": ("AMAU",),
}  # fmt: skip
CURRICULUM = {
    "R1": "MT 4-7, AMAU 1-2, CARD 2-2, ID 1-2, ENDO 1-2",
    "R2": "SR 1-2, CCU 2-2, MICU 2-2, NEPH 1-2, NEUR 1-1, CARD 1-1, GERI 1-1, AMAU 1-2, AK 0-1, MOP 1-1",
    "R3": "SR 2-2, ONC 1-1, HEM 1-1, AW 1-1, GI 2-2, PULM 2-2, RHEU 1-1, MOP 1-1, AMAU 1-1, CARD;ED;MC 1-1",
    "R4": "REG 5-6, MC 3-5, AW 1-2, AK 1-2, HEM;ONC 1-2",
    "R_NEURO": "MT 3-3, AMAU 3-4, MICU 1-1, RHEU 1-1, ED 2-2, TR 2-2",
}
WAIVED_ON_LEAVE = "CARD;ED;MC"
STAFFING = "SR 10-10, REG 20-20, CARD 11-, AMAU 11-, CCU 7-, MICU 7-, AK 6-, MOP 6-, HEM 5-, ONC 5-, AW 9-, MC 10-"
TEAMS = ((1, 1, 20, ""), (2, 2, 25, ""), (3, 3, 20, ""), (4, PERIODS, 20, 20))

SEQUENCE_RULES: tuple[dict[str, Any], ...] = (
    {"name": "R1 start on Medical Teams", "kind": "must_be_in", "levels": 1, "track": "-", "rotations": "MT",
     "first_period": 1, "last_period": 1},
    {"name": "R2 do not start as Senior", "kind": "only_in", "levels": 2, "rotations": "SR", "first_period": 2},
    {"name": "5 Medical Teams in any 6", "kind": "at_most", "levels": 1, "track": "-", "rotations": "MT",
     "most": 5, "window": 6},
    {"name": "No two Senior in a row", "kind": "not_in_a_row", "levels": "2;3", "rotations": "SR"},
    {"name": "MICU not across pairs", "kind": "not_in_a_row", "rotations": "MICU", "starts": "2;4;6;8;10"},
    {"name": "CCU not across pairs", "kind": "not_in_a_row", "rotations": "CCU", "starts": "2;4;6;8;10"},
    {"name": "Neuro: Medical Teams first", "kind": "must_be_in", "levels": 1, "track": NEURO, "rotations": "MT",
     "first_period": 1, "last_period": 3},
    {"name": "Neuro: transfer last", "kind": "must_be_in", "levels": 1, "track": NEURO, "rotations": "TR",
     "first_period": 12, "last_period": 13},
    {"name": "MICU in a row", "kind": "in_a_row", "levels": 2, "rotations": "MICU", "price": 2},
    {"name": "CCU in a row", "kind": "in_a_row", "levels": 2, "rotations": "CCU", "price": 2},
    {"name": "Hematology, Oncology", "kind": "in_a_row", "rotations": "HEM", "next_rotations": "ONC", "price": 2},
    {"name": "Oncology, Hematology", "kind": "in_a_row", "rotations": "ONC", "next_rotations": "HEM", "price": 2},
    {"name": "4 Medical Teams in a row", "kind": "at_most", "levels": 1, "track": "-", "rotations": "MT",
     "most": 3, "window": 4, "price": 1},
    {"name": "2 Cardiology in a row", "kind": "not_in_a_row", "levels": 1, "track": "-", "rotations": "CARD",
     "price": 1},
    {"name": "Senior after one period", "kind": "gap", "levels": 3, "rotations": "SR", "window": 1, "price": 1},
    {"name": "6 Registrar in a row", "kind": "at_most", "levels": 4, "rotations": "REG", "most": 5, "window": 6,
     "price": 2},
)  # fmt: skip


def convert(workbook: Path, folder: Path) -> None:
    """Write one workbook as an import folder. Raises KeyError for a group or rotation that it does not know."""
    sheet = load_workbook(workbook, read_only=True, data_only=True).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    header = [str(name) for name in next(rows) if name]
    records = [dict(zip(header, row, strict=False)) for row in rows if row[0]]
    program = {"name": f"HMC {workbook.stem}", "time_zone": "Asia/Qatar", "holiday_country": "QA"}
    write(folder, "program", [program | {"year_start": YEAR_START, "year_end": YEAR_START + timedelta(days=364)}])
    write(folder, "rotations", _rotations())
    write(folder, "staffing", _staffing())
    write(folder, "curriculum", _curriculum())
    write(folder, "sequence_rules", SEQUENCE_RULES)
    write(folder, "people", [_person(record) for record in records])
    write(folder, "leave", [leave for record in records for leave in _leave(record)])
    placements = [placement for record in records for placement in _placements(record)]
    if placements:
        write(folder, "placements", placements)


def _rotations() -> Iterator[dict[str, Any]]:
    allowing = {code for codes in LEAVE_HERE.values() for code in codes}
    for name, code in CODES.items():
        yield {"code": code, "name": name, "allows_vacation": "yes" if code in allowing else "no"}


def _staffing() -> Iterator[dict[str, Any]]:
    priced = {"price_below": MISSING, "price_above": MISSING}
    for code, fewest, most in _parts(STAFFING):
        yield {"name": code, "rotations": code, "fewest": fewest, "most": most} | priced
    for first, last, least, limit in TEAMS:
        spanned = {"first_period": first, "last_period": last, "fewest": least, "most": limit}
        yield {"name": f"Medical Teams from period {first}", "rotations": "MT"} | spanned | priced
    counted = {"excluded_tracks": NEURO}
    # One resident counts six, three on half leave: each unit missing costs a third of a resident on half leave.
    second = {"fewest": 60, "weight": 6, "part_leave_weight": 3, "price_below": 33.3333, "price_above": MISSING}
    yield {"name": "second on-call", "rotations": "GI;RHEU;PULM"} | counted | second
    yield {"name": "floaters", "rotations": "NEPH;ENDO", "fewest": 10} | counted | priced


def _curriculum() -> Iterator[dict[str, Any]]:
    for group, text in CURRICULUM.items():
        level, track = LEVELS[group]
        for codes, fewest, most in _parts(text):
            yield {
                "level": level,
                "track": track,
                "rotations": codes,
                "fewest": fewest,
                "most": most,
                "waived_on_leave": "yes" if codes == WAIVED_ON_LEAVE else "no",
                "allows_leave": "yes" if codes in LEAVE_HERE[group] else "no",
                "price": MISSING,
            }


def _parts(text: str) -> Iterator[tuple[str, str, str]]:
    """ "MT 4-7, CARD;ED 1-" as codes, fewest and most."""
    for part in text.split(", "):
        codes, span = part.split(" ")
        fewest, most = span.split("-")
        yield codes, fewest, most


def _person(record: Mapping[str, Any]) -> dict[str, Any]:
    level, track = LEVELS[str(record["PGY"])]
    return {"code": record["ID"], "name": record["ID"], "pgy_level": level, "track": track}


def _leave(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for number in (1, 2):
        period, half = record[f"Leave{number}Block"], record[f"Leave{number}Half"]
        if not period:
            continue
        first = YEAR_START + timedelta(days=PERIOD_DAYS * (int(period) - 1))
        first += timedelta(days=HALF_DAYS if half == "second" else 0)
        yield {"person": record["ID"], "first_day": first, "last_day": first + timedelta(days=HALF_DAYS - 1)}


def _placements(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for period in range(1, PERIODS + 1):
        text = str(record.get(f"Block_{period}") or "").strip()
        if text:
            mark = "!" if text.startswith("!") else ""
            names = [part.strip().removesuffix(" Rotation") for part in text.lstrip("!").split(",")]
            rotations = ";".join(mark + CODES[name] for name in names)
            yield {"person": record["ID"], "period": period, "rotations": rotations}


def main() -> None:
    """Convert one workbook of a folder, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--file", default="*.xlsx")
    arguments = parser.parse_args()
    for workbook in sorted(arguments.data.glob(arguments.file)):
        convert(workbook, arguments.out / workbook.stem)
        print(arguments.out / workbook.stem)


if __name__ == "__main__":
    main()
