"""Writes the program itself: its year, its shift types and rotations, and what a schedule has to satisfy."""

from collections import defaultdict
from typing import Any

from django.utils.text import slugify

from people.models import Program
from scheduling.models import (
    AcademicYear,
    Block,
    CrossCover,
    Curriculum,
    Period,
    Rotation,
    SequenceRule,
    ShiftType,
    Staffing,
)
from scheduling.services.imports import program_sheets as sheets
from scheduling.services.imports.columns import Sheet
from scheduling.services.imports.known import Known, periods_of
from scheduling.services.imports.parsing import Row, Rows, field_values, given_fields
from scheduling.services.imports.storing import Count, Sentence, replace, set_links, upsert

HUES = 12


def write_program(row: Row, known: Known, count: Count) -> Program:
    """The program of this name, made or changed."""
    existing = {known.program.name: known.program} if known.program else {}
    values = field_values(sheets.PROGRAM, row)
    if not existing:
        values["slug"] = slugify(row["name"])
    given = given_fields(sheets.PROGRAM, row)
    return upsert(Program, existing, {row["name"]: values}, count, given=given)[row["name"]]


def write_year(program: Program, known: Known, count: Count) -> AcademicYear:
    """The academic year with its periods. Periods that no schedule uses are laid out anew where they differ."""
    assert known.year is not None
    first, last = known.year
    year, made = AcademicYear.objects.get_or_create(program=program, start_date=first, defaults={"end_date": last})
    same = not made and year.end_date == last and periods_of(year) == known.periods
    if same:
        count.unchanged += 1
        return year
    count.added += made
    count.changed += not made
    AcademicYear.objects.filter(pk=year.pk).update(end_date=last)
    year.end_date = last
    year.periods.all().delete()
    Period.objects.bulk_create(
        Period(academic_year=year, number=number, start_date=start, end_date=end)
        for number, (start, end) in enumerate(known.periods, 1)
    )
    return year


def write_shift_types(program: Program, rows: list[Row], count: Count) -> dict[str, ShiftType]:
    """The shift types by code, with what may not follow them and what joins them."""
    existing = {shift_type.code: shift_type for shift_type in ShiftType.objects.filter(program=program)}
    times = {code: (shift_type.start_time, shift_type.hours) for code, shift_type in existing.items()}
    wanted = _positioned(sheets.SHIFT_TYPES, program, rows)
    found = upsert(ShiftType, existing, wanted, count, given=_given(sheets.SHIFT_TYPES, rows))
    # Blocks have their times from when they were made. Those of a shift that has moved are worked by nobody (or the
    # file would have been refused), and are made again when somebody does.
    moved = [found[code] for code, known in times.items() if (found[code].start_time, found[code].hours) != known]
    Block.objects.filter(shift_type__in=moved).delete()
    sources = [found[row["code"]].pk for row in rows]
    for column in ("not_followed_by", "joins"):
        if rows and column in rows[0].given:
            pairs = {(found[row["code"]].pk, found[code].pk) for row in rows for code in row[column] or []}
            if column == "joins":
                pairs |= {(two, one) for one, two in pairs}
            set_links(ShiftType, column, sources, pairs)
    return found


def write_rotations(
    program: Program, rows: list[Row], shift_types: dict[str, ShiftType], count: Count
) -> dict[str, Rotation]:
    """The rotations by code, with the shifts that everybody there works."""
    existing = {rotation.code: rotation for rotation in Rotation.objects.filter(program=program)}
    wanted = _positioned(sheets.ROTATIONS, program, rows)
    for number, row in enumerate(rows):
        if row["colour"] is None:
            wanted[row["code"]]["colour"] = number % HUES + 1
    found = upsert(Rotation, existing, wanted, count, given=_given(sheets.ROTATIONS, rows))
    if rows and "regular_shifts" in rows[0].given:
        pairs = {(found[row["code"]].pk, shift_types[code].pk) for row in rows for code in row["regular_shifts"] or []}
        set_links(Rotation, "regular_shifts", [found[row["code"]].pk for row in rows], pairs)
    return found


def _positioned(sheet: Sheet, program: Program, rows: list[Row]) -> dict[str, dict[str, Any]]:
    """The values by code; things are shown in the order of the file."""
    return {
        row["code"]: field_values(sheet, row) | {"program": program, "position": number}
        for number, row in enumerate(rows, 1)
    }


def _given(sheet: Sheet, rows: list[Row]) -> frozenset[str]:
    return (given_fields(sheet, rows[0]) | {"position"}) if rows else frozenset()


def write_requirements(
    program: Program,
    rows: Rows,
    rotations: dict[str, Rotation],
    shift_types: dict[str, ShiftType],
    counts: defaultdict[str, Count],
) -> None:
    """Cross-cover, staffing, curriculum and sequence rules: each file that is there replaces all rows of its kind."""
    if "cross_cover" in rows:
        wanted = [
            Sentence(
                field_values(sheets.CROSS_COVER, row)
                | {"rotation": rotations[row["rotation"]], "covers": rotations[row["covers"]]},
                {"shift_types": [shift_types[code] for code in row["shift_types"]]},
            )
            for row in rows["cross_cover"]
        ]
        replace(CrossCover, CrossCover.objects.filter(rotation__program=program), wanted, counts["cross_cover"])
    if "staffing" in rows:
        wanted = [_staffing(row, program, rotations, shift_types) for row in rows["staffing"]]
        replace(Staffing, Staffing.objects.filter(program=program), wanted, counts["staffing"])
    if "curriculum" in rows:
        wanted = [
            Sentence(
                field_values(sheets.CURRICULUM, row) | {"program": program},
                {"rotations": [rotations[code] for code in row["rotations"]]},
            )
            for row in rows["curriculum"]
        ]
        replace(Curriculum, Curriculum.objects.filter(program=program), wanted, counts["curriculum"])
    if "sequence_rules" in rows:
        wanted = [_sequence_rule(row, program, rotations) for row in rows["sequence_rules"]]
        replace(SequenceRule, SequenceRule.objects.filter(program=program), wanted, counts["sequence_rules"])


def _staffing(
    row: Row, program: Program, rotations: dict[str, Rotation], shift_types: dict[str, ShiftType]
) -> Sentence:
    shift_type = shift_types[row["shift_type"]] if row["shift_type"] else None
    name = row["name"] or " + ".join(row["rotations"]) + (f" {row['shift_type']}" if shift_type else "")
    return Sentence(
        field_values(sheets.STAFFING, row) | {"program": program, "shift_type": shift_type, "name": name[:80]},
        {"rotations": [rotations[code] for code in row["rotations"]]},
    )


def _sequence_rule(row: Row, program: Program, rotations: dict[str, Rotation]) -> Sentence:
    kind = SequenceRule.Kind(row["kind"])
    name = row["name"] or f"{' + '.join(row['rotations'])}: {kind.label}"
    return Sentence(
        field_values(sheets.SEQUENCE_RULES, row) | {"program": program, "name": name[:120]},
        {
            "rotations": [rotations[code] for code in row["rotations"]],
            "next_rotations": [rotations[code] for code in row["next_rotations"] or []],
        },
    )
