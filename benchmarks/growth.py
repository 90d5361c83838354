"""How the site grows: a hospital's years in PostgreSQL, filled and measured. deploy/growth.md has what came of it.

python -m benchmarks.growth fill      an empty database (DB=postgresql, DB_HOST, …) is given 20 million assignments
python -m benchmarks.growth measure   sizes, the month grid's query, the month's page; the same on a partitioned table
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from typing import Any
from unittest.mock import patch

from benchmarks import growth_data

NOW = datetime(2027, 1, 16, 17, tzinfo=UTC)
MONTHS = ("2027-01", "2026-11", "2024-02")
TIMES = 15


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description="How the site grows.")
    parser.add_argument("what", choices=["fill", "measure"])
    parser.add_argument("--programs", type=int, default=growth_data.PROGRAMS)
    parser.add_argument("--years", type=int, default=growth_data.YEARS)
    parser.add_argument("--versions", type=int, default=growth_data.VERSIONS)
    options = parser.parse_args()
    if os.environ.get("DB") != "postgresql":
        parser.error("Name a PostgreSQL to throw away: DB=postgresql, DB_HOST, DB_NAME, DB_USER.")
    os.environ |= {"SECRET_KEY": "bench", "DJANGO_SETTINGS_MODULE": "scheduler_site.settings", "DB_POOL": "0"}
    import django

    django.setup()
    if options.what == "fill":
        fill(options.programs, options.years, options.versions)
    else:
        measure()
    return 0


def fill(programs: int, years: int, count: int) -> None:
    """Migrate, write the program as the site does, and copy it."""
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.cover import published_year

    call_command("migrate", verbosity=0)
    published_year()
    tables = connection.introspection
    with connection.cursor() as cursor:
        names = {table: _columns(tables.get_table_description(cursor, table)) for table in growth_data.COPIED}
        # Rows that are copied refer to rows that are copied: that need not be looked up 20 million times.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(growth_data.COPIES)
        _run(cursor, "programs", growth_data.copies_of_programs(names, programs))
        _run(cursor, "years", growth_data.years_of_programs(programs, years))
        cursor.execute("ANALYZE")
        _run(cursor, "versions", growth_data.versions(programs, years, count))
        for table in ("people_program", "people_person", "scheduling_academicyear", "scheduling_schedule"):
            # Table names of our own.
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608
            )
        cursor.execute("VACUUM ANALYZE")


def _columns(description: Iterable[Any]) -> list[str]:
    return [column.name for column in description]


def _run(cursor: Any, name: str, statements: Iterable[str]) -> None:
    started = time.monotonic()
    for number, statement in enumerate(statements, start=1):
        cursor.execute(statement)
        if number % 500 == 0:
            say(f"{name}: {number} statements, {time.monotonic() - started:.0f} s")
    say(f"{name}: done in {time.monotonic() - started:.0f} s")


def measure() -> None:
    """Sizes, the queries of the month grid and of one person, single rows, a draft, and the page."""
    from django.db import connection, transaction

    from scheduling.models import Assignment, Schedule
    from scheduling.services.drafts import new_draft

    with connection.cursor() as cursor:
        _sizes(cursor)
    published = Schedule.objects.published().select_related("program", "academic_year").order_by("pk")
    own = published.filter(program__slug="cover-60").last()
    assert own is not None
    random = Random(1)
    spread = random.sample(list(published), 200)
    ranges = [(_days(each, random), each) for each in spread]

    def months(some: list[Any]) -> int:
        return sum(len(_duties(schedule, *days)) for days, schedule in some)

    for name, some in (("any program and year", ranges), ("again, all in memory", ranges)):
        started, worked = time.perf_counter(), time.process_time()
        months(some)
        wall, cpu = time.perf_counter() - started, time.process_time() - worked
        each_ms, each_cpu = 1000 * wall / len(some), 1000 * cpu / len(some)
        say(f"month's duties, {name}: {each_ms:.2f} ms each, CPU of the site {each_cpu:.2f}")
    _explain(own)
    people = random.sample(range(1, 60), 40)
    _time("one person over all versions", lambda: [list(Assignment.objects.filter(person=key)) for key in people], 40)
    keys = list(Assignment.objects.filter(schedule=own).values_list("pk", flat=True)[:400])
    _time("a row by its key", lambda: [Assignment.objects.get(pk=key) for key in keys], len(keys))
    with transaction.atomic():
        _time(
            "a draft of 13,785 rows", lambda: new_draft(academic_year=own.academic_year, user=None, based_on=own), 1, 3
        )
        transaction.set_rollback(True)
    _pages(own)


def _days(schedule: Any, random: Random) -> tuple[date, date]:
    first = schedule.start_date + timedelta(days=random.randrange(330))
    return first, first + timedelta(days=31)


def _sizes(cursor: Any) -> None:
    """The table and its indexes, all partitions together."""
    cursor.execute(
        "SELECT count(*), sum(pg_relation_size(c.oid)), sum(pg_indexes_size(c.oid)) FROM pg_class c "
        "WHERE relkind = 'r' AND (c.oid = 'scheduling_assignment'::regclass OR c.oid IN "
        "(SELECT relid FROM pg_partition_tree('scheduling_assignment')))"
    )
    parts, table, indexes = map(float, cursor.fetchone())
    say(f"{parts:.0f} tables, {table / 1e6:.0f} MB, indexes {indexes / 1e6:.0f} MB")


def _duties(schedule: Any, first: date, last: date) -> list[tuple[Any, ...]]:
    """As the month grid asks for them: the blocks of the days, then who works these in the version."""
    from scheduling.models import Assignment, Block

    rows = Block.objects.filter(shift_type__program=schedule.program_id, date__range=(first, last)).order_by()
    blocks = [pk for pk, *_ in rows.values_list("pk", "date", "shift_type_id", "starts_at", "ends_at")]
    found = Assignment.objects.filter(schedule__in=[schedule], block__in=blocks).order_by()
    columns = ("person_id", "block_id", "rotation_id", "role", "is_pinned", "note", "override")
    return list(found.values_list(*columns))


def _explain(schedule: Any) -> None:
    """How PostgreSQL finds a month of the program of 60."""
    from django.db import connection

    from scheduling.models import Assignment, Block

    days = (date(2027, 1, 1), date(2027, 1, 31))
    blocks = list(
        Block.objects.filter(shift_type__program=schedule.program_id, date__range=days).values_list("pk", flat=True)
    )
    rows = Assignment.objects.filter(schedule__in=[schedule], block__in=blocks).order_by()
    with connection.cursor() as cursor:
        sql, params = rows.values_list("person_id", "block_id", "rotation_id").query.sql_with_params()
        for _ in range(2):
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params)
            lines = [line for (line,) in cursor.fetchall()]
    say("\n".join(line[:150] for line in lines))


def _time(name: str, call: Callable[[], object], count: int, times: int = TIMES) -> None:
    wall, cpu = [], []
    call()
    for _ in range(times):
        started, worked = time.perf_counter(), time.process_time()
        call()
        wall.append(1000 * (time.perf_counter() - started) / count)
        cpu.append(1000 * (time.process_time() - worked) / count)
    say(f"{name}: {median(wall):.2f} ms, best {min(wall):.2f}, CPU of the site {median(cpu):.2f}")


def _pages(schedule: Any) -> None:
    """The whole page, nothing of it cached."""
    from django.conf import settings
    from django.core.cache import cache
    from django.test import Client
    from django.test.utils import override_settings

    from people.models import User

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}, ALLOWED_HOSTS=["testserver"]).enable()
    user, _ = User.objects.get_or_create(username="bench-growth", role=User.Role.COORDINATOR)
    user.programs.add(schedule.program)
    client = Client()
    with patch("django.utils.timezone.now", return_value=NOW):
        client.force_login(user)
        for month in MONTHS:

            def page(address: str = f"/p/{schedule.program.slug}/month/{month}/") -> None:
                cache.clear()
                client.force_login(user)
                answer = client.get(address)
                assert answer.status_code == 200, (address, answer.status_code)

            _time(f"the page of {month}", page, 1)


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
