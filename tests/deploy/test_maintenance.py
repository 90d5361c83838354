"""maintenance.sh on a real PostgreSQL, with two tables of the site's."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.deploy.files import DEPLOY
from tests.services.postgres import USER, connect

TABLES = """
CREATE TABLE scheduling_schedule (id int PRIMARY KEY, name text);
CREATE TABLE scheduling_assignment (id int PRIMARY KEY, schedule_id int REFERENCES scheduling_schedule, person int);
CREATE INDEX asked_by_nobody ON scheduling_assignment (person);
INSERT INTO scheduling_schedule VALUES (1, 'Published'), (2, 'Draft');
INSERT INTO scheduling_assignment SELECT n, 1 + n % 2, n % 60 FROM generate_series(1, 5000) n;
"""


@pytest.fixture(scope="module")
def server(cluster) -> Iterator[Path]:
    with cluster.serve("small", shared_buffers="32MB", max_wal_size="64MB", min_wal_size="32MB") as socket:
        with connect(socket) as connection:
            connection.execute("CREATE DATABASE scheduler")
        with database(socket) as connection:
            connection.execute(TABLES)
        yield socket


@pytest.fixture
def maintenance(server, cluster, tmp_path):
    """Run the script; gives what it said, and its exit status."""

    def run(*arguments: str, **more: str) -> tuple[int, str]:
        done = subprocess.run(
            [DEPLOY / "maintenance.sh", *arguments],
            env=cluster.environment | {"BACKUP_DIR": str(tmp_path)} | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    return run


def database(socket: Path, name: str = "scheduler") -> psycopg.Connection:
    return psycopg.connect(host=str(socket), user=USER, dbname=name, autocommit=True)


def names(socket: Path, of: str = "scheduler") -> list[str]:
    with database(socket, of) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM scheduling_schedule ORDER BY id")]


def databases(socket: Path) -> set[str]:
    with connect(socket) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")}


def test_without_a_command_it_says_what_there_is(maintenance):
    code, said = maintenance()
    assert code == 1
    for command in (
        "vacuum",
        "analyze",
        "tune",
        "bloat",
        "unused-indexes",
        "slow-queries",
        "sizes",
        "backup",
        "restore",
    ):
        assert f"\n  {command} " in said


def test_vacuum_analyze_and_tune_do_it(maintenance, server):
    assert maintenance("vacuum") == (0, "Vacuumed and analyzed scheduler.\n")
    assert maintenance("analyze") == (0, "Analyzed scheduler.\n")
    assert maintenance("tune")[0] == 0
    with database(server) as connection:
        row = connection.execute("SELECT reloptions FROM pg_class WHERE relname = 'scheduling_assignment'").fetchone()
        assert row is not None
        assert "autovacuum_vacuum_scale_factor=0.01" in row[0]
        done = connection.execute(
            "SELECT n_live_tup, last_vacuum > now() - interval '1 hour' FROM pg_stat_user_tables"
            " WHERE relname = 'scheduling_assignment'"
        )
        assert done.fetchone() == (5000, True)


def test_it_says_what_takes_space_and_which_index_nobody_uses(maintenance):
    code, said = maintenance("unused-indexes")
    assert code == 0
    assert "asked_by_nobody" in said
    assert "scheduling_schedule_pkey" not in said  # it holds a constraint
    code, said = maintenance("sizes")
    assert code == 0
    assert [word in said for word in ("scheduling_assignment", "5000", "scheduler")] == [True] * 3


def test_bloat_and_slow_queries_need_extensions_and_say_which(maintenance, server):
    code, said = maintenance("slow-queries")
    assert (code, "CREATE EXTENSION pg_stat_statements" in said) == (1, True)
    code, said = maintenance("bloat")
    assert (code, "CREATE EXTENSION pgstattuple" in said) == (0, True)
    with database(server) as connection:
        connection.execute((DEPLOY / "postgresql" / "extensions.sql").read_text())
        connection.execute("SELECT count(*) FROM scheduling_assignment WHERE person = 7").fetchone()
    code, said = maintenance("slow-queries")
    assert (code, "SELECT count(*) FROM scheduling_assignment WHERE person = $1" in said) == (0, True)
    code, said = maintenance("bloat")
    assert (code, "free %" in said) == (0, True)
    with database(server) as connection:  # as they are a superuser's, no dump that others restore should need them
        connection.execute("DROP EXTENSION pg_stat_statements; DROP EXTENSION pgstattuple")


def test_what_was_backed_up_comes_back(maintenance, server, tmp_path):
    code, said = maintenance("backup")
    dump = Path(said.strip())
    assert (code, dump.parent, dump.stat().st_mode & 0o777) == (0, tmp_path, 0o600)
    with database(server) as connection:
        connection.execute("UPDATE scheduling_schedule SET name = 'Changed by mistake' WHERE id = 1")

    code, said = maintenance("restore", str(dump), "scheduler")
    assert (code, "The database scheduler exists" in said) == (1, True)
    assert names(server) == ["Changed by mistake", "Draft"]

    assert maintenance("restore", str(dump), "looked_at") == (0, f"Restored {dump} into looked_at.\n")
    assert names(server, "looked_at") == ["Published", "Draft"]
    assert names(server) == ["Changed by mistake", "Draft"]

    # Somebody is connected all the time, as the site would be.
    with database(server):
        assert maintenance("restore", str(dump), "scheduler", "--overwrite")[0] == 0
    assert names(server) == ["Published", "Draft"]
    with database(server) as connection:
        assert connection.execute("SELECT count(*) FROM scheduling_assignment").fetchone() == (5000,)
        connection.execute("DROP DATABASE looked_at")
    assert databases(server) == {"postgres", "scheduler"}


def test_a_dump_that_ends_too_early_replaces_nothing(maintenance, server, tmp_path):
    dump = Path(maintenance("backup")[1].strip())
    broken = tmp_path / "broken.dump"
    broken.write_bytes(dump.read_bytes()[:-2000])
    code, said = maintenance("restore", str(broken), "scheduler", "--overwrite")
    assert (code, "scheduler is as it was" in said) == (1, True)
    broken.write_text("no dump")
    code, said = maintenance("restore", str(broken), "elsewhere")
    assert (code, "no dump of this application's database" in said) == (1, True)
    assert names(server) == ["Published", "Draft"]
    assert databases(server) == {"postgres", "scheduler"}


def test_old_dumps_go_and_only_they(maintenance, tmp_path):
    old = [tmp_path / f"scheduler-2026010{day}T030000Z.dump" for day in range(1, 5)]
    others = [tmp_path / "scheduler-test-20260101T030000Z.dump", tmp_path / "scheduler-before-the-move.dump"]
    for file in [*old, *others]:
        file.touch()
    assert maintenance("backup", BACKUP_KEEP="3")[0] == 0
    assert [file.exists() for file in old] == [False, False, True, True]
    assert all(file.exists() for file in others)
    assert len(list(tmp_path.glob("*.dump"))) == 5
    assert maintenance("backup", BACKUP_KEEP="none")[0] == 1


def test_a_backup_that_fails_leaves_nothing(maintenance, tmp_path):
    code, _ = maintenance("backup", PGDATABASE="postgres")  # which has no schedules
    assert (code, list(tmp_path.iterdir())) == (1, [])
