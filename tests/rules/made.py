"""Short ways to write people, duties and rulebooks in the tests of the rules."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.rules import (
    DateRange,
    Duty,
    Person,
    PersonRecord,
    Rulebook,
    Verdict,
    Window,
    check,
    rulebook,
)

ZONE = ZoneInfo("America/New_York")
# Monday 2 November 2026 and the four weeks from it, the day after clocks change.
MONDAY = date(2026, 11, 2)
FOUR_WEEKS = (Window(MONDAY, MONDAY + timedelta(days=27)),)


def day(number: int, since: date = MONDAY) -> date:
    """The day so many days after the Monday."""
    return since + timedelta(days=number)


def shift(on: date | int, start: str, hours: float, **fields: Any) -> Duty:
    """A duty that starts on a day (or so many days after the Monday) at a time, so many hours long by the clock.

    Its key is its date and start, such as "2026-11-02 07:00", unless one is given.
    """
    on = day(on) if isinstance(on, int) else on
    begins = datetime.combine(on, time.fromisoformat(start))
    values: dict[str, Any] = {"key": f"{on} {start}", "rotation": "WARD", "shift_type": "DAY"} | fields
    return Duty(
        starts_at=begins.replace(tzinfo=ZONE),
        ends_at=(begins + timedelta(hours=hours)).replace(tzinfo=ZONE),
        date=on,
        **values,
    )


def shifts(days: Iterable[int], start: str, hours: float, **fields: Any) -> list[Duty]:
    """The same shift on several days after the Monday."""
    return [shift(number, start, hours, **fields) for number in days]


def leave(first: int, last: int) -> DateRange:
    return DateRange(day(first), day(last))


def record(
    duties: Iterable[Duty],
    *,
    windows: tuple[Window, ...] = FOUR_WEEKS,
    leave: tuple[DateRange, ...] = (),
    name: str = "Resident J",
    level: int = 2,
    **person: Any,
) -> PersonRecord:
    """Resident J, a PGY-2 unless told otherwise."""
    return PersonRecord(Person(id=name, name=name, level=level, **person), tuple(duties), leave, windows)


def book(*rule_sets: str, settings: Mapping[str, Mapping[str, object]] | None = None, **fields: Any) -> Rulebook:
    """The rulebook of these rule sets, ACGME 2025 if none is named."""
    return rulebook(*(rule_sets or ("acgme-2025",)), zone=ZONE, settings=settings, **fields)


def found(rule: str, of: PersonRecord, by: Rulebook | None = None) -> list[Verdict]:
    """The verdicts of one rule on a person."""
    return [verdict for verdict in check(of, by or book()) if verdict.rule == rule]


def the(rule: str, of: PersonRecord, by: Rulebook | None = None) -> Verdict:
    """The one verdict of a rule on a person."""
    (verdict,) = found(rule, of, by)
    return verdict
