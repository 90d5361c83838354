"""Sick call: who is away is chosen with one tap, and what they lose is given to somebody else."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from people.models import Person
from scheduling.models import Assignment, Cover
from tests.factories import Wards, make_person, make_rotation, make_schedule, make_wards, make_year, place, work
from tests.pages.conftest import NOON, coordinator_of

HOME = "/p/internal-medicine/"
AWAY = f"{HOME}away/"
TODAY = date(2026, 11, 3)
DAY = timedelta(days=1)
SICK = {"kind": "sick", "start_date": "2026-11-03", "end_date": "2026-11-03"}


def is_away(wards: Wards, number: int = 0, first: date = TODAY, last: date = TODAY, **values: object) -> Absence:
    given = {"kind": "sick", "status": "approved", "created_at": NOON}
    return Absence.objects.create(person=wards.people[number], start_date=first, end_date=last, **{**given, **values})


def on_ward(wards: Wards, name: str, **values: object) -> Person:
    """Somebody else who is on the ward in November, and off."""
    person = make_person(wards.program, name, 2, **values)
    place(wards.schedule, person, 5, wards.ward)
    return person


def page_of(absence: Absence) -> str:
    return f"{HOME}absences/{absence.pk}/cover/"


def forms(html: str) -> list[dict[str, str]]:
    """What each of the buttons "Give to …" sends, by the name on it."""
    found = []
    for form in re.findall(r'<form method="post" action="[^"]*cover/give/[^"]*">.*?</form>', html, re.DOTALL):
        sent = dict(re.findall(r'name="(block|person|gives_up)" value="([^"]*)"', form))
        found.append(sent | {"name": re.search(r"Give to ([^<]+)</button>", form)[1]})  # type: ignore[index]
    return found


def section(html: str, heading: str) -> list[str]:
    """The names in one part of the list."""
    part = html.split(f"<h2>{heading}</h2>")[1].split("</ul>")[0]
    return re.findall(r"<b>(.*?)</b>", part)


def test_those_at_work_come_first(wards, owner, read):
    # On 3 November 000 and 001 work by day, 002 at night; 003 works again on the 5th.
    Assignment.objects.filter(person=wards.people[1], block__date__lt=date(2026, 11, 5)).delete()
    make_person(wards.program, "Dr. Teacher", None)
    make_person(wards.program, "Left", 1, is_active=False)
    html = read(owner, AWAY)
    assert section(html, "At work today") == ["Resident 000", "Resident 002"]
    assert "now, until 19:00" in html
    assert "19:00–07:00" in html
    assert "<summary>Everybody else, 2</summary>" in html
    assert section(html, "Not at work in the next days") == ["Resident 001", "Dr. Teacher"]
    Assignment.objects.filter(person=wards.people[0]).delete()
    work(wards.schedule, wards.people[0], TODAY + 2 * DAY, wards.day, wards.ward)
    html = read(owner, AWAY)
    assert section(html, "In the next days") == ["Resident 000"]
    assert "Thu 5 Nov, 07:00–19:00" in html


def test_the_default_is_ill_and_today_only(wards, owner, read):
    html = read(owner, AWAY)
    assert '<option value="sick" selected>sick</option>' in html
    assert html.count('value="2026-11-03"') == 2


def test_one_tap_records_it_and_leads_to_cover(wards, owner):
    response = owner.post(AWAY, {**SICK, "person": wards.people[0].pk})
    absence = Absence.objects.get()
    assert response.url == page_of(absence)
    assert (absence.person, absence.kind, absence.status) == (wards.people[0], "sick", "approved")
    assert (absence.start_date, absence.end_date) == (TODAY, TODAY)
    html = owner.get(response.url).content.decode()
    assert "Resident 000 is away: sick, Tue 3 Nov 2026." in html
    assert "Ward A, day, Tue 3 Nov" in html
    assert "now, until 19:00" in html


def test_a_second_tap_leads_to_cover_too(wards, owner):
    absence = is_away(wards, last=TODAY + DAY)
    response = owner.post(AWAY, {**SICK, "person": wards.people[0].pk}, follow=True)
    assert response.redirect_chain == [(page_of(absence), 302)]
    assert "Resident 000 has approved leave already: sick, Tue 3 to Wed 4 Nov 2026." in response.content.decode()
    longer = {**SICK, "end_date": "2026-11-06", "person": wards.people[0].pk}
    response = owner.post(AWAY, longer)
    assert response.status_code == 422
    assert "Resident 000 has approved leave already" in response.content.decode()
    assert Absence.objects.count() == 1


def test_who_is_away_already_leads_to_cover(wards, owner, read):
    absence = is_away(wards)
    html = read(owner, AWAY)
    assert f'href="{page_of(absence)}"><span><b>Resident 000</b>' in html
    assert f'value="{wards.people[0].pk}"' not in html


def test_searching(wards, owner, read):
    html = read(owner, f"{AWAY}?name=001")
    assert re.findall(r"<b>(Resident \d+)</b>", html) == ["Resident 001"]
    html = read(owner, f"{AWAY}?name=Zoe")
    assert "Nobody is called that" in html
    assert "“Zoe”" in html
    assert "&lt;b&gt;" in read(owner, f"{AWAY}?name=<b>")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"end_date": "2026-11-02"}, "The last day, Mon 2 Nov 2026, is before the first, Tue 3 Nov 2026."),
        ({"end_date": ""}, "This field is required."),
        ({"start_date": "x"}, "Enter a valid date."),
        ({"kind": "lazy"}, "lazy is not one of the available choices."),
        ({"person": "0"}, "This person is not in the program any more."),
        ({"person": "x"}, "This person is not in the program any more."),
        ({"person": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_recorded_is_said(wards, owner, wrong, message):
    response = owner.post(AWAY, {**SICK, "person": wards.people[0].pk, **wrong})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Absence.objects.exists()


def test_nobody_of_another_program_is_recorded(wards, owner):
    other = make_wards(1, name="Surgery")
    assert owner.post(AWAY, {**SICK, "person": other.people[0].pk}).status_code == 422
    assert not Absence.objects.exists()


def test_it_is_for_schedulers(wards, colleague, stranger, client):
    absence = is_away(wards, 1)
    for page in (AWAY, page_of(absence)):
        assert colleague.get(page).status_code == 404
        assert stranger.get(page).status_code == 404
        assert client.get(page).status_code == 302
    for page in (AWAY, f"{page_of(absence)}give/"):
        assert colleague.post(page, SICK).status_code == 404
        assert stranger.post(page, SICK).status_code == 404
        assert client.post(page, SICK).status_code == 302
    assert Absence.objects.count() == 1


def test_cover_of_another_programs_leave_is_not_there(wards, owner):
    other = is_away(make_wards(name="Surgery"))
    assert owner.get(page_of(other)).status_code == 404
    assert owner.post(f"{page_of(other)}give/").status_code == 404


def test_the_buttons_lead_there(wards, owner, read):
    for page in ("", "month/2026-11/", "day/2026-11-03/", "requests/"):
        assert f'href="{AWAY}">Somebody is away</a>' in read(owner, HOME + page)


def test_who_can_take_it_with_how_to_reach_them(wards, owner, read):
    extra = on_ward(wards, "Extra", phone="555 0199", email="extra@example.org")
    html = read(owner, page_of(is_away(wards)))
    assert [form["name"] for form in forms(html)] == ["Extra", "Resident 002", "Resident 001"]
    assert 'href="tel:555 0199"' in html
    assert 'href="mailto:extra@example.org"' in html
    assert "Without Resident 000: WA day: 0 of 1" in html
    assert "Gives up Ward A, night on Tue 3 Nov" in html  # 002 has the night
    assert "1 cannot without breaking a rule" in html  # 001 is at work
    assert "Is at work then: Intensive care, day on Tue 3 Nov" in html
    assert forms(html)[0] == {
        "name": "Extra",
        "block": f"{wards.people[0].pk}|2026-11-03|D|WA",
        "person": str(extra.pk),
        "gives_up": "",
    }
    assert 'name="kind" value="repair"' in html
    assert f'href="{HOME}jeopardy/"' in html


def test_the_best_ten_then_everybody(wards, owner, read):
    people = [on_ward(wards, f"Extra {number:02}") for number in range(14)]
    page = page_of(is_away(wards))
    html = read(owner, page)
    assert [form["name"] for form in forms(html)][:10] == [person.name for person in people[:10]]
    link = re.findall(r'href="(\?[^"]*)">(\d+) more who come after these', html)[0]
    assert link[1] == "5"  # the last four, and whoever has the night
    html = read(owner, page + link[0].replace("&amp;", "&"))
    assert "more who come after these" not in html
    assert len(forms(html)) == 16


def test_giving_it(wards, owner, read):
    extra = on_ward(wards, "Extra", phone="555 0199")
    absence = is_away(wards)
    sent = forms(read(owner, page_of(absence)))[0]
    response = owner.post(f"{page_of(absence)}give/", sent, follow=True)
    assert response.redirect_chain == [(page_of(absence), 302)]
    html = response.content.decode()
    assert "Extra takes Ward A, day, Tue 3 Nov, from Resident 000. Both are told." in html
    assert "All blocks are covered" in html
    assert "<h2>Covered</h2>" in html
    assert "555 0199" in html
    row = Cover.objects.get()
    assert (row.covering, row.absent, row.shift) == (extra, wards.people[0], "Ward A, day")


def test_of_two_coordinators_the_second_is_told(wards, owner, read):
    on_ward(wards, "Extra")
    on_ward(wards, "Other")
    absence = is_away(wards)
    first, second = forms(read(owner, page_of(absence)))[:2]
    owner.post(f"{page_of(absence)}give/", first)
    response = owner.post(f"{page_of(absence)}give/", second)
    assert response.status_code == 422
    html = response.content.decode()
    assert "Resident 000 does not work this block on Tue 3 Nov any more. Extra has it now." in html
    assert Cover.objects.count() == 1


def test_a_broken_must_takes_a_reason(wards, owner, read):
    absence = is_away(wards)
    sent = next(form for form in forms(read(owner, page_of(absence))) if form["name"] == "Resident 001")
    response = owner.post(f"{page_of(absence)}give/", sent)
    assert response.status_code == 422
    assert "Say why Resident 001 works it all the same: is at work then" in response.content.decode()
    assert not Cover.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"block": ""},
        {"block": "1|2|3"},
        {"block": "x|2026-11-03|D|WA"},
        {"person": ""},
        {"person": "x"},
        {"person": "9" * 40},
        {"block": "{other}|2026-11-03|D|ICU"},
        {"block": "{own}|2026-11-04|D|WA"},
        {"block": "{own}|2026-11-03|N|WA"},
        {"block": "{own}|2026-11-03|D|ICU"},
    ],
)
def test_a_form_that_this_page_did_not_send_changes_nothing(wards, owner, read, wrong):
    on_ward(wards, "Extra")
    absence = is_away(wards)
    sent = forms(read(owner, page_of(absence)))[0]
    keys = {"own": wards.people[0].pk, "other": wards.people[1].pk}
    before = set(Assignment.objects.values_list("person", "block"))
    response = owner.post(
        f"{page_of(absence)}give/", sent | {name: value.format(**keys) for name, value in wrong.items()}
    )
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert set(Assignment.objects.values_list("person", "block")) == before


def test_by_get_one_lands_on_the_page(wards, owner):
    absence = is_away(wards)
    assert owner.get(f"{page_of(absence)}give/").url == page_of(absence)


@pytest.mark.parametrize("status", ["requested", "denied", "withdrawn"])
def test_leave_that_is_not_approved_has_nothing_to_cover(wards, owner, read, status):
    absence = is_away(wards, status=status)
    html = read(owner, page_of(absence))
    assert f"This leave is {status}" in html
    assert forms(html) == []
    sent = {"block": f"{wards.people[0].pk}|2026-11-03|D|WA", "person": wards.people[1].pk, "gives_up": ""}
    assert owner.post(f"{page_of(absence)}give/", sent).url == page_of(absence)
    assert not Cover.objects.exists()


def test_nothing_to_cover(wards, owner, read):
    Assignment.objects.filter(person=wards.people[0]).delete()
    assert "Nothing to cover" in read(owner, page_of(is_away(wards)))
    far = is_away(wards, first=date(2027, 8, 1), last=date(2027, 8, 2))
    assert "No schedule has these days yet" in read(owner, page_of(far))


def test_of_many_blocks_one_is_ranked_at_a_time(wards, owner, read):
    on_ward(wards, "Extra")
    for offset in range(1, 6):
        if not wards.schedule.assignments.filter(person=wards.people[0], block__date=TODAY + offset * DAY).exists():
            work(wards.schedule, wards.people[0], TODAY + offset * DAY, wards.day, wards.ward)
    absence = is_away(wards, last=TODAY + 5 * DAY)
    html = read(owner, page_of(absence))
    assert {form["block"].split("|")[1] for form in forms(html)} == {"2026-11-03"}
    assert html.count(">Who can take it</a>") == 5
    link = re.findall(r'href="(\?block=[^"]*2026-11-05[^"]*)"', html)[0]
    html = read(owner, page_of(absence) + link.replace("&amp;", "&"))
    assert {form["block"].split("|")[1] for form in forms(html)} == {"2026-11-05"}


def test_a_draft_by_its_number(wards, owner, read):
    draft = make_schedule(wards.year)
    extra = on_ward(wards, "Extra")
    work(draft, wards.people[0], TODAY, wards.night, wards.ward)
    page = page_of(is_away(wards))
    html = read(owner, f"{page}?schedule=2")
    assert "in Draft 2" in html
    sent = forms(html)[0]
    response = owner.post(f"{page}give/?schedule=2", sent, follow=True)
    assert response.redirect_chain == [(f"{page}?schedule=2", 302)]
    assert "They are told when it is published." in response.content.decode()
    assert draft.assignments.get().person == extra
    for number in ("9", "x", "9999999999"):
        assert owner.get(f"{page}?schedule={number}").status_code == 404


def test_leave_over_the_end_of_a_published_year_leads_to_the_next(wards, owner, read):
    following = make_schedule(make_year(wards.program, date(2027, 7, 1), date(2028, 6, 30)), "published")
    work(following, wards.people[0], date(2027, 7, 1), wards.day, wards.ward)
    page = page_of(is_away(wards, first=date(2027, 6, 30), last=date(2027, 7, 1)))
    html = read(owner, page)
    assert "Nothing to cover" in html
    assert '<a href="?schedule=2">Published 2 (2027–28)</a>' in html
    html = read(owner, f"{page}?schedule=2")
    assert "Ward A, day, Thu 1 Jul" in html
    assert '<a href="?schedule=1">Published 1 (2026–27)</a>' in html


def test_taking_the_call_back(wards, owner, read):
    absence = is_away(wards)
    assert ">Not away</button>" in read(owner, page_of(absence))
    owner.post(f"{HOME}requests/{absence.pk}/withdraw/")
    assert "This leave is withdrawn" in read(owner, page_of(absence))


def test_the_whole_page_for_a_backup(wards, owner, read):
    pool = make_rotation(wards.program, "JE", "Jeopardy")
    backup = wards.program.shift_types.create(name="Backup", code="BK", start_time="07:00", hours=24, duty="backup")
    extra, second = on_ward(wards, "Zoe"), on_ward(wards, "Extra")
    work(wards.schedule, extra, TODAY, backup, pool, role="backup")
    html = read(owner, page_of(is_away(wards)))
    assert [form["name"] for form in forms(html)][:2] == [extra.name, second.name]
    assert "on backup" in html


QUERIES = {AWAY: 7, "cover": 32}


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3, 60])
def test_the_number_of_queries(people: int) -> None:
    wards = make_wards(people)
    absence = is_away(wards)
    owner = coordinator_of(wards)

    def counted(page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert owner.get(page).status_code == 200
        return len(captured)

    found = {AWAY: counted(AWAY), "cover": counted(page_of(absence))}
    assert found == QUERIES


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
def test_more_lost_blocks_ask_the_database_no_more() -> None:
    wards = make_wards(8)
    owner = coordinator_of(wards)
    absence = is_away(wards, last=TODAY + 2 * DAY)
    assert wards.schedule.assignments.filter(person=wards.people[0], block__date__gte=TODAY).count() > 3
    with CaptureQueriesContext(connection) as captured:
        html = owner.get(page_of(absence)).content.decode()
    assert len({form["block"] for form in forms(html)}) == 3
    assert len(captured) == QUERIES["cover"]
