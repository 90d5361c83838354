"""Waiting for what comes by itself."""

import time
from collections.abc import Callable

SOON = 60  # seconds; on a busy machine what takes one takes ten


def until[T](find: Callable[[], T | None], *, within: float = SOON) -> T:
    """What `find` gives once it gives something true. Fails if that does not come."""
    deadline = time.monotonic() + within
    while True:
        found = find()
        if found:
            return found
        assert time.monotonic() < deadline, f"nothing came within {within} s"
        time.sleep(0.05)
