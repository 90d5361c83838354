"""What is averaged, measured: hours, free days and nights of call in a window, with leave out of both sides.

Averages are taken over each window by itself, never rolling: a rolling average can hide a heavy rotation behind
a light one. A duty counts, as a whole, in the window of the day on which it starts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from scheduling.rules.duty import Duty, Kind
from scheduling.rules.timeline import DAY, MOST_CLOCK_CHANGE, Timeline, midnight

Span = tuple[int, int]  # first and last day, as ordinals


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one window: `days` are those that count (not leave, not outside employment)."""

    first: date
    last: date
    rotation: str
    days: int
    away: int
    minutes: int
    calls: int
    free_days: int
    positions: tuple[int, ...]  # of the duties that count, in the timeline

    @property
    def weekly_hours(self) -> float:
        """Hours a week on average over the days that count."""
        return self.minutes * 7 / (60 * self.days)

    def over(self, hours_a_week: float) -> bool:
        """Whether the average is above so many hours a week, exactly."""
        return self.minutes * 7 > hours_a_week * 60 * self.days


def figures(line: Timeline) -> list[Figures]:
    """The figures of each averaging window of a person; windows without a day that counts are left out."""
    spans = [(window.first.toordinal(), window.last.toordinal()) for window in line.windows]
    result = []
    for window, (first, last), free in zip(line.windows, spans, free_days(line, spans), strict=True):
        days = line.days_present(first, last)
        if days == 0:
            continue
        positions = tuple(at for at in line.of_days(first, last) if not line.is_away(line.days[at]))
        result.append(
            Figures(
                first=window.first,
                last=window.last,
                rotation=window.rotation,
                days=days,
                away=last - first + 1 - days,
                minutes=sum(line.counted[at] for at in positions),
                calls=sum(is_call(line.duties[at]) for at in positions),
                free_days=free,
                positions=positions,
            )
        )
    return result


def is_call(duty: Duty) -> bool:
    """In-house call in the sense of 6.27; nights of night float are not call."""
    return duty.call and not duty.night_float and duty.kind is Kind.IN_HOUSE


def free_days(line: Timeline, spans: list[Span], *, home_call: bool = True) -> list[int]:
    """How many free days each span of days has: continuous 24 hours without duty, leave or home call.

    A gap of 62 hours is two of them. A calendar day free from midnight to midnight is one, also the 23-hour day
    in spring. A free day that runs over the end of its span belongs to the span in which it starts, if no whole
    one of the next is taken for it; nothing after the last span and window is known, so none runs over that.
    With `home_call` False, as if there were no home call.
    """
    if not spans:
        return []
    zone = line.zone
    known = spans + [(window.first.toordinal(), window.last.toordinal()) for window in line.windows]
    gaps = _gaps(line, min(first for first, _ in known), max(last for _, last in known), home_call)
    gap_starts, gap_ends = [start for start, _ in gaps], [end for _, end in gaps]
    result = []
    for first, last in spans:
        start, end = midnight(first, zone), midnight(last + 1, zone)
        free = 0
        for at in range(bisect_right(gap_ends, start), bisect_left(gap_starts, end)):
            gap_start, gap_end = gaps[at]
            inside = _whole_days(max(gap_start, start), min(gap_end, end), zone)
            free += inside
            if gap_start > start and gap_end > end:
                free += _whole_days(gap_start, gap_end, zone) > inside + _whole_days(end, gap_end, zone)
        result.append(free)
    return result


def _gaps(line: Timeline, first: int, last: int, home_call: bool) -> list[tuple[int, int]]:
    """The stretches from the first to the last day that touch no duty and no day away, if as long as a day."""
    start, end = midnight(first, line.zone), midnight(last + 1, line.zone)
    marks = line.blocks if home_call else line.works
    taken = [(begun, ended) for begun, ended, mark in zip(line.starts, line.ends, marks, strict=True) if mark]
    for away_first, away_last in line.away:
        if away_first <= last and away_last >= first:
            taken.append((midnight(max(away_first, first), line.zone), midnight(min(away_last, last) + 1, line.zone)))
    taken.sort()
    gaps = []
    free_from = start
    for begun, ended in taken:
        until = min(begun, end)
        if until - free_from >= DAY - MOST_CLOCK_CHANGE:
            gaps.append((free_from, until))
        free_from = max(free_from, ended)
    if end - free_from >= DAY - MOST_CLOCK_CHANGE:
        gaps.append((free_from, end))
    return gaps


def _whole_days(start: int, end: int, zone: tzinfo) -> int:
    """Free days in a free stretch: as many as 24 hours go into it, or as whole calendar days lie in it."""
    by_hours = max(0, end - start) // DAY
    if (by_hours + 1) * DAY - (end - start) > MOST_CLOCK_CHANGE:
        return by_hours
    first, last = _day_from(start, zone), _day_before(end, zone)
    return max(by_hours, last - first + 1)


def _day_from(instant: int, zone: tzinfo) -> int:
    """The first day that begins at or after an instant."""
    day = datetime.fromtimestamp(instant * 60, tz=zone).date().toordinal()
    return day if midnight(day, zone) == instant else day + 1


def _day_before(instant: int, zone: tzinfo) -> int:
    """The last day that ends at or before an instant."""
    return datetime.fromtimestamp(instant * 60, tz=zone).date().toordinal() - 1
