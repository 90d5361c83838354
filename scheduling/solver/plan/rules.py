"""The rows of a plan's problem, spelled out person by person and period by period.

The model prices or forbids what is listed here, and `judge` counts it in a finished plan. Leave and what happened
before the first period are resolved here: what is left speaks only of cells, the (person, period) pairs to be placed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scheduling.solver.plan.problem import (
    AtMost,
    Curriculum,
    MustBeIn,
    OnlyIn,
    Pattern,
    Person,
    PlanProblem,
    SequenceRule,
    Staffing,
    Step,
    Stint,
)


@dataclass(frozen=True, slots=True)
class Literal:
    """In this cell the person is on one of the rotations; on none of them if not `inside`."""

    period: int
    rotations: frozenset[str]
    inside: bool


@dataclass(frozen=True, slots=True)
class Occurrence:
    """All literals true at once costs `amount` times `price`; None: forbidden."""

    rule: str
    person: str
    period: int
    literals: tuple[Literal, ...]
    amount: int
    price: float | None


@dataclass(frozen=True, slots=True)
class Window:
    """Of these cells at most `most` are on one of the rotations; each more costs `price`; None: forbidden."""

    rule: str
    person: str
    periods: tuple[int, ...]
    rotations: frozenset[str]
    most: int
    price: float | None


@dataclass(frozen=True, slots=True)
class Owed:
    """What a person owes of a curriculum row in these cells, history and waivers already taken into account."""

    row: Curriculum
    person: str
    periods: tuple[int, ...]
    fewest: int
    most: int | None
    price: float


@dataclass(frozen=True, slots=True)
class Need:
    """What a staffing row needs in a period. `weights` is what each person counts who could."""

    row: Staffing
    period: int
    weights: dict[str, int]
    price_below: float
    price_above: float


def sequences(problem: PlanProblem, person: Person) -> Iterator[Occurrence | Window]:
    """Everything that the sequence rules say about this person, without the stints (see `stint`)."""
    for rule in problem.sequence_rules:
        match rule:
            case AtMost():
                yield from _at_most(problem, person, rule, rule.rotations, rule.most, rule.window)
            case Pattern():
                yield from _pattern(problem, person, rule)
            case OnlyIn() | MustBeIn():
                yield from _periods(problem, person, rule)


def applies(rule: SequenceRule | Curriculum, person: Person, period: int) -> bool:
    """Whether a rule or curriculum row is for this person in this period."""
    if rule.groups is None and rule.people is None:
        return True
    if rule.people is not None and person.id in rule.people:
        return True
    return rule.groups is not None and person.group_in(max(period, 0)) in rule.groups


def owed(problem: PlanProblem, person: Person) -> Iterator[Owed]:
    """What this person owes of each curriculum row."""
    horizon = range(len(problem.periods))
    for row in problem.curriculum:
        member = [p for p in horizon if p not in person.outside and applies(row, person, p)]
        if not member:
            continue
        fewest, most = row.fewest, row.most
        if row.counts_history:
            done = sum(person.history.get(rotation, 0) for rotation in row.rotations)
            fewest = max(0, fewest - done)
            most = None if most is None else max(0, most - done)
        else:
            fewest = fewest * len(member) // len(horizon)
        if row.waived_on_leave and person.absent:
            fewest = 0
        price = problem.prices.curriculum if row.price is None else row.price
        yield Owed(row, person.id, tuple(p for p in member if not person.is_away(p)), fewest, most, price)


def needs(problem: PlanProblem) -> Iterator[Need]:
    """What each staffing row needs in each of its periods."""
    for row in problem.staffing:
        below = problem.prices.staffing if row.price_below is None else row.price_below
        above = problem.prices.staffing if row.price_above is None else row.price_above
        for period in row.periods if row.periods is not None else range(len(problem.periods)):
            yield Need(row, period, _weights(problem, row, period), below, above)


def _weights(problem: PlanProblem, row: Staffing, period: int) -> dict[str, int]:
    on_leave = row.weight if row.part_leave_weight is None else row.part_leave_weight
    return {
        person.id: on_leave if period in person.part_leave else row.weight
        for person in problem.people
        if not person.is_away(period) and (row.groups is None or person.group_in(period) in row.groups)
    }


def eligible(problem: PlanProblem, person: Person, period: int) -> set[str]:
    """The rotations that a person's curriculum and part leave leave open; all where no row is theirs."""
    rows = [row for row in problem.curriculum if applies(row, person, period)]
    named = {rotation for row in rows if row.most != 0 for rotation in row.rotations}
    group = person.group_in(period)
    return {
        rotation.code
        for rotation in problem.rotations
        if (rotation.code in named or not rows)
        and (period not in person.part_leave or rotation.leave_groups is None or group in rotation.leave_groups)
    }


