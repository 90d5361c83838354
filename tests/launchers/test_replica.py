"""A replica that follows by streaming: two PostgreSQL, and the site's pages over both."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.stack.processes import group
from tests.services import running
from tests.services.postgres import (
    SPEED,
    USER,
    accepts_connections,
    cluster,
    connect,
    installations,
    reachable,
    unprivileged_user,
    wheel_installation,
)

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def follower(binaries: Path, primary: Path) -> Iterator[Path]:
    """A replica of the cluster whose socket lies in `primary`; yields the folder of its own socket."""
    user = unprivileged_user()
    with TemporaryDirectory(prefix="test-replica-") as name:
        home = Path(name)
        if user:
            shutil.chown(home, user, group(user))
            binaries = reachable(binaries, home, user)
        copy = ["-h", str(primary), "-U", USER, "-D", str(home / "data"), "-R", "--checkpoint=fast", "--no-sync"]
        subprocess.run([str(binaries / "pg_basebackup"), *copy], cwd=home, user=user, group=group(user), check=True)
        server = [str(binaries / "postgres"), "-D", str(home / "data"), "-k", name, "-c", "listen_addresses="]
        with running([*server, *SPEED], home / "log", lambda: accepts_connections(home), user=user):
            yield home


def pages(primary: Path, replica: Path, when: str) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DB": "postgresql", "DB_USER": USER, "DB_NAME": "scheduler"}
    places = {
        "DB_HOST": str(primary),
        "DB_REPLICA_HOST": str(replica),
        "LOG_LEVEL": "CRITICAL",
        "ALLOWED_HOSTS": "testserver",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.launchers.replicated", when],
        cwd=ROOT,
        env=os.environ | settings | places,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_heavy_pages_come_from_a_replica_that_is_not_behind():
    binaries = [*installations(), wheel_installation()][0]
    with cluster(binaries) as primary:
        with connect(primary) as connection:
            connection.execute("CREATE DATABASE scheduler")
        with follower(binaries, primary) as replica:
            pages(primary, replica, "up")
        pages(primary, replica, "down")
