"""From a system of groups to a conflict in it."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from scheduling.solver.conflict.irreducible import filtered, irreducible
from scheduling.solver.conflict.problem import Conflict, Group, Undecided
from scheduling.solver.conflict.system import System
from scheduling.solver.progress import ShouldStop

SHARE = 0.3  # of the time, for everything at once at first, and for the relaxation
CHECK_SECONDS = 3.0  # at most, for one question while a set is made smaller

type Smaller = Callable[[Sequence[Group], Callable[[Sequence[Group]], bool]], list[Group]]
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
        """A conflict, None if everything can hold. Raises `Undecided`.

        HiGHS mostly tells in a moment whether everything can hold; the relaxation, which names suspects, takes longer.
        Where neither comes to an end in its share of the time, a part may be found to contradict itself.
        """
        can_hold = self._everything(SHARE)
        if can_hold:
            return None
        suspects = self.system.suspects(seconds=SHARE * self.time_limit, should_stop=self.should_stop)
        if suspects and self.ask(suspects) is False:
            return self._smaller(suspects, filtered)
        contradicting = self._contradicting(suspects)
        if contradicting is None and can_hold is None:
            can_hold = self._everything(1.0)
            if can_hold:
                return None
        if self.left() <= 0 or (contradicting is None and can_hold is None):
            raise Undecided
        return self._smaller(contradicting or list(self.system.groups), irreducible)

    def _everything(self, share: float) -> bool | None:
        seconds = min(self.left(), share * self.time_limit)
        return self.system.can_hold(self.system.groups, seconds=seconds, should_stop=self.should_stop)

    def left(self) -> float:
        """Seconds left; 0 after a stop."""
        return 0.0 if self.is_stopped() else self.time_limit - (time.monotonic() - self.started)

    def is_stopped(self) -> bool:
        return self.should_stop is not None and self.should_stop()

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

    def _contradicting(self, suspects: list[Group]) -> list[Group] | None:
        """Groups that are proven to contradict each other: what is asked for of one person, or in one period or on one
        day, or the suspects with those around them; None where none of these do."""
        for part in (*self._parts(), self._around(set(suspects))):
            if self.ask(part) is False:
                return list(part)
        return None

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

    def _smaller(self, groups: list[Group], smaller: Smaller) -> Conflict:
        found = smaller(sorted(groups, key=self.rank), lambda chosen: self.ask(chosen) is not False)
        proven = all(self.ask(_without(found, group)) for group in found)
        if self.is_stopped():
            raise Undecided
        return Conflict(tuple(found), proven, time.monotonic() - self.started)


def _without(groups: Sequence[Group], group: Group) -> list[Group]:
    return [each for each in groups if each != group]
