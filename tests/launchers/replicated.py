"""Pages from a replica that is up, behind, up again, and gone. Run by test_replica.py in a process of its own, whose
settings name two PostgreSQL, the second following the first. Ends with an error at the first thing that is not so."""
# ruff: noqa: E402 - models are there once Django is set up

import logging
import sys
from unittest.mock import patch

import django

django.setup()

from django.core.management import call_command
from django.db import OperationalError, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.models import Person, User
from scheduler_site import replica
from scheduling.models import Assignment
from scheduling.services.drafts import new_draft
from tests.factories import make_user, make_wards

ASKED = ("SELECT pg_is_in_recovery()", "SELECT 1")


class Said(logging.Handler):
    """The lines of the log about the replica."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def take(self) -> list[str]:
        lines, self.lines = self.lines, []
        return lines


def page(client: Client, address: str) -> tuple[str, int]:
    """The page, and how many readings of it came from the replica."""
    with CaptureQueriesContext(connections["replica"]) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode(), sum(not each["sql"].startswith(ASKED) for each in asked)


def ask_replica(sql: str) -> None:
    with connections["replica"].cursor() as cursor:
        cursor.execute(sql)


def up(client: Client, said: Said, user: User) -> None:
    """From the replica what is listed, and nothing else; nothing that is behind."""
    proof, month = "/p/internal-medicine/schedules/1/proof/", "/p/internal-medicine/month/2026-11/"
    _, read = page(client, proof)
    assert (read > 10, said.take()) == (True, [])
    html, read = page(client, "/p/internal-medicine/schedules/2/compare/1/")
    assert (read > 5, "Draft 2" in html, said.take()) == (True, True, [])
    assert page(client, month)[1] == 0
    person = Person.objects.order_by("pk")[0]
    assert person._state.db == "default"

    ask_replica("SELECT pg_wal_replay_pause()")
    Person.objects.filter(pk=person.pk).update(name="Renamed Meanwhile")
    html, read = page(client, f"{proof}?fresh")
    assert (read, "Renamed Meanwhile" in html) == (0, True)
    assert said.take() == ["The replica is more than 0.25 s behind: the first database is read."]
    ask_replica("SELECT pg_wal_replay_resume()")
    with patch.object(replica, "WAIT", 20):
        html, read = page(client, f"{proof}?again")
    assert (read > 10, "Renamed Meanwhile" in html) == (True, True)

    # What is written in between is read where it was written; a transaction stays where it is.
    with replica.reading():
        first = Assignment.objects.order_by("pk")[0]
        assert first._state.db == "replica"
        first.save(update_fields=["note"])
        assert Assignment.objects.order_by("pk")[0]._state.db == "default"
    with replica.reading(), transaction.atomic():
        assert Assignment.objects.order_by("pk")[0]._state.db == "default"

    # It breaks off in the middle: the page is made once more.
    with patch("reports.views.read_proof", side_effect=[OperationalError("terminating connection"), "made"]) as read_it:
        assert client.get(f"{proof}?broken").status_code == 200
    assert read_it.call_count == 2
    assert said.take() == ["The replica broke off, the page is made from the first database: terminating connection"]
    assert page(client, f"{proof}?user={user.pk}")[1] > 10


def down(client: Client, said: Said) -> None:
    """One line, and then it is left alone for a while."""
    for number in range(2):
        assert client.get(f"/p/internal-medicine/schedules/1/proof/?down={number}").status_code == 200
    (line,) = said.take()
    assert line.startswith("The replica does not answer, for 30 s the first database is read: ")


def main(when: str) -> None:
    said = Said()
    log = logging.getLogger("scheduler_site.replica")
    log.setLevel(logging.WARNING)
    log.propagate = False
    log.addHandler(said)
    if when == "up":
        call_command("migrate", verbosity=0)
        wards = make_wards()
        make_user("coordinator", User.Role.COORDINATOR, programs=(wards.program,))
        new_draft(academic_year=wards.schedule.academic_year, user=None, based_on=wards.schedule)
    user = User.objects.get(username="coordinator")
    client = Client()
    client.force_login(user)
    if when == "up":
        with patch.object(replica, "WAIT", 20):
            assert replica.is_up_to_date()
        up(client, said, user)
    else:
        down(client, said)


if __name__ == "__main__":
    main(sys.argv[1])
