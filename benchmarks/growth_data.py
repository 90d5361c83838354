"""A hospital of many programs over many years, in the PostgreSQL that DB_* names: what benchmarks/growth.py measures.

One made-up program of 60 people is written as the site would write it; the others are copies of it with 33 of its
people (150 programs with 5,000 users have 33 each), made by the database itself, past years are copies of its year.
Versions are written one after the other and indexes stand meanwhile, so that tables and indexes lie on the disk as
they do after years of use.
"""
# ruff: noqa: S608 - statements of our own names and numbers

from collections.abc import Iterator

PROGRAMS, YEARS, VERSIONS, PEOPLE = 150, 5, 4, 33
APART = 1_000_000  # between the keys of a program's rows and those of the next
WEEKS = 53  # between the same day of two years: the same weekday, and no day in two years

# Copies of everything that belongs to the program that is there already, key by key.
COPIES = """
CREATE TEMP TABLE chosen AS
    SELECT *, row_number() OVER (ORDER BY md5(id::text)) AS place FROM people_person;
CREATE TEMP TABLE worked AS
    SELECT a.*, c.place FROM scheduling_assignment a JOIN chosen c ON c.id = a.person_id ORDER BY a.id;
ANALYZE worked;
CREATE TEMP TABLE placed AS
    SELECT r.*, c.place FROM scheduling_rotationassignment r JOIN chosen c ON c.id = r.person_id;
"""
# Tables that hang on the program, in order, with the columns that are keys of copied rows; {p} is the copy's number.
COPIED = {
    "people_program": {"id": "id + {p}", "name": "name || ' {p}'", "slug": "slug || '-{p}'"},
    "people_person": {"id": "id + {p}", "program_id": "program_id + {p}"},
    "scheduling_shifttype": {"id": "id + {p}", "program_id": "program_id + {p}"},
    "scheduling_rotation": {"id": "id + {p}", "program_id": "program_id + {p}"},
}


def copies_of_programs(columns: dict[str, list[str]], programs: int) -> Iterator[str]:
    """Statements that copy the program so many times less one."""
    for number in range(1, programs):
        apart = str(number * APART)
        for table, changed in COPIED.items():
            names = columns[table]
            values = ", ".join(changed.get(name, f'"{name}"').replace("{p}", apart) for name in names)
            limit = f" WHERE id IN (SELECT id FROM chosen WHERE place <= {PEOPLE})" if table == "people_person" else ""
            program = " WHERE id < 1000000" if not limit else ""
            listed = ", ".join(f'"{name}"' for name in names)
            yield f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table}{limit or program}"


def years_of_programs(programs: int, years: int) -> Iterator[str]:
    """Statements for the academic years and blocks: copies of the program's own, so many years back."""
    for back in range(years):
        for number in range(programs):
            if back == number == 0:
                continue
            apart, days = number * APART, back * 7 * WEEKS
            year = apart + (back + 1) * 10_000
            yield (
                "INSERT INTO scheduling_academicyear (id, program_id, start_date, end_date) "
                f"SELECT {year}, program_id + {apart}, start_date - {days}, end_date - {days} "
                "FROM scheduling_academicyear WHERE id = 1"
            )
            yield (
                "INSERT INTO scheduling_period (id, academic_year_id, number, start_date, end_date) "
                f"SELECT {year} + number, {year}, number, start_date - {days}, end_date - {days} "
                "FROM scheduling_period WHERE academic_year_id = 1"
            )
            yield (
                "INSERT INTO scheduling_block (id, date, shift_type_id, starts_at, ends_at) "
                f"SELECT id + {apart + back * 10_000}, date - {days}, shift_type_id + {apart}, "
                f"starts_at - interval '{days} days', ends_at - interval '{days} days' "
                "FROM scheduling_block WHERE id < 10000"
            )


def versions(programs: int, years: int, count: int) -> Iterator[str]:
    """Statements for the versions, oldest year first: in past years the last is published, in this one the first.

    The one that is there already, of key 1, is given the key that it would have in that order.
    """
    own = 2 + (years - 1) * count * programs
    yield f"UPDATE scheduling_schedule SET id = {own} WHERE id = 1"
    yield f"UPDATE scheduling_assignment SET schedule_id = {own} WHERE schedule_id = 1"
    yield f"UPDATE scheduling_rotationassignment SET schedule_id = {own} WHERE schedule_id = 1"
    key = 1
    for back in reversed(range(years)):
        for version in range(count):
            for number in range(programs):
                status = _status(back, version, count)
                key += 1
                if not (back == number == 0 and version == 0):
                    yield from _version(key, own, back, version, number, status)


def _status(back: int, version: int, count: int) -> str:
    if back == 0:
        return "draft" if version else "published"
    return "published" if version == count - 1 else "archived"


def _version(key: int, own: int, back: int, version: int, number: int, status: str) -> Iterator[str]:
    apart, days = number * APART, back * 7 * WEEKS
    year = 1 if back == number == 0 else apart + (back + 1) * 10_000
    most = 1000 if number == 0 else PEOPLE
    yield (
        "INSERT INTO scheduling_schedule (id, program_id, academic_year_id, number, start_date, end_date, status, "
        "revision, is_what_if, note, created_at) "
        f"SELECT {key}, program_id + {apart}, {year}, {100 - 10 * back + version + 1}, start_date - {days}, "
        f"end_date - {days}, '{status}', 1, false, '', now() FROM scheduling_schedule WHERE id = {own}"
    )
    yield (
        "INSERT INTO scheduling_rotationassignment (schedule_id, person_id, period_id, rotation_id, source, is_pinned, "
        f"note, override) SELECT {key}, person_id + {apart}, CASE WHEN {year} = 1 THEN period_id ELSE {year} + "
        f"(SELECT number FROM scheduling_period p WHERE p.id = period_id) END, rotation_id + {apart}, source, "
        f"is_pinned, note, override FROM placed WHERE place <= {most}"
    )
    yield (
        "INSERT INTO scheduling_assignment (schedule_id, person_id, block_id, rotation_id, role, source, is_pinned, "
        f"note, override) SELECT {key}, person_id + {apart}, block_id + {apart + back * 10_000}, "
        f"rotation_id + {apart}, role, source, is_pinned, note, override FROM worked WHERE place <= {most} ORDER BY id"
    )
