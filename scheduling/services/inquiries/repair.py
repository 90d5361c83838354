"""Who covers for somebody who is away: up to three whole plans.

Parameters: {"absence": key of an approved absence}. Loads the optimiser: for workers only.
"""

from typing import Any

from absences.models import Absence
from scheduling.models import Inquiry
from scheduling.rules.verdict import count, date_span
from scheduling.services.beat import Beat
from scheduling.services.inquiries import plans
from scheduling.services.inquiries.ground import Ground, load
from scheduling.services.inquiries.parameters import absence_of
from scheduling.solver.progress import Progress
from scheduling.solver.repair.problem import RepairPlan, RepairProblem, RepairSolution
from scheduling.solver.repair.solve import solve_repair
from scheduling.solver.roster.problem import Shortfall

SECONDS = 30.0  # far more than the weeks of an absence take: a whole term away may need them
PLANS = 3


def answer(inquiry: Inquiry, beat: Beat) -> dict[str, Any] | None:
    """The plans, as `plans.plan_data` says, with "sentences" on what is lost and "lost" itself.

    None where it was stopped. Raises ValidationError where the leave is over or not there any more.
    """
    absence = absence_of(inquiry.kind, inquiry.schedule, inquiry.parameters)
    beat.tell(Progress("Reading the schedule", 0))
    ground = load(inquiry.schedule, granted=absence)
    problem = problem_of(ground, absence, PLANS)
    solution = solve_repair(
        problem, time_limit=SECONDS, on_progress=beat.stage("Looking for cover", 10, 95), should_stop=beat.stopped
    )
    if solution.status == "cancelled":
        return None
    return {
        "sentences": [lost_sentence(absence, solution)],
        "lost": lost_data(ground, solution),
        "plans": [plans.plan_data(ground, solution, plan, title(ground, absence, plan)) for plan in solution.plans],
        "fewest_changes": solution.fewest_changes,
        "fewest_people": solution.fewest_people,
        "notice_days": round(ground.facts.settings.repair.notice_days),
        "seconds": round(solution.seconds, 2),
    }


def problem_of(ground: Ground, absence: Absence, wanted: int) -> RepairProblem:
    """The repair of what the person loses on their days of leave, in those of this absence and some around them."""
    low, high = ground.open_days(absence.start_date, absence.end_date)
    return RepairProblem(
        roster=ground.problem,
        current=ground.current,
        first_open=low,
        last_open=high,
        notice_until=ground.notice_until,
        plans=wanted,
        away=(absence.person.code,),
        over=ground.over,
    )


def title(ground: Ground, absence: Absence, plan: RepairPlan) -> str:
    """What a plan is called, in the notes of drafts and for undoing it."""
    days = date_span(absence.start_date, absence.end_date)
    who = plans.names(ground, plan.people) if plan.people else "Nobody"
    return f"{who} for {absence.person.name}, {days}"


def lost_data(ground: Ground, solution: RepairSolution) -> list[dict[str, Any]]:
    """Each lost block in words, and whether it is missed there."""
    missed = {(each.rotation, each.day, each.shift_type) for each in plans.beyond(*_without(solution))}
    return [
        {"words": plans.words(ground, each), "is_missed": (each.rotation, each.day, each.shift_type) in missed}
        for each in sorted(solution.lost, key=lambda each: (each.day, each.shift_type))
    ]


def lost_sentence(absence: Absence, solution: RepairSolution) -> str:
    """How many shifts are lost, and how many people are missing for it if nothing is done."""
    who, days = absence.person.name, date_span(absence.start_date, absence.end_date)
    if not solution.lost:
        return f"{who} works no shift, {days}, that could still be changed: there is nothing to cover."
    short = plans.places(plans.beyond(*_without(solution)))
    shifts = f"{who} loses {count(len(solution.lost), 'shift')}, {days}"
    if not short:
        return f"{shifts}. Enough people are left on each of them: nobody has to take one."
    are = "is" if short == 1 else "are"
    return f"{shifts}. If nobody takes any, {count(short, 'place')} would be empty that {are} filled now."


def _without(solution: RepairSolution) -> tuple[tuple[Shortfall, ...], tuple[Shortfall, ...]]:
    return solution.missing_without, solution.missing_before
