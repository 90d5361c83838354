"""Made-up roster problems of a realistic year, of any size, always the same for the same size and seed.

Three shift types (day, short call, night), thirteen four-week periods from 1 July, wards and two intensive
care units that work every day, a night float, an emergency department, clinic and electives whose people are
called to nights and weekends.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from scheduling.solver.roster.problem import (
    Coverage,
    CrossCover,
    Person,
    Placement,
    Request,
    RosterProblem,
    Rotation,
    ShiftType,
)

PERIODS, PERIOD_DAYS = 13, 28
SEED = 2026
HOLIDAYS = (4, 68, 104, 133, 149, 150, 177, 184, 203, 231, 329, 353)  # from 1 July, roughly those of the United States
WEEKDAYS, WEEKEND, EVERY_DAY = (0, 1, 2, 3, 4), (5, 6), tuple(range(7))
OFFICE_WEEK = dict.fromkeys(WEEKDAYS, ("DAY",))
# Sixtieths of the residents that each rotation takes, by level (PGY-1, 2, 3).
PLACES = {
    "WARD": (7, 4, 4),
    "ICU": (2, 2, 2),
    "CCU": (1, 2, 1),
    "NF": (2, 2, 1),
    "ED": (3, 2, 2),
    "CLINIC": (3, 3, 4),
    "ELECTIVE": (2, 5, 6),
}
LEAVE_ON = ("CLINIC", "ELECTIVE")


@dataclass(frozen=True, slots=True)
class Need:
    """A coverage row for 60 residents."""

    rotation: str
    shift_type: str
    weekdays: tuple[int, ...]
    fewest: int
    most: int
    seniors: int = 0


NEEDS = (
    Need("WARD", "DAY", WEEKDAYS, 6, 12, 1),
    Need("WARD", "DAY", WEEKEND, 4, 6, 1),
    Need("WARD", "SHORT", EVERY_DAY, 2, 3),
    Need("NF", "NIGHT", EVERY_DAY, 3, 4, 1),
    Need("ICU", "DAY", WEEKDAYS, 2, 4),
    Need("ICU", "DAY", WEEKEND, 2, 3),
    Need("ICU", "NIGHT", EVERY_DAY, 1, 2),
    Need("CCU", "DAY", WEEKDAYS, 1, 3),
    Need("CCU", "DAY", WEEKEND, 1, 2),
    Need("CCU", "NIGHT", EVERY_DAY, 1, 1),
    Need("ED", "DAY", EVERY_DAY, 2, 3),
    Need("ED", "SHORT", EVERY_DAY, 1, 2),
    Need("ED", "NIGHT", EVERY_DAY, 1, 1),
)


def made_roster(residents: int, *, periods: int = PERIODS, seed: int = SEED) -> RosterProblem:
    """A year (or its first `periods`) of a program of so many residents; multiples of 60 keep the proportions exact."""
    random = Random(seed)
    people = _people(residents, periods, random)
    return RosterProblem(
        start=date(2026, 7, 1),
        days=periods * PERIOD_DAYS,
        time_zone="America/New_York",
        periods=tuple((k * PERIOD_DAYS, (k + 1) * PERIOD_DAYS - 1) for k in range(periods)),
        shift_types=(
            ShiftType("DAY", "Day", 7 * 60, 10 * 60),
            ShiftType("SHORT", "Short call", 10 * 60, 11 * 60),
            ShiftType("NIGHT", "Night", 20 * 60, 11 * 60, night=True, call=True),
        ),
        rotations=_rotations(),
        people=people,
        coverage=tuple(_coverage(residents)),
        cross_cover=_cross_cover(),
        requests=tuple(_requests(people, periods, random)),
        holidays=tuple(day for day in HOLIDAYS if day < periods * PERIOD_DAYS),
        seed=seed,
    )


def _rotations() -> tuple[Rotation, ...]:
    return (
        Rotation("WARD", "Wards", regular=OFFICE_WEEK),
        Rotation("ICU", "Intensive care"),
        Rotation("CCU", "Cardiac care"),
        Rotation("NF", "Night float", night_float=True),
        Rotation("ED", "Emergency department"),
        Rotation("CLINIC", "Clinic", regular=OFFICE_WEEK),
        Rotation("ELECTIVE", "Elective", regular=OFFICE_WEEK),
    )


def _cross_cover() -> tuple[CrossCover, ...]:
    return (
        CrossCover("ELECTIVE", "NF", ("NIGHT",), weekdays=(4, 5, 6)),
        CrossCover("ELECTIVE", "WARD", ("DAY", "SHORT"), weekdays=WEEKEND),
        CrossCover("ELECTIVE", "CCU", ("NIGHT",), weekdays=(4, 5)),
        CrossCover("ELECTIVE", "ICU", ("NIGHT", "DAY"), weekdays=(5, 6)),
        CrossCover("CLINIC", "WARD", ("DAY",), weekdays=WEEKEND),
    )


def _coverage(residents: int) -> Iterator[Coverage]:
    scale = residents / 60
    for need in NEEDS:
        fewest, most = max(1, int(need.fewest * scale)), max(2, round(need.most * scale))
        yield Coverage(need.rotation, need.shift_type, fewest, most, need.weekdays)
        if need.seniors:
            seniors = max(1, int(need.seniors * scale))
            yield Coverage(need.rotation, need.shift_type, seniors, weekdays=need.weekdays, groups=("PGY-2", "PGY-3"))


def _people(residents: int, periods: int, random: Random) -> tuple[Person, ...]:
    people = []
    for level in (1, 2, 3):
        count = residents // 3 + (level <= residents % 3)
        slots = _slots(count, level - 1)
        for number in range(count):
            stays = [slots[(number + 7 * k) % count] for k in range(periods)]
            people.append(
                Person(
                    id=f"r{level}-{number:03}",
                    name=f"Resident {level}-{number:03}",
                    group=f"PGY-{level}",
                    placements=tuple(
                        Placement(k * PERIOD_DAYS, (k + 1) * PERIOD_DAYS - 1, stay) for k, stay in enumerate(stays)
                    ),
                    share=0.8 if number == count - 1 else 1.0,
                    leave=tuple(_leave(stays, random)),
                )
            )
    return tuple(people)


def _slots(count: int, column: int) -> list[str]:
    """One rotation for each of `count` people, in the proportions of PLACES, spread evenly."""
    shares = {rotation: places[column] for rotation, places in PLACES.items()}
    total = sum(shares.values())
    slots: list[str] = []
    for number in range(count):
        owing = {r: share * (number + 1) / total - slots.count(r) for r, share in shares.items()}
        slots.append(max(owing, key=lambda r: owing[r]))
    return slots


def _leave(stays: list[str], random: Random) -> Iterator[tuple[int, int]]:
    """Up to four weeks a year, each in another period of a rotation that allows it."""
    allowed = [k for k, stay in enumerate(stays) if stay in LEAVE_ON]
    for k in sorted(random.sample(allowed, min(4, len(allowed)))):
        first = k * PERIOD_DAYS + 7 * random.randrange(4)
        yield first, first + 6


def _requests(people: tuple[Person, ...], periods: int, random: Random) -> Iterator[Request]:
    for person in people:
        for k in range(periods):
            day = k * PERIOD_DAYS + random.randrange(PERIOD_DAYS)
            yield Request(person.id, day, None, False, 15.0)
            day = k * PERIOD_DAYS + random.randrange(PERIOD_DAYS)
            yield Request(person.id, day, "NIGHT", False, 10.0)
