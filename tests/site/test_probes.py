"""/livez, /readyz and /metrics: who is answered, with what, and that nobody waits for what hangs."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_ox.models import OxTask

from people.counting import count_conflict, count_edit, count_page
from scheduler_site import state
from scheduler_site.queues import ALIVE, Queue, read_queues
from scheduler_site.state import DatabaseState
from scheduler_site.watching import Watched

QUEUES = (Queue("default", 2, timedelta(seconds=5), 1), Queue("inquiries", 0, timedelta(), 2))
WELL = DatabaseState(answers=True, queues=QUEUES)


def found(monkeypatch: pytest.MonkeyPatch, database: DatabaseState = WELL, *, cache: bool = True) -> None:
    monkeypatch.setattr(state, "look", lambda: (cache, database))


def ready(client: Client) -> tuple[int, str, dict[str, str]]:
    answer = client.get("/readyz")
    data = answer.json()
    return answer.status_code, data["status"], {name: part["status"] for name, part in data["parts"].items()}


def sentence(client: Client, part: str) -> str:
    words: str = client.get("/readyz").json()["parts"][part]["words"]
    return words


def test_livez_asks_nobody(client: Client, settings: Any) -> None:
    """A pure test, so that a query would fail it."""
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["schedule.example.org"]
    answer = client.get("/livez", headers={"Host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert dict(answer.headers) == {
        "Content-Type": "text/plain",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    assert not answer.cookies


def test_all_is_well(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch)
    parts = dict.fromkeys(["database", "migrations", "cache", "workers", "queues"], "ok")
    assert ready(client) == (200, "ok", parts)
    assert sentence(client, "workers") == "Each queue has its workers: default by 1, inquiries by 2."
    assert sentence(client, "queues") == "2 tasks wait for a worker."


def test_without_a_cache_or_workers_the_site_serves(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lonely = DatabaseState(answers=True, queues=(Queue("default", 1, timedelta(minutes=20), 0), QUEUES[1]))
    found(monkeypatch, lonely, cache=False)
    code, status, parts = ready(client)
    assert (code, status) == (200, "degraded")
    assert [name for name, part in parts.items() if part == "degraded"] == ["cache", "workers", "queues"]
    assert sentence(client, "cache") == "Redis does not answer. The site goes on without it, slower."
    assert sentence(client, "workers") == "No worker serves the queue default. Start one: manage.py ox_worker."
    assert sentence(client, "queues") == "Tasks wait long: 1 in default, the oldest for 20 minutes."


def test_without_its_database_it_does_not(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, DatabaseState(answers=False))
    assert ready(client)[:2] == (503, "failed")
    assert sentence(client, "database").startswith("The database does not answer.")
    found(monkeypatch, DatabaseState(answers=True, unapplied=2))
    assert ready(client)[:2] == (503, "failed")
    assert sentence(client, "migrations") == "2 migrations are not applied. Run: manage.py migrate."


def beat(queues: list[str], age: timedelta) -> None:
    now = timezone.now()
    OxTask.objects.create(
        task_path=ALIVE,
        status=OxTask.Status.SUCCESSFUL,
        return_value=queues,
        backend_name="default",
        enqueued_at=now,
        finished_at=now - age,
    )


@pytest.mark.django_db
def test_the_queues_as_the_task_table_has_them(django_assert_num_queries: Any) -> None:
    now = timezone.now()
    for wait in (30, 600, -600):  # the last is due in ten minutes
        OxTask.objects.create(
            task_path="a.b", backend_name="default", enqueued_at=now, run_after=now - timedelta(seconds=wait)
        )
    beat(["default", "inquiries"], timedelta(seconds=5))
    beat(["default"], timedelta(seconds=20))
    beat(["default"], timedelta(minutes=5))  # that one was killed
    with django_assert_num_queries(2):
        queues = read_queues()
    assert [(each.name, each.waiting, each.workers) for each in queues] == [("default", 2, 2), ("inquiries", 0, 1)]
    assert 600 <= queues[0].oldest.total_seconds() < 660


@pytest.mark.django_db(transaction=True)
def test_the_database_is_looked_at() -> None:
    seen = state.look_at_database()
    assert (seen.answers, seen.unapplied, seen.failed_runs) == (True, 0, 0)
    assert [queue.workers for queue in seen.queues] == [0, 0]


def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pure test: any query is refused, as by a database that is away."""

    def refuse() -> None:
        from django.db import OperationalError

        raise OperationalError("connection refused")

    monkeypatch.setattr(state, "unapplied_migrations", refuse)
    monkeypatch.setattr(connection, "close", lambda: None)
    assert state.look_at_database() == DatabaseState(answers=False)


def test_what_hangs_is_looked_at_once_and_waited_for_by_nobody() -> None:
    release, looks = threading.Event(), []

    def look() -> str:
        looks.append(1)
        release.wait(30)
        return "there"

    watched = Watched(look, patience=0.05)
    assert [watched.get(), watched.get()] == [None, None]
    done = watched.start()
    release.set()
    assert done.wait(30)
    assert [watched.get(), watched.get()] == ["there", "there"]
    assert len(looks) == 1


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("10.0.0.9", {}, 404),
        ("", {}, 404),
        ("10.0.0.9", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 404),
    ],
)
def test_who_may_read_the_metrics(
    client: Client, monkeypatch: pytest.MonkeyPatch, peer: str, headers: dict[str, str], status: int
) -> None:
    found(monkeypatch)
    assert client.get("/metrics", REMOTE_ADDR=peer, headers=headers).status_code == status


def test_the_metrics(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, cache=False)
    count_page("test-page", "hit")
    count_edit("month", "test-verb")
    count_conflict("year")
    lines = client.get("/metrics").content.decode().splitlines()
    assert {
        "scheduler_database_up 1.0",
        "scheduler_cache_up 0.0",
        "scheduler_failed_runs 0.0",
        'scheduler_queue_depth{queue="default"} 2.0',
        'scheduler_queue_age_seconds{queue="default"} 5.0',
        'scheduler_workers_alive{queue="inquiries"} 2.0',
        'scheduler_page_cache_total{result="hit",view="test-page"} 1.0',
        'scheduler_edits_total{grid="month",verb="test-verb"} 1.0',
    } <= set(lines)
    assert any(line.startswith('scheduler_edit_conflicts_total{grid="year"} ') for line in lines)


def test_what_is_not_known_is_not_0(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, DatabaseState(answers=False))
    text = client.get("/metrics").content.decode()
    assert "scheduler_database_up 0.0" in text
    assert "scheduler_queue_depth" not in text
