"""The cases of `make bench`, by name, in the order in which they run."""

import time
from collections.abc import Iterator
from functools import partial

from benchmarks import conflict, cover, edit, generation, pages, problems, repair, shift_scheduling, year_grid
from benchmarks.data import folder
from benchmarks.figures import Case, Figure, at_least, at_most, exactly
from scheduling.solver.plan.solve import solve_plan

HMC_SAMPLE = "hmc_im_residency_sample_input.xlsx"


def plan(people: int, seconds: float) -> Iterator[Figure]:
    """The rotation plan of made-up programs: proven optimal within the time."""
    from benchmarks.made import monthly

    problem = monthly(people)
    started = time.monotonic()
    solution = solve_plan(problem, time_limit=10 * seconds)
    note = f"{solution.status}, objective {solution.objective:g}, gap {solution.gap or 0:.2%}"
    yield at_most(f"plan-{people}: proven optimal", time.monotonic() - started, "s", seconds, note)
    yield exactly(f"plan-{people}: gap", solution.gap if solution.gap is not None else 1.0, "", 0)


def hmc_case() -> Iterator[Figure]:
    """The published year plan of 183 residents."""
    from benchmarks import hmc, hmc_check

    path = folder("hmc_internal_medicine") / HMC_SAMPLE
    problem = hmc.read(path)
    started = time.monotonic()
    solution = solve_plan(problem, time_limit=60)
    took = time.monotonic() - started
    yield exactly("hmc: shortfalls", len(solution.shortfalls), "", 0, f"{took:.0f} s")
    broken = hmc_check.check(path, solution.placements)
    yield exactly("hmc: hard rules broken, by a checker of its own", len(broken), "", 0)
    score = hmc_check.score(path, solution.placements)
    yield at_least("hmc: score", score, "", 280, f"no plan can have more than {-(solution.bound or 0):.0f}")


def rules() -> Iterator[Figure]:
    """The rules engine."""
    from benchmarks import rules as case

    figures = case.measure()
    yield at_most("rules: a year of 200 people", figures.year_cpu_s, "s CPU", 2, f"{figures.duties} duties")
    yield at_most(
        "rules: one edit in a year of 60", figures.edit_median_ms, "ms", 5, f"worst {figures.edit_worst_ms:.1f}"
    )


CASES: dict[str, Case] = {
    "plan-60": partial(plan, 60, 2),
    "plan-200": partial(plan, 200, 10),
    "roster-60": partial(generation.year, 60, 30),
    "roster-120": partial(generation.year, 120, 60),
    "roster-200": partial(generation.year, 200, 120, 1500),
    "demo": partial(generation.demo, 120),
    "cover": cover.case,
    "edit": edit.case,
    "repair": partial(repair.week_away, 60, 5),
    "conflict": partial(conflict.case, 10),
    "problems": partial(problems.case, 60),
    "rules": rules,
    "year": partial(year_grid.case, 200),
    **{f"pages-{row}": partial(pages.case, row) for row in pages.BARS},
    "hmc": hmc_case,
    **{f"shifts-{number}": partial(shift_scheduling.proven_case, number) for number in (1, 2, 3, 4, 5)},
    "shifts-8": partial(shift_scheduling.open_case, 8, 120),
}
