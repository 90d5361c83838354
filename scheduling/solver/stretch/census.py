"""All lines of one person that cost no more than a limit: what is left to decide when a bound is near.

A backward pass over the network gives what the rest of a line costs at least; the lines are then built day by day,
all at once, dropping whatever can no longer stay within the limit.
"""

import numpy as np
import numpy.typing as npt

from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.generate import row_bound
from scheduling.solver.stretch.master import Key
from scheduling.solver.stretch.network import OFF, Floats, Line, Network

Ints = npt.NDArray[np.int64]


class _Remaining:
    """What the days from `day` on cost at least, for each state at the end of the day before."""

    def __init__(self, network: Network, cost: Floats) -> None:
        self.network = network
        days, types = network.days, len(network.types)
        self.worked = np.full((days + 1, types, network.most_run, *network.shape), np.inf)
        self.rested = np.full((days + 1, network.rest, *network.shape), np.inf)
        enough = slice(network.fewest_units if network.counts_units else 0, None)
        self.worked[days, :, :, enough] = 0.0
        self.rested[days, :, enough] = 0.0
        type_costs = network.type_costs(cost)
        for day in range(days - 1, -1, -1):
            self._step(day, type_costs[day])

    def _step(self, day: int, cost: Floats) -> None:
        network = self.network
        worked, rested = self.worked[day], self.rested[day]
        for i in range(len(network.types)):
            if not network.open[day, i]:
                continue
            have, need = network.steps[i, network.starts_weekend(day, True)]
            ahead = self.worked[day + 1, i]
            for j in network.before[i]:
                view = worked[(j, slice(0, -1), *have)]
                np.minimum(view, ahead[(slice(1, None), *need)] + cost[i], out=view)
            have, need = network.steps[i, network.starts_weekend(day, False)]
            view = rested[(-1, *have)]
            np.minimum(view, ahead[(0, *need)] + cost[i], out=view)
        if network.terms.must_work[day]:
            return
        ahead = self.rested[day + 1]
        for k in range(network.rest):
            np.minimum(rested[k], ahead[min(k + 1, network.rest - 1)], out=rested[k])
        for run in range(network.most_run):
            if network.may_end(day, run + 1):
                np.minimum(worked[:, run], ahead[network.first_rest(day)], out=worked[:, run])


def lines_below(
    case: Case,
    networks: list[Network],
    members: list[int],
    duals: Floats,
    taken: Floats,
    price: float,
    most: int,
) -> list[Key] | None:
    """The lines of which the members' part of a roster can consist that costs at most `price`; None: over `most`.

    At any duals, the Lagrangian bound rises by a line's excess over its member's cheapest if the line is taken.
    `taken` counts the people that others put in each row; their own costs are no part of `price`.
    """
    costs = {i: case.members[i].cost - case.spread(duals, case.members[i]) for i in members}
    least = {i: found[0] for i in members if (found := networks[i].several(costs[i], 1, strict=False))}
    room = price - sum(least.values()) - row_bound(case, duals, taken) + 1e-6
    keys: list[Key] = []
    for i in members:
        lines = lines_within(networks[i], costs[i], least[i] + room, most - len(keys))
        if lines is None:
            return None
        keys += [(i, line) for line in lines]
    return keys


def lines_within(network: Network, cost: Floats, limit: float, most: int) -> list[Line] | None:
    """Every line that costs at most `limit`; None where there are more than `most` on the way."""
    remaining = _Remaining(network, cost)
    state, length, used = _start(network)
    spent = np.zeros(1)
    lines = np.empty((1, 0), dtype=np.int64)
    for day in range(network.days):
        grown = _grow(network, remaining, cost, day, (state, length, used, spent), limit)
        parents, chosen, state, length, used, spent = grown
        if len(parents) > most:
            return None
        lines = np.column_stack([lines[parents], chosen])
    return [line for line in map(tuple, lines.tolist()) if network.within(line)]


def _start(network: Network) -> tuple[Ints, Ints, Ints]:
    used = np.zeros((1, len(network.shape)), dtype=np.int64)
    if network.run_before:
        return np.array([network.local[network.terms.type_before]]), np.array([network.run_before - 1]), used
    return np.array([OFF]), np.array([network.rest - 1]), used


Frontier = tuple[Ints, Ints, Ints, Floats]
Grown = tuple[Ints, Ints, Ints, Ints, Ints, Floats]


def _grow(network: Network, remaining: _Remaining, cost: Floats, day: int, frontier: Frontier, limit: float) -> Grown:
    """One day more for every line so far: (parent, option, state, length, used, spent) of those that can stay."""
    state, length, used, spent = frontier
    parts: list[Grown] = []
    for i, t in enumerate(network.types):
        for k in network.options[t]:
            if not network.terms.allowed[day, k]:
                continue
            for after_work in (True, False):
                if after_work:
                    can = (state != OFF) & np.isin(state, network.before[i]) & (length + 1 < network.most_run)
                else:
                    can = (state == OFF) & (length == network.rest - 1)
                parents = np.flatnonzero(can)
                uses = network.uses(i, network.starts_weekend(day, after_work))
                now = used[parents] + uses
                fits = (now < network.shape).all(axis=1)
                parents, now = parents[fits], now[fits]
                run = length[parents] + 1 if after_work else np.zeros(len(parents), dtype=np.int64)
                total = spent[parents] + cost[day, k]
                ahead = remaining.worked[(day + 1, i, run, *now.T)]
                parts.append(_keep(parents, k, i, run, now, total, total + ahead <= limit))
    if not network.terms.must_work[day]:
        resting = state == OFF
        ending = ~resting & ((length + 1 >= network.fewest_run) | (length + 1 == network.run_before + day))
        parents = np.flatnonzero(resting | ending)
        rest = np.where(resting[parents], np.minimum(length[parents] + 1, network.rest - 1), network.first_rest(day))
        ahead = remaining.rested[(day + 1, rest, *used[parents].T)]
        keep = spent[parents] + ahead <= limit
        parts.append(_keep(parents, OFF, OFF, rest, used[parents], spent[parents], keep))
    joined = [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]
    return joined[0], joined[1], joined[2], joined[3], joined[4], joined[5]


def _keep(
    parents: Ints, option: int, state: int, length: Ints, used: Ints, spent: Floats, keep: npt.NDArray[np.bool_]
) -> Grown:
    parents = parents[keep]
    number = len(parents)
    return parents, np.full(number, option), np.full(number, state), length[keep], used[keep], spent[keep]
