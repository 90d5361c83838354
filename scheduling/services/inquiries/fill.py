"""What would fill an empty place in a block: the cheapest changes, each tried by the optimiser.

Parameters: {"date": iso, "rotation": code, "shift": code}. Loads the optimiser: for workers only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError

from scheduling.models import Inquiry
from scheduling.services.beat import Beat
from scheduling.services.inquiries import plans
from scheduling.services.inquiries.fill_options import Option, options
from scheduling.services.inquiries.ground import Ground, load
from scheduling.solver.progress import Progress
from scheduling.solver.repair.problem import RepairPlan, RepairProblem, RepairSolution
from scheduling.solver.repair.solve import solve_repair
from scheduling.solver.repair.standing import Standing
from scheduling.solver.roster.model import Cell
from scheduling.solver.roster.problem import Assigned

SECONDS = 8.0  # for all of them together
MOST_SHOWN = 8
MOST_OF_A_KIND = 4  # or many who could be borrowed hide what else there is
AS_IT_IS = 3


@dataclass(slots=True)
class _Tried:
    """Options that fill the place, and how many do not, or were not tried to the end."""

    found: list[dict[str, Any]] = field(default_factory=list)
    in_vain: int = 0
    untried: int = 0


def answer(inquiry: Inquiry, beat: Beat) -> dict[str, Any] | None:
    """The options, the cheapest first, in "plans": as `plans.plan_data` says, with

    - "kind" of what has to be allowed: "rule", "borrow", "leave", or "" where nothing has;
    - "what" that is, such as "Borrow from Elective";
    - "costs": what speaks against it, in sentences; "price" has it in the units of the program's prices.

    "sentences" say whether it could be filled as things are; "untried" is how many more options there were than time.
    None where it was stopped. Raises ValidationError where the block is over.
    """
    beat.tell(Progress("Reading the schedule", 0))
    ground = load(inquiry.schedule)
    problem, cell = _problem(ground, inquiry.parameters)
    until = monotonic() + SECONDS
    as_it_is = _as_things_are(problem, cell, until, beat)
    if as_it_is.status == "cancelled":
        return None
    where = plans.words(ground, Assigned("", cell[2], cell[1], cell[0]))
    if not _missing(as_it_is, cell):
        return {"sentences": [f"Nobody is missing on {where}."], "plans": [], "untried": 0}
    found = [
        {
            **plans.plan_data(ground, as_it_is, plan, _title(ground, plan, where)),
            "kind": "",
            "what": "As things are",
            "costs": [],
        }
        for plan in as_it_is.plans
        if _fills(as_it_is, plan, cell)
    ]
    if found:
        return {"sentences": [_as_it_is(where, as_it_is, cell)], "plans": found, "untried": 0}
    tried = _try_options(ground, problem, cell, where, until, beat)
    if tried is None:
        return None
    sentences = list(_sentences(where, tried, is_proven=as_it_is.plans[0].proven))
    return {"sentences": sentences, "plans": _cheapest(tried.found), "untried": tried.untried}


def _as_things_are(problem: RepairProblem, cell: Cell, until: float, beat: Beat) -> RepairSolution:
    """The plans with nothing allowed: one, and more where that fills the place."""
    first = solve_repair(problem, time_limit=_left(until), should_stop=beat.stopped)
    if first.status == "cancelled" or not _fills(first, first.plans[0], cell):
        return first
    more = solve_repair(replace(problem, plans=AS_IT_IS), time_limit=_left(until), should_stop=beat.stopped)
    return more if more.status == "cancelled" or _fills(more, more.plans[0], cell) else first


def _left(until: float) -> float:
    return max(0.0, until - monotonic())


def _problem(ground: Ground, asked: dict[str, Any]) -> tuple[RepairProblem, Cell]:
    on = date.fromisoformat(asked["date"])
    low, high = ground.open_days(on, on)
    cell = asked["rotation"], asked["shift"], ground.index(on)
    if (cell[2], cell[1]) in ground.over:
        where = plans.words(ground, Assigned("", cell[2], cell[1], cell[0]))
        raise ValidationError(f"{where}, is over: ask about a block that is still to come.")
    problem = RepairProblem(
        roster=ground.problem,
        current=ground.current,
        first_open=low,
        last_open=high,
        notice_until=ground.notice_until,
        plans=1,
        away=(),
        fill=(cell,),
        over=ground.over,
    )
    return problem, cell


def _try_options(
    ground: Ground, problem: RepairProblem, cell: Cell, where: str, until: float, beat: Beat
) -> _Tried | None:
    """What each option comes to, as far as there is time; None where it was stopped."""
    tried = _Tried()
    wanted = list(options(ground, Standing(problem), cell))
    for number, option in enumerate(wanted):
        beat.tell(Progress("Trying what could be allowed", 10 + 85 * number / len(wanted)))
        left = _left(until)
        if not left:
            break
        solution = solve_repair(option.allow(problem), time_limit=left, should_stop=beat.stopped)
        if solution.status == "cancelled":
            return None
        plan = solution.plans[0]
        if _fills(solution, plan, cell):
            tried.found.append(_option_data(ground, solution, option, where))
        elif plan.proven:
            tried.in_vain += 1
    tried.untried = len(wanted) - len(tried.found) - tried.in_vain
    return tried


def _option_data(ground: Ground, solution: RepairSolution, option: Option, where: str) -> dict[str, Any]:
    plan = solution.plans[0]
    data = plans.plan_data(ground, solution, plan, _title(ground, plan, where))
    return data | {
        "kind": option.kind,
        "what": option.what,
        "costs": [*option.costs],
        "price": round(float(data["price"]) + option.price, 1),
    }


def _cheapest(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for plan in sorted(found, key=lambda plan: float(plan["price"])):
        alike = sum(1 for each in shown if each["kind"] == plan["kind"])
        if alike < MOST_OF_A_KIND and len(shown) < MOST_SHOWN:
            shown.append(plan)
    return shown


def _missing(solution: RepairSolution, cell: Cell) -> int:
    return plans.places(each for each in solution.missing_before if _cell(each) == cell)


def _fills(solution: RepairSolution, plan: RepairPlan, cell: Cell) -> bool:
    left = plans.places(each for each in plan.shortfalls if _cell(each) == cell)
    return left < _missing(solution, cell) and not plans.beyond(plan.shortfalls, solution.missing_before)


def _cell(each: Any) -> Cell:
    return each.rotation, each.shift_type, each.day


def _title(ground: Ground, plan: RepairPlan, where: str) -> str:
    """Everybody reads it, as the draft's note and in notices: who is moved where, and not whose leave or rule gives."""
    return f"{plans.names(ground, plan.people)} for {where}"


