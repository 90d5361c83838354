"""The pages of Setup, as those who make the schedules, a resident and a stranger find them."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from people.models import AuditLog, Person, Program, Standing, User
from scheduling.models import (
    AcademicYear,
    Cohort,
    CrossCover,
    Curriculum,
    Rotation,
    Schedule,
    SequenceRule,
    ShiftType,
    Staffing,
)
from scheduling.services.setup_kinds import KINDS
from tests.factories import Wards, make_curriculum, make_rotation, make_staffing, make_user, make_wards
from tests.pages.conftest import coordinator_of, sign_in
from tests.pages.test_queries import queries

SETUP = "/p/internal-medicine/setup/"
LISTS = [f"{kind}/" for kind in KINDS]
PAGES = ["", "years/", *LISTS, *(f"{kind}/new/" for kind in KINDS), "holidays/", "program/"]
HTMX = {"HTTP_HX_REQUEST": "true"}


def text(response: Any) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("page", PAGES)
def test_setup_is_for_schedulers(page, owner, colleague, stranger, client):
    assert [each.get(SETUP + page).status_code for each in (owner, colleague, stranger, client)] == [200, 404, 404, 302]


def test_a_chief_and_an_admin_set_up_too(wards):
    chief = wards.people[1]
    chief.user, chief.is_chief = make_user("chief"), True
    chief.save()
    for user in (chief.user, make_user("admin", User.Role.ADMIN)):
        assert sign_in(user).get(SETUP).status_code == 200


def posts(wards: Wards) -> list[str]:
    row = Staffing.objects.filter(program=wards.program)[0].pk
    return [
        f"staffing/{row}/",
        f"staffing/{row}/delete/",
        f"staffing/{row}/switch/",
        f"rotations/{wards.icu.pk}/move/",
        "staffing/new/",
        "years/",
        f"years/{wards.year.pk}/delete/",
        "holidays/",
        "holidays/2026-07-04/",
        "program/",
        "program/prices/",
        "program/rules/night_float_run/",
    ]


def test_nobody_else_changes_anything(wards, owner, colleague, stranger, client):
    given = {"state": "off", "force": "off", "direction": "down", "date": "2026-07-20", "name": "x"}
    for page in posts(wards):
        assert owner.get(SETUP + page, follow=True).status_code == 200, page
        for each, status in ((colleague, 404), (stranger, 404), (client, 302)):
            assert each.post(SETUP + page, given).status_code == status, page
    other = User.objects.get(username="stranger").programs.get()
    for page in posts(wards)[:4]:  # a row of one program under the address of another
        assert stranger.post(f"/p/{other.slug}/setup/{page}", given).status_code == 404
    assert AuditLog.objects.count() == 0


@pytest.mark.parametrize("page", ["nonsense/", "staffing/999/", "staffing/999/delete/", "program/rules/weekly_hours/"])
def test_what_is_not_there_is_404(page, owner):
    assert owner.post(SETUP + page, {"force": "off"}).status_code == 404


COUNTS = {
    "": 21,
    "years/": 7,
    "rotations/": 7,
    "shift-types/": 7,
    "staffing/": 7,
    "curriculum/": 7,
    "sequence-rules/": 8,
    "cross-cover/": 7,
    "cohorts/": 7,
    "holidays/": 5,
    "program/": 5,
}


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries(number: int) -> None:
    wards = make_wards(number)
    for n in range(number):
        rotation = make_rotation(wards.program, f"R{n}")
        rotation.regular_shifts.set([wards.day])
        shift = ShiftType.objects.create(program=wards.program, name=f"S{n}", code=f"S{n}", start_time="08:00", hours=8)
        shift.joins.set([wards.day])
        make_staffing(wards.program, f"Staffing {n}", rotation, shift_type=shift)
        make_curriculum(wards.program, 1, rotation)
        rule = SequenceRule.objects.create(program=wards.program, name=f"Rule {n}", kind="not_in_a_row")
        rule.rotations.set([rotation])
        rule.next_rotations.set([wards.icu])
        CrossCover.objects.create(rotation=rotation, covers=wards.icu).shift_types.set([shift])
        Cohort.objects.create(academic_year=wards.year, name=f"Cohort {n}", rotation=rotation, periods=[n + 1])
    owner = coordinator_of(wards)
    assert {page: queries(owner, SETUP + page) for page in COUNTS} == COUNTS


def test_a_sentence_is_switched_in_place_and_by_a_plain_form(wards, owner):
    row = Staffing.objects.get(name="Ward A")
    page = f"{SETUP}staffing/{row.pk}/switch/"
    answer = owner.post(page, {"state": "off"}, **HTMX)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert f'<li id="row-{row.pk}" class="is-off">' in html
    assert 'id="said" hx-swap-oob="innerHTML">Off: Ward A: at least 2 residents in each period.' in html
    assert "<html" not in html
    assert Staffing.objects.get(pk=row.pk).is_active is False
    answer = owner.post(page, {"state": "priced"}, follow=True)
    assert answer.redirect_chain == [(f"{SETUP}staffing/#row-{row.pk}", 302)]
    assert "Priced: Ward A: at least 2 residents in each period." in text(answer)
    assert Staffing.objects.get(pk=row.pk).is_active is True


def test_a_state_that_a_kind_does_not_have_is_refused_in_words(wards, owner):
    row = Staffing.objects.get(name="Ward A")
    answer = owner.post(f"{SETUP}staffing/{row.pk}/switch/", {"state": "hard"}, follow=True)
    assert "A sentence of staffing can be priced or off." in text(answer)
    in_place = owner.post(f"{SETUP}staffing/{row.pk}/switch/", {"state": "hard"}, **HTMX)
    assert in_place.headers["HX-Redirect"] == f"{SETUP}staffing/#row-{row.pk}"  # and not a page in place of a line


STAFFING = {"fewest": "1", "holidays": "also", "price_below": "1000", "price_above": "100", "weight": "1"}


def test_staffing_is_added_with_a_name_made_for_it(wards, owner):
    given = STAFFING | {
        "rotations": [wards.icu.pk],
        "shift_type": wards.night.pk,
        "weekdays": ["5", "6"],
        "levels": ["2"],
    }
    answer = owner.post(f"{SETUP}staffing/new/", given, follow=True)
    row = Staffing.objects.order_by("-pk")[0]
    assert answer.redirect_chain == [(f"{SETUP}staffing/#row-{row.pk}", 302)]
    said = "Intensive care, Night: at least 1 PGY-2 resident, Saturday and Sunday"
    assert f"Added: {said}." in text(answer)
    assert (row.name, row.weekdays, row.levels, row.most) == ("Intensive care, Night", [5, 6], [2], None)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"rotations": []}, "This field is required."),
        ({"fewest": "3", "most": "2"}, "The most is below the fewest."),
        ({"first_period": "3", "last_period": "2"}, "The last period is before the first."),
        ({"weekdays": ["1"]}, "Weekdays and holidays are about shifts: choose one, or leave those out."),
        ({"weight": "0"}, "One person counts at least 0.1."),
        ({"weekdays": ["9"]}, "9 is not one of the available choices."),
        ({"price_below": "-1"}, "greater than or equal to 0"),
    ],
)
def test_bad_staffing_is_told_at_the_field_and_nothing_is_lost(wards, owner, given, told):
    answer = owner.post(
        f"{SETUP}staffing/new/", {"rotations": [wards.icu.pk], "name": "Kept words", **STAFFING, **given}
    )
    assert answer.status_code == 422
    assert told in text(answer)
    assert "Nothing is saved yet" in text(answer)
    assert 'value="Kept words"' in answer.content.decode()
    assert Staffing.objects.count() == 3


def test_a_shift_is_staffed_for_one_rotation(wards, owner):
    given = STAFFING | {"rotations": [wards.icu.pk, wards.ward.pk], "shift_type": wards.day.pk, "weight": "2"}
    answer = text(owner.post(f"{SETUP}staffing/new/", given))
    assert "A block is worked for one rotation: make a sentence for each." in answer
    assert "A block counts people: leave 1 here, or leave the shift type out." in answer


def seen(client: Client, page: str) -> str:
    """What the form's hidden field holds."""
    found = re.search(r'name="seen" value="([^"]*)"', client.get(page).content.decode())
    assert found
    return found[1].replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")


