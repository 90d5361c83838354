"""What was made of rows of the database, kept in the memory of the process for as long as the rows say the same.

The rows are read each time, which takes a tenth of what Django needs to make objects of them; they are the key, so that
nothing has to be told when it is out of date. Or a digest of what is there is (scheduling.services.digests). What is
kept is shared by threads: nothing in it may be changed.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from itertools import count
from threading import Lock


class Kept[T]:
    """The `most` things that were asked for last. For keys that can be hashed; of others pass their repr().

    Keys are whole rows, which take longer to hash than to look up: one that is there is hashed once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[Hashable, tuple[int, T]] = {}  # with its number
        self._order: OrderedDict[int, Hashable] = OrderedDict()  # keys, in the order of asking
        self._numbers = count()
        self._turn = Lock()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for this key, the same object each time."""
        with self._turn:
            found = self._find(key)
        if found is None:
            made = make()
            with self._turn:
                found = self._find(key) or self._add(key, made)
        return found[1]

    def find(self, key: Hashable) -> T | None:
        """What was put for this key, if it is still there."""
        with self._turn:
            found = self._find(key)
        return None if found is None else found[1]

    def put(self, key: Hashable, made: T) -> None:
        """Keep it, in place of what was there before."""
        with self._turn:
            self._add(key, made)

    def clear(self) -> None:
        """Forget everything, as a process that has just begun."""
        with self._turn:
            self._made.clear()
            self._order.clear()

    def _find(self, key: Hashable) -> tuple[int, T] | None:
        found = self._made.get(key)
        if found is not None:
            self._order.move_to_end(found[0])
        return found

    def _add(self, key: Hashable, made: T) -> tuple[int, T]:
        before = self._made.get(key)
        if before is not None:
            del self._order[before[0]]
        added = self._made[key] = (next(self._numbers), made)
        self._order[added[0]] = key
        while len(self._order) > self._most:
            del self._made[self._order.popitem(last=False)[1]]
        return added
