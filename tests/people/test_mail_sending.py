"""Each notice is mailed once, whatever the mail server and the workers do, or it is said that it was not."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django_ox.models import OxTask

from people import mail_sending
from people.mail_sending import BACKOFF, CUT_SHORT, LEASE, MOST_ATTEMPTS, send_again, send_due
from people.models import AuditLog, Mailing, Notice, Program, User
from people.notices import Word, tell_each
from tests.factories import make_program, make_user
from tests.people.conftest import START, Clock
from tests.people.smtp import MailServer, mail_server, mailer

Status = Mailing.Status


@pytest.fixture
def server(settings, mail: None) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.MAILERS = mailer(server.port)
        yield server


def told(*names: str, lines: int = 1) -> list[User]:
    """Users with an address, each told of a change."""
    program = Program.objects.first() or make_program()
    users = []
    for name in names:
        user = make_user(name)
        user.email = f"{name}@example.org"
        user.save()
        users.append(user)
    for number in range(lines):
        tell_each(Word(u, program, Notice.Kind.SCHEDULE, "Your schedule changed", "/my/", [f"{number}"]) for u in users)
    return users


def states() -> list[tuple[str, str, int]]:
    return list(Mailing.objects.order_by("address").values_list("address", "status", "attempts"))


@pytest.mark.django_db
def test_a_real_mail_server_gets_it_once(server: MailServer, clock: Clock) -> None:
    told("ana", "bo", lines=2)
    assert send_due() == 0
    clock.passes(minutes=2)
    assert (send_due(), send_due()) == (2, 0)
    assert [message["To"] for message in server.messages] == ["ana <ana@example.org>", "bo <bo@example.org>"]
    assert server.keys == [f"<{m.key}@schedule.example.org>" for m in Mailing.objects.order_by("pk")]
    assert states() == [("ana@example.org", Status.SENT, 1), ("bo@example.org", Status.SENT, 1)]
    assert set(Mailing.objects.values_list("sent_at", flat=True)) == {START + timedelta(minutes=2)}
    assert not Notice.objects.filter(mailing=None).exists()


@pytest.mark.django_db
def test_while_the_server_is_down_it_is_tried_again_later(settings, mail: None, clock: Clock, caplog) -> None:
    with mail_server() as gone:
        port = gone.port
    settings.MAILERS = mailer(port)
    told("ana", "bo")
    clock.passes(minutes=2)
    with caplog.at_level(logging.WARNING, logger="people"):
        assert send_due() == 0
    # Nobody is asked twice in one round whether the server is there, so bo's message has lost no attempt.
    assert states() == [("ana@example.org", Status.WAITING, 1), ("bo@example.org", Status.WAITING, 0)]
    ana = Mailing.objects.get(attempts=1)
    assert ana.error == "ConnectionRefusedError: [Errno 111] Connection refused"
    assert ana.due_at == START + timedelta(minutes=7)
    assert caplog.messages == [
        f"Message {ana.pk} to ana@example.org was not sent, and is tried again from 17:07 UTC on: {ana.error}"
    ]
    with mail_server(port) as back:
        assert send_due() == 1
        assert [message["To"] for message in back.messages] == ["bo <bo@example.org>"]
        clock.passes(minutes=5)
        assert send_due() == 1
        assert back.keys[1] == f"<{ana.key}@schedule.example.org>"
    assert states() == [("ana@example.org", Status.SENT, 2), ("bo@example.org", Status.SENT, 1)]
    ana.refresh_from_db()
    assert ana.error == ""


@pytest.mark.django_db
def test_after_the_last_attempt_it_is_given_up_and_can_be_sent_again(settings, mail, clock: Clock, caplog) -> None:
    with mail_server() as gone:
        settings.MAILERS = mailer(gone.port)
    told("ana")
    clock.passes(minutes=2)
    for wait in BACKOFF:
        send_due()
        assert states()[0][1] == Status.WAITING
        clock.passes(seconds=wait.total_seconds() - 1)
        assert send_due() == 0
        clock.passes(seconds=1)
    with caplog.at_level(logging.ERROR, logger="people"):
        send_due()
    mailing = Mailing.objects.get()
    assert (mailing.status, mailing.attempts) == (Status.FAILED, MOST_ATTEMPTS)
    refused = "ConnectionRefusedError: [Errno 111] Connection refused"
    assert caplog.messages[-1] == f"{mailing} is given up after 6 attempts: {refused}"
    clock.passes(days=9)
    assert send_due() == 0
    admin = make_user("admin", User.Role.ADMIN)
    send_again(mailing=mailing, user=admin)
    assert AuditLog.objects.get(action="message sent again").changes == {"to": "ana@example.org"}
    assert OxTask.objects.filter(run_after=None, queue_name="mail").count() == 1
    with mail_server() as server:
        settings.MAILERS = mailer(server.port)
        assert send_due() == 1
        assert server.keys == [f"<{mailing.key}@schedule.example.org>"]
    with pytest.raises(ValidationError, match="was not given up: there is nothing to send again"):
        send_again(mailing=mailing, user=admin)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "status", "due"),
    [("550 no such user", Status.FAILED, 2), ("450 later", Status.WAITING, 7)],
)
def test_one_recipient_who_is_refused_does_not_keep_the_others(
    server: MailServer, clock: Clock, answer: str, status: str, due: int
) -> None:
    told("ana", "bo")
    clock.passes(minutes=2)
    server.refuses = answer
    send_due()
    assert states() == [("ana@example.org", status, 1), ("bo@example.org", status, 1)]
    assert {each.due_at for each in Mailing.objects.all()} == {START + timedelta(minutes=due)}
    assert answer.split()[0] in Mailing.objects.all()[0].error


@pytest.mark.django_db
def test_content_that_is_refused_is_given_up(server: MailServer, clock: Clock) -> None:
    told("ana")
    clock.passes(minutes=2)
    server.refuses_content = "554 spam"
    assert send_due() == 0
    assert states() == [("ana@example.org", Status.FAILED, 1)]


@pytest.mark.django_db
def test_an_address_that_is_none_is_given_up(server: MailServer, clock: Clock) -> None:
    (ana,) = told("ana")
    User.objects.filter(pk=ana.pk).update(email="ana at home")
    clock.passes(minutes=2)
    assert send_due() == 0
    assert states() == [("ana at home", Status.FAILED, 1)]


@pytest.mark.django_db
def test_a_server_that_hangs_up_after_taking_it_gets_it_again_under_the_same_id(
    server: MailServer, clock: Clock
) -> None:
    told("ana")
    clock.passes(minutes=2)
    server.hangs_up = True
    assert send_due() == 0
    server.hangs_up = False
    clock.passes(minutes=5)
    assert send_due() == 1
    assert len(server.keys) == 2
    assert len(set(server.keys)) == 1


class Killed(BaseException):
    """As if the worker were killed."""


def kill(*_: object) -> None:
    raise Killed


@pytest.mark.django_db
def test_killed_between_sending_and_saying_so(server: MailServer, clock: Clock, monkeypatch) -> None:
    told("ana", "bo")
    clock.passes(minutes=2)
    with monkeypatch.context() as patch:
        patch.setattr(mail_sending, "mark_sent", kill)
        with pytest.raises(Killed):
            send_due()
    assert states() == [("ana@example.org", Status.SENDING, 1), ("bo@example.org", Status.WAITING, 0)]
    assert send_due() == 1  # the next worker sends the rest, and lets be what the other may be sending
    clock.passes(seconds=LEASE.total_seconds())
    assert send_due() == 0
    clock.passes(seconds=1)
    assert send_due() == 1
    ana, bo = (f"<{each.key}@schedule.example.org>" for each in Mailing.objects.order_by("address"))
    assert server.keys == [ana, bo, ana]
    assert states() == [("ana@example.org", Status.SENT, 2), ("bo@example.org", Status.SENT, 1)]


@pytest.mark.django_db
def test_a_worker_that_was_taken_for_dead_does_not_say_how_it_ended(server: MailServer, clock: Clock) -> None:
    told("ana")
    clock.passes(minutes=2)
    mail_sending.gather()
    first = mail_sending.claim()
    clock.passes(seconds=LEASE.total_seconds() + 1)
    second = mail_sending.claim()
    assert first
    assert second
    mail_sending.put_off(first, ValueError("late"))
    assert mail_sending.mark_sent(first) == 0
    assert states() == [("ana@example.org", Status.SENDING, 2)]
    assert mail_sending.mark_sent(second) == 1


@pytest.mark.django_db
def test_killed_at_every_attempt_it_is_given_up(server: MailServer, clock: Clock, monkeypatch) -> None:
    told("ana")
    clock.passes(minutes=2)
    with monkeypatch.context() as patch:
        patch.setattr(mail_sending, "message_of", kill)
        for _ in range(MOST_ATTEMPTS):
            with pytest.raises(Killed):
                send_due()
            clock.passes(seconds=LEASE.total_seconds() + 1)
    assert send_due() == 0
    assert (states(), Mailing.objects.get().error) == ([("ana@example.org", Status.FAILED, 6)], CUT_SHORT)


@pytest.mark.django_db
def test_where_mail_is_switched_off_again_it_waits(server: MailServer, settings, clock: Clock) -> None:
    told("ana")
    clock.passes(minutes=2)
    configured, settings.MAILERS = settings.MAILERS, {}
    assert send_due() == 0
    settings.MAILERS = configured
    assert send_due() == 1


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_once(server: MailServer, clock: Clock) -> None:
    told(*(f"u{number}" for number in range(12)), lines=3)
    clock.passes(minutes=2)
    start, sent = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        try:
            sent.append(send_due())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(sent), sum(sent)) == (4, 12)
    assert sorted(message["To"] for message in server.messages) == sorted(f"u{n} <u{n}@example.org>" for n in range(12))
    assert [(status, attempts) for _, status, attempts in states()] == [(Status.SENT, 1)] * 12
    assert {mailing.notices.count() for mailing in Mailing.objects.all()} == {3}
