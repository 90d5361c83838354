"""Weekly hours (6.20), granted hours (6.24), the rotation's own and part-time hours. Arithmetic in the comments."""

from datetime import date

import pytest

from scheduling.rules import Force, Kind, Window
from tests.rules.made import FOUR_WEEKS, ZONE, book, day, found, leave, record, shift, shifts, the

# Every day but Sundays: 24 days of 28.
WORKED = [number for number in range(28) if number % 7 != 6]


def test_80_hours_a_week_pass_and_a_minute_more_fails() -> None:
    # 4 weeks x 80 h = 320 h. 24 days x 13 h = 312 h, and 8 h on a Sunday = 320 h.
    within = [*shifts(WORKED, "07:00", 13), shift(6, "07:00", 8)]
    assert found("weekly_hours", record(within)) == []
    over = [*within[:-1], shift(6, "07:00", 8 + 1 / 60)]
    verdict = the("weekly_hours", record(over))
    assert (verdict.clause, verdict.old_clause, verdict.label, verdict.force) == (
        "6.20",
        "VI.F.1",
        "ACGME 2025",
        Force.MUST,
    )
    # 320 h 1 min over 4 weeks = 80.004 h a week, which rounds to 80.0
    assert (verdict.measured, verdict.limit, verdict.unit) == (80.0, 80, "hours a week")
    assert (verdict.person, verdict.first, verdict.last) == ("Resident J", date(2026, 11, 2), date(2026, 11, 29))
    assert len(verdict.duties) == 25
    assert verdict.sentence == (
        "Resident J works 320 h 1 min from 2 to 29 Nov, 80 a week; the limit is 80 a week, 320 h"
    )


def test_leave_leaves_both_sides() -> None:
    # 28 days with 7 of leave: 21 days are 3 weeks, budget 240 h. 18 days x 13 h = 234 h, and 6 h = 240 h.
    worked = [number for number in WORKED if number >= 7]
    within = [*shifts(worked, "07:00", 13), shift(13, "07:00", 6)]
    assert found("weekly_hours", record(within, leave=(leave(0, 6),))) == []
    over = [*shifts(worked, "07:00", 13), shift(13, "07:00", 6.5)]
    verdict = the("weekly_hours", record(over, leave=(leave(0, 6),)))
    # 240.5 h in 3 weeks = 80.17 a week
    assert verdict.measured == 80.17
    assert verdict.sentence == (
        "Resident J works 240 h 30 min from 2 to 29 Nov, 80.2 a week; "
        "the limit is 80 a week, 240 h (7 days of leave left out)"
    )
    # Without the leave, 240.5 h are 60 a week.
    assert found("weekly_hours", record(over)) == []


def test_work_on_a_day_of_leave_is_in_neither_side() -> None:
    # 240 h in the 21 days that count, as above, and a duty on leave: judged by on_leave, not by the average.
    worked = [number for number in WORKED if number >= 7]
    duties = [*shifts(worked, "07:00", 13), shift(13, "07:00", 6), shift(3, "07:00", 10)]
    assert found("weekly_hours", record(duties, leave=(leave(0, 6),))) == []
    assert [verdict.duties for verdict in found("on_leave", record(duties, leave=(leave(0, 6),)))] == [
        ("2026-11-05 07:00",)
    ]


def test_days_before_a_person_came_leave_both_sides_too() -> None:
    # Came on the 15th day: 14 days count, budget 160 h. 12 days x 13 h = 156 h pass, 12 x 13.5 = 162 h fail.
    worked = [number for number in WORKED if number >= 14]
    assert found("weekly_hours", record(shifts(worked, "07:00", 13), starts_on=day(14))) == []
    verdict = the("weekly_hours", record(shifts(worked, "07:00", 13.5), starts_on=day(14)))
    assert verdict.measured == 81.0


def test_days_after_a_person_left_leave_both_sides_too() -> None:
    worked = [number for number in WORKED if number < 14]
    assert found("weekly_hours", record(shifts(worked, "07:00", 13), ends_on=day(13))) == []
    assert the("weekly_hours", record(shifts(worked, "07:00", 13.5), ends_on=day(13))).measured == 81.0


