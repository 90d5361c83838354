"""Send what is to be mailed. For workers; any number of them may do so at once, and any may be killed.

Notices of one user that are due go into one message (a Mailing), in the transaction that marks them as taken: so no
notice is ever in two. A message is claimed before it is sent and marked after. A worker that is killed between these
two leaves it claimed; after LEASE another one sends it, maybe a second time, with the same Message-ID. Nothing can do
better: whether the mail server had it is not known.
"""

import logging
import smtplib
import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.mail import mailers
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from people.mail import address_of, message_of
from people.models import Mailing, Notice, User, record
from people.notice_choices import GATHER, sends_mail, wants_mail
from people.notices import TASK

logger = logging.getLogger(__name__)

Status = Mailing.Status
LEASE = timedelta(minutes=5)  # sending takes seconds, and at worst a few timeouts of the mail server
# After each attempt that failed, how long until the next; after the last it is given up.
BACKOFF = [timedelta(minutes=minutes) for minutes in (5, 15, 60, 4 * 60, 12 * 60)]
MOST_ATTEMPTS = len(BACKOFF) + 1
LONGEST_ERROR = 500
CUT_SHORT = "The worker was stopped in the middle of every attempt."
# What the server says against this message; anything else is trouble with the server, which concerns all of them.
ABOUT_THE_MESSAGE = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError, ValueError)
FINAL = 500  # SMTP replies from here on: trying again changes nothing


def send_due() -> int:
    """Send everything that is due, as far as the mail server takes it; returns how many messages it took."""
    if not sends_mail():  # any more: what was to be mailed waits
        return 0
    gather()
    sent = 0
    while (mailing := claim()) is not None:
        try:
            mailers.default.send_messages([message_of(mailing)])
        except (OSError, ValueError) as error:  # all of smtplib's errors are OSErrors
            put_off(mailing, error)
            if not isinstance(error, ABOUT_THE_MESSAGE):
                break  # the others wait for the next round, and lose no attempt of theirs
        else:
            sent += mark_sent(mailing)
    return sent


def gather() -> None:
    """Put the notices that are due into messages, one for each user."""
    due = Notice.objects.filter(mailing__isnull=True, mail_at__lte=timezone.now())
    for user in due.order_by("user").values_list("user", flat=True).distinct():
        _gather_of(user)


def _gather_of(user_pk: int) -> None:
    """One message of what is due, and of what would be within minutes. No message where the user wants none."""
    with transaction.atomic():
        now = timezone.now()
        rows = Notice.objects.filter(user=user_pk, mailing__isnull=True, mail_at__lte=now + GATHER)
        # What another worker is gathering at this moment is passed over. SQLite has one writer at a time anyway.
        held = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True))
        if not any(notice.mail_at is not None and notice.mail_at <= now for notice in held):
            return
        mine = Notice.objects.filter(pk__in=[notice.pk for notice in held])
        user = User.objects.select_related("person").get(pk=user_pk)
        address = address_of(user)
        if not (address and user.is_active and wants_mail(user)):
            mine.update(mail_at=None)
            return
        mine.update(mailing=Mailing.objects.create(user=user, address=address, due_at=now))


def claim() -> Mailing | None:
    """Take the next message that is due, or that its worker has left in the middle; None where there is none."""
    with transaction.atomic():
        now = timezone.now()
        open_ = Q(status=Status.WAITING, due_at__lte=now) | Q(status=Status.SENDING, claimed_at__lt=now - LEASE)
        rows = Mailing.objects.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related("user")
        while (mailing := rows.filter(open_).order_by("due_at", "pk").first()) is not None:
            if mailing.attempts >= MOST_ATTEMPTS:
                _give_up(mailing, CUT_SHORT)
                continue
            mailing.status, mailing.claim, mailing.claimed_at = Status.SENDING, uuid.uuid4(), now
            mailing.attempts += 1
            mailing.save(update_fields=["status", "claim", "claimed_at", "attempts"])
            return mailing
    return None


def mark_sent(mailing: Mailing) -> int:
    """Write down that the mail server has it; 0 where it was somebody else's by now."""
    return _mine(mailing).update(status=Status.SENT, sent_at=timezone.now(), claim=None, error="")


def put_off(mailing: Mailing, error: Exception) -> None:
    """Write down that it was not sent, and when it is tried again, if it is."""
    words = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    if mailing.attempts >= MOST_ATTEMPTS or is_final(error):
        _give_up(mailing, words)
        return
    due_at = timezone.now() + BACKOFF[mailing.attempts - 1]
    logger.warning("%s was not sent, and is tried again from %s on: %s", mailing, f"{due_at:%H:%M %Z}", words)
    _mine(mailing).update(status=Status.WAITING, due_at=due_at, claim=None, error=words)


def is_final(error: Exception) -> bool:
    """Whether the same message would be refused again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= FINAL for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= FINAL
    return isinstance(error, ValueError)  # an address that is none


def send_again(*, mailing: Mailing, user: User | None) -> None:
    """Have a message that was given up tried anew. Raises ValidationError for any other."""
    with transaction.atomic():
        given_up = Mailing.objects.filter(pk=mailing.pk, status=Status.FAILED)
        if not given_up.update(status=Status.WAITING, attempts=0, due_at=timezone.now()):
            raise ValidationError(f"{mailing} was not given up: there is nothing to send again.")
        record(user=user, action="message sent again", target=mailing, program=None, changes={"to": mailing.address})
        import_string(TASK).enqueue()


def _mine(mailing: Mailing) -> QuerySet[Mailing]:
    return Mailing.objects.filter(pk=mailing.pk, claim=mailing.claim, status=Status.SENDING)


def _give_up(mailing: Mailing, words: str) -> None:
    logger.error("%s is given up after %d attempts: %s", mailing, mailing.attempts, words)
    _mine(mailing).update(status=Status.FAILED, claim=None, error=words)