def before(person: Person, period: int) -> str | None:
    """The rotation of a known period before the first one; None for leave."""
    return person.previous[len(person.previous) + period]


def _literals(person: Person, start: int, steps: tuple[Step, ...]) -> tuple[Literal, ...] | None:
    """The cells that the steps speak of, once leave and the past are taken out; None if those contradict them."""
    literals = []
    for period, step in enumerate(steps, start):
        if period >= 0 and not person.is_away(period):
            literals.append(Literal(period, step.rotations, step.inside))
        else:
            on = None if period >= 0 else before(person, period)
            if (on in step.rotations) != step.inside:
                return None
    return tuple(literals)


def _pattern(problem: PlanProblem, person: Person, rule: Pattern) -> Iterator[Occurrence]:
    last_start = len(problem.periods) - len(rule.steps)
    starts = rule.starts if rule.starts is not None else range(-len(person.previous), last_start + 1)
    for start in starts:
        if start <= last_start and applies(rule, person, start + len(rule.steps) - 1):
            literals = _literals(person, start, rule.steps)
            if literals:
                yield Occurrence(rule.name, person.id, max(start, 0), literals, 1, rule.price)


def _at_most(
    problem: PlanProblem, person: Person, rule: AtMost | Stint, rotations: frozenset[str], most: int, window: int
) -> Iterator[Window]:
    horizon, known = len(problem.periods), -len(person.previous)
    for start in range(known, max(known, horizon - window) + 1):
        periods = range(start, min(start + window, horizon))
        if not periods or not applies(rule, person, periods[-1]):
            continue
        past = sum(before(person, p) in rotations for p in periods if p < 0)
        cells = tuple(p for p in periods if p >= 0 and not person.is_away(p))
        left = max(0, most - past)
        if len(cells) > left:
            yield Window(rule.name, person.id, cells, rotations, left, rule.price)


def _periods(problem: PlanProblem, person: Person, rule: OnlyIn | MustBeIn) -> Iterator[Occurrence]:
    only = isinstance(rule, OnlyIn)
    # Who is left unplaced where they must be somewhere counts as unplaced, not as breaking the rule as well.
    wrong = rule.rotations if only else frozenset(r.code for r in problem.rotations) - rule.rotations
    for period in range(len(problem.periods)):
        if (period in rule.periods) != only and not person.is_away(period) and applies(rule, person, period):
            yield Occurrence(rule.name, person.id, period, (Literal(period, wrong, inside=True),), 1, rule.price)


def stint(problem: PlanProblem, person: Person, rule: Stint, rotation: str) -> Iterator[Occurrence | Window]:
    """What a stint rule says about one of its rotations."""
    horizon, one = len(problem.periods), frozenset({rotation})
    if rule.longest is not None:
        yield from _at_most(problem, person, rule, one, rule.longest, rule.longest + 1)
    run, off = Step(one), Step(one, inside=False)
    for length in range(1, rule.shortest):
        for start in range(1 - len(person.previous), horizon - length):
            after = start + length
            if after < 0 or not applies(rule, person, after) or on_leave(person, start - 1) or on_leave(person, after):
                continue
            literals = _literals(person, start - 1, (off, *[run] * length, off))
            if literals:
                missing = rule.shortest - length
                yield Occurrence(rule.name, person.id, max(start, 0), literals, missing, rule.price)


def on_leave(person: Person, period: int) -> bool:
    """Whether the person is away in this period, or was in a known one before the first."""
    return person.is_away(period) if period >= 0 else before(person, period) is None
