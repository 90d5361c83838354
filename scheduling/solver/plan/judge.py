"""What a finished plan is worth: every shortfall, every wish, the score. It reads the problem, not the model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scheduling.solver.plan.problem import Person, PlanProblem, Shortfall, Stint, Wish
from scheduling.solver.plan.rules import Occurrence, Window, applies, before, needs, on_leave, owed, sequences

type Placements = Mapping[tuple[str, int], str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """See `PlanSolution` for the fields."""

    shortfalls: tuple[Shortfall, ...]
    granted: tuple[Wish, ...]
    refused: tuple[Wish, ...]
    score: float
    objective: float


@dataclass(frozen=True, slots=True)
class _Year:
    """One person's part of the verdict, without the wishes."""

    shortfalls: tuple[Shortfall, ...]
    score: float


def judge(problem: PlanProblem, placements: Placements) -> Verdict:
    """Counts what the plan misses and what it earns."""
    return Judge(problem)(placements)


class Judge:
    """Judges plan after plan of one problem; who has the same year as last time is not read again."""

    def __init__(self, problem: PlanProblem) -> None:
        self.problem = problem
        self.needs = tuple(needs(problem))
        self.owed = {person.id: tuple(owed(problem, person)) for person in problem.people}
        self.items = {person.id: tuple(sequences(problem, person)) for person in problem.people}
        self.pins = {(pin.person, pin.period): pin for pin in problem.placements if pin.pinned and pin.allowed}
        self.years: dict[str, tuple[tuple[str | None, ...], _Year]] = {}

    def __call__(self, placements: Placements) -> Verdict:
        shortfalls = list(self._staffing(placements))
        score = 0.0
        for person in self.problem.people:
            year = self._year(person, placements)
            shortfalls += year.shortfalls
            score += year.score
        granted: list[Wish] = []
        refused: list[Wish] = []
        for wish in self.problem.wishes:
            on = placements.get((wish.person, wish.period)) in wish.rotations
            score += wish.weight if on else 0.0
            (granted if on == (wish.weight > 0) else refused).append(wish)
        objective = sum(shortfall.price for shortfall in shortfalls) - score
        return Verdict(tuple(shortfalls), tuple(granted), tuple(refused), score, objective)

    def _year(self, person: Person, placements: Placements) -> _Year:
        line = tuple(placements.get((person.id, period)) for period in range(len(self.problem.periods)))
        known = self.years.get(person.id)
        if known is not None and known[0] == line:
            return known[1]
        shortfalls = [*self._unplaced(person, line), *self._curriculum(person, line)]
        score = 0.0
        for shortfall, earned in (*self._sequences(person, line), *self._stints(person, line)):
            score += earned
            if shortfall is not None:
                shortfalls.append(shortfall)
        year = _Year(tuple(shortfalls), score)
        self.years[person.id] = line, year
        return year

    def _staffing(self, placements: Placements) -> Iterator[Shortfall]:
        for need in self.needs:
            row, period = need.row, need.period
            there = sum(
                weight for person, weight in need.weights.items() if placements.get((person, period)) in row.rotations
            )
            below = row.fewest - there
            above = 0 if row.most is None else there - row.most
            if below > 0:
                price = below * need.price_below
                yield Shortfall("staffing below", row.name, row.rotations, below, price, period)
            if above > 0:
                price = above * need.price_above
                yield Shortfall("staffing above", row.name, row.rotations, above, price, period)

    def _unplaced(self, person: Person, line: tuple[str | None, ...]) -> Iterator[Shortfall]:
        for period, rotation in enumerate(line):
            pin = self.pins.get((person.id, period))
            if not person.is_away(period):
                if rotation is None:
                    price = self.problem.prices.unplaced
                    yield Shortfall("unplaced", "", (), 1, price, period, person.id)
            elif pin:
                yield Shortfall("lost pin", "", tuple(sorted(pin.rotations)), 1, 0.0, period, person.id)

    def _curriculum(self, person: Person, line: tuple[str | None, ...]) -> Iterator[Shortfall]:
        for debt in self.owed[person.id]:
            row = debt.row
            done = sum(line[period] in row.rotations for period in debt.periods)
            amount, kind = debt.fewest - done, "curriculum below"
            if debt.most is not None and done > debt.most:
                amount, kind = done - debt.most, "curriculum above"
            if amount > 0:
                price = amount * debt.price
                yield Shortfall(kind, row.name, row.rotations, amount, price, None, person.id)

    def _sequences(self, person: Person, line: tuple[str | None, ...]) -> Iterator[tuple[Shortfall | None, float]]:
        for item in self.items[person.id]:
            amount = _amount(item, line)
            if amount:
                rotations, period = _about(item)
                yield self._charge(item.rule, rotations, item.price, amount, period, person)

    def _stints(self, person: Person, line: tuple[str | None, ...]) -> Iterator[tuple[Shortfall | None, float]]:
        for rule in self.problem.sequence_rules:
            if isinstance(rule, Stint):
                for rotation, first, last in _runs(person, line):
                    amount = _wrong_length(rule, person, rotation, first, last, len(line))
                    if amount:
                        yield self._charge(rule.name, (rotation,), rule.price, amount, max(first, 0), person)

    def _charge(
        self,
        rule: str,
        rotations: tuple[str, ...],
        price: float | None,
        amount: int,
        period: int,
        person: Person,
    ) -> tuple[Shortfall | None, float]:
        """A shortfall for a hard rule, else what it adds to the score."""
        if price is not None:
            return None, -amount * price
        cost = amount * self.problem.prices.broken_rule
        return Shortfall("broken rule", rule, rotations, amount, cost, period, person.id), 0.0


