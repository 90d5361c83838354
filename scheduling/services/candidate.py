"""Somebody who could take a block that another cannot work, and what that would do."""

from collections.abc import Sequence
from dataclasses import dataclass

from people.models import Person
from scheduling.rules import Verdict
from scheduling.services.backups import Turn
from scheduling.services.changes import Change
from scheduling.services.cover_ledger import balance_words

ALLOWED, ADVISORY, BREAKS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could take a block. `changes` are what it takes of their own; `blocked` why they cannot, if so.

    `over` is what they have worked beyond their fair share of what the block counts for, in its own measure.
    """

    person: Person
    level: str
    placed: str
    is_on_backup: bool
    changes: Sequence[Change]
    gives_up: Sequence[str]
    leaves_short: Sequence[str]
    blocked: Sequence[str]
    outside_plan: str
    brought: Sequence[Verdict]
    over: float
    fairness: str
    owed: int

    @property
    def verdict(self) -> int:
        """ALLOWED, ADVISORY, or BREAKS a must."""
        if self.blocked or any(verdict.is_violation for verdict in self.brought):
            return BREAKS
        return ADVISORY if self.brought or self.outside_plan else ALLOWED

    @property
    def broken(self) -> list[str]:
        """A sentence for each must that it breaks."""
        musts = [
            f"{verdict.clause or verdict.label}: {verdict.sentence}" for verdict in self.brought if verdict.is_violation
        ]
        return [*self.blocked, *musts]

    @property
    def advisories(self) -> list[str]:
        """A sentence for each should that it does not heed, and one where the program's plan has them elsewhere."""
        shoulds = [verdict.sentence for verdict in self.brought if not verdict.is_violation]
        return [self.outside_plan, *shoulds] if self.outside_plan else shoulds

    @property
    def queue(self) -> str:
        """What they owe, or are owed, in shifts."""
        return balance_words(self.owed) if self.owed else ""

    @property
    def token(self) -> str:
        """What they give up, as a form's field holds it: where that is not so any more, nothing is changed."""
        return " ".join(f"{each.date.isoformat()}|{each.shift}|{each.before}" for each in self.changes)

    @property
    def order(self) -> tuple[bool, int, int, float, int, str]:
        is_first = self.is_on_backup and self.verdict < BREAKS
        return not is_first, self.verdict, len(self.leaves_short), round(self.over, 6), self.owed, self.person.name


@dataclass(frozen=True, slots=True)
class Ranked:
    """A lost block with those who could take it. `short` is what staffing misses without anybody, `more` how many come
    after these and were not asked about."""

    turn: Turn
    short: Sequence[str]
    candidates: Sequence[Candidate]
    more: int = 0

    @property
    def able(self) -> list[Candidate]:
        """Those who break no must."""
        return [each for each in self.candidates if each.verdict < BREAKS]

    @property
    def unable(self) -> list[Candidate]:
        return [each for each in self.candidates if each.verdict == BREAKS]
