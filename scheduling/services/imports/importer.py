"""Imports a folder into a program: all of it or nothing."""

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from people.models import Program, User, record
from scheduling.models import AcademicYear, Schedule
from scheduling.services.imports.checks import check
from scheduling.services.imports.known import Known, check_against_database, find, missing_files
from scheduling.services.imports.parsing import Rows, parse
from scheduling.services.imports.problems import ImportRefused, Problem
from scheduling.services.imports.reading import read_folder
from scheduling.services.imports.sheets import SHEETS
from scheduling.services.imports.storing import Count
from scheduling.services.imports.write_people import (
    write_accounts,
    write_leave,
    write_people,
    write_wishes_and_placements,
)
from scheduling.services.imports.write_program import (
    write_program,
    write_requirements,
    write_rotations,
    write_shift_types,
    write_year,
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the program and year, and by file what was added, changed and left."""

    program: Program
    academic_year: AcademicYear
    counts: dict[str, Count]


def import_program(*, folder: Path, name: str = "", dry_run: bool = False, user: User | None = None) -> Imported:
    """Bring a program into the database from a folder of CSV and XLSX files, or from one workbook.

    `name` overrides the program's own. All is written in one transaction, which `dry_run` rolls back. A file
    that the folder does not have changes nothing. Raises ImportRefused with every problem found.
    """
    problems: list[Problem] = []
    tables = read_folder(folder, problems)
    rows = parse(tables, problems)
    if name and rows.get("program"):
        row = rows["program"][0]
        rows["program"][0] = replace(row, values={**row.values, "name": name})
    with transaction.atomic():
        known = find(tables, rows)
        if tables or not problems:
            problems.extend(missing_files(str(folder), tables, known))
        problems.extend(check(rows, known))
        problems.extend(check_against_database(rows, known))
        if problems:
            raise ImportRefused(_in_order(problems))
        imported = _write(rows, known, user)
        if dry_run:
            transaction.set_rollback(True)
    return imported


def _in_order(problems: list[Problem]) -> list[Problem]:
    """By file in the order of the documents, then by row."""
    names = [sheet.name for sheet in SHEETS]

    def place(problem: Problem) -> tuple[int, str, int]:
        stem = problem.file.rpartition("[")[2].removesuffix("]").rpartition(".")[0] or problem.file
        name = stem.casefold()
        return names.index(name) if name in names else -1, problem.file, problem.row or 0

    return sorted(problems, key=place)


def _write(rows: Rows, known: Known, user: User | None) -> Imported:
    counts: defaultdict[str, Count] = defaultdict(Count)
    program = write_program(rows["program"][0], known, counts["program"])
    year = write_year(program, known, counts["academic year"])
    shift_types = write_shift_types(program, rows.get("shift_types", []), counts["shift_types"])
    rotations = write_rotations(program, rows.get("rotations", []), shift_types, counts["rotations"])
    write_requirements(program, rows, rotations, shift_types, counts)
    users = write_accounts(program, rows, counts["accounts"])
    today = timezone.localdate(timezone=program.zone)
    people = write_people(program, rows.get("people", []), users, today, year, counts["people"])
    write_leave(rows.get("leave", []), people, counts["leave"])
    write_wishes_and_placements(year, rows, people, rotations, shift_types, counts)
    # Pages are cached by the revision of their schedule, and show names, colours and leave that may have changed.
    Schedule.objects.filter(program=program).update(revision=F("revision") + 1)
    record(
        user=user,
        action="program imported",
        target=program,
        program=program,
        changes={name: str(count) for name, count in counts.items()},
    )
    return Imported(program, year, dict(counts))
