"""The program's own rules, settings, holidays and academic years."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import AuditLog, Program
from scheduling.models import AcademicYear, Assignment, Block, Schedule
from scheduling.services import setup_prices, setup_program, setup_years
from scheduling.services.holidays import country_holidays, public_holidays
from scheduling.services.rule_settings import program_rulebook, roster_rules, rule_settings
from tests.factories import Wards, make_program, make_wards, make_year

pytestmark = pytest.mark.django_db
YEAR = (date(2026, 7, 1), date(2027, 6, 30))
NONSENSE: list[Any] = [[], {"tomorrow": "x", "2026-07-05": 3, "2026-07-06": ""}]


@pytest.fixture
def wards() -> Wards:
    return make_wards()


def set_rule(wards: Wards, rule: str, **values: Any) -> Any:
    changed = setup_program.set_rule(program=wards.program, user=None, rule=rule, **values)
    wards.program.refresh_from_db()
    return changed


def test_a_rule_is_made_a_should_with_another_limit_and_switched_off(wards):
    before = Schedule.objects.get().revision
    changed = set_rule(wards, "rest_between_shifts", force="should")
    assert (str(changed.force), changed.limit) == ("should", 10)
    assert set_rule(wards, "rest_between_shifts", limit=12).limit == 12
    assert wards.program.rule_settings == {"rules": {"rest_between_shifts": {"force": "should", "limit": 12}}}
    set_rule(wards, "rest_between_shifts", force="off")
    book = program_rulebook(wards.program, rule_settings(wards.program))
    assert "rest_between_shifts" not in {rule.id for rule in book.active()}
    assert roster_rules(wards.program, rule_settings(wards.program)).rest_between is None
    assert Schedule.objects.get().revision == before + 3
    assert list(AuditLog.objects.values_list("changes", flat=True)) == [
        {"rest_between_shifts": {"force": ["should", "off"]}},
        {"rest_between_shifts": {"limit": ["10", "12"]}},
        {"rest_between_shifts": {"force": ["must", "should"]}},
    ]


def test_the_same_again_is_no_change(wards):
    set_rule(wards, "night_float_run", force="must", limit=6)
    assert (AuditLog.objects.count(), Schedule.objects.get().revision) == (0, 1)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("weekly_hours", {"force": "off"}),
        ("nothing", {"force": "off"}),
        ("night_float_run", {"force": "perhaps"}),
        ("night_float_run", {"limit": 5000}),
        ("supervision", {"limit": 0}),
    ],
)
def test_standards_stay_and_rules_have_only_values_that_they_can_have(wards, rule, values):
    with pytest.raises(ValidationError):
        set_rule(wards, rule, **values)
    wards.program.refresh_from_db()
    assert wards.program.rule_settings == {}


def test_prices_are_set_over_the_defaults(wards):
    wards.program.rule_settings = {"prices": {"plan": {"staffing": 7}, "roster": {"hour": 0.5}}}
    wards.program.save()
    before = setup_prices.prices_of(wards.program)
    assert (before["roster_night"], before["request"], before["roster_hour"]) == (6, 10, 0.5)
    setup_prices.set_prices(program=wards.program, user=None, values=before | {"roster_night": 9.0, "request": 12.0})
    wards.program.refresh_from_db()
    assert wards.program.rule_settings["prices"] == {
        "plan": {"staffing": 7},
        "roster": {"hour": 0.5, "night": 9},
        "request": 12,
    }
    settings = rule_settings(wards.program)
    assert (settings.roster_prices.night, settings.request_price, settings.plan_prices.staffing) == (9, 12, 7)
    assert AuditLog.objects.get().changes == {"roster_night": [6, 9], "request": [10, 12]}
    assert Schedule.objects.get().revision == 2
    setup_prices.set_prices(program=wards.program, user=None, values={"roster_night": 9.0})
    assert AuditLog.objects.count() == 1


def save(wards: Wards, **values: Any) -> Program:
    return setup_program.save_program(program=wards.program, user=None, values=values)


def test_settings_are_saved_and_recorded(wards):
    wards.program.rule_settings = {"rules": {"supervision": {"force": "off"}}, "repair": {"notice_days": 2}}
    wards.program.save()
    program = save(
        wards, lock_days=7, notice_days=5, shows_who_is_on=True, holiday_country="CA", holiday_subdivision="ON"
    )
    assert (program.lock_days, program.shows_who_is_on, program.holiday_subdivision) == (7, True, "ON")
    assert rule_settings(program).repair.notice_days == 5
    assert program.rule_settings["rules"] == {"supervision": {"force": "off"}}
    assert AuditLog.objects.get().changes == {
        "lock_days": [0, 7],
        "notice_days": [2, 5],
        "shows_who_is_on": [False, True],
        "holiday_country": ["US", "CA"],
        "holiday_subdivision": ["", "ON"],
    }
    assert Schedule.objects.get().revision == 2


def test_what_no_schedule_is_made_by_or_checked_by_counts_in_none(wards):
    save(wards, lock_days=7, shows_who_is_on=True)
    assert AuditLog.objects.get().changes == {"lock_days": [0, 7], "shows_who_is_on": [False, True]}
    assert Schedule.objects.get().revision == 1
    save(wards, lock_days=8, rule_set=wards.program.rule_set, notice_days=5)
    assert Schedule.objects.get().revision == 2


def test_the_time_zone_stays_once_people_work(wards):
    with pytest.raises(ValidationError) as refused:
        save(wards, time_zone="America/Chicago")
    assert list(refused.value.message_dict) == ["time_zone"]
    assert Program.objects.get().time_zone == "America/New_York"


def test_blocks_that_nobody_works_move_with_the_time_zone(wards):
    Assignment.objects.all().delete()
    save(wards, time_zone="America/Chicago")
    block = Block.objects.get(shift_type=wards.day, date=date(2026, 11, 3))
    assert block.starts_at.isoformat() == "2026-11-03T13:00:00+00:00"


def test_a_program_may_work_holidays_and_keep_its_own(wards):
    program = wards.program
    assert public_holidays(program, date(2026, 7, 1), date(2026, 7, 31)) == {
        date(2026, 7, 3): "Independence Day (observed)",
        date(2026, 7, 4): "Independence Day",
    }
    setup_program.work_holiday(program=program, user=None, day=date(2026, 7, 3), works=True)
    setup_program.add_holiday(program=program, user=None, day=date(2026, 7, 20), name=" Picnic ")
    program.refresh_from_db()
    assert program.holiday_changes == {"2026-07-03": None, "2026-07-20": "Picnic"}
    assert public_holidays(program, date(2026, 7, 1), date(2026, 7, 31)) == {
        date(2026, 7, 4): "Independence Day",
        date(2026, 7, 20): "Picnic",
    }
    setup_program.work_holiday(program=program, user=None, day=date(2026, 7, 3), works=False)
    setup_program.remove_holiday(program=program, user=None, day=date(2026, 7, 20))
    program.refresh_from_db()
    assert program.holiday_changes == {}
    assert AuditLog.objects.count() == 4
    assert Schedule.objects.get().revision == 5


def test_only_public_holidays_are_worked_and_own_ones_have_names(wards):
    with pytest.raises(ValidationError, match="5 July 2026 is no public holiday"):
        setup_program.work_holiday(program=wards.program, user=None, day=date(2026, 7, 5), works=True)
    with pytest.raises(ValidationError, match="name"):
        setup_program.add_holiday(program=wards.program, user=None, day=date(2026, 7, 5), name=" ")


def test_nonsense_in_the_column_says_nothing(wards):
    program = wards.program
    for nonsense in NONSENSE:
        program.holiday_changes = nonsense
        assert public_holidays(program, *YEAR) == country_holidays(program, *YEAR)


def test_holidays_are_read_without_a_query(wards):
    with CaptureQueriesContext(connection) as captured:
        public_holidays(wards.program, *YEAR)
    assert len(captured) == 0


def test_a_year_comes_with_its_periods():
    program = make_program()
    year = setup_years.make_year(program=program, user=None, start_date=YEAR[0], end_date=YEAR[1])
    periods = list(year.periods.values_list("number", "start_date", "end_date"))
    assert (len(periods), periods[0], periods[-1]) == (
        13,
        (1, date(2026, 7, 1), date(2026, 7, 28)),
        (13, date(2027, 6, 2), date(2027, 6, 30)),
    )
    assert AuditLog.objects.get().changes == {"start_date": "2026-07-01", "end_date": "2027-06-30", "periods": 13}


@pytest.mark.parametrize(
    ("first", "last", "field", "told"),
    [
        (date(2027, 7, 1), date(2027, 6, 30), "end_date", "The last day is before the first."),
        (date(2027, 7, 1), date(2029, 6, 30), "end_date", "That are 731 days: an academic year has at most 400."),
        (
            date(2027, 6, 1),
            date(2028, 5, 31),
            "start_date",
            "The academic year 2026–27 has some of these days: it goes from 1 Jul 2026 to 30 Jun 2027.",
        ),
    ],
)
def test_dates_that_cannot_be(first, last, field, told):
    program = make_program()
    make_year(program)
    with pytest.raises(ValidationError) as refused:
        setup_years.make_year(program=program, user=None, start_date=first, end_date=last)
    assert refused.value.message_dict == {field: [told]}
    assert AcademicYear.objects.count() == 1


def test_only_a_year_that_nothing_was_made_for_is_deleted(wards):
    with pytest.raises(
        ValidationError, match=r"The academic year 2026–27 is in use\. Schedule: Published 1 \(2026–27\)\."
    ):
        setup_years.remove_year(program=wards.program, user=None, pk=wards.year.pk)
    later = make_year(wards.program, date(2027, 7, 1), date(2028, 6, 30))
    assert setup_years.remove_year(program=wards.program, user=None, pk=later.pk) == "2027–28"
    with pytest.raises(ObjectDoesNotExist):
        setup_years.remove_year(program=make_program("Surgery"), user=None, pk=wards.year.pk)
