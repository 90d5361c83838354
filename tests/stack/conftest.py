"""One stack for all tests of this folder, with a small program in it that has a published version."""

import os
import socket
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from deploy.stack.home import PARTS
from deploy.stack.programs import StackError
from deploy.stack.run import Stack, stack
from deploy.stack.servers import connect
from deploy.stack.site import manage
from tests.stack.client import Client
from tests.stack.program import PASSWORD, TIME_ZONE, write
from tests.stack.waiting import until
from tests.stack.work import generate, publish


@pytest.fixture(scope="session")
def running() -> Iterator[Stack]:
    """The stack, until the last test has ended."""
    with tempfile.TemporaryDirectory(prefix="test-stack-") as folder:
        # A dead worker's task is taken up after ten seconds, not thirty.
        here = stack(Path(folder), free_ports(len(PARTS)), WORKER_LOCK_TIMEOUT="10")
        try:
            # What a crash of the machine would do is no matter here; a crash of a server is.
            here.start(say, fsync="off", full_page_writes="off")
            fill(here, Path(folder))
            yield here
        finally:
            here.stop()


def fill(here: Stack, folder: Path) -> None:
    """The program, and accounts that can sign in."""
    today = datetime.now(UTC).astimezone(ZoneInfo(TIME_ZONE)).date()
    manage(here.home, "import_program", str(write(folder / "program", today)))
    secret = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)
    with connect(here.home, "postgresql") as connection:
        connection.execute("UPDATE people_user SET password = %s", [secret])


def free_ports(count: int) -> int:
    """The first of so many ports in a row at which nobody listens, below those that clients are given."""
    for first in range(21000 + os.getpid() % 500 * 20, 32000, count):
        with ExitStack() as probes:
            try:
                for port in range(first, first + count):
                    probes.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            return first
    raise StackError("No free ports in a row.")


def say(words: str) -> None:
    sys.stdout.write(f"{time.monotonic():.1f} {words}\n")


@pytest.fixture(scope="session")
def coordinator(running: Stack) -> Client:
    return Client(running.home.port("nginx")).sign_in("coordinator")


@pytest.fixture(scope="session")
def resident(running: Stack) -> Client:
    return Client(running.home.port("nginx")).sign_in("resident")


@pytest.fixture
def anybody(running: Stack) -> Client:
    """Somebody who has not signed in."""
    return Client(running.home.port("nginx"))


@pytest.fixture(scope="session")
def published(running: Stack, coordinator: Client) -> str:
    """The address of the program's published version."""
    draft = generate(coordinator, running.home)
    publish(coordinator, draft)
    assert "is published" in coordinator.get(draft).text
    return draft


@pytest.fixture
def broken(running: Stack, published: str, anybody: Client) -> Iterator[Stack]:
    """The stack, to break something in; afterwards it is whole again, or the test has failed."""
    yield running
    for name, part in running.parts.items():
        if not part.alive:
            running.restart(name)
    for part in running.parts.values():
        part.wait()
    until(lambda: anybody.get("/readyz").json()["status"] == "ok")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The report of a test that failed has what the servers said of it."""
    report = yield
    here = getattr(item, "funcargs", {}).get("running")
    if report.failed and here is not None:
        for log in sorted((here.home.folder / "logs").glob("*.log")):
            lines = [line for line in log.read_text(errors="replace").splitlines() if '"status":200' not in line]
            report.sections.append((log.name, "\n".join(line[-1500:] for line in lines[-10:])))
    return report
