"""Who a need of people is about: those who could be there if nothing kept them from it."""

from dataclasses import replace

from scheduling.solver.conflict.problem import Group
from scheduling.solver.plan.problem import PlanProblem
from scheduling.solver.plan.rules import eligible
from scheduling.solver.roster.coverage import Demand
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.problem import RosterProblem, WorkedBlock


def could_be_placed(problem: PlanProblem, staffing: Group) -> list[str]:
    """The people who count in a row of staffing and whose curriculum lets them on one of its rotations then."""
    assert staffing.index is not None
    assert staffing.periods is not None
    row, period = problem.staffing[staffing.index], staffing.periods[0]
    return [
        person.id
        for person in problem.people
        if period not in person.outside
        and (row.groups is None or person.group_in(period) in row.groups)
        and not eligible(problem, replace(person, part_leave=frozenset()), period).isdisjoint(row.rotations)
    ]


def could_work(problem: RosterProblem, staffing: Group) -> list[str]:
    """The people who count in a block and whose place in the plan, or cross-cover, lets them work it."""
    assert staffing.index is not None
    assert staffing.days is not None
    row, day, frame = problem.coverage[staffing.index], staffing.days[0], Frame(problem)
    demand, block = Demand(frame), WorkedBlock(day, row.shift_type, row.rotation)
    return [
        person.id
        for number, person in enumerate(problem.people)
        if day in frame.placed[number]
        and (row.groups is None or person.group in row.groups)
        and any(choice.block == block for choice in demand.choices(number, day))
    ]
