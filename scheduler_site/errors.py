"""What people see where something fails: a sentence, and the number under which the log has the rest."""

import errno
import logging
import sys
from contextlib import suppress

import psycopg
import psycopg_pool
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from people.counting import count_unavailable
from scheduler_site.logs import request_id

RETRY_AFTER = 10  # seconds
WORDS = {
    "unreachable": "The database cannot be reached just now. Nothing was saved. Try again in a minute.",
    "busy": (
        "The site could not do this in time: too much is going on, or its database is away. Nothing was saved. Try "
        "again in a minute."
    ),
    "full": (
        "The server has no room left to write. Nothing was saved. Tell whoever looks after the site: until there is "
        "room, it can be read and not changed."
    ),
}
FULL = {"53100"}  # disk_full
# What PostgreSQL adds where a file cannot grow; for a quota that is used up it has no code of its own.
NO_ROOM = "check free disk space"
# Cancelled by a time-out, a lock that was not had, a deadlock, too many connections.
BUSY = {"57014", "55P03", "40P01", "53300", "53400", "25P03"}
# What PostgreSQL and PgBouncer say to one who may not even connect, which has no code.
CROWDED = ("too many clients", "too many connections", "no more connections", "connection slots", "query_wait_timeout")
# What SQLite says, which has no codes here; its other OperationalErrors are faults of ours, such as a missing column.
SQLITE = {"locked": "busy", "disk is full": "full", "disk i/o": "unreachable", "unable to open": "unreachable"}


def cause_of(error: BaseException | None) -> str:
    """Why the site could not serve, as a key of WORDS; blank where the error is another."""
    said = str(error).lower()
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "full"
    if isinstance(error, InternalError) and NO_ROOM in said:
        return "full"
    if not isinstance(error, OperationalError | InterfaceError):
        return ""
    if connection.vendor == "sqlite":
        return next((cause for words, cause in SQLITE.items() if words in said), "")
    state = getattr(error.__cause__, "sqlstate", None)
    if state in FULL:
        return "full"
    pool_was_empty = isinstance(error.__cause__, psycopg_pool.PoolTimeout)
    if state in BUSY or pool_was_empty or any(words in said for words in CROWDED):
        return "busy"
    return "unreachable"


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a request that failed: 503 where the site will be back, else 500. Asks no database."""
    error = sys.exception()
    cause = cause_of(error)
    if cause == "unreachable":
        drop_dead_connections()
    if cause:
        count_unavailable(cause)
    status = 503 if cause else 500
    context = {"request_id": request_id(), "words": WORDS.get(cause, "")}
    if request.headers.get("HX-Request"):
        words = context["words"] or "Something went wrong, by our fault. Nothing was saved. Try again in a minute."
        text = f"{words} If it stays so, say this number: {context['request_id']}."
        response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    else:
        response = HttpResponse(render_to_string(f"{status}.html", context), status=status)
    response.headers["Cache-Control"] = "no-store"
    if cause:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def drop_dead_connections() -> None:
    """After a restart of PostgreSQL all connections of the pool are dead: the first that fails has them looked at, so
    that not each costs somebody a request."""
    pool = getattr(connection, "pool", None)
    if pool is not None:
        with suppress(psycopg.Error):
            pool.check()


class WithoutTraces(logging.Filter):
    """A database that is away is one sentence in the log for each request, without the same trace each time."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        cause = cause_of(error)
        if cause:
            record.msg, record.args = f"%s ({cause}: %s)", (record.getMessage(), " ".join(str(error).split()))
            record.exc_info = record.exc_text = None
        return True
