"""Who is far from their fair share of nights and weekends."""

from collections.abc import Iterator, Mapping

from scheduling.services.fairness import Balance, with_carried
from scheduling.services.live_problems.ground import Ground
from scheduling.services.live_problems.lines import Problem
from scheduling.services.live_problems.turns import Turns
from scheduling.solver.roster.problem import Measure

# What is no cause for talk: so many nights or weekends, or such a part of the fair share, whichever is more. People
# notice two weekends; nights come in rows of four to six on night float, and half such a row evens out by itself.
NIGHTS, WEEKENDS = 3.0, 2.0
PART = 0.2
MEASURES: tuple[tuple[Measure, str, float], ...] = (("nights", "night", NIGHTS), ("weekends", "weekend", WEEKENDS))


def unbalanced(ground: Ground, turns: Mapping[int, Turns]) -> Iterator[Problem]:
    """Who works many more, or many fewer, than others of their group, with what they brought from the year before."""
    facts = ground.facts
    names = {person.pk: person.name for person in facts.people}
    found = ground.measured.balances({person: mine.tally for person, mine in turns.items() if mine.tally})
    for person, balance in with_carried(found, ground.before).items():
        for measure, word, least in MEASURES:
            if abs(balance.over(measure)) > max(least, PART * getattr(balance.fair, measure)):
                yield Problem(
                    kind="unbalanced",
                    sentence=_words(names[person], balance, measure, word),
                    first=facts.first,
                    last=facts.last,
                    at=facts.first,
                    person=person,
                )


def _words(name: str, balance: Balance, measure: Measure, word: str) -> str:
    worked, fair = getattr(balance.worked, measure), getattr(balance.fair, measure)
    here = f"{name} works {_number(worked)} {word}{'' if worked == 1 else 's'}, where {_number(fair)} are a fair share"
    carried = getattr(balance.carried, measure)
    brought = round(abs(carried), 1)
    if not brought:
        return f"{here}."
    over = balance.over(measure)
    way = "more" if carried > 0 else "fewer"
    which = "over" if over > 0 else "below"
    return f"{here}; with {_number(brought)} {way} before this year that is {_number(abs(over))} {which}."


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
