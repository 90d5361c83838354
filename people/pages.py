"""How reading pages are kept: what their views say of themselves, and the pieces that many see alike.

`scheduler_site.caching` does it. Here, at the bottom, because views of all parts say it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.core.cache import cache
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
    """What the request of a marked view knows of itself. `stamp` stands for all that its program has written."""

    stamp: str
    keep: bool = True


def reading(request: HttpRequest) -> Reading | None:
    """That of this request; None where the view is not marked, or something else than read."""
    found: Reading | None = getattr(request, "_reading", None)
    return found


def do_not_keep(request: HttpRequest) -> None:
    """The page shows something unsettled, such as what its reader's browser will ask for in a moment."""
    if found := reading(request):
        found.keep = False


def shared[T](request: HttpRequest, name: str, decides: tuple[object, ...], make: Callable[[], T]) -> T:
    """A piece of a page that all who may see it see alike, made once for each state of the program.

    `decides` is all that its content depends on beside what the program has written: the day, filters, whether its
    cells can be changed. It is pickled. Where the request is not that of a marked view it is made.
    """
    found = reading(request)
    if found is None:
        return make()
    digest = hashlib.blake2b(repr((found.stamp, name, decides)).encode(), digest_size=16).hexdigest()
    key = f"shared-{digest}"
    kept: T | None = cache.get(key)
    if kept is None:
        kept = make()
        cache.set(key, kept, KEPT)
    return kept
