"""What the rules engine is told: duties, leave, people and the windows that averages are taken over.

Everything here is plain data. Whoever holds a schedule (the database, a solver's solution, a file) translates
it into these types; the rules know nothing of where it came from.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """How a duty is worked, which decides the rules that see it."""

    IN_HOUSE = "in_house"  # in the hospital, clinics and teaching included
    HOME_CALL = "home_call"  # reachable from home; never on a free day, hours count only in patient care
    BACKUP = "backup"  # jeopardy; nothing until it is activated (counted_minutes > 0), then as in-house work
    MOONLIGHTING = "moonlighting"  # as in-house work, and nothing for a PGY-1


@dataclass(frozen=True, slots=True)
class DateRange:
    """Whole days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"The range {self.first} to {self.last} ends before it starts: exchange them.")

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of days that averages are taken over: a period, or the rotation where that is shorter.

    `rotation` is the rotation that fills the window (its hour exception applies); blank if there are several.
    `windows.averaging_windows` makes them from the rotation plan.
    """

    first: date
    last: date
    rotation: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"The window {self.first} to {self.last} ends before it starts: exchange them.")


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of one person.

    - `key`: the caller's id of the assignment; verdicts name duties by it. Unique within a person.
    - `starts_at`, `ends_at`: aware datetimes, in any zone; durations are real ones.
    - `date`: the day to which the duty belongs, the one on which it starts in the program's zone. The whole
      duty is counted in the averaging window of that day.
    - `counted_minutes`: what counts toward the weekly hours. None means the real duration of in-house work
      and moonlighting, and 0 for home call and backup. For home call, give the time spent in patient care.
    - `handover_minutes`: the last minutes of the duty, for handing over only and without new patients. None
      means what a single duty has beyond 24 hours, since a 28-hour shift exists only as 24 and 4.
    - `night`: a night shift. `call`: in-house call (overnight). `night_float`: the rotation works nights
      only.
    """

    key: Hashable
    starts_at: datetime
    ends_at: datetime
    date: date
    rotation: str
    shift_type: str
    kind: Kind = Kind.IN_HOUSE
    counted_minutes: int | None = None
    handover_minutes: int | None = None
    night: bool = False
    call: bool = False
    night_float: bool = False
    role: str = "primary"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the duties belong to.

    `level` is the PGY level, 0 for faculty; `levels` holds (from date, level) in date order for people who
    move up within the schedule (off-cycle or not) and goes before `level`. `share` is the part of full time
    worked. `starts_on` and `ends_on` bound the days with the program (None: not within this schedule); days
    outside leave both sides of every average.
    """

    id: Hashable
    name: str
    level: int = 0
    levels: tuple[tuple[date, int], ...] = ()
    share: float = 1.0
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def is_faculty(self) -> bool:
        """True for people without any PGY level: duty-hour rules are not theirs."""
        return not self.level and not any(level for _, level in self.levels)

    def level_on(self, day: date) -> int:
        """The PGY level on `day`, 0 for faculty."""
        level = self.level
        for since, new_level in self.levels:
            if since > day:
                break
            level = new_level
        return level


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person with what the rules need: duties in any order, approved leave, averaging windows.

    Give the duties of some days before and after the windows too, where they are known: rest and runs are
    followed across the edges.
    """

    person: Person
    duties: tuple[Duty, ...]
    leave: tuple[DateRange, ...] = ()
    windows: tuple[Window, ...] = field(default=())
