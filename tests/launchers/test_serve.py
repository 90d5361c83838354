"""`manage.py serve` runs the site with a worker and stops both."""

import io
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from scheduler_site.management.commands import serve as command
from scheduler_site.management.commands.serve import Child, Command
from tests.run import ENVIRONMENT, ROOT


@contextmanager
def taken_port() -> Iterator[int]:
    """A port at which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    """A port at which nobody listens."""
    with taken_port() as port:
        return port


@contextmanager
def serve(folder: Path, port: int, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The command, started in an empty database. Its children write into its pipe, which ends when the last is gone."""
    settings = {"DB_NAME": str(folder / "site.sqlite3"), "DEBUG": "1", **environment}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=ENVIRONMENT | settings,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def test_ctrl_c_stops_site_and_worker(tmp_path: Path):
    port = free_port()
    with serve(tmp_path, port) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert f"The site is at http://127.0.0.1:{port}/ (Ctrl-C stops it).\n" in lines
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_when_one_ends_the_other_is_stopped_and_it_is_said(tmp_path: Path):
    with serve(tmp_path, free_port(), GUNICORN_CMD_ARGS="--no-such-option") as process:
        output = process.communicate(timeout=60)[0]
        assert process.returncode == 1
    assert "unrecognized arguments: --no-such-option" in output
    assert "CommandError: The site stopped by itself (exit code 2): see above why." in output


def started(script: str, *, restarts: bool = False) -> Child:
    return Child([sys.executable, "-c", script], restarts=restarts)


def test_a_worker_that_is_killed_is_started_again_and_the_site_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(command, "SHORT_LIFE", 0.2)
    dies = "import os, time; print('up', file=open('starts', 'a')); time.sleep(0.5); os.kill(os.getpid(), 9)"
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    site, worker = started("import time; time.sleep(60)"), started(dies, restarts=True)
    stop, told = threading.Event(), io.StringIO()
    watching = threading.Thread(
        target=Command(stderr=told).watch, args=({"site": site, "worker": worker}, stop, "127.0.0.1", free_port())
    )
    watching.start()
    starts, deadline = tmp_path / "starts", time.monotonic() + 60
    while not starts.exists() or starts.read_text().count("up") < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    stop.set()
    watching.join()
    assert site.process.poll() is None
    assert told.getvalue().count("The worker stopped by itself (exit code -9): it is started again.\n") >= 2
    for child in (site, worker):
        child.process.kill()
        child.process.wait()


def test_a_worker_that_ends_at_once_is_not_started_for_ever():
    worker = started("raise SystemExit(3)", restarts=True)
    with pytest.raises(CommandError, match=r"The worker stopped by itself \(exit code 3\): see above why\."):
        Command().watch({"worker": worker}, threading.Event(), "127.0.0.1", free_port())


def test_a_worker_for_mail_where_mail_is_sent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings, "MAILERS", {})
    assert command.workers() == {"worker": "default", "worker for inquiries": "inquiries"}
    monkeypatch.setattr(settings, "MAILERS", {"default": {}})
    assert command.workers()["worker for mail"] == "mail"


def test_a_taken_port_is_said_with_how_to_choose_another():
    with taken_port() as port, pytest.raises(CommandError) as caught:
        call_command("serve", port=port, check=True)
    assert str(caught.value) == (
        f"Cannot listen at 127.0.0.1, port {port}: Address already in use. Is the site running already?"
        f" Else choose another port, as in PORT={port + 1} make demo or manage.py serve --port {port + 1}."
    )


def test_a_free_port_is_nothing_to_speak_of(capsys: pytest.CaptureFixture[str]):
    call_command("serve", port=free_port(), check=True)
    assert capsys.readouterr() == ("", "")
