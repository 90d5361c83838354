"""The page of a new academic year: who sees it, what it proposes, its dry run, and doing that."""

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.models import AuditLog, Person, Standing
from scheduling.models import AcademicYear
from tests.factories import Wards, make_person, make_wards, make_year
from tests.pages.conftest import coordinator_of
from tests.pages.test_jeopardy import words

PAGE = "/p/internal-medicine/setup/rollover/"


def fields(html: str) -> dict[str, str]:
    """The page's form as a browser sends it, without the button."""
    form = html.split('<form class="stack rollover"')[1].split("</form>")[0]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        values = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if values.get("type") != "radio" or " checked" in tag:
            found[values["name"]] = unescape(values.get("value", ""))
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="(\w+)" selected', options)
        found[name] = chosen[1] if chosen else re.findall(r'value="(\w+)"', options)[0]
    return found


def check(client: Client, changed: dict[str, str] | None = None, **more: str) -> tuple[int, str]:
    """Press Check with what the page proposes, but for these fields; returns the status and the page."""
    sent = fields(client.get(PAGE).content.decode()) | (changed or {}) | more | {"do": "check"}
    answer = client.post(PAGE, sent)
    return answer.status_code, answer.content.decode()


def row(person: Person, **values: str) -> dict[str, str]:
    return {f"p{person.pk}-{name}": value for name, value in values.items()}


def test_for_those_who_make_the_schedules(owner, colleague, stranger, client):
    assert [each.get(PAGE).status_code for each in (owner, colleague, stranger, client)] == [200, 404, 404, 302]
    for asks in ("check", "propose", "apply"):
        assert [each.post(PAGE, {"do": asks}).status_code for each in (colleague, stranger, client)] == [404, 404, 302]
    assert not AcademicYear.objects.filter(start_date=date(2027, 7, 1)).exists()


def test_what_it_proposes(wards, owner, read):
    teacher = make_person(wards.program, "Dr. Teacher", None)
    html = read(owner, PAGE)
    shown = fields(html)
    one, two, three = (f"p{person.pk}" for person in wards.people)
    assert (shown["first"], shown["last"], shown["final-of-"], shown["show"]) == (
        "2027-07-01",
        "2028-06-30",
        "3",
        "all",
    )
    assert [shown[f"{each}-fate"] for each in (one, two, three)] == ["promoted", "promoted", "graduates"]
    assert [shown[f"{each}-level"] for each in (one, two, three)] == ["2", "3", "3"]
    assert [shown[f"{each}-day"] for each in (one, two, three)] == ["", "", "2027-06-30"]
    assert shown[f"p{teacher.pk}-fate"] == "stays"
    assert f"p{teacher.pk}-level" not in shown
    text = words(html)
    assert "Thu 1 Jul to Wed 28 Jul 2027" in text
    assert "come from Published 1 (2026–27)" in text
    assert "they stay as they are" in text
    assert "Placements, preferences and wishes of the old year" in text


def test_checking_shows_what_would_be_done_and_does_nothing(wards, owner):
    status, html = check(owner)
    assert status == 200
    text = words(html)
    assert "The academic year 2027–28 is made: 1 Jul 2027 to 30 Jun 2028, with 13 periods." in text
    assert "Resident 000: PGY-1 to PGY-2 from 1 Jul 2027." in text
    assert "Resident 002 (PGY-3) graduates; last day 30 Jun 2027." in text
    assert "Nobody is left in PGY-1" in text
    assert (AcademicYear.objects.count(), Standing.objects.count(), AuditLog.objects.count()) == (1, 0, 0)


def test_doing_what_was_checked_once(wards, owner):
    joins = {"n0-name": "Dee Doe", "n0-email": "dee@example.org"}
    sent = fields(check(owner, joins)[1]) | {"do": "apply"}
    answer = owner.post(PAGE, sent, follow=True)
    assert answer.redirect_chain == [("/p/internal-medicine/setup/", 302)]  # the checklist of a new year
    assert "The academic year 2027–28 is set up: 3 people changed, 1 added." in words(answer.content.decode())
    again = owner.post(PAGE, sent, follow=True)
    assert "That was done before, and is not done twice." in words(again.content.decode())
    assert AcademicYear.objects.count() == 2
    assert Person.objects.filter(name="Dee Doe").count() == 1
    assert list(Standing.objects.filter(from_date=date(2027, 7, 1)).values_list("person__name", "pgy_level")) == [
        ("Resident 000", 2),
        ("Resident 001", 3),
    ]
    assert AuditLog.objects.get().action == "year rolled over"
    listed = words(owner.get("/p/internal-medicine/people/").content.decode())
    assert "Resident 000 PGY-1 PGY-2 from 1 Jul 2027" in listed
    assert "Resident 002 PGY-3 until 30 Jun 2027" in listed
    assert "Dee Doe PGY-1 starts 1 Jul 2027" in listed


def test_something_changed_since_it_was_checked(wards, owner):
    sent = fields(check(owner)[1])
    changed = sent | row(wards.people[0], fate="leaves") | {"do": "apply"}
    answer = owner.post(PAGE, changed)
    assert answer.status_code == 409
    text = words(answer.content.decode())
    assert "Nothing was done. Something is not as it was when you checked" in text
    assert "Resident 000 (PGY-1) leaves; last day 30 Jun 2027." in text
    assert AcademicYear.objects.count() == 1
    done = owner.post(PAGE, fields(answer.content.decode()) | {"do": "apply"})
    assert done.status_code == 302


