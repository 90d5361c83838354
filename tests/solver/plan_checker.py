"""A second, literal reading of the plan's rules, for the tests: it shares no code with the solver.

Each person's year is a list of rotations, `previous` in front; None is leave or nobody's place. Broken is a list of
(rule, person, period); score and cost are counted as the problem's docstrings say.
"""

from scheduling.solver.plan.problem import (
    AtMost,
    MustBeIn,
    OnlyIn,
    Pattern,
    Person,
    PlanProblem,
    PlanSolution,
    SequenceRule,
    Staffing,
    Stint,
)

type Year = dict[int, str | None]


def year_of(solution: PlanSolution, person: Person, periods: int) -> Year:
    """From minus the known past up to the last period."""
    year: Year = {p: solution.placements.get((person.id, p)) for p in range(periods)}
    for back, rotation in enumerate(reversed(person.previous), 1):
        year[-back] = rotation
    return year


def violations(problem: PlanProblem, solution: PlanSolution, rule: SequenceRule, person: Person) -> int:
    """How much this person's year breaks the rule, in the rule's own units."""
    periods = len(problem.periods)
    year = year_of(solution, person, periods)
    free = [p for p in range(periods) if p not in person.absent | person.outside]
    if rule.groups is not None or rule.people is not None:
        named = rule.people is not None and person.id in rule.people
        if not named and not (rule.groups is not None and person.group in rule.groups):
            return 0
    match rule:
        case OnlyIn():
            return sum(year[p] in rule.rotations for p in free if p not in rule.periods)
        case MustBeIn():
            return sum(year[p] not in {*rule.rotations, None} for p in free if p in rule.periods)
        case AtMost():
            return _too_many(year, rule.rotations, rule.most, rule.window, periods)
        case Pattern():
            return _patterns(year, rule, periods, free)
        case Stint():
            return sum(_stint(year, rule, rotation, person, periods) for rotation in rule.rotations)


def _too_many(year: Year, rotations: frozenset[str], most: int, window: int, periods: int) -> int:
    total = 0
    first = min(year)
    starts = [s for s in range(first, periods) if s + window <= periods] or [first]
    for start in starts:
        inside = [p for p in range(start, start + window) if p in year]
        past = sum(year[p] in rotations for p in inside if p < 0)
        count = sum(year[p] in rotations for p in inside)
        total += max(0, count - max(most, past)) if inside[-1] >= 0 else 0
    return total


def _patterns(year: Year, rule: Pattern, periods: int, free: list[int]) -> int:
    count = 0
    for start in rule.starts if rule.starts is not None else sorted(year):
        span = range(start, start + len(rule.steps))
        if span[-1] >= periods or not set(span) & set(free):
            continue
        count += all((year[p] in step.rotations) == step.inside for p, step in zip(span, rule.steps, strict=True))
    return count


def _stint(year: Year, rule: Stint, rotation: str, person: Person, periods: int) -> int:
    away = person.absent | person.outside
    total = 0
    start = min(year)
    while start < periods:
        if year[start] != rotation:
            start += 1
            continue
        end = start
        while end < periods and year[end] == rotation:
            end += 1
        if end > 0:
            longest = rule.longest if rule.longest is not None else periods + 99
            past = max(0, -start)
            total += max(0, end - start - max(longest, past))
            on_leave = any(
                p in away or (p in year and p < 0 and year[p] is None) for p in (start - 1, end) if p < periods
            )
            known = start > min(year)
            if known and end < periods and not on_leave:
                total += max(0, rule.shortest - (end - start))
        start = end
    return total


def cost(problem: PlanProblem, solution: PlanSolution) -> float:
    """The objective, counted from the placements alone. Only for problems without history and group changes."""
    total, put = 0.0, solution.placements
    for person in problem.people:
        for period in range(len(problem.periods)):
            if period not in person.absent | person.outside and (person.id, period) not in put:
                total += problem.prices.unplaced
        for row in problem.curriculum:
            if row.groups is None or person.group in row.groups:
                done = sum(put.get((person.id, p)) in row.rotations for p in range(len(problem.periods)))
                inside = len(problem.periods) - len(person.outside)
                fewest = row.fewest * inside // len(problem.periods) if inside else 0
                most = row.most if row.most is not None else 99
                total += problem.prices.curriculum * (max(0, fewest - done) + max(0, done - most) if inside else 0)
        for rule in problem.sequence_rules:
            price = problem.prices.broken_rule if rule.price is None else rule.price
            total += price * violations(problem, solution, rule, person)
    total += sum(_staffing(problem, solution, row) for row in problem.staffing)
    return total - sum(w.weight for w in problem.wishes if put.get((w.person, w.period)) in w.rotations)


def _staffing(problem: PlanProblem, solution: PlanSolution, row: Staffing) -> float:
    people = {person.id: person for person in problem.people}
    total = 0.0
    for period in range(len(problem.periods)):
        there = 0
        for (who, when), rotation in solution.placements.items():
            person = people[who]
            if when == period and rotation in row.rotations and (row.groups is None or person.group in row.groups):
                part = row.part_leave_weight if row.part_leave_weight is not None else row.weight
                there += part if period in person.part_leave else row.weight
        most = row.most if row.most is not None else there
        total += problem.prices.staffing * (max(0, row.fewest - there) + max(0, there - most))
    return total
