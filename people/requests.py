from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from people.models import User


def signed_in_user(request: HttpRequest) -> User:
    """The user of a request that LoginRequiredMiddleware let through."""
    assert isinstance(request.user, User)
    return request.user


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
