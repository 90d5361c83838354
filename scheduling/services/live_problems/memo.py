"""What was worked out once and holds as long as all it was worked out from is the same, which a digest says.

Two places remember it: the memory of this process, by the digest alone; and the cache, a memo for each schedule, for
processes that begin and for copies. Since an edit changes a few things, and to read a memo takes longer than to work
these out, it is read and written only where much is asked for that this process does not know.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from hashlib import blake2b
from typing import Any

from people.kept import Kept
from scheduling.services.live_problems.lines import Problem

MANY = 8
MOST = 8192  # people, months, plans: few of them have more than ten problems

type Memo = Mapping[str, tuple[Problem, ...]]  # by digest
type WorkOut = Callable[[], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: what there is to say of somebody, a team, a month, whose digest is this."""

    digest: str
    work_out: WorkOut


_known: Kept[tuple[Problem, ...]] = Kept(MOST)


def remembered(asked: Iterable[Asked], read: Callable[[], Memo], write: Callable[[Memo], None]) -> list[Problem]:
    """All problems that are asked for. What was not known is looked for in the memo, else worked out."""
    wanted = list(asked)
    missing = [each for each in wanted if _known.find(each.digest) is None]
    many = len(missing) > MANY
    memo = read() if many else {}
    found: dict[str, tuple[Problem, ...]] = {}
    for each in wanted:
        found[each.digest] = _known.of(each.digest, partial(_look, memo, each))
    if many and not found.keys() <= memo.keys():
        write(found)
    return [problem for problems in found.values() for problem in problems]


def _look(memo: Memo, asked: Asked) -> tuple[Problem, ...]:
    known = memo.get(asked.digest)
    return tuple(asked.work_out()) if known is None else known


def forget() -> None:
    """All that this process knows, as after it began: for tests."""
    _known.clear()


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
