"""One day in seven free: continuous 24 hours, counted from an hour at which few blocks reach over."""

from collections.abc import Iterable

from scheduling.solver.roster.choosing import busy, is_work
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.model import Agenda, Choice, Model, Term
from scheduling.solver.roster.problem import DAY_MINUTES, WorkedBlock
from scheduling.solver.roster.windows import Window

LONGEST_IDLE = 14  # days that nobody is left without work while they are there


def add_free_days(model: Model, frame: Frame, agenda: Agenda, window: Window, one_in: int) -> None:
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
    """The days of the window whose 24 hours from `hour` are not free: for what is fixed, for a change of clocks, or
    because they end after midnight on a day that is not the person's (leave, or unknown after the problem's last)."""
    met = {
        met
        for day in range(window.first - 2, window.last + 3)
        for block in agenda.fixed.get(day, ())
        for met in _days_touched(frame, block, hour)
    }
    return {
        day for day in window.days if day in met or (hour and _is_cut_short(frame, agenda.person, window, day, hour))
    }


def _is_cut_short(frame: Frame, person: int, window: Window, day: int, hour: int) -> bool:
    """Whether there are no 24 free hours of the window from that minute of the day, whatever is worked in them."""
    if day == frame.problem.days - 1 or not frame.present(person, day + 1) or frame.loses_time(day, hour):
        return True
    return day == window.last and _may_be_the_next_windows(frame, person, day + 1, hour)


def _may_be_the_next_windows(frame: Frame, person: int, first: int, hour: int) -> bool:
    """Whether a free day that runs over the end of its window might be counted in the next one, begun on day `first`.

    A stretch without work holds whole free days only. If it ends earlier in the day than the hour from which they are
    counted, then as many of them lie in the next window alone, and none is left for this one.
    """
    if any(shift.starts < hour and shift.duty != "backup" for shift in frame.shifts.values()):
        return True
    return any(
        day >= frame.problem.days or not frame.present(person, day) or frame.loses_time(day, 0)
        for day in range(first, first + LONGEST_IDLE)
    )


def free_hour(frame: Frame, agenda: Agenda, window: Window) -> int:
    """The minute after midnight from which free days are counted: of those where a block starts or ends, the best.

    Where somebody's work stands already, that is the one that leaves it the most free days.
    """
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

    if agenda.stands is None:
        return min(sorted(hours), key=reach)
    standing = Agenda(agenda.person, agenda.stands)
    return min(sorted(hours), key=lambda hour: (len(taken_days(frame, standing, window, hour)), reach(hour)))


def _offsets(frame: Frame, code: str, hour: int) -> range:
    """The 24-hour stretches from `hour` to `hour` that a block meets, counted from its own day's."""
    shift = frame.shifts[code]
    first = (shift.starts - hour) // DAY_MINUTES
    last = (shift.starts + shift.minutes - 1 - hour) // DAY_MINUTES
    return range(first, last + 1)


def _days_touched(frame: Frame, block: WorkedBlock, hour: int) -> Iterable[int]:
    """The days whose 24 hours from `hour` the block meets."""
    if not is_work(frame, block):
        return ()
    return [block.day + offset for offset in _offsets(frame, block.shift_type, hour)]