def test_of_two_who_change_a_row_the_second_is_told(wards, owner):
    row = Staffing.objects.get(name="Ward A")
    page = f"{SETUP}staffing/{row.pk}/"
    before = seen(owner, page)
    given = STAFFING | {"rotations": [wards.ward.pk], "name": "Ward A", "seen": before}
    assert owner.post(page, given | {"fewest": "4"}).status_code == 302
    other = sign_in(make_user("ruth", User.Role.COORDINATOR, programs=(wards.program,)))
    answer = other.post(page, given | {"fewest": "5"})
    assert answer.status_code == 422
    assert "owner changed this while you had it open: fewest was 2, is 4 now." in text(answer)
    assert Staffing.objects.get(pk=row.pk).fewest == 4
    fresh = re.search(r'name="seen" value="([^"]*)"', answer.content.decode())
    assert fresh
    assert json.loads(fresh[1].replace("&quot;", '"'))["fewest"] == "4"
    assert 'name="fewest" value="5"' in answer.content.decode()  # theirs is not lost
    again = given | {"fewest": "5", "seen": fresh[1].replace("&quot;", '"')}
    assert other.post(page, again).status_code == 302
    assert Staffing.objects.get(pk=row.pk).fewest == 5


def test_a_rotation_is_added_with_the_next_colour_and_a_free_code(wards, owner):
    page = f"{SETUP}rotations/new/"
    assert re.search(r'value="3"[^>]*checked', owner.get(page).content.decode())
    given = {"code": "ICU", "name": "Second unit", "colour": "3", "weekly_hours_limit": "80", "allows_vacation": "on"}
    assert "Intensive care has this code already: give the rotation another." in text(owner.post(page, given))
    assert "is no code, because of /" in text(owner.post(page, given | {"code": "I/U"})).replace("&quot;", '"')
    assert "less than or equal to 88" in text(owner.post(page, given | {"code": "I2", "weekly_hours_limit": "90"}))
    assert owner.post(page, given | {"code": "I2"}).status_code == 302
    row = Rotation.objects.get(code="I2")
    assert (row.colour, row.position, row.allows_vacation) == (3, 3, True)


