"""A second PostgreSQL that follows the first (DB_REPLICA_HOST) takes the readings that cost most, and nothing else.

Only views that are listed here read from it, only on GET, and only once it has all that was committed in the first
before the request: its position in the log is compared. So a page from it is as fresh as one from the first, for
everybody, and a page that is kept under a stamp read from the first before never is older than that. Where the replica
is behind for longer than WAIT, or away, or breaks off in the middle, the first is read, and a line in the log says so.

Writes, transactions, sessions, accounts, the stamp of kept pages, workers and commands use the first database, always.
Once something is written during a request, what it reads afterwards is read there as well.
"""

# ruff: noqa: ARG002 - a router's methods take what Django gives them

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

REPLICA = "replica"
# By their names in urls.py: they read a whole version, or two, and take a hundred milliseconds and more.
HEAVY = frozenset({"proof", "compare"})
WAIT, PAUSE = 0.25, 0.005  # seconds for the replica to come up, and between two looks
AWAY = 30.0  # seconds until one that did not answer is asked again

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Reading:
    """A request that reads from the replica, until it writes."""

    has_written: bool = False


_reading: ContextVar[_Reading | None] = ContextVar("reading", default=None)
_away_until = 0.0


class Router:
    """Sends reads to the replica while a listed page is made; see the module."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        reading = _reading.get()
        if reading is None or reading.has_written or connections[DEFAULT_DB_ALIAS].in_atomic_block:
            return DEFAULT_DB_ALIAS
        return REPLICA

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        if (reading := _reading.get()) is not None:
            reading.has_written = True
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first: Model, second: Model, **hints: Any) -> bool:
        """Rows of the two are rows of one database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


@contextmanager
def reading() -> Iterator[_Reading]:
    """What is read in the block comes from the replica; the caller has seen to it that it `is_up_to_date`."""
    state = _Reading()
    token = _reading.set(state)
    try:
        yield state
    finally:
        _reading.reset(token)


def is_up_to_date() -> bool:
    """Whether the replica has, or within WAIT comes to have, all that is committed in the first database by now."""
    global _away_until
    if time.monotonic() < _away_until:
        return False
    # What is inserted in the log, whether on the disk or not: a commit that others see already is in it.
    (position,) = _one(DEFAULT_DB_ALIAS, "SELECT pg_current_wal_insert_lsn()::text", [])
    try:
        deadline = time.monotonic() + WAIT
        while True:
            # A replica that was made the first one is none any more: it has its own history.
            (reached,) = _one(
                REPLICA, "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= %s::pg_lsn", [position]
            )
            if reached:
                return True
            if time.monotonic() > deadline:
                logger.warning("The replica is more than %s s behind: the first database is read.", WAIT)
                return False
            time.sleep(PAUSE)
    except DatabaseError as error:
        _away_until = time.monotonic() + AWAY
        logger.warning("The replica does not answer, for %.0f s the first database is read: %s", AWAY, _line(error))
        connections[REPLICA].close()
        return False


def _one(alias: str, sql: str, parameters: list[str]) -> tuple[Any, ...]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, parameters)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


type _View = Callable[..., HttpResponse]


def heavy_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, the innermost: makes listed pages from the replica."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: _View, arguments: tuple[Any, ...], names: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if request.method != "GET" or match is None or match.url_name not in HEAVY or not is_up_to_date():
            return None
        try:
            with reading() as state:
                return view(request, *arguments, **names)
        except (OperationalError, InterfaceError) as error:
            if state.has_written:
                raise
            logger.warning("The replica broke off, the page is made from the first database: %s", _line(error))
            connections[REPLICA].close()
            return None  # Django calls the view

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware
