"""One day in seven (6.21.b), the free day of every week (New York 405), night float and home call within them."""

from datetime import date

import pytest

from scheduling.rules import DateRange, Force, Kind, PersonRecord, Window, check
from scheduling.rules.figures import free_days
from scheduling.rules.timeline import timeline
from tests.rules.made import FOUR_WEEKS, MONDAY, ZONE, book, day, found, leave, record, shift, shifts, the

SIX_A_WEEK = [number for number in range(28) if number % 7 != 6]


def count(of: PersonRecord, *windows: tuple[int, int]) -> list[int]:
    """Free days in spans of days after the Monday."""
    since = MONDAY.toordinal()
    return free_days(timeline(of, ZONE), [(since + first, since + last) for first, last in windows])


def test_four_free_days_pass_and_three_fail() -> None:
    # 28 / 7 = 4 free days owed; Sundays off are 4.
    assert found("free_days", record(shifts(SIX_A_WEEK, "07:00", 10))) == []
    verdict = the("free_days", record(shifts([*SIX_A_WEEK, 6], "07:00", 10)))
    assert (verdict.clause, verdict.old_clause, verdict.force) == ("6.21.b", "VI.F.2.c", Force.MUST)
    assert (verdict.measured, verdict.limit, verdict.unit) == (3, 4, "free days")
    assert (verdict.first, verdict.last, len(verdict.duties)) == (day(0), day(27), 25)
    assert verdict.sentence == "Resident J has 3 of 4 free days, 2 to 29 Nov"


def test_no_free_day_is_said_as_such() -> None:
    week = (Window(day(6), day(12)),)
    verdict = the("free_days", record(shifts(range(6, 13), "07:00", 10), windows=week))
    assert verdict.sentence == "Resident J works 7 days without one free, 8 to 14 Nov"
    assert (verdict.measured, verdict.limit) == (0, 1)


def test_leave_leaves_both_sides_and_is_no_free_day() -> None:
    # 28 days with 7 of leave: 21 / 7 = 3 free days owed. Leave in the first week, then 3 Sundays off.
    worked = [number for number in SIX_A_WEEK if number >= 7]
    assert found("free_days", record(shifts(worked, "07:00", 10), leave=(leave(0, 6),))) == []
    verdict = the("free_days", record(shifts([*worked, 13], "07:00", 10), leave=(leave(0, 6),)))
    assert (verdict.measured, verdict.limit) == (2, 3)
    assert verdict.sentence == "Resident J has 2 of 3 free days, 2 to 29 Nov (7 days of leave left out)"


def test_eight_days_of_leave_take_two_free_days_off_the_debt() -> None:
    # 28 - 8 = 20 days, 20 / 7 = 2.86: 2 are owed. With 2 Sundays off it passes, with 1 it does not.
    worked = [number for number in range(8, 28) if number not in (13, 20)]
    assert found("free_days", record(shifts(worked, "07:00", 10), leave=(leave(0, 7),))) == []
    verdict = the("free_days", record(shifts([*worked, 13], "07:00", 10), leave=(leave(0, 7),)))
    assert (verdict.measured, verdict.limit) == (1, 2)


def test_a_free_day_is_24_hours_without_a_break() -> None:
    # Off at 07:00 on Saturday, on again at 07:00 on Sunday: 24 h, one free day; at 06:59, none.
    assert count(record([shift(4, "19:00", 12), shift(6, "07:00", 17)]), (5, 6)) == [1]
    assert count(record([shift(4, "19:00", 12), shift(6, "06:59", 17)]), (5, 6)) == [0]


def test_a_weekend_is_two_free_days() -> None:
    # Friday 17:00 to Monday 07:00 = 62 h, 2 x 24 h. To Sunday 16:59 = 47 h 59 min: one.
    assert count(record([*shifts(range(5), "07:00", 10), shift(7, "07:00", 10)]), (0, 7)) == [2]
    assert count(record([*shifts(range(5), "07:00", 10), shift(6, "16:59", 8), shift(7, "07:00", 10)]), (0, 7)) == [1]


def test_a_free_day_over_the_edge_counts_once_where_it_starts() -> None:
    # Off on Sunday 07:00, on again on Monday 19:00: 36 h, one free day, which starts in the first week.
    over = record([shift(5, "19:00", 12), shift(7, "19:00", 12)])
    assert count(over, (5, 6), (7, 8)) == [1, 0]
    # To Tuesday 03:00 = 44 h, of which Monday is a whole day of the second week: the day is that one's.
    assert count(record([shift(5, "19:00", 12), shift(8, "03:00", 12)]), (5, 6), (7, 8)) == [0, 1]
    # To Tuesday 08:00 = 49 h: two, one for each.
    assert count(record([shift(5, "19:00", 12), shift(8, "08:00", 12)]), (5, 6), (7, 8)) == [1, 1]


def test_free_days_before_a_window_are_not_its_own() -> None:
    # Thursday 17:00 to Monday 07:00 = 86 h, three free days, of which Saturday and Sunday are the window's.
    assert count(record([shift(3, "07:00", 10), shift(7, "07:00", 10)]), (5, 6)) == [2]