def test_a_rotation_moves_up(wards, owner):
    owner.post(f"{SETUP}rotations/{wards.icu.pk}/move/", {"direction": "up"})
    assert list(Rotation.objects.values_list("code", flat=True)) == ["ICU", "WA"]


def test_the_hours_of_a_worked_shift_type_are_explained(wards, owner):
    page = f"{SETUP}shift-types/{wards.day.pk}/"
    given = {"code": "D", "name": "Day", "start_time": "08:00", "hours": "12", "duty": "in_house"}
    answer = owner.post(page, given)
    assert answer.status_code == 422
    assert "Their hours stay as they are. Copy it into a new shift type with the new hours" in text(answer)
    copy = owner.get(f"{SETUP}shift-types/new/?from={wards.day.pk}").content.decode()
    assert 'value="Day"' in copy
    assert 'value="D"' not in copy  # a code of its own
    assert owner.post(f"{SETUP}shift-types/new/?from={wards.day.pk}", given | {"code": "D8"}).status_code == 302
    assert ShiftType.objects.get(code="D8").start_time.hour == 8


def test_curriculum_cross_cover_and_cohorts_are_added(wards, owner):
    given: dict[str, Any] = {"level": "0", "rotations": [wards.icu.pk], "fewest": "1", "price": "1000"}
    assert owner.post(f"{SETUP}curriculum/new/", given).status_code == 302
    assert Curriculum.objects.order_by("-pk")[0].level == 0
    given = {"rotation": wards.icu.pk, "covers": wards.icu.pk, "shift_types": [wards.day.pk], "price": "1"}
    answer = text(owner.post(f"{SETUP}cross-cover/new/", given))
    assert "Intensive care covers itself already: choose another rotation." in answer
    assert owner.post(f"{SETUP}cross-cover/new/", given | {"covers": wards.ward.pk}).status_code == 302
    given = {"academic_year": wards.year.pk, "name": "Blue", "rotation": wards.icu.pk, "periods": ["5", "10"]}
    answer = owner.post(f"{SETUP}cohorts/new/", given, follow=True)
    assert "Added: Blue is on Intensive care in periods 5 and 10." in text(answer)
    assert Cohort.objects.get().periods == [5, 10]
    assert "Blue has its periods on Intensive care already" in text(owner.post(f"{SETUP}cohorts/new/", given))


def test_a_cohort_is_on_one_rotation_in_a_period(wards, owner):
    Cohort.objects.create(academic_year=wards.year, name="Blue", rotation=wards.icu, periods=[5, 6, 7, 10])
    given = {"academic_year": wards.year.pk, "name": "Blue", "rotation": wards.ward.pk}
    answer = text(owner.post(f"{SETUP}cohorts/new/", given | {"periods": ["4", "5", "10"]}))
    assert (
        "Blue is on Ward A in periods 4, 5 and 10, and Blue is on Intensive care in periods 5 to 7 and 10: nobody can "
        "be on both in periods 5 and 10. Change one of the two."
    ) in answer
    Cohort.objects.update(is_active=False)
    answer = text(owner.post(f"{SETUP}cohorts/new/", given | {"periods": ["5"]}))
    assert "in periods 5 to 7 and 10 (which is off): nobody can be on both in period 5." in answer
    assert Cohort.objects.count() == 1
    owner.post(f"{SETUP}cohorts/new/", given | {"periods": ["4", "8"]})
    row = Cohort.objects.get(rotation=wards.ward)
    owner.post(f"{SETUP}cohorts/{row.pk}/", given | {"periods": ["4", "9"]})
    row.refresh_from_db()
    assert row.periods == [4, 9]


def test_people_are_put_into_a_cohort_for_its_year(wards, owner, colleague, stranger):
    row = Cohort.objects.create(academic_year=wards.year, name="Blue", rotation=wards.icu, periods=[5])
    first, second, third = Person.objects.order_by("name")
    Person.objects.filter(pk=third.pk).update(cohort="Red")
    page = f"{SETUP}cohorts/{row.pk}/"
    assert "Resident 002, PGY-3 (Red)" in text(owner.get(page))
    for each in (colleague, stranger):
        assert each.post(f"{page}people/", {"people": [first.pk]}).status_code == 404
    answer = owner.post(f"{page}people/", {"people": [first.pk, third.pk]}, follow=True)
    assert "2 people are in Blue in 2026–27, 2 changed." in text(answer)
    assert list(Person.objects.order_by("name").values_list("cohort", flat=True)) == ["Blue", "", "Blue"]
    standings = Standing.objects.order_by("person__name", "from_date")
    always, later = date(1900, 1, 1), date(2027, 7, 1)  # other years stay as they were
    assert list(standings.values_list("person", "from_date", "pgy_level", "cohort")) == [
        (first.pk, always, 1, ""),
        (first.pk, wards.year.start_date, 1, "Blue"),
        (first.pk, later, 1, ""),
        (third.pk, always, 3, "Red"),
        (third.pk, wards.year.start_date, 3, "Blue"),
        (third.pk, later, 3, "Red"),
    ]
    assert AuditLog.objects.get().changes == {"Resident 000": ["", "Blue"], "Resident 002": ["Red", "Blue"]}
    assert Schedule.objects.get().revision == 2
    owner.post(f"{page}people/", {"people": [third.pk, second.pk]})
    assert list(Person.objects.order_by("name").values_list("cohort", flat=True)) == ["", "Blue", "Blue"]
    refused = owner.post(f"{page}people/", {"people": [999999]}, follow=True)
    assert "Somebody of these is not in the program any more" in text(refused)


def test_which_sequence_rule_is_asked_first(wards, owner):
    page = f"{SETUP}sequence-rules/new/"
    assert "Which rule?" in text(owner.get(page))
    assert "Which rule?" in text(owner.get(f"{page}?kind=nonsense"))
    html = owner.get(f"{page}?kind=at_most").content.decode()
    assert 'name="window"' in html
    assert 'name="next_rotations"' not in html
    answer = text(owner.post(f"{page}?kind=at_most", {"rotations": [wards.icu.pk], "price": "-3"}))
    assert "A number is needed here." in answer
    assert "A price is 0 or more." in answer
    given = {"rotations": [wards.icu.pk], "most": "1", "window": "4", "levels": ["1"]}
    answer = owner.post(f"{page}?kind=at_most", given, follow=True)
    assert "Added: PGY-1 residents have at most 1 period of Intensive care in any 4 periods." in text(answer)
    row = SequenceRule.objects.get()
    assert (row.price, row.name) == (None, "PGY-1 residents have at most 1 period of Intensive care in any 4 periods")


