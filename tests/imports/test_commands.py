"""`manage.py import_program` and `export_problem` before the database is ready."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from scheduling.services.imports.documentation import render
from tests.imports.folders import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def _no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", lambda *args, **options: [])


@pytest.mark.usefixtures("_no_tables")
@pytest.mark.parametrize("command", ["import_program", "export_problem"])
def test_a_database_without_tables(command: str, tmp_path: Path) -> None:
    argument: Any = make(tmp_path) if command == "import_program" else "medicine/1"
    with pytest.raises(CommandError) as raised:
        call_command(command, argument)
    assert str(raised.value) == "The database has no tables yet: run manage.py migrate first."


@pytest.mark.usefixtures("_no_tables")
def test_the_columns_are_told_without_a_database() -> None:
    out = StringIO()
    call_command("import_program", columns=True, stdout=out)
    assert out.getvalue() == render()


def test_an_import_says_what_it_did(tmp_path: Path) -> None:
    out = StringIO()
    call_command("import_program", make(tmp_path), stdout=out)
    assert out.getvalue().splitlines()[-1] == "Imported: Medicine, 2026-07-01 to 2027-06-30."
