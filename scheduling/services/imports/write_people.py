"""Writes people with their levels and accounts, their leave and wishes, and what is fixed for them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from operator import itemgetter
from typing import Any

from absences.models import Absence
from people.models import Person, Program, Standing, User
from scheduling.models import AcademicYear, Cohort, History, Period, Placement, Preference, Rotation, ShiftType
from scheduling.services.imports import people_sheets as sheets
from scheduling.services.imports.parsing import Row, Rows, field_values, given_fields
from scheduling.services.imports.storing import Count, Sentence, replace, upsert

RANK = ("pgy_level", "track", "cohort", "part_time_share")  # what a standing keeps

type Rank = dict[str, Any]


def write_accounts(program: Program, rows: Rows, count: Count) -> dict[str, User]:
    """The accounts that the rows name, by username; those that are missing are made, without a password."""
    wanted: dict[str, dict[str, Any]] = {
        row["username"]: field_values(sheets.ACCOUNTS, row) for row in rows.get("accounts", [])
    }
    for row in rows.get("people", []):
        if row["username"] and row["username"] not in wanted:
            first, _, last = row["name"].rpartition(" ")
            role = User.Role.FACULTY if row["type"] == Person.Type.FACULTY else User.Role.RESIDENT
            names = {"first_name": first[:150], "last_name": last[:150]}
            wanted[row["username"]] = {"username": row["username"], "email": row["email"] or "", "role": role, **names}
    existing = {user.username: user for user in User.objects.filter(username__in=wanted)}
    missing = {name: User(**values) for name, values in wanted.items() if name not in existing}
    for user in missing.values():
        user.set_unusable_password()
        user.is_staff = user.is_superuser = user.role == User.Role.ADMIN
    User.objects.bulk_create(missing.values())
    count.added += len(missing)
    count.unchanged += len(existing)
    users = existing | missing
    coordinators = [users[row["username"]] for row in rows.get("accounts", []) if row["coordinates"]]
    if coordinators:
        program.coordinators.add(*coordinators)
    return users


def write_people(
    program: Program, rows: list[Row], users: dict[str, User], today: date, year: AcademicYear, count: Count
) -> dict[str, Person]:
    """The people by code, and what they are from the year's first day and from a change of level on.

    A person's own level, track, cohort and share are those of today: the file's, unless another year's hold today.
    """
    existing = {person.code: person for person in Person.objects.filter(program=program)}
    in_year = (year.start_date, year.end_date)
    other_years: dict[str, list[Standing]] = defaultdict(list)
    codes = {person.pk: person.code for person in existing.values()}
    for standing in Standing.objects.filter(person__program=program).exclude(from_date__range=in_year):
        other_years[codes[standing.person_id]].append(standing)
    ranks = {row["code"]: list(_ranks(row, existing.get(row["code"]), year)) for row in rows}
    wanted = {}
    for row in rows:
        values = field_values(sheets.PEOPLE, row) | {"program": program}
        values |= _rank_today(ranks[row["code"]], other_years[row["code"]], today)
        if row["username"]:
            values["user"] = users[row["username"]]
        wanted[row["code"]] = values
    given = (given_fields(sheets.PEOPLE, rows[0]) | {"user", *RANK}) if rows else frozenset()
    people = upsert(Person, existing, wanted, count, given=given)
    _write_standings({people[code]: changes for code, changes in ranks.items()}, year)
    return people


def level_on(row: Row, day: date) -> int | None:
    """The level of a row of people on a day of the year; None for faculty."""
    level: int | None = row["pgy_level"]
    if level is not None and row["next_level_on"] is not None and row["next_level_on"] <= day:
        return row["next_level"] or level + 1
    return level


def _ranks(row: Row, person: Person | None, year: AcademicYear) -> Iterator[tuple[date, Rank]]:
    """What a row says the person is, from the first day of the year and from a change of level on."""
    values = field_values(sheets.PEOPLE, row)
    given = given_fields(sheets.PEOPLE, row)
    same = {name: values[name] if name in given or person is None else getattr(person, name) for name in RANK}
    for day in (year.start_date, row["next_level_on"]):
        if day is not None:
            yield day, same | {"pgy_level": level_on(row, day)}


def _rank_today(ranks: list[tuple[date, Rank]], other_years: list[Standing], today: date) -> Rank:
    """The rank that holds today; before the first of all, that one."""
    others = [(each.from_date, {name: getattr(each, name) for name in RANK}) for each in other_years]
    timeline = sorted([*others, *ranks], key=itemgetter(0))
    begun = [rank for day, rank in timeline if day <= today]
    return begun[-1] if begun else timeline[0][1]


def _write_standings(ranks: dict[Person, list[tuple[date, Rank]]], year: AcademicYear) -> None:
    """Standings of the year say what the file says; those of other years, what their schedules say, stay."""
    in_year = Standing.objects.filter(person__in=ranks, from_date__range=(year.start_date, year.end_date))
    existing = {(standing.person_id, standing.from_date): standing for standing in in_year}
    wanted = {
        (person.pk, day): {"person": person, "from_date": day, **rank}
        for person, changes in ranks.items()
        for day, rank in changes
    }
    gone = [standing.pk for key, standing in existing.items() if key not in wanted]
    if gone:
        Standing.objects.filter(pk__in=gone).delete()
    upsert(Standing, existing, wanted, Count(), given=frozenset(RANK))


def write_leave(rows: list[Row], people: dict[str, Person], count: Count) -> None:
    """Leave by person, first and last day; other leave that people have stays."""
    found = Absence.objects.filter(person__in=[people[code] for code in {row["person"] for row in rows}])
    existing = {(leave.person_id, leave.start_date, leave.end_date): leave for leave in found.order_by("-pk")}
    wanted = {
        (people[row["person"]].pk, row["first_day"], row["last_day"]): field_values(sheets.LEAVE, row)
        | {"person": people[row["person"]]}
        for row in rows
    }
    given = given_fields(sheets.LEAVE, rows[0]) if rows else frozenset()
    upsert(Absence, existing, wanted, count, given=given)


def write_wishes_and_placements(
    year: AcademicYear,
    rows: Rows,
    people: dict[str, Person],
    rotations: dict[str, Rotation],
    shift_types: dict[str, ShiftType],
    counts: defaultdict[str, Count],
) -> None:
    """Preferences, placements, cohorts and history of the year, each replaced as a whole."""
    periods = {period.number: period for period in year.periods.all()}
    if "preferences" in rows:
        preferences = [_preference(row, year, people, periods, rotations, shift_types) for row in rows["preferences"]]
        replace(Preference, Preference.objects.filter(academic_year=year), preferences, counts["preferences"])
    if "placements" in rows:
        placements = [_placement(row, year, people, periods, rotations, shift_types) for row in rows["placements"]]
        replace(Placement, Placement.objects.filter(academic_year=year), placements, counts["placements"])
    if "cohorts" in rows:
        cohorts = [_cohort(row, year, rotations) for row in rows["cohorts"]]
        replace(Cohort, Cohort.objects.filter(academic_year=year), cohorts, counts["cohorts"])
    if "history" in rows:
        history = [
            Sentence(
                {
                    "academic_year": year,
                    "person": people[row["person"]],
                    "rotation": rotations[row["rotation"]],
                    "periods": row["periods"],
                },
                {},
            )
            for row in rows["history"]
        ]
        replace(History, History.objects.filter(academic_year=year), history, counts["history"])


def _preference(
    row: Row,
    year: AcademicYear,
    people: dict[str, Person],
    periods: dict[int, Period],
    rotations: dict[str, Rotation],
    shift_types: dict[str, ShiftType],
) -> Sentence:
    values = field_values(sheets.PREFERENCES, row) | {
        "academic_year": year,
        "person": people[row["person"]],
        "period": periods[row["period"]] if row["period"] else None,
        "rotation": rotations[row["rotation"]] if row["rotation"] else None,
        "shift_type": shift_types[row["shift_type"]] if row["shift_type"] else None,
        "end_date": row["last_day"] or row["first_day"],
    }
    return Sentence(values, {})


def _placement(
    row: Row,
    year: AcademicYear,
    people: dict[str, Person],
    periods: dict[int, Period],
    rotations: dict[str, Rotation],
    shift_types: dict[str, ShiftType],
) -> Sentence:
    allowed, codes = row["rotations"]
    values = {
        "academic_year": year,
        "person": people[row["person"]],
        "period": periods[row["period"]] if row["period"] else None,
        "date": row["date"],
        "shift_type": shift_types[row["shift_type"]] if row["shift_type"] else None,
        "is_allowed": allowed,
    }
    return Sentence(values, {"rotations": [rotations[code] for code in codes]})


def _cohort(row: Row, year: AcademicYear, rotations: dict[str, Rotation]) -> Sentence:
    """On the clinic in the cohort's periods, and off it in all others unless it may be elsewhere too."""
    values = {
        "academic_year": year,
        "name": row["cohort"],
        "rotation": rotations[row["rotation"]],
        "periods": row["periods"] or [],
        "may_be_there_otherwise": row["elsewhere"],
    }
    return Sentence(values, {})
