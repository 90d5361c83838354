"""Periods of an academic year, blocks and their instants over the changes of clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from people.models import Program
from scheduling.models import Block, ShiftType
from scheduling.models.calendar import ensure_blocks, period_dates

JULY, JUNE = date(2026, 7, 1), date(2027, 6, 30)


def test_four_week_periods_give_the_last_one_the_odd_day() -> None:
    periods = period_dates("4w", JULY, JUNE)
    assert len(periods) == 13
    assert periods[0] == (date(2026, 7, 1), date(2026, 7, 28))
    assert periods[12] == (date(2027, 6, 2), date(2027, 6, 30))


@pytest.mark.parametrize(("scheme", "count"), [("2w", 26), ("1w", 52), ("month", 12)])
def test_number_of_periods(scheme: str, count: int) -> None:
    assert len(period_dates(scheme, JULY, JUNE)) == count


def test_months_are_calendar_months_also_from_the_middle_of_one() -> None:
    assert period_dates("month", date(2026, 7, 13), date(2026, 9, 10)) == [
        (date(2026, 7, 13), date(2026, 7, 31)),
        (date(2026, 8, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 9, 10)),
    ]


@given(
    scheme=st.sampled_from(["4w", "2w", "1w", "month"]),
    start=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    days=st.integers(0, 800),
)
def test_periods_follow_one_another_and_fill_the_year(scheme: str, start: date, days: int) -> None:
    end = start + timedelta(days=days)
    periods = period_dates(scheme, start, end)
    assert periods[0][0] == start
    assert periods[-1][1] == end
    assert all(first <= last for first, last in periods)
    assert all(following[0] == earlier[1] + timedelta(days=1) for earlier, following in pairwise(periods))


@pytest.fixture
def program() -> Program:
    return Program.objects.create(name="Medicine", slug="medicine", time_zone="America/New_York")


@pytest.fixture
def night(program: Program) -> ShiftType:
    return ShiftType.objects.create(
        program=program, name="Night", code="N", start_time=time(19), hours=12, is_night=True
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 10, 30), 12), (date(2026, 10, 31), 13), (date(2027, 3, 12), 12), (date(2027, 3, 13), 11)],
)
def test_a_night_over_a_change_of_clocks_is_an_hour_longer_or_shorter(
    night: ShiftType, program: Program, day: date, hours: int
) -> None:
    block = ensure_blocks(program, day, day)[day, "N"]
    assert block.ends_at - block.starts_at == timedelta(hours=hours)


@pytest.mark.django_db
def test_a_night_belongs_to_the_date_on_which_it_starts(night: ShiftType, program: Program) -> None:
    block = ensure_blocks(program, JULY, JULY)[JULY, "N"]
    assert block.date == JULY
    assert block.starts_at == datetime(2026, 7, 1, 23, tzinfo=UTC)
    assert block.ends_at == datetime(2026, 7, 2, 11, tzinfo=UTC)


@pytest.mark.django_db
def test_blocks_are_made_once(
    night: ShiftType, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = ensure_blocks(program, JULY, JULY + timedelta(days=30))
    with django_assert_num_queries(3):
        second = ensure_blocks(program, JULY, JULY + timedelta(days=30))
    assert len(first) == 31
    assert {block.pk for block in first.values()} == {block.pk for block in second.values()}
    assert Block.objects.count() == 31
