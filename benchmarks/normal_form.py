"""What a plan problem says, in one form, so that two ways of saying the same are equal.

Rules that leave no choice (only in, must be in, placements, leave, nothing outside the curriculum) become the rotations
that each person may be on in each period. What then cannot be broken is left out; groups become the people concerned;
spans of periods become single ones; prices left to the problem's defaults are filled in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scheduling.solver.plan.problem import (
    AtMost,
    Curriculum,
    MustBeIn,
    OnlyIn,
    Pattern,
    Person,
    PlanProblem,
    Stint,
)

type Groups = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Names:
    """What another problem calls rotations and groups."""

    rotations: dict[str, str]
    groups: dict[str, str]


def normal_form(problem: PlanProblem, names: Names) -> dict[str, set[Any]]:
    """The statements of a problem by kind; equal sets are the same problem."""
    return _Form(problem, names).statements()


class _Form:
    def __init__(self, problem: PlanProblem, names: Names) -> None:
        self.problem, self.names = problem, names
        self.periods = range(len(problem.periods))
        self.people = {person.id: person for person in problem.people}
        self.allowed = {(p.id, period): self._allowed(p, period) for p in problem.people for period in self.periods}

    def statements(self) -> dict[str, set[Any]]:
        problem = self.problem
        return {
            "people": {self._person(person) for person in problem.people},
            "allowed": {(key, self._rotations(codes)) for key, codes in self.allowed.items()},
            "staffing": set(self._staffing()),
            "curriculum": set(self._curriculum()),
            "sequence rules": set(self._sequence_rules()),
            "wishes": {
                (wish.person, wish.period, self._rotations(wish.rotations), wish.weight) for wish in problem.wishes
            },
        }

    def _rotations(self, codes: Iterable[str]) -> frozenset[str]:
        return frozenset(self.names.rotations.get(code, code) for code in codes)

    def _group(self, group: str) -> str:
        return self.names.groups.get(group, group)

    def _person(self, person: Person) -> tuple[Any, ...]:
        history = frozenset((self.names.rotations.get(c, c), number) for c, number in person.history.items() if number)
        changes = tuple((period, self._group(group)) for period, group in person.group_changes)
        away = person.absent, person.outside, person.part_leave
        return person.id, self._group(person.group), changes, *away, history, person.previous

    def _concerns(self, person: Person, period: int, groups: Groups, people: frozenset[str] | None) -> bool:
        if groups is None and people is None:
            return True
        return person.group_in(period) in (groups or ()) or person.id in (people or ())

    def _owed(self, person: Person, period: int) -> list[Curriculum]:
        return [row for row in self.problem.curriculum if self._concerns(person, period, row.groups, row.people)]

    def _allowed(self, person: Person, period: int) -> frozenset[str]:
        """The rotations a person may be on."""
        if person.is_away(period):
            return frozenset()
        found = {code for row in self._owed(person, period) for code in row.rotations}
        if period in person.part_leave:
            found -= {
                rotation.code
                for rotation in self.problem.rotations
                if rotation.leave_groups is not None and person.group_in(period) not in rotation.leave_groups
            }
        for rule in self.problem.sequence_rules:
            if not isinstance(rule, OnlyIn | MustBeIn) or rule.price is not None:
                continue
            if not self._concerns(person, period, rule.groups, rule.people):
                continue
            if isinstance(rule, MustBeIn) and period in rule.periods:
                found &= rule.rotations
            elif isinstance(rule, OnlyIn) and period not in rule.periods:
                found -= rule.rotations
        for placement in self.problem.placements:
            if (placement.person, placement.period) == (person.id, period):
                found = found & placement.rotations if placement.allowed else found - placement.rotations
        return frozenset(found)

    def _staffing(self) -> Iterable[Any]:
        prices = self.problem.prices
        present = {person.group for person in self.problem.people}
        for row in self.problem.staffing:
            groups = frozenset(self._group(g) for g in present if row.groups is None or g in row.groups)
            part = row.weight if row.part_leave_weight is None else row.part_leave_weight
            below = round(prices.staffing if row.price_below is None else row.price_below, 2)
            above = prices.staffing if row.price_above is None else row.price_above
            rotations = self._rotations(row.rotations)
            for period in self.periods if row.periods is None else row.periods:
                if row.fewest:
                    yield rotations, period, groups, "fewest", row.fewest, row.weight, part, below
                if row.most is not None:
                    yield rotations, period, groups, "most", row.most, row.weight, part, round(above, 2)

    def _curriculum(self) -> Iterable[Any]:
        for person in self.problem.people:
            for row in self._owed(person, 0):
                codes = frozenset(row.rotations)
                mine = [self.allowed[person.id, period] for period in self.periods]
                forced = sum(1 for allowed in mine if allowed and allowed <= codes)
                possible = sum(1 for allowed in mine if allowed & codes)
                price = self.problem.prices.curriculum if row.price is None else row.price
                said = person.id, self._rotations(codes), price
                if row.fewest > forced:
                    yield *said, "fewest", row.fewest, row.waived_on_leave, row.counts_history
                if row.most is not None and row.most < possible:
                    yield *said, "most", row.most, row.counts_history

    def _sequence_rules(self) -> Iterable[Any]:
        for rule in self.problem.sequence_rules:
            if isinstance(rule, OnlyIn | MustBeIn):
                continue
            codes = frozenset.union(*[s.rotations for s in rule.steps]) if isinstance(rule, Pattern) else rule.rotations
            for person in self.problem.people:
                there = any(self.allowed[person.id, period] & codes for period in self.periods)
                if there and self._concerns(person, 0, rule.groups, rule.people):
                    yield from self._of_person(person, rule)

    def _of_person(self, person: Person, rule: AtMost | Pattern | Stint) -> Iterable[Any]:
        if isinstance(rule, AtMost):
            yield person.id, "at most", self._rotations(rule.rotations), rule.most, rule.window, rule.price
        elif isinstance(rule, Stint):
            for code in rule.rotations:
                yield person.id, "stint", self._rotations({code}), rule.shortest, rule.longest, rule.price
        elif rule.starts is None and len(set(rule.steps)) == 1 and rule.steps[0].inside and (rule.price or 1) > 0:
            length = len(rule.steps)
            yield person.id, "at most", self._rotations(rule.steps[0].rotations), length - 1, length, rule.price
        else:
            steps = tuple((self._rotations(step.rotations), step.inside) for step in rule.steps)
            yield person.id, "pattern", steps, rule.starts, rule.price
