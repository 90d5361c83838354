"""Averaging windows: the period, or the rotation where it is shorter."""

from datetime import date, timedelta

import pytest

from scheduling.rules import DateRange, Window, averaging_windows
from tests.rules.made import day


def weeks(count: int, length: int) -> list[DateRange]:
    """So many periods of so many weeks from the Monday."""
    return [DateRange(day(n * 7 * length), day((n + 1) * 7 * length - 1)) for n in range(count)]


def of_days(*pieces: tuple[int, int, str]) -> tuple[Window, ...]:
    return tuple(Window(day(first), day(last), rotation) for first, last, rotation in pieces)


def test_four_week_periods_are_windows_with_their_rotation() -> None:
    placements = of_days((0, 27, "WARD"), (28, 55, "ICU"))
    assert averaging_windows(weeks(2, 4), placements) == placements


def test_a_rotation_shorter_than_its_period_is_a_window() -> None:
    placements = of_days((0, 13, "WARD"), (14, 27, "ICU"))
    assert averaging_windows(weeks(1, 4), placements) == placements


def test_a_rotation_of_two_periods_is_averaged_over_each() -> None:
    expected = of_days((0, 27, "WARD"), (28, 55, "WARD"))
    assert averaging_windows(weeks(2, 4), of_days((0, 55, "WARD"))) == expected
    assert averaging_windows(weeks(2, 4), expected) == expected


def test_days_without_a_placement_are_a_window_without_a_rotation() -> None:
    assert averaging_windows(weeks(1, 4), ()) == of_days((0, 27, ""))
    assert averaging_windows(weeks(1, 4), of_days((7, 13, "WARD"))) == of_days(
        (0, 6, ""), (7, 13, "WARD"), (14, 27, "")
    )


def test_calendar_months_are_windows() -> None:
    months = [DateRange(date(2027, 2, 1), date(2027, 2, 28)), DateRange(date(2027, 3, 1), date(2027, 3, 31))]
    placements = [Window(date(2027, 2, 1), date(2027, 3, 31), "WARD")]
    assert averaging_windows(months, placements) == tuple(Window(month.first, month.last, "WARD") for month in months)


def test_stints_of_short_periods_are_averaged_over_four_weeks_at_most() -> None:
    # 4+1 in one-week periods: four weeks of wards, a week of clinic.
    four_and_one = of_days(*((7 * n, 7 * n + 6, "WARD") for n in range(4)), (28, 34, "CLINIC"))
    assert averaging_windows(weeks(5, 1), four_and_one) == of_days((0, 27, "WARD"), (28, 34, "CLINIC"))
    # Six weeks: four, then the two that are left.
    six = of_days(*((7 * n, 7 * n + 6, "ICU") for n in range(6)))
    assert averaging_windows(weeks(6, 1), six) == of_days((0, 27, "ICU"), (28, 41, "ICU"))


def test_a_rest_of_less_than_a_week_goes_with_the_window_before() -> None:
    # The last two-week period of a year has 15 days: 28 + 15 = 43 days are 28 and 15; 29 are one window.
    periods = [DateRange(day(0), day(13)), DateRange(day(14), day(28))]
    assert averaging_windows(periods, of_days((0, 28, "ICU"))) == of_days((0, 28, "ICU"))
    periods = [*weeks(2, 2), DateRange(day(28), day(42))]
    assert averaging_windows(periods, of_days((0, 42, "ICU"))) == of_days((0, 27, "ICU"), (28, 42, "ICU"))


def test_what_lies_outside_the_periods_is_left_out() -> None:
    assert averaging_windows(weeks(1, 4), of_days((-28, 13, "WARD"), (14, 40, "ICU"), (41, 55, "NF"))) == of_days(
        (0, 13, "WARD"), (14, 27, "ICU")
    )
    assert averaging_windows([], of_days((0, 27, "WARD"))) == ()


def test_two_placements_at_once_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Two placements have 2026-11-15, one on ICU; a person has one at a time\."):
        averaging_windows(weeks(1, 4), of_days((0, 13, "WARD"), (13, 27, "ICU")))
    assert day(13) == date(2026, 11, 2) + timedelta(days=13)
