"""From a system of groups to a conflict in it."""

import time
from collections.abc import Callable, Iterable, Sequence

from scheduling.solver.conflict.irreducible import irreducible
from scheduling.solver.conflict.problem import Conflict, Group, Undecided
from scheduling.solver.conflict.system import System
from scheduling.solver.progress import ShouldStop

CHECK_SECONDS = 3.0  # at most, for one question while a set is made smaller

type Rank = Callable[[Group], tuple[int | str, ...]]


class Search:
    """The search in one system, until `time_limit` seconds have gone by."""

    def __init__(self, system: System, rank: Rank, time_limit: float, should_stop: ShouldStop | None) -> None:
        self.system, self.rank, self.should_stop = system, rank, should_stop
        self.started = time.monotonic()
        self.time_limit = time_limit
        self.known: dict[frozenset[Group], bool | None] = {}

    def run(self) -> Conflict | None:
        """A conflict, None if everything can hold. Raises `Undecided`."""
        found = self.system.suspects(seconds=self.left(), should_stop=self.should_stop)
        if found is None:
            raise Undecided
        if not found:
            can_hold = self.system.can_hold(
                self.system.groups.keys(), seconds=self.left(), should_stop=self.should_stop
            )
            if can_hold is None:
                raise Undecided
            if can_hold:
                return None
        return self._smaller(self._contradicting(found))

    def left(self) -> float:
        """Seconds left; 0 after a stop."""
        if self.should_stop is not None and self.should_stop():
            return 0.0
        return self.time_limit - (time.monotonic() - self.started)

    def ask(self, groups: Iterable[Group]) -> bool | None:
        """Whether these can hold, None where that is not found out."""
        chosen = frozenset(groups)
        if chosen not in self.known:
            seconds = min(CHECK_SECONDS, self.left())
            ordered = [group for group in self.system.groups if group in chosen]
            self.known[chosen] = self.system.can_hold(ordered, seconds=seconds, should_stop=self.should_stop)
        return self.known[chosen]

    def _contradicting(self, suspects: list[Group]) -> list[Group]:
        """The suspects, with as many of those around them as make a proven contradiction."""
        chosen = set(suspects)
        while chosen and len(chosen) < len(self.system.groups):
            if self.ask(chosen) is False:
                return list(chosen)
            around = self._around(chosen)
            if around <= chosen:
                break
            chosen |= around
        return list(self.system.groups)

    def _around(self, chosen: set[Group]) -> set[Group]:
        """The groups that share a variable with these."""
        used = {variable for group in chosen for row in self.system.groups[group] for variable in row.terms}
        return {
            group for group, rows in self.system.groups.items() if any(not used.isdisjoint(row.terms) for row in rows)
        }

    def _smaller(self, groups: list[Group]) -> Conflict:
        ordered = sorted(groups, key=self.rank)
        found = irreducible(ordered, lambda chosen: self.ask(chosen) is not False)
        proven = all(self.ask(_without(found, group)) for group in found)
        return Conflict(tuple(sorted(found, key=self.rank)), proven, time.monotonic() - self.started)


def _without(groups: Sequence[Group], group: Group) -> list[Group]:
    return [each for each in groups if each != group]
