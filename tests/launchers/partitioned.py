"""deploy/partitioning on a small program, with the site writing at every step. Run by test_partitioning.py in a process
of its own, whose settings name a PostgreSQL to throw away. Ends with an error at the first thing that is not so."""

# ruff: noqa: E402 - models are there once Django is set up

import io
import tempfile
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import django
import pytest

django.setup()

from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from people.models import Program
from scheduling.models import Assignment, Block, Inquiry, Schedule
from scheduling.services import archiving, generate
from scheduling.services.changes import Change
from scheduling.services.drafts import new_draft
from scheduling.services.edit import change, undo
from scheduling.services.publish import publish
from scheduling.services.restoring import restore
from tests.factories import work
from tests.scheduling.small import Small

SQL = Path(__file__).resolve().parents[2] / "deploy" / "partitioning"
OLD, NEW, LIVE = (f"{schema}.scheduling_assignment" for schema in ("unpartitioned", "partitioning", "public"))


def run(name: str) -> None:
    """The statements of a file one by one, as psql runs them."""
    statement = ""
    with connection.cursor() as cursor:
        for line in (SQL / name).read_text().splitlines():
            if line.startswith("--"):
                continue
            statement += line + "\n"
            if line.rstrip().endswith(";") and statement.count("$$") % 2 == 0:
                cursor.connection.execute(statement)
                statement = ""
    assert not statement.strip(), statement


def rows(table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return list(cursor.fetchall())


def partitions() -> dict[str, int]:
    """How many assignments lie in which partition."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tableoid::regclass::text, count(*) FROM {LIVE} GROUP BY 1")
        return dict(cursor.fetchall())


def edit(small: Small, schedule: Schedule, day: int) -> None:
    """Bo works a night more; undone and done again."""
    made = [Change(small.bo.pk, date(2026, 8, day), "N", None, "WA")]
    before = Assignment.objects.filter(schedule=schedule).count()
    change(schedule=schedule, user=small.coordinator, changes=made, reason="Ill")
    assert Assignment.objects.filter(schedule=schedule).count() == before + 1
    undo(schedule=schedule, user=small.coordinator)
    assert Assignment.objects.filter(schedule=schedule).count() == before
    change(schedule=schedule, user=small.coordinator, changes=made, reason="Ill")


def generate_and_publish(small: Small, based_on: Schedule) -> Schedule:
    draft = new_draft(academic_year=small.year, user=small.coordinator, based_on=based_on)
    asked = generate.request(schedule=draft, user=small.coordinator, time_limit=20, enqueue=False)
    found = generate.perform(asked.pk)
    assert found.status == "succeeded", found.error
    return publish(schedule=draft, user=small.coordinator, note="Next", anyway=True)


def one_row_per_block(schedule: Schedule) -> None:
    """Unique as before."""
    row = Assignment.objects.filter(schedule=schedule)[0]
    row.pk = None
    # The constraint is called by its columns in a partition.
    with pytest.raises(IntegrityError, match="schedule_id_person_id_block_id"), transaction.atomic():
        row.save()


def django_is_content() -> None:
    """No migration is missing, and migrations run on."""
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=io.StringIO())
    call_command("migrate", check_unapplied=True, stdout=io.StringIO())
    call_command("migrate", "scheduling", "0005", verbosity=0)
    call_command("migrate", verbosity=0)


def plain(before: list[tuple[Any, ...]]) -> None:
    """The table is as it was made, with these rows."""
    assert rows(LIVE) == before
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT relkind FROM pg_class WHERE oid = '{LIVE}'::regclass")
        assert cursor.fetchone() == ("r",)
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE '%partition%'")
        assert cursor.fetchall() == []


def shape() -> list[tuple[str, str]]:
    """The constraints and indexes of the table, and what makes its keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{LIVE}'::regclass "
            f"UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'scheduling_assignment' "
            f"UNION ALL SELECT 'keys', pg_get_serial_sequence('{LIVE}', 'id') ORDER BY 1, 2"
        )
        return list(cursor.fetchall())


def main() -> None:
    call_command("migrate", verbosity=0)
    small = Small()
    made = shape()
    work(small.draft, small.ana, date(2026, 7, 3), small.day, small.ward)
    work(small.draft, small.bo, date(2026, 7, 4), small.night, small.ward)
    first = generate_and_publish(small, small.draft)

    run("1-prepare.sql")
    edit(small, first, 3)
    second = generate_and_publish(small, first)
    assert second.pk == 2026000000 + second.pk % 1000000
    Assignment.objects.filter(schedule=first).order_by("pk")[0].delete()
    Assignment.objects.filter(schedule=first).update(note="Before the copy")
    run("2-copy.sql")
    assert rows(NEW) == rows(LIVE)
    edit(small, second, 4)
    assert rows(NEW) == rows(LIVE)

    run("3-swap.sql")
    third = generate_and_publish(small, second)
    edit(small, third, 5)
    one_row_per_block(third)
    assert rows(OLD) == rows(LIVE)
    assert partitions() == {
        "partitioning.assignment_old_2026": Assignment.objects.filter(schedule__lt=1_000_000).count(),
        "partitioning.assignment_2026": Assignment.objects.filter(schedule__gt=1_000_000).count(),
    }
    before = rows(LIVE)
    run("back.sql")
    plain(before)
    assert shape() == made
    generate_and_publish(small, third)

    for name in ("1-prepare.sql", "2-copy.sql", "3-swap.sql", "4-finish.sql", "add-year.sql"):
        run(name)
    fifth = generate_and_publish(small, third)
    edit(small, fifth, 6)
    archive_and_restore(small)
    django_is_content()
    before = rows(LIVE)
    run("undo.sql")
    plain(before)
    assert shape() == made
    edit(small, Schedule.objects.get(pk=fifth.pk), 7)
    assert Program.objects.count() == 1
    assert Block.objects.exists()


def archive_and_restore(small: Small) -> None:
    """What was worked stays; the rest goes and comes back."""
    Inquiry.objects.update(status="cancelled")  # generations ask them, and there is no worker here
    before = rows(LIVE)
    with tempfile.TemporaryDirectory() as folder, patch.object(archiving.timezone, "localdate") as today:
        today.return_value = date(2026, 9, 1)
        path = archiving.archive(year=small.year, folder=Path(folder))
        assert path is not None
        assert set(Assignment.objects.values_list("schedule__status", flat=True)) == {"published"}
        restore(path=path)
    assert rows(LIVE) == before


if __name__ == "__main__":
    main()
