"""Parts of the roster made anew: some people's lines are freed, generated again, and chosen to optimality."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.census import lines_below
from scheduling.solver.stretch.choose import choose
from scheduling.solver.stretch.generate import generate
from scheduling.solver.stretch.master import Key, Master, Mixture
from scheduling.solver.stretch.network import Line, Network, line_cost
from scheduling.solver.stretch.pool import Pool

KNOWN = 40  # lines of each member that a part starts from
IN_VAIN = 10
FEW_LINES = 2000  # if no more than these can make a part better, they are all looked at
CHOOSE_SECONDS = 5.0  # most for choosing among the lines of one part
LIKELY = 0.9  # a line of this weight in the mixture is taken as it is
DIVE_ROUNDS = 6


@dataclass(slots=True)
class Sizes:
    """How many people to free: more where parts turn out to be the best already, fewer where they are too hard."""

    most: int
    size: int = 8
    settled: int = 0
    in_vain: int = 0  # parts made since the last that was better

    def __post_init__(self) -> None:
        self.size = min(self.size, self.most)

    def halted(self) -> bool:
        """Whether many parts have been made anew to no avail."""
        return self.in_vain >= IN_VAIN

    def easy(self) -> None:
        self.settled += 1
        if self.settled >= self.size:
            self.settled = 0
            self.size = min(self.most, self.size + 2)

    def difficult(self) -> None:
        self.settled = 0
        self.size = min(self.most, max(3, self.size - 1))


def pick(pool: Pool, lines: dict[int, Line], size: int, rng: np.random.Generator) -> list[int]:
    """People to free, those more often whose lines lie farther from the best at the bound's duals."""
    weights = np.array([max(0.0, pool.excess(i, lines[i])) for i in range(len(lines))])
    weights = weights + max(weights.mean() / 2, 1e-6)
    return sorted(int(i) for i in rng.choice(len(lines), size, replace=False, p=weights / weights.sum()))


def remake(
    case: Case,
    networks: list[Network],
    pool: Pool,
    lines: dict[int, Line],
    free: list[int],
    sizes: Sizes,
    *,
    seconds: float,
    stop: Callable[[], bool],
) -> dict[int, Line]:
    """The roster with the lines of `free` made anew; never dearer than before, and as it was if nothing is found."""
    taken = case.counts({i: line for i, line in lines.items() if i not in free})
    now = sum(line_cost(lines[i], case.members[i].cost) for i in free) + case.rows.price(case.counts(lines))
    least = case.step or 1e-4
    master = Master(case, free, taken)
    for i in free:
        master.add(i, lines[i])
        for line in pool.nearest(i, KNOWN):
            master.add(i, line)
    made = generate(case, networks, master, taken, close=least / 50, hopeless=now - least + 1e-6, stop=stop)
    pool.add(master.lines)
    sizes.in_vain += 1
    if made.bound > now - least + 1e-6:
        sizes.easy()
        return lines
    every = lines_below(case, networks, free, made.duals, taken, now - least, FEW_LINES)
    keys = list(master.lines) if every is None else list(dict.fromkeys([*((i, lines[i]) for i in free), *every]))
    outcome, chosen = choose(
        case,
        keys,
        taken,
        seconds=min(CHOOSE_SECONDS, seconds),
        start={i: lines[i] for i in free},
        should_stop=stop,
    )
    if outcome.status != "optimal":
        sizes.difficult()
    price = outcome.objective
    if price is None or price > now + 1e-6:
        return lines
    if price < now - 1e-6:
        sizes.in_vain = 0
    elif every is not None and outcome.status == "optimal":
        sizes.easy()
    return {**lines, **chosen}


def dive(
    case: Case,
    networks: list[Network],
    master: Master,
    mixture: Mixture,
    stop: Callable[[], bool],
) -> dict[int, Line] | None:
    """A roster out of a mixture: its heaviest lines are taken, the rest generated again around them, and so on.

    None where `stop` said so on the way. The master is used up: everybody in it is fixed in the end.
    """
    taken = case.counts({})
    lines: dict[int, Line] = {}
    while True:
        for i, line in _heaviest(mixture, master.free):
            lines[i] = line
            taken[case.in_rows(line, case.members[i])] += 1
            master.fix(i, line)
        if not master.free:
            return lines
        if stop():
            return None
        least = case.step or 1e-4
        mixture = generate(case, networks, master, taken, rounds=DIVE_ROUNDS, close=least / 2, stop=stop).mixture


def _heaviest(mixture: Mixture, free: list[int]) -> list[Key]:
    weights = [(weight, key) for key, weight in mixture.weights.items() if key[0] in free]
    ordered = [key for _, key in sorted(weights, key=lambda item: (-item[0], item[1]))]
    likely = [key for key in ordered if mixture.weights[key] > LIKELY]
    return likely or ordered[:1]
