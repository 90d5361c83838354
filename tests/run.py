"""The whole test suite, `make test`: python -m tests.run [STAGE ...] [-- ARGUMENTS FOR PYTEST].

    checks      linters, formats, types, import order, Django's own checks, forgotten migrations
    sqlite      every test but those of the browser and the stack, on SQLite
    postgresql  every test that touches the database, on a throwaway PostgreSQL and Redis
    browser     the browser tests, on the same
    stack       tests/stack: nginx, gunicorn, PgBouncer, PostgreSQL, Redis, Prometheus as in deploy/

All stages run, whatever the earlier ones found, so that one run shows everything: without a STAGE in several processes
side by side (LANES). The last line counts them all, each check as one. A skipped test counts as failed: nothing here is
optional.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import TextIO
from xml.etree import ElementTree

from tests.services import ServiceMissing
from tests.services.browser import browser
from tests.services.postgres import postgres
from tests.services.redis import redis

ROOT = Path(__file__).resolve().parent.parent
# The site's settings come from these; those of whoever runs the tests are not the tests'.
SETTINGS = (
    *("DB", "REDIS_URL", "DEBUG", "HTTPS", "BEHIND_PROXY", "SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS"),
    *("TIME_ZONE", "STATIC_ROOT", "LOG_LEVEL", "WORKER_LOCK_TIMEOUT"),
    *("EMAIL_", "DEFAULT_FROM_EMAIL", "SITE_URL"),
)
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
PRODUCTION = {
    "DB_NAME": ":memory:",
    "SECRET_KEY": "a-secret-key-that-is-as-long-and-as-varied-as-one-in-production-0123456789",
    "ALLOWED_HOSTS": "schedule.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://schedule.example.org",
    "HTTPS": "1",
    "BEHIND_PROXY": "1",
}

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Count:
    """How many tests (or checks) passed and failed."""

    passed: int
    failed: int

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"


class Run:
    """One run of the suite, with the servers it has started. A stage is a method that returns its Count."""

    def __init__(self, servers: ExitStack, pytest_arguments: list[str]) -> None:
        self.servers = servers
        self.pytest_arguments = pytest_arguments

    def checks(self) -> Count:
        """Everything that judges the code without running it."""
        count = Count(0, 0)
        for name, command in checks().items():
            started = time.monotonic()
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=ENVIRONMENT | PRODUCTION,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            say(f"{name:32} {'failed' if done.returncode else 'ok':8} {time.monotonic() - started:6.1f} s")
            if done.returncode:
                say(done.stdout)
            count += Count(0, 1) if done.returncode else Count(1, 0)
        return count

    def sqlite(self) -> Count:
        """Every test but the browser's and the stack's."""
        return self.pytest("not browser and not stack", {})

    def postgresql(self) -> Count:
        """Every test that touches the database."""
        return self.pytest("database", self.production_services)

    def browser(self) -> Count:
        """The tests in tests/browser."""
        say(f"Browser: {browser()}")
        return self.pytest("browser", self.production_services)

    def stack(self) -> Count:
        """The tests in tests/stack, which start all their servers themselves."""
        return self.pytest("stack", {})

    @cached_property
    def production_services(self) -> dict[str, str]:
        """The environment of a site on PostgreSQL and Redis, which run until the end of the suite."""
        return self.servers.enter_context(postgres()) | self.servers.enter_context(redis())

    def pytest(self, markers: str, environment: dict[str, str]) -> Count:
        """Run the tests with these markers in this environment and count them."""
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            options = ["--continue-on-collection-errors", "--durations=5", "--durations-min=2", f"--junitxml={report}"]
            command = [sys.executable, "-m", "pytest", "-m", markers, *options, *self.pytest_arguments]
            code = run(command, ENVIRONMENT | environment)
            count = counted(report) if report.exists() else Count(0, 0)
        # A run that broke off, or that found no test, has failed even if no single test has.
        return count + Count(0, 1) if code and not count.failed else count


def checks() -> dict[str, list[str]]:
    """The commands that judge the code, by name."""
    programs = Path(sys.executable).parent
    manage = [sys.executable, "manage.py"]
    templates = sorted(str(path) for path in ROOT.glob("templates/**/*.html"))
    uv = str(ROOT / ".uv/bin/uv")
    return {
        "uv.lock fits pyproject.toml": [uv, "lock", "--check", "--offline", "--quiet", "--python", sys.executable],
        "ruff check": [f"{programs}/ruff", "check", "--output-format", "concise", "."],
        "ruff format": [f"{programs}/ruff", "format", "--check", "."],
        "mypy": [f"{programs}/mypy"],
        "import order": [f"{programs}/lint-imports", "--no-logo"],
        "templates' format": [f"{programs}/djade", "--check", "--target-version", "6.1", *templates],
        "manage.py check --deploy": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        "manage.py makemigrations --check": [*manage, "makemigrations", "--check", "--dry-run"],
    }


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run a command to its end. When we are stopped meanwhile, it is given 30 s to clean up.

    It has a session of its own, so that Ctrl-C comes to us alone and it is told once.
    """
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait()
    except SystemExit:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        raise


