"""What could be allowed so that a place is filled: leave taken back, a rule lifted, somebody borrowed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from absences.models import Absence
from scheduling.rules.verdict import count, date_span
from scheduling.services.inquiries.conflict_block import RULES
from scheduling.services.inquiries.ground import Ground
from scheduling.solver.repair.lifting import eligible, rules_in_the_way
from scheduling.solver.repair.problem import RepairProblem
from scheduling.solver.repair.standing import Standing
from scheduling.solver.roster.model import Cell
from scheduling.solver.roster.problem import CrossCover

# Leave that somebody decides on; nobody is called back who is ill, or on leave by right.
DECIDED = (Absence.Kind.VACATION, Absence.Kind.CONFERENCE, Absence.Kind.OTHER)
PROGRAM_RULES = ("rest_between", "most_nights_in_a_row", "most_days_in_a_row")
# What the program's prices do not know. A rule of the program is worth as much as a person too many in a block, one of
# the accreditor as much as a person missing, and who is borrowed twice as much as who is called by the rules.
A_PROGRAM_RULE = 100.0
A_MUST = 1000.0
BORROWED = 10.0


@dataclass(frozen=True, slots=True)
class Option:
    """`allow` changes the problem; `price` is what that costs by itself, beside what is changed then."""

    kind: str  # "rule", "borrow", "leave"
    what: str
    costs: tuple[str, ...]
    price: float
    allow: Callable[[RepairProblem], RepairProblem]


def options(ground: Ground, standing: Standing, cell: Cell) -> Iterator[Option]:
    """Everything of these three kinds, for everybody whom it would let take the block; the kinds by turns, so that
    none is left out where time is up."""
    could = eligible(standing, cell)
    kinds = (
        _lift(ground, standing, cell, could),
        _borrow(ground, standing, cell, could),
        _take_back(ground, cell, could),
    )
    for turn in zip_longest(*kinds):
        yield from (option for option in turn if option is not None)


def _lift(ground: Ground, standing: Standing, cell: Cell, could: list[int]) -> Iterator[Option]:
    for person in could:
        who = ground.problem.people[person]
        for rule in rules_in_the_way(standing, person, cell):
            words = RULES[rule][1]
            is_own = rule in PROGRAM_RULES
            yield Option(
                kind="rule",
                what=f"Lift a rule for {who.name}: {words}",
                costs=("It breaks a rule of the program." if is_own else "It breaks a duty-hour must.",),
                price=A_PROGRAM_RULE if is_own else A_MUST,
                allow=lambda problem, key=who.id, rule=rule: replace(  # type: ignore[misc]
                    problem, lifted={key: frozenset({rule})}
                ),
            )


def _borrow(ground: Ground, standing: Standing, cell: Cell, could: list[int]) -> Iterator[Option]:
    rotation, shift, day = cell
    lenders: dict[str, int] = {}
    for person, who in enumerate(ground.problem.people):
        placed = standing.frame.placed[person].get(day)
        if person in could or placed is None or placed == rotation or not standing.frame.present(person, day):
            continue
        if standing.demand.counts(rotation, shift, day, who.group):
            lenders[placed] = lenders.get(placed, 0) + 1
    for placed, people in sorted(lenders.items()):
        cover = CrossCover(placed, rotation, (shift,), price=BORROWED)
        name, number = ground.rotations[placed], "1 person" if people == 1 else f"{people} people"
        yield Option(
            kind="borrow",
            what=f"Borrow from {name}",
            costs=(f"{name} is not called to it otherwise; {number} there could be.",),
            price=0.0,  # the cross-cover has its price
            allow=lambda problem, cover=cover: replace(  # type: ignore[misc]
                problem, roster=replace(problem.roster, cross_cover=(*problem.roster.cross_cover, cover))
            ),
        )


def _take_back(ground: Ground, cell: Cell, could: list[int]) -> Iterator[Option]:
    day = ground.day(cell[2])
    for person in could:
        who = ground.problem.people[person]
        for absence in ground.facts.absences.get(ground.people[who.id].pk, ()):
            if not absence.start_date <= day <= absence.end_date or absence.kind not in DECIDED:
                continue
            days = (absence.end_date - absence.start_date).days + 1
            span = date_span(absence.start_date, absence.end_date)
            yield Option(
                kind="leave",
                what=f"Take back the {absence.get_kind_display()} of {who.name}, {span}",
                costs=(f"{who.name} loses {count(days, 'day')} of {absence.get_kind_display()}.",),
                price=days * ground.facts.settings.request_price,
                allow=lambda problem, person=person, absence=absence: _without(ground, problem, person, absence),  # type: ignore[misc]
            )


def _without(ground: Ground, problem: RepairProblem, person: int, absence: Absence) -> RepairProblem:
    """The problem without this leave of the person."""
    roster = problem.roster
    first = ground.index(max(absence.start_date, ground.facts.first))
    last = ground.index(min(absence.end_date, ground.facts.last))
    who = roster.people[person]
    left = list(who.leave)
    left.remove((first, last))
    people = list(roster.people)
    people[person] = replace(who, leave=tuple(left))
    return replace(problem, roster=replace(roster, people=tuple(people)))
