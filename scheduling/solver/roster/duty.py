"""The duty-hour musts and the program's rules as rows, one person at a time.

Every row is "at most", and what is fixed beforehand only lowers its right-hand side as far as 0, so giving
nothing is always allowed: pins that break a rule are kept, and nothing more is added to what they broke.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import floor

import pulp

from scheduling.solver.roster.frame import BREAK_MINUTES, Frame
from scheduling.solver.roster.model import Agenda, Choice, Model, Term, ones
from scheduling.solver.roster.problem import DAY_MINUTES, Span, WorkedBlock

WEEKLY_HOURS = 80
Link = tuple[WorkedBlock, pulp.LpVariable | None]  # a block that is fixed, or may be given


@dataclass(frozen=True, slots=True)
class Window:
    """Days that an average is taken over (`days`: without leave), and the weekly hours allowed there."""

    first: int
    last: int
    days: tuple[int, ...]
    weekly_hours: int

    @property
    def minutes(self) -> int:
        """The budget of hours, in minutes."""
        return floor(self.weekly_hours * 60 * len(self.days) / 7)

    def free_days(self, one_in: int) -> int:
        """Days that must be free: 28 days with 7 of leave owe 3."""
        return floor(len(self.days) / one_in)

    def calls(self, every: int) -> int:
        return floor(len(self.days) / every)


def windows_of(frame: Frame, person: int, days: Span) -> list[Window]:
    """The averaging windows that meet `days`: each stay on a rotation within each of the problem's windows."""
    placed = frame.placed[person]
    found = []
    for first, last in frame.problem.periods:
        for low, high in stays(placed, first, last):
            present = tuple(day for day in range(low, high + 1) if frame.present(person, day))
            if present and low <= days[1] and high >= days[0]:
                found.append(Window(low, high, present, frame.rotations[placed[low]].weekly_hours))
    return found


def stays(placed: dict[int, str], first: int, last: int) -> Iterator[Span]:
    """The parts of the window spent on one rotation each."""
    day = first
    while day <= last:
        end = day
        while end < last and placed.get(end + 1) == placed.get(day):
            end += 1
        if day in placed:
            yield day, end
        day = end + 1


def weeks_of(frame: Frame, person: int, days: Span) -> list[Window]:
    """The whole weeks that meet `days` and in which the person is there every day."""
    first = days[0] - (frame.weekday(days[0]) - frame.rules.week_starts) % 7
    weeks = (tuple(range(day, day + 7)) for day in range(first, days[1] + 1, 7))
    return [
        Window(week[0], week[6], week, WEEKLY_HOURS)
        for week in weeks
        if week[0] >= 0 and week[6] < frame.problem.days and all(frame.present(person, day) for day in week)
    ]


def add_duty_rules(model: Model, frame: Frame, agenda: Agenda, days: Span) -> None:
    """All rules of one person for the days being made."""
    _add_same_day(model, frame, agenda)
    _add_clashes(model, frame, agenda)
    if frame.problem.people[agenda.person].faculty:
        return
    rules = frame.rules
    _add_chains(model, frame, agenda)
    for window in windows_of(frame, agenda.person, days):
        if rules.weekly_hours:
            _add_budget(model, agenda, window, window.minutes, lambda b: frame.counted(b.shift_type, b.day))
        if rules.call_every is not None:
            _add_budget(model, agenda, window, window.calls(rules.call_every), frame.is_call)
    if rules.free_day_in is not None:
        for window in free_day_windows(frame, agenda.person, days):
            _add_free_days(model, frame, agenda, window, rules.free_day_in)
    if rules.most_nights_in_a_row is not None:
        add_longest_run(
            model, frame, agenda, days, rules.most_nights_in_a_row, lambda b: frame.shifts[b.shift_type].night
        )
    if rules.most_days_in_a_row is not None:
        add_longest_run(model, frame, agenda, days, rules.most_days_in_a_row, lambda b: is_work(frame, b))


def is_work(frame: Frame, block: WorkedBlock) -> bool:
    """Backup is no work until it is called in, and then it is another block."""
    return frame.shifts[block.shift_type].duty != "backup"


def _add_same_day(model: Model, frame: Frame, agenda: Agenda) -> None:
    """One block a day; where some may be joined, no two that may not."""
    for choices in agenda.choices.values():
        for clique in exclusive(frame, choices):
            if len(clique) > 1:
                model.at_most(ones(clique), 1.0)


