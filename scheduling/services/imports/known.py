"""What the database knows already, as far as an import has to agree with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.text import slugify

from absences.models import Absence
from people.models import Person, Program, User
from scheduling.models import AcademicYear, Block, Period
from scheduling.models.calendar import period_dates
from scheduling.services.imports.parsing import Row, Rows, codes_in
from scheduling.services.imports.problems import Problem
from scheduling.services.imports.reading import Table
from scheduling.services.imports.sheets import SHEETS

NEEDED_BY_A_NEW_PROGRAM = ("rotations", "people")
# Years outside are typing errors; an academic year may be a few weeks longer than a year, to end with a week.
FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_YEAR = 400  # days
# Whose account may be whose: an account of more rights is never given to a person by a username in a list.
ROLES: Mapping[str, tuple[str, ...]] = {
    Person.Type.RESIDENT: (User.Role.RESIDENT,),
    Person.Type.FACULTY: (User.Role.FACULTY, User.Role.COORDINATOR),
}


@dataclass(frozen=True, slots=True)
class Known:
    """The program if it exists, the year asked for and its periods, and by sheet the codes that rows may name."""

    program: Program | None
    year: tuple[date, date] | None
    periods: list[tuple[date, date]]
    codes: Mapping[str, set[str]]


def find(tables: Mapping[str, Table], rows: Rows) -> Known:
    """What rows may refer to: codes of the folder and of the program in the database, and the year's periods.

    A sheet that a new program lacks is in `codes` only if nothing can be said against its codes being missing.
    """
    programs = rows.get("program", [])
    program = Program.objects.filter(name=programs[0]["name"]).first() if programs else None
    codes = {name: codes_in(tables, name) for name in ("shift_types", "rotations", "people")}
    for name in list(codes):
        if program is not None:
            codes[name].update(getattr(program, name).values_list("code", flat=True))
        elif name in NEEDED_BY_A_NEW_PROGRAM and not codes[name]:
            del codes[name]  # the whole file is missing or unreadable, which is told once
    year = year_of(programs[0]) if programs else None
    periods = period_dates(programs[0]["period_scheme"], *year) if year else []
    return Known(program, year, periods, codes)


def year_of(row: Row) -> tuple[date, date] | None:
    """First and last day of the academic year of a row of program; None if no year can have them."""
    first: date = row["year_start"]
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        return None
    # 29 February has no like in the next year: its academic year ends on the 28th.
    following = date(first.year + 1, first.month, min(first.day, 28) if first.month == 2 else first.day)
    last: date = row["year_end"] or following - timedelta(days=1)
    return (first, last) if first <= last < first + timedelta(days=LONGEST_YEAR) else None


def missing_files(folder: str, tables: Mapping[str, Table], known: Known) -> Iterator[Problem]:
    """The files without which nothing can be done: program always, rotations and people for a new program."""
    for sheet in SHEETS:
        needed = known.program is None and sheet.name in NEEDED_BY_A_NEW_PROGRAM
        if sheet.name in tables:
            if needed and len(tables[sheet.name].rows) == 1:  # without a header it is told already
                yield Problem(tables[sheet.name].file, "has no rows below the header; a new program needs some")
            continue
        if sheet.required:
            yield Problem(folder, f"{sheet.name}.csv (or .xlsx) is missing; expected {_required_columns(sheet.name)}")
        elif needed:
            yield Problem(
                folder,
                f"{sheet.name}.csv (or .xlsx) is missing, which a new program needs; "
                f"expected {_required_columns(sheet.name)}",
            )


def _required_columns(name: str) -> str:
    sheet = next(sheet for sheet in SHEETS if sheet.name == name)
    return "columns " + ", ".join(column.name for column in sheet.columns if column.required)


def check_against_database(rows: Rows, known: Known) -> Iterator[Problem]:
    """What the database does not let stand beside what it holds."""
    for row in rows.get("program", [])[:1]:
        yield from _program(row, known)
    yield from _usernames(rows, known)
    if known.program is not None:
        yield from _leave(rows.get("leave", []), known.program)
        yield from _times_in_use(rows.get("shift_types", []), known.program)


def _program(row: Row, known: Known) -> Iterator[Problem]:
    if known.program is None:
        slug = slugify(row["name"])
        other = Program.objects.filter(slug=slug).first()
        if not slug:
            yield row.problem("name", f'"{row["name"]}" has no letter or digit for its address; expected some')
        elif other is not None:
            yield row.problem("name", f'"{row["name"]}" would have the address of the program "{other.name}"')
        return
    zone = known.program.time_zone
    if "time_zone" in row.given and row["time_zone"] != zone and _has_blocks(known.program):
        yield row.problem("time_zone", f"the program has blocks at the hours of {zone} already; expected the same zone")
    if known.year is None:
        return
    first, last = known.year
    years = AcademicYear.objects.filter(program=known.program, start_date__lte=last, end_date__gte=first)
    for year in years:
        if year.start_date != first or (year.end_date != last and year.schedules.exists()):
            yield row.problem("year_start", f"the program has a year from {year.start_date} to {year.end_date} already")
        elif year.schedules.exists() and periods_of(year) != known.periods:
            yield row.problem(
                "period_scheme", f"the year has schedules in {year.periods.count()} periods; expected the same scheme"
            )


def _has_blocks(program: Program) -> bool:
    return Block.objects.filter(shift_type__program=program).exists()


def periods_of(year: AcademicYear) -> list[tuple[date, date]]:
    """First and last days of a year's periods, in order."""
    return list(Period.objects.filter(academic_year=year).order_by("number").values_list("start_date", "end_date"))


