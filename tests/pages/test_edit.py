"""Changing a cell of the month: the patch that comes back, and what is said where it is not done."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scheduling.models import Assignment, Schedule
from scheduling.services.changes import Change
from scheduling.services.edit import change
from tests.factories import Wards, make_rotation, make_wards, work
from tests.pages.conftest import coordinator_of, sign_in
from tests.pages.test_versions import notices

HOME = "/p/internal-medicine/"
EDIT = f"{HOME}schedules/1/edit/"
MONTH = f"{HOME}month/2026-11/"
HX = {"HX-Request": "true"}


def fields(wards: Wards, verb: str, **values: object) -> dict[str, object]:
    revision = Schedule.objects.get(pk=wards.schedule.pk).revision
    return {"verb": verb, "month": "2026-11", "revision": revision, "state": "", **values}


def post(client: Client, wards: Wards, verb: str, **values: object) -> Any:
    return client.post(EDIT, fields(wards, verb, **values), headers=HX)


def fragments(html: str) -> dict[str, str]:
    """The inside of what a patch puts where, by its place; the tags around are left out."""
    cells = re.findall(r'<td[^>]* hx-swap-oob="outerHTML:([^"]+)"[^>]*>(.*?)</td>', html, re.DOTALL)
    return dict(cells + re.findall(r'<div hx-swap-oob="innerHTML:([^"]+)">(.*?)</div>', html, re.DOTALL))


def texts(html: str) -> dict[str, str]:
    without = {place: re.sub(r'<span class="vh">.*?</span>', "", inside) for place, inside in fragments(html).items()}
    return {place: re.sub(r"<[^>]+>", "", inside).strip() for place, inside in without.items()}


def on_page(page: str, place: str) -> str:
    """The inside of the cell at "#r12>:nth-child(4)"."""
    row, number = re.findall(r"^#(\w+)>:nth-child\((\d+)\)$", place)[0]
    (inside,) = re.findall(rf'<tr id="{row}">(.*?)</tr>', page)
    return str(re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", inside)[int(number) - 1])


def test_the_patch_has_the_cell_and_what_counts_it(wards, owner):
    ada = wards.people[0]  # off on 7 November, after the night of the 5th
    response = post(owner, wards, "set", cell=f"{ada.pk}:2026-11-07=WA|D", was=f"{ada.pk}:2026-11-07=")

    assert response.status_code == 200
    assert json.loads(response["HX-Trigger"]) == {"calendar:edited": {"revision": 2}}
    html = response.content.decode()
    row = f"#r{ada.pk}>:nth-child"
    assert texts(html) == {
        f"{row}(8)": "WA",
        f"{row}(9)": "",
        f"{row}(10)": "WA",
        f"{row}(32)": "4",
        f"{row}(33)": "4",
        f"{row}(34)": "59",
        "#s0>:nth-child(8)": "2",
        "#s0>:nth-child(32)": "▼8",
        "#missing>:nth-child(8)": "0",
        "#missing>:nth-child(32)": "▼8",
        "#said": "Resident 000 to Ward A, Sat 7 Nov, day.",
        "#turns": "Undo",
    }
    assert (
        f'<td hx-swap-oob="outerHTML:{row}(8)"><a class="cell" href="{ada.pk}/7/" data-was="WA|D">'
        '<span class="chip r1 pinned" title="Ward A, Day, pinned">WA<span class="vh">, pinned</span></span></a></td>'
    ) in html
    assert len(response.content) < 3000


def test_the_page_and_its_patch_say_the_same(wards, owner, read):
    ada = wards.people[0]
    html = post(owner, wards, "set", cell=f"{ada.pk}:2026-11-07=ICU|N").content.decode()
    page = read(owner, MONTH)
    told = {place: inside for place, inside in fragments(html).items() if place not in ("#said", "#turns")}
    assert {place.split(">")[0] for place in told} == {f"#r{ada.pk}", "#s1", "#missing"}
    assert told == {place: on_page(page, place) for place in told}


def test_a_patch_tells_what_others_changed_since(wards, owner):
    ada, bo = wards.people[:2]
    before = fields(wards, "set", cell=f"{ada.pk}:2026-11-07=WA|D")
    change(schedule=wards.schedule, user=None, changes=[Change(bo.pk, date(2026, 11, 14), "D", None, "ICU")])

    response = owner.post(EDIT, before, headers=HX)

    found = texts(response.content.decode())
    assert found[f"#r{bo.pk}>:nth-child(15)"] == "ICU"
    assert found["#s1>:nth-child(15)"] == "1"
    assert found[f"#r{ada.pk}>:nth-child(8)"] == "WA"


def test_where_more_was_written_the_whole_table_comes(wards, owner):
    ada = wards.people[0]
    asked = fields(wards, "set", cell=f"{ada.pk}:2026-11-07=WA|D", was=f"{ada.pk}:2026-11-07=")
    wards.schedule.bump()
    response = owner.post(EDIT, asked, headers=HX)
    assert '<div hx-swap-oob="innerHTML:#table-holder"><table class="grid month"' in response.content.decode()


def test_a_filtered_page_is_told_of_its_rows_alone(wards, owner):
    ada, bo = wards.people[:2]
    cells = [f"{person.pk}:2026-11-14=WA|D" for person in (ada, bo)]
    html = post(owner, wards, "set", cell=cells, state="?level=2&rotation=ICU").content.decode()
    assert {place.split(">")[0] for place in fragments(html)} == {
        f"#r{bo.pk}",
        "#s0",
        "#missing",
        "#said",
        "#turns",
    }
    assert f'href="{bo.pk}/14/?level=2&amp;rotation=ICU"' in html


def test_a_rotation_that_comes_into_the_month_brings_its_line(wards, owner):
    make_rotation(wards.program, "CL", "Clinic", position=3)
    html = post(owner, wards, "set", cell=f"{wards.people[0].pk}:2026-11-07=CL|D").content.decode()
    assert '<template><tbody class="staffing" id="staffing" hx-swap-oob="true">' in html
    assert '<tr id="s2"><th scope="row" title="Clinic, people a day">CL</th>' in html
    assert '<tr id="missing" hx-swap-oob="true">' in html
    html = post(owner, wards, "set", cell=f"{wards.people[1].pk}:2026-11-07=CL|D").content.decode()
    assert 'id="staffing"' in html
    html = post(owner, wards, "set", cell=f"{wards.people[1].pk}:2026-11-17=CL|D").content.decode()
    assert 'id="staffing"' not in html
    assert texts(html)["#s2>:nth-child(18)"] == "1"


def test_without_scripts_it_goes_back_with_a_notice(wards, owner):
    ada = wards.people[0]
    response = owner.post(EDIT, fields(wards, "set", cell=f"{ada.pk}:2026-11-07=WA|D", next=MONTH))
    assert response.url == MONTH
    assert notices(owner, MONTH) == ["Resident 000 to Ward A, Sat 7 Nov, day."]
    assert owner.post(EDIT, fields(wards, "set", cell=f"{ada.pk}:2026-11-07=")).url == MONTH


def test_an_old_page_is_told_what_is_there_and_can_do_it_all_the_same(wards, owner):
    ada = wards.people[0]
    shown = fields(wards, "set", cell=f"{ada.pk}:2026-11-07=WA|D", was=f"{ada.pk}:2026-11-07=")
    change(schedule=wards.schedule, user=None, changes=[Change(ada.pk, date(2026, 11, 7), "N", None, "ICU")])

    response = owner.post(EDIT, shown, headers=HX)

    assert response.status_code == 409
    html = response.content.decode()
    assert (
        "<p>Resident 000 works Intensive care, night on Sat 7 Nov since somebody changed it on Tue 3 Nov at 12:00"
        in html
    )
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))
    again.pop("csrfmiddlewaretoken", None)
    assert again == {
        "verb": "set",
        "month": "2026-11",
        "state": "",
        "cell": f"{ada.pk}:2026-11-07=WA|D",
        "revision": "2",
        "was": f"{ada.pk}:2026-11-07=ICU|N",
    }
    assert owner.post(EDIT, again, headers=HX).status_code == 200
    assert Assignment.objects.get(person=ada, block__date="2026-11-07").rotation == wards.ward


def test_a_reason_is_asked_for_and_kept(wards, owner, read):
    ada = wards.people[0]
    ada.absences.create(start_date="2026-11-07", end_date="2026-11-08", kind="vacation", status="approved")
    asked = fields(wards, "set", cell=f"{ada.pk}:2026-11-07=WA|D", next=MONTH)

    response = owner.post(EDIT, asked, headers=HX)

    assert response.status_code == 422
    html = response.content.decode()
    assert "<li>Resident 000 is on leave on 7 Nov and has Day WA (program rule).</li>" in html
    assert '<input name="reason" maxlength="300" required' in html
    assert not Assignment.objects.filter(person=ada, block__date="2026-11-07").exists()
    page = owner.post(EDIT, asked)
    assert page.status_code == 422
    assert "<title>A reason is needed · Internal Medicine</title>" in page.content.decode()
    assert owner.post(EDIT, {**asked, "reason": "She offered"}, headers=HX).status_code == 200
    assert (
        'class="chip r1 pinned override" title="Ward A, Day, pinned, although it breaks a rule: She offered"'
        in read(owner, MONTH)
    )


def test_wrong_fields_are_said(wards, owner):
    response = post(owner, wards, "drop", cell="x")
    assert response.status_code == 422
    assert "The field &quot;verb&quot; is &quot;drop&quot;" in response.content.decode()


def test_what_is_archived_stays(wards, owner):
    Schedule.objects.filter(pk=wards.schedule.pk).update(status="archived")
    response = post(owner, wards, "set", cell=f"{wards.people[0].pk}:2026-11-07=WA|D")
    assert response.status_code == 422
    assert "is archived: it stays as it was." in response.content.decode()


def test_undo_and_redo_answer_with_a_patch(wards, owner):
    ada = wards.people[0]
    post(owner, wards, "set", cell=f"{ada.pk}:2026-11-07=WA|D")
    page = {"month": "2026-11", "revision": 2, "state": ""}

    undone = owner.post(f"{HOME}schedules/1/undo/", page, headers=HX)

    found = texts(undone.content.decode())
    assert found[f"#r{ada.pk}>:nth-child(8)"] == ""
    assert found["#said"] == "Undone: Resident 000 to Ward A, Sat 7 Nov, day."
    assert found["#turns"] == "Redo"
    assert json.loads(undone["HX-Trigger"]) == {"calendar:edited": {"revision": 3}}
    redone = owner.post(f"{HOME}schedules/1/redo/", {**page, "revision": 3}, headers=HX)
    assert texts(redone.content.decode())[f"#r{ada.pk}>:nth-child(8)"] == "WA"
    nothing = owner.post(f"{HOME}schedules/1/redo/", {**page, "revision": 4}, headers=HX)
    assert nothing.status_code == 422
    assert "You have nothing to do again in this version." in nothing.content.decode()


def test_others_are_told_within_seconds(wards, owner):
    ada = wards.people[0]
    other = sign_in(wards.program.coordinators.get())
    since = f"{HOME}schedules/1/since/{{}}/?month=2026-11&state="
    assert owner.get(since.format(1), headers=HX).status_code == 204
    post(other, wards, "set", cell=f"{ada.pk}:2026-11-07=WA|D")
    response = owner.get(since.format(1), headers=HX)
    assert texts(response.content.decode())[f"#r{ada.pk}>:nth-child(8)"] == "WA"
    assert json.loads(response["HX-Trigger"]) == {"calendar:edited": {"revision": 2}}
    assert owner.get(f"{HOME}schedules/1/since/0/?month=x", headers=HX).status_code == 422


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3, 30])
def test_the_number_of_queries(people):
    wards = make_wards(people, status="draft")
    owner = coordinator_of(wards)
    cell = f"{wards.people[0].pk}:2026-11-07"
    asked = fields(wards, "set", cell=f"{cell}=WA|D", was=f"{cell}=")
    undo = {"month": "2026-11", "revision": 2, "state": ""}
    with CaptureQueriesContext(connection) as changed:
        assert owner.post(EDIT, asked, headers=HX).status_code == 200
    with CaptureQueriesContext(connection) as undone:
        assert owner.post(f"{HOME}schedules/1/undo/", undo, headers=HX).status_code == 200
    with CaptureQueriesContext(connection) as nothing:
        assert owner.get(f"{HOME}schedules/1/since/3/?month=2026-11", headers=HX).status_code == 204
    with CaptureQueriesContext(connection) as again:
        assert owner.post(EDIT, asked | {"revision": 3}, headers=HX).status_code == 200
    counts = [
        sum(not each["sql"].startswith(("SAVEPOINT", "RELEASE")) for each in captured.captured_queries)
        for captured in (changed, undone, nothing, again)
    ]
    # On PostgreSQL what an edit rests on is kept from the first one on.
    assert counts == ([26, 24, 3, 12] if connection.vendor == "postgresql" else [27, 35, 3, 30])


@pytest.mark.parametrize("page", [EDIT, f"{HOME}schedules/1/undo/"])
def test_it_is_for_schedulers_and_by_post_only(wards, owner, colleague, stranger, client, page):
    asked = fields(wards, "set", cell=f"{wards.people[0].pk}:2026-11-07=WA|D")
    assert owner.get(page).url == f"{HOME}schedules/1/"
    assert [each.post(page, asked).status_code for each in (colleague, stranger, client)] == [404, 404, 302]
    assert [each.get(f"{HOME}schedules/1/since/0/").status_code for each in (colleague, stranger)] == [404, 404]


def test_a_night_at_the_end_of_the_month_before_is_told_to_the_open_month(wards, owner, read):
    ada = wards.people[0]
    assert 'title="Free after a night"' not in on_page(read(owner, MONTH), f"#r{ada.pk}>:nth-child(2)")
    held = Assignment.objects.filter(person=ada, block__date="2026-11-01")
    held.delete()
    night = [Change(ada.pk, date(2026, 10, 31), "N", None, "ICU")]
    change(schedule=wards.schedule, user=None, changes=night)
    response = owner.get(f"{HOME}schedules/1/since/1/?month=2026-11", headers=HX)
    found = texts(response.content.decode())
    assert found.pop("#said") == "Somebody: Resident 000: Sat 31 Oct, night."
    row = f"#r{ada.pk}>:nth-child"
    # The day after it, and the one after that; with the row's sums.
    found.pop("#turns")
    assert found == {f"{row}(2)": "post", f"{row}(3)": "WA", f"{row}(32)": "4", f"{row}(33)": "2", f"{row}(34)": "53"}
    page = read(owner, MONTH)
    told = fragments(response.content.decode())
    assert all(told[place] == on_page(page, place) for place in found)

    change(schedule=wards.schedule, user=None, changes=[Change(ada.pk, date(2026, 10, 29), "N", None, "ICU")])
    response = owner.get(f"{HOME}schedules/1/since/2/?month=2026-11", headers=HX)
    assert set(texts(response.content.decode())) == {"#said", "#turns"}


def test_where_two_published_versions_meet_only_those_of_the_first_can_be_changed(wards, owner, read):
    ada = wards.people[0]
    Schedule.objects.filter(pk=wards.schedule.pk).update(end_date="2026-11-15")
    other = Schedule.objects.create(
        program=wards.program,
        academic_year=wards.year,
        number=2,
        start_date="2026-11-16",
        end_date="2027-06-30",
        status="published",
    )
    work(other, ada, date(2026, 11, 17), wards.day, wards.icu)
    page = read(owner, MONTH)
    assert page.count('<a class="cell"') == 3 * 15
    assert f'<a class="cell" href="{ada.pk}/15/"' in page
    assert f'href="{ada.pk}/16/"' not in page
    assert on_page(page, f"#r{ada.pk}>:nth-child(18)").startswith('<span class="chip r4')

    # What a patch redraws of the other version's days is plain too.
    html = post(owner, wards, "set", cell=f"{ada.pk}:2026-11-15=ICU|N", was=f"{ada.pk}:2026-11-15=").content.decode()
    told = {place: inside for place, inside in fragments(html).items() if place.startswith(f"#r{ada.pk}")}
    page = read(owner, MONTH)
    assert told == {place: on_page(page, place) for place in told}
    assert [place for place, inside in told.items() if "<a " in inside] == [f"#r{ada.pk}>:nth-child(16)"]
    assert f"#r{ada.pk}>:nth-child(17)" in told
