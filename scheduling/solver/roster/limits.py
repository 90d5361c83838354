"""Limits of single persons in the model of a span.

What is "most" is a hard row; what is "fewest" is one too, but may be missed at a high price, since pins can
make it impossible. Problems that consist of such limits are better solved as paths
(`scheduling.solver.stretch`); these rows serve people with a limit of their own in a program's year.
"""

from collections.abc import Callable
from dataclasses import dataclass

from scheduling.solver.roster.choosing import busy, is_work
from scheduling.solver.roster.duty import add_longest_run
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import weekend_of
from scheduling.solver.roster.model import Agenda, Choice, Model, Term, ones
from scheduling.solver.roster.problem import Limits, Person, Span, WorkedBlock

MISSED = 1000.0  # per stretch too short, and per day's worth of minutes too few


@dataclass(frozen=True, slots=True)
class Day:
    """Whether a day is worked, as terms to be added to a number."""

    terms: tuple[Term, ...]
    number: float


def forbidden_days(person: Person) -> frozenset[int]:
    """Days off that the person's limits fix."""
    return frozenset(person.limits.days_off) if person.limits else frozenset()


def add_limits(model: Model, frame: Frame, agenda: Agenda, days: Span) -> None:
    """The person's limits over the whole problem, as far as what is fixed so far leaves them."""
    limits = frame.problem.people[agenda.person].limits
    if limits is None:
        return
    for code, most in limits.shifts.items():
        _add_most(model, agenda, most, _is_shift(code))
    _add_minutes(model, frame, agenda, days, limits)
    if limits.most_weekends is not None:
        _add_weekends(model, frame, agenda, limits.most_weekends)
    if limits.most_days_in_a_row is not None:
        add_longest_run(model, frame, agenda, days, limits.most_days_in_a_row, lambda b: is_work(frame, b))
    if (limits.fewest_days_in_a_row or 1) > 1 or (limits.fewest_days_off_in_a_row or 1) > 1:
        _add_fewest_runs(model, frame, agenda, days, limits)


def _is_shift(code: str) -> Callable[[WorkedBlock], float]:
    return lambda block: float(block.shift_type == code)


def _in_problem(agenda: Agenda, frame: Frame) -> list[WorkedBlock]:
    """What is fixed within the problem's days: limits do not look at what was worked before."""
    return [b for day, blocks in agenda.fixed.items() if 0 <= day < frame.problem.days for b in blocks]


def _add_most(
    model: Model, agenda: Agenda, most: float, amount: Callable[[WorkedBlock], float], spent: float | None = None
) -> None:
    if spent is None:
        spent = sum(amount(b) for day, blocks in agenda.fixed.items() if day >= 0 for b in blocks)
    terms = [
        (choice.variable, size)
        for choices in agenda.choices.values()
        for choice in choices
        if (size := amount(choice.block))
    ]
    if terms:
        model.at_most(terms, max(0.0, most - spent))


def _add_minutes(model: Model, frame: Frame, agenda: Agenda, days: Span, limits: Limits) -> None:
    """Most and fewest minutes; the fewest in proportion to the days made, where others are still open."""

    def amount(block: WorkedBlock) -> float:
        return float(frame.shifts[block.shift_type].minutes)

    spent = sum(amount(block) for block in _in_problem(agenda, frame))
    if limits.most_minutes is not None:
        _add_most(model, agenda, limits.most_minutes, amount, spent)
    if limits.fewest_minutes is not None:
        terms = [(c.variable, amount(c.block)) for choices in agenda.choices.values() for c in choices]
        missing = limits.fewest_minutes * (days[1] + 1) / frame.problem.days - spent
        if terms and missing > 0:
            short = model.amount(MISSED / (8 * 60))
            model.at_least([*terms, (short, 1.0)], missing)


def _add_weekends(model: Model, frame: Frame, agenda: Agenda, most: int) -> None:
    taken = {weekend_of(frame, block.day) for block in _in_problem(agenda, frame) if is_work(frame, block)}
    taken.discard(None)
    weekends: dict[int, list[Choice]] = {}
    for day, choices in agenda.choices.items():
        saturday = weekend_of(frame, day)
        if saturday is not None and saturday not in taken:
            weekends.setdefault(saturday, []).extend(c for c in choices if is_work(frame, c.block))
    terms: list[Term] = []
    for choices in weekends.values():
        if choices:
            terms += busy(model, frame, choices)
    if terms:
        model.at_most(terms, max(0, most - len(taken)))


def _add_fewest_runs(model: Model, frame: Frame, agenda: Agenda, days: Span, limits: Limits) -> None:
    """Stretches of work and of days off that are not too short, unless they touch an edge of the problem."""
    last = frame.problem.days - 1
    longest = max(limits.fewest_days_in_a_row or 1, limits.fewest_days_off_in_a_row or 1)
    low, high = max(0, days[0] - longest), min(last, days[1] + longest)
    worked = {day: _day(model, frame, agenda, day) for day in range(low, high + 1)}
    for fewest, sign in ((limits.fewest_days_in_a_row, 1.0), (limits.fewest_days_off_in_a_row, -1.0)):
        for length in range(1, fewest or 1):
            for first in range(max(1, low + 1), high - length + 1):
                if first + length <= last:
                    _forbid_run(model, worked, first, length, sign)


def _forbid_run(model: Model, worked: dict[int, Day], first: int, length: int, sign: float) -> None:
    """No stretch of exactly these days: of work (sign 1) or of days off (sign -1)."""
    inside = [worked[day] for day in range(first, first + length)]
    edges = [worked[first - 1], worked[first + length]]
    terms = [(v, sign * a) for day in inside for v, a in day.terms]
    terms += [(v, -sign * a) for day in edges for v, a in day.terms]
    fixed = sign * (sum(day.number for day in inside) - sum(day.number for day in edges))
    # sign 1: inside - edges <= length - 1; sign -1: edges - inside <= 1
    most = (length - 1 if sign > 0 else 1) - fixed
    if terms:
        missed = model.amount(MISSED)
        model.at_most([*terms, (missed, -1.0)], most)


def _day(model: Model, frame: Frame, agenda: Agenda, day: int) -> Day:
    if any(is_work(frame, block) for block in agenda.fixed.get(day, ())):
        return Day((), 1.0)
    choices = [c for c in agenda.choices.get(day, ()) if is_work(frame, c.block)]
    if not choices:
        return Day((), 0.0)
    return Day(tuple(_exactly_busy(model, frame, choices)), 0.0)


def _exactly_busy(model: Model, frame: Frame, choices: list[Choice]) -> list[Term]:
    """Like `busy`, but 0 when none is taken: short stretches of days off are judged by it too."""
    terms = busy(model, frame, choices)
    if len(terms) == 1 and terms[0][0] not in [choice.variable for choice in choices]:
        model.at_most([terms[0], *((v, -1.0) for v, _ in ones(choices))], 0.0)
    return terms
