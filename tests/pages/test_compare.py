"""Two versions side by side: whom and what differs, in the grids, in what they count, and person by person."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import User
from scheduling.models import Schedule
from scheduling.services.changes import Change, PlanChange
from scheduling.services.drafts import new_draft
from scheduling.services.edit import change
from scheduling.services.publish import publish
from tests.factories import make_schedule, make_user, make_wards, make_year
from tests.pages.conftest import STAMP, coordinator_of, sign_in
from tests.pages.test_versions import notices, text

HOME = "/p/internal-medicine/schedules/"
PAGE = f"{HOME}2/compare/1/"


@pytest.fixture
def changed(wards):
    """A draft in which the first person is on the ICU in period 5, and a week of theirs is another's."""
    draft = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    first, second, _ = (person.pk for person in wards.people)
    monday = date(2026, 11, 9)
    change(
        schedule=draft,
        user=None,
        changes=[
            PlanChange(first, 8, "WA", "ICU"),
            *(Change(first, date(2026, 11, 9 + n), "D", "WA", "ICU") for n in range(4)),
            Change(first, date(2026, 11, 13), "N", "WA", None),
            Change(second, date(2026, 11, 14), "D", None, "WA"),
        ],
    )
    assert monday.weekday() == 0
    return wards


def test_a_summary_in_numbers(changed, owner, read):
    words = text(read(owner, PAGE))
    assert "Version 2 against version 1" in words
    assert "What version 2 changes in version 1: 2 people, 1 placement, 6 assignments." in words


def test_by_person_the_same_on_days_in_a_row_is_one_line(changed, owner, read):
    html = read(owner, PAGE)
    lines = re.findall(r"<li>(.*?)</li>", html[html.index('id="people"') :])
    assert lines == [
        "Period 8 (13 Jan to 9 Feb): Intensive care instead of Ward A.",
        "Mon 9 Nov to Thu 12 Nov, day: Intensive care instead of Ward A.",
        "Fri 13 Nov, night: no longer Ward A.",
        "Sat 14 Nov, day: Ward A.",
    ]
    assert re.findall(r"<summary>(\S+ \d+) <span class=\"number\">(.*?)</span>", html) == [
        ("Resident 000", "3 changes"),
        ("Resident 001", "1 change"),
    ]


def test_the_plan_with_the_changed_cell_in_words_and_with_what_it_was(changed, owner, read):
    """The plan is shown where it differs: one row, one cell with a border, a title, and words for a screen reader."""
    html = read(owner, PAGE)
    assert '<option value="year" selected>Year plan (1 changed)</option>' in html
    (cell,) = re.findall(r'<td class="changed">(.*?)</td>', html)
    chip = 'title="Was Ward A. Now: Intensive care, pinned">ICU<span class="vh">, pinned</span></span>'
    assert cell == f'<span class="vh">Changed, was Ward A: </span><span class="chip r4 pinned" {chip}'
    assert "1 of 3 people" in html
    assert "3 people</th>" in read(owner, f"{PAGE}?show=year&who=all")


def test_a_month_of_the_roster(changed, owner, read):
    html = read(owner, f"{PAGE}?show=2026-11")
    assert '<option value="2026-11" selected>November 2026 (6 changed)</option>' in html
    was = re.findall(r'changed"><span class="vh">(.*?): </span>', html)
    assert was == ["Changed, was Ward A, day"] * 4 + ["Changed, was Ward A, night", "Changed, was free"]
    assert '<span class="free" title="Was Ward A, night. Now: Free">–</span>' in html
    assert "2 of 3 people" in html


def test_without_a_changed_plan_the_month_in_which_most_differs_is_shown(wards, owner, read):
    draft = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    days = [date(2026, 10, 30), date(2026, 12, 1), date(2026, 12, 2)]
    changes = [Change(wards.people[0].pk, day, "D", None, "WA") for day in days]
    change(schedule=draft, user=None, changes=changes)
    assert '<option value="2026-12" selected>December 2026 (2 changed)</option>' in read(owner, PAGE)
    assert "Nothing differs in the year 2026–27" in read(owner, f"{PAGE}?show=year")


def test_what_both_count(changed, owner, read):
    """Four days go from the ward to the ICU and one comes to it; on some, others are there. A night is not worked."""
    html = read(owner, f"{PAGE}?show=2026-11")
    staffing = re.findall(r'<tr><th scope="row" title="[^"]*">(.*?)</th>(.*?)</tr>', html)
    assert [(label, re.findall(r'<td class="number">(.*?)</td>', cells)) for label, cells in staffing] == [
        ("WA day", ["▼8", "▼9", "0", "0"]),
        ("ICU day", ["0", "0", "0", "▲3"]),
    ]
    counters = html[html.index('id="counters"') : html.index('id="people"')]
    rows = text(counters).split("Hours in 1 in 2 in 1 in 2 in 1 in 2 ")[1]
    assert rows.startswith("Resident 000 4 3 3 3 240 228 Resident 001 4 4 3 4 228 240 ")
    year = read(owner, f"{PAGE}?show=year")
    assert "Owed" in year
    assert "<td>–</td>" in year


