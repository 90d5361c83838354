"""Rest (6.21, 6.21.a, the program's 10 hours) and continuous work (6.22), across edges and changes of clocks."""

from dataclasses import replace
from datetime import UTC, date

import pytest

from scheduling.rules import Force, Kind, Window, check
from tests.rules.made import FOUR_WEEKS, book, day, found, record, shift, the

CALL = {"call": True, "night": True, "shift_type": "CALL"}


def test_8_hours_off_pass_and_a_minute_less_is_an_advisory() -> None:
    # Off at 23:00, on at 07:00: 8 h.
    assert found("rest", record([shift(0, "11:00", 12), shift(1, "07:00", 10)])) == []
    verdict = the("rest", record([shift(0, "11:00", 12), shift(1, "06:59", 10)]))
    assert (verdict.clause, verdict.old_clause, verdict.force) == ("6.21", "VI.F.2.a", Force.SHOULD)
    assert not verdict.is_violation
    assert (verdict.measured, verdict.limit, verdict.unit) == (7.98, 8, "hours free")
    assert (verdict.first, verdict.last) == (day(0), day(1))
    assert verdict.duties == ("2026-11-02 11:00", "2026-11-03 06:59")
    assert verdict.sentence == ("Resident J has 7 h 59 min between DAY on 2 Nov and DAY on 3 Nov; 8 h should be free")


def test_new_york_makes_the_8_hours_a_must() -> None:
    assert the("ny_rest", record([shift(0, "11:00", 12), shift(1, "06:00", 10)]), book("ny-405")).is_violation


def test_10_hours_between_shifts_are_the_programs_rule() -> None:
    # Off at 21:00, on at 07:00: 10 h.
    assert found("rest_between_shifts", record([shift(0, "11:00", 10), shift(1, "07:00", 10)])) == []
    verdict = the("rest_between_shifts", record([shift(0, "11:00", 10), shift(1, "06:30", 10)]))
    assert (verdict.clause, verdict.old_clause, verdict.label) == (None, None, "program rule")
    assert (verdict.measured, verdict.limit, verdict.is_violation) == (9.5, 10, True)
    assert verdict.sentence.endswith("9 h 30 min between DAY on 2 Nov and DAY on 3 Nov; 10 h must be free")
    # 9.5 h are no matter to the ACGME.
    assert found("rest", record([shift(0, "11:00", 10), shift(1, "06:30", 10)])) == []


def test_14_hours_free_after_24_hours_of_call() -> None:
    # On from Monday 07:00 to Tuesday 07:00; on again at 21:00, 14 h later, or at 20:59.
    assert found("rest_after_call", record([shift(0, "07:00", 24, **CALL), shift(1, "21:00", 8)])) == []
    verdict = the("rest_after_call", record([shift(0, "07:00", 24, **CALL), shift(1, "20:59", 8)]))
    assert (verdict.clause, verdict.old_clause, verdict.force) == ("6.21.a", "VI.F.2.b", Force.MUST)
    assert (verdict.measured, verdict.limit) == (13.98, 14)
    assert verdict.duties == ("2026-11-02 07:00", "2026-11-03 20:59")
    assert verdict.sentence == (
        "Resident J has 13 h 59 min of 14 h free before DAY on 3 Nov, after 24 h in the hospital from CALL on 2 Nov"
    )


def test_23_hours_are_not_24_hours_of_call() -> None:
    # From 08:00 to 07:00: 23 h, so 13 h of rest are enough.
    assert found("rest_after_call", record([shift(0, "08:00", 23, **CALL), shift(1, "20:00", 8)])) == []


def test_a_day_and_the_night_after_it_are_24_hours_too() -> None:
    # 07:00 to 19:00 and 19:00 to 07:00, on again 12 h later.
    duties = [shift(0, "07:00", 12), shift(0, "19:00", 12, night=True), shift(1, "19:00", 12)]
    verdict = the("rest_after_call", record(duties))
    assert (verdict.measured, verdict.duties) == (12.0, tuple(duty.key for duty in duties))


