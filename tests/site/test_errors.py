"""What people see where something fails: never a trace, always what to do and a number to say."""

import errno
from types import SimpleNamespace
from typing import Any

import psycopg
import psycopg_pool
import pytest
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.test import Client

from scheduler_site import errors


@pytest.fixture
def asked(client: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The answer to a request in which something raises."""
    client.raise_request_exception = False

    def ask(error: BaseException, **headers: str) -> Any:
        def fail(*_: Any, **__: Any) -> None:
            raise error

        monkeypatch.setattr("scheduler_site.middleware.timezone.override", fail)
        return client.get("/sign-in/", headers={"X-Request-ID": "0af7651916cd43dd"} | headers)

    return ask


def test_an_error_of_ours(asked: Any) -> None:
    answer = asked(ValueError("secret"))
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong" in text
    assert "<code>0af7651916cd43dd</code>" in text
    assert "secret" not in text
    assert answer.headers["X-Request-ID"] == "0af7651916cd43dd"
    assert "Retry-After" not in answer.headers
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_a_database_that_is_away(asked: Any) -> None:
    answer = asked(OperationalError("unable to open database file"))
    text = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (
        503,
        "10",
        "no-store",
    )
    assert "The database cannot be reached just now. Nothing was saved." in text
    assert "<code>0af7651916cd43dd</code>" in text


def test_scripts_are_told_in_a_sentence(asked: Any) -> None:
    answer = asked(OSError(errno.ENOSPC, "No space left on device"), **{"HX-Request": "true"})
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode() == f"{errors.WORDS['full']} If it stays so, say this number: 0af7651916cd43dd."


def from_driver(cause: Exception) -> OperationalError:
    error = OperationalError(*cause.args)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (from_driver(psycopg.errors.DiskFull("could not extend file")), "full"),
        (InternalError("could not extend file: Disk quota exceeded\nHINT:  Check free disk space."), "full"),
        (InternalError("unexpected chunk number"), ""),
        (from_driver(psycopg.errors.QueryCanceled("canceling statement due to statement timeout")), "busy"),
        (from_driver(psycopg.errors.LockNotAvailable("lock timeout")), "busy"),
        (from_driver(psycopg.errors.TooManyConnections("too many clients")), "busy"),
        (from_driver(psycopg.OperationalError("FATAL: no more connections allowed (max_client_conn)")), "busy"),
        (from_driver(psycopg.OperationalError("FATAL: query_wait_timeout")), "busy"),
        (from_driver(psycopg_pool.PoolTimeout("couldn't get a connection after 3.00 sec")), "busy"),
        (from_driver(psycopg.errors.AdminShutdown("terminating connection")), "unreachable"),
        (from_driver(psycopg.OperationalError("connection refused")), "unreachable"),
        (InterfaceError("connection already closed"), "unreachable"),
        (psycopg.OperationalError("not Django's"), ""),
        (KeyError("x"), ""),
        (OSError(errno.EPIPE, "Broken pipe"), ""),
        (None, ""),
    ],
)
def test_causes_as_postgresql_gives_them(monkeypatch: pytest.MonkeyPatch, error: Any, cause: str) -> None:
    monkeypatch.setattr(errors, "connection", SimpleNamespace(vendor="postgresql"))
    assert errors.cause_of(error) == cause


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("database is locked", "busy"),
        ("database or disk is full", "full"),
        ("unable to open database file", "unreachable"),
        ("no such table: people_user", ""),  # a fault of ours, or a migration that is missing
    ],
)
def test_causes_as_sqlite_gives_them(monkeypatch: pytest.MonkeyPatch, words: str, cause: str) -> None:
    monkeypatch.setattr(errors, "connection", SimpleNamespace(vendor="sqlite"))
    assert errors.cause_of(OperationalError(words)) == cause


def test_the_first_that_fails_has_the_other_connections_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []
    pool = SimpleNamespace(check=lambda: checked.append(1))
    monkeypatch.setattr(errors, "connection", SimpleNamespace(vendor="postgresql", pool=pool))
    errors.drop_dead_connections()
    assert checked == [1]


def test_without_a_pool_there_is_nothing_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "connection", SimpleNamespace(vendor=connection.vendor))
    errors.drop_dead_connections()
