"""Every third night (6.27), and the program's runs of nights and days."""

from datetime import date

from scheduling.rules import Force, Window
from tests.rules.made import FOUR_WEEKS, book, day, found, leave, record, shift, shifts, the

CALL = {"call": True, "night": True, "shift_type": "CALL"}
NIGHT_FLOAT = {"night": True, "night_float": True, "rotation": "NF", "shift_type": "NIGHT"}


def test_9_nights_of_call_in_28_days_pass_and_10_fail() -> None:
    # 28 / 3 = 9.33
    nine = shifts(range(0, 27, 3), "17:00", 14, **CALL)
    assert len(nine) == 9
    assert found("call_nights", record(nine)) == []
    verdict = the("call_nights", record([*nine, shift(27, "17:00", 14, **CALL)]))
    assert (verdict.clause, verdict.old_clause, verdict.force) == ("6.27", "VI.F.7", Force.MUST)
    assert (verdict.measured, verdict.limit, verdict.unit) == (10, 9, "nights of call")
    assert len(verdict.duties) == 10
    assert verdict.sentence == "Resident J has 10 nights of in-house call, 2 to 29 Nov; at most 9 in 28 days"


def test_the_budget_of_call_shrinks_with_leave() -> None:
    # 28 - 7 = 21 days, 21 / 3 = 7.
    seven = shifts(range(7, 28, 3), "17:00", 14, **CALL)
    assert len(seven) == 7
    assert found("call_nights", record(seven, leave=(leave(0, 6),))) == []
    verdict = the("call_nights", record([*seven, shift(8, "17:00", 14, **CALL)], leave=(leave(0, 6),)))
    assert (verdict.measured, verdict.limit) == (8, 7)
    assert verdict.sentence == (
        "Resident J has 8 nights of in-house call, 2 to 29 Nov; at most 7 in 21 days (7 days of leave left out)"
    )


def test_call_is_averaged_by_period() -> None:
    # Ten nights in a row of four weeks over the edge, five on each side.
    windows = (*FOUR_WEEKS, Window(day(28), day(55)))
    assert found("call_nights", record(shifts(range(18, 38, 2), "17:00", 14, **CALL), windows=windows)) == []


def test_two_calls_in_a_row_are_no_matter_if_the_average_holds() -> None:
    assert found("call_nights", record(shifts([0, 1, 2], "17:00", 14, **CALL))) == []


def test_nights_of_night_float_are_not_call() -> None:
    nights = shifts([n for n in range(28) if n % 7 != 6], "19:00", 12, **NIGHT_FLOAT, call=True)
    assert found("call_nights", record(nights)) == []


def test_6_nights_of_night_float_pass_and_7_fail() -> None:
    assert found("night_float_run", record(shifts(range(6), "19:00", 12, **NIGHT_FLOAT))) == []
    verdict = the("night_float_run", record(shifts(range(7), "19:00", 12, **NIGHT_FLOAT)))
    assert (verdict.clause, verdict.old_clause, verdict.label) == (None, None, "program rule")
    assert (verdict.measured, verdict.limit, verdict.first, verdict.last) == (7, 6, day(0), day(6))
    assert len(verdict.duties) == 7
    assert verdict.sentence == "Resident J works 7 nights of night float in a row, 2 to 8 Nov; 6 are the most"


def test_a_night_off_ends_a_run() -> None:
    assert found("night_float_run", record(shifts([0, 1, 2, 3, 5, 6, 7, 8], "19:00", 12, **NIGHT_FLOAT))) == []


def test_day_work_on_night_float_is_no_night() -> None:
    day_work = [shift(6, "07:00", 4, rotation="NF", night_float=True)]
    assert found("night_float_run", record([*shifts(range(6), "19:00", 12, **NIGHT_FLOAT), *day_work])) == []


def test_a_run_goes_across_the_edge_of_a_period() -> None:
    windows = (*FOUR_WEEKS, Window(day(28), day(55)))
    verdict = the("night_float_run", record(shifts(range(24, 31), "19:00", 12, **NIGHT_FLOAT), windows=windows))
    assert (verdict.first, verdict.last) == (day(24), day(30))
    assert verdict.sentence == ("Resident J works 7 nights of night float in a row, 26 Nov to 2 Dec; 6 are the most")


def test_the_programs_limit_of_nights_can_be_set() -> None:
    nights = record(shifts(range(6), "19:00", 12, **NIGHT_FLOAT))
    five = book(settings={"night_float_run": {"limit": 5, "force": "should"}})
    verdict = the("night_float_run", nights, five)
    assert (verdict.limit, verdict.force) == (5, Force.SHOULD)
    assert found("night_float_run", nights, book(settings={"night_float_run": {"force": "off"}})) == []


def test_12_days_in_a_row_pass_and_13_fail() -> None:
    assert found("consecutive_days", record(shifts(range(12), "07:00", 10))) == []
    verdict = the("consecutive_days", record(shifts(range(13), "07:00", 10)))
    assert (verdict.measured, verdict.limit, verdict.label) == (13, 12, "program rule")
    assert verdict.sentence == "Resident J works 13 days in a row, 2 to 14 Nov; 12 are the most"


def test_two_duties_on_a_day_are_one_day() -> None:
    mornings, afternoons = shifts(range(12), "08:00", 4), shifts(range(12), "13:00", 4)
    assert found("consecutive_days", record([*mornings, *afternoons])) == []
    verdict = the("consecutive_days", record([*mornings, *afternoons, shift(12, "08:00", 4)]))
    assert (verdict.measured, len(verdict.duties)) == (13, 25)


def test_a_run_over_new_year_names_the_years() -> None:
    new_year = date(2026, 12, 25)
    days = [shift(day(number, new_year), "07:00", 10) for number in range(13)]
    assert the("consecutive_days", record(days)).sentence == (
        "Resident J works 13 days in a row, 25 Dec 2026 to 6 Jan 2027; 12 are the most"
    )