@pytest.mark.parametrize(
    ("kind", "given", "told"),
    [
        ("only_in", {}, "Say in which periods"),
        ("stint", {}, "Say how short or how long at least."),
        ("stint", {"most": "0"}, "A stint has 1 period or more."),
        ("gap", {}, "A number is needed here."),
        ("in_a_row", {}, "This field is required."),
        ("not_in_a_row", {"first_period": "4", "last_period": "2"}, "The last period is before the first."),
    ],
)
def test_a_rule_says_what_its_kind_needs(wards, owner, kind, given, told):
    answer = owner.post(f"{SETUP}sequence-rules/new/?kind={kind}", {"rotations": [wards.icu.pk], **given})
    assert answer.status_code == 422
    assert told in text(answer)


def test_what_is_in_use_says_where_and_is_switched_off_instead(wards, owner):
    page = f"{SETUP}rotations/{wards.icu.pk}/delete/"
    answer = text(owner.get(page))
    assert "It cannot be deleted, since it is named here:" in answer
    assert "Staffing: Intensive care, Day: at most 1 resident each day" in answer
    assert "Switch it off" in answer
    assert owner.post(page).status_code == 422
    assert Rotation.objects.filter(pk=wards.icu.pk).exists()


def test_a_sentence_is_deleted_after_asking(wards, owner):
    row = Staffing.objects.get(name="Ward A")
    page = f"{SETUP}staffing/{row.pk}/delete/"
    assert "Delete this?" in text(owner.get(page))
    assert Staffing.objects.filter(pk=row.pk).exists()
    answer = owner.post(page, follow=True)
    assert "Deleted: Ward A: at least 2 residents in each period." in text(answer)
    assert not Staffing.objects.filter(pk=row.pk).exists()


def test_a_year_is_added_with_its_periods(wards, owner):
    assert 'value="2027-07-01"' in owner.get(f"{SETUP}years/").content.decode()
    wrong = owner.post(f"{SETUP}years/", {"start_date": "2027-06-01", "end_date": "2028-05-31"})
    assert wrong.status_code == 422
    assert "The academic year 2026–27 has some of these days" in text(wrong)
    answer = owner.post(f"{SETUP}years/", {"start_date": "2027-07-01", "end_date": "2028-06-30"}, follow=True)
    assert "2027–28 is added, with 13 periods." in text(answer)
    year = AcademicYear.objects.get(start_date="2027-07-01")
    assert "2027–28 is deleted." in text(owner.post(f"{SETUP}years/{year.pk}/delete/", follow=True))
    kept = owner.post(f"{SETUP}years/{wards.year.pk}/delete/", follow=True)
    assert "The academic year 2026–27 is in use." in text(kept)


def test_holidays_are_kept_worked_and_added(wards, owner):
    page = f"{SETUP}holidays/"
    assert "Thanksgiving Day" in text(owner.get(page))
    answer = owner.post(f"{page}2026-11-26/", {"state": "worked"}, **HTMX)
    assert "Thursday 26 November 2026 is worked as any other day." in text(answer)
    assert Program.objects.get(pk=wards.program.pk).holiday_changes == {"2026-11-26": None}
    there = f"{page}?year={wards.year.pk}"
    answer = owner.post(f"{page}2026-11-26/", {"state": "kept", "next": there}, follow=True)
    assert answer.redirect_chain == [(there, 302)]
    assert "Thursday 26 November 2026 is kept." in text(answer)
    assert "This field is required." in text(owner.post(page, {"date": "2026-12-24", "name": ""}))
    answer = owner.post(page, {"date": "2026-12-24", "name": "Christmas Eve"}, follow=True)
    assert "Thursday 24 December 2026 is a holiday of the program: Christmas Eve." in text(answer)
    assert "Thursday 24 December 2026 · the program" in text(answer)
    owner.post(f"{page}2026-12-24/", {"state": "gone"})
    assert Program.objects.get(pk=wards.program.pk).holiday_changes == {}
    refused = owner.post(f"{page}2026-11-25/", {"state": "worked"}, follow=True)
    assert "25 November 2026 is no public holiday there." in text(refused)


def test_the_month_grid_knows_the_own_holiday(wards, owner):
    owner.post(f"{SETUP}holidays/", {"date": "2026-11-10", "name": "Founders"})
    assert "Founders" in owner.get("/p/internal-medicine/month/2026-11/").content.decode()