def _amount(item: Occurrence | Window, line: tuple[str | None, ...]) -> int:
    """How often the rule bites here."""
    if isinstance(item, Window):
        on = sum(line[period] in item.rotations for period in item.periods)
        return max(0, on - item.most)
    holds = all((line[literal.period] in literal.rotations) == literal.inside for literal in item.literals)
    return item.amount if holds else 0


def _about(item: Occurrence | Window) -> tuple[tuple[str, ...], int]:
    if isinstance(item, Window):
        return tuple(sorted(item.rotations)), item.periods[0]
    rotations = {rotation for literal in item.literals for rotation in literal.rotations}
    return tuple(sorted(rotations)), item.period


def _runs(person: Person, line: tuple[str | None, ...]) -> Iterator[tuple[str, int, int]]:
    """Rotation, first and last period of each run that reaches into the horizon; what came before has periods < 0."""
    known = -len(person.previous)
    first = known
    for period in range(known, len(line)):
        here, following = _at(person, line, period), _at(person, line, period + 1)
        if here == following and period + 1 < len(line):
            continue
        if here is not None and (period >= 0 or period == -1):
            yield here, first, period
        first = period + 1


def _at(person: Person, line: tuple[str | None, ...], period: int) -> str | None:
    if period >= len(line):
        return None
    return line[period] if period >= 0 else before(person, period)


def _wrong_length(rule: Stint, person: Person, rotation: str, first: int, last: int, horizon: int) -> int:
    """Periods too many or too few, for a run of a rotation of the rule."""
    if rotation not in rule.rotations:
        return 0
    length, past = last - first + 1, max(0, -first)
    if rule.longest is not None:
        over = range(first + max(rule.longest, past), last + 1)
        excess = sum(applies(rule, person, period) for period in over)
        if excess:
            return excess
    unknown = first == -len(person.previous)
    if unknown or last == horizon - 1 or length >= rule.shortest or not applies(rule, person, last + 1):
        return 0
    if on_leave(person, first - 1) or on_leave(person, last + 1):
        return 0
    return rule.shortest - length
