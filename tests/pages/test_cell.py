"""The panel of a month's cell: what is there, what else could be, who could take it, and its history."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import CrossCover, Schedule
from scheduling.services.changes import Change
from scheduling.services.edit import change
from tests.factories import make_day_shift, make_person, make_rotation, make_wards, work
from tests.pages.conftest import coordinator_of

HOME = "/p/internal-medicine/"
HX = {"HX-Request": "true"}
DAY = date(2026, 11, 3)


def page(wards, person: int, day: int = 3, rest: str = "") -> str:
    return f"{HOME}month/2026-11/{wards.people[person].pk}/{day}/{rest}"


def panel(client, address: str) -> str:
    response = client.get(address, headers=HX)
    assert response.status_code == 200
    return str(response.content.decode())


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def choices(html: str) -> dict[str, str]:
    """What each button of the panel sets the cell to, with all that its line says."""
    found = re.findall(r'<button name="cell" value="[^"=]*=([^"]*)"[^>]*>(.*?)</button>', html, re.DOTALL)
    return {content: plain(inside) for content, inside in found}


def test_it_says_what_is_there(wards, owner):
    html = panel(owner, page(wards, 0))
    header = plain(html.split("</header>")[0])
    assert header == "Resident 000, Tue 3 Nov PGY-1 · placed on Ward A WA Ward A, day 07:00–19:00 · generated"
    assert "<html" not in html
    assert f'<input type="hidden" name="was" value="{wards.people[0].pk}:2026-11-03=WA|D">' in html


def test_each_choice_has_its_verdict_and_what_it_does_to_staffing(wards, owner):
    # Resident 000 works days on Ward A from 1 to 4 November and the night of the 5th.
    found = choices(panel(owner, page(wards, 0)))
    assert found == {
        "WA|D": "WA Ward A, day now",
        "": "– Free Allowed Leaves Ward A, day short by 1 on Tue 3 Nov ▼",
        "ICU|D": (
            "ICU Intensive care, day Allowed Leaves Ward A, day short by 1 on Tue 3 Nov Puts 1 too many on "
            "Intensive care, day on Tue 3 Nov ▼"
        ),
        "ICU|N": "ICU Intensive care, night Allowed Leaves Ward A, day short by 1 on Tue 3 Nov ▼",
        "WA|N": "WA Ward A, night Allowed Leaves Ward A, day short by 1 on Tue 3 Nov ▼",
    }


def test_without_scripts_it_is_a_page_with_the_same_forms(wards, owner, read):
    html = read(owner, page(wards, 0))
    assert "<title>Resident 000, Tue 3 Nov · Internal Medicine</title>" in html
    assert choices(html) == choices(panel(owner, page(wards, 0)))
    assert f'<form method="post" action="{HOME}schedules/1/edit/">' in html


def test_cross_cover_comes_before_other_rotations(wards, owner):
    clinic = make_rotation(wards.program, "CL", "Clinic", position=3)
    CrossCover.objects.create(rotation=wards.ward, covers=wards.icu).shift_types.set([wards.night])
    html = panel(owner, page(wards, 0))
    own, covered, others = re.split(r"Cross-cover|<summary>Other rotations", html.split("<details class=")[0])
    assert "WA|D" in choices(own)
    assert list(choices(covered)) == ["ICU|N"]
    assert f"{clinic.code}|D" in choices(others)


def test_morning_and_afternoon_can_be_chosen_together(wards, owner):
    morning = make_day_shift(wards.program, name="Morning", code="AM", hours=4, position=3)
    afternoon = make_day_shift(wards.program, name="Afternoon", code="PM", hours=4, start_time="13:00", position=4)
    morning.joins.add(afternoon)
    clinic = make_rotation(wards.program, "CL", "Clinic", position=3)
    clinic.regular_shifts.set([morning, afternoon])
    found = choices(panel(owner, page(wards, 0)))
    assert [content for content in found if content.startswith("CL")] == ["CL|AM/CL|PM", "CL|AM", "CL|PM"]
    assert found["CL|AM/CL|PM"].startswith("CL Clinic, morning and afternoon")


def test_leave_is_said_and_needs_a_reason(wards, owner):
    wards.people[0].absences.create(start_date=DAY, end_date=DAY, kind="sick", status="approved")
    html = panel(owner, page(wards, 0))
    assert "On leave: sick" in html
    assert "On leave" in choices(html)["ICU|D"]


def test_people_who_could_take_it_are_listed_when_asked_for(wards, owner):
    make_person(wards.program, "Free Resident", 1)
    html = panel(owner, page(wards, 0))
    url = f"{page(wards, 0)}?people=1"
    assert f'hx-get="{url}"' in html
    people = plain(panel(owner, url))
    assert people == (
        "– Free Resident PGY-1 · is free, takes it Allowed "
        "ICU Resident 001 PGY-2, Intensive care · swaps Allowed "
        "WA Resident 002 PGY-3, Ward A · swaps Allowed"
    )
    assert plain(owner.get(url).content.decode()).count("Free Resident PGY-1") == 1


def test_history_pins_notes_and_links(wards, owner):
    user = wards.program.coordinators.get()
    ada = wards.people[0]
    change(
        schedule=wards.schedule,
        user=user,
        changes=[Change(ada.pk, DAY, "D", "WA", "ICU", note="Ask first", override="Nobody else")],
        reason="Census",
    )
    html = panel(owner, page(wards, 0))
    text = plain(html)
    assert "ICU Intensive care, day 07:00–19:00 · by hand, pinned" in text
    assert "Although it breaks a rule Nobody else Note: Ask first" in text
    assert "History (1) WA D to ICU D Tue 3 Nov, 12:00, owner: Census" in text
    assert '<button name="verb" value="loosen">Loosen</button>' in html
    row = ada.assignments.get(block__date=DAY)
    assert f'href="{HOME}schedules/1/why/{row.pk}/"' in html
    assert f'href="{HOME}day/2026-11-03/"' in html
    assert f'href="{HOME}away/?name=Resident%20000"' in html


def test_a_free_cell_has_no_marks(wards, owner):
    html = panel(owner, page(wards, 0, 7))
    assert 'value="pin"' not in html
    assert "Who could take it" not in html


def test_targets_say_what_would_happen_near_by_and_where_somebody_is_away(wards, owner):
    ada, bo, cy = (person.pk for person in wards.people)
    wards.people[2].absences.create(start_date=DAY, end_date=DAY, kind="sick", status="approved")
    wards.people[0].absences.create(
        start_date=date(2026, 11, 20), end_date=date(2026, 11, 20), kind="sick", status="approved"
    )
    asked = f"{HOME}schedules/1/targets/?verb=move&from={ada}:2026-11-03"
    found = owner.get(asked).json()
    away = {"verdict": "leave", "words": "on leave"}
    assert found == {
        f"{bo}:2026-11-03": {"verdict": "allowed", "words": "allowed"},
        f"{cy}:2026-11-03": away,
        f"{ada}:2026-11-20": away,
    }
    there = [owner.get(f"{asked}&to={cell}:2026-11-{day}").json() for cell, day in ((cy, "03"), (ada, "07"))]
    assert there == [
        {
            f"{cy}:2026-11-03": {
                "verdict": "leave",
                "words": "on leave; leaves Ward A, day short by 1 on Tue 3 Nov",
            }
        },
        {f"{ada}:2026-11-07": {"verdict": "allowed", "words": "allowed; leaves Ward A, day short by 1 on Tue 3 Nov"}},
    ]
    pushed = owner.get(asked.replace("move", "push")).json()
    assert pushed[f"{cy}:2026-11-03"] == away
    one = owner.get(f"{asked.replace('move', 'push')}&to={cy}:2026-11-03").json()
    assert one == {f"{cy}:2026-11-03": {"verdict": "leave", "words": "Nothing can be put there: choose another cell."}}
    wrong = [
        owner.get(asked.replace(*change))
        for change in (("move", "set"), ("11-03", "13-03"), ("2026-11-03", "2028-11-03"))
    ]
    assert [(each.status_code, each.json()["messages"]) for each in wrong] == [
        (422, ['The field "verb" is "set": give move, swap or push.']),
        (422, [f'The field "from" is "{ada}:2026-13-03": give a cell such as "12:2026-11-03" (person and day).']),
        (422, ["Fri 3 Nov 2028 is outside of Published 1 (2026–27)."]),
    ]
    # Not an error: the question may come a moment after the hand has let go.
    moved_meanwhile = owner.get(asked.replace("11-03", "11-07"))
    assert (moved_meanwhile.status_code, moved_meanwhile.json()) == (200, {})


def test_targets_are_for_schedulers(wards, colleague, stranger):
    page = f"{HOME}schedules/1/targets/?verb=move&from={wards.people[0].pk}:2026-11-03"
    assert [each.get(page).status_code for each in (colleague, stranger)] == [404, 404]


@pytest.mark.parametrize("rest", ["31/", "0/"])
def test_days_that_are_not_there(wards, owner, rest):
    assert owner.get(f"{HOME}month/2026-11/{wards.people[0].pk}/{rest}").status_code == 404


def test_what_is_archived_has_no_forms(wards, owner):
    Schedule.objects.filter(pk=wards.schedule.pk).update(status="archived")
    html = panel(owner, page(wards, 0, rest="?schedule=1"))
    assert "is archived: it stays as it was." in html
    assert "<form" not in html


def test_it_is_for_schedulers(wards, owner, colleague, stranger, client, read):
    address = page(wards, 0)
    assert owner.get(address).status_code == 200
    assert [each.get(address).status_code for each in (colleague, stranger, client)] == [404, 404, 302]
    assert 'class="cell"' not in read(colleague, f"{HOME}month/2026-11/")
    other = make_wards(1, name="Surgery")
    assert owner.get(f"{HOME}month/2026-11/{other.people[0].pk}/3/").status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3, 30])
def test_the_number_of_queries(people):
    wards = make_wards(people)
    owner = coordinator_of(wards)
    counted = []
    for rest in ("", "?people=1"):
        with CaptureQueriesContext(connection) as captured:
            panel(owner, page(wards, 0, rest=rest))
        counted.append(len(captured))
    assert counted == [26, 24]


def test_a_day_of_two_duties_is_one_cell(wards, owner):
    evening = make_day_shift(wards.program, name="Evening", code="E", start_time="19:00", hours=3, position=3)
    work(wards.schedule, wards.people[0], DAY, evening, wards.icu)
    html = panel(owner, page(wards, 0))
    assert choices(html)["WA|D/ICU|E"] == "WA Ward A, day and Intensive care, evening now"


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
def test_of_a_long_column_those_of_the_same_rank_are_judged_at_once():
    wards = make_wards(40, status="draft")
    owner = coordinator_of(wards)
    ada = wards.people[0]
    found = owner.get(f"{HOME}schedules/1/targets/?verb=move&from={ada.pk}:2026-11-03").json()
    assert len(found) == 30
    same = [person for person in wards.people[1:] if person.pgy_level == ada.pgy_level]
    assert {f"{person.pk}:2026-11-03" for person in same} <= found.keys()
    assert all(name.endswith(":2026-11-03") for name in found)


def test_without_scripts_a_cell_is_carried_by_a_form(wards, owner, read):
    first, second = (person.pk for person in wards.people[:2])
    html = read(owner, page(wards, 0))
    form = re.search(r"<h2>Carry it elsewhere</h2>.*?</form>", html, re.DOTALL)
    assert form is not None
    sent = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
    assert sent["from"] == f"{first}:2026-11-03"
    assert sent["was"] == f"{first}:2026-11-03=WA|D"
    assert '<input type="date" name="to_column" value="2026-11-03" min="2026-07-01" max="2027-06-30"' in form[0]
    assert re.findall(r'<option value="(\d+)"( selected)?>', form[0])[0] == (str(first), " selected")
    assert re.findall(r'name="verb" value="(\w+)"', form[0]) == ["move", "swap", "push"]
    target = {"verb": "swap", "to_person": str(second), "to_column": "2026-11-06"}
    response = owner.post(f"{HOME}schedules/1/edit/", sent | target)
    assert (response.status_code, response["Location"]) == (302, f"{HOME}month/2026-11/")
    there = wards.schedule.assignments.filter(block__date__in=[DAY, date(2026, 11, 6)])
    assert set(there.values_list("person", "block__date", "rotation__code")) >= {
        (second, date(2026, 11, 6), "WA"),
    }
    assert not there.filter(person=first, block__date=DAY).exists()
    wrong = owner.post(f"{HOME}schedules/1/edit/", sent | target | {"to_column": "soon"})
    assert wrong.status_code == 422
    assert "The field &quot;to&quot; is" in wrong.content.decode()


def test_an_empty_cell_has_nothing_to_carry_and_scripts_have_their_own_way(wards, owner, read):
    assert "Carry it elsewhere" not in read(owner, page(wards, 0, 6))
    assert "Carry it elsewhere" not in panel(owner, page(wards, 0))


def test_a_day_that_no_month_has_is_not_found(wards, owner):
    assert owner.get(page(wards, 0, 99999999999999999999)).status_code == 404