def test_a_rule_of_the_program_is_switched_and_given_another_number(wards, owner):
    page = f"{SETUP}program/rules/night_float_run/"
    answer = owner.post(page, {"force": "should"}, **HTMX)
    assert "Should: At most 6 nights of night float in a row." in text(answer)
    answer = owner.post(page, {"limit": "5"}, follow=True)
    assert "Should: At most 5 nights of night float in a row." in text(answer)
    assert Program.objects.get(pk=wards.program.pk).rule_settings == {
        "rules": {"night_float_run": {"force": "should", "limit": 5}}
    }
    wrong = owner.post(page, {"limit": "x"})
    assert wrong.status_code == 422
    assert "Enter a whole number." in text(wrong)


def test_rules_that_were_set_wrongly_by_hand_do_not_break_the_page(wards, owner):
    Program.objects.update(rule_settings={"rules": {"nothing": {}}})
    answer = owner.get(f"{SETUP}program/")
    assert answer.status_code == 200
    assert "is not a rule that a program can set" in text(answer)


def test_prices_in_words(wards, owner):
    page = f"{SETUP}program/prices/"
    assert owner.get(page).url == f"{SETUP}program/"
    html = owner.get(f"{SETUP}program/").content.decode()
    given = dict(re.findall(r'name="((?:plan|roster)_\w+|request)" value="([^"]*)"', html))
    assert (given["plan_unplaced"], given["roster_hour"], given["request"]) == ("1000", "0.1", "10")
    assert "The prices are saved." in text(owner.post(page, given | {"roster_weekend": "8"}, follow=True))
    assert Program.objects.get(pk=wards.program.pk).rule_settings == {"prices": {"roster": {"weekend": 8}}}
    wrong = owner.post(page, given | {"roster_weekend": "-1", "roster_night": "7"})
    assert wrong.status_code == 422
    assert "greater than or equal to 0" in text(wrong)
    assert 'name="roster_night" value="7"' in wrong.content.decode()


PROGRAM = {
    "rule_set": "acgme-2025",
    "time_zone": "America/New_York",
    "period_scheme": "4w",
    "holiday_country": "us",
    "holiday_subdivision": "ny",
    "lock_days": "7",
    "notice_days": "4",
}


def test_settings_of_the_program(wards, owner):
    answer = owner.post(f"{SETUP}program/", PROGRAM, follow=True)
    assert "The settings of the program are saved." in text(answer)
    program = Program.objects.get(pk=wards.program.pk)
    assert (program.holiday_country, program.holiday_subdivision, program.lock_days) == ("US", "NY", 7)
    assert program.rule_settings == {"repair": {"notice_days": 4}}
    assert Schedule.objects.get().revision == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"holiday_country": "ZZ"}, "The holidays of ZZ are not known: give two letters such as US."),
        ({"holiday_subdivision": "XX"}, "The holidays of XX in US are not known"),
        ({"lock_days": "900"}, "less than or equal to 365"),
        ({"time_zone": "America/Chicago"}, "the time zone stays"),
        ({"time_zone": "Nowhere"}, "Select a valid choice"),
    ],
)
def test_bad_settings_are_told_at_the_field(wards, owner, given, told):
    answer = owner.post(f"{SETUP}program/", PROGRAM | given)
    assert answer.status_code == 422
    assert told in text(answer)
    assert Program.objects.get(pk=wards.program.pk).lock_days == 0


def test_an_empty_program_says_what_to_do_next(stranger):
    other = User.objects.get(username="stranger").programs.get()
    home = f"/p/{other.slug}/setup/"
    assert "No academic year is set up that has today or lies ahead." in text(stranger.get(home))
    assert "Add a rotation" in text(stranger.get(f"{home}staffing/"))
    assert "Add a rotation" in text(stranger.get(f"{home}rotations/"))
    assert "No academic year yet" in text(stranger.get(f"{home}cohorts/"))
    assert "It usually goes from 1 July to 30 June." in text(stranger.get(f"{home}years/"))
    for page in PAGES:
        assert stranger.get(home + page).status_code == 200, page


def test_the_overview_leads_to_the_next_step_and_counts_what_is_off(wards, owner):
    Staffing.objects.filter(name="Ward A").update(is_active=False)
    answer = owner.get(SETUP)
    assert "3, 1 off" in text(answer)
    assert escape("all done") in text(answer)
    assert re.search(r'class="button primary"\s+href="/p/internal-medicine/setup/rollover/"', answer.content.decode())
