"""Requests as a server hands them to the site: by WSGI, with cookies, through all middleware."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.pages_site import HOST

if TYPE_CHECKING:  # models are there once Django is set up
    from people.models import User

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, by the cookies of a browser."""

    application: Application
    cookies: str
    token: str

    def environ(self, address: str, body: bytes | None = None, **headers: str) -> dict[str, Any]:
        """A GET, or a POST of this body; made before the clock starts, since a server makes it in C."""
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET" if body is None else "POST",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": HOST,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": HOST,
            "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_COOKIE": self.cookies,
            "HTTP_ACCEPT": "text/html",
            "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
            "HTTP_USER_AGENT": "Mozilla/5.0",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body or b""),
            **headers,
        }
        if body is not None:
            environ |= {
                "CONTENT_LENGTH": str(len(body)),
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "HTTP_ORIGIN": f"https://{HOST}",
                "HTTP_X_CSRFTOKEN": self.token,
            }
        return environ

    def visit(self, environ: dict[str, Any]) -> Answer:
        """The whole answer; the request is over for Django as well."""
        started: list[Any] = []
        parts = self.application(environ, lambda status, headers, *_: started.extend((status, headers)))
        body = b"".join(parts)
        close = getattr(parts, "close", None)
        if close is not None:
            close()
        status, headers = started
        return Answer(int(status[:3]), {name.lower(): value for name, value in headers}, body)


@dataclass(slots=True)
class Sessions:
    """Signs people in."""

    application: Application
    _made: dict[int, Visitor] = field(default_factory=dict)

    def of(self, user: "User") -> Visitor:
        """The same visitor each time."""
        if user.pk not in self._made:
            self._made[user.pk] = self._sign_in(user)
        return self._made[user.pk]

    def _sign_in(self, user: "User") -> Visitor:
        from importlib import import_module

        from django.conf import settings
        from django.contrib.auth import login
        from django.http import HttpRequest
        from django.middleware.csrf import get_token

        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        login(request, user, "django.contrib.auth.backends.ModelBackend")
        request.session.save()
        get_token(request)
        token = request.META["CSRF_COOKIE"]
        cookies = f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}; {settings.CSRF_COOKIE_NAME}={token}"
        return Visitor(self.application, cookies, token)


def stranger(application: Application) -> Visitor:
    """Somebody without cookies."""
    return Visitor(application, "", "")
