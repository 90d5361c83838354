"""The headers that keep pages from being misused, on all kinds of answers; and what cookies and settings say."""

import os
import subprocess
import sys
from typing import Any
from unittest.mock import Mock, patch

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory

from people.attempts import MOST, TOO_MANY, Limited
from people.models import User
from tests.factories import make_user

CSP = (
    "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; "
    "object-src 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PAGES = ALWAYS | {
    "Content-Security-Policy": CSP,
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("/sign-in/", 200), ("/", 302), ("/no/such/page", 404)])
def test_a_page_a_redirect_and_an_error(client: Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in PAGES} == PAGES
    assert len(answer.headers["X-Request-ID"]) == 32


def test_a_static_file(client: Client) -> None:
    answer = client.get("/static/css/base.css")
    assert (answer.status_code, bool(answer.getvalue())) == (200, True)
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS


@pytest.mark.django_db
def test_over_https(client: Client, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    make_user("ana")
    answer = client.post("/sign-in/", {"username": "ana", "password": "password"}, secure=True)
    assert answer.status_code == 302
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    for name in ("sessionid", "csrftoken"):
        cookie = answer.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")


def in_production(program: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "k9_nW2-" * 10,
        "HTTPS": "1",
        "ALLOWED_HOSTS": "schedule.example.org",
        "DJANGO_SETTINGS_MODULE": "scheduler_site.settings",
    }
    command = [sys.executable, *program.split()]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=django_settings.BASE_DIR)


def test_the_checks_for_production_find_nothing() -> None:
    done = in_production("manage.py check --deploy --fail-level WARNING")
    assert (done.returncode, done.stdout.partition(" (")[0]) == (0, "System check identified no issues"), done.stderr


def test_a_secret_is_read_from_a_file(tmp_path: Any) -> None:
    for name in ("SECRET_KEY", "DB_PASSWORD", "EMAIL_HOST_PASSWORD", "REDIS_URL"):
        (tmp_path / name).write_text(f"redis://{name}:1/0\n")
    files = {f"{path.name}_FILE": str(path) for path in tmp_path.iterdir()}
    program = tmp_path / "program.py"
    program.write_text(
        "import sys; sys.path.insert(0, '.')\n"
        "from scheduler_site import settings as s\n"
        "print(s.SECRET_KEY, s.DATABASES['default']['PASSWORD'], s.REDIS_URL)\n"
        "print(s.MAILERS['default']['OPTIONS']['password'])"
    )
    mail = {"EMAIL_HOST": "mail.example.org", "SITE_URL": "https://schedule.example.org", "DB": "postgresql"}
    environment = {"PATH": os.environ["PATH"]} | files | mail
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, env=environment, cwd=django_settings.BASE_DIR
    )
    assert done.stdout.split() == [
        f"redis://{name}:1/0" for name in ("SECRET_KEY", "DB_PASSWORD", "REDIS_URL", "EMAIL_HOST_PASSWORD")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/", "/admin/login/"])
def test_wrong_passwords_are_limited_by_account_and_address(client: Client, path: str) -> None:
    for name in ("ana", "bo"):
        make_user(name, User.Role.ADMIN)
    User.objects.update(is_staff=True)
    right = {"username": "ana", "password": "password"}
    for _ in range(MOST):
        assert TOO_MANY not in client.post(path, right | {"password": "wrong"}).content.decode()
    refused = client.post(path, right | {"username": " Ana "})
    assert TOO_MANY in refused.content.decode()
    assert client.post(path, right, REMOTE_ADDR="10.0.0.9").status_code == 302
    client.logout()
    assert client.post(path, {"username": "bo", "password": "password"}).status_code == 302


def test_of_wrong_passwords_at_once_no_more_are_looked_at_than_one_after_the_other(rf: RequestFactory) -> None:
    looked_at = 0

    def look(_form: Limited) -> None:
        """Before the first is found wrong, the others have come."""
        nonlocal looked_at
        looked_at += 1
        assert not attempt().is_valid()
        raise ValidationError("wrong")

    def attempt() -> Limited:
        return Limited(rf.post("/sign-in/"), data={"username": "ana", "password": "wrong"})

    with patch("django.contrib.auth.forms.AuthenticationForm.clean", look):
        assert not attempt().is_valid()
    assert looked_at == MOST


def test_nobody_is_refused_by_us_while_redis_is_away(rf: RequestFactory) -> None:
    form = Limited(rf.post("/sign-in/"), data={"username": "ana", "password": "wrong"})
    away = Mock(incr=Mock(return_value=None))  # as django-redis answers
    with patch("people.attempts.cache", away), patch("django.contrib.auth.forms.AuthenticationForm.clean"):
        assert [form.is_valid() for _ in range(MOST + 1)] == [True] * (MOST + 1)


@pytest.mark.django_db
def test_the_right_password_forgets_the_wrong_ones(client: Client) -> None:
    make_user("ana")
    right = {"username": "ana", "password": "password"}
    for _ in range(2):
        for _ in range(MOST - 1):
            client.post("/sign-in/", right | {"password": "wrong"})
        assert client.post("/sign-in/", right).status_code == 302
        client.logout()
