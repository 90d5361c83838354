"""The duty-hour musts and the program's rules as rows, one person at a time.

Every row is "at most", and what is fixed beforehand only lowers its right-hand side as far as 0, so giving
nothing is always allowed: pins that break a rule are kept, and nothing more is added to what they broke.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from scheduling.solver.roster.choosing import busy, exclusive, is_work
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.free_days import add_free_days
from scheduling.solver.roster.model import Agenda, Choice, Model, Term, ones
from scheduling.solver.roster.problem import Span, WorkedBlock
from scheduling.solver.roster.windows import Window, weeks_of, windows_to_make

if TYPE_CHECKING:
    import pulp

type Link = tuple[WorkedBlock, pulp.LpVariable | None]  # a block that is fixed, or may be given


def add_duty_rules(model: Model, frame: Frame, agenda: Agenda, days: Span) -> None:
    """All rules of one person for the days being made."""
    _add_same_day(model, frame, agenda)
    _add_clashes(model, frame, agenda)
    if frame.problem.people[agenda.person].faculty:
        return
    rules = frame.rules
    _add_chains(model, frame, agenda)
    windows = windows_to_make(frame, agenda.person, days)
    for window in windows:
        if rules.weekly_hours:
            _add_budget(model, agenda, window, window.minutes, lambda b: frame.counted(b.shift_type, b.day))
        if rules.call_every is not None:
            _add_budget(model, agenda, window, window.calls(rules.call_every), frame.is_call)
    if rules.free_day_in is not None:
        for window in windows if rules.free_day_averaged else weeks_of(frame, agenda.person, days):
            add_free_days(model, frame, agenda, window, rules.free_day_in)
    if rules.most_nights_in_a_row is not None:
        add_longest_run(
            model, frame, agenda, days, rules.most_nights_in_a_row, lambda b: frame.shifts[b.shift_type].night
        )
    if rules.most_days_in_a_row is not None:
        add_longest_run(model, frame, agenda, days, rules.most_days_in_a_row, lambda b: is_work(frame, b))


def _add_same_day(model: Model, frame: Frame, agenda: Agenda) -> None:
    """One block a day; where some may be joined, no two that may not."""
    for choices in agenda.choices.values():
        for clique in exclusive(frame, choices):
            if len(clique) > 1:
                model.at_most(ones(clique), 1.0)


def _add_clashes(model: Model, frame: Frame, agenda: Agenda) -> None:
    """Rest between blocks of different days, and blocks of one day that overlap although they may be joined."""
    faculty = frame.problem.people[agenda.person].faculty
    for day, choices in agenda.choices.items():
        for later in (day, day + 1, day + 2):
            if others := agenda.choices.get(later):
                _add_clashes_between(model, frame, choices, others, faculty)


def _add_clashes_between(
    model: Model, frame: Frame, choices: list[Choice], others: list[Choice], faculty: bool
) -> None:
    day, later = choices[0].day, others[0].day
    same_day = day == later
    befores: dict[frozenset[str], set[str]] = {}
    types = {choice.block.shift_type for choice in choices}
    for after in {other.block.shift_type for other in others}:
        before = frozenset(
            one
            for one in types
            if not (same_day and not frame.joined(one, after)) and frame.clash(one, day, after, later, faculty=faculty)
        )
        if before:
            befores.setdefault(before, set()).add(after)
    for before, after_types in sorted(befores.items(), key=lambda item: sorted(item[0])):
        first = [c for c in choices if c.block.shift_type in before]
        second = [c for c in others if c.block.shift_type in after_types]
        for one in exclusive(frame, first):
            for other in exclusive(frame, second):
                model.at_most([*ones(one), *ones(other)], 1.0)
    if not faculty and not same_day and frame.prices_rest:
        _price_short_rest(model, frame, choices, others)


def _price_short_rest(model: Model, frame: Frame, choices: list[Choice], others: list[Choice]) -> None:
    """The should of 6.21, where no harder rule forbids the pair anyway."""
    for one in choices:
        for other in others:
            codes = one.block.shift_type, one.day, other.block.shift_type, other.day
            if frame.short_rest(*codes) and frame.clash(*codes, faculty=False) is None:
                short = model.amount(frame.problem.prices.short_rest)
                model.at_most([*ones((one, other)), (short, -1.0)], 1.0)


def _add_chains(model: Model, frame: Frame, agenda: Agenda) -> None:
    """Three or more blocks without a break: together no longer than allowed, and rest after 24 hours of them."""
    if not frame.joins_blocks and (frame.rules.rest_between or 0) > frame.rules.break_minutes:
        return  # blocks of different days always have a break between them
    links: dict[int, list[Link]] = {}
    for day, blocks in agenda.fixed.items():
        links.setdefault(day, []).extend((block, None) for block in blocks)
    for day, choices in agenda.choices.items():
        links.setdefault(day, []).extend((choice.block, choice.variable) for choice in choices)
    for link in [link for day in sorted(links) for link in links[day]]:
        if frame.shifts[link[0].shift_type].duty == "in_house":
            _extend(model, frame, links, [link])


def _extend(model: Model, frame: Frame, links: dict[int, list[Link]], chain: list[Link]) -> None:
    rules = frame.rules
    start, _ = frame.instants(chain[0][0].shift_type, chain[0][0].day)
    last = chain[-1][0]
    end = frame.instants(last.shift_type, last.day)[1]
    tired = rules.rest_after_call is not None and end - start >= rules.call_minutes
    for other in (link for day in (last.day, last.day + 1) for link in links.get(day, ())):
        if frame.shifts[other[0].shift_type].duty != "in_house" or other[0] == last:
            continue
        begins, ends = frame.instants(other[0].shift_type, other[0].day)
        gap = begins - end
        if gap < 0:
            continue
        long = rules.most_continuous is not None and ends - start > rules.most_continuous
        if (gap <= rules.break_minutes and long) or (tired and gap < (rules.rest_after_call or 0)):
            terms = [(variable, 1.0) for _, variable in (*chain, other) if variable is not None]
            if len(chain) > 1 and terms:
                model.at_most(terms, len(terms) - 1)
        elif gap <= rules.break_minutes:
            _extend(model, frame, links, [*chain, other])


def _add_budget(
    model: Model, agenda: Agenda, window: Window, most: int, amount: Callable[[WorkedBlock], float]
) -> None:
    """At most so much in a window; left out where everything together could not exceed it."""
    spent = 0.0
    possible = 0.0
    terms: list[Term] = []
    for day in range(window.first, window.last + 1):
        spent += sum(amount(block) for block in agenda.fixed.get(day, ()))
        daily = [(c.variable, float(amount(c.block))) for c in agenda.choices.get(day, ())]
        terms += [term for term in daily if term[1]]
        possible += sum(size for _, size in daily)
    if terms and spent + possible > most:
        model.at_most(terms, max(0.0, most - spent))


def add_longest_run(
    model: Model, frame: Frame, agenda: Agenda, days: Span, most: int, matters: Callable[[WorkedBlock], bool]
) -> None:
    """At most `most` days in a row with such a block, also across the edges of the days being made."""
    taken = {day for day, blocks in agenda.fixed.items() if any(map(matters, blocks))}
    may: dict[int, list[Term]] = {}
    for day, choices in agenda.choices.items():
        if day not in taken and (mattering := [choice for choice in choices if matters(choice.block)]):
            may[day] = busy(model, frame, mattering)
    for first in range(days[0] - most, days[1] + 1):
        stretch = range(first, first + most + 1)
        if all(day in taken or may.get(day) for day in stretch):
            fixed = sum(1 for day in stretch if day in taken)
            terms = [term for day in stretch for term in may.get(day, ())]
            if terms:
                model.at_most(terms, max(0.0, most - fixed))
