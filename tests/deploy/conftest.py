"""A throwaway PostgreSQL with one of the sizes' files."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.stack.processes import group
from tests.deploy.files import DEPLOY
from tests.services import running
from tests.services.postgres import (
    OPEN,
    SPEED,
    USER,
    accepts_connections,
    installations,
    make_cluster,
    reachable,
    unprivileged_user,
    wheel_installation,
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A made database cluster, and where its server's and clients' programs are."""

    home: Path
    binaries: Path
    user: str | None

    @contextmanager
    def serve(self, size: str, **options: str) -> Iterator[Path]:
        """The folder of the socket, while the server runs with this size's file and the options on top."""
        config = self.home / "server.conf"
        shutil.copyfile(DEPLOY / "postgresql" / f"{size}.conf", config)
        said = {"config_file": str(config), "listen_addresses": "", "unix_socket_directories": str(self.home)} | options
        command = [str(self.binaries / "postgres"), "-D", str(self.home / "data"), *SPEED]
        command += [word for name, value in said.items() for word in ("-c", f"{name}={value}")]
        with running(command, self.home / "log", lambda: accepts_connections(self.home), user=self.user):
            yield self.home

    @property
    def environment(self) -> dict[str, str]:
        """What its clients are told."""
        path = f"{self.binaries}:{os.environ['PATH']}"
        return {"PATH": path, "LC_ALL": "C", "PGHOST": str(self.home), "PGUSER": USER, "PGDATABASE": "scheduler"}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One for all tests of this folder; each that needs it starts its server."""
    user = unprivileged_user()
    with tempfile.TemporaryDirectory(prefix="test-deploy-") as name:
        home = Path(name)
        home.chmod(0o755)  # so that clients, too, get at the socket
        if user:
            shutil.chown(home, user, group(user))
        binaries = reachable([*installations(), wheel_installation()][0], home, user or "")
        make_cluster(binaries, home / "data", user, *OPEN)
        yield Cluster(home, binaries, user)
