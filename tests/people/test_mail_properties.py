"""In whatever order people are told, workers run, die, and the server fails: each notice is in exactly one message, and
that was taken by the server, as often as it had to be, or is reported as given up."""

from collections import Counter
from contextlib import suppress

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from people.mail_sending import LEASE, send_due
from people.models import Mailing, Notice, User
from people.notices import Word, tell_each
from tests.examples import of_the_database
from tests.factories import make_program, make_user
from tests.people.conftest import Clock
from tests.people.faulty import FaultyBackend, Killed

USERS = 3
CHOICES = [{}, {"schedule": "daily"}, {"schedule": "now", "decide": "now"}]
FAULTS = ["", "down", "refused", "killed before", "killed after", "hangs up"]
TWICE = {"killed after", "hangs up"}  # the server has it, and nobody knows

tells = st.tuples(st.just("tell"), st.integers(0, USERS - 1), st.sampled_from(Notice.Kind.values))
rounds = st.tuples(st.just("round"), st.sampled_from(FAULTS), st.just(""))
waits = st.tuples(st.just("wait"), st.sampled_from([1, 2, 7, 20 * 60]), st.just(""))
steps = st.lists(st.one_of(tells, rounds, waits), max_size=18)


@pytest.mark.django_db
@settings(max_examples=of_the_database(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_each_notice_is_mailed_once_or_reported(
    steps: list[tuple[str, object, str]], clock: Clock, mail: None, settings
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "tests.people.faulty.FaultyBackend"}}
    FaultyBackend.taken, FaultyBackend.fault = [], ""
    with transaction.atomic():
        play(steps, clock)
        transaction.set_rollback(True)


def play(steps: list[tuple[str, object, str]], clock: Clock) -> None:
    program, users = make_program(), []
    for number in range(USERS):
        user = make_user(f"u{number}")
        user.email, user.notice_choices = f"u{number}@example.org", CHOICES[number]
        user.save()
        users.append(user)
    unsure = 0
    for what, value, kind in steps:
        if what == "tell":
            tell_each([Word(users[int(str(value))], program, Notice.Kind(kind), "Subject", "/")])
        elif what == "wait":
            clock.passes(minutes=float(str(value)))
        else:
            unsure += work(str(value))
    for _ in range(8):  # all is well from here on
        work("")
        clock.passes(days=1, seconds=LEASE.total_seconds())
    check(unsure)


def work(fault: str) -> int:
    """One round of a worker; returns how many messages the server has taken without anybody's knowing."""
    before = len(FaultyBackend.taken)
    FaultyBackend.fault = fault
    with suppress(Killed):
        send_due()
    met, FaultyBackend.fault = not FaultyBackend.fault, ""
    return int(fault in TWICE and met and len(FaultyBackend.taken) > before)


def check(unsure: int) -> None:
    wanted = Notice.objects.filter(mail_at__isnull=False)
    assert not wanted.filter(mailing=None).exists()
    assert not Notice.objects.filter(mail_at=None, mailing__isnull=False).exists()
    for user in User.objects.all():  # as each has chosen; what is worked out is only listed
        assert not user.notices.filter(kind="result", mailing__isnull=False).exists()
        assert user.notices.filter(mailing__isnull=False).exclude(mailing__user=user).count() == 0
    states = Counter(Mailing.objects.values_list("status", flat=True))
    assert set(states) <= {Mailing.Status.SENT, Mailing.Status.FAILED}
    taken = Counter(FaultyBackend.taken)
    sent = {f"<{m.key}@schedule.example.org>" for m in Mailing.objects.filter(status=Mailing.Status.SENT)}
    assert sent <= set(taken)
    assert sum(taken.values()) - len(taken) <= unsure
