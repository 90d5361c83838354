"""What it would cost to grant a leave request: who would be missing, who would have to change, and how fair that is.

Parameters: {"absence": key}. Loads the optimiser: for workers only.
"""

from typing import Any

from scheduling.models import Inquiry
from scheduling.rules.verdict import count, date_span
from scheduling.services.beat import Beat
from scheduling.services.inquiries import plans
from scheduling.services.inquiries.ground import Ground, load
from scheduling.services.inquiries.parameters import absence_of
from scheduling.services.inquiries.repair import SECONDS, lost_data, problem_of
from scheduling.solver.progress import Progress
from scheduling.solver.repair.problem import RepairPlan, RepairSolution
from scheduling.solver.repair.solve import solve_repair


def answer(inquiry: Inquiry, beat: Beat) -> dict[str, Any] | None:
    """The cheapest plan, as `plans.plan_data` says, with "sentences" on what it comes to, "lost" and "missing": a
    sentence for each block short of people if it is granted and nothing else is done.

    None where it was stopped. Raises ValidationError where the days are over or the leave is not there any more.
    """
    absence = absence_of(inquiry.kind, inquiry.schedule, inquiry.parameters)
    beat.tell(Progress("Reading the schedule", 0))
    ground = load(inquiry.schedule, granted=absence)
    solution = solve_repair(
        problem_of(ground, absence, 1),
        time_limit=SECONDS,
        on_progress=beat.stage("Trying the leave", 10, 95),
        should_stop=beat.stopped,
    )
    if solution.status == "cancelled":
        return None
    plan = solution.plans[0]
    short = plans.beyond(solution.missing_without, solution.missing_before)
    who, days = absence.person.name, date_span(absence.start_date, absence.end_date)
    title = f"{who} away, {days}" + (f"; {plans.names(ground, plan.people)} cover" if plan.people else "")
    return {
        "sentences": [
            _lost(who, days, solution),
            *_cover(ground, solution, plan),
            *(_fairness(each) for each in plans.people_data(ground, solution, plan)),
        ],
        "missing": plans.missing_sentences(ground, short),
        "lost": lost_data(ground, solution),
        "plans": [plans.plan_data(ground, solution, plan, title)],
        "notice_days": round(ground.facts.settings.repair.notice_days),
        "seconds": round(solution.seconds, 2),
    }


def _lost(who: str, days: str, solution: RepairSolution) -> str:
    if not solution.lost:
        return f"{who} works no shift, {days}: granting the leave costs nothing."
    places = plans.places(plans.beyond(solution.missing_without, solution.missing_before))
    would = f"{who} would give up {count(len(solution.lost), 'shift')}, {days}"
    if not places:
        return f"{would}. Enough people are left on each of them: granting it costs nothing."
    return f"{would}. {count(places, 'place')} would be empty if nobody took {'it' if places == 1 else 'them'}."


def _cover(ground: Ground, solution: RepairSolution, plan: RepairPlan) -> list[str]:
    """What the cheapest plan asks of others, and what it leaves empty."""
    said = []
    if plan.people:
        said.append(
            f"The cheapest cover changes {count(plan.changes, 'shift')} of {plans.names(ground, plan.people)}. "
            + plans.proof(solution, plan)
        )
    left = plans.places(plans.beyond(plan.shortfalls, solution.missing_before))
    if left:
        said.append(
            f"{count(left, 'place')} would stay empty whoever is asked."
            if plan.proven
            else f"{count(left, 'place')} would stay empty; time was up before more could be tried."
        )
    return said


def _fairness(person: dict[str, Any]) -> str:
    parts = [
        f"{each['name']} {each['before']} to {each['after']} (fair share {each['fair']})"
        if each["before"] != each["after"]
        else f"{each['name']} {each['after']} as before"
        for each in person["figures"]
    ]
    return f"{person['name']} over the whole schedule: {', '.join(parts)}."
