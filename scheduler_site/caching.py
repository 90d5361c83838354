"""The cache of pages: what a marked view (`people.pages.cached_page`) has rendered is kept, each page for its user.

The key is all that a page depends on: see `_key`. What changes has another key, so nothing is ever invalidated, and
the ETag, made of the key, is answered by 304 without the page being looked up. Views are called where anything is out
of the ordinary: messages to show, no CSRF cookie yet, somebody who does not belong to the program.

Kept pages are packed once, with a name of random length in the header, as Django's GZipMiddleware does. The CSRF token
in a kept page is masked once for all its readings, which gives a BREACH attack nothing: each guess is another address,
so another key, so a page of its own with another mask and another length; the same guess has the same answer.
"""

import gzip
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils import timezone

from people.counting import Result, count_page
from people.pages import KEPT, Keeping, Reading, reading
from people.release import release
from scheduler_site.page_state import State, read_account, read_state

# Which part of a page is asked for: an address may have a fragment beside the whole.
PARTS = ("HTTP_HX_REQUEST", "HTTP_HX_TARGET", "HTTP_HX_BOOSTED", "HTTP_HX_HISTORY_RESTORE_REQUEST")
VARY = "Accept-Encoding, Cookie, HX-Request, HX-Target, HX-Boosted, HX-History-Restore-Request"
LEVEL = 1
PADDING = 100  # random bytes at most
# Not packed, whatever else: gzip;q=0
REFUSED = re.compile(r"\bgzip\s*;\s*q\s*=\s*0(\.0*)?\s*(,|$)", re.IGNORECASE).search

# Packed, and the headers that the view gave it.
type Page = tuple[bytes, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The page that a request is after, where it may be kept: its key, and the CSRF secret that its forms carry."""

    key: str
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        """What lets the browser keep the page, and has it ask each time whether it is still the same."""
        return {"ETag": f'W/"{self.key}"', "Cache-Control": "private, no-cache", "Vary": VARY}


class PageCache:
    """The middleware. Below Django's authentication, whose query for the user it makes along with its own; above what
    asks for the user, and above that of messages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if settings.DEBUG:
            raise MiddlewareNotUsed("Templates change under the site of somebody who develops it.")
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        wanted: Wanted | None = request.__dict__.get("_page_wanted")
        return response if wanted is None else _keep(request, response, wanted)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Sequence[Any], arguments: Mapping[str, Any]
    ) -> HttpResponse | None:
        """The page, or that the browser has it; None to call the view."""
        keeping: Keeping | None = getattr(view, "keeping", None)
        if keeping is None or request.method not in {"GET", "HEAD"}:
            if request.method == "POST" and "HTTP_HX_REQUEST" in request.META:
                _take_account(request)
            return None
        assert request.resolver_match is not None
        name = request.resolver_match.url_name or ""
        state = read_state(request.session, arguments.get("slug"), jobs=keeping.jobs)
        wanted = state and _wanted(request, keeping, state)
        result, response = _known(request, wanted) if wanted else ("bypass", None)
        count_page(name, result)
        if response is None and state is not None:
            request._cached_user = state.user()  # type: ignore[attr-defined]
            request._reading = Reading()  # type: ignore[attr-defined]
            request._page_wanted = wanted  # type: ignore[attr-defined]
        return response


def _take_account(request: HttpRequest) -> None:
    """What scripts send while somebody works in a grid is to be quick: no query for the session by itself."""
    user = read_account(request.session)
    if user is not None:
        request._cached_user = user  # type: ignore[attr-defined]


def _wanted(request: HttpRequest, keeping: Keeping, state: State) -> Wanted | None:
    """The page, if it may be kept."""
    secret = request.META.get("CSRF_COOKIE")
    has_messages = len(request._messages) > 0  # type: ignore[attr-defined]
    may_keep = state.belongs and not has_messages and not state.working
    return Wanted(_key(request, keeping, state), secret) if may_keep and secret else None


def _key(request: HttpRequest, keeping: Keeping, state: State) -> str:
    """A digest of all that the page depends on."""
    meta = request.META
    now = timezone.now()
    parts = (
        release(),
        request.path,
        sorted(request.GET.lists()) if meta.get("QUERY_STRING") else (),
        [meta.get(name) for name in PARTS],
        meta.get("HTTP_HOST"),
        meta["CSRF_COOKIE"],  # the page's forms carry it
        state.sees,
        state.written,
        state.asked,
        now.astimezone(ZoneInfo(state.zone)).toordinal(),
        _span(),
        int(now.timestamp() // 60) if keeping.clock == "minute" else None,
    )
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _span() -> int:
    """Which KEPT seconds these are: a browser keeps a page for longer."""
    return int(timezone.now().timestamp() // KEPT)


def _known(request: HttpRequest, wanted: Wanted) -> tuple[Result, HttpResponse | None]:
    """The answer without the view, if there is one."""
    had = request.META.get("HTTP_IF_NONE_MATCH", "")
    if wanted.key in had:
        return "not_modified", HttpResponseNotModified(headers=wanted.headers)
    page: Page | None = cache.get(f"page-{wanted.key}")
    if page is None:
        return "miss", None
    if had.strip() == "*":  # any there is, of which we know only here
        return "not_modified", HttpResponseNotModified(headers=wanted.headers)
    packed, headers = page
    response = HttpResponse(headers={**headers, **wanted.headers})
    _set_body(request, response, packed)
    return "hit", response


def _keep(request: HttpRequest, response: HttpResponseBase, wanted: Wanted) -> HttpResponseBase:
    """Keep what the view has rendered, unless it is for this once only."""
    found = reading(request)
    if (
        not isinstance(response, HttpResponse)
        or response.status_code != HTTPStatus.OK
        or request.method != "GET"
        or found is None
        or not found.keep
        or response.cookies
        or response.has_header("Cache-Control")
        or response.has_header("Vary")
        or response.has_header("Content-Encoding")
        or request.session.modified
        or request.META.get("CSRF_COOKIE") != wanted.secret
        or request._messages.used  # type: ignore[attr-defined]
        or request._messages.added_new  # type: ignore[attr-defined]
    ):
        return response
    packed = pack(response.content)
    page: Page = packed, dict(response.items())
    cache.set(f"page-{wanted.key}", page, KEPT)
    _set_body(request, response, packed)
    for name, value in wanted.headers.items():
        response.headers[name] = value
    return response


def pack(content: bytes) -> bytes:
    """The content, compressed; its length says little about it."""
    name = "a" * secrets.randbelow(PADDING)
    packed = BytesIO()
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=packed, mtime=0) as file:
        file.write(content)
    return packed.getvalue()


def _set_body(request: HttpRequest, response: HttpResponse, packed: bytes) -> None:
    """The body, packed for those who take it so."""
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    if "gzip" in accepted and not REFUSED(accepted):
        response.content = packed
        response.headers["Content-Encoding"] = "gzip"
    elif not response.content:
        response.content = gzip.decompress(packed)
