"""What several ask for at once is made by one of them; the others wait for it.

First among the threads of this process, then among processes, by an entry of the cache that runs out: whoever makes it
may have died. Nobody waits for longer than WAIT, and nobody at all where the cache is gone: then each makes their own.
"""

import time
from collections.abc import Callable
from hashlib import blake2b
from secrets import token_hex
from threading import Lock
from weakref import WeakValueDictionary

from django.core.cache import cache

WAIT, STEP = 3.0, 0.02  # seconds
HELD = 10  # seconds: the longest that it should take


class _Turn:
    """One thing's: held while it is looked for or made in this process."""

    def __init__(self) -> None:
        self.lock = Lock()


_turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()
_all = Lock()


def once[T](name: str, look: Callable[[], T | None], make: Callable[[], T]) -> T:
    """What `look` finds; else what `make` makes, which has to put it where `look` finds it."""
    with _all:
        turn = _turns.setdefault(name, _Turn())
    is_ours = turn.lock.acquire(timeout=WAIT)
    try:
        return _among_processes(f"once-{blake2b(name.encode(), digest_size=16).hexdigest()}", look, make)
    finally:
        if is_ours:
            turn.lock.release()


def _among_processes[T](key: str, look: Callable[[], T | None], make: Callable[[], T]) -> T:
    token, until = token_hex(8), time.monotonic() + WAIT
    while not cache.add(key, token, HELD):
        holder = cache.get(key)
        if (found := look()) is not None:
            return found
        if holder is None or time.monotonic() > until:  # it has just gone, or the cache has
            return make()
        time.sleep(STEP)
    try:
        found = look()
        return make() if found is None else found
    finally:
        if cache.get(key) == token:
            cache.delete(key)
