"""Every rule at its limit: the last case that passes and the first that fails, most of them a minute apart.

The arithmetic stands beside each. What else the rules say of such cases is in the files of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from scheduling.rules import PROGRAM_RULES, RULE_SETS, Kind, PersonRecord, Rulebook, Window, check_schedule
from scheduling.rules.rule_sets import ALWAYS
from tests.rules.made import book, day, leave, record, shift, shifts

ACGME, NEW_YORK = book(), book("ny-405")
MINUTE = 1 / 60
CALL = {"call": True, "night": True, "shift_type": "CALL"}
FLOAT = {"night": True, "night_float": True, "rotation": "NF", "shift_type": "NIGHT"}
HOME = {"kind": Kind.HOME_CALL}
SIX_A_WEEK = [number for number in range(28) if number % 7 != 6]  # 24 of 28 days; Sundays are free
SIX_NIGHTS = [number for number in range(28) if number % 7 != 0]  # Mondays are free


@dataclass(frozen=True, slots=True)
class Edge:
    """One limit: who is just inside it and who just outside, and what the verdict on the latter says."""

    rule: str
    name: str
    inside: Sequence[PersonRecord]
    outside: Sequence[PersonRecord]
    measured: float
    limit: float
    book: Rulebook = ACGME


def one(*duties: object, **fields: object) -> list[PersonRecord]:
    """A single person's record of these duties, lists of them or single ones."""
    flat = [duty for each in duties for duty in (each if isinstance(each, list) else [each])]
    return [record(flat, **fields)]  # type: ignore[arg-type]


def month(hours_on_sunday: float, *, hours: float = 13, **fields: object) -> list[PersonRecord]:
    """24 days of so many hours, and a Sunday: 24 x 13 = 312 h and 8 are 320, 80 a week."""
    return one(shifts(SIX_A_WEEK, "06:00", hours), shift(6, "06:00", hours_on_sunday), **fields)


def team(juniors: int) -> list[PersonRecord]:
    """A faculty member and so many PGY-1 on the ward."""
    people = [("F", 0), *((f"R{number}", 1) for number in range(juniors))]
    return [record([shift(0, "07:00", 10, key=name)], name=name, level=level, windows=()) for name, level in people]


def on(rotation: str) -> tuple[Window, ...]:
    return (Window(day(0), day(27), rotation),)


