"""What a finished roster costs by the problem's prices, part by part, and what one move of a block changes in that.

The prices are those of the model of a span, over all days of the problem at once: fairness is each person's distance
from the fair share that the ledger works out over the whole schedule, with what was carried in. What limits of single
persons miss is not priced here. Knows no PuLP, so that a web process can ask.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scheduling.solver.roster.coverage import Demand, who_is_there
from scheduling.solver.roster.fairness import FREE_MINUTES, distance_price, measure_price
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import groups, tally, weights
from scheduling.solver.roster.model import cell_of
from scheduling.solver.roster.price_terms import REACH, ByDay, Kind, block_terms, day_terms
from scheduling.solver.roster.problem import MEASURES, Assigned, Measure, RosterProblem, Span, WorkedBlock
from scheduling.solver.roster.requests import by_person

type Worked = dict[int, list[WorkedBlock]]  # by day
type Parts = dict[tuple[Kind, str | None], float]


@dataclass(frozen=True, slots=True)
class Cost:
    """`parts` by what is paid for and the person whose it is: None for what is nobody's, as people that a block
    lacks. A difference has parts below 0 where something gets cheaper."""

    parts: Mapping[tuple[Kind, str | None], float]

    @property
    def total(self) -> float:
        return sum(self.parts.values())

    def of(self, kind: Kind) -> float:
        return sum(price for (each, _), price in self.parts.items() if each == kind)

    def of_person(self, person: str) -> dict[Kind, float]:
        return {kind: price for (kind, whose), price in self.parts.items() if whose == person}


@dataclass(frozen=True, slots=True)
class Move:
    """A block goes from one person to another; None: from or to nobody. `rotation` is the one it is worked for."""

    giver: str | None
    taker: str | None
    day: int
    shift_type: str
    rotation: str


class PricedRoster:
    """A roster laid out for pricing: make it once, ask for many differences."""

    def __init__(self, problem: RosterProblem, assignments: Iterable[Assigned]) -> None:
        self.frame = Frame(problem)
        self.demand = Demand(self.frame)
        self.days: Span = (0, problem.days - 1)
        self.index = {person.id: number for number, person in enumerate(problem.people)}
        self.worked: list[Worked] = self._lay_out(assignments)
        self.there = who_is_there(self.demand, self.worked, self.days)
        self.requests = by_person(self.frame, self.days)
        self.prices = {m: price for m in MEASURES if (price := measure_price(self.frame, m)) > 0}
        self.balances = self._balances()

    def _lay_out(self, assignments: Iterable[Assigned]) -> list[Worked]:
        worked: list[Worked] = [defaultdict(list) for _ in self.index]
        for by_day, person in zip(worked, self.frame.problem.people, strict=True):
            for block in person.carried.recent:
                by_day[block.day].append(block)
        for each in assignments:
            worked[self.index[each.person]][each.day].append(WorkedBlock(each.day, each.shift_type, each.rotation))
        return worked

    def _balances(self) -> list[dict[Measure, float]]:
        """By person, what they have worked beyond their fair share; with it the parts of the group's work."""
        frame, people = self.frame, self.frame.problem.people
        done = [tally(frame, number, by_day, self.days) for number, by_day in enumerate(self.worked)]
        balances: list[dict[Measure, float]] = [{} for _ in people]
        self.members = groups(frame)
        self.parts = {group: weights(frame, members, self.days) for group, members in self.members.items()}
        for group, members in self.members.items():
            for measure in MEASURES:
                total = sum(done[number][measure] for number in members)
                for number in members:
                    carried = people[number].carried
                    before = getattr(carried.worked, measure) - getattr(carried.fair, measure)
                    share = total * self.parts[group][number]
                    balances[number][measure] = before + done[number][measure] - share
        return balances

    def fairness_price(self, measure: Measure, balance: float) -> float:
        """What a balance costs: hours within twelve of the fair share cost nothing."""
        if measure == "minutes":
            return self.prices[measure] * max(0.0, abs(balance) - FREE_MINUTES)
        return self.prices[measure] * distance_price(balance)


