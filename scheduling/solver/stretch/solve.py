"""The solver for people with limits of their own: a first roster, a bound, a dive, and then parts made anew."""

import numpy as np

from scheduling.solver.progress import OnProgress, Progress, ShouldStop, relative_gap
from scheduling.solver.roster.problem import RosterProblem, RosterSolution
from scheduling.solver.stretch.case import Case, compile_case
from scheduling.solver.stretch.clock import Clock
from scheduling.solver.stretch.generate import generate
from scheduling.solver.stretch.master import Master
from scheduling.solver.stretch.neighbourhood import Sizes, dive, pick, remake
from scheduling.solver.stretch.network import Line, Network, Scratch
from scheduling.solver.stretch.outcome import solution
from scheduling.solver.stretch.pool import Pool
from scheduling.solver.stretch.prove import Verdict, rounded_up
from scheduling.solver.stretch.prover import Prover
from scheduling.solver.stretch.relax import workable
from scheduling.solver.stretch.start import first_roster

BOUND_SHARE = 0.5  # of the time, at most, for the bound
DIVE_SHARE = 0.8  # of the time, when a dive is given up


def solve_stretch(
    problem: RosterProblem,
    *,
    time_limit: float,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    threads: int = 2,
) -> RosterSolution:
    """The best roster found in `time_limit` seconds, always a complete one; "optimal" where that is proven.

    It repeats itself exactly with one thread unless time runs out; with two, a proof runs beside the search, and
    which of several rosters of the same price is returned may differ. Raises ValueError naming what the solver
    cannot hold (see `unsupported`).
    """
    clock = Clock(time_limit, should_stop)
    case = compile_case(problem)
    scratch = Scratch()
    made = [workable(member.terms, scratch) for member in case.members]
    given_up = {m.person.id: names for m, (_, names) in zip(case.members, made, strict=True)}
    search = _Search(case, [network for network, _ in made], clock, on_progress)
    search.run(problem.seed, beside=threads > 1)
    status = "optimal" if search.settled() else "cancelled" if clock.cancelled else "feasible"
    return solution(problem, case, search.lines, given_up, bound=search.bound, status=status, seconds=clock.elapsed())


class _Search:
    """The best lines so far and what no roster can be below (both with the case's constant)."""

    def __init__(self, case: Case, networks: list[Network], clock: Clock, on_progress: OnProgress | None) -> None:
        self.case = case
        self.networks = networks
        self.clock = clock
        self.on_progress = on_progress
        self.lines: dict[int, Line] = {}
        self.price = np.inf
        self.bound = 0.0  # every price is at least 0

    def settled(self) -> bool:
        return self.bound > self.price - max((self.case.step or 0.0) / 2, 1e-6)

    def run(self, seed: int, *, beside: bool) -> None:
        self._take(first_roster(self.case, self.networks, self.clock.up), "First roster")
        if not self.lines:
            self.bound = self.price
            return
        if self.clock.up():
            return
        pool = self._bound_and_dive()
        if self.settled() or self.clock.up():
            return
        prover = Prover(self.case, self.networks, pool.duals, seed, beside=beside)
        try:
            self._improve(pool, prover, np.random.default_rng(seed))
        finally:
            prover.close()

    def _bound_and_dive(self) -> Pool:
        everybody = list(self.lines)
        nobody = self.case.counts({})
        master = Master(self.case, everybody, nobody)
        for i, line in self.lines.items():
            master.add(i, line)
        made = generate(
            self.case,
            self.networks,
            master,
            nobody,
            stop=lambda: self.clock.past(BOUND_SHARE),
            on_round=lambda _, bound: self._raise(bound, "What is the least it can cost"),
        )
        pool = Pool(self.case, self.networks, made.duals)
        pool.add(master.lines)
        self._raise(max(made.bound, pool.bound()), "What is the least it can cost")
        if made.finished and not self.settled() and not self.clock.past(DIVE_SHARE):
            lines = dive(self.case, self.networks, master, made.mixture, lambda: self.clock.past(DIVE_SHARE))
            pool.add(master.lines)
            if lines:
                self._take(lines, "Roster near the bound")
        return pool

    def _improve(self, pool: Pool, prover: Prover, rng: np.random.Generator) -> None:
        sizes = Sizes(len(self.lines))
        while not self.settled() and not self.clock.up():
            prover.consider(self.lines, self.clock.left(), halted=sizes.halted())
            verdict = prover.verdict()
            if verdict:
                self._hear(verdict)
                continue
            free = pick(pool, self.lines, sizes.size, rng)
            lines = remake(
                self.case,
                self.networks,
                pool,
                self.lines,
                free,
                sizes,
                seconds=self.clock.left(),
                stop=self.clock.up,
            )
            self._take(lines, "Making parts anew")

    def _hear(self, verdict: Verdict) -> None:
        if verdict.lines:
            self._take(verdict.lines, "Proof")
        if verdict.proven:
            self.bound = self.price
            self._tell("Proof")

    def _take(self, lines: dict[int, Line], phase: str) -> None:
        price = self.case.objective(lines)
        if price <= self.price + 1e-9:
            better = price < self.price - 1e-9
            self.lines, self.price = lines, price
            if better:
                self._tell(phase)

    def _raise(self, bound: float, phase: str) -> None:
        bound = rounded_up(self.case, bound + self.case.constant)
        if bound > self.bound:
            self.bound = bound
            self._tell(phase)

    def _tell(self, phase: str) -> None:
        if self.on_progress:
            percent = min(100.0, 100.0 * self.clock.elapsed() / max(self.clock.seconds, 1e-9))
            bound = self.bound if np.isfinite(self.bound) else None
            self.on_progress(Progress(phase, percent, self.price, bound, relative_gap(self.price, bound)))