def _as_it_is(where: str, solution: RepairSolution, cell: Cell) -> str:
    missing = _missing(solution, cell)
    left = plans.places(each for each in solution.plans[0].shortfalls if _cell(each) == cell)
    if not left:
        return f"{where} can be filled as things are: nothing has to be allowed for it."
    return f"{missing - left} of the {missing} places missing on {where} can be filled as things are."


def _sentences(where: str, tried: _Tried, *, is_proven: bool) -> Iterator[str]:
    """What is said to be so is proven: where time was up, that is said instead."""
    if is_proven:
        yield f"Nobody can take {where} as things are, whoever else is moved for it in the days around it."
    else:
        yield f"Time was up before anybody was found who could take {where} as things are; there may be somebody."
    helps = "take back one person's leave, to lift one rule for one person, or to borrow from another rotation"
    if tried.found:
        yield "Each of these would fill it; the cheapest comes first. Any of them can be tried in a draft."
    elif not tried.untried:
        yield f"Nor would it help to {helps} ({tried.in_vain} tried)."
    elif tried.in_vain:
        yield f"Of what was tried, nothing would help: to {helps} ({tried.in_vain} tried, {tried.untried} not)."
    else:
        yield f"It was not tried whether it would help to {helps} ({tried.untried} to try): ask again."
