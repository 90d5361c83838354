"""The windows that averages are taken over: a period of four weeks or a month, or the rotation if it is shorter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from scheduling.rules.duty import DateRange, Window

FOUR_WEEKS = 28
WEEK = 7
ONE_DAY = timedelta(days=1)


def averaging_windows(periods: Sequence[DateRange], placements: Iterable[Window]) -> tuple[Window, ...]:
    """A person's averaging windows from the program's periods and their rotation plan.

    Placements on one rotation that follow one another are one stint; days without a placement are one of no
    rotation. Where periods have four weeks or more (months too), a window is the part of a stint within a
    period. Where they are shorter, it is four weeks of a stint, then the next four; a rest of less than a week
    goes with the four before it. Raises ValueError for placements that overlap. Periods are in order of date.
    """
    if not periods:
        return ()
    stints = _stints(sorted(placements, key=lambda one: one.first), periods[0].first, periods[-1].last)
    if max((period.last - period.first).days + 1 for period in periods) < FOUR_WEEKS:
        return tuple(piece for stint in stints for piece in _four_weeks(stint))
    return tuple(
        Window(max(stint.first, period.first), min(stint.last, period.last), stint.rotation)
        for period in periods
        for stint in stints
        if stint.first <= period.last and stint.last >= period.first
    )


def _stints(placements: list[Window], first: date, last: date) -> list[Window]:
    """Placements within the dates, merged by rotation, and what lies between them as stints of no rotation."""
    stints: list[Window] = []
    day = first
    for placed in placements:
        start, end = max(placed.first, first), min(placed.last, last)
        if start > end:
            continue
        if start < day:
            raise ValueError(f"Two placements have {start}, one on {placed.rotation}; a person has one at a time.")
        if start > day:
            stints.append(Window(day, start - ONE_DAY))
        if stints and stints[-1].rotation == placed.rotation:
            stints[-1] = Window(stints[-1].first, end, placed.rotation)
        else:
            stints.append(Window(start, end, placed.rotation))
        day = end + ONE_DAY
    if day <= last:
        stints.append(Window(day, last))
    return stints


def _four_weeks(stint: Window) -> Iterator[Window]:
    first = stint.first
    while (stint.last - first).days + 1 >= FOUR_WEEKS + WEEK:
        yield Window(first, first + timedelta(days=FOUR_WEEKS - 1), stint.rotation)
        first += timedelta(days=FOUR_WEEKS)
    yield Window(first, stint.last, stint.rotation)
