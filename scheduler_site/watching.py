"""A look at something that may hang, so that whoever asks does not."""

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue


class Watched[T]:
    """What `look` gives, at most `fresh` seconds old; None where it has not given anything within `patience` seconds.

    It looks in a thread of its own, one at a time: probes that come often cost one look, and one that hangs is not
    joined by others. The thread stays, and with it what `look` keeps for its next time: a connection to the database
    takes longer to make than all that is asked by it. `look` raises nothing.
    """

    def __init__(self, look: Callable[[], T], *, fresh: float = 2.0, patience: float = 2.0) -> None:
        self._look = look
        self._fresh = fresh
        self._patience = patience
        self._lock = threading.Lock()
        self._seen: tuple[float, T] | None = None
        self._done: threading.Event | None = None
        self._asked: SimpleQueue[threading.Event] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def get(self) -> T | None:
        value = self._current()
        if value is not None:
            return value
        self.start().wait(self._patience)
        return self._current()

    def start(self) -> threading.Event:
        """Have it looked at, unless somebody does already; the event is set at the end."""
        with self._lock:
            if self._done is None:
                self._done = threading.Event()
                self._asked.put(self._done)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="look", daemon=True)
                self._thread.start()
            return self._done

    def forget(self) -> None:
        """The next one to ask has it looked at anew."""
        self._seen = None

    def _current(self) -> T | None:
        seen = self._seen
        return seen[1] if seen is not None and time.monotonic() - seen[0] < self._fresh else None

    def _run(self) -> None:
        while True:
            done = self._asked.get()
            try:
                value = self._look()
                self._seen = (time.monotonic(), value)
            finally:
                with self._lock:
                    self._done = None
                done.set()
