"""What a message says, and what it does not."""

from datetime import timedelta

import pytest
from django.core import mail as box
from django.core.mail import EmailMultiAlternatives
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from people.mail import WITHHELD, subject_of
from people.mail_sending import send_due
from people.models import Mailing, Notice, Program, User
from people.notices import Word, tell_each
from tests.factories import make_person, make_program, make_user
from tests.people.conftest import START, Clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail")]
Kind = Notice.Kind
TEXT = """\
Your schedule changed: Sat 7 Nov, night
- You work Ward A <b> on Sat 7 Nov, night.
- Reason: Sick call
Internal Medicine, Tue 3 Nov 2026, 12:00 EST
https://schedule.example.org/my/

--
All your notices: https://schedule.example.org/notices/
Choose what you get by mail: https://schedule.example.org/notices/choices/
"""


@pytest.fixture
def ana() -> User:
    user = make_user("ana")
    user.first_name, user.last_name, user.email = "Ana", "Okafor", "ana@example.org"
    user.save()
    return user


@pytest.fixture
def program() -> Program:
    return make_program()


def word(user: User, program: Program, **values: object) -> Word:
    given = {"kind": Kind.SCHEDULE, "subject": "Your schedule changed", "url": "/my/", **values}
    return Word(user=user, program=program, **given)  # type: ignore[arg-type]


def test_a_change_of_ones_own_schedule(ana: User, program: Program, clock: Clock) -> None:
    lines = ["You work Ward A <b> on Sat 7 Nov, night.", "Reason: Sick call"]
    tell_each([word(ana, program, about="Sat 7 Nov, night", lines=lines)])
    clock.passes(minutes=2)
    assert send_due() == 1
    (message,) = box.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.subject == "Your schedule changed: Sat 7 Nov, night"
    assert message.body == TEXT
    assert (message.to, message.from_email) == (["Ana Okafor <ana@example.org>"], "schedule@example.org")
    assert message.extra_headers == {
        "Message-ID": f"<{Mailing.objects.get().key}@schedule.example.org>",
        "List-Unsubscribe": "<https://schedule.example.org/notices/choices/>",
        "Auto-Submitted": "auto-generated",
    }
    html, kind = str(message.alternatives[0][0]), message.alternatives[0][1]
    assert kind == "text/html"
    assert '<h2><a href="https://schedule.example.org/my/">Your schedule changed: Sat 7 Nov, night</a></h2>' in html
    assert "<li>You work Ward A &lt;b&gt; on Sat 7 Nov, night.</li><li>Reason: Sick call</li>" in html


def test_what_is_asked_of_somebody_else_stays_on_the_site(ana: User, program: Program, clock: Clock) -> None:
    ana.notice_choices = {"decide": "now"}
    lines = ["Medical, Thu 5 Nov.", "Reason: surgery"]
    tell_each([word(ana, program, kind=Kind.DECIDE, subject="Bo asks for leave", lines=lines)])
    clock.passes(minutes=2)
    send_due()
    (message,) = box.outbox
    whole = message.message().as_string()
    assert message.subject == "Bo asks for leave"
    assert f"- {WITHHELD}" in message.body
    assert ("edical" in whole, "surgery" in whole) == (False, False)
    assert Notice.objects.get().lines == lines


def test_several_within_two_minutes_go_together(ana: User, program: Program, clock: Clock) -> None:
    other = make_program("Surgery", time_zone="America/Los_Angeles")
    tell_each([word(ana, program, about="Sat 7 Nov, night", lines=["One."])])
    clock.passes(seconds=119)
    tell_each([word(ana, other, about="Sun 8 Nov, day", lines=["Two."])])
    clock.passes(seconds=1)
    assert (send_due(), send_due()) == (1, 0)
    (message,) = box.outbox
    assert message.subject == "Your schedule changed: Sat 7 Nov, night, and 1 more"
    first, second = message.body.index("- One.\nInternal Medicine, "), message.body.index("- Two.\nSurgery, ")
    assert first < second
    assert "Surgery, Tue 3 Nov 2026, 09:01 PST" in message.body


def test_the_worker_is_asked_for_it_when_the_two_minutes_are_over(ana: User, program: Program, clock: Clock) -> None:
    tell_each([word(ana, program), word(make_user("bo"), program)])
    task = OxTask.objects.get()
    assert (task.task_path, task.queue_name) == ("people.tasks.send_notices", "mail")
    assert task.run_after == START + timedelta(minutes=2)
    clock.passes(minutes=2)
    assert [result.status for result in run_tasks(queues=["mail"])] == ["SUCCESSFUL"]
    assert [message.to for message in box.outbox] == [["Ana Okafor <ana@example.org>"]]  # bo has no address


def test_a_daily_message_waits_for_the_morning(ana: User, program: Program, clock: Clock) -> None:
    ana.notice_choices = {"schedule": "daily"}
    tell_each([word(ana, program, lines=["One."])])
    clock.passes(hours=5)
    tell_each([word(ana, program, lines=["Two."])])
    assert not OxTask.objects.exists()
    clock.passes(hours=13, minutes=59)
    assert send_due() == 0
    clock.passes(minutes=1)
    assert send_due() == 1
    assert box.outbox[0].subject == "Your schedule changed, and 1 more"


def test_an_urgent_message_does_not_take_the_daily_one_along(ana: User, program: Program, clock: Clock) -> None:
    ana.notice_choices = {"schedule": "daily"}
    tell_each([word(ana, program, lines=["Far."]), word(ana, program, lines=["Near."], soonest=START.date())])
    clock.passes(minutes=2)
    assert send_due() == 1
    assert ("Near." in box.outbox[0].body, "Far." in box.outbox[0].body) == (True, False)


def test_the_address_of_the_person_serves_where_the_account_has_none(program: Program, clock: Clock) -> None:
    bo = make_user("bo")
    make_person(program, "Bo", user=bo, email="bo@example.org")
    tell_each([word(bo, program)])
    clock.passes(minutes=2)
    send_due()
    assert box.outbox[0].to == ["bo <bo@example.org>"]


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}, {"notice_choices": {"mail": False}}])
def test_who_has_left_or_wants_no_mail_meanwhile_gets_none(
    ana: User, program: Program, clock: Clock, change: dict[str, object]
) -> None:
    tell_each([word(ana, program)])
    User.objects.filter(pk=ana.pk).update(**change)
    clock.passes(minutes=2)
    assert send_due() == 0
    User.objects.filter(pk=ana.pk).update(is_active=True, email="ana@example.org", notice_choices={})
    assert send_due() == 0  # old news is not sent later
    assert not Mailing.objects.exists()
    assert Notice.objects.count() == 1


def notice(subject: str, about: str = "") -> Notice:
    return Notice(subject=subject, about=about)


def test_subjects() -> None:
    assert subject_of([notice("Your leave is denied")]) == "Your leave is denied"
    assert subject_of([notice("A"), notice("B"), notice("A")]) == "3 notices: A; B"
    assert subject_of([notice("Bo\r\nBcc: all@example.org asks")]) == "Bo Bcc: all@example.org asks"
    assert subject_of([notice("x" * 160)]) == "x" * 149 + "…"
