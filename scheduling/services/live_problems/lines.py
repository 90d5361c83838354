"""What a problem is: one sentence that a chief would say, with its days and the cell that it is about."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

type KindId = Literal["leave", "broken", "unstaffed", "outside", "advisory", "unbalanced", "owed", "overridden"]
type Severity = Literal["must", "missing", "should"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: what its group is called, and how grave it is."""

    id: KindId
    title: str
    severity: Severity
    mark: str


# In the order in which they are listed: the gravest first.
KINDS: tuple[Kind, ...] = (
    Kind("leave", "Works on approved leave", "must", "✕"),
    Kind("broken", "Rules broken", "must", "✕"),
    Kind("unstaffed", "Unstaffed", "missing", "▼"),
    Kind("outside", "Outside the plan", "should", "△"),
    Kind("advisory", "Advisory", "should", "△"),
    Kind("unbalanced", "Unbalanced", "should", "△"),
    Kind("owed", "Owed", "should", "△"),
    Kind("overridden", "Overridden, with a reason", "should", "△"),
)
KIND_OF: Mapping[str, Kind] = {kind.id: kind for kind in KINDS}
RANK_OF: Mapping[str, int] = {kind.id: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Problem:
    """One line.

    `rule` names the rule and its clause, or is blank; `reason` is why it stands nevertheless. `first` and `last` are
    its days. The cell that it is about is that of `person` on the day `at`, or in the `period` of this number where it
    is about the plan; without a person it is that day or period, for everybody. `block` is what is short: rotation and
    shift type by code.
    """

    kind: KindId
    sentence: str
    first: date
    last: date
    at: date
    rule: str = ""
    reason: str = ""
    person: int | None = None
    period: int | None = None
    block: tuple[str, str] | None = None

    def touches(self, first: date, last: date) -> bool:
        """Whether any of its days is one of these."""
        return self.first <= last and self.last >= first


@dataclass(frozen=True)
class Problems:
    """All problems of a schedule, the gravest first, then by date.

    `token` is another one each time they are worked out, and the same as often as they are looked up; else blank.
    """

    lines: tuple[Problem, ...] = field(default=())
    token: str = field(default="", compare=False)

    @classmethod
    def of(cls, found: Iterable[Problem], token: str = "") -> "Problems":
        lines = sorted(found, key=lambda each: (RANK_OF[each.kind], each.first, each.last, each.sentence))
        return cls(tuple(lines), token)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many there are of each kind."""
        return Counter(each.kind for each in self.lines)

    @cached_property
    def severities(self) -> Mapping[str, int]:
        """How many musts are broken, how much is missing, and how many shoulds: what the strip says."""
        found: Counter[str] = Counter()
        for kind, count in self.counts.items():
            if kind != "overridden":  # somebody has decided
                found[KIND_OF[kind].severity] += count
        return found

    def of_kind(self, kind: str) -> tuple[Problem, ...]:
        return tuple(each for each in self.lines if each.kind == kind)

    def between(self, first: date, last: date) -> "Problems":
        """Those that touch one of these days."""
        return Problems(tuple(each for each in self.lines if each.touches(first, last)))

    @property
    def remain(self) -> tuple[Problem, ...]:
        """What stands in the way of publishing: broken musts and what is unstaffed."""
        return tuple(each for each in self.lines if KIND_OF[each.kind].severity != "should")
