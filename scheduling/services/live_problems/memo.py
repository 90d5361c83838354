"""What was worked out once and holds as long as all it was worked out from is the same, which a digest says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from hashlib import blake2b
from typing import Any

from scheduling.services.live_problems.lines import Problem

type Noted = tuple[str, tuple[Problem, ...]]  # the digest, and the problems found
# By what was looked at: a person's key, a supervised rotation, a month, a person's plan.
type Memo = Mapping[int | str, Noted]


@dataclass(frozen=True, slots=True)
class Found:
    """Problems, with the memo to work them out by next time."""

    memo: Memo

    @property
    def problems(self) -> list[Problem]:
        return [problem for _, problems in self.memo.values() for problem in problems]


def digest(*parts: object) -> str:
    """The same for the same parts, in every process: they are plain data."""
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def plain(value: Any) -> Any:
    """Dataclasses and sets as lists, whose order is the same in every process: for digests."""
    if isinstance(value, Mapping):
        return [(plain(key), plain(each)) for key, each in value.items()]
    if isinstance(value, frozenset | set):
        return sorted(map(repr, map(plain, value)))
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if is_dataclass(value):
        return [type(value).__name__, *(plain(getattr(value, each.name)) for each in fields(value))]
    return value


def remembered(memo: Memo, key: int | str, now: str, work_out: Callable[[], Iterable[Problem]]) -> Noted:
    """What the memo has under this key if it is of the digest `now`; else worked out."""
    known = memo.get(key)
    return known if known is not None and known[0] == now else (now, tuple(work_out()))
