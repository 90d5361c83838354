"""What users are told, and the mail that tells them too. See `people.notices` and `people.mail_sending`."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """Something that a user is told, such as a change of their own schedule."""

    class Kind(models.TextChoices):
        SCHEDULE = "schedule", "my schedule changed"
        REQUEST = "request", "my leave is decided or changed"
        DECIDE = "decide", "something is to be decided"
        RESULT = "result", "what I had worked out is ready, or failed"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", db_index=False)
    program = models.ForeignKey("people.Program", on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SCHEDULE)
    subject = models.CharField(max_length=160)
    about = models.CharField(max_length=80, blank=True, help_text="Which days, in a few words; part of the heading.")
    lines = models.JSONField(default=list, blank=True, help_text="What changed, a sentence each.")
    url = models.CharField(max_length=200, help_text="The page of this site that shows it.")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_at = models.DateTimeField(null=True, blank=True, help_text="When it is to be mailed; empty: not by mail.")
    # A notice is in one message at most: what is in one never goes into another. RESTRICT, since a notice whose
    # message was deleted would be mailed once more.
    mailing = models.ForeignKey(
        "people.Mailing", on_delete=models.RESTRICT, null=True, blank=True, related_name="notices"
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            # A user's notices, newest first.
            models.Index(fields=["user", "-created_at"], name="notice_user"),
            # Every page: how many are unread.
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
            # Workers: whose notices are due to be mailed.
            models.Index(
                fields=["mail_at", "user"],
                name="notice_to_mail",
                condition=Q(mailing__isnull=True, mail_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.subject}"

    @property
    def heading(self) -> str:
        return f"{self.subject}: {self.about}" if self.about else self.subject


class Mailing(models.Model):
    """One message to one user, with the notices that refer to it."""

    class Status(models.TextChoices):
        WAITING = "waiting", "waiting to be sent"
        SENDING = "sending", "being sent"
        SENT = "sent", "sent"
        FAILED = "failed", "given up"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mailings")
    address = models.EmailField()
    # The same at every attempt, so that a mail program can tell a message that came twice by its Message-ID.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="When it is tried next.")
    # Whoever sends it has put this token here; one who finds another's does not say how it ended.
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="What the mail server said last.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            # Workers: what is to be sent, or was left in the middle.
            models.Index(fields=["due_at"], name="mailing_open", condition=Q(status__in=["waiting", "sending"])),
            # Admin: what was given up, newest first.
            models.Index(fields=["status", "-created_at"], name="mailing_status"),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk} to {self.address}"
