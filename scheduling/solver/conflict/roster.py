"""Why a block of the roster cannot be staffed: which of leave, pins, placements, rules and needs contradict it."""

from scheduling.solver.conflict.find import Search
from scheduling.solver.conflict.problem import Conflict, Group, Kind
from scheduling.solver.conflict.roster_system import RULES, RosterSystem
from scheduling.solver.progress import ShouldStop
from scheduling.solver.roster.problem import Assigned, RosterProblem

# What explains a block first. Its own need is in every conflict; what others need says least about it.
ORDER: tuple[Kind, ...] = ("leave", "pin", "placement", "rule", "staffing")


def roster_conflict(
    problem: RosterProblem,
    current: tuple[Assigned, ...],
    *,
    rotation: str,
    shift_type: str,
    first: int,
    last: int,
    earliest: int = 0,
    time_limit: float,
    should_stop: ShouldStop | None = None,
) -> Conflict | None:
    """What keeps a rotation's shift from being staffed from day `first` to day `last`; None if it can be.

    `current` is the roster as it is. The days from three before to three after may be arranged anew, though none before
    `earliest` (such as today) that is not itself asked about; all others stay.
    Groups are the need of the block; for everybody who would count in it their leave, pins, placement elsewhere (whole)
    and each rule (budgets and free days as their leave makes them); and what other blocks need of the same people, as
    far as they have it. Raises `Undecided` where it was not known in `time_limit` seconds whether there is a conflict.
    """
    system = RosterSystem(problem, current, rotation, shift_type, (first, last), earliest).system

    def rank(group: Group) -> tuple[int | str, ...]:
        day = group.days[0] if group.days else 0
        block = group.kind, group.rotations, group.shift_type
        asked = block == ("staffing", (rotation,), shift_type) and first <= day <= last
        rule = RULES.index(group.name) if group.name in RULES else -1
        return int(not asked), ORDER.index(group.kind), rule, day, *_names(group)

    return Search(system, rank, time_limit, should_stop).run()


def _names(group: Group) -> tuple[str, ...]:
    return group.person or "", *group.rotations[:1], group.shift_type or ""
