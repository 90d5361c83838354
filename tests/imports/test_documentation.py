"""docs/import.md says what the code does."""

from pathlib import Path

from django.db import models

from scheduling.services.imports.documentation import render
from scheduling.services.imports.sheets import SHEETS

ROOT = Path(__file__).resolve().parent.parent.parent
# Set by services and rules, not by a file.
NOT_IN_FILES = {
    "program": {"id", "slug", "holiday_changes"},  # set in Setup
    **{sheet: {"is_active"} for sheet in ("cross_cover", "staffing", "curriculum", "sequence_rules")},
    "accounts": {
        "id", "password", "last_login", "is_superuser", "is_staff", "is_active", "date_joined", "groups",
        "user_permissions", "programs", "notice_choices",
    },
    "leave": {"decided_by", "decided_at", "created_at"},
}  # fmt: skip


def test_the_page_is_what_the_columns_say() -> None:
    page = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    assert page == render(), "write it anew: manage.py import_program --columns > docs/import.md"


def test_every_example_and_default_is_a_cell_that_can_be_read() -> None:
    for sheet in SHEETS:
        for column in sheet.columns:
            for cell in (column.example, column.default):
                if cell:
                    column.kind.read(cell)


def test_every_field_of_a_model_has_a_column() -> None:
    for sheet in SHEETS:
        if sheet.model is None:
            continue
        columns = {column.field_name for column in sheet.columns}
        fields = {
            field.name
            for field in sheet.model._meta.get_fields()
            if isinstance(field, models.Field) and not field.primary_key
        }
        set_elsewhere = {
            "program",
            "academic_year",
            "position",
            "user",
            "is_allowed",
            *NOT_IN_FILES.get(sheet.name, ()),
        }
        assert fields - columns - set_elsewhere == set(), sheet.name
