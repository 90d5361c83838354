"""The events that a measure counts (a night, a weekend, a holiday, a day), in classes of those that are alike.

Two events are alike if the same people may work the same blocks in them and the same is asked for. One variable then
counts in how many of them somebody works, which makes a year a small problem.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scheduling.solver.roster.coverage import Demand
from scheduling.solver.roster.ledger import weekend_of
from scheduling.solver.roster.problem import Measure
from scheduling.solver.spread.supply import Offer, Supply, Where, counting_shifts


@dataclass(frozen=True, slots=True)
class Day:
    """A day as a measure of one group sees it.

    `mine`: by member, what they may work; `others`: (group, offer, how many people); `rows`: the coverage of each
    block, as places in the problem; `minutes`: what each block counts, where the measure is hours.
    """

    mine: tuple[Offer, ...]
    others: tuple[tuple[str, Offer, int], ...]
    rows: tuple[tuple[Where, tuple[int, ...]], ...]
    minutes: tuple[tuple[Where, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Class:
    """Events that are alike: their days as the measure sees them, and which days of the problem they are."""

    days: tuple[Day, ...]
    events: tuple[tuple[int, ...], ...]


def classes(demand: Demand, supply: Supply, members: Sequence[int], measure: Measure) -> list[Class]:
    """The events of a measure in which one of these people can work."""
    found: dict[tuple[Day, ...], list[tuple[int, ...]]] = defaultdict(list)
    view = _View(demand, supply, members, measure)
    for event in _events(demand, measure):
        days = tuple(view.day(day) for day in event)
        if any(offer.cells for day in days for offer in day.mine):
            found[days].append(event)
    return [Class(days, tuple(events)) for days, events in found.items()]


def _events(demand: Demand, measure: Measure) -> Iterable[tuple[int, ...]]:
    frame = demand.frame
    days = range(frame.problem.days)
    if measure == "weekends":
        weekends: dict[int, list[int]] = defaultdict(list)
        for day in days:
            if (saturday := weekend_of(frame, day)) is not None:
                weekends[saturday].append(day)
        return [tuple(both) for both in weekends.values()]
    return [(day,) for day in days if measure != "holidays" or day in frame.holidays]


class _View:
    """The days of a problem as one measure of one group sees them."""

    def __init__(self, demand: Demand, supply: Supply, members: Sequence[int], measure: Measure) -> None:
        self.demand, self.supply, self.measure, self.members = demand, supply, measure, members
        self.counting = counting_shifts(demand.frame, measure)
        self.places = {id(row): place for place, row in enumerate(demand.frame.problem.coverage)}
        people = enumerate(demand.frame.problem.people)
        self.others = [(number, person.group) for number, person in people if number not in set(members)]

    def day(self, day: int) -> Day:
        mine = tuple(self.supply.of(person, day, self.counting) for person in self.members)
        cells = sorted({cell for offer in mine for cell in offer.cells})
        rows = tuple((cell, tuple(self.places[id(row)] for row in self.demand.on(*cell, day))) for cell in cells)
        asked = frozenset(cell for cell, its_rows in rows if its_rows)
        counts = Counter((group, self.supply.within(person, day, asked)) for person, group in self.others)
        others = sorted(
            ((group, offer, count) for (group, offer), count in counts.items() if offer.cells),
            key=lambda one: (one[0], one[1].cells, one[1].most),
        )
        minutes = tuple((cell, self.demand.frame.counted(cell[1], day)) for cell in cells)
        return Day(mine, tuple(others), rows, minutes if self.measure == "minutes" else ())