def price(problem: RosterProblem, assignments: Iterable[Assigned]) -> Cost:
    """What the roster costs, part by part."""
    roster = PricedRoster(problem, assignments)
    parts: Parts = defaultdict(float)
    days = range(roster.days[0], roster.days[1] + 1)
    for rotation, shift_type in roster.demand.rows:
        for day in days:
            cell = rotation, shift_type, day
            for kind, amount in block_terms(roster.demand, cell, roster.there.get(cell, ())):
                parts[kind, None] += amount
    for number, person in enumerate(problem.people):
        for kind, amount in _terms(roster, number, roster.worked[number], days):
            parts[kind, person.id] += amount
        for measure in roster.prices:
            parts[measure, person.id] += roster.fairness_price(measure, roster.balances[number][measure])
    return Cost({key: amount for key, amount in parts.items() if amount})


def difference(roster: PricedRoster, move: Move) -> Cost:
    """What a move would add to the price of the roster, part by part; the roster itself stays as it is.

    Raises ValueError where the giver does not work the block.
    """
    parts: Parts = defaultdict(float)
    block = WorkedBlock(move.day, move.shift_type, move.rotation)
    moved: list[tuple[int, Worked]] = []
    for person, add in ((move.giver, False), (move.taker, True)):
        if person is not None:
            moved.append((roster.index[person], _changed(roster.worked[roster.index[person]], block, add=add)))
    _add_block(roster, move, block, parts)
    days = range(max(roster.days[0], move.day + REACH[0]), min(roster.days[1], move.day + REACH[1]) + 1)
    for number, after in moved:
        person = roster.frame.problem.people[number].id
        for sign, by_day in ((-1.0, roster.worked[number]), (1.0, after)):
            for kind, amount in _terms(roster, number, by_day, days):
                parts[kind, person] += sign * amount
    _add_fairness(roster, moved, move.day, parts)
    return Cost({key: amount for key, amount in parts.items() if abs(amount) > 1e-9})


def _changed(by_day: Worked, block: WorkedBlock, *, add: bool) -> Worked:
    """The blocks around that day, with this one more or less."""
    near = {day: list(by_day.get(day, ())) for day in range(block.day - 3, block.day + 4)}
    if add:
        near[block.day].append(block)
    else:
        near[block.day].remove(block)
    return near


def _terms(roster: PricedRoster, number: int, by_day: ByDay, days: Iterable[int]) -> Iterable[tuple[Kind, float]]:
    asked = roster.requests.get(number, ())
    for day in days:
        requests = [request for request in asked if request.day == day] if asked else ()
        yield from day_terms(roster.demand, number, by_day, day, requests)


def _add_block(roster: PricedRoster, move: Move, block: WorkedBlock, parts: Parts) -> None:
    """What the block lacks or has too much of: others may count in it than the giver."""
    people, cell = roster.frame.problem.people, cell_of(block)
    before = list(roster.there.get(cell, ()))
    after = list(before)
    if move.giver is not None:
        after.remove(people[roster.index[move.giver]].group)
    if move.taker is not None:
        after.append(people[roster.index[move.taker]].group)
    for sign, there in ((-1.0, before), (1.0, after)):
        for kind, amount in block_terms(roster.demand, cell, there):
            parts[kind, None] += sign * amount


def _add_fairness(roster: PricedRoster, moved: Sequence[tuple[int, Worked]], day: int, parts: Parts) -> None:
    """Who gives or takes works less or more; so their groups do, and with them everybody's fair share changes."""
    frame, people = roster.frame, roster.frame.problem.people
    near = max(roster.days[0], day - 1), min(roster.days[1], day + 1)  # a weekend lies within it
    done: dict[int, dict[Measure, float]] = {}
    for number, by_day in moved:
        old, new = tally(frame, number, roster.worked[number], near), tally(frame, number, by_day, near)
        done[number] = {measure: new[measure] - old[measure] for measure in MEASURES}
    for group in {people[number].group for number in done}:
        members = roster.members[group]
        for measure in roster.prices:
            total = sum(done[number][measure] for number in members if number in done)
            for number in members if total else [each for each in members if each in done]:
                before = roster.balances[number][measure]
                share = total * roster.parts[group][number]
                after = before + (done[number][measure] if number in done else 0.0) - share
                more = roster.fairness_price(measure, after) - roster.fairness_price(measure, before)
                parts[measure, people[number].id] += more
