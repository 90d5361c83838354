"""A site that sends mail, and the time that a test sets."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

START = datetime(2026, 11, 3, 17, tzinfo=UTC)  # Tuesday 3 November, noon in New York


class Clock:
    """What time it is: it passes when a test says so."""

    def __init__(self) -> None:
        self.now = START

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@pytest.fixture
def mail(settings: Settings) -> None:
    """Mail is set up, and kept in `django.core.mail.outbox`."""
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    settings.SITE_URL = "https://schedule.example.org"
    settings.DEFAULT_FROM_EMAIL = "schedule@example.org"
