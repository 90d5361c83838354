"""Whether pins, leave, staffing, curriculum and rules of a rotation plan can all hold, and if not, which cannot."""

from scheduling.solver.conflict.find import Search
from scheduling.solver.conflict.plan_system import PlanSystem
from scheduling.solver.conflict.problem import Conflict, Group, Kind
from scheduling.solver.plan.problem import PlanProblem
from scheduling.solver.progress import ShouldStop

# Where there are several conflicts, that in terms of what comes first here: one person's leave and pins are easier to
# change than what the program needs, and so few rows of staffing are named with them, not all that lack people too.
ORDER: tuple[Kind, ...] = ("pin", "leave", "placement", "staffing", "curriculum", "sequence", "placed")


def plan_conflict(problem: PlanProblem, *, time_limit: float, should_stop: ShouldStop | None = None) -> Conflict | None:
    """A conflict among what the plan is asked for; None if all of it can hold (wishes and priced rules aside).

    Everything that the plan's solver may miss at a price is asked for here: every minimum and maximum of staffing,
    every curriculum, a rotation for everybody in every period; and leave, placements and the hard rules. Who may be on
    which rotation at all (the curriculum's rows, and pins, which show that somebody may) is taken as given. Leave is
    one group a period.

    `problem` is to have no unknown names (`plan.check.mistakes`). Raises `Undecided` where it was not known in
    `time_limit` seconds whether there is a conflict.
    """
    return Search(PlanSystem(problem).system, _rank, time_limit, should_stop).run()


def _rank(group: Group) -> tuple[int | str, ...]:
    first = -1 if group.periods is None else group.periods[0]
    return ORDER.index(group.kind), int(group.is_most), first, group.index or 0, group.person or "", group.name
