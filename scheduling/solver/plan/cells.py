"""Which rotations each cell can take at all: what cannot happen gets no variable."""

from scheduling.solver.plan.problem import Person, PlanProblem
from scheduling.solver.plan.rules import Occurrence, Window, eligible, sequences

type Cell = tuple[str, int]


def options(problem: PlanProblem) -> dict[Cell, tuple[str, ...]]:
    """The rotations open to each cell, in the problem's order; a pinned cell has those of its pin.

    A cell with none stays unplaced. Leave has no cell.
    """
    order = {rotation.code: index for index, rotation in enumerate(problem.rotations)}
    wanted, unwanted, pinned = _placements(problem)
    found: dict[Cell, tuple[str, ...]] = {}
    for person in problem.people:
        singles = _single_cell_rules(problem, person)
        for period in range(len(problem.periods)):
            if person.is_away(period):
                continue
            cell = person.id, period
            open_ = eligible(problem, person, period)
            for rotations, inside in singles.get(period, ()):
                open_ = open_ - rotations if inside else open_ & rotations
            open_ -= unwanted.get(cell, frozenset())
            if cell in wanted:
                open_ &= wanted[cell]
            if cell in pinned:
                open_ = set((open_ & pinned[cell]) or pinned[cell])
            found[cell] = tuple(sorted(open_, key=order.__getitem__))
    return found


def pinned_cells(problem: PlanProblem) -> set[Cell]:
    """The cells that a pin keeps placed."""
    return set(_placements(problem)[2])


def _placements(
    problem: PlanProblem,
) -> tuple[dict[Cell, frozenset[str]], dict[Cell, frozenset[str]], dict[Cell, frozenset[str]]]:
    wanted: dict[Cell, frozenset[str]] = {}
    unwanted: dict[Cell, frozenset[str]] = {}
    pinned: dict[Cell, frozenset[str]] = {}
    for placement in problem.placements:
        cell = placement.person, placement.period
        if not placement.allowed:
            unwanted[cell] = unwanted.get(cell, frozenset()) | placement.rotations
        else:
            kept = pinned if placement.pinned else wanted
            kept[cell] = kept.get(cell, placement.rotations) & placement.rotations
    for cell, rotations in unwanted.items():
        if cell in pinned:
            pinned[cell] = pinned[cell] - rotations or pinned[cell]
    return wanted, unwanted, pinned


def _single_cell_rules(problem: PlanProblem, person: Person) -> dict[int, list[tuple[frozenset[str], bool]]]:
    """What the hard rules that speak of one cell only say of it: (rotations, forbidden rather than demanded)."""
    found: dict[int, list[tuple[frozenset[str], bool]]] = {}
    for item in sequences(problem, person):
        if item.price is not None:
            continue
        if isinstance(item, Occurrence) and len(item.literals) == 1:
            literal = item.literals[0]
            found.setdefault(literal.period, []).append((literal.rotations, literal.inside))
        elif isinstance(item, Window) and item.most == 0:
            for period in item.periods:
                found.setdefault(period, []).append((item.rotations, True))
    return found
