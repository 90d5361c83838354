"""What a finished plan is worth: every shortfall, every wish, the score. It reads the problem, not the model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scheduling.solver.plan.problem import PlanProblem, Shortfall, Wish
from scheduling.solver.plan.rules import Occurrence, Window, needs, owed, sequences

type Placements = Mapping[tuple[str, int], str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """See `PlanSolution` for the fields."""

    shortfalls: tuple[Shortfall, ...]
    granted: tuple[Wish, ...]
    refused: tuple[Wish, ...]
    score: float
    objective: float


def judge(problem: PlanProblem, placements: Placements) -> Verdict:
    """Counts what the plan misses and what it earns."""
    shortfalls = [
        *_unplaced(problem, placements),
        *_staffing(problem, placements),
        *_curriculum(problem, placements),
    ]
    score = 0.0
    for shortfall, earned in _sequences(problem, placements):
        score += earned
        if shortfall:
            shortfalls.append(shortfall)
    granted: list[Wish] = []
    refused: list[Wish] = []
    for wish in problem.wishes:
        on = placements.get((wish.person, wish.period)) in wish.rotations
        score += wish.weight if on else 0.0
        (granted if on == (wish.weight > 0) else refused).append(wish)
    objective = sum(shortfall.price for shortfall in shortfalls) - score
    return Verdict(tuple(shortfalls), tuple(granted), tuple(refused), score, objective)


def _unplaced(problem: PlanProblem, placements: Placements) -> Iterator[Shortfall]:
    pins = {(pin.person, pin.period): pin for pin in problem.placements if pin.pinned and pin.allowed}
    for person in problem.people:
        for period in range(len(problem.periods)):
            pin = pins.get((person.id, period))
            if not person.is_away(period):
                if (person.id, period) not in placements:
                    price = problem.prices.unplaced
                    yield Shortfall("unplaced", "", (), 1, price, period, person.id)
            elif pin:
                yield Shortfall("lost pin", "", tuple(sorted(pin.rotations)), 1, 0.0, period, person.id)


def _staffing(problem: PlanProblem, placements: Placements) -> Iterator[Shortfall]:
    for need in needs(problem):
        row, period = need.row, need.period
        there = sum(
            weight for person, weight in need.weights.items() if placements.get((person, period)) in row.rotations
        )
        if there < row.fewest:
            amount = row.fewest - there
            price = amount * need.price_below
            yield Shortfall("staffing below", row.name, row.rotations, amount, price, period)
        if row.most is not None and there > row.most:
            amount = there - row.most
            price = amount * need.price_above
            yield Shortfall("staffing above", row.name, row.rotations, amount, price, period)


def _curriculum(problem: PlanProblem, placements: Placements) -> Iterator[Shortfall]:
    for person in problem.people:
        for debt in owed(problem, person):
            row = debt.row
            done = sum(placements.get((person.id, period)) in row.rotations for period in debt.periods)
            amount, kind = debt.fewest - done, "curriculum below"
            if debt.most is not None and done > debt.most:
                amount, kind = done - debt.most, "curriculum above"
            if amount > 0:
                price = amount * debt.price
                yield Shortfall(kind, row.name, row.rotations, amount, price, None, person.id)


def _sequences(problem: PlanProblem, placements: Placements) -> Iterator[tuple[Shortfall | None, float]]:
    for person in problem.people:
        for item in sequences(problem, person):
            amount = _amount(item, placements)
            if amount and item.price is not None:
                yield None, -amount * item.price
            elif amount:
                rotations, period = _about(item)
                price = amount * problem.prices.broken_rule
                yield Shortfall("broken rule", item.rule, rotations, amount, price, period, person.id), 0.0


def _amount(item: Occurrence | Window, placements: Placements) -> int:
    """How often the rule bites here."""
    if isinstance(item, Window):
        on = sum(placements.get((item.person, period)) in item.rotations for period in item.periods)
        return max(0, on - item.most)
    holds = all(
        (placements.get((item.person, literal.period)) in literal.rotations) == literal.inside
        for literal in item.literals
    )
    return item.amount if holds else 0


def _about(item: Occurrence | Window) -> tuple[tuple[str, ...], int]:
    if isinstance(item, Window):
        return tuple(sorted(item.rotations)), item.periods[0]
    rotations = {rotation for literal in item.literals for rotation in literal.rotations}
    return tuple(sorted(rotations)), item.period
