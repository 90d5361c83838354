"""The windows that averages are taken over: stays on a rotation within the periods, or whole weeks.

Where all periods are shorter than four weeks, stays are cut into four weeks each instead, from their beginning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.problem import Span

WEEKLY_HOURS = 80
WEEK = 7
FOUR_WEEKS = 28


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
    found = []
    for low, high in _pieces(frame, person):
        if low <= days[1] and high >= days[0] and (window := _window(frame, person, low, high)):
            found.append(window)
    return found


def windows_to_make(frame: Frame, person: int, days: Span) -> list[Window]:
    """The averaging windows that meet the days being made. A window that goes on in days made otherwise is there twice:
    whole, and as the part of it in `days`, so that this does not use up what the rest of it may need. Parts under a
    week are too short to average."""
    problem = frame.problem
    open_first = problem.first_open or 0
    open_last = problem.days - 1 if problem.last_open is None else problem.last_open
    found = windows_of(frame, person, days)
    for whole in tuple(found):
        goes_on = max(whole.first, open_first) < days[0] or min(whole.last, open_last) > days[1]
        low, high = max(whole.first, days[0]), min(whole.last, days[1])
        if goes_on and (part := _window(frame, person, low, high)) and len(part.days) >= WEEK:
            found.append(part)
    return found


def _window(frame: Frame, person: int, low: int, high: int) -> Window | None:
    present = tuple(day for day in range(low, high + 1) if frame.present(person, day))
    if not present:
        return None
    return Window(low, high, present, frame.rotations[frame.placed[person][low]].weekly_hours)


def _pieces(frame: Frame, person: int) -> Iterator[Span]:
    """The stays as averages cut them: at the periods, or after four weeks where periods are shorter; a rest of less
    than a week goes with the four before it."""
    periods, placed = frame.problem.periods, frame.placed[person]
    if all(last - first + 1 < FOUR_WEEKS for first, last in periods):
        for low, high in stays(placed, periods[0][0], periods[-1][1]) if periods else ():
            while high - low + 1 >= FOUR_WEEKS + WEEK:
                yield low, low + FOUR_WEEKS - 1
                low += FOUR_WEEKS
            yield low, high
        return
    for first, last in periods:
        yield from stays(placed, first, last)


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
