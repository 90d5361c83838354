"""What a page of a program depends on, read by one statement: the account, what it may see, and the program's stamp.

The stamp is exact at commit without a counter that transactions would queue for. Each service writes an audit entry
of its program in the transaction of what it does. The sum of the keys of the newest LAST entries grows with each one
that is committed, also with one that was begun before the newest and is committed after it: keys are given at the
insert, and seen at the commit. It is missed only where LAST others of the same program were committed in between.
What is of no program, such as accounts, has entries without one, which are summed likewise. Not seen is what is
written behind the services' backs, as by manage.py shell: for as long as `people.pages.KEPT` says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.utils.crypto import constant_time_compare

from people.models import AuditLog, Notice, Person, Program, User
from people.navigation import SWITCH_LIMIT
from scheduler_site.sessions import guessed, now, take
from scheduling.models import GenerationRun, Inquiry, Job, Schedule

LAST = 100
BACKEND = "django.contrib.auth.backends.ModelBackend"
FIELDS = tuple(User._meta.concrete_fields)
ATTRIBUTES = [field.attname for field in FIELDS]
PASSWORD, IS_ACTIVE, ROLE = (ATTRIBUTES.index(name) for name in ("password", "is_active", "role"))
SHOWN = [ATTRIBUTES.index(name) for name in ("id", "username", "first_name", "last_name", "role", "is_staff")]
# The names in the menu of programs, as one value.
JOINED = {
    "postgresql": "string_agg(menu.name || '/' || menu.slug, ',')",
    "sqlite": "group_concat(menu.name || '/' || menu.slug)",
}


@dataclass(frozen=True, slots=True)
class State:
    """`account` is the row of the user, whose session is verified as Django would. `sees` is what the page shows of
    them and what they may see; `written` the program's stamp; `working` how many of its jobs are under way, and `asked`
    the key of its last inquiry, whose answer leaves no audit entry: 0 where they were not asked for."""

    account: tuple[Any, ...]
    zone: str
    belongs: bool
    sees: tuple[object, ...]
    written: tuple[object, ...]
    working: int
    asked: int | None

    def user(self) -> User:
        """The account. Not needed where no view is called."""
        return _user(self.account)


@dataclass(frozen=True, slots=True)
class _Password:
    """As much of an account as Django's hash for sessions is made of. Where the site's secret has changed since, it is
    another: then Django looks for itself."""

    password: str

    get_session_auth_hash = User.get_session_auth_hash
    _get_session_auth_hash = User._get_session_auth_hash  # type: ignore[attr-defined]


def _alias() -> str:
    return router.db_for_read(AuditLog) or DEFAULT_DB_ALIAS


def read_state(session: SessionBase, slug: str | None, *, jobs: bool) -> State | None:
    """The state of the program of this slug, or for None of the one that the user is a person of (1 query).

    None where there is no such program, or nobody who is signed in for certain: Django then finds out why.
    """
    guess = guessed(session)
    key = guess or session.get(SESSION_KEY)
    if not key:
        return None
    along = [session.session_key, now()] if guess else []
    asked = [*([] if slug is None else [slug]), *along, key]
    alias = _alias()
    row = _row(alias, _statement(connections[alias].vendor, is_own=slug is None, jobs=jobs, along=bool(guess)), asked)
    if row is None:
        return None
    if guess:
        take(session, row[-1])
        row = row[:-1]
    account = row[: len(FIELDS)]
    return _state(account, row[len(FIELDS) :]) if _is_theirs(session, key, account) else None


def read_account(session: SessionBase) -> User | None:
    """The account alone, read along with the session (1 query), for what changes something and keeps no page.

    None where it is not known whose session it is, or not certain any more: Django then looks for itself.
    """
    key = guessed(session)
    if not key:
        return None
    row = _row(_alias(), _account_statement(), [session.session_key, now(), key])
    if row is None:
        return None
    take(session, row[-1])
    return _user(row[:-1]) if _is_theirs(session, key, row[:-1]) else None


def _row(alias: str, statement: str, asked: Sequence[Any]) -> tuple[Any, ...] | None:
    """What the statement finds. It is a request's first, so it is also what tries whether a connection that was kept
    still holds, instead of a statement of Django's that does nothing else; one that is gone is made anew."""
    connection = connections[alias]
    is_first = not connection.in_atomic_block
    if is_first:
        connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _first(connection, statement, asked)
    except (InterfaceError, OperationalError):
        if not is_first or connection.connection is None or connection.is_usable():
            raise
        connection.close()
        return _first(connection, statement, asked)


