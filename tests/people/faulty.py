"""A mailer with faults to order."""

import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Killed(BaseException):
    """As if the worker were killed."""


class FaultyBackend(BaseEmailBackend):
    """What it took is in `taken`, by Message-ID; `fault` is what it does with the next message, once."""

    taken: list[str] = []
    fault = ""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        fault, FaultyBackend.fault = FaultyBackend.fault, ""
        if fault == "down":
            raise ConnectionRefusedError("down")
        if fault == "refused":
            raise smtplib.SMTPRecipientsRefused({"": (550, b"no such user")})
        if fault == "killed before":
            raise Killed
        self.taken += [message.extra_headers["Message-ID"] for message in email_messages]
        if fault == "killed after":
            raise Killed
        if fault == "hangs up":
            raise smtplib.SMTPServerDisconnected("gone")
        return len(email_messages)
