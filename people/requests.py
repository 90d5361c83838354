from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from people.models import User


def signed_in_user(request: HttpRequest) -> User:
    """The user of a request that LoginRequiredMiddleware let through."""
    user = request.user
    assert isinstance(user, User)
    if isinstance(user, SimpleLazyObject):  # which makes each look at an attribute several times as long
        user = request.user = user._wrapped
    return user


def back(request: HttpRequest) -> str:
    """The page of this site that the form's `next` names; blank where it names none."""
    there = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return there if safe and there.startswith(("/", "?")) else ""


def changes(page: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view that changes something, so by POST only.

    Whoever comes by GET, as after signing in anew in the middle of it, lands on the page (a URL name that takes the
    same arguments) where they can ask for the change again.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def post_only(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if request.method != "POST":
                return redirect(resolve_url(page, **arguments))
            return view(request, **arguments)

        return post_only

    return decorate


def reads(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that shows something and takes nothing in: whoever sends it a form is told that nothing was changed."""

    @wraps(view)
    def read_only(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return _only_read(request)
        return view(request, **arguments)

    return read_only


def _only_read(request: HttpRequest) -> HttpResponse:
    response = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
    response.headers["Allow"] = "GET, HEAD"
    return response
