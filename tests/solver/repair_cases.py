"""Small repairs: two weeks, a ward with days and nights, and somebody on leave."""

from dataclasses import replace
from typing import Any

from scheduling.solver.repair.problem import RepairPlan, RepairProblem, RepairSolution
from scheduling.solver.repair.solve import solve_repair
from scheduling.solver.roster.problem import Assigned, RosterProblem, ShiftType
from tests.solver.roster_cases import CALL, DAY, LONG, NIGHT

DAYS = 14
BACKUP = ShiftType("BACKUP", "Backup", 7 * 60, 24 * 60, duty="backup")
SHIFTS = (DAY, LONG, NIGHT, CALL, BACKUP)


def works(name: str, *days: int, shift: ShiftType = DAY, rotation: str = "WARD") -> list[Assigned]:
    return [Assigned(name, day, shift.code, rotation) for day in days]


def repair(roster: RosterProblem, *current: list[Assigned], **more: Any) -> RepairSolution:
    """The repair of the whole two weeks, or of the open days that are given."""
    options = {key: more.pop(key) for key in ("time_limit", "on_progress", "should_stop") if key in more}
    problem = RepairProblem(
        roster=replace(roster, shift_types=SHIFTS),
        current=tuple(each for blocks in current for each in blocks),
        **{"first_open": 0, "last_open": roster.days - 1, **more},
    )
    return solve_repair(problem, **{"time_limit": 30, **options})


def only(solution: RepairSolution) -> RepairPlan:
    """The one plan."""
    (plan,) = solution.plans
    return plan


def said(plan: RepairPlan) -> list[str]:
    """The changes of a plan, as "+B 3 DAY"."""
    marked = [("-", each) for each in plan.removed] + [("+", each) for each in plan.added]
    return sorted(f"{sign}{each.person} {each.day} {each.shift_type}" for sign, each in marked)