def counted(report: Path) -> Count:
    """The tests in a JUnit report, the skipped ones as failed."""
    suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314 our own report
    numbers = [
        {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")} for suite in suites
    ]
    failed = sum(suite["failures"] + suite["errors"] + suite["skipped"] for suite in numbers)
    return Count(sum(suite["tests"] for suite in numbers) - failed, failed)


def say(text: str) -> None:
    """Print at once, so that our lines keep their place among those of the commands."""
    print(text, flush=True)


def stop(signum: int, frame: FrameType | None) -> None:
    """End the run in order, stopping the servers; once is enough."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    say("Stopping.")
    raise SystemExit(128 + signum)


def main(arguments: list[str]) -> int:
    """Run the named stages, by default all, and print how each went. Returns 0 if nothing failed, else 1."""
    split = arguments.index("--") if "--" in arguments else len(arguments)
    names, pytest_arguments = arguments[:split], arguments[split + 1 :]
    for name in names:
        if name not in STAGES:
            say(f"No stage is called {name}: choose from {', '.join(STAGES)}. Pytest's own arguments go after --.")
            return 2
    total = in_turn(names, pytest_arguments) if names else side_by_side(pytest_arguments)
    say(str(total))
    return 1 if total.failed else 0


def in_turn(names: Sequence[str], pytest_arguments: list[str]) -> Count:
    """Run these stages one after the other."""
    lines = []
    total = Count(0, 0)
    with ExitStack() as servers:
        suite = Run(servers, pytest_arguments)
        for name in names:
            say(f"\n== {name}")
            started = time.monotonic()
            try:
                count, missing = STAGES[name](suite), ""
            except ServiceMissing as error:
                count, missing = Count(0, 1), str(error)
                say(missing)
            total += count
            lines.append(f"{name:12} {count!s:26} {time.monotonic() - started:6.1f} s  {missing}".rstrip())
    say("\n" + "\n".join(lines))
    return total


def side_by_side(pytest_arguments: list[str]) -> Count:
    """Run all stages: each lane but the first in a process of its own meanwhile, whose lines come at the end."""
    with ExitStack() as logs:
        others = [
            beside(lane, pytest_arguments, logs.enter_context(tempfile.TemporaryFile("w+"))) for lane in LANES[1:]
        ]
        try:
            total = in_turn(LANES[0], pytest_arguments)
            for process, _log in others:
                process.wait()
        except SystemExit:
            for process, _log in others:
                process.terminate()
            for process, _log in others:
                process.wait()
            raise
        for process, log in others:
            total += told(process, log)
    return total


def beside(lane: Sequence[str], pytest_arguments: list[str], log: TextIO) -> tuple[subprocess.Popen[bytes], TextIO]:
    """Start the stages of a lane in a process of its own, which writes to this file."""
    command = [sys.executable, "-m", "tests.run", *lane, "--", *pytest_arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
    )
    return process, log


def told(process: subprocess.Popen[bytes], log: TextIO) -> Count:
    """Say what a lane that has ended wrote, and count it by its last line."""
    log.seek(0)
    said = log.read()
    say(said)
    last = COUNTED.fullmatch(said.rstrip().rpartition("\n")[2])
    count = Count(int(last[1]), int(last[2])) if last else Count(0, 1)
    return count + (Count(0, 1) if process.returncode and not count.failed else Count(0, 0))


# What runs beside what. Three lines for two cores: each waits at times, for servers, a browser, killed workers.
# The stack, whose servers have deadlines of their own, comes last in its line, when less runs beside it.
LANES = (("checks", "sqlite"), ("postgresql", "stack"), ("browser",))
COUNTED = re.compile(r"(\d+) passed, (\d+) failed")
STAGES: dict[str, Callable[[Run], Count]] = {
    "checks": Run.checks,
    "sqlite": Run.sqlite,
    "postgresql": Run.postgresql,
    "browser": Run.browser,
    "stack": Run.stack,
}

if __name__ == "__main__":
    for number in STOP_SIGNALS:
        signal.signal(number, stop)
    sys.exit(main(sys.argv[1:]))
