"""A plan's problem as a system of groups: everything that is asked for is a row, and every row can be given up.

Leave is a variable of its own ("is on leave in this period") beside the rotations, and its group asks that it be 1. A
rule that leave excuses, or that asks less of who is on leave, says so with that variable: so the rows are the same
whichever groups are chosen, and a chosen leave never makes others easier to hold than they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from scheduling.solver.conflict.problem import Group
from scheduling.solver.conflict.system import System
from scheduling.solver.plan.problem import Pattern, Person, PlanProblem, SequenceRule, Stint
from scheduling.solver.plan.rules import Literal, Need, Occurrence, Window, eligible, needs, owed, sequences, stint

type Terms = list[tuple[int, float]]


class PlanSystem:
    """The system, and its variables: `on[person, period][rotation]`, `leave[person, period]`."""

    def __init__(self, problem: PlanProblem) -> None:
        self.problem = problem
        self.system = System()
        self.on: dict[tuple[str, int], dict[str, int]] = {}
        self.leave: dict[tuple[str, int], int] = {}
        # As if nobody were on leave: the rows speak of leave by its variable.
        self.present = {
            person.id: replace(person, absent=frozenset(), part_leave=frozenset()) for person in problem.people
        }
        for person in problem.people:
            self._add_cells(person)
        for index, _ in enumerate(problem.placements):
            self._add_placement(index)
        for person in problem.people:
            self._add_curriculum(person)
            self._add_sequences(person)
        self._add_staffing()

    def _add_cells(self, person: Person) -> None:
        """What a person can be on in each period; being pinned somewhere is being allowed there."""
        pinned: dict[int, set[str]] = {}
        for placement in self.problem.placements:
            if placement.person == person.id and placement.pinned and placement.allowed:
                pinned.setdefault(placement.period, set()).update(placement.rotations)
        for period in range(len(self.problem.periods)):
            if period in person.outside:
                continue
            open_ = eligible(self.problem, self.present[person.id], period) | pinned.get(period, set())
            on = {
                rotation.code: self.system.variable() for rotation in self.problem.rotations if rotation.code in open_
            }
            self.on[person.id, period] = on
            self._add_leave(person, period, on, pinned.get(period, set()))
            taken: Terms = [(each, 1.0) for each in on.values()]
            if period in person.absent:
                taken.append((self.leave[person.id, period], 1.0))
            self.system.at_most(None, taken, 1)
            placed = Group("placed", person.id, periods=(period, period))
            self.system.at_least(placed, taken, 1)

    def _add_leave(self, person: Person, period: int, on: dict[str, int], pinned: set[str]) -> None:
        if period not in person.absent and period not in person.part_leave:
            return
        leave = self.leave[person.id, period] = self.system.variable()
        self.system.at_least(Group("leave", person.id, periods=(period, period)), [(leave, 1.0)], 1)
        if period in person.part_leave:
            allowed = eligible(self.problem, person, period) | pinned
            for rotation, variable in on.items():
                if rotation not in allowed:
                    self.system.at_most(None, [(variable, 1.0), (leave, 1.0)], 1)

    def _add_placement(self, index: int) -> None:
        placement = self.problem.placements[index]
        on = self.on.get((placement.person, placement.period))
        if on is None:
            return  # outside of the program: nothing is asked of them
        group = Group(
            "pin" if placement.pinned and placement.allowed else "placement",
            placement.person,
            rotations=tuple(sorted(placement.rotations)),
            periods=(placement.period, placement.period),
            is_most=not placement.allowed,
            index=index,
        )
        there: Terms = [(variable, 1.0) for rotation, variable in on.items() if rotation in placement.rotations]
        others: Terms = [(variable, 1.0) for rotation, variable in on.items() if rotation not in placement.rotations]
        if group.kind == "pin":
            self.system.at_least(group, there, 1)
        else:
            self.system.at_most(group, others if placement.allowed else there, 0)

    def _add_curriculum(self, person: Person) -> None:
        for debt in owed(self.problem, self.present[person.id]):
            row = debt.row
            terms = self._over(person.id, debt.periods, row.rotations)
            group = Group("curriculum", person.id, row.name, row.rotations, index=self.problem.curriculum.index(row))
            if debt.fewest > 0:
                waived: Terms = []
                if row.waived_on_leave:
                    waived = [(self.leave[person.id, period], float(debt.fewest)) for period in sorted(person.absent)]
                self.system.at_least(replace(group, limit=debt.fewest), [*terms, *waived], debt.fewest)
            if debt.most is not None and len(debt.periods) > debt.most:
                self.system.at_most(replace(group, limit=debt.most, is_most=True), terms, debt.most)

    def _add_sequences(self, person: Person) -> None:
        for rule in self.problem.sequence_rules:
            if rule.price is not None:
                continue
            group = Group("sequence", person.id, rule.name, _rotations(rule))
            alone = replace(self.problem, sequence_rules=(rule,))
            for item in self._items(alone, person, rule):
                if isinstance(item, Window):
                    self.system.at_most(group, self._over(person.id, item.periods, item.rotations), item.most)
                else:
                    self._add_occurrence(group, person, item, excused=isinstance(rule, Stint))

    def _items(self, alone: PlanProblem, person: Person, rule: SequenceRule) -> Iterator[Occurrence | Window]:
        present = self.present[person.id]
        if isinstance(rule, Stint):
            for rotation in sorted(rule.rotations):
                yield from stint(alone, present, rule, rotation)
        else:
            yield from sequences(alone, present)

    def _add_occurrence(self, group: Group, person: Person, item: Occurrence, *, excused: bool) -> None:
        """Not all of it at once. A stint that leave cuts off is excused from being too short."""
        terms: Terms = []
        for literal in item.literals:
            sign = 1.0 if literal.inside else -1.0
            terms += [(variable, sign * factor) for variable, factor in self._at(person.id, literal)]
            if excused and not literal.inside and literal.period in person.absent:
                terms.append((self.leave[person.id, literal.period], -1.0))
        self.system.at_most(group, terms, sum(literal.inside for literal in item.literals) - 1)

    def _add_staffing(self) -> None:
        nobody_away = replace(self.problem, people=tuple(self.present.values()))
        for need in needs(nobody_away):
            row = need.row
            terms = self._counted(need)
            index = self.problem.staffing.index(row)
            about = Group("staffing", None, row.name, row.rotations, (need.period, need.period), index=index)
            if row.fewest > 0:
                group = replace(about, limit=row.fewest)
                self.system.at_least(group, [*terms, *self._discounts(need, group)], row.fewest)
            if row.most is not None and sum(factor for _, factor in terms) > row.most:
                group = replace(about, limit=row.most, is_most=True)
                self.system.at_most(group, [*terms, *self._discounts(need, group)], row.most)

    def _counted(self, need: Need) -> Terms:
        return [
            (variable, float(weight))
            for person, weight in need.weights.items()
            for variable, _ in self._at(person, Literal(need.period, frozenset(need.row.rotations), inside=True))
        ]

    def _discounts(self, need: Need, group: Group) -> Terms:
        """Who is there and partly on leave may count less."""
        row = need.row
        less = 0 if row.part_leave_weight is None else row.weight - row.part_leave_weight
        terms: Terms = []
        for person in self.problem.people if less else ():
            if need.period not in person.part_leave or person.id not in need.weights:
                continue
            leave = self.leave[person.id, need.period]
            there = self._at(person.id, Literal(need.period, frozenset(row.rotations), inside=True))
            if there:
                both = self.system.variable()
                self.system.at_most(group, [(both, 1.0), (leave, -1.0)], 0)
                self.system.at_most(group, [(both, 1.0), *((variable, -1.0) for variable, _ in there)], 0)
                self.system.at_most(group, [*there, (leave, 1.0), (both, -1.0)], 1)
                terms.append((both, -float(less)))
        return terms

    def _at(self, person: str, literal: Literal) -> Terms:
        on = self.on.get((person, literal.period), {})
        return [(variable, 1.0) for rotation, variable in on.items() if rotation in literal.rotations]

    def _over(self, person: str, periods: Iterable[int], rotations: Iterable[str]) -> Terms:
        named = frozenset(rotations)
        return [term for period in periods for term in self._at(person, Literal(period, named, inside=True))]


def _rotations(rule: SequenceRule) -> tuple[str, ...]:
    if isinstance(rule, Pattern):
        return tuple(sorted({rotation for step in rule.steps for rotation in step.rotations}))
    return tuple(sorted(rule.rotations))