def test_home_call_is_no_work_that_rest_is_measured_from() -> None:
    duties = [shift(0, "07:00", 10), shift(0, "17:00", 14, kind=Kind.HOME_CALL), shift(1, "07:00", 10)]
    assert check(record(duties, windows=()), book()) == []


def test_rest_runs_across_the_edge_of_a_period() -> None:
    # The period ends on Sunday 29 November; call from then to Monday 07:00, on again at 17:00.
    windows = (*FOUR_WEEKS, Window(day(28), day(55)))
    duties = [shift(27, "07:00", 24, **CALL), shift(28, "17:00", 8)]
    assert the("rest_after_call", record(duties, windows=windows)).measured == 10.0
    duties = [shift(27, "11:00", 12), shift(28, "06:00", 10)]
    assert the("rest", record(duties, windows=windows)).measured == 7.0


def test_lunch_between_clinics_is_no_rest() -> None:
    # 08:00 to 12:00 and 13:00 to 17:00 are one stretch; 2 h between duties still join them, 2 h 1 min do not.
    assert check(record([shift(0, "08:00", 4), shift(0, "13:00", 4)], windows=()), book()) == []
    assert found("rest", record([shift(0, "08:00", 4), shift(0, "14:00", 4)])) == []
    assert the("rest", record([shift(0, "08:00", 4), shift(0, "14:01", 4)])).measured == 2.02
    assert the("rest", record([shift(0, "08:00", 4), shift(0, "13:00", 4)]), book(break_minutes=30)).measured == 1.0


def test_24_hours_at_a_stretch_pass_and_more_fails() -> None:
    assert found("continuous_work", record([shift(0, "07:00", 12), shift(0, "19:00", 12)])) == []
    verdict = the("continuous_work", record([shift(0, "07:00", 12), shift(0, "19:00", 12.5)]))
    assert (verdict.clause, verdict.old_clause, verdict.force) == ("6.22", "VI.F.3.a", Force.MUST)
    assert (verdict.measured, verdict.limit, verdict.unit) == (24.5, 24, "hours")
    assert verdict.duties == ("2026-11-02 07:00", "2026-11-02 19:00")
    assert verdict.sentence == "Resident J has 24 h 30 min of work at a stretch, 2 Nov; 24 h are the most"


def test_up_to_4_hours_more_for_handing_over() -> None:
    # The last 4 of 28 hours only for handing over pass; with 3 of them, 25 are work.
    night = shift(0, "19:00", 16, handover_minutes=240)
    assert found("continuous_work", record([shift(0, "07:00", 12), night])) == []
    night = shift(0, "19:00", 16, handover_minutes=180)
    assert the("continuous_work", record([shift(0, "07:00", 12), night])).measured == 25.0
    # 24 hours of work and 4.5 of handing over: 28.5 of 28.
    night = shift(0, "19:00", 16.5, handover_minutes=270)
    verdict = the("continuous_work", record([shift(0, "07:00", 12), night]))
    assert (verdict.measured, verdict.limit) == (28.5, 28)
    assert verdict.sentence == "Resident J has 28 h 30 min at a stretch with handing over, 2 Nov; 28 h are the most"


def test_handing_over_lasts_no_longer_than_its_duty() -> None:
    # 25 hours of work, then a duty of 2 that says 4 are for handing over: 27 - 2 = 25.
    duties = [shift(0, "07:00", 12), shift(0, "19:00", 13), shift(1, "08:00", 2, handover_minutes=240)]
    assert the("continuous_work", record(duties)).measured == 25.0


def test_a_shift_of_28_hours_is_24_and_4() -> None:
    assert found("continuous_work", record([shift(0, "07:00", 28, **CALL)])) == []
    verdict = the("continuous_work", record([shift(0, "07:00", 28.5, **CALL)]))
    assert (verdict.measured, verdict.limit) == (28.5, 28)
    # Unless it says otherwise: without a handover it is 28 hours of work.
    assert the("continuous_work", record([shift(0, "07:00", 28, handover_minutes=0)])).measured == 28.0


