"""Mail is set up by the environment, or there is none."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend
from django_ox.schedules import schedules_from_options

from scheduler_site import settings as site

VARIABLES = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "HOST_PASSWORD_FILE", "USE_TLS", "USE_SSL")


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in an installation, before anything about mail is set."""
    for name in VARIABLES:
        monkeypatch.delenv(f"EMAIL_{name}", raising=False)
    monkeypatch.setattr(site, "DEBUG", False)
    monkeypatch.setattr(site, "SITE_URL", "https://schedule.example.org")


def test_without_a_server_there_is_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    assert site.mailers() == {}
    monkeypatch.setattr(site, "DEBUG", True)
    assert site.mailers() == {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}


def test_a_server(monkeypatch: pytest.MonkeyPatch, settings, tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush\n")
    monkeypatch.setenv("EMAIL_HOST", "mail.example.org")
    monkeypatch.setenv("EMAIL_HOST_USER", "scheduler")
    monkeypatch.setenv("EMAIL_HOST_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("EMAIL_USE_TLS", "1")
    settings.MAILERS = site.mailers()
    mailer = mailers.default
    assert isinstance(mailer, EmailBackend)
    assert (mailer.host, mailer.port, mailer.username, mailer.password) == (
        "mail.example.org",
        587,
        "scheduler",
        "hush",
    )
    assert (mailer.use_tls, mailer.use_ssl, mailer.timeout) == (True, False, 15)
    monkeypatch.setenv("EMAIL_PORT", "2525")
    assert site.mailers()["default"]["OPTIONS"]["port"] == 2525


@pytest.mark.parametrize("address", ["", "schedule.example.org", "ftp://schedule.example.org", "https://"])
def test_a_server_needs_the_address_of_the_site(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("EMAIL_HOST", "mail.example.org")
    monkeypatch.setattr(site, "SITE_URL", address)
    with pytest.raises(ImproperlyConfigured, match=r"^Set SITE_URL, such as https://schedule\.example\.org: mail has"):
        site.mailers()


def test_the_rounds_go_to_the_worker_for_mail_and_what_all_need_to_one_that_is_always_there() -> None:
    rounds = schedules_from_options({"SCHEDULES": site.ROUNDS | site.MAIL_ROUNDS}, "default")
    queues = {each.task.module_path: each.task.queue_name for each in rounds}
    assert queues["people.tasks.send_notices"] == "mail"
    assert queues["people.tasks.forget_finished_tasks"] == "default"
