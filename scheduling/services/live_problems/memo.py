"""What was worked out once and holds as long as all it was worked out from is the same, which a digest says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from scheduling.services.live_problems.lines import Problem

type Noted = tuple[str, tuple[Problem, ...]]  # the digest, and the problems found
# By what was looked at: a person's key, a supervised rotation's code, a month.
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


def remembered(memo: Memo, key: int | str, now: str, work_out: Callable[[], Iterable[Problem]]) -> Noted:
    """What the memo has under this key if it is of the digest `now`; else worked out."""
    known = memo.get(key)
    return known if known is not None and known[0] == now else (now, tuple(work_out()))
