"""What commands ask of the database before they ask it anything else."""

from django.core.management.base import CommandError
from django.db import connection

from people.models import Program


def need_tables() -> None:
    """Raises CommandError if the database has never been migrated: its first query would fail with a traceback."""
    if Program._meta.db_table not in connection.introspection.table_names():
        raise CommandError("The database has no tables yet: run manage.py migrate first.")