def test_nothing_is_known_after_the_last_day() -> None:
    # Off on the last Sunday at 07:00: 17 h are known to be free.
    alone = record([shift(5, "19:00", 12)], windows=())
    assert count(alone, (5, 6)) == [0]


def test_leave_ends_a_free_stretch() -> None:
    # Friday 17:00 to Sunday, leave from Saturday: 7 h. Without it 2 days are free.
    worked = [*shifts(range(5), "07:00", 10), shift(7, "07:00", 10)]
    assert count(record(worked, leave=(leave(5, 6),)), (0, 7)) == [0]
    # Saturday free between work and leave on Sunday: Friday 17:00 to Sunday 00:00 = 31 h.
    assert count(record(worked, leave=(leave(6, 6),)), (0, 7)) == [1]


def test_home_call_may_not_fall_on_a_free_day() -> None:
    duties = shifts(SIX_A_WEEK, "07:00", 10)
    called = record([*duties, shift(6, "08:00", 10, kind=Kind.HOME_CALL)])
    assert the("free_days", called).measured == 3
    verdict = the("home_call", called)
    assert (verdict.clause, verdict.old_clause, verdict.measured, verdict.duties) == (
        "6.28",
        "VI.F.8.a",
        1,
        ("2026-11-08 08:00",),
    )
    assert verdict.sentence == "Resident J's home call, 2 to 29 Nov, does not keep to one day in seven free"
    # On a weekday evening it takes no free day.
    assert found("free_days", record([*duties, shift(2, "18:00", 12, kind=Kind.HOME_CALL)])) == []


def test_home_call_is_not_blamed_for_free_days_that_work_took() -> None:
    duties = [*shifts([*SIX_A_WEEK, 6], "07:00", 10), shift(2, "18:00", 12, kind=Kind.HOME_CALL)]
    assert the("free_days", record(duties)).measured == 3
    assert found("home_call", record(duties)) == []


def test_home_call_is_blamed_for_hours_beyond_80() -> None:
    # 320 h at work, and 1 h of patient care on home call.
    duties = [*shifts(SIX_A_WEEK, "07:00", 13), shift(6, "07:00", 8)]
    call = shift(7, "20:30", 10, kind=Kind.HOME_CALL, counted_minutes=60)
    verdict = the("home_call", record([*duties, call]))
    # Three free days are left, whether there is home call or not: only the hours are home call's.
    assert (verdict.measured, verdict.sentence) == (
        1,
        "Resident J's home call, 2 to 29 Nov, does not keep to 80 hours a week",
    )


def test_there_is_no_third_night_limit_on_home_call() -> None:
    weekdays = [number for number in range(28) if number % 7 < 5]
    calls = shifts(weekdays, "17:00", 14, kind=Kind.HOME_CALL, call=True)
    assert check(record([*shifts(weekdays, "07:00", 10), *calls]), book()) == []


def test_backup_at_home_leaves_a_day_free_until_it_is_activated() -> None:
    duties = shifts(SIX_A_WEEK, "07:00", 10)
    assert found("free_days", record([*duties, shift(6, "07:00", 12, kind=Kind.BACKUP)])) == []
    activated = shift(6, "07:00", 12, kind=Kind.BACKUP, counted_minutes=720)
    assert the("free_days", record([*duties, activated])).measured == 3


def test_night_float_lies_within_the_free_days_and_the_hours() -> None:
    # 6 nights of 12 h a week, 72 h. Off from Sunday 07:00 (after Saturday's night) to Monday 19:00: one a week.
    # On the last Sunday 17 h are known, so 3 of 4 would be: start with a free Monday and end with a night.
    nights = [number for number in range(28) if number % 7 != 0]
    fields = {"night": True, "night_float": True, "rotation": "NF", "shift_type": "NIGHT"}
    assert check(record(shifts(nights, "19:00", 12, **fields)), book()) == []
    verdict = the("night_float", record(shifts([*nights, 14], "19:00", 12, **fields)))
    assert (verdict.clause, verdict.old_clause, verdict.measured, len(verdict.duties)) == ("6.26", "VI.F.6", 1, 25)
    assert verdict.sentence == "Resident J's night float, 2 to 29 Nov, does not keep to one day in seven free"
    # 24 nights x 13.5 h = 324 h, 81 a week; rest from 08:30 to 19:00.
    long_nights = record(shifts(nights, "19:00", 13.5, **fields))
    assert the("night_float", long_nights).sentence == (
        "Resident J's night float, 2 to 29 Nov, does not keep to 80 hours a week"
    )
    # The same days and hours without night float break 6.20 alone.
    assert found("night_float", record(shifts(nights, "19:00", 13.5))) == []


