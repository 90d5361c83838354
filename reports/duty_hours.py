"""What the duty-hour rules say of a schedule as it is in the database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache

from reports.roster import Roster
from scheduling.rules.verdict import Verdict
from scheduling.services.checking import check
from scheduling.services.facts import Facts

KEPT = 60 * 60  # seconds


@dataclass(frozen=True, slots=True)
class Broken:
    """One must that is broken, in words, with its clause or whose rule it is."""

    sentence: str
    label: str


@dataclass(frozen=True, slots=True)
class DutyHours:
    """`checked`: residents with any work. `advisories` are counted by rule: its title, its label, how often."""

    checked: int
    musts: Sequence[Broken]
    advisories: Sequence[tuple[str, str, int]]

    @property
    def number_of_advisories(self) -> int:
        return sum(number for _, _, number in self.advisories)


def duty_hours(facts: Facts, roster: Roster) -> DutyHours:
    """Checked anew for each revision of the schedule and each setting of the rules, then kept for an hour."""
    residents = {person.pk for person in facts.people if facts.rank(person, facts.first).level}
    checked = len({person for person, _ in roster.worked if person in residents})
    musts, advisories = _verdicts(facts)
    return DutyHours(checked, musts, advisories)


def _verdicts(facts: Facts) -> tuple[list[Broken], list[tuple[str, str, int]]]:
    program = facts.schedule.program
    rules = sha256(f"{program.rule_set} {program.rule_settings}".encode()).hexdigest()
    key = f"duty-hours:{facts.schedule.pk}:{facts.schedule.revision}:{rules}"
    found: tuple[list[Broken], list[tuple[str, str, int]]] | None = cache.get(key)
    if found is None:
        verdicts = check(facts.schedule)
        musts = [Broken(each.sentence, _label(each)) for each in verdicts if each.is_violation]
        counts = Counter((each.title, _label(each)) for each in verdicts if not each.is_violation)
        found = musts, [(*which, number) for which, number in counts.most_common()]
        cache.set(key, found, KEPT)
    return found


def _label(verdict: Verdict) -> str:
    return f"{verdict.label}, {verdict.clause}" if verdict.clause else verdict.label
