"""Moonlighting (6.25.b), overlapping duties, duty during leave, and records that cannot be."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from scheduling.rules import DateRange, Force, Kind, Window, check
from tests.rules.made import book, day, found, leave, record, shift, the


def test_a_pgy_1_may_not_moonlight() -> None:
    duties = [shift(5, "08:00", 8, kind=Kind.MOONLIGHTING)]
    verdict = the("moonlighting", record(duties, level=1))
    assert (verdict.clause, verdict.old_clause, verdict.force) == ("6.25.b", "VI.F.5.c", Force.MUST)
    assert (verdict.measured, verdict.limit, verdict.duties) == (1, 0, ("2026-11-07 08:00",))
    assert verdict.sentence == "Resident J moonlights as a PGY-1 on 7 Nov"
    assert found("moonlighting", record(duties, level=2)) == []
    assert found("moonlighting", record(duties, level=0)) == []


def test_the_level_is_that_of_the_day() -> None:
    # Off-cycle: PGY-2 from 7 November on.
    levels = ((day(5), 2),)
    duties = [shift(number, "08:00", 8, kind=Kind.MOONLIGHTING) for number in (4, 5)]
    assert the("moonlighting", record(duties, level=1, levels=levels)).duties == ("2026-11-06 08:00",)


def test_duties_overlap_by_a_minute_or_not_at_all() -> None:
    assert found("overlap", record([shift(0, "07:00", 10), shift(0, "17:00", 4)])) == []
    verdict = the("overlap", record([shift(0, "07:00", 10), shift(0, "16:59", 4, rotation="ICU", shift_type="EVE")]))
    assert (verdict.measured, verdict.unit, verdict.force, verdict.label) == (1, "minutes", Force.MUST, "program rule")
    assert verdict.duties == ("2026-11-02 07:00", "2026-11-02 16:59")
    assert verdict.sentence == "Resident J is in two places for 1 min: DAY WARD and EVE ICU, 2 Nov"


def test_three_duties_at_once_overlap_in_three_pairs() -> None:
    duties = [shift(0, "07:00", 12), shift(0, "08:00", 2), shift(0, "09:00", 4)]
    pairs = [
        (str(verdict.duties[0])[-5:], str(verdict.duties[1])[-5:], verdict.measured)
        for verdict in found("overlap", record(duties))
    ]
    assert pairs == [("07:00", "08:00", 120), ("07:00", "09:00", 240), ("08:00", "09:00", 60)]


def test_faculty_are_in_one_place_at_a_time_too() -> None:
    assert the("overlap", record([shift(0, "07:00", 10), shift(0, "16:00", 4)], level=0)).measured == 60


def test_home_call_and_backup_run_beside_work() -> None:
    beside = [shift(0, "07:00", 24, key=kind, kind=kind) for kind in (Kind.HOME_CALL, Kind.BACKUP)]
    assert found("overlap", record([shift(0, "07:00", 10), *beside])) == []


def test_two_wall_clock_hours_of_the_same_name_do_not_overlap() -> None:
    # Autumn: 01:00 to 01:59 comes twice on 1 November. One duty ends in the first, the other begins in the second.
    sunday = date(2026, 11, 1)
    one = shift(sunday, "00:00", 1.5)  # to the first 01:30
    two = shift(sunday, "01:10", 4)
    second = replace(two, starts_at=two.starts_at.replace(fold=1))
    assert the("overlap", record([one, two])).measured == 20
    assert found("overlap", record([one, second])) == []


def test_no_duty_of_any_kind_during_leave() -> None:
    duties = [
        shift(4, "07:00", 10),
        shift(5, "07:00", 10),
        shift(6, "07:00", 10, kind=Kind.HOME_CALL),
        shift(7, "07:00", 10, kind=Kind.BACKUP),
        shift(8, "07:00", 10),
    ]
    verdicts = found("on_leave", record(duties, leave=(leave(5, 7),)))
    assert [(verdict.first, verdict.force) for verdict in verdicts] == [(day(n), Force.MUST) for n in (5, 6, 7)]
    assert verdicts[0].sentence == "Resident J is on leave on 7 Nov and has DAY WARD"
    assert len(found("on_leave", record(duties, leave=(leave(5, 7),), level=0))) == 3


def test_a_night_that_runs_into_leave_is_an_advisory() -> None:
    night = shift(4, "19:00", 12, shift_type="NIGHT")
    away = record([night], leave=(leave(5, 7),))
    verdict = the("into_leave", away)
    assert (verdict.force, verdict.measured, verdict.first, verdict.last) == (Force.SHOULD, 7.0, day(4), day(5))
    assert verdict.sentence == "Resident J's NIGHT of 6 Nov runs 7 h into the leave from 7 Nov"
    assert found("on_leave", away) == []
    assert found("into_leave", away, book(settings={"into_leave": {"limit": 7}})) == []
    assert found("into_leave", record([shift(4, "19:00", 5)], leave=(leave(5, 7),))) == []


def test_a_backup_that_stays_at_home_may_run_into_leave() -> None:
    backup = shift(4, "19:00", 12, kind=Kind.BACKUP)
    assert found("into_leave", record([backup], leave=(leave(5, 7),))) == []


def test_leave_that_joins_on_is_one_leave() -> None:
    # Leave to 8 November and from the 9th: a duty on the 8th is on leave, and runs into no other.
    night = shift(6, "19:00", 12)
    away = record([night], leave=(leave(5, 6), leave(7, 9)))
    assert [verdict.rule for verdict in check(away, book())] == ["on_leave"]


def test_times_without_a_zone_are_refused() -> None:
    naive = replace(shift(0, "07:00", 10), starts_at=datetime(2026, 11, 2, 7))  # noqa: DTZ001  (what is refused)
    with pytest.raises(ValueError, match=r"Resident J, duty 2026-11-02 07:00: .* has no time zone; give aware times\."):
        check(record([naive]), book())


def test_a_duty_that_ends_before_it_starts_is_refused() -> None:
    duty = shift(0, "07:00", 10)
    with pytest.raises(ValueError, match=r"Resident J, duty 2026-11-02 07:00: it ends at .*, not after its start\."):
        check(record([replace(duty, ends_at=duty.starts_at)]), book())


def test_a_duty_on_another_day_than_it_starts_is_refused() -> None:
    duty = replace(shift(0, "07:00", 10), date=day(1))
    with pytest.raises(ValueError, match=r"which is not on 2026-11-03 in America/New_York"):
        check(record([duty]), book())


def test_negative_hours_are_refused() -> None:
    with pytest.raises(ValueError, match=r"duty 2026-11-02 07:00: -1 counted minutes; 0 or more\."):
        check(record([shift(0, "07:00", 10, counted_minutes=-1)]), book())


def test_ranges_do_not_end_before_they_start() -> None:
    with pytest.raises(ValueError, match="The range 2026-11-03 to 2026-11-02 ends before it starts"):
        DateRange(day(1), day(0))
    with pytest.raises(ValueError, match="The window 2026-11-03 to 2026-11-02 ends before it starts"):
        Window(day(1), day(0))
    assert day(1) in DateRange(day(0), day(1))
    assert day(2) not in DateRange(day(0), day(1))
