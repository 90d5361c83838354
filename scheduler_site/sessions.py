"""Sessions are in the database only: who has signed out is signed out, whatever a cache might still have.

The page that is asked for most costs no query for its session: this process remembers whose each session was, and the
query that reads the account (`page_state`) reads the session's row along with it. The memory is only a guess of what
to ask for: what counts is the row.
"""

from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

MOST = 20_000  # sessions remembered, some 3 MB

_users: dict[str, str] = {}  # by the key of the session: the user's


class SessionStore(DatabaseStore):
    """Django's, which remembers whose a session is; its one query is written once."""

    def load(self) -> dict[str, Any]:
        if self.session_key is None:
            return {}
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(_statement(), [self.session_key, now()])
            row = cursor.fetchone()
        if row is None:
            _users.pop(self.session_key, None)
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row[0])
        self._remember(data)
        return data

    def guess(self) -> str | None:
        """The key of the user who was signed in by this session when it was last read; None where it is not known, or
        is read already."""
        is_read = hasattr(self, "_session_cache")
        return None if is_read or self.session_key is None else _users.get(self.session_key)

    def take(self, encoded: str) -> None:
        """Take over what the session's row says: read a moment ago, by whoever asked along with something else."""
        self.accessed = True
        self._session_cache = self.decode(encoded)
        self._remember(self._session_cache)

    def _remember(self, data: dict[str, Any]) -> None:
        if len(_users) >= MOST:
            _users.clear()
        if self.session_key is not None and (user := data.get(SESSION_KEY)) is not None:
            _users[self.session_key] = user


def guessed(session: SessionBase) -> str | None:
    """The guess, of a session of ours."""
    return session.guess() if isinstance(session, SessionStore) else None


def take(session: SessionBase, encoded: str) -> None:
    """Give a session that was guessed its row's content."""
    assert isinstance(session, SessionStore)
    session.take(encoded)


def now() -> datetime | str | None:
    """The time as the database compares it."""
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(timezone.now())


@cache
def _statement() -> str:
    table = Session._meta.db_table
    return f"SELECT session_data FROM {table} WHERE session_key = %s AND expire_date > %s"  # noqa: S608