def _first(connection: BaseDatabaseWrapper, statement: str, asked: Sequence[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


@cache
def _account_statement() -> str:
    columns = ", ".join(f"u.{field.column}" for field in FIELDS)
    return (
        f"SELECT {columns}, d.session_data FROM {_table(User)} u "  # noqa: S608 none of it is anybody's input
        f"JOIN {_table(Session)} d ON d.session_key = %s AND d.expire_date > %s WHERE u.id = %s"
    )


def _is_theirs(session: SessionBase, key: str, account: tuple[Any, ...]) -> bool:
    """Whether the session is of this account, verified as Django would, and the account may be used."""
    wanted = session.get(HASH_SESSION_KEY)
    is_usual = session.get(BACKEND_SESSION_KEY) == BACKEND and BACKEND in settings.AUTHENTICATION_BACKENDS
    if not (wanted and is_usual and session.get(SESSION_KEY) == key and account[IS_ACTIVE]):
        return False
    return constant_time_compare(wanted, _Password(account[PASSWORD]).get_session_auth_hash())  # type: ignore[misc]


def _user(account: tuple[Any, ...]) -> User:
    """The account as the ORM would make it, in a third of the time."""
    alias, values = _alias(), list(account)
    for index, convert in _converters(alias):
        values[index] = convert(values[index])
    return User.from_db(alias, ATTRIBUTES, values)


@cache
def _converters(alias: str) -> list[tuple[int, Callable[[Any], Any]]]:
    """How values of the database become those of the fields."""
    connection = connections[alias]
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for index, field in enumerate(FIELDS):
        column = field.get_col(User._meta.db_table)
        for converter in [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]:
            found += [(index, partial(_converted, converter, column, alias))]
    return found


def _converted(converter: Callable[..., Any], column: Any, alias: str, value: Any) -> Any:
    return converter(value, column, connections[alias])


def _state(account: tuple[Any, ...], row: tuple[Any, ...]) -> State:
    program, zone, person, of_program, is_chief, is_active, coordinates = row[:7]
    frame, (*written, working, asked) = row[7:9], row[9:]
    return State(
        account=account,
        zone=zone,
        belongs=bool(account[ROLE] == User.Role.ADMIN or coordinates or of_program == program),
        sees=(*(account[index] for index in SHOWN), person, of_program, is_chief, is_active, coordinates, *frame),
        written=(program, *written),
        working=working,
        asked=asked,
    )


@cache
def _statement(vendor: str, *, is_own: bool, jobs: bool, along: bool) -> str:
    """Parameters: the program's slug, unless it is the user's own; the session's key and the time, where its row is
    read along; the user's key."""
    columns = ", ".join(f"u.{field.column}" for field in FIELDS)
    coordinated = f"SELECT c.program_id FROM {User.programs.through._meta.db_table} c WHERE c.user_id = u.id"  # noqa: S608
    unread = f"FROM {_table(Notice)} n WHERE n.user_id = u.id AND n.read_at IS NULL"
    return f"""
        SELECT {columns}, p.id, p.time_zone, me.id, me.program_id, me.is_chief, me.is_active,
            p.id IN ({coordinated}),
            (SELECT count(*) || ' ' || sum(n.id) {unread}),
            (SELECT {JOINED[vendor]} FROM (
                SELECT o.name, o.slug FROM {_table(Program)} o
                WHERE u.role = '{User.Role.ADMIN.value}' OR o.id = me.program_id OR o.id IN ({coordinated})
                ORDER BY o.name LIMIT {SWITCH_LIMIT + 1}) menu),
            {_newest("e.program_id = p.id")}, {_newest("e.program_id IS NULL")},
            (SELECT CAST(sum(s.revision) AS bigint) FROM {_table(Schedule)} s WHERE s.program_id = p.id),
            {f"{_active(GenerationRun)} + {_active(Inquiry)}, (SELECT max(j.id) {_jobs(Inquiry)})" if jobs else "0, 0"}
            {", d.session_data" if along else ""}
        FROM {_table(User)} u
        LEFT JOIN {_table(Person)} me ON me.user_id = u.id
        JOIN {_table(Program)} p ON {"p.id = me.program_id" if is_own else "p.slug = %s"}
        {f"JOIN {_table(Session)} d ON d.session_key = %s AND d.expire_date > %s" if along else ""}
        WHERE u.id = %s"""  # noqa: S608 none of it is anybody's input


def _table(model: type[Model]) -> str:
    return model._meta.db_table


def _newest(condition: str) -> str:
    newest = f"SELECT e.id FROM {_table(AuditLog)} e WHERE {condition} ORDER BY e.id DESC LIMIT {LAST}"  # noqa: S608
    return f"(SELECT CAST(sum(newest.id) AS bigint) FROM ({newest}) newest)"  # noqa: S608


def _jobs(model: type[Job]) -> str:
    return f"FROM {_table(model)} j JOIN {_table(Schedule)} v ON v.id = j.schedule_id WHERE v.program_id = p.id"


def _active(model: type[Job]) -> str:
    states = ", ".join(f"'{status.value}'" for status in Job.ACTIVE)
    return f"(SELECT count(*) {_jobs(model)} AND j.status IN ({states}))"
