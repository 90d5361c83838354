"""A plan's problem spelled out once, for as many models as are built of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scheduling.solver.plan.cells import Cell, options, pinned_cells
from scheduling.solver.plan.problem import Person, PlanProblem, Stint, Wish
from scheduling.solver.plan.rules import Need, Occurrence, Owed, Window, applies, needs, owed, sequences, stint


@dataclass(frozen=True, slots=True)
class WholeStint:
    """A rotation of which one person's stints can be enumerated."""

    person: Person
    rotation: str
    rule: Stint


@dataclass(frozen=True, slots=True)
class Rows:
    """See `cells` and `rules`. `items` are the rows of the sequence rules without those that `stints` stand for."""

    options: Mapping[Cell, tuple[str, ...]]
    pinned: frozenset[Cell]
    items: Mapping[str, tuple[Occurrence | Window, ...]]
    stints: Mapping[str, tuple[WholeStint, ...]]
    owed: Mapping[str, tuple[Owed, ...]]
    needs: tuple[Need, ...]
    wishes: Mapping[str, tuple[Wish, ...]]
    problem: PlanProblem


def spell_out(problem: PlanProblem) -> Rows:
    """All that the problem says of each person and period."""
    items, stints = {}, {}
    for person in problem.people:
        whole = _whole(problem, person)
        stints[person.id] = tuple(WholeStint(person, rotation, rule) for rotation, rule in whole.items())
        items[person.id] = (*sequences(problem, person), *_stint_rows(problem, person, whole))
    return Rows(
        options=options(problem),
        pinned=frozenset(pinned_cells(problem)),
        items=items,
        stints=stints,
        owed={person.id: tuple(owed(problem, person)) for person in problem.people},
        needs=tuple(needs(problem)),
        wishes={
            person.id: tuple(wish for wish in problem.wishes if wish.person == person.id) for person in problem.people
        },
        problem=problem,
    )


def _stint_rows(problem: PlanProblem, person: Person, whole: Mapping[str, Stint]) -> Iterator[Occurrence | Window]:
    for rule in problem.sequence_rules:
        if isinstance(rule, Stint):
            for rotation in sorted(rule.rotations - whole.keys()):
                yield from stint(problem, person, rule, rotation)


def _whole(problem: PlanProblem, person: Person) -> dict[str, Stint]:
    """The rotations with one hard stint rule, in force all year, and no run carried in."""
    last = len(problem.periods) - 1
    found: dict[str, Stint] = {}
    several: set[str] = set()
    for rule in problem.sequence_rules:
        if not isinstance(rule, Stint) or rule.price is not None:
            continue
        always = not person.group_changes and applies(rule, person, 0)
        for rotation in rule.rotations if always else ():
            if rotation in found:
                several.add(rotation)
            found[rotation] = rule
    carried = set(person.previous[-1:])
    plain = {rotation: rule for rotation, rule in found.items() if rotation not in several | carried}
    return {rotation: rule for rotation, rule in sorted(plain.items()) if rule.shortest > 1 or _binds(rule, last)}


def _binds(rule: Stint, last: int) -> bool:
    return rule.longest is not None and rule.longest <= last
