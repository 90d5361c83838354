"""The servers' programs: those of the machine, or else its packages."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Where packages put servers; not on everybody's PATH.
FOLDERS = "/usr/sbin:/usr/local/sbin:/opt/homebrew/bin"
PACKAGES = {"nginx": "nginx", "pgbouncer": "pgbouncer", "redis-server": "redis-server", "prometheus": "prometheus"}
POLICY = Path("/usr/sbin/policy-rc.d")


class StackError(Exception):
    """What keeps the stack from running; the message is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Where each program is."""

    nginx: Path
    pgbouncer: Path
    redis: Path
    prometheus: Path
    promtool: Path
    postgres: Path


def programs() -> Programs:
    """Find all programs; what is missing is installed first, as root where there is apt-get.

    Raises StackError that names the packages to install.
    """
    if missing() and os.geteuid() == 0 and shutil.which("apt-get"):
        install(missing())
    if missing():
        raise StackError(
            f"The stack needs {', '.join(missing())}. Install them (Debian: apt-get install {' '.join(missing())}; "
            "as root make stack does so itself) and start again."
        )
    return Programs(
        nginx=required("nginx"),
        pgbouncer=required("pgbouncer"),
        redis=required("redis-server"),
        prometheus=required("prometheus"),
        promtool=required("promtool"),
        postgres=postgresql() / "postgres",
    )


def missing() -> list[str]:
    """The packages whose programs are not here."""
    lacking = [package for program, package in PACKAGES.items() if not found(program)]
    return lacking if postgresql() != Path() else [*lacking, "postgresql"]


def found(program: str) -> Path | None:
    path = shutil.which(program) or shutil.which(program, path=FOLDERS)
    return Path(path) if path else None


def required(program: str) -> Path:
    path = found(program)
    if path is None:
        raise StackError(f"The stack needs the program {program}: install it and start again.")
    return path


def postgresql() -> Path:
    """The folder of the newest PostgreSQL's own programs; an empty path if there is none."""
    return next(iter(installations()), Path())


def installations() -> list[Path]:
    """The folders of PostgreSQL's server programs on this machine, newest first."""
    packaged = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    there = sorted(packaged, key=lambda path: int(path.parent.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        there.append(Path(on_path).resolve())
    return list(dict.fromkeys(path.parent for path in there if (path.parent / "initdb").exists()))


def install(packages: list[str]) -> None:
    """Install Debian's packages, without starting the services that they bring: ours have other ports and files.

    One at a time on a machine, and it waits for others that install something. Whether it helped is seen afterwards.
    """
    with (Path(tempfile.gettempdir()) / "scheduler-stack-install").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with services_stay_off():
            apt("update", "--quiet")
            apt("install", "--yes", "--quiet", "--no-install-recommends", *packages)


def apt(*arguments: str) -> None:
    subprocess.run(
        ["apt-get", "-o", "DPkg::Lock::Timeout=300", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


@contextmanager
def services_stay_off() -> Iterator[None]:
    """What Debian's packages ask before they start a service says no, unless the machine has its own policy."""
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink()
