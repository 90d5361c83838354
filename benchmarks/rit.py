"""The year plan of a 4+1 programme in one-week periods, as published with RIT's resident scheduler: reading it.

Data: github.com/MSD18751/resident-scheduler (GPL-3.0, anonymous ids). Weeks a year are taken by the share of the year
that the weeks of the file are (fewest rounded down). Clinic groups are in clinic every fifth week, staggered in the
order of the file. What earlier years did counts toward what the highest level must have done in the whole residency.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from scheduling.solver.plan.problem import (
    Curriculum,
    MustBeIn,
    OnlyIn,
    Person,
    PlanProblem,
    Rotation,
    SequenceRule,
    Staffing,
    Stint,
    Wish,
)

NO_LIMIT = 1000  # what the file writes for "as many as you like"
WEEKS_A_YEAR = 52
VACATION, CLINIC = "Vacation", "Clinic"

type Record = dict[str, Any]


def files(folder: Path) -> list[Path]:
    """The cases in a folder."""
    return sorted(folder.glob("DataFile*.xlsx"))


def read(path: Path, seed: int = 0) -> PlanProblem:
    """One of the data's workbooks as a problem."""
    book = load_workbook(path, data_only=True)
    clinics, units, residents, past = (_records(book[name].iter_rows(values_only=True)) for name in book.sheetnames[:4])
    weeks = sum(str(name).startswith("Week_") for name in residents[0])
    done = {str(row["Resident_ID"]): row for row in past}
    people = tuple(_person(row, done.get(str(row["Resident_ID"]), {}), units) for row in residents)
    cohorts = {str(row["Clinic_Group"]): str(row["Clinic"]) for row in clinics}
    members = {
        cohort: frozenset(str(row["Resident_ID"]) for row in residents if str(row["Clinic_Groups"]) == cohort)
        for cohort in cohorts
    }
    levels = sorted({person.group for person in people})
    return PlanProblem(
        periods=tuple(f"Week {number}" for number in range(1, weeks + 1)),
        people=people,
        rotations=tuple(Rotation(str(unit["Unit"]), str(unit["Unit"])) for unit in units),
        staffing=tuple(_staffing(units, levels)),
        curriculum=(*_curriculum(units, levels, weeks), *_clinic_curriculum(units, cohorts, members, weeks)),
        sequence_rules=(*_stints(units), *_clinic_weeks(cohorts, members, weeks)),
        wishes=tuple(_wishes(units, residents, weeks)),
        seed=seed,
    )


def _records(rows: Iterator[Sequence[Any]]) -> list[Record]:
    header = [str(name) for name in next(rows)]
    return [dict(zip(header, row, strict=False)) for row in rows if row[0] is not None]


def _person(row: Record, done: Record, units: list[Record]) -> Person:
    number = str(row["Resident_ID"])
    history = {str(unit["Unit"]): int(done.get(unit["Unit"]) or 0) for unit in units}
    return Person(number, f"Resident {number}", f"PGY-{row['Year_Level']}", history=history)


def _limit(value: Any) -> int | None:
    return None if int(value) >= NO_LIMIT else int(value)


def _takes(unit: Record, level: str) -> bool:
    return int(unit.get(f"R{level.removeprefix('PGY-')}Max") or 0) > 0


def _staffing(units: list[Record], levels: list[str]) -> Iterator[Staffing]:
    for unit in units:
        for level in levels:
            number = level.removeprefix("PGY-")
            fewest, most = int(unit[f"R{number}Min"] or 0), _limit(unit[f"R{number}Max"] or 0)
            if fewest or most is not None:
                code = str(unit["Unit"])
                yield Staffing(f"{code} {level}", (code,), groups=frozenset({level}), fewest=fewest, most=most)


def _curriculum(units: list[Record], levels: list[str], weeks: int) -> Iterator[Curriculum]:
    for unit in units:
        code, fewest, most = str(unit["Unit"]), int(unit["Weeks_Min"]), _limit(unit["Weeks_Max"])
        if unit["Unit_type"] == CLINIC:
            continue
        takers = frozenset(level for level in levels if _takes(unit, level))
        yield Curriculum(code, (code,), groups=takers, fewest=fewest * weeks // WEEKS_A_YEAR, most=most)
        if unit["Unit_type"] != VACATION and fewest:
            name = f"{code} in the residency"
            yield Curriculum(name, (code,), groups=frozenset(levels[-1:]), fewest=fewest, counts_history=True)


def _clinic_curriculum(
    units: list[Record], cohorts: dict[str, str], members: dict[str, frozenset[str]], weeks: int
) -> Iterator[Curriculum]:
    clinics = {str(unit["Unit"]): unit for unit in units}
    for cohort, clinic in cohorts.items():
        unit = clinics[clinic]
        fewest, most = int(unit["Weeks_Min"]) * weeks // WEEKS_A_YEAR, _limit(unit["Weeks_Max"])
        yield Curriculum(f"{clinic} {cohort}", (clinic,), people=members[cohort], fewest=fewest, most=most)


def _stints(units: list[Record]) -> Iterator[SequenceRule]:
    for unit in units:
        code = str(unit["Unit"])
        shortest, longest = int(unit["Duration_Min"]), int(unit["Duration_Max"])
        yield Stint(f"{code}: {shortest} to {longest} weeks", frozenset({code}), shortest, longest)


def _clinic_weeks(cohorts: dict[str, str], members: dict[str, frozenset[str]], weeks: int) -> Iterator[SequenceRule]:
    for place, (cohort, clinic) in enumerate(cohorts.items()):
        periods = tuple(range(place, weeks, len(cohorts)))
        code = frozenset({clinic})
        yield MustBeIn(f"{cohort}: clinic weeks", code, periods, people=members[cohort])
        yield OnlyIn(f"{cohort}: clinic in clinic weeks only", code, periods, people=members[cohort])


def _wishes(units: list[Record], residents: list[Record], weeks: int) -> Iterator[Wish]:
    vacation = frozenset(str(unit["Unit"]) for unit in units if unit["Unit_type"] == VACATION)
    for row in residents:
        for week in range(weeks):
            weight = float(row[f"Week_{week + 1}"] or 0)
            if weight:
                yield Wish(str(row["Resident_ID"]), week, vacation, weight)
