"""A limit on wrong passwords, for sites that no proxy guards.

By account and address: whoever guesses one account's password is slowed down, while neither the account's owner, who
signs in from elsewhere, nor a hospital behind one address is locked out. Counted in the cache, so without Redis each
process counts by itself. While Redis is away, and for the few seconds in which this process does not ask it again
(redis_cache.PAUSE), nothing is counted and nobody is refused here: the proxy's limit (nginx.conf: twenty posts, then
one in two seconds from an address) holds all the time, and is the only one then.
"""

from contextlib import suppress
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

MOST = 10
MINUTES = 15
TOO_MANY = (
    f"This user name was tried with {MOST} wrong passwords from where you are. Wait {MINUTES} minutes and try again, "
    "or have a new password set."
)


class Limited(AuthenticationForm):
    """A sign-in form that takes MOST wrong passwords in MINUTES for an account from an address."""

    def clean(self) -> dict[str, Any]:
        if not {"username", "password"} <= self.cleaned_data.keys():
            return super().clean()
        key = _key(self.request, str(self.cleaned_data["username"]))
        if _count(key) > MOST:
            raise ValidationError(TOO_MANY, code="too_many")
        cleaned = super().clean()
        cache.delete(key)
        return cleaned


def _count(key: str) -> int:
    """Which attempt this is. Counted before the password is looked at: of many at once no more are let through than one
    after the other. 0 while Redis is away."""
    cache.add(key, 0, MINUTES * 60)
    with suppress(ValueError):  # it ran out just now
        return cache.incr(key) or 0
    return 0


class AdminSignInForm(Limited, AdminAuthenticationForm):
    """The same for the administration."""


def _key(request: HttpRequest | None, username: str) -> str:
    told = f"{username.strip().lower()} {address(request) if request else ''}"
    return f"attempts:{blake2b(told.encode(), digest_size=16).hexdigest()}"


def address(request: HttpRequest) -> str:
    """Where a request comes from: behind a proxy, what the proxy itself has added to the list."""
    if settings.SECURE_PROXY_SSL_HEADER:
        added = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        if added:
            return added
    return str(request.META.get("REMOTE_ADDR", ""))
