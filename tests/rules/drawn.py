"""Schedules that hypothesis draws for the rules: seven weeks of a person, in a manner that comes near the limits."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from scheduling.rules import DateRange, Duty, Kind, Person, PersonRecord, Window
from tests.rules.made import shift

# Mondays: over the spring change of clocks, over the autumn one, over none.
MONDAYS = (date(2026, 2, 23), date(2026, 10, 19), date(2026, 6, 1))
DAYS = range(-3, 46)  # around windows of 42 days
CALL = {"call": True, "night": True, "shift_type": "CALL"}
NIGHT = {"night": True, "shift_type": "NIGHT"}

# What a day may hold: start, hours, fields. All on half hours.
DAY_PLANS: dict[str, list[tuple[str, float, dict[str, Any]]]] = {
    "off": [],
    "day": [("07:00", 10, {})],
    "long": [("07:00", 13.5, {})],
    "late": [("11:00", 12, {})],
    "night": [("19:00", 12, NIGHT)],
    "float": [("19:00", 12.5, NIGHT | {"night_float": True, "rotation": "NF"})],
    "call": [("07:00", 24, CALL)],
    "call and handover": [("07:00", 28, CALL)],
    "long call": [("07:00", 12, {}), ("19:00", 14, CALL)],
    "handed over": [("07:00", 12, {}), ("19:00", 15, CALL | {"handover_minutes": 180})],
    "evening call": [("17:00", 14, CALL)],
    "clinics": [("08:00", 4, {}), ("13:00", 4, {})],
    "split": [("08:00", 4, {}), ("14:30", 4, {})],
    "home call": [("17:00", 14, {"kind": Kind.HOME_CALL})],
    "called in": [("07:00", 10, {}), ("17:30", 13, {"kind": Kind.HOME_CALL, "counted_minutes": 300})],
    "week of home call": [("08:00", 72, {"kind": Kind.HOME_CALL})],
    "moonlighting": [("18:00", 5, {"kind": Kind.MOONLIGHTING})],
    "backup": [("07:00", 12, {"kind": Kind.BACKUP})],
    "activated": [("07:00", 12, {"kind": Kind.BACKUP, "counted_minutes": 300})],
    "two at once": [("07:00", 10, {}), ("12:00", 8, {"rotation": "ICU"})],
    "small hours": [("00:30", 2.5, {})],
}
MANNERS: dict[str, tuple[str, ...]] = {
    "anything": tuple(DAY_PLANS),
    "days": ("day", "day", "day", "clinics", "long", "late", "off"),
    "heavy": ("long", "long", "long", "day", "off"),
    "nights": ("float", "float", "float", "float", "float", "off"),
    "call": ("call", "off", "off", "evening call", "call and handover", "day"),
    "stretches": ("long call", "handed over", "off", "call", "night", "day"),
    "home": ("called in", "called in", "called in", "home call", "week of home call", "off", "long"),
}
SPLITS = (
    ((0, 27, "WARD"), (28, 41, "CLINIC")),
    ((0, 13, "ICU"), (14, 41, "WARD")),
    ((0, 20, ""), (21, 41, "ICU")),
    ((0, 6, "CLINIC"), (7, 34, "ICU"), (35, 41, "WARD")),
)


def duties_of(number: int, since: date, plan: str) -> list[Duty]:
    """The duties of a day (so many after the Monday) that is planned so."""
    on = since + timedelta(days=number)
    return [shift(on, start, hours, **fields) for start, hours, fields in DAY_PLANS[plan]]


@st.composite
def plans(draw: st.DrawFn) -> list[str]:
    """What each of the days is to hold."""
    manner = MANNERS[draw(st.sampled_from(sorted(MANNERS)))]
    return draw(st.lists(st.sampled_from(manner), min_size=len(DAYS), max_size=len(DAYS)))


@dataclass(frozen=True)
class Drawn:
    """What is drawn of a person, short enough to be read when a test fails. Days are after the Monday `since`."""

    since: date
    plans: tuple[str, ...]
    leave: tuple[tuple[int, int], ...]
    split: int
    level: int
    promoted: int | None
    share: float
    starts_on: int | None
    ends_on: int | None
    name: str

    def day(self, number: int) -> date:
        return self.since + timedelta(days=number)

    def record(self) -> PersonRecord:
        person = Person(
            id=self.name,
            name=self.name,
            level=self.level,
            levels=() if self.promoted is None else ((self.day(self.promoted), 2),),
            share=self.share,
            starts_on=None if self.starts_on is None else self.day(self.starts_on),
            ends_on=None if self.ends_on is None else self.day(self.ends_on),
        )
        days = zip(DAYS, self.plans, strict=True)
        return PersonRecord(
            person,
            tuple(duty for number, plan in days for duty in duties_of(number, self.since, plan)),
            tuple(DateRange(self.day(first), self.day(last)) for first, last in self.leave),
            tuple(Window(self.day(first), self.day(last), rotation) for first, last, rotation in SPLITS[self.split]),
        )


@st.composite
def people(draw: st.DrawFn, *, since: date | None = None, level: int | None = None, name: str = "P") -> Drawn:
    """A person's seven weeks with leave, windows, level, share and employment."""
    starts = draw(st.lists(st.integers(-2, 42), max_size=2, unique=True))
    return Drawn(
        since=since or draw(st.sampled_from(MONDAYS)),
        plans=tuple(draw(plans())),
        leave=tuple((start, start + draw(st.integers(0, 9))) for start in starts),
        split=draw(st.integers(0, len(SPLITS) - 1)),
        level=draw(st.sampled_from((1, 2, 0))) if level is None else level,
        promoted=draw(st.none() | st.integers(0, 41)) if level is None else None,
        share=draw(st.sampled_from((1.0, 0.5))),
        starts_on=draw(st.sampled_from((None, None, 10))),
        ends_on=draw(st.sampled_from((None, None, 30))),
        name=name,
    )


@st.composite
def teams(draw: st.DrawFn) -> list[Drawn]:
    """Two faculty members and four residents, two or three of them PGY-1, in the same weeks."""
    levels = (0, 0, 1, 1, draw(st.sampled_from((1, 2))), 3)
    since = draw(st.sampled_from(MONDAYS))
    return [draw(people(since=since, level=level, name=f"P{number}")) for number, level in enumerate(levels)]
