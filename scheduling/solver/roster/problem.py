"""The roster problem and its solution, as plain data: who works which block, given the rotation plan.

Days are indexes: day 0 is ``RosterProblem.start``; negative days lie before it. Spans of days are (first,
last), both included. Lengths are minutes. A block is (day, shift type) and belongs to the day on which it
starts. Nothing here knows Django or PuLP.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Span = tuple[int, int]
Duty = Literal["in_house", "home_call", "backup"]
Measure = Literal["nights", "weekends", "holidays", "minutes", "backups"]
MEASURES: tuple[Measure, ...] = ("nights", "weekends", "holidays", "minutes", "backups")
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class ShiftType:
    """A kind of block: its start (minutes after midnight, wall clock) and its length on an ordinary day."""

    code: str
    name: str
    starts: int
    minutes: int
    night: bool = False
    duty: Duty = "in_house"
    counted_minutes: int | None = None  # toward the weekly hours; None: all in house, else nothing
    call: bool = False  # in-house call in the sense of ACGME 6.27 (every third night); night float is not
    not_followed_by: tuple[str, ...] = ()  # shift types that may not be worked on the next day
    joins: tuple[str, ...] = ()  # may be worked on the same day (AM with PM); either may say so


@dataclass(frozen=True, slots=True)
class Rotation:
    """A service; `regular` is the ordinary week of those placed on it: weekday (Monday 0) to shift codes."""

    code: str
    name: str
    weekly_hours: int = 80  # 88 where a review committee has granted it (6.24)
    night_float: bool = False
    regular: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placement:
    """From the rotation plan: this person belongs to `rotation` from day `first` to day `last`."""

    first: int
    last: int
    rotation: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one person over the whole problem. None: no limit. All are hard where that leaves a roster.

    Stretches that touch the first or last day of the problem are excused from the two "fewest", never from
    the "most".
    """

    shifts: Mapping[str, int] = field(default_factory=dict)  # most blocks of each shift type
    fewest_minutes: int | None = None
    most_minutes: int | None = None
    fewest_days_in_a_row: int | None = None
    most_days_in_a_row: int | None = None
    fewest_days_off_in_a_row: int | None = None
    most_weekends: int | None = None  # weekends (Saturday, Sunday) with any work
    days_off: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Amounts that fairness compares. Weekends are weekends with any work; minutes are counted minutes; backups are
    blocks on backup, which are no work."""

    nights: float = 0.0
    weekends: float = 0.0
    holidays: float = 0.0
    minutes: float = 0.0
    backups: float = 0.0


@dataclass(frozen=True, slots=True)
class WorkedBlock:
    """A block worked before the problem starts: `day` is negative."""

    day: int
    shift_type: str
    rotation: str


@dataclass(frozen=True, slots=True)
class Carried:
    """What someone brings along: worked and fair share since fairness began, and the last weeks' blocks."""

    worked: Tally = Tally()
    fair: Tally = Tally()
    recent: tuple[WorkedBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """`group` is the level with its track ("PGY-1", "PGY-1 NEURO", "Faculty"); fairness compares within it.

    Days outside every placement are days outside the program: no work, no budget of hours, no fair share.
    """

    id: str
    name: str
    group: str
    placements: tuple[Placement, ...]
    share: float = 1.0  # part-time share, above 0, at most 1
    leave: tuple[Span, ...] = ()  # approved absences
    limits: Limits | None = None
    carried: Carried = Carried()
    faculty: bool = False  # no duty-hour rules
    open: tuple[Span, ...] | None = None  # days that may be given blocks; on others exactly the pins. None: every day


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many people a shift type of a rotation needs. Where two rows meet in one block, both hold.

    The days are those in `days`, else those whose weekday is in `weekdays`, else every day; `holidays`
    "as_weekday" treats a holiday like any day, "only" and "never" restrict to and exclude holidays. People
    outside `groups` do not count; a person may work a block if they count in one of its rows.
    """

    rotation: str
    shift_type: str
    fewest: int
    most: int | None = None
    weekdays: tuple[int, ...] | None = None
    days: tuple[int, ...] | None = None
    holidays: Literal["as_weekday", "only", "never"] = "as_weekday"
    groups: tuple[str, ...] | None = None
    price_below: float = 1000.0  # per person missing
    price_above: float = 100.0  # per person beyond `most`


@dataclass(frozen=True, slots=True)
class CrossCover:
    """People placed on `placed_on` may be called to these shift types of `covers`, at a price per block.

    `weekdays` None: every day. `groups` None: everybody placed there.
    """

    placed_on: str
    covers: str
    shift_types: tuple[str, ...]
    weekdays: tuple[int, ...] | None = None
    groups: tuple[str, ...] | None = None
    price: float = 5.0


@dataclass(frozen=True, slots=True)
class Request:
    """Wants (or wants not) to work `shift_type` that day; None: any work. The price is paid if refused."""

    person: str
    day: int
    shift_type: str | None
    wants: bool
    price: float


@dataclass(frozen=True, slots=True)
class Pin:
    """Fixed by a human: kept whatever it breaks. `rotation` None: the one the person is placed on."""

    person: str
    day: int
    shift_type: str
    rotation: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Duty-hour musts (ACGME section VI.F by default) and the program's own rules. None turns a rule off."""

    weekly_hours: bool = True  # 6.20: each rotation's weekly hours, averaged over each averaging window
    free_day_in: int | None = 7  # 6.21.b: one day free in so many
    free_day_averaged: bool = True  # over the window; False: in each whole week (New York 405)
    week_starts: int = 6  # the weekday on which such weeks start
    call_every: int | None = 3  # 6.27: in-house call at most every third night, averaged
    call_minutes: int = DAY_MINUTES  # in-house work this long is "24 hours of call" for the next rule
    rest_after_call: int | None = 14 * 60  # 6.21.a
    most_continuous: int | None = DAY_MINUTES  # 6.22
    handover: int = 4 * 60  # 6.22: what may be added to it for handing over, by a single block that is longer
    break_minutes: int = 120  # blocks with no more than this between them are one stretch of continuous work
    short_rest: int | None = 8 * 60  # 6.21: a should; each shorter rest costs `Prices.short_rest`
    rest_between: int | None = 10 * 60  # the program's rule
    most_nights_in_a_row: int | None = 6  # the program's rule
    most_days_in_a_row: int | None = 12  # the program's rule


@dataclass(frozen=True, slots=True)
class Prices:
    """What the optimiser weighs, all at least 0. Fairness: per unit away from a person's fair share."""

    missing_regular: float = 20.0  # ordinary block not worked, and not for leave, another block or post-call
    short_rest: float = 30.0
    into_leave: float = 15.0  # a block that ends on a day of leave
    night: float = 6.0
    weekend: float = 6.0
    holiday: float = 10.0
    hour: float = 0.1
    backup: float = 4.0


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """A roster to make. `periods` are the averaging windows (four weeks or calendar months), without holes. Where all
    are shorter than four weeks, averages are taken over four weeks of each stay on a rotation instead.

    Only days from `first_open` to `last_open` are made (default: all); other days keep exactly the pins they
    have.
    """

    start: date
    days: int
    time_zone: str
    periods: tuple[Span, ...]
    shift_types: tuple[ShiftType, ...]
    rotations: tuple[Rotation, ...]
    people: tuple[Person, ...]
    coverage: tuple[Coverage, ...]
    cross_cover: tuple[CrossCover, ...] = ()
    requests: tuple[Request, ...] = ()
    pins: tuple[Pin, ...] = ()
    holidays: tuple[int, ...] = ()
    rules: Rules = Rules()
    prices: Prices = Prices()
    first_open: int | None = None
    last_open: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Assigned:
    """One person works one block for one rotation."""

    person: str
    day: int
    shift_type: str
    rotation: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """So many people missing in a block, of those who count (`groups` None: everybody)."""

    rotation: str
    day: int
    shift_type: str
    groups: tuple[str, ...] | None
    missing: int
    price: float


@dataclass(frozen=True, slots=True)
class BrokenPin:
    """A pin that was kept although it breaks a rule; `rule` says which, in words."""

    pin: Pin
    rule: str


@dataclass(frozen=True, slots=True)
class FairShare:
    """What a person worked in this problem's days, and their fair share of it (no balance carried in)."""

    person: str
    worked: Tally
    fair: Tally


@dataclass(frozen=True, slots=True)
class RosterSolution:
    """The roster made. `status`: "optimal" (within the gap asked for), "feasible" (cut short), "cancelled".

    `is_complete` is whether all days were made; else only some of them hold more than pins.
    `carried` is what each person brings into the next problem, days counted from the first day after this
    one. `objective` is the price of the roster and `bound` is proven to lie below it; where periods were
    solved in turn, both are sums over them, each period given those before it (the few days made twice, where
    the halves of a year meet, count twice).
    """

    assignments: tuple[Assigned, ...]
    shortfalls: tuple[Shortfall, ...]
    broken_pins: tuple[BrokenPin, ...]
    refused: tuple[Request, ...]
    fairness: tuple[FairShare, ...]
    carried: dict[str, Carried]
    objective: float
    bound: float | None
    gap: float | None
    status: str
    seconds: float
    versions: dict[str, str]
    seed: int
    is_complete: bool = True
