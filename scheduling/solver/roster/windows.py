"""The windows that averages are taken over: stays on a rotation within the periods, or whole weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.problem import Span

WEEKLY_HOURS = 80


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


def free_day_windows(frame: Frame, person: int, days: Span) -> list[Window]:
    """What one day in seven is free of: the averaging windows, or every week by itself."""
    return (windows_of if frame.rules.free_day_averaged else weeks_of)(frame, person, days)
