"""What it would have cost to give somebody's block to another, by the optimiser's own prices."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from people.models import Person
from scheduling.services.facts import Facts
from scheduling.services.problems import roster_problem
from scheduling.services.readiness import require_sound
from scheduling.services.roster_build import stored_roster
from scheduling.solver.roster.check import mistakes
from scheduling.solver.roster.price import Cost, Move, PricedRoster, difference
from scheduling.solver.roster.price_terms import Kind

WORDS: Mapping[Kind, str] = {
    "missing": "people missing",
    "over": "people too many",
    "cross_cover": "cross-cover",
    "regular": "the ordinary week",
    "short_rest": "short rest",
    "into_leave": "work into leave",
    "refused": "wishes",
    "nights": "nights less even",
    "weekends": "weekends less even",
    "holidays": "holidays less even",
    "minutes": "hours less even",
    "backups": "backups less even",
}
CHEAPER: Mapping[Kind, str] = {
    kind: words.replace("less even", "more even") for kind, words in WORDS.items() if "less even" in words
}
LEAST = 0.05  # what is below it is shown as nothing


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change of hands adds to the price of the whole schedule, and its parts in words, the greatest first."""

    total: float
    parts: Sequence[tuple[str, float]]


def differences(
    facts: Facts, giver: Person, block: tuple[int, str, str], takers: Iterable[Person]
) -> dict[int, Difference]:
    """By the taker's key, what it costs that they work the block (day from 0, codes of shift type and rotation).

    Empty where the giver is not in the roster that the optimiser knows. Raises ValidationError where the optimiser
    could not work with the program's settings.
    """
    problem = roster_problem(facts.schedule, facts=facts)
    require_sound(mistakes(problem))
    known = {person.id for person in problem.people}
    roster = PricedRoster(problem, [each for each in stored_roster(facts) if each.person in known])
    day, shift_type, rotation = block
    found = {}
    for taker in takers:
        if {giver.code, taker.code} <= known:
            cost = difference(roster, Move(giver.code, taker.code, day, shift_type, rotation))
            found[taker.pk] = Difference(cost.total, _parts(cost))
    return found


def _parts(cost: Cost) -> list[tuple[str, float]]:
    sums: dict[Kind, float] = defaultdict(float)
    for (kind, _), amount in cost.parts.items():
        sums[kind] += amount
    shown = [(kind, amount) for kind, amount in sums.items() if abs(amount) >= LEAST]
    shown.sort(key=lambda each: -abs(each[1]))
    return [(CHEAPER.get(kind, WORDS[kind]) if amount < 0 else WORDS[kind], amount) for kind, amount in shown]
