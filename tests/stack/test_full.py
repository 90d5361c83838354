"""What happens when there is no room: no connection left in PgBouncer, no space left on the database's disk."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from deploy.stack.home import Home
from deploy.stack.processes import group, own, unprivileged_user
from deploy.stack.run import Stack
from deploy.stack.servers import connect, pgbouncer
from tests.stack.client import Answer, Client
from tests.stack.waiting import until
from tests.stack.work import HOME, copied, duties, note, notes, one, ready, rows

MEGABYTE = 2**20
FILLER = """
    INSERT INTO people_auditlog (action, target, changes, created_at)
    SELECT 'filler', '', jsonb_build_object('x', repeat(md5(n::text), %s)), now() FROM generate_series(1, %s) n
"""


@contextmanager
def pgbouncer_set(running: Stack, **settings: int) -> Iterator[None]:
    """Its settings changed for the duration, through its console, whose connection stays."""
    with psycopg.connect(
        host="127.0.0.1",
        port=running.home.port("pgbouncer"),
        user="scheduler_admin",
        password=running.home.secret("pgbouncer-admin"),
        dbname="pgbouncer",
        autocommit=True,
    ) as console:
        before = {key: value for key, value, *_ in console.execute("SHOW CONFIG").fetchall()}
        for name, value in settings.items():
            console.execute(f"SET {name} = {value}".encode())
        try:
            yield
        finally:
            for name in settings:
                console.execute(f"SET {name} = '{before[name]}'".encode())


def test_a_full_pool_is_said_within_seconds_and_is_over_when_it_empties(broken: Stack, coordinator: Client):
    sizes = pgbouncer_set(broken, default_pool_size=5, reserve_pool_size=0, query_wait_timeout=1)
    with sizes, ExitStack() as held:
        while True:
            connection = held.enter_context(connect(broken.home, "pgbouncer"))
            try:
                connection.execute("BEGIN")
                connection.execute("SELECT 1")
            except psycopg.OperationalError:
                break
        refused = coordinator.get(f"{HOME}/people/")
        assert (refused.status, refused.headers["retry-after"]) == (503, "10")
        assert "too much is going on" in refused.text
        until(lambda: failing(coordinator) == {"database", "migrations"})
        assert coordinator.get("/livez").status == 200
    until(lambda: coordinator.get(f"{HOME}/people/").status == 200)


def test_a_pages_statement_is_broken_off_and_a_workers_is_not(broken: Stack):
    home = broken.home
    limited = {name: limit(home, name) for name in ("scheduler", "scheduler_workers")}
    assert limited == {"scheduler": ("30s", "15s", "1min"), "scheduler_workers": ("0", "0", "5min")}
    with limits(broken, 1):
        until(lambda: limit(home, "scheduler")[0] == "1s")
        with connect(home, "pgbouncer") as page, pytest.raises(psycopg.errors.QueryCanceled):
            page.execute("SELECT pg_sleep(10)")
        with connect(home, "pgbouncer", "scheduler_workers") as worker:
            worker.execute("SELECT pg_sleep(1.2)")
    until(lambda: limit(home, "scheduler")[0] == "30s")


def limit(home: Home, name: str) -> tuple[str, ...]:
    """How long a statement, a wait for a lock and an idle transaction may take."""
    shown = "SELECT " + ", ".join(
        f"current_setting('{each}')"
        for each in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    )
    with connect(home, "pgbouncer", name) as connection:
        row: tuple[str, ...] = connection.execute(shown.encode()).fetchone() or ()
    return row


@contextmanager
def limits(running: Stack, seconds: int) -> Iterator[None]:
    """PgBouncer started anew with another limit for pages; as it was afterwards."""
    usual = running.parts["pgbouncer"]
    usual.stop()
    other = pgbouncer(replace(running.home, settings={"DB_STATEMENT_TIMEOUT": str(seconds)}), running.programs)
    other.start()
    try:
        other.wait()
        yield
    finally:
        other.stop()
        usual.start()
        usual.wait()


def failing(client: Client) -> set[str]:
    """The parts that /readyz answers 503 for."""
    status, parts = ready(client)
    return {name for name, part in parts.items() if part == "failed"} if status == 503 else set()


def test_pgbouncer_at_its_client_limit_is_said_and_is_over_when_there_is_room(broken: Stack, coordinator: Client):
    with pgbouncer_set(broken, max_client_conn=1):
        for site in ("site1", "site2"):
            restart_processes(broken, site)
        assert "too much is going on" in until(lambda: refusal(coordinator)).text
        until(lambda: failing(coordinator) == {"database", "migrations"})
        assert "no more connections allowed" in broken.home.log("pgbouncer").read_text()
    until(lambda: coordinator.get(f"{HOME}/people/").status == 200)


def refusal(client: Client) -> Answer | None:
    """The answer of a process that has no connection yet; those that end meanwhile still have theirs."""
    answer = client.get(f"{HOME}/people/")
    return answer if answer.status == 503 else None


def restart_processes(running: Stack, site: str) -> None:
    """Let a gunicorn start its processes anew, which have no connections yet."""
    log = running.home.log(site)
    before = log.read_text().count("Booting worker")
    child = running.parts[site].child
    assert child is not None
    child.send_signal(signal.SIGHUP)
    until(lambda: log.read_text().count("Booting worker") > before)


def test_on_a_full_disk_edits_are_refused_in_words_whole_and_work_again_when_there_is_room(
    broken: Stack, published: str, coordinator: Client
):
    draft = copied(coordinator, published)
    first, second, third, *_ = duties(broken.home, draft)
    revision = "SELECT revision FROM scheduling_schedule ORDER BY number DESC LIMIT 1"
    assert note(coordinator, draft, first, "before").status == 302
    with no_room(broken):
        before = one(broken.home, revision)
        refused = note(coordinator, draft, second, "meanwhile")
        assert refused.status == 503
        assert "The server has no room left to write. Nothing was saved." in refused.text
        assert coordinator.get(f"{HOME}/year/").status == 200
        assert (notes(broken.home, draft), one(broken.home, revision)) == ({"before"}, before)
    assert note(coordinator, draft, third, "after").status == 302
    assert notes(broken.home, draft) == {"before", "after"}


@contextmanager
def no_room(running: Stack) -> Iterator[None]:
    """The audit log, which each change writes, cannot grow: it lies on a disk of its own that is full or, where we may
    not mount one, PostgreSQL's files have come to a quota."""
    with connect(running.home, "postgresql") as connection, ExitStack() as undo:
        disk = running.home.folder / "small-disk"
        if mounted(disk):
            undo.callback(subprocess.run, ["umount", "--lazy", str(disk)], check=True)
            own(disk, unprivileged_user())
            connection.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
            undo.callback(connection.execute, "DROP TABLESPACE small")
            connection.execute("ALTER TABLE people_auditlog SET TABLESPACE small")
            undo.callback(connection.execute, "ALTER TABLE people_auditlog SET TABLESPACE pg_default")
        else:
            limit = 16 * MEGABYTE  # as long as a file of the WAL, which must go on
            for process in postgresql_processes(running):
                undo.callback(let_write, process, "unlimited")
                let_write(process, str(limit))
        connection.execute("ALTER TABLE people_auditlog SET (autovacuum_enabled = off)")
        undo.callback(connection.execute, "ALTER TABLE people_auditlog RESET (autovacuum_enabled)")
        undo.callback(connection.execute, "DELETE FROM people_auditlog WHERE action = 'filler'")
        fill(running)
        yield


def mounted(disk: Path) -> bool:
    """Whether we may mount a small disk."""
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(disk)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def postgresql_processes(running: Stack) -> list[int]:
    """The server, whose next sessions have its limit, and its sessions."""
    sessions = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    return [running.parts["postgresql"].pid, *(pid for (pid,) in rows(running.home, sessions))]


def let_write(process: int, longest: str) -> None:
    """Say how long its files may become, as whoever it runs as: root may not everywhere."""
    command = ["prlimit", "--pid", str(process), f"--fsize={longest}:"]
    user = unprivileged_user()
    subprocess.run(command, user=user, group=group(user), extra_groups=[] if user else None, check=True)


def fill(running: Stack) -> None:
    """Until not one row fits any more: first with many rows, then with small ones."""
    for size, count in ((60, 50), (60, 1), (1, 20), (1, 1)):
        with connect(running.home, "postgresql") as connection:
            for _ in range(1000):
                try:
                    connection.execute(FILLER, [size, count])
                except (psycopg.errors.DiskFull, psycopg.errors.InternalError):
                    break
            else:
                raise AssertionError("There is still room.")