def _usernames(rows: Rows, known: Known) -> Iterator[Problem]:
    people = [row for row in rows.get("people", []) if row["username"]]
    wanted = {row["username"]: row for row in reversed(people)}
    for row in people:
        if wanted[row["username"]] is not row:
            yield row.problem(
                "username",
                f'"{row["username"]}" is the account of row {wanted[row["username"]].number}; expected another',
            )
    yield from _roles(wanted, rows.get("accounts", []))
    for person in Person.objects.filter(user__username__in=wanted).select_related("user", "program"):
        row = wanted[person.user.username]  # type: ignore[union-attr]
        if person.program != known.program or person.code != row["code"]:
            yield row.problem(
                "username", f'"{row["username"]}" is the account of {person.name} ({person.program}); expected another'
            )


def _roles(wanted: Mapping[str, Row], accounts: list[Row]) -> Iterator[Problem]:
    """Accounts that the people's rows name and that are of another role. Who has an account already keeps it."""
    roles = {row["username"]: row["role"] for row in accounts}
    users = User.objects.filter(username__in=wanted).select_related("person")
    for user in users:
        roles[user.username] = User.Role.ADMIN if user.is_staff or user.is_superuser else user.role
    owned = {user.username for user in users if hasattr(user, "person")}  # right or wrong, told of by _usernames
    for name, row in wanted.items():
        expected = ROLES[row["type"]]
        if name not in owned and roles.get(name, expected[0]) not in expected:
            yield row.problem(
                "username",
                f'"{name}" is an account of role {roles[name]}; '
                f"expected one of role {' or '.join(expected)}, or a new one",
            )


def _leave(rows: list[Row], program: Program) -> Iterator[Problem]:
    approved = {row["person"]: [] for row in rows if row["status"] == "approved"}  # type: dict[str, list[Row]]
    for row in rows:
        if row["status"] == "approved":
            approved[row["person"]].append(row)
    updated = {(row["person"], row["first_day"], row["last_day"]) for row in rows}
    held = Absence.objects.approved().filter(Q(person__program=program), person__code__in=approved)
    for code, first, last in held.values_list("person__code", "start_date", "end_date"):
        if (code, first, last) in updated:
            continue
        for row in approved[code]:
            if row["first_day"] <= last and row["last_day"] >= first:
                yield row.problem(
                    "first_day", f"{code} has approved leave from {first} to {last} already; expected other days"
                )


def _times_in_use(rows: list[Row], program: Program) -> Iterator[Problem]:
    """A shift type whose blocks people work keeps its times, or what was worked would change."""
    used = {shift.code: shift for shift in program.shift_types.filter(blocks__assignments__isnull=False).distinct()}
    for row in rows:
        shift = used.get(row["code"])
        for column, field in (("start", "start_time"), ("hours", "hours")):
            if shift is not None and row[column] != getattr(shift, field):
                yield row.problem(
                    column, f"{row['code']} is worked at other times already; expected a new code for the new times"
                )
