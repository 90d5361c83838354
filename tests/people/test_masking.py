"""Our masking of CSRF tokens against Django's reading of them."""

from collections import Counter

import pytest
from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS, _unmask_cipher_token, get_token  # type: ignore[attr-defined]
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from people.masking import csrf, masked, token

SECRETS = st.text(CSRF_ALLOWED_CHARS, min_size=32, max_size=32)


@given(SECRETS)
def test_django_reads_the_secret_out_of_it(secret: str) -> None:
    first, second = masked(secret), masked(secret)
    assert [_unmask_cipher_token(each) for each in (first, second)] == [secret, secret]
    assert len(first) == 64
    assert first != second


def test_all_characters_are_equally_likely() -> None:
    """Of 32,000, some 516 each; seven times the usual deviation either way, which chance exceeds once in 10^10."""
    counts = Counter("".join(masked("a" * 32)[:32] for _ in range(1000)))
    assert set(counts) == set(CSRF_ALLOWED_CHARS)
    assert all(357 <= count <= 675 for count in counts.values())


def test_it_is_made_when_it_is_looked_at() -> None:
    request = HttpRequest()
    request.META["CSRF_COOKIE"] = "s" * 32
    lazy = csrf(request)["csrf_token"]
    assert "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
    assert str(lazy) == str(lazy)
    assert _unmask_cipher_token(str(lazy)) == "s" * 32
    assert request.META["CSRF_COOKIE_NEEDS_UPDATE"] is True


def test_without_a_secret_django_makes_one() -> None:
    request = HttpRequest()
    given = token(request)
    assert _unmask_cipher_token(given) == request.META["CSRF_COOKIE"]
    assert _unmask_cipher_token(get_token(request)) == _unmask_cipher_token(token(request))


@pytest.mark.django_db
def test_pages_carry_it() -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/")
    page = client.get("/sign-in/")
    shown = str(page.context["csrf_token"])
    assert f'value="{shown}"' in page.content.decode()
    assert _unmask_cipher_token(shown) == client.cookies["csrftoken"].value
    assert client.post("/sign-in/", {"csrfmiddlewaretoken": "b" * 64}).status_code == 403
    assert client.post("/sign-in/", {"csrfmiddlewaretoken": shown}).status_code == 200
