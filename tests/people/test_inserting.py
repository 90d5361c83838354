"""Rows that are written by SQL that is written once are those that the ORM would have written."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.inserting import MOST, Insert, delete
from people.models import AuditLog, Person, record
from tests.factories import make_program

pytestmark = pytest.mark.django_db
NAMES = ("program", "user", "action", "target", "changes", "created_at")
logs = Insert(AuditLog, *NAMES)


def test_rows_come_back_as_they_were_given_in_order_of_their_keys() -> None:
    program, at = make_program(), timezone.now()
    rows = [(program.pk, None, "done", f"thing:{n}", {"n": [n, None, "ä'%s"]}, at) for n in range(MOST + 2)]
    with CaptureQueriesContext(connection) as captured:
        keys = logs(rows)
    assert len(captured) == 2
    found = AuditLog.objects.in_bulk(keys)
    assert [
        (each.program_id, each.user_id, each.action, each.target, each.changes, each.created_at)
        for each in map(found.__getitem__, keys)
    ] == rows
    assert logs([]) == []


def test_every_column_has_to_be_named() -> None:
    with pytest.raises(TypeError, match="Every column of AuditLog has to be named"):
        Insert(AuditLog, *NAMES[1:])([(1,)])


def test_constraints_hold() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        logs([(None, None, None, "thing:1", {}, timezone.now())])


def test_rows_are_deleted_by_their_keys_where_no_other_row_may_refer_to_them() -> None:
    keys = logs([(None, None, "done", f"thing:{n}", {}, timezone.now()) for n in range(MOST + 2)])
    delete(AuditLog, keys[1:])
    delete(AuditLog, [])
    assert list(AuditLog.objects.values_list("pk", flat=True)) == keys[:1]
    with pytest.raises(AssertionError):
        delete(Person, [1])


def test_an_audit_entry_says_who_did_what_to_what() -> None:
    program = make_program()
    record(user=None, action="named", target=program, program=program, changes={"name": ["a", "b"]})
    entry = AuditLog.objects.get()
    said = (entry.program, entry.user, entry.action, entry.target, entry.changes)
    assert said == (program, None, "named", f"program:{program.pk}", {"name": ["a", "b"]})
    assert abs((timezone.now() - entry.created_at).total_seconds()) < 60
