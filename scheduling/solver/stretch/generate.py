"""Column generation: lines are priced out of the networks until no line can better the mixture.

The duals are smoothed towards those of the best bound so far (Wentges 1997), which halves the rounds. Each round
gives the Lagrangian bound: no roster of these members costs less, whether or not the rounds were finished.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.master import Master, Mixture, free_above
from scheduling.solver.stretch.network import Floats, Network, line_cost

SMOOTHING = 0.5
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Generated:
    """`bound` and the duals that gave it; `mixture` is the last. `finished`: no better line exists."""

    bound: float
    duals: Floats
    mixture: Mixture
    finished: bool


def generate(
    case: Case,
    networks: list[Network],
    master: Master,
    taken: Floats,
    *,
    ends: int = 3,
    rounds: int = 1000,
    close: float = 1e-3,
    hopeless: float = np.inf,
    stop: Callable[[], bool] = lambda: False,
    on_round: Callable[[float, float], None] = lambda _objective, _bound: None,
) -> Generated:
    """Adds lines to the master until the bound is within `close` of its objective, or has reached
    `hopeless`, or `stop`, or `rounds`."""
    best, center = -np.inf, None
    finished = False
    mixture = master.solve()
    for _ in range(rounds):
        center = mixture.rows if center is None else center
        duals = SMOOTHING * center + (1 - SMOOTHING) * mixture.rows
        bound, new = _price(case, networks, master, mixture, duals, ends, stop, strict=False)
        bound += row_bound(case, duals, taken)
        if bound > best:
            best, center = bound, duals
        on_round(mixture.objective, best)
        if mixture.objective - best < close:
            finished = True
            break
        if best >= hopeless or stop():
            break
        if not new:
            exact, new = _price(case, networks, master, mixture, mixture.rows, ends, stop, strict=True)
            exact += row_bound(case, mixture.rows, taken)
            if exact > best:
                best, center = exact, mixture.rows
            if not new:
                finished = exact > -np.inf
                break
        mixture = master.solve()
    assert center is not None
    return Generated(best, center, mixture, finished)


def _price(
    case: Case,
    networks: list[Network],
    master: Master,
    mixture: Mixture,
    duals: Floats,
    ends: int,
    stop: Callable[[], bool],
    *,
    strict: bool,
) -> tuple[float, int]:
    """Asks each network for lines at these duals: (the members' part of the bound, lines added).

    Stopped on the way, it knows no bound.
    """
    bound, new = master.fixed_cost, 0
    for i in master.free:
        if stop():
            return -np.inf, new
        member = case.members[i]
        found = networks[i].several(member.cost - case.spread(duals, member), ends, strict=strict)
        assert found is not None  # relaxed until there is a line
        bound += found[0]
        for line in found[1]:
            excess = line_cost(line, member.cost) - mixture.rows[case.in_rows(line, member)].sum()
            if excess < mixture.members[i] - TOLERANCE:
                new += master.add(i, line)
    return bound, new


def row_bound(case: Case, duals: Floats, taken: Floats) -> float:
    """The rows' part of the Lagrangian bound: what they can earn at these duals beside the members' lines.

    Duals lie between minus the price above and the price below, so only what lies between is left to choose.
    """
    room = np.where(duals < 0, free_above(case.rows), 0.0)
    return float((duals * (case.rows.fewest - taken) + duals * room).sum())