EDGES = [
    # 4 x 80 = 320 h; a minute more is 80.004 a week.
    Edge("weekly_hours", "80 h", month(8), month(8 + MINUTE), 80.0, 80),
    Edge("ny_weekly_hours", "80 h", month(8), month(8 + MINUTE), 80.0, 80, NEW_YORK),
    # 7 of 28 days on leave: 3 x 80 = 240 h = 18 x 13 + 6.
    Edge(
        "weekly_hours",
        "80 h beside leave",
        one(shifts([n for n in SIX_A_WEEK if n > 6], "07:00", 13), shift(13, "07:00", 6), leave=(leave(0, 6),)),
        one(shifts([n for n in SIX_A_WEEK if n > 6], "07:00", 13), shift(13, "07:00", 6.5), leave=(leave(0, 6),)),
        80.17,  # 240.5 / 3
        80,
    ),
    # Moonlighting counts in New York too: 312 h, and 8 moonlighting.
    Edge(
        "ny_weekly_hours",
        "80 h with moonlighting",
        one(shifts(SIX_A_WEEK, "07:00", 13), shift(6, "07:00", 8, kind=Kind.MOONLIGHTING)),
        one(shifts(SIX_A_WEEK, "07:00", 13), shift(6, "07:00", 9, kind=Kind.MOONLIGHTING)),
        80.25,  # 321 / 4
        80,
        NEW_YORK,
    ),
    # 4 x 88 = 352 h = 24 x 14 + 16.
    Edge(
        "granted_hours",
        "88 h",
        month(16, hours=14, windows=on("ICU")),
        month(16 + MINUTE, hours=14, windows=on("ICU")),
        88.0,
        88,
        book(hour_limits={"ICU": 88}),
    ),
    # 4 x 60 = 240 h = 24 x 9 + 24, said by the program.
    Edge(
        "rotation_hours",
        "60 h",
        month(24, hours=9, windows=on("CLINIC")),
        month(24 + MINUTE, hours=9, windows=on("CLINIC")),
        60.0,
        60,
        book(hour_limits={"CLINIC": 60}),
    ),
    # Half of 80 is 40: 160 h = 24 x 6 + 16.
    Edge("part_time_hours", "half", month(16, hours=6, share=0.5), month(16 + MINUTE, hours=6, share=0.5), 40.0, 40),
    # 23:00 to 07:00.
    Edge(
        "rest",
        "8 h",
        one(shift(0, "11:00", 12), shift(1, "07:00", 8)),
        one(shift(0, "11:00", 12), shift(1, "06:59", 8)),
        7.98,
        8,
    ),
    Edge(
        "ny_rest",
        "8 h",
        one(shift(0, "11:00", 12), shift(1, "07:00", 8)),
        one(shift(0, "11:00", 12), shift(1, "06:59", 8)),
        7.98,
        8,
        NEW_YORK,
    ),
    # 21:00 to 07:00.
    Edge(
        "rest_between_shifts",
        "10 h",
        one(shift(0, "11:00", 10), shift(1, "07:00", 8)),
        one(shift(0, "11:00", 10), shift(1, "06:59", 8)),
        9.98,
        10,
    ),
    # 07:00 to 21:00, after 24 h; after 23 h 59 min any rest will do.
    *(
        Edge(
            "rest_after_call",
            f"14 h by {standards.rules[0].label}",
            one(shift(0, "07:00", 24, **CALL), shift(1, "21:00", 8)),
            one(shift(0, "07:00", 24, **CALL), shift(1, "20:59", 8)),
            13.98,
            14,
            standards,
        )
        for standards in (ACGME, NEW_YORK)
    ),
    Edge(
        "rest_after_call",
        "24 h of call",
        one(shift(0, "07:01", 24 - MINUTE, **CALL), shift(1, "20:00", 8)),
        one(shift(0, "07:00", 24, **CALL), shift(1, "20:00", 8)),
        13.0,
        14,
    ),
    # 28 / 7 = 4.
    Edge(
        "free_days", "4 in 28", one(shifts(SIX_A_WEEK, "07:00", 10)), one(shifts([*SIX_A_WEEK, 6], "07:00", 10)), 3, 4
    ),
    # 24 hours from Saturday 17:00 in the first week; on at 16:59 they are 23 h 59 min.
    Edge(
        "free_days",
        "24 h without a break",
        one(shifts(SIX_A_WEEK, "07:00", 10), shift(6, "17:00", 8)),
        one(shifts(SIX_A_WEEK, "07:00", 10), shift(6, "16:59", 8)),
        3,
        4,
    ),
    # Home call may not fall on it.
    Edge(
        "free_days",
        "home call",
        one(shifts(SIX_A_WEEK, "07:00", 10), shift(6, "17:00", 8, **HOME)),
        one(shifts(SIX_A_WEEK, "07:00", 10), shift(6, "16:59", 8, **HOME)),
        3,
        4,
    ),
    # The week of Sunday 8 November, worked: free from Tuesday 17:00 to Wednesday 17:00, or a minute less.
    Edge(
        "ny_free_day_each_week",
        "24 h",
        one(shifts(sorted({*SIX_A_WEEK, 6} - {9}), "07:00", 10), shift(9, "17:00", 8)),
        one(shifts(sorted({*SIX_A_WEEK, 6} - {9}), "07:00", 10), shift(9, "16:59", 8)),
        0,
        1,
        NEW_YORK,
    ),
    # Two shifts, so that nothing is for handing over.
    Edge(
        "continuous_work",
        "24 h",
        one(shift(0, "07:00", 12), shift(0, "19:00", 12)),
        one(shift(0, "07:00", 12), shift(0, "19:00", 12 + MINUTE)),
        24.02,
        24,
    ),
    # One shift of 28 h is 24 and 4 to hand over.
    Edge("continuous_work", "24 and 4", one(shift(0, "07:00", 28)), one(shift(0, "07:00", 28 + MINUTE)), 28.02, 28),
    Edge(
        "ny_continuous_work",
        "24 h",
        one(shift(0, "07:00", 12), shift(0, "19:00", 12)),
        one(shift(0, "07:00", 12), shift(0, "19:00", 12 + MINUTE)),
        24.02,
        24,
        NEW_YORK,
    ),
    Edge(
        "ny_continuous_work",
        "24 and 3",
        one(shift(0, "07:00", 27)),
        one(shift(0, "07:00", 27 + MINUTE)),
        27.02,
        27,
        NEW_YORK,
    ),
    # Off-cycle: a PGY-2 from 7 November on.
    Edge(
        "moonlighting",
        "the day of promotion",
        one(shift(5, "08:00", 8, kind=Kind.MOONLIGHTING), level=1, levels=((day(5), 2),)),
        one(shift(4, "08:00", 8, kind=Kind.MOONLIGHTING), level=1, levels=((day(5), 2),)),
        1,
        0,
    ),
    Edge(
        "moonlighting",
        "in New York",
        one(shift(5, "08:00", 8, kind=Kind.MOONLIGHTING), level=2),
        one(shift(5, "08:00", 8, kind=Kind.MOONLIGHTING), level=1),
        1,
        0,
        NEW_YORK,
    ),
    # 24 nights x 13 h = 312 h, and day work of 8 h after the free Monday's night: 320 h.
    Edge(
        "night_float",
        "80 h",
        one(shifts(SIX_NIGHTS, "18:00", 13, **FLOAT), shift(0, "00:00", 8)),
        one(shifts(SIX_NIGHTS, "18:00", 13, **FLOAT), shift(0, "00:00", 8 + MINUTE)),
        1,
        0,
    ),
    # 28 / 7 = 4 free days: from Sunday 07:00 to Monday 19:00, 36 h each; in the outer case three of them.
    Edge(
        "night_float",
        "4 in 28",
        one(shifts(SIX_NIGHTS, "19:00", 12, **FLOAT)),
        one(shifts([*SIX_NIGHTS, 14], "19:00", 12, **FLOAT)),
        1,
        0,
    ),
    # 28 / 3 = 9.33, so 9; 21 / 3 = 7 beside a week of leave.
    *(
        Edge(
            "call_nights",
            f"9 in 28 by {standards.rules[0].label}",
            one(shifts(range(0, 27, 3), "17:00", 14, **CALL)),
            one(shifts(range(0, 28, 3), "17:00", 14, **CALL)),
            10,
            9,
            standards,
        )
        for standards in (ACGME, NEW_YORK)
    ),
    Edge(
        "call_nights",
        "7 in 21",
        one(shifts(range(7, 26, 3), "17:00", 14, **CALL), leave=(leave(0, 6),)),
        one(shifts([*range(7, 26, 3), 27], "17:00", 14, **CALL), leave=(leave(0, 6),)),
        8,
        7,
    ),
    # 312 h at work and 8 of patient care on a home call that takes no free day: 320 h.
    Edge(
        "home_call",
        "80 h",
        one(shifts(SIX_A_WEEK, "07:00", 13), shift(1, "20:30", 10, counted_minutes=480, **HOME)),
        one(shifts(SIX_A_WEEK, "07:00", 13), shift(1, "20:30", 10, counted_minutes=481, **HOME)),
        1,
        0,
    ),
    # Saturday 17:00 to Sunday 17:00 are 24 h; home call from 16:59 on leaves a minute less.
    Edge(
        "home_call",
        "4 in 28",
        one(shifts(SIX_A_WEEK, "07:00", 10), shift(6, "17:00", 8, **HOME)),
        one(shifts(SIX_A_WEEK, "07:00", 10), shift(6, "16:59", 8, **HOME)),
        1,
        0,
    ),
    Edge(
        "night_float_run",
        "6 nights",
        one(shifts(range(6), "19:00", 12, **FLOAT)),
        one(shifts(range(7), "19:00", 12, **FLOAT)),
        7,
        6,
    ),
    Edge(
        "consecutive_days", "12 days", one(shifts(range(12), "07:00", 10)), one(shifts(range(13), "07:00", 10)), 13, 12
    ),
    # To midnight, and a minute of the leave.
    Edge(
        "into_leave",
        "midnight",
        one(shift(4, "16:00", 8), leave=(leave(5, 7),)),
        one(shift(4, "16:00", 8 + MINUTE), leave=(leave(5, 7),)),
        0.02,
        0,
    ),
    # A PGY-1 is half of a faculty member's charge.
    Edge("supervision", "2 PGY-1", team(2), team(3), 1, 2, book(supervised_rotations=frozenset({"WARD"}))),
    Edge(
        "overlap",
        "a minute",
        one(shift(0, "07:00", 10), shift(0, "17:00", 4)),
        one(shift(0, "07:00", 10), shift(0, "16:59", 4)),
        1,
        0,
    ),
    Edge(
        "on_leave",
        "the first day",
        one(shift(4, "07:00", 10), leave=(leave(5, 7),)),
        one(shift(5, "07:00", 10), leave=(leave(5, 7),)),
        1,
        0,
    ),
    Edge(
        "on_leave",
        "the last day",
        one(shift(8, "07:00", 10), leave=(leave(5, 7),)),
        one(shift(7, "07:00", 10), leave=(leave(5, 7),)),
        1,
        0,
    ),
]


def broken(people: Sequence[PersonRecord], by: Edge) -> list[tuple[float, float]]:
    return [(each.measured, each.limit) for each in check_schedule(people, by.book) if each.rule == by.rule]


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge.rule}: {edge.name}")
def test_just_inside_passes_and_just_outside_fails(edge: Edge) -> None:
    assert broken(edge.inside, edge) == []
    assert broken(edge.outside, edge) == [(edge.measured, edge.limit)]


def test_every_rule_has_its_edge() -> None:
    rules = [*PROGRAM_RULES, *ALWAYS, *(rule for rules in RULE_SETS.values() for rule in rules)]
    assert {edge.rule for edge in EDGES} == {rule.id for rule in rules}
