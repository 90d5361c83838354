"""What a generation reads: each table is known, and each change of one is noticed."""

from datetime import date

import pytest
from django.apps import apps
from django.db.models import Model

from absences.models import Absence
from people.models import Standing
from scheduling.services.read_state import CONTENT, RULES, read_state
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db
# Of what people did and were told, of the schedule itself, of days and of the ledger: no problem is made of these.
OTHER = {
    "people.User", "people.AuditLog", "people.Notice", "people.Mailing",
    "scheduling.AcademicYear", "scheduling.Block", "scheduling.Schedule", "scheduling.Edit", "scheduling.Cover",
    "scheduling.GenerationRun", "scheduling.Inquiry",
}  # fmt: skip


def test_every_table_is_read_or_known_not_to_be() -> None:
    """Whoever adds a table says which: a result must not be written by rules that have changed."""
    there = {model._meta.label for app in ("people", "absences", "scheduling") for model in own_models(app)}
    assert there - OTHER == {model._meta.label for model in (*CONTENT, *RULES)}


def own_models(app: str) -> list[type[Model]]:
    return [model for model in apps.get_app_config(app).get_models() if not model._meta.proxy]


def test_changes_are_noticed_where_they_are(small: Small) -> None:
    states = [read_state(small.draft)]
    assert read_state(small.draft) == states[0]
    Absence.objects.create(person=small.ana, start_date=date(2026, 7, 8), end_date=date(2026, 7, 9))
    states.append(read_state(small.draft))
    Standing.objects.create(person=small.ana, from_date=date(2026, 7, 8), pgy_level=2)
    states.append(read_state(small.draft))
    small.night.not_followed_by.add(small.day)
    states.append(read_state(small.draft))
    assert len({state.rules for state in states}) == 4
    assert len({state.content for state in states}) == 1


def test_another_program_makes_no_difference(small: Small) -> None:
    before = read_state(small.draft)
    Small("Surgery")
    assert read_state(small.draft) == before
