"""Which choices exclude each other, and whether any of several is taken."""

from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.model import Choice, Model, Term, ones
from scheduling.solver.roster.problem import WorkedBlock


def is_work(frame: Frame, block: WorkedBlock) -> bool:
    """Backup is no work until it is called in, and then it is another block."""
    return frame.shifts[block.shift_type].duty != "backup"


def exclusive(frame: Frame, choices: list[Choice]) -> list[list[Choice]]:
    """The choices of one day in groups of which one at most can be worked, every such pair lying in one of them."""
    types = sorted({choice.block.shift_type for choice in choices})
    if not any(frame.joined(one, other) for one in types for other in types):
        return [choices]
    cliques = []
    covered: set[frozenset[str]] = set()
    for one in types:
        for other in types:
            if frame.joined(one, other) or frozenset((one, other)) in covered:
                continue
            members = [one] if one == other else [one, other]
            for more in types:
                if more not in members and not any(frame.joined(more, member) for member in members):
                    members.append(more)
            covered |= {frozenset((a, b)) for a in members for b in members}
            cliques.append([choice for choice in choices if choice.block.shift_type in members])
    return cliques


def busy(model: Model, frame: Frame, choices: list[Choice]) -> list[Term]:
    """Terms whose sum is 1 if any of these choices is taken: the choices themselves where they exclude each other."""
    days = {choice.day for choice in choices}
    if len(days) == 1 and len(cliques := exclusive(frame, choices)) == 1:
        return ones(cliques[0])
    busy = model.amount(0.0, 1.0)
    for day in sorted(days):
        for clique in exclusive(frame, [choice for choice in choices if choice.day == day]):
            model.at_most([*ones(clique), (busy, -1.0)], 0.0)
    return [(busy, 1.0)]
