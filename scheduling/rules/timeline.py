"""A person's duties laid out on one line of real minutes, which is what every rule measures on.

Instants are whole minutes since 1970 in UTC, so differences are real durations whatever the clocks do. Days are
ordinals (`date.toordinal()`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from scheduling.rules.duty import Duty, Kind, Person, PersonRecord, Window

DAY = 24 * 60
MOST_CLOCK_CHANGE = 120  # minutes; no zone changes its clocks by more at once


@lru_cache(maxsize=100_000)
def midnight(day: int, zone: tzinfo) -> int:
    """The instant at which a day begins in a zone."""
    start = date.fromordinal(day)
    return int(datetime(start.year, start.month, start.day, tzinfo=zone).timestamp()) // 60


def clock_minutes(start: int, end: int, zone: tzinfo) -> int:
    """What the clock on the wall shows to have passed between two instants."""
    first, last = (datetime.fromtimestamp(instant * 60, tz=zone) for instant in (start, end))
    return end - start + _offset_minutes(last) - _offset_minutes(first)


def _offset_minutes(moment: datetime) -> int:
    return int((moment.utcoffset() or timedelta()).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class Timeline:
    """Columns over a person's duties in order of time, with leave and employment as ranges of days.

    `works` marks in-house work, moonlighting and activated backup; `blocks` also home call: what a free day must
    not touch. `away` are the days (first, last) that leave both sides of an average, merged and in order; `leave`
    those of them that are leave.
    """

    person: Person
    zone: tzinfo
    windows: tuple[Window, ...]
    duties: list[Duty]
    starts: list[int]
    ends: list[int]
    days: list[int]
    counted: list[int]
    works: list[bool]
    blocks: list[bool]
    leave: list[tuple[int, int]]
    away: list[tuple[int, int]]

    def on_leave(self, day: int) -> bool:
        return _covers(self.leave, day)

    def is_away(self, day: int) -> bool:
        return _covers(self.away, day)

    def days_present(self, first: int, last: int) -> int:
        """The days from first to last that averages count."""
        gone = sum(max(0, min(last, end) - max(first, start) + 1) for start, end in self.away)
        return last - first + 1 - gone

    def of_days(self, first: int, last: int) -> range:
        """Positions of the duties that belong to the days from first to last and that averages count."""
        return range(bisect_left(self.days, first), bisect_right(self.days, last))


def timeline(record: PersonRecord, zone: tzinfo) -> Timeline:
    """Lay out a person's record. Raises ValueError naming person and duty for times that cannot be."""
    person = record.person
    rows = sorted(
        (
            (_instant(person, duty, duty.starts_at), _instant(person, duty, duty.ends_at), duty)
            for duty in record.duties
        ),
        key=lambda row: (row[0], row[1], str(row[2].key)),
    )
    starts, ends, duties = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
    counted, works, blocks = [], [], []
    for start, end, duty in rows:
        _check_times(person, duty, start, end, zone)
        minutes = _counted(person, duty, end - start)
        counted.append(minutes)
        working = duty.kind in (Kind.IN_HOUSE, Kind.MOONLIGHTING) or (duty.kind is Kind.BACKUP and minutes > 0)
        works.append(working)
        blocks.append(working or duty.kind is Kind.HOME_CALL)
    leave = _merged([(span.first.toordinal(), span.last.toordinal()) for span in record.leave])
    return Timeline(
        person=person,
        zone=zone,
        windows=record.windows,
        duties=duties,
        starts=starts,
        ends=ends,
        days=[duty.date.toordinal() for duty in duties],
        counted=counted,
        works=works,
        blocks=blocks,
        leave=leave,
        away=_merged(leave + _outside(person)),
    )


def _instant(person: Person, duty: Duty, moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError(f"{person.name}, duty {duty.key}: {moment} has no time zone; give aware times.")
    return int(moment.timestamp()) // 60


def _check_times(person: Person, duty: Duty, start: int, end: int, zone: tzinfo) -> None:
    if end <= start:
        raise ValueError(f"{person.name}, duty {duty.key}: it ends at {duty.ends_at}, not after its start.")
    day = duty.date.toordinal()
    if not midnight(day, zone) <= start < midnight(day + 1, zone):
        raise ValueError(
            f"{person.name}, duty {duty.key}: it starts at {duty.starts_at}, which is not on {duty.date} in {zone}."
        )


def _counted(person: Person, duty: Duty, length: int) -> int:
    if duty.counted_minutes is None:
        return length if duty.kind in (Kind.IN_HOUSE, Kind.MOONLIGHTING) else 0
    if duty.counted_minutes < 0:
        raise ValueError(f"{person.name}, duty {duty.key}: {duty.counted_minutes} counted minutes; 0 or more.")
    return duty.counted_minutes


def _outside(person: Person) -> list[tuple[int, int]]:
    """The days before a person came and after they left."""
    ranges = []
    if person.starts_on is not None:
        ranges.append((date.min.toordinal(), person.starts_on.toordinal() - 1))
    if person.ends_on is not None:
        ranges.append((person.ends_on.toordinal() + 1, date.max.toordinal() - 1))
    return ranges


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _covers(ranges: list[tuple[int, int]], day: int) -> bool:
    for first, last in ranges:
        if day <= last:
            return first <= day
    return False
