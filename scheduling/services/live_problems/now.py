"""The problems of a schedule, worked out once for each state of what they depend on."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Any

from django.core.cache import cache

from people.kept import Kept
from people.once import once
from people.release import release
from scheduling.models import Schedule
from scheduling.services.live_problems import broken, ground, memo
from scheduling.services.live_problems.balance import unbalanced
from scheduling.services.live_problems.ground import Ground, ground_of, known, read_roster
from scheduling.services.live_problems.label import Label, ground_stamp, label_of
from scheduling.services.live_problems.lines import Problem, Problems
from scheduling.services.live_problems.memo import Memo, remembered
from scheduling.services.live_problems.placed import owed, unplaced
from scheduling.services.live_problems.planned import plan_broken
from scheduling.services.live_problems.staffed import blocks_unstaffed, periods_unstaffed
from scheduling.services.live_problems.turns import turns_of

KEPT = 14 * 24 * 3600  # seconds
FIELDS = tuple(Problem.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class _State:
    """What a schedule's problems depend on. `ground` is blank where only the label says it."""

    label: Label
    ground: str

    @property
    def stamp(self) -> str:
        return f"{self.label[0]} {self.ground}" if self.ground else repr(self.label)


@dataclass(frozen=True, slots=True)
class _Noted:
    """What is known of a schedule's problems without looking them up. The lines are cached apart, by the token."""

    label: Label
    stamp: str
    token: str
    severities: Mapping[str, int]


def problems_of(schedule: Schedule) -> Problems:
    """All problems of a schedule as it is in the database, whatever its status.

    Taken from the cache if they were worked out for this state (1 query, or 2 where something was written since that no
    problem depends on). Else the roster is read, and only those people, months and teams are judged for whom something
    has changed since this process last looked (4 queries while all but the roster is the same; 52 else, whatever the
    size). Of several who ask at once one works it out. Not for use within a transaction that has written: what is
    rolled back would stay in the cache. Raises ValidationError where the program's rule settings are wrong.
    """
    noted, state = _look(schedule)
    found = None if noted is None else _lines(schedule, noted)
    if found is not None:
        return found
    state = state or _State(label_of(schedule), ground_stamp(schedule))
    return once(
        _key(f"turn-{state.stamp}", schedule.pk), lambda: _found(schedule, state), lambda: _make(schedule, state)
    )


def known_severities(schedule: Schedule) -> Mapping[str, int] | None:
    """How many problems of each severity there are, if that is known without working it out (1 query, or 2)."""
    noted, _ = _look(schedule)
    return None if noted is None else noted.severities


def _look(schedule: Schedule) -> tuple[_Noted | None, _State | None]:
    """What is known of the schedule as it is; and the state, where that had to be found out."""
    label = label_of(schedule)
    noted: _Noted | None = cache.get(_key("noted", schedule.pk))
    if noted is not None and noted.label == label:
        return noted, None
    state = _State(label, ground_stamp(schedule))
    if noted is None or noted.stamp != state.stamp:
        return None, state
    noted = _Noted(label, noted.stamp, noted.token, noted.severities)
    cache.set(_key("noted", schedule.pk), noted, KEPT)  # until the next one writes something else
    return noted, state


def _found(schedule: Schedule, state: _State) -> Problems | None:
    """What somebody else has worked out meanwhile."""
    noted: _Noted | None = cache.get(_key("noted", schedule.pk))
    return _lines(schedule, noted) if noted is not None and noted.stamp == state.stamp else None


_lists: Kept[Problems] = Kept(64)


def _lines(schedule: Schedule, noted: _Noted) -> Problems | None:
    """The list itself: of this process's memory or of the cache."""
    if (kept := _lists.find(noted.token)) is not None:
        return kept
    held: tuple[str, list[tuple[Any, ...]]] | None = cache.get(_key("all", schedule.pk))
    if held is None or held[0] != noted.token:
        return None
    return _lists.of(noted.token, lambda: Problems(tuple(Problem(*line) for line in held[1]), noted.token))


def _make(schedule: Schedule, state: _State) -> Problems:
    on, is_certain = ground_of(schedule, state.ground)
    problems = Problems.of(_all(schedule, on), secrets.token_hex(8))
    if state.ground and not is_certain:  # somebody is setting up just now: this is right, but of no known state
        return problems
    lines = list(map(attrgetter(*FIELDS), problems.lines))  # tuples take a fifth of the time to be packed
    noted = _Noted(state.label, state.stamp, problems.token, dict(problems.severities))
    cache.set(_key("all", schedule.pk), (problems.token, lines), KEPT)
    cache.set(_key("noted", schedule.pk), noted, KEPT)
    return _lists.of(problems.token, lambda: problems)


def _all(schedule: Schedule, on: Ground) -> Iterator[Problem]:
    turns = turns_of(on, read_roster(schedule))
    asked = chain(
        broken.judged(on, turns),
        known(on, "plan", lambda: list(plan_broken(on))),
        blocks_unstaffed(on, turns),
    )
    yield from remembered(
        asked, lambda: _memo(schedule), lambda found: cache.set(_key("memo", schedule.pk), found, KEPT)
    )
    yield from known(on, "periods", lambda: list(_of_ground(on)))
    for mine in turns.values():
        yield from mine.outside
    yield from unbalanced(on, turns)


def _of_ground(on: Ground) -> Iterator[Problem]:
    """What the roster says nothing of."""
    yield from periods_unstaffed(on)
    yield from unplaced(on.year)
    yield from owed(on.year)


def _memo(schedule: Schedule) -> Memo:
    """What was judged in this schedule, and in the one that it is a copy of."""
    keys = [_key("memo", schedule.pk), _key("memo", schedule.based_on_id or 0)]
    held = cache.get_many(keys)
    return {digest: problems for key in keys for digest, problems in held.get(key, {}).items()}


def forget() -> None:
    """What the memory of this process has, as if it had just begun: for tests."""
    memo.forget()
    ground.forget()
    _lists.clear()


def _key(what: str, schedule: int) -> str:
    """Of this release alone: other code has other rules and other words for them."""
    return f"problems-{release()}-{what}-{schedule}"
