"""From the database to the solvers: the one place that says a schedule as a problem, its plan and its roster."""

from scheduling.models import Schedule
from scheduling.services import facts as facts_
from scheduling.services.carried import carried_into
from scheduling.services.facts import Facts
from scheduling.services.plan_problem import plan_problem
from scheduling.services.roster_build import Plan, build, stored_plan
from scheduling.solver.roster.problem import RosterProblem

__all__ = ["plan_problem", "roster_problem"]


def roster_problem(
    schedule: Schedule, *, plan: Plan | None = None, seed: int = 1, facts: Facts | None = None
) -> RosterProblem:
    """The roster to make from a plan; by default from the schedule's own, as it is in the database.

    What people bring along comes from the schedule published before. Pass `facts` where they are loaded already.
    Raises ValidationError where the program's settings are wrong or a row of staffing cannot be kept.
    """
    facts = facts or facts_.load(schedule)
    return build(facts, stored_plan(facts) if plan is None else plan, seed=seed, carried=carried_into(facts))
