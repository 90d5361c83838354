import os
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

GRACE = 10  # seconds from "please stop" to "stop"; a task that is cut short is taken up again by the next worker
SHORT_LIFE = 3  # seconds; a worker that ends sooner has something wrong with it
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Child:
    """A process that is started, and where it may be, started again."""

    def __init__(self, command: list[str], *, restarts: bool = False) -> None:
        self.command = command
        self.restarts = restarts
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = start(self.command)

    @property
    def may_restart(self) -> bool:
        """Not for one that ends as soon as it is started: that would go on for ever."""
        return self.restarts and time.monotonic() - self.started > SHORT_LIFE


class Command(BaseCommand):
    help = (
        "Run the site together with its workers until Ctrl-C or SIGTERM, which stops all. For one machine;"
        " a larger installation starts gunicorn and ox_worker by themselves."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen at (default: %(default)s)")
        parser.add_argument("--reload", action="store_true", help="restart the site when its code changes")
        parser.add_argument("--check", action="store_true", help="only say whether the port is free")

    def handle(self, *args: Any, host: str, port: int, reload: bool, check: bool, **options: Any) -> None:
        require_free_port(host, port)
        if check:
            return
        stop = threading.Event()
        for number in STOP_SIGNALS:
            signal.signal(number, lambda *_: stop.set())
        children = {"site": Child([sys.executable, "-m", "gunicorn", *gunicorn_options(host, port, reload=reload)])}
        children |= {name: Child(worker_options(queue), restarts=True) for name, queue in workers().items()}
        try:
            self.watch(children, stop, host, port)
        finally:
            end([child.process for child in children.values()])

    def watch(self, children: dict[str, "Child"], stop: threading.Event, host: str, port: int) -> None:
        """Return when asked to stop; tell once the site answers.

        A worker that ends by itself, such as one killed for its memory, is started again: the site goes on, and what
        it worked on is taken up. Raises CommandError when the site ends, or a worker that has not lived for long.
        """
        announced = False
        while not stop.wait(0.2):
            for name, child in children.items():
                code = child.process.poll()
                if code is None:
                    continue
                if not child.may_restart:
                    raise CommandError(f"The {name} stopped by itself (exit code {code}): see above why.")
                self.stderr.write(f"The {name} stopped by itself (exit code {code}): it is started again.")
                child.start()
            if not announced and listens(host, port):
                self.stdout.write(f"\nThe site is at http://{shown(host)}:{port}/ (Ctrl-C stops it).\n")
                self.stdout.flush()
                announced = True


def workers() -> dict[str, str]:
    """By name, the queue of each: no inquiry of seconds waits behind a generation of minutes, and nobody at all for a
    mail server."""
    queues = {"worker": "default", "worker for inquiries": "inquiries"}
    return queues | {"worker for mail": "mail"} if settings.MAILERS else queues


def worker_options(queue: str) -> list[str]:
    manage = str(settings.BASE_DIR / "manage.py")
    return [sys.executable, manage, "ox_worker", "--queues", queue, "--interval", "0.5", "-v0"]


def gunicorn_options(host: str, port: int, *, reload: bool) -> list[str]:
    """One process with threads: it is never busy for long, since the worker does what takes time."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options = ["scheduler_site.wsgi", "--bind", address, "--threads", "8", "--no-control-socket"]
    options += ["--log-level", "warning", "--graceful-timeout", str(GRACE // 2)]
    return [*options, "--reload"] if reload else options


def require_free_port(host: str, port: int) -> None:
    """Raises CommandError, saying how to choose another, when something listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot listen at {host}, port {port}: {error.strerror}."
                f" Is the site running already? Else choose another port, as in PORT={port + 1} make demo"
                f" or manage.py serve --port {port + 1}."
            ) from error


def listens(host: str, port: int) -> bool:
    """Whether somebody answers there."""
    try:
        socket.create_connection((shown(host), port), timeout=1).close()
    except OSError:
        return False
    return True


def shown(host: str) -> str:
    """The host to open in a browser on this machine."""
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C comes to us alone and each child is told once."""
    return subprocess.Popen(command, cwd=Path(settings.BASE_DIR), stdin=subprocess.DEVNULL, start_new_session=True)


def end(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask the children to finish what they are at; after GRACE seconds, or at a second Ctrl-C, end them at once."""
    impatient = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: impatient.set())
    for child in children:
        child.terminate()
    deadline = time.monotonic() + GRACE
    while any(child.poll() is None for child in children) and time.monotonic() < deadline:
        if impatient.wait(0.05):
            break
    for child in children:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)  # with the processes that it started
            child.wait()
