"""How reading pages are kept: what their views say of themselves.

`scheduler_site.caching` does it. Here, at the bottom, because views of all parts say it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest

KEPT = 600  # seconds: how long what was written behind the services' backs (manage.py shell) may go unseen

type Clock = Literal["day", "minute"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a page may be kept: by which clock it changes, and whether it shows what workers have to do."""

    clock: Clock
    jobs: bool


def cached_page[V: Callable[..., Any]](clock: Clock = "day", *, jobs: bool = False) -> Callable[[V], V]:
    """Say that a view only reads, and may be kept for its user until something of its program changes.

    It has to show nothing but: what is its program's (of the `slug` in its address, else that its user is a person
    of); accounts; the user's unread notices, counted; and the time, to the day or to the minute. With `jobs` also
    generations and inquiries: while one is under way the page is made anew each time.
    """

    def mark(view: V) -> V:
        view.keeping = Keeping(clock, jobs)  # type: ignore[attr-defined]
        return view

    return mark


@dataclass(slots=True)
class Reading:
    """What the request of a marked view knows of itself."""

    keep: bool = True


def reading(request: HttpRequest) -> Reading | None:
    """That of this request; None where the view is not marked, or something else than read."""
    found: Reading | None = getattr(request, "_reading", None)
    return found


def do_not_keep(request: HttpRequest) -> None:
    """The page shows something unsettled, such as what its reader's browser will ask for in a moment."""
    if found := reading(request):
        found.keep = False
