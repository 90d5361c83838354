"""How long the duty-hour rules take: a year of 200 people, and one edit in a year of 60.

The data is made up, always the same for the same size: 13 four-week periods from 1 July in New York, a fifth of the
people faculty, rotations of day work, clinic half-days, in-house call, night float and home call, two weeks of
leave each, and some broken rules. `python -m benchmarks.rules` prints the figures.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from statistics import median
from time import perf_counter, process_time
from zoneinfo import ZoneInfo

from scheduling.rules import (
    DateRange,
    Duty,
    Kind,
    Person,
    PersonRecord,
    Window,
    averaging_windows,
    check_schedule,
    rulebook,
    verdicts_for_edit,
)

ZONE = ZoneInfo("America/New_York")
START = date(2026, 7, 1)
PERIODS, PERIOD_DAYS = 13, 28
ROTATIONS = ("WARD", "ICU", "NF", "CLINIC", "CONSULT")
SEED = 2026


@dataclass(frozen=True, slots=True)
class RulesFigures:
    """Milliseconds of CPU time, except where it says seconds of wall time."""

    duties: int
    verdicts: int
    year_cpu_s: float
    year_wall_s: float
    edit_median_ms: float
    edit_worst_ms: float


def measure(people: int = 200, edit_people: int = 60, edits: int = 60) -> RulesFigures:
    """Check a year of `people`, then judge single edits in a year of `edit_people`."""
    book = rulebook("acgme-2025", zone=ZONE, hour_limits={"ICU": 88})
    records = made_year(people)
    cpu, wall = process_time(), perf_counter()
    verdicts = check_schedule(records, book)
    year_cpu, year_wall = process_time() - cpu, perf_counter() - wall
    times = [1000 * seconds for seconds in _edit_seconds(made_year(edit_people), edits)]
    return RulesFigures(
        duties=sum(len(record.duties) for record in records),
        verdicts=len(verdicts),
        year_cpu_s=year_cpu,
        year_wall_s=year_wall,
        edit_median_ms=median(times),
        edit_worst_ms=max(times),
    )


def _edit_seconds(records: list[PersonRecord], edits: int) -> list[float]:
    """CPU time of each of so many edits: a night more for somebody, judged with the team of those days."""
    book = replace(rulebook("acgme-2025", zone=ZONE), supervised_rotations=frozenset({"WARD"}))
    random = Random(SEED)
    seconds = []
    for number in range(edits):
        record = records[random.randrange(len(records))]
        day = random.randrange(PERIODS * PERIOD_DAYS)
        added = _duty(f"edit {number}", day, "WARD", "NIGHT", 19, 12, night=True)
        near = added.date - timedelta(days=1)
        team = [
            replace(other, duties=tuple(duty for duty in other.duties if near <= duty.date <= added.date))
            for other in records
            if other is not record
        ]
        after = replace(record, duties=(*record.duties, added))
        begun = process_time()
        verdicts_for_edit(record, after, book, team=team)
        seconds.append(process_time() - begun)
    return seconds


def made_year(people: int) -> list[PersonRecord]:
    """The records of so many people; every fifth is faculty."""
    random = Random(SEED)
    periods = [DateRange(_day(number * PERIOD_DAYS), _day((number + 1) * PERIOD_DAYS - 1)) for number in range(PERIODS)]
    return [_record(number, periods, random) for number in range(people)]


def _record(number: int, periods: list[DateRange], random: Random) -> PersonRecord:
    level = 0 if number % 5 == 4 else 1 + number % 3
    person = Person(id=number, name=f"Resident {number}" if level else f"Faculty {number}", level=level)
    away = sorted(random.sample(range(PERIODS * 4), 2))
    leave = tuple(DateRange(_day(week * 7), _day(week * 7 + 6)) for week in away)
    duties: list[Duty] = []
    placements = []
    for period, span in enumerate(periods):
        rotation = ROTATIONS[(number + period) % len(ROTATIONS)] if level else "WARD"
        placements.append(Window(span.first, span.last, rotation))
        for day in range(period * PERIOD_DAYS, (period + 1) * PERIOD_DAYS):
            if not any(_day(day) in span for span in leave):
                duties += _duties_of_day(f"{number}/{day}", day, rotation, number + period)
    return PersonRecord(person, tuple(duties), leave, averaging_windows(periods, placements))


def _duties_of_day(key: str, day: int, rotation: str, shift: int) -> list[Duty]:
    """What a person on a rotation works that day; `shift` staggers people."""
    weekday = (day + shift) % 7
    if rotation == "NF":
        on = weekday < 6
        return [_duty(key, day, rotation, "NIGHT", 19, 12, night=True, night_float=True)] if on else []
    if rotation == "ICU":
        turn = (day + shift) % 4
        call = [_duty(key, day, rotation, "CALL", 7, 24, night=True, call=True)]
        return [call, [], [_duty(key, day, rotation, "DAY", 7, 10)], [_duty(key, day, rotation, "DAY", 7, 10)]][turn]
    if weekday > 4:
        return []
    if rotation == "CLINIC":
        return [_duty(f"{key}a", day, rotation, "AM", 8, 4), _duty(f"{key}p", day, rotation, "PM", 13, 4)]
    duties = [_duty(key, day, rotation, "DAY", 7, 11)]
    if rotation == "CONSULT" and weekday % 3 == 0:
        duties.append(_duty(f"{key}h", day, rotation, "HOME", 18, 13, kind=Kind.HOME_CALL, counted_minutes=90))
    return duties


def _day(number: int) -> date:
    return START + timedelta(days=number)


def _duty(
    key: str,
    day: int,
    rotation: str,
    shift_type: str,
    hour: int,
    length: int,
    *,
    kind: Kind = Kind.IN_HOUSE,
    counted_minutes: int | None = None,
    night: bool = False,
    call: bool = False,
    night_float: bool = False,
) -> Duty:
    wall = datetime.combine(_day(day), datetime.min.time()) + timedelta(hours=hour)
    return Duty(
        key=key,
        starts_at=wall.replace(tzinfo=ZONE),
        ends_at=(wall + timedelta(hours=length)).replace(tzinfo=ZONE),
        date=_day(day),
        rotation=rotation,
        shift_type=shift_type,
        kind=kind,
        counted_minutes=counted_minutes,
        night=night,
        call=call,
        night_float=night_float,
    )


def main() -> None:
    found = measure()
    print(f"a year of 200 people: {found.duties:,} duties, {found.verdicts} verdicts")
    print(f"  {found.year_cpu_s:.2f} s CPU, {found.year_wall_s:.2f} s wall (bar: 2 s)")
    print(
        f"one edit in a year of 60, CPU: median {found.edit_median_ms:.2f} ms, "
        f"worst {found.edit_worst_ms:.2f} ms (bar: 5 ms)"
    )


if __name__ == "__main__":
    main()
