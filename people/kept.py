"""What was made of rows of the database, kept in the memory of the process for as long as the rows say the same.

The rows are read each time, which takes a tenth of what Django needs to make objects of them; they are the key, so that
nothing has to be told when it is out of date. Or a digest of what is there is (scheduling.services.digests). What is
kept is shared by threads: nothing in it may be changed.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class Kept[T]:
    """The `most` things that were asked for last. For keys that can be hashed; of others pass their repr()."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, T] = OrderedDict()
        self._turn = Lock()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for this key, the same object each time."""
        with self._turn:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()
        with self._turn:
            made = self._made.setdefault(key, made)
            self._drop()
        return made

    def find(self, key: Hashable) -> T | None:
        """What was put for this key, if it is still there."""
        with self._turn:
            if key not in self._made:
                return None
            self._made.move_to_end(key)
            return self._made[key]

    def put(self, key: Hashable, made: T) -> None:
        """Keep it, in place of what was there before."""
        with self._turn:
            self._made[key] = made
            self._made.move_to_end(key)
            self._drop()

    def _drop(self) -> None:
        while len(self._made) > self._most:
            self._made.popitem(last=False)

    def clear(self) -> None:
        """Forget everything, as a process that has just begun."""
        with self._turn:
            self._made.clear()