def exclusive(frame: Frame, choices: list[Choice]) -> list[list[Choice]]:
    """The choices of one day in groups of which one at most can be worked, every such pair lying in one of them."""
    types = sorted({choice.block.shift_type for choice in choices})
    if not any(frame.joined(one, other) for one in types for other in types):
        return [choices]
    cliques = []
    covered: set[frozenset[str]] = set()
    for one in types:
        for other in types:
            if frame.joined(one, other) or frozenset((one, other)) in covered:
                continue
            members = [one] if one == other else [one, other]
            for more in types:
                if more not in members and not any(frame.joined(more, member) for member in members):
                    members.append(more)
            covered |= {frozenset((a, b)) for a in members for b in members}
            cliques.append([choice for choice in choices if choice.block.shift_type in members])
    return cliques


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
    if not frame.joins_blocks and frame.rules.rest_between is not None:
        return  # blocks of different days always have a break between them
    links: dict[int, list[Link]] = {}
    for day, blocks in agenda.fixed.items():
        links.setdefault(day, []).extend((block, None) for block in blocks)
    for day, choices in agenda.choices.items():
        links.setdefault(day, []).extend((choice.block, choice.variable) for choice in choices)
    for link in [link for day in sorted(links) for link in links[day]]:
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
        long = rules.most_continuous is not None and ends - start > rules.most_continuous + rules.handover
        if (gap < BREAK_MINUTES and long) or (tired and gap < (rules.rest_after_call or 0)):
            terms = [(variable, 1.0) for _, variable in (*chain, other) if variable is not None]
            if len(chain) > 1 and terms:
                model.at_most(terms, len(terms) - 1)
        elif gap < BREAK_MINUTES:
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


def free_day_windows(frame: Frame, person: int, days: Span) -> list[Window]:
    """What one day in seven is free of: the averaging windows, or every week by itself."""
    return (windows_of if frame.rules.free_day_averaged else weeks_of)(frame, person, days)


def _add_free_days(model: Model, frame: Frame, agenda: Agenda, window: Window, one_in: int) -> None:
    """At least one day in seven free: 24 hours from the hour at which the fewest blocks reach over."""
    spared = len(window.days) - window.free_days(one_in)
    touched = _touched(frame, agenda, window)
    possible = sum(1 for fixed, choices in touched.values() if fixed or choices)
    if possible <= spared:
        return
    taken = sum(1 for fixed, _ in touched.values() if fixed)
    terms: list[Term] = []
    for fixed, choices in touched.values():
        if not fixed and choices:
            terms += busy(model, frame, choices)
    model.at_most(terms, max(0.0, spared - taken))


def _touched(frame: Frame, agenda: Agenda, window: Window) -> dict[int, tuple[bool, list[Choice]]]:
    """For each day of the window, whether its 24 hours are taken already, and the choices that would take them."""
    hour = free_hour(frame, agenda, window)
    taken = taken_days(frame, agenda, window, hour)
    touched: dict[int, tuple[bool, list[Choice]]] = {day: (day in taken, []) for day in window.days}
    for day in range(window.first - 2, window.last + 3):
        for choice in agenda.choices.get(day, ()):
            for met in _days_touched(frame, choice.block, hour):
                if met in touched:
                    touched[met][1].append(choice)
    return touched


def taken_days(frame: Frame, agenda: Agenda, window: Window, hour: int) -> set[int]:
    """The days of the window whose 24 hours from `hour` are not free, by what is fixed or by a change of clocks."""
    met = {
        met
        for day in range(window.first - 2, window.last + 3)
        for block in agenda.fixed.get(day, ())
        for met in _days_touched(frame, block, hour)
    }
    return {day for day in window.days if day in met or (hour and frame.loses_time(day, hour))}


def free_hour(frame: Frame, agenda: Agenda, window: Window) -> int:
    """The minute after midnight from which free days are counted: of those where a block starts or ends, the best."""
    used: dict[str, int] = {}
    for day in range(window.first, window.last + 1):
        blocks = [*agenda.fixed.get(day, ()), *(choice.block for choice in agenda.choices.get(day, ()))]
        for block in blocks:
            if is_work(frame, block):
                used[block.shift_type] = used.get(block.shift_type, 0) + 1
    hours = {0}
    for code in used:
        shift = frame.shifts[code]
        hours |= {shift.starts, (shift.starts + shift.minutes) % DAY_MINUTES}

    def reach(hour: int) -> int:
        return sum(len(_offsets(frame, code, hour)) * count for code, count in used.items())

    return min(sorted(hours), key=reach)


def _offsets(frame: Frame, code: str, hour: int) -> range:
    """The 24-hour stretches from `hour` to `hour` that a block meets, counted from its own day's."""
    shift = frame.shifts[code]
    first = (shift.starts - hour) // DAY_MINUTES
    last = (shift.starts + shift.minutes - 1 - hour) // DAY_MINUTES
    return range(first, last + 1)


def _days_touched(frame: Frame, block: WorkedBlock, hour: int) -> Iterable[int]:
    """The days whose 24 hours from `hour` the block meets. Nothing is known of what follows the last day of the
    problem, so that one is free only from midnight to midnight."""
    if not is_work(frame, block):
        return ()
    touched = [block.day + offset for offset in _offsets(frame, block.shift_type, hour)]
    if block.day == frame.problem.days - 2 and _offsets(frame, block.shift_type, 0)[-1] > 0:
        touched.append(frame.problem.days - 1)
    return touched


def busy(model: Model, frame: Frame, choices: list[Choice]) -> list[Term]:
    """Terms whose sum is 1 if any of these choices is taken: the choices themselves where they exclude each other."""
    days = {choice.day for choice in choices}
    if len(days) == 1 and len(cliques := exclusive(frame, choices)) == 1:
        return ones(cliques[0])
    busy = model.amount(0.0, 1.0)
    for day in sorted(days):
        for clique in exclusive(frame, [choice for choice in choices if choice.day == day]):
            model.at_most([*ones(clique), (busy, -1.0)], 0.0)
    return [(busy, 1.0)]


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
