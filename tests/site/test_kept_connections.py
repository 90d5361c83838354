"""A request's first statement tries the connection that was kept: what happens where that is gone, or the statement is
at fault. With whole servers: tests/stack/test_faults.py."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.db import InterfaceError, OperationalError

from scheduler_site import page_state


@dataclass
class Connection:
    """As much of Django's as is used. Each statement takes the next answer: a row, or what is raised."""

    answers: list[tuple[str] | Exception]
    in_atomic_block: bool = False
    usable: bool = False
    health_check_done: bool = False
    connection: object = "open"
    done: list[str] = field(default_factory=list)

    @contextmanager
    def cursor(self) -> Iterator["Connection"]:
        self.connection = "open"
        yield self

    def execute(self, statement: str, _asked: list[object]) -> None:
        self.done.append(statement)
        if isinstance(self.answers[0], Exception):
            raise self.answers.pop(0)  # type: ignore[misc]

    def fetchone(self) -> object:
        return self.answers.pop(0)

    def is_usable(self) -> bool:
        return self.usable

    def close(self) -> None:
        self.done.append("close")
        self.connection = None


GONE = OperationalError("server closed the connection unexpectedly")


def ask(monkeypatch: pytest.MonkeyPatch, connection: Connection) -> object:
    monkeypatch.setattr(page_state, "connections", {"default": connection})
    return page_state._row("default", "SELECT", [])


def test_no_other_statement_tries_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Connection([("row",)])
    assert ask(monkeypatch, connection) == ("row",)
    assert (connection.done, connection.health_check_done) == (["SELECT"], True)


@pytest.mark.parametrize("error", [GONE, InterfaceError("the connection is closed")])
def test_one_that_is_gone_is_made_anew(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    connection = Connection([error, ("row",)])
    assert ask(monkeypatch, connection) == ("row",)
    assert connection.done == ["SELECT", "close", "SELECT"]


def test_once_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Connection([GONE, GONE, ("row",)])
    with pytest.raises(OperationalError):
        ask(monkeypatch, connection)
    assert connection.done == ["SELECT", "close", "SELECT"]


def test_a_statement_that_was_broken_off_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Connection([OperationalError("canceling statement due to statement timeout"), ("row",)], usable=True)
    with pytest.raises(OperationalError):
        ask(monkeypatch, connection)
    assert connection.done == ["SELECT"]


def test_nothing_is_repeated_within_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Connection([GONE, ("row",)], in_atomic_block=True)
    with pytest.raises(OperationalError):
        ask(monkeypatch, connection)
    assert (connection.done, connection.health_check_done) == (["SELECT"], False)