def test_each_window_is_averaged_by_itself_and_not_rolling() -> None:
    # Windows of 28 days from 5 October and from 2 November. Two weeks of 6 x 14 = 84 h before the edge and two
    # after it: any rolling four weeks around the edge hold 336 h, but each window 168 h, 42 a week.
    windows = (Window(date(2026, 10, 5), date(2026, 11, 1)), *FOUR_WEEKS)
    worked = [number for number in range(-14, 14) if number % 7 != 6]
    assert found("weekly_hours", record(shifts(worked, "07:00", 14), windows=windows)) == []


def test_a_heavy_rotation_is_not_hidden_behind_a_light_one() -> None:
    # Two weeks of 84 h on ICU and two of 40 h in clinic: 248 h pass over the period (62 a week), but ICU is
    # shorter than the period and is averaged by itself: 168 h in 2 weeks = 84 a week.
    duties = [*shifts([n for n in range(14) if n % 7 != 6], "07:00", 14), *shifts([14, 15, 16, 17, 18], "08:00", 8)]
    assert found("weekly_hours", record(duties)) == []
    halves = (Window(day(0), day(13), "ICU"), Window(day(14), day(27), "CLINIC"))
    verdict = the("weekly_hours", record(duties, windows=halves))
    assert (verdict.measured, verdict.first, verdict.last) == (84.0, day(0), day(13))


def test_a_calendar_month_is_averaged_over_its_days() -> None:
    # November has 30 days: budget 80 x 30 / 7 = 342.86 h. 26 x 13 = 338 h pass, 26 x 13.2 = 343.2 h fail.
    november = (Window(date(2026, 11, 1), date(2026, 11, 30)),)
    worked = [n for n in range(29) if n % 7 != 6] + [27]
    assert len(worked) == 26
    assert found("weekly_hours", record(shifts(worked, "07:00", 13), windows=november)) == []
    verdict = the("weekly_hours", record(shifts(worked, "07:00", 13.2), windows=november))
    # 343.2 h x 7 / 30 = 80.08
    assert verdict.measured == 80.08


def test_a_night_over_the_edge_counts_where_it_starts() -> None:
    # 312 h, and the night of the last Sunday, 12 h, of which 7 lie after the window: 324 h = 81 a week.
    duties = [*shifts(WORKED, "07:00", 13), shift(27, "19:00", 12)]
    assert the("weekly_hours", record(duties)).measured == 81.0


def test_moonlighting_counts_and_backup_at_home_does_not() -> None:
    base = [*shifts(WORKED, "07:00", 13), shift(6, "07:00", 8)]  # 320 h
    backup = shift(13, "07:00", 12, kind=Kind.BACKUP)
    assert found("weekly_hours", record([*base, backup])) == []
    activated = shift(13, "07:00", 12, kind=Kind.BACKUP, counted_minutes=240)
    assert the("weekly_hours", record([*base, activated])).measured == 81.0  # 324 h
    moonlighting = shift(13, "07:00", 4, kind=Kind.MOONLIGHTING)
    assert the("weekly_hours", record([*base, moonlighting])).measured == 81.0


def test_of_home_call_only_patient_care_counts() -> None:
    base = [*shifts(WORKED, "07:00", 13), shift(6, "07:00", 8)]  # 320 h
    at_home = shift(7, "20:00", 11, kind=Kind.HOME_CALL)
    assert found("weekly_hours", record([*base, at_home])) == []
    called_in = shift(7, "20:00", 11, kind=Kind.HOME_CALL, counted_minutes=60)
    # 321 h / 4 = 80.25
    assert the("weekly_hours", record([*base, called_in])).measured == 80.25


