"""The small programs of the containers."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy.healthcheck import STALE, answers, beats
from tests.deploy.files import DEPLOY


@contextmanager
def site(status: int) -> Iterator[str]:
    """A web server that has this to say of its health; yields its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/livez" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield str(server.server_port)
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("status", "well"), [(200, True), (500, False)])
def test_a_container_is_well_while_its_site_lives(monkeypatch, status, well):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with site(status) as port:
        monkeypatch.setenv("PORT", port)
        assert answers() is well
    assert answers() is False  # nobody listens there any more


def test_a_worker_is_well_while_it_polls(tmp_path):
    polled = tmp_path / "polled"
    assert beats(polled) is False
    polled.touch()
    assert beats(polled) is True
    then = polled.stat().st_mtime - STALE - 1
    os.utime(polled, (then, then))
    assert beats(polled) is False


@pytest.fixture
def started(tmp_path: Path) -> Callable[..., tuple[list[str], list[str]]]:
    """Run pgbouncer-start with these variables; the lines of the list of users, and of PgBouncer's file."""
    program = tmp_path / "pgbouncer"
    program.write_text('#!/bin/sh\necho "started with $1"\n')
    program.chmod(0o755)
    (tmp_path / "password").write_text('with "quotes"\n')
    (tmp_path / "admin").write_text("another\n")

    def start(**more: str) -> tuple[list[str], list[str]]:
        environment = {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "PGBOUNCER_RUN": str(tmp_path),
            "DB_PASSWORD_FILE": str(tmp_path / "password"),
        }
        command = [DEPLOY / "pgbouncer-start"]
        done = subprocess.run(command, env=environment | more, capture_output=True, text=True, check=True)
        assert done.stdout == f"started with {tmp_path}/pgbouncer.ini\n"
        assert (tmp_path / "userlist.txt").stat().st_mode & 0o777 == 0o600
        return (tmp_path / "userlist.txt").read_text().splitlines(), (
            tmp_path / "pgbouncer.ini"
        ).read_text().splitlines()

    return start


def test_pgbouncer_is_told_its_password_by_file_and_its_size_by_the_environment(started, tmp_path):
    users, said = started(DB_HOST="db.example.org", POOL_SIZE="35")
    assert users == ['"scheduler" "with ""quotes"""']  # nobody may look or pause
    server = "host=db.example.org port=5432 dbname=scheduler"
    limits = "SET statement_timeout = 30000; SET lock_timeout = 15000; SET idle_in_transaction_session_timeout = 60000"
    assert said[:3] == [
        "[databases]",
        f"scheduler = {server} connect_query='{limits}'",
        f"scheduler_workers = {server} pool_size=8 reserve_pool=0",
    ]
    assert said.count("[pgbouncer]") == 1
    assert {f"%include {DEPLOY}/pgbouncer.ini", "default_pool_size = 35", "reserve_pool_size = 5"} <= set(said)


def test_whoever_looks_after_pgbouncer_has_a_password_of_their_own(started, tmp_path):
    users, _ = started(ADMIN_PASSWORD_FILE=str(tmp_path / "admin"))
    assert users == ['"scheduler" "with ""quotes"""', '"scheduler_admin" "another"', '"scheduler_stats" "another"']
