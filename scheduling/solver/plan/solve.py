"""The rotation plan: a problem in, a plan out."""

import time

from scheduling.solver import highs
from scheduling.solver.plan.check import mistakes
from scheduling.solver.plan.problem import PlanProblem, PlanSolution
from scheduling.solver.plan.rows import spell_out
from scheduling.solver.plan.search import Search
from scheduling.solver.progress import OnProgress, Progress, ShouldStop


def solve_plan(
    problem: PlanProblem,
    *,
    time_limit: float,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    threads: int = 2,
) -> PlanSolution:
    """The best plan found within `time_limit` seconds of wall-clock time. See `PlanSolution`.

    There always is a plan, however short-staffed: what is missing is priced and listed. `on_progress` hears of each
    phase and of each better plan; `should_stop` is asked several times a second, and when it says so the best plan so
    far is returned. Both are called in the calling thread. Raises ValueError, naming every mistake, for a problem that
    contradicts itself.
    """
    wrong = mistakes(problem)
    if wrong:
        raise ValueError("; ".join(f"{mistake.where}: {mistake.what}" for mistake in wrong))
    started = time.monotonic()
    search = Search(problem, spell_out(problem), time_limit, threads, on_progress, should_stop)
    search.run()
    verdict = search.verdict
    if verdict is None or search.plan is None:
        status = "none"
    elif search.proven:
        status = "optimal"
    else:
        status = "stopped" if search.stopped else "feasible"
    if on_progress is not None:
        on_progress(Progress("done", 100.0, search.objective, search.bound, search.gap))
    return PlanSolution(
        placements=search.plan or {},
        shortfalls=verdict.shortfalls if verdict else (),
        granted=verdict.granted if verdict else (),
        refused=verdict.refused if verdict else (),
        objective=search.objective,
        score=verdict.score if verdict else 0.0,
        bound=search.bound,
        gap=search.gap,
        status=status,
        seconds=time.monotonic() - started,
        versions=highs.versions(),
        seed=problem.seed,
    )
