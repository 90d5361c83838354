"""One person's sequence rules as rows of the model.

Every row without a price holds when all open cells are left empty, so that there always is a plan; where what is
settled already (pins) breaks one, breaking it has the price of a broken rule.
"""

from itertools import combinations

import pulp

from scheduling.solver.plan.problem import Prices
from scheduling.solver.plan.rules import Literal, Occurrence, Owed, Window
from scheduling.solver.plan.variables import PlanModel, Term

type Reward = tuple[Occurrence, pulp.LpVariable]


def add_sequences(model: PlanModel, prices: Prices, items: tuple[Occurrence | Window, ...]) -> list[Reward]:
    """Adds the rows, and returns the variables of what can be earned."""
    forbidden = {item.literals for item in items if isinstance(item, Occurrence) and item.price is None}
    rewards: list[Reward] = []
    for item in items:
        if isinstance(item, Window):
            _add_window(model, prices, item)
        elif item.price is None or item.price >= 0:
            _add_occurrence(model, prices, item)
        elif item.literals not in forbidden:  # else it cannot be earned, and would only loosen the bound
            earned = _add_reward(model, item, item.price * item.amount)
            if earned is not None:
                rewards.append((item, earned))
    return rewards


def _slack(prices: Prices, price: float | None, *, broken: bool) -> float | None:
    """The price of breaking a row, None where it may not be broken."""
    if price is not None:
        return price
    return prices.broken_rule if broken else None


def _add_window(model: PlanModel, prices: Prices, window: Window) -> None:
    constant, terms = model.over(window.person, window.periods, window.rotations)
    pinned = sum((window.person, period) in model.pinned for period in window.periods)
    slack = _slack(prices, window.price, broken=constant + pinned > window.most)
    if not terms:
        model.settled_cost += (slack or 0) * max(0, constant - window.most)
        return
    if slack is not None:
        terms.append((model.variable(None, slack), -1.0))
    model.at_most(terms, window.most - constant)


def _open(model: PlanModel, occurrence: Occurrence) -> list[tuple[Literal, list[pulp.LpVariable]]] | None:
    """The literals still open, with their variables; None if one of the others is false."""
    left = []
    for literal in occurrence.literals:
        known, variables = model.there(occurrence.person, literal.period, literal.rotations)
        if variables:
            left.append((literal, variables))
        elif bool(known) != literal.inside:
            return None
    return left


def _add_occurrence(model: PlanModel, prices: Prices, occurrence: Occurrence) -> None:
    left = _open(model, occurrence)
    if left is None:
        return
    terms: list[Term] = []
    for literal, variables in left:
        terms += [(variable, 1.0 if literal.inside else -1.0) for variable in variables]
    inside = sum(literal.inside for literal, _ in left)
    pinned = all((occurrence.person, literal.period) in model.pinned for literal, _ in left if literal.inside)
    slack = _slack(prices, occurrence.price, broken=pinned)
    if not left:
        model.settled_cost += (slack or 0) * occurrence.amount
        return
    if slack is not None:
        terms.append((model.variable(1, slack * occurrence.amount), -1.0))
    model.at_most(terms, inside - 1)


def _add_reward(model: PlanModel, occurrence: Occurrence, price: float) -> pulp.LpVariable | None:
    left = _open(model, occurrence)
    if left is None:
        return None
    if not left:
        model.settled_cost += price
        return None
    earned = model.variable(1, price)
    for literal, variables in left:
        sign = -1.0 if literal.inside else 1.0
        terms = [(earned, 1.0), *((variable, sign) for variable in variables)]
        model.at_most(terms, 0 if literal.inside else 1)
    return earned


def add_conflicts(model: PlanModel, owed: tuple[Owed, ...], rewards: list[Reward], above: list[Term]) -> None:
    """Rewards that share a cell, and cannot both be earned within the curriculum, share that cell's value.

    Without it half a person earns a pair in every two periods, and the bound is far from any plan. `above` are what
    is spent beyond the curriculum, as terms that loosen these rows.
    """
    at: dict[Literal, list[Reward]] = {}
    for occurrence, variable in rewards:
        for literal in occurrence.literals:
            if literal.inside:
                at.setdefault(literal, []).append((occurrence, variable))
    for literal, sharing in at.items():
        together = [occurrence for occurrence, _ in sharing]
        if len(sharing) > 1 and all(_conflict(owed, one, other) for one, other in combinations(together, 2)):
            known, variables = model.there(together[0].person, literal.period, literal.rotations)
            terms = [(variable, 1.0) for _, variable in sharing] + [(variable, -1.0) for variable in variables]
            model.at_most(terms + above, known)


def _conflict(owed: tuple[Owed, ...], one: Occurrence, other: Occurrence) -> bool:
    """Whether both at once would be more than a curriculum row allows."""
    literals = [literal for literal in one.literals + other.literals if literal.inside]
    for debt in owed:
        rotations = set(debt.row.rotations)
        spent = {literal.period for literal in literals if literal.rotations <= rotations} & set(debt.periods)
        if debt.most is not None and len(spent) > debt.most:
            return True
    return False
