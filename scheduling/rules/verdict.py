"""What the rules engine answers: verdicts, each a rule that is broken, in numbers and in a sentence."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Force(StrEnum):
    """How binding a rule is."""

    MUST = "must"  # breaking it is a violation
    SHOULD = "should"  # breaking it is an advisory
    OFF = "off"  # not checked


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule broken (or, for a "should", not heeded).

    `clause` and `old_clause` are the numbers in the 2025 and the earlier editions, None for a program's own
    rules. `person` is the id of the person, None where the rule is about a team (supervision). `measured` and
    `limit` are in `unit`. `duties` are the keys of the duties that make it, in order of time. `sentence` says
    it as a chief would.
    """

    rule: str
    title: str
    clause: str | None
    old_clause: str | None
    label: str
    force: Force
    person: Hashable | None
    first: date
    last: date
    measured: float
    limit: float
    unit: str
    duties: tuple[Hashable, ...]
    sentence: str

    @property
    def is_violation(self) -> bool:
        """True for a broken "must", False for an advisory."""
        return self.force is Force.MUST


def date_span(first: date, last: date) -> str:
    """Dates as people write them: "8 Nov", "8 to 14 Nov", "28 Oct to 3 Nov", years only where they differ."""
    if first == last:
        return f"{first.day} {first:%b}"
    if first.year != last.year:
        return f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}"
    if first.month != last.month:
        return f"{first.day} {first:%b} to {last.day} {last:%b}"
    return f"{first.day} to {last.day} {last:%b}"


def number(value: float) -> str:
    """A measured value with one decimal at most, and none where it is whole."""
    return f"{value:.1f}".removesuffix(".0")


def hours(minutes: int) -> str:
    """A duration in words: "7 h", "7 h 30 min", "20 min"."""
    whole, rest = divmod(minutes, 60)
    if not rest:
        return f"{whole} h"
    return f"{whole} h {rest} min" if whole else f"{rest} min"


def count(amount: int, what: str) -> str:
    """An amount with its noun: "1 day", "3 days"."""
    return f"{amount} {what}" if amount == 1 else f"{amount} {what}s"
