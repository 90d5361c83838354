"""The stack's folder: secrets, data, logs, and the files of deploy/ as its servers read them."""

import contextlib
import fcntl
import os
import secrets
import shutil
import socket
import string
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.stack.processes import own, unprivileged_user
from deploy.stack.programs import StackError

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
# In this order from the port of the site on.
PARTS = ("nginx", "site1", "site2", "pgbouncer", "postgresql", "redis", "prometheus", "worker1", "worker2", "inquiries")
SECRETS = ("secret-key", "db-password", "redis-password", "pgbouncer-admin")


@dataclass(frozen=True, slots=True)
class Home:
    """A folder and a row of ports, the first of which is the site's; `settings` go before its usual ones."""

    folder: Path
    first_port: int
    settings: Mapping[str, str] = field(default_factory=dict)

    def port(self, part: str) -> int:
        return self.first_port + PARTS.index(part)

    def secret(self, name: str) -> str:
        return (self.folder / name).read_text()

    def log(self, part: str) -> Path:
        return self.folder / "logs" / f"{part}.log"

    @contextlib.contextmanager
    def prepared(self) -> Iterator[None]:
        """Make what is not there yet; the folder is ours until the block ends, or we do.

        Raises StackError if a port is taken, if a stack runs in the folder, or if the servers cannot reach it.
        """
        for part in PARTS:
            require_free(self.port(part), part)
        user = unprivileged_user()
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            own(self.folder, user)
            self._require_reachable(user)
            for name in ("logs", "run", "targets", "prometheus", "static", "metrics", "postgresql"):
                (self.folder / name).mkdir(exist_ok=True)
                own(self.folder / name, user)
            for name in SECRETS:
                if not (self.folder / name).exists():
                    self.write(name, secrets.token_hex(32), private=True)
            yield

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StackError(
                    f"A stack runs in {self.folder} already. Stop it, or give this one a folder and ports of its own: "
                    f"make stack STACK=var/stack2 PORT={self.first_port + 1000}."
                ) from error
            yield

    def write(self, name: str, text: str, *, private: bool = False) -> Path:
        """Put a file there that the servers can read, and if it is private nobody else."""
        path = self.folder / name
        path.touch(mode=0o600 if private else 0o644)
        path.write_text(text)
        own(path, unprivileged_user())
        return path

    def copy(self, name: str) -> Path:
        """One of the files of deploy/ as it is, where the servers, who may not see into the clone, can read it."""
        return self.write(Path(name).name, (DEPLOY / name).read_text())

    def render(self, name: str, words: dict[str, str]) -> Path:
        """One of the files of deploy/ with these ${WORDS} replaced, and no others, as envsubst does it."""
        pattern = string.Template((DEPLOY / name).read_text())
        return self.write(name, pattern.safe_substitute(words))

    def _require_reachable(self, user: str | None) -> None:
        if user is None:
            return
        with contextlib.suppress(OSError):
            probe = ["test", "-w", str(self.folder)]
            if subprocess.run(probe, user=user, extra_groups=[], check=False).returncode == 0:
                return
        raise StackError(
            f"The servers run as {user}, who cannot get at {self.folder}. Choose a folder that everybody can reach, "
            "such as make stack STACK=/var/lib/scheduler-stack."
        )


def require_free(port: int, part: str) -> None:
    """Raises StackError, saying how to choose others, when something listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackError(
                f"Port {port}, for {part}, cannot be listened at: {error.strerror}. Is the stack running already? "
                f"Else choose another port; the {len(PARTS)} from it on must be free: make stack PORT={port + 1000}."
            ) from error


def environment(home: Home, **more: str) -> dict[str, str]:
    """What the site's processes are told; nothing of whoever starts them but where programs are.

    The database is reached through PgBouncer; migrations and backups go to PostgreSQL itself (`DB_PORT`).
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    site = {
        "SECRET_KEY_FILE": str(home.folder / "secret-key"),
        "SITE_URL": f"http://127.0.0.1:{home.port('nginx')}",
        "BEHIND_PROXY": "1",
        "STATIC_ROOT": str(home.folder / "static"),
        "DB": "postgresql",
        "DB_HOST": "127.0.0.1",
        "DB_PORT": str(home.port("pgbouncer")),
        "DB_NAME": "scheduler",
        "DB_USER": "scheduler",
        "DB_PASSWORD_FILE": str(home.folder / "db-password"),
        "DB_POOL": "0",
        "REDIS_URL": f"redis://:{home.secret('redis-password')}@127.0.0.1:{home.port('redis')}/0",
        "LOG_FORMAT": "json",
        "PYTHONUNBUFFERED": "1",
    }
    return kept | site | more | dict(home.settings)


def clear(folder: Path) -> None:
    """Forget a stack, with its data."""
    shutil.rmtree(folder, ignore_errors=True)