def test_new_york_allows_3_hours_for_handing_over() -> None:
    assert found("ny_continuous_work", record([shift(0, "07:00", 27, **CALL)]), book("ny-405")) == []
    verdict = the("ny_continuous_work", record([shift(0, "07:00", 27.5, **CALL)]), book("ny-405"))
    assert (verdict.label, verdict.measured, verdict.limit) == ("New York 405", 27.5, 27)
    assert found("continuous_work", record([shift(0, "07:00", 27.5, **CALL)])) == []


def test_continuous_work_runs_across_the_edge_of_a_period() -> None:
    windows = (*FOUR_WEEKS, Window(day(28), day(55)))
    duties = [shift(27, "19:00", 12), shift(28, "07:00", 13)]
    verdict = the("continuous_work", record(duties, windows=windows))
    assert (verdict.measured, verdict.first, verdict.last) == (25.0, day(27), day(28))


SPRING = date(2026, 3, 7)  # a Saturday; clocks go from 02:00 to 03:00 on the 8th
AUTUMN = date(2026, 10, 31)  # a Saturday; clocks go from 02:00 back to 01:00 on 1 November


@pytest.mark.parametrize("saturday", [SPRING, AUTUMN])
def test_a_24_hour_call_over_the_change_of_clocks_breaks_nothing(saturday: date) -> None:
    # 23 real hours in spring, 25 in autumn, and 24 by the clock; on again on Monday.
    sunday = date.fromordinal(saturday.toordinal() + 1)
    monday = date.fromordinal(saturday.toordinal() + 2)
    alone = [shift(saturday, "07:00", 24, **CALL), shift(monday, "07:00", 10)]
    assert check(record(alone, windows=()), book()) == []
    joined = [shift(saturday, "07:00", 12), shift(saturday, "19:00", 12), shift(monday, "07:00", 10)]
    assert check(record(joined, windows=()), book()) == []
    assert sunday.weekday() == 6


def test_25_hours_by_the_clock_in_spring_are_24_real_ones() -> None:
    # Saturday 07:00 to Sunday 08:00: 25 h by the clock, 24 real hours. To 08:30 they are 24.5 real hours.
    assert found("continuous_work", record([shift(SPRING, "07:00", 12), shift(SPRING, "19:00", 13)])) == []
    verdict = the("continuous_work", record([shift(SPRING, "07:00", 12), shift(SPRING, "19:00", 13.5)]))
    assert verdict.measured == 24.5


def test_23_hours_over_the_autumn_change_are_not_24_hours_of_call() -> None:
    # Saturday 08:00 to Sunday 07:00: 23 h by the clock, 24 real ones; 13 h of rest are enough.
    sunday = date(2026, 11, 1)
    assert found("rest_after_call", record([shift(AUTUMN, "08:00", 23, **CALL), shift(sunday, "20:00", 4)])) == []


def test_rest_is_measured_in_real_hours() -> None:
    # Off on Saturday at 21:00. Spring: 07:00 on Sunday is 9 real hours later, 08:00 is 10. Autumn: 06:00 is 10.
    off = shift(SPRING, "11:00", 10)
    verdict = the("rest_between_shifts", record([off, shift(date(2026, 3, 8), "07:00", 10)]))
    assert verdict.measured == 9.0
    assert found("rest_between_shifts", record([off, shift(date(2026, 3, 8), "08:00", 10)])) == []
    off = shift(AUTUMN, "11:00", 10)
    assert found("rest_between_shifts", record([off, shift(date(2026, 11, 1), "06:00", 10)])) == []
    assert the("rest_between_shifts", record([off, shift(date(2026, 11, 1), "05:30", 10)])).measured == 9.5


def test_times_in_another_zone_are_the_same_instants() -> None:
    duties = [shift(0, "11:00", 12), shift(1, "06:00", 10)]
    in_utc = [
        replace(duty, starts_at=duty.starts_at.astimezone(UTC), ends_at=duty.ends_at.astimezone(UTC)) for duty in duties
    ]
    assert check(record(in_utc), book()) == check(record(duties), book()) != []