def test_granted_hours_hold_on_their_rotation_up_to_88() -> None:
    # 88 x 4 = 352 h. 24 x 14 = 336 h, and 16 h on a Sunday = 352 h.
    icu = (Window(day(0), day(27), "ICU"),)
    granted = book(hour_limits={"ICU": 88})
    within = [*shifts(WORKED, "06:00", 14), shift(6, "06:00", 16)]
    assert found("weekly_hours", record(within, windows=icu), granted) == []
    assert found("granted_hours", record(within, windows=icu), granted) == []
    over = [*shifts(WORKED, "06:00", 14), shift(6, "06:00", 16.5)]
    verdict = the("granted_hours", record(over, windows=icu), granted)
    assert (verdict.clause, verdict.old_clause, verdict.measured, verdict.limit) == ("6.24", "VI.F.4.c", 88.12, 88)
    assert found("weekly_hours", record(over, windows=icu), granted) == []
    # Elsewhere the 80 hours hold.
    ward = (Window(day(0), day(27), "WARD"),)
    assert the("weekly_hours", record(within, windows=ward), granted).measured == 88.0
    assert found("granted_hours", record(within, windows=ward), granted) == []


def test_new_york_grants_no_more_than_80() -> None:
    icu = (Window(day(0), day(27), "ICU"),)
    within = record([*shifts(WORKED, "06:00", 14), shift(6, "06:00", 16)], windows=icu)
    both = book("acgme-2025", "ny-405", hour_limits={"ICU": 88})
    assert found("weekly_hours", within, both) == []
    assert the("ny_weekly_hours", within, both).measured == 88.0


def test_more_than_88_cannot_be_granted() -> None:
    with pytest.raises(ValueError, match=r"Rotation ICU has 89 hours a week; between 1 and 88 can be set \(6.24\)."):
        book(hour_limits={"ICU": 89})


def test_a_rotation_may_have_fewer_hours_of_its_own() -> None:
    # 60 x 4 = 240 h: 24 x 10 h pass, 24 x 10.5 = 252 h (63 a week) fail, as a program rule.
    clinic = (Window(day(0), day(27), "CLINIC"),)
    own = book(hour_limits={"CLINIC": 60})
    assert found("rotation_hours", record(shifts(WORKED, "07:00", 10), windows=clinic), own) == []
    verdict = the("rotation_hours", record(shifts(WORKED, "07:00", 10.5), windows=clinic), own)
    assert (verdict.measured, verdict.limit, verdict.label, verdict.clause) == (63.0, 60, "program rule", None)
    assert found("weekly_hours", record(shifts(WORKED, "07:00", 10.5), windows=clinic), own) == []


def test_part_time_people_work_at_most_their_share() -> None:
    # Half of 80 is 40 a week, 160 h in 4 weeks: 16 x 10 h pass, 17 x 10 h = 42.5 a week do not.
    assert found("part_time_hours", record(shifts(WORKED[:16], "07:00", 10), share=0.5)) == []
    verdict = the("part_time_hours", record(shifts(WORKED[:17], "07:00", 10), share=0.5))
    assert (verdict.measured, verdict.limit, verdict.force) == (42.5, 40.0, Force.SHOULD)
    # The 80 hours of 6.20 stay 80 for them: a limit on what a body bears is not shared out.
    assert found("weekly_hours", record(shifts(WORKED[:17], "07:00", 10), share=0.5)) == []


def test_hours_are_real_over_the_change_of_clocks() -> None:
    # Spring, 8 March 2026: 7 nights of 12 h by the clock, 84 h; the one over the change lasts 11: 83 h. Autumn,
    # 1 November 2026: 85 h. In a window of 7 days, that is the average.
    spring = [shift(date(2026, 3, number), "19:00", 12) for number in range(2, 9)]
    week = (Window(date(2026, 3, 2), date(2026, 3, 8)),)
    assert the("weekly_hours", record(spring, windows=week)).measured == 83.0
    autumn = [shift(date(2026, 10, number), "19:00", 12) for number in range(26, 32)]
    autumn.append(shift(date(2026, 11, 1), "19:00", 12))
    week = (Window(date(2026, 10, 26), date(2026, 11, 1)),)
    assert the("weekly_hours", record(autumn, windows=week)).measured == 85.0
    assert autumn[0].starts_at.tzinfo is ZONE


def test_faculty_have_no_duty_hours() -> None:
    duties = shifts(range(28), "07:00", 14)
    assert found("weekly_hours", record(duties, level=0)) == []
    assert the("weekly_hours", record(duties, level=1)).measured == 98.0