def test_errors_are_named_by_person_and_nothing_is_lost(wards, owner):
    one, two, _ = wards.people
    changed = {
        **row(one, fate="later", day="", level="2", cohort="B"),
        **row(two, fate="promoted", level="two"),
        "n0-name": "",
        "n0-email": "dee@example",
        "n1-name": "Eve",
        "n1-start": "2026-01-01",
        "show": "g2",
    }
    status, html = check(owner, changed)
    assert status == 422
    text = words(html)
    assert "Nothing was done yet: put this right, then check again." in text
    assert "Resident 000 : A later promotion needs its day, from 2 Jul 2027 to 30 Jun 2028." in text
    assert "Resident 001 : Write the level as a number, such as 2." in text
    assert "Joining: no name : Give the name of the person who joins." in text
    assert "Joining: no name : Enter a valid email address." in text
    assert "Joining: Eve : The first day lies in the new year; blank is its first day." in text
    shown = fields(html)
    assert {name: shown[name] for name in changed if name != "show"} == {
        name: value for name, value in changed.items() if name != "show"
    }
    assert shown["show"] == "all"  # a row with an error is never among those not shown


def test_what_means_nothing_for_a_choice_is_not_judged(wards, owner):
    one, two, three = wards.people
    status, html = check(
        owner,
        {
            **row(one, fate="stays", day="soon", level="x"),
            **row(two, fate="promoted", day="soon"),
            **row(three, level="x"),
        },
    )
    assert status == 200
    assert "1 person stays what they are, none with a change." in words(html)


def test_days_that_cannot_be(wards, owner):
    status, html = check(owner, first="2027-06-01")
    assert status == 422
    assert "First day: The academic year 2026–27, 1 Jul 2026 to 30 Jun 2027, has some of these days already" in words(
        html
    )
    assert fields(html)["first"] == "2027-06-01"
    assert "Write the day as a date" in words(check(owner, last="never")[1])
    assert "Write the level as a number" in words(check(owner, {"final-of-": "x"})[1])


def test_proposed_anew_but_for_what_was_changed_by_hand(wards, owner, read):
    one, two, three = wards.people
    sent = fields(read(owner, PAGE)) | row(one, fate="leaves", day="2027-08-01") | {"do": "propose"}
    answer = owner.post(PAGE, sent | {"first": "2027-07-05", "last": "2028-07-02", "final-of-": "2"})
    assert answer.status_code == 200
    shown = fields(answer.content.decode())
    assert (shown[f"p{one.pk}-fate"], shown[f"p{one.pk}-day"]) == ("leaves", "2027-08-01")
    assert (shown[f"p{two.pk}-fate"], shown[f"p{two.pk}-day"]) == ("graduates", "2027-07-04")
    assert (shown[f"p{three.pk}-fate"], shown[f"p{three.pk}-day"]) == ("graduates", "2027-07-04")
    assert "Proposed anew. What you had changed by hand is as you left it." in words(answer.content.decode())


def test_more_rows_for_who_joins_as_they_are_filled(wards, owner, read):
    assert "n3-name" not in fields(read(owner, PAGE))
    shown = fields(check(owner, {"n2-name": "Dee"})[1])
    assert (shown["n2-name"], shown["n5-name"]) == ("Dee", "")


def test_somebody_added_meanwhile_is_asked_about(wards, owner, read):
    sent = fields(read(owner, PAGE)) | {"do": "check"}
    make_person(wards.program, "Zed", 1)
    answer = owner.post(PAGE, sent)
    assert answer.status_code == 422
    assert "Zed : Say what becomes of them." in words(answer.content.decode())


def test_no_year_nobody_and_a_year_that_is_there(wards, owner, read):
    make_year(wards.program, date(2027, 7, 1), date(2028, 6, 30))
    assert "2028-07-01" in fields(read(owner, PAGE))["first"]
    assert "The academic year 2027–28 is set up and has not begun" in words(read(owner, PAGE))
    instead = re.search(r'href="(\?first=[^"]*)"', read(owner, PAGE))
    assert instead is not None
    named = fields(read(owner, PAGE + unescape(instead[1])))
    assert (named["first"], named["last"]) == ("2027-07-01", "2028-06-30")
    assert "has some of these days already" in words(read(owner, f"{PAGE}?first=2027-06-01&last=2028-06-30"))
    text = words(check(owner, first="2027-07-01", last="2028-06-30")[1])
    assert "The academic year 2027–28 exists already" in text
    Person.objects.update(is_active=False)
    assert "Nobody of Internal Medicine is there on 1 Jul 2028." in words(read(owner, PAGE))
    wards.schedule.delete()
    AcademicYear.objects.all().delete()
    assert "There is no academic year to go on from" in words(read(owner, PAGE))


def test_wrong_settings_of_the_rules_do_not_hide_the_page(wards, owner, read):
    wards.program.rule_settings = {"nonsense": 1}
    wards.program.save()
    assert "Resident 000" in words(read(owner, PAGE))


@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries(db, count):
    wards: Wards = make_wards(count)
    client = coordinator_of(wards)
    sent = fields(client.get(PAGE).content.decode())
    sizes = []
    for call in (
        lambda: client.get(PAGE),
        lambda: client.post(PAGE, sent | {"do": "propose"}),
        lambda: client.post(PAGE, sent | {"do": "check"}),
    ):
        with CaptureQueriesContext(connection) as captured:
            assert call().status_code == 200
        sizes.append(len(captured))
    assert sizes == [27, 33, 38]