def test_night_float_keeps_to_the_hours_granted_to_its_rotation() -> None:
    # 24 nights x 13.5 h = 324 h, 81 a week of the 88 granted.
    nights = shifts([n for n in range(28) if n % 7 != 0], "19:00", 13.5, night=True, night_float=True)
    granted = record(nights, windows=(Window(day(0), day(27), "NF"),))
    assert found("night_float", granted, book(hour_limits={"NF": 88})) == []
    assert len(found("night_float", granted, book(hour_limits={"ICU": 88}))) == 1


def test_new_york_wants_a_free_day_in_every_week() -> None:
    # Weeks from Sunday. Free: Sundays 8, 15 and 22, and twice in the week of the 22nd, none in that of the 8th.
    even = [number for number in range(28) if number % 7 != 6]
    assert found("ny_free_day_each_week", record(shifts(even, "07:00", 10)), book("ny-405")) == []
    uneven = sorted({*even, 6} - {21})  # works Sunday 8 November, off on Monday 23 November instead
    verdict = the("ny_free_day_each_week", record(shifts(uneven, "07:00", 10)), book("ny-405"))
    assert (verdict.label, verdict.first, verdict.last) == ("New York 405", date(2026, 11, 8), date(2026, 11, 14))
    assert (verdict.measured, verdict.limit, len(verdict.duties)) == (0, 1, 7)
    assert verdict.sentence == "Resident J works 7 days without one free, 8 to 14 Nov"
    # Averaged, these are 4 free days in 28: the ACGME is content.
    assert found("free_days", record(shifts(uneven, "07:00", 10))) == []


def test_a_week_with_leave_owes_no_free_day_in_new_york() -> None:
    worked = [number for number in range(28) if number % 7 != 6 or number == 6]
    assert the("ny_free_day_each_week", record(shifts(worked, "07:00", 10)), book("ny-405")).first == day(6)
    worked.remove(9)
    away = record(shifts(worked, "07:00", 10), leave=(leave(9, 9),))
    assert found("ny_free_day_each_week", away, book("ny-405")) == []


@pytest.mark.parametrize(
    ("on_sunday", "free"),
    [(date(2026, 3, 8), 1), (date(2026, 11, 1), 1)],
)
def test_the_day_on_which_clocks_change_is_a_free_day(on_sunday: date, free: int) -> None:
    # Leave on Saturday and from Monday on: Sunday is free from midnight to midnight, 23 h in spring.
    sunday = on_sunday.toordinal()
    away = (
        DateRange(date.fromordinal(sunday - 1), date.fromordinal(sunday - 1)),
        DateRange(date.fromordinal(sunday + 1), date.fromordinal(sunday + 1)),
    )
    line = timeline(record([], leave=away), ZONE)
    assert free_days(line, [(sunday - 1, sunday + 1)]) == [free]


def test_a_free_day_has_24_real_hours_over_the_change_of_clocks() -> None:
    # Spring: off on Saturday 19:00, on again on Sunday 19:00, 23 real hours. At 20:00 they are 24.
    sunday = date(2026, 3, 8)
    span = [(sunday.toordinal() - 1, sunday.toordinal())]
    off = shift(date(2026, 3, 7), "07:00", 12)
    assert free_days(timeline(record([off, shift(sunday, "19:00", 4)]), ZONE), span) == [0]
    assert free_days(timeline(record([off, shift(sunday, "20:00", 4)]), ZONE), span) == [1]
    # Autumn: off on Saturday 19:00, on again on Sunday 18:00, 24 real hours.
    sunday = date(2026, 11, 1)
    span = [(sunday.toordinal() - 1, sunday.toordinal())]
    off = shift(date(2026, 10, 31), "07:00", 12)
    assert free_days(timeline(record([off, shift(sunday, "18:00", 4)]), ZONE), span) == [1]
    assert free_days(timeline(record([off, shift(sunday, "17:59", 4)]), ZONE), span) == [0]


def test_a_window_shorter_than_a_week_owes_none() -> None:
    assert found("free_days", record(shifts(range(6), "07:00", 10), windows=(Window(day(0), day(5)),))) == []
    assert the("free_days", record(shifts(range(7), "07:00", 10), windows=(Window(day(0), day(6)),))).limit == 1


def test_a_month_of_31_days_owes_four() -> None:
    # 31 / 7 = 4.4
    december = (Window(date(2026, 12, 1), date(2026, 12, 31)),)
    four_off = [shift(date(2026, 12, n), "07:00", 10) for n in range(1, 32) if n not in (6, 13, 20, 27)]
    assert found("free_days", record(four_off, windows=december)) == []
    three_off = [*four_off, shift(date(2026, 12, 6), "07:00", 10)]
    assert the("free_days", record(three_off, windows=december)).measured == 3


def test_free_days_are_not_averaged_over_the_edge() -> None:
    # No free day in the first four weeks, eight in the second: each is judged by itself.
    windows = (*FOUR_WEEKS, Window(day(28), day(55)))
    duties = shifts([*range(28), *(n for n in range(28, 56) if n % 7 < 5)], "07:00", 10)
    verdict = the("free_days", record(duties, windows=windows))
    assert (verdict.first, verdict.measured, verdict.limit) == (day(0), 0, 4)
