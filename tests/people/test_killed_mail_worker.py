"""A real worker, killed with SIGKILL when the mail server has the message and nobody has written that down."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from people.models import Mailing, Notice
from people.notices import Word, tell_each
from people.tasks import send_notices
from tests.factories import make_program, make_user
from tests.people.smtp import mail_server

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def worker(port: int, begun: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py ox_worker` for mail, on the tests' database."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.people.worker_settings",
        "DB_NAME": str(connection.settings_dict["NAME"]),
        "WORKER_LOCK_TIMEOUT": "2",
        "WORKER_BEGUN": str(begun),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(port),
        "SITE_URL": "https://schedule.example.org",
    }
    command = [sys.executable, "manage.py", "ox_worker", "--queues", "mail", "--interval", "0.1", "-v0"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.1)


def test_another_worker_sends_it_under_the_same_id_and_the_rest_once(mail: None, tmp_path: Path) -> None:
    program = make_program()
    for name in ("ana", "bo"):
        user = make_user(name)
        user.email = f"{name}@example.org"
        user.save()
        tell_each([Word(user, program, Notice.Kind.SCHEDULE, "Your schedule changed", "/my/")])
    Notice.objects.update(mail_at=timezone.now() - timedelta(seconds=1))
    send_notices.enqueue()
    begun = tmp_path / "begun"
    with mail_server() as server:
        with worker(server.port, begun) as first:
            wait_for(begun.exists, "the first message")
            first.kill()
            first.wait()
        assert Mailing.objects.filter(status=Mailing.Status.SENDING).count() == 1
        with worker(server.port, begun):
            wait_for(lambda: Mailing.objects.filter(status=Mailing.Status.SENT).count() == 2, "the second attempt")
        ana, bo = (f"<{each.key}@schedule.example.org>" for each in Mailing.objects.order_by("address"))
        assert server.keys[0] == ana
        assert sorted(server.keys) == sorted([ana, ana, bo])
