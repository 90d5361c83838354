"""A mailer that sends, and then, the first time, does not come back. A dead worker's messages are taken up at once."""

import os
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from people import mail_sending

mail_sending.LEASE = timedelta(seconds=1)


class SlowBackend(EmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = super().send_messages(email_messages)
        begun = Path(os.environ["WORKER_BEGUN"])
        if not begun.exists():
            begun.touch()
            time.sleep(120)
        return sent or 0
