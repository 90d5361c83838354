"""From a system of groups to a conflict in it."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from scheduling.solver.conflict.irreducible import filtered, irreducible
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
        self.holding: list[frozenset[Group]] = []
        self.contradicting: list[frozenset[Group]] = []

    def run(self) -> Conflict | None:
        """A conflict, None if everything can hold. Raises `Undecided`."""
        # HiGHS tells in a moment whether everything can hold; the relaxation, which names suspects, takes longer.
        can_hold = self.system.can_hold(self.system.groups, seconds=self.left(), should_stop=self.should_stop)
        if can_hold is None:
            raise Undecided
        if can_hold:
            return None
        suspects = self.system.suspects(seconds=self.left(), should_stop=self.should_stop)
        if self.left() <= 0:
            raise Undecided
        few = bool(suspects) and self.ask(suspects) is False
        return self._smaller(suspects if few else self._contradicting(suspects), few=few)

    def left(self) -> float:
        """Seconds left; 0 after a stop."""
        if self.should_stop is not None and self.should_stop():
            return 0.0
        return self.time_limit - (time.monotonic() - self.started)

    def ask(self, groups: Iterable[Group]) -> bool | None:
        """Whether these can hold, None where that is not found out. Fewer than hold do, more than do not do not."""
        chosen = frozenset(groups)
        if any(chosen <= known for known in self.holding):
            return True
        if any(known <= chosen for known in self.contradicting):
            return False
        ordered = [group for group in self.system.groups if group in chosen]
        seconds = min(CHECK_SECONDS, self.left())
        answer = self.system.can_hold(ordered, seconds=seconds, should_stop=self.should_stop)
        if answer is not None:
            (self.holding if answer else self.contradicting).append(chosen)
        return answer

    def _contradicting(self, suspects: list[Group]) -> list[Group]:
        """Groups that are proven to contradict each other: what is asked for of one person, or in one period or on one
        day; the suspects with those around them; or else all there are."""
        for part in (*self._parts(), self._around(set(suspects))):
            if self.ask(part) is False:
                return list(part)
        return list(self.system.groups)

    def _parts(self) -> list[set[Group]]:
        parts: dict[tuple[object, ...], set[Group]] = defaultdict(set)
        for group in self.system.groups:
            parts["person", group.person].add(group)
            parts["place", group.periods, group.days].add(group)
        return list(parts.values())

    def _around(self, chosen: set[Group]) -> set[Group]:
        """The groups that share a variable with these."""
        used = {variable for group in chosen for row in self.system.groups[group] for variable in row.terms}
        return {
            group for group, rows in self.system.groups.items() if any(not used.isdisjoint(row.terms) for row in rows)
        }

    def _smaller(self, groups: list[Group], *, few: bool) -> Conflict:
        ordered = sorted(groups, key=self.rank)
        smaller = filtered if few else irreducible
        found = smaller(ordered, lambda chosen: self.ask(chosen) is not False)
        proven = all(self.ask(_without(found, group)) for group in found)
        return Conflict(tuple(found), proven, time.monotonic() - self.started)


def _without(groups: Sequence[Group], group: Group) -> list[Group]:
    return [each for each in groups if each != group]