def test_versions_that_say_the_same(wards, owner, read):
    new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    words = text(read(owner, PAGE))
    assert "Both versions say the same: nobody is placed or works otherwise." in words
    assert "Staffing" not in words


def test_turning_it_round(changed, owner, read):
    assert f'href="{HOME}1/compare/2/"' in read(owner, PAGE)
    words = text(read(owner, f"{HOME}1/compare/2/"))
    assert "Period 8 (13 Jan to 9 Feb): Ward A instead of Intensive care." in words


def test_what_a_filter_does_not_know_is_shown_as_usual(changed, owner, read):
    html = read(owner, f"{PAGE}?show=1999-01&who=me")
    assert '<option value="year" selected>' not in html
    assert "is not one of the available choices" in html
    assert "Rotation plan" in html


def test_choosing_two_versions(changed, owner):
    one, two = (Schedule.objects.get(number=number).pk for number in (1, 2))
    assert owner.get(f"{HOME}compare/?new={two}&old={one}").url == PAGE
    assert owner.get(f"{HOME}compare/?new={one}&old={one}").url == HOME
    assert notices(owner, HOME)[-1] == "Choose two different versions to compare."
    assert owner.get(f"{HOME}compare/?new={one}&old=x").url == HOME
    assert notices(owner, HOME)[-1] == "Choose two versions to compare."


def test_versions_of_two_years_are_not_compared(wards, owner, read):
    make_schedule(make_year(wards.program, date(2027, 7, 1), date(2028, 6, 30)))
    one, two = (Schedule.objects.get(number=number).pk for number in (1, 2))
    assert owner.get(f"{HOME}compare/?new={two}&old={one}").url == HOME
    assert "versions of one academic year can be compared" in notices(owner, HOME)[-1]
    assert "Versions of two academic years" in read(owner, PAGE)
    assert "The same version twice" in read(owner, f"{HOME}1/compare/1/")


def test_the_pages_of_versions_lead_there(changed, owner, colleague, read):
    for page in (HOME, f"{HOME}2/"):
        assert f'action="{HOME}compare/"' in read(owner, page)
    assert f'action="{HOME}compare/"' not in read(colleague, HOME)
    assert f'action="{HOME}compare/"' not in read(colleague, f"{HOME}1/")


def test_a_draft_is_compared_with_what_it_was_made_from_and_others_with_what_is_published(changed, owner, read):
    one, two = (Schedule.objects.get(number=number) for number in (1, 2))
    new_draft(academic_year=changed.year, user=None, based_on=two)
    chosen = r'<option value="(\d+)" selected>'
    old = re.compile(r'<select name="old" id="id_old">(.*?)</select>')
    assert re.findall(chosen, old.findall(read(owner, f"{HOME}3/"))[0]) == [str(two.pk)]
    assert re.findall(chosen, old.findall(read(owner, f"{HOME}1/"))[0]) == []
    publish(schedule=two, user=None)
    assert re.findall(chosen, old.findall(read(owner, f"{HOME}1/"))[0]) == [str(two.pk)]
    assert re.findall(chosen, old.findall(read(owner, f"{HOME}2/"))[0]) == [str(one.pk)]


@pytest.mark.parametrize("page", [PAGE, f"{HOME}1/compare/2/", f"{HOME}compare/?new=1&old=2"])
def test_comparing_is_for_schedulers(page, changed, owner, colleague, stranger, client):
    """Also of what is published and archived: readers see one version, the one that counts."""
    chief = changed.people[1]
    chief.user, chief.is_chief = make_user("chief"), True
    chief.save()
    admin = sign_in(make_user("admin", User.Role.ADMIN))
    codes = [each.get(page).status_code for each in (owner, sign_in(chief.user), admin, colleague, stranger, client)]
    assert codes in ([200, 200, 200, 404, 404, 302], [302, 302, 302, 404, 404, 302])


def test_a_version_that_is_not_there_is_404(changed, owner):
    assert owner.get(f"{HOME}2/compare/9/").status_code == 404
    assert owner.get(f"{HOME}9/compare/1/").status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries(people: int) -> None:
    wards = make_wards(people)
    draft = new_draft(academic_year=wards.year, user=None, based_on=wards.schedule)
    for person in wards.people[:3]:
        draft.rotation_assignments.filter(person=person, period__number=8).delete()
        change(
            schedule=draft,
            user=None,
            changes=[PlanChange(person.pk, 8, None, "ICU"), Change(person.pk, date(2026, 12, 1), "D", None, "WA")],
        )
    owner = coordinator_of(wards)
    counted = {}
    for page in ("?show=year", "?show=2026-12"):
        with CaptureQueriesContext(connection) as captured:
            assert owner.get(PAGE + page).status_code == 200
        counted[page] = len(captured)
    assert counted == {"?show=year": 56 + 3 * STAMP, "?show=2026-12": 52 + 3 * STAMP}
