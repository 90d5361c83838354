"""What a plan's problem says that cannot be meant: unknown names, periods out of range, limits the wrong way round."""

from collections.abc import Iterable, Iterator

from scheduling.solver.codec import Mistake
from scheduling.solver.plan.problem import (
    AtMost,
    MustBeIn,
    OnlyIn,
    Pattern,
    Person,
    PlanProblem,
    SequenceRule,
    Stint,
)


def mistakes(problem: PlanProblem) -> list[Mistake]:
    """All of them, in the order of the problem; an empty list if it can be solved."""
    return [
        *_repeated("$.periods", "", problem.periods),
        *_repeated("$.people", ".id", [person.id for person in problem.people]),
        *_repeated("$.rotations", ".code", [rotation.code for rotation in problem.rotations]),
        *_people(problem),
        *_rows(problem),
        *_rules(problem),
        *_settled(problem),
    ]


def _repeated(where: str, member: str, names: Iterable[str]) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in seen:
            yield Mistake(f"{where}[{index}]{member}", f"{name!r} is there already, at {where}[{seen[name]}]")
        seen.setdefault(name, index)


class _Names:
    """What may be referred to."""

    def __init__(self, problem: PlanProblem) -> None:
        self.rotations = {rotation.code for rotation in problem.rotations}
        self.people = {person.id for person in problem.people}
        self.last = len(problem.periods) - 1

    def check(
        self,
        where: str,
        *,
        rotations: Iterable[str] = (),
        people: Iterable[str] | None = None,
        periods: Iterable[int] | None = None,
    ) -> Iterator[Mistake]:
        for rotation in sorted(set(rotations) - self.rotations):
            known = ", ".join(sorted(self.rotations))
            yield Mistake(where, f"unknown rotation {rotation!r}; expected one of {known}")
        for person in sorted(set(people or ()) - self.people):
            yield Mistake(where, f"unknown person {person!r}; expected the id of one of the people")
        for period in sorted(set(periods or ())):
            if not 0 <= period <= self.last:
                yield Mistake(where, f"period {period} is out of range; expected 0 to {self.last}")


def _people(problem: PlanProblem) -> Iterator[Mistake]:
    names = _Names(problem)
    for index, person in enumerate(problem.people):
        where = f"$.people[{index}]"
        for member in ("absent", "outside", "part_leave"):
            yield from names.check(f"{where}.{member}", periods=getattr(person, member))
        yield from names.check(f"{where}.history", rotations=person.history)
        yield from names.check(f"{where}.previous", rotations=[code for code in person.previous if code])
        yield from _group_changes(names, f"{where}.group_changes", person)


def _group_changes(names: _Names, where: str, person: Person) -> Iterator[Mistake]:
    periods = [period for period, _ in person.group_changes]
    yield from names.check(where, periods=periods)
    if periods != sorted(set(periods)):
        yield Mistake(where, "expected the changes in order of time, one a period")


def _rows(problem: PlanProblem) -> Iterator[Mistake]:
    names = _Names(problem)
    for index, need in enumerate(problem.staffing):
        where = f"$.staffing[{index}]"
        yield from names.check(f"{where}.rotations", rotations=need.rotations)
        yield from names.check(f"{where}.periods", periods=need.periods)
        yield from _limits(where, need.fewest, need.most)
    for index, row in enumerate(problem.curriculum):
        where = f"$.curriculum[{index}]"
        yield from names.check(f"{where}.rotations", rotations=row.rotations)
        yield from names.check(f"{where}.people", people=row.people)
        yield from _limits(where, row.fewest, row.most)


def _limits(
    where: str, fewest: int, most: int | None, names: tuple[str, str] = ("fewest", "most")
) -> Iterator[Mistake]:
    if most is not None and fewest > most:
        low, high = names
        yield Mistake(f"{where}.{low}", f"{fewest} is more than {high} ({most})")


def _rules(problem: PlanProblem) -> Iterator[Mistake]:
    names = _Names(problem)
    for index, rule in enumerate(problem.sequence_rules):
        where = f"$.sequence_rules[{index}]"
        yield from names.check(f"{where}.people", people=rule.people)
        yield from _rule(names, where, rule)


def _rule(names: _Names, where: str, rule: SequenceRule) -> Iterator[Mistake]:
    if isinstance(rule, Pattern):
        for number, step in enumerate(rule.steps):
            yield from names.check(f"{where}.steps[{number}].rotations", rotations=step.rotations)
        yield from names.check(f"{where}.starts", periods=rule.starts)
        return
    yield from names.check(f"{where}.rotations", rotations=rule.rotations)
    match rule:
        case OnlyIn() | MustBeIn():
            yield from names.check(f"{where}.periods", periods=rule.periods)
        case Stint():
            yield from _limits(where, rule.shortest, rule.longest, ("shortest", "longest"))
        case AtMost():
            if rule.most >= rule.window:
                yield Mistake(
                    f"{where}.most", f"{rule.most} in any {rule.window} periods forbids nothing; expected less"
                )


def _settled(problem: PlanProblem) -> Iterator[Mistake]:
    names = _Names(problem)
    pins: dict[tuple[str, int], tuple[int, frozenset[str]]] = {}
    for index, placement in enumerate(problem.placements):
        where = f"$.placements[{index}]"
        yield from _cell(names, where, placement.person, placement.period, placement.rotations)
        if placement.pinned and placement.allowed:
            cell = placement.person, placement.period
            first, rotations = pins.get(cell, (index, placement.rotations))
            if not rotations & placement.rotations:
                yield Mistake(f"{where}.rotations", f"contradicts the pin at $.placements[{first}]")
            pins[cell] = first, (rotations & placement.rotations) or rotations
    for index, wish in enumerate(problem.wishes):
        yield from _cell(names, f"$.wishes[{index}]", wish.person, wish.period, wish.rotations)


def _cell(names: _Names, where: str, person: str, period: int, rotations: frozenset[str]) -> Iterator[Mistake]:
    yield from names.check(f"{where}.person", people=[person])
    yield from names.check(f"{where}.period", periods=[period])
    yield from names.check(f"{where}.rotations", rotations=rotations)
