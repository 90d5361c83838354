"""Changing a cell of the year: the panel, the patch that comes back, and what is said where it is not done."""

import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scheduling.models import Edit, RotationAssignment, Schedule, SequenceRule
from scheduling.services.changes import Change, PlanChange
from scheduling.services.edit import change
from tests.factories import Wards, make_rotation, make_wards
from tests.pages.conftest import coordinator_of, resident_of
from tests.pages.test_edit import texts
from tests.pages.test_versions import notices

HOME = "/p/internal-medicine/"
EDIT = f"{HOME}schedules/1/plan-edit/"
TARGETS = f"{HOME}schedules/1/plan-targets/"
HX = {"HX-Request": "true"}


def post(client, wards, verb, *, hx=True, **values):
    revision = Schedule.objects.get(pk=wards.schedule.pk).revision
    fields = {"verb": verb, "revision": revision, "state": "", **values}
    return client.post(EDIT, fields, headers=HX if hx else {})


def name(wards: Wards, who: int, number: int, code: str | None = None) -> str:
    return f"{wards.people[who].pk}:{number}" + ("" if code is None else f"={code}")


def held(wards: Wards, who: int, number: int) -> str:
    rows = RotationAssignment.objects.filter(person=wards.people[who], period__number=number)
    return rows.values_list("rotation__code", flat=True).first() or ""


def panel(client: Client, wards: Wards, who: int = 0, number: int = 5) -> str:
    response = client.get(f"{HOME}year/{wards.people[who].pk}/{number}/", headers=HX)
    assert response.status_code == 200
    return response.content.decode()


def choices(html: str) -> dict[str, list[str]]:
    """The lines of a panel, by what their buttons say: name, verdict and effects."""
    found = {}
    for value, inside in re.findall(r'<button name="(?:cell|to)" value="([^"]+)"[^>]*>(.*?)</button>', html, re.DOTALL):
        words = [each.strip() for each in re.sub(r"<[^>]+>", "\n", inside).split("\n")]
        found[value] = [each for each in words if each]
    return found


def test_the_panel_says_what_is_there_and_what_else_could_be(draft, read):
    make_rotation(draft.program, "CL", "Clinic", position=3)
    html = panel(coordinator_of(draft), draft)
    assert "<h2>Resident 000, period 5</h2>" in html
    assert "<p>PGY-1 · Wed 21 Oct to Tue 17 Nov 2026</p>" in html
    assert "<p><b>Ward A</b> · owes ICU 1</p>" in html
    assert (
        '<p class="for">Any other choice leaves Ward A 1 short; releases 11 shifts from Sun 1 Nov on, '
        "which leaves Ward A, day short on 4 days.</p>"  # 3, 4, 11 and 12: on the others Resident 002 is there
    ) in html
    lines = choices(html)
    assert {key: lines[key] for key in (name(draft, 0, 5, code) for code in ("WA", "ICU", "", "CL"))} == {
        name(draft, 0, 5, "WA"): ["WA", "Ward A", "allowed", "now"],
        name(draft, 0, 5, "ICU"): ["ICU", "Intensive care", "allowed", "▼"],
        name(draft, 0, 5, ""): ["–", "No rotation", "allowed", "▼", "owes ICU 1"],
        name(draft, 0, 5, "CL"): ["CL", "Clinic", "Clinic is not in the curriculum of PGY-1", "▼", "owes ICU 1"],
    }
    # Somebody on another rotation could take it: a swap, with what it does.
    assert lines[name(draft, 1, 5)] == ["ICU", "Resident 001", "allowed for both", "PGY-2"]
    assert "1 rotations outside" not in html
    assert "<summary>1 rotation outside of PGY-1</summary>" in html
    assert "No hand has changed it in this version." in html


def test_the_panel_shows_leave_notes_reasons_and_history(draft):
    client = coordinator_of(draft)
    days = {"start_date": "2026-10-26", "end_date": "2026-11-01"}
    draft.people[0].absences.create(**days, kind="jury-duty", status="approved")
    post(client, draft, "set", cell=name(draft, 0, 5, "ICU"), was=name(draft, 0, 5, "WA"), reason="She asked")
    post(client, draft, "note", cell=name(draft, 0, 5), was=name(draft, 0, 5, "ICU"), note="late <shift>")
    RotationAssignment.objects.filter(person=draft.people[0], period__number=5).update(override="It had to be")
    html = panel(client, draft)
    assert "<p>On leave: jury duty, Mon 26 Oct to Sun 1 Nov</p>" in html
    assert "<p>Note: late &lt;shift&gt;</p>" in html
    assert "Although it breaks a rule</span> It had to be</p>" in html
    assert "<summary>History (2)</summary>" in html
    assert "<li>Ward A to Intensive care<small>Tue 3 Nov, 12:00, owner: She asked</small></li>" in html
    assert '<button name="verb" value="loosen">Loosen</button>' in html
    # What was released can be rostered again.
    assert (
        '<input type="hidden" name="first" value="2026-10-21"><input type="hidden" name="last" value="2026-11-17">'
        in html
    )


def test_the_patch_has_the_cell_and_what_counts_it(draft):
    client = coordinator_of(draft)
    response = post(client, draft, "set", cell=name(draft, 0, 5, "ICU"), was=name(draft, 0, 5, "WA"))
    assert response.status_code == 200
    assert json.loads(response["HX-Trigger"]) == {"calendar:edited": {"revision": 2}}
    html, row = response.content.decode(), f"#r{draft.people[0].pk}>:nth-child"
    assert texts(html) == {
        f"{row}(6)": "ICU",
        f"{row}(15)": "",
        "#s0>:nth-child(6)": "▼1",
        "#s0>:nth-child(15)": "▼1",
        "#s1>:nth-child(6)": "2",
        "#s1>:nth-child(15)": "",
        "#missing>:nth-child(6)": "▼1",
        "#missing>:nth-child(15)": "▼1",
        "#said": "Resident 000 to Intensive care, period 5. That releases 11 shifts from Sun 1 Nov on.",
        "#turns": "Undo",
        "#offer": "Roster that period again",
    }
    assert (
        f'<td hx-swap-oob="outerHTML:{row}(6)"><a class="cell" href="{draft.people[0].pk}/5/" data-was="ICU"><span '
        'class="chip r4 pinned" title="Intensive care, pinned">ICU<span class="vh">, pinned</span></span></a></td>'
    ) in html
    assert len(response.content) < 3000


def test_the_page_and_its_patch_say_the_same(draft, read):
    client = coordinator_of(draft)
    swap = {
        "from": name(draft, 0, 2),
        "to": name(draft, 1, 2),
        "was": [name(draft, 0, 2, "WA"), name(draft, 1, 2, "ICU")],
    }
    html = post(client, draft, "swap", **swap).content.decode()
    page = read(client, f"{HOME}year/")
    assert (held(draft, 0, 2), held(draft, 1, 2)) == ("ICU", "WA")
    cells = re.findall(r'<td hx-swap-oob="outerHTML:[^"]+"([^>]*>.*?</td>)', html, re.DOTALL)
    assert len(cells) == 4 + 4 + 2
    assert all(f"<td{cell}" in page for cell in cells)


def test_a_push_moves_what_follows_and_clearing_empties(draft):
    client = coordinator_of(draft)
    RotationAssignment.objects.filter(person=draft.people[0], period__number=4).delete()
    ends = {"from": name(draft, 0, 1), "to": name(draft, 0, 2)}
    was = [name(draft, 0, 1, "WA"), name(draft, 0, 2, "WA")]
    assert post(client, draft, "push", **ends, was=was).status_code == 200
    assert [held(draft, 0, number) for number in (1, 2, 3, 4)] == ["", "WA", "WA", "WA"]
    html = post(client, draft, "set", cell=name(draft, 0, 2, ""), was=name(draft, 0, 2, "WA")).content.decode()
    assert f'href="{draft.people[0].pk}/2/" aria-label="Free"></a></td>' in html


def test_a_rotation_without_a_line_brings_all_lines(draft):
    client = coordinator_of(draft)
    make_rotation(draft.program, "CL", "Clinic", position=3)
    html = post(
        client, draft, "set", cell=name(draft, 0, 5, "CL"), was=name(draft, 0, 5, "WA"), reason="Short there"
    ).content.decode()
    assert 'id="staffing" hx-swap-oob="true"' in html
    assert '<tr id="missing" hx-swap-oob="true">' in html
    assert RotationAssignment.objects.get(person=draft.people[0], period__number=5).override == "Short there"


def test_a_stale_cell_is_refused_with_what_it_is_now_and_one_click(draft):
    client = coordinator_of(draft)
    person = draft.people[0].pk
    change(schedule=draft.schedule, user=None, changes=[PlanChange(person, 5, "WA", "ICU")])
    response = post(client, draft, "set", cell=name(draft, 0, 5, ""), was=name(draft, 0, 5, "WA"), reason="Because")
    html = response.content.decode()
    assert response.status_code == 409
    assert "Resident 000 is on Intensive care in period 5 (21 Oct to 17 Nov) since somebody changed it" in html
    fields = dict(re.findall(r'<input type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)">', html))
    assert fields == {"verb": "set", "cell": f"{person}:5=", "state": "", "revision": "2", "was": f"{person}:5=ICU"}
    assert held(draft, 0, 5) == "ICU"
    assert client.post(EDIT, fields, headers=HX).status_code == 200
    assert held(draft, 0, 5) == ""


def test_a_broken_rule_asks_for_a_reason_with_the_same_fields(draft):
    client = coordinator_of(draft)
    rule = SequenceRule.objects.create(program=draft.program, name="No wards twice", kind="not_in_a_row")
    rule.rotations.set([draft.ward])
    RotationAssignment.objects.filter(person=draft.people[1], period__number=1).update(rotation=draft.ward)
    values = {"cell": name(draft, 1, 2, "WA"), "was": name(draft, 1, 2, "ICU")}
    response = post(client, draft, "set", **values)
    html = response.content.decode()
    assert response.status_code == 422
    assert "<li>Resident 001: breaks “No wards twice”.</li>" in html
    fields = dict(re.findall(r'<input type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)">', html))
    assert fields == {"verb": "set", "revision": "1", "state": "", **values}
    assert held(draft, 1, 2) == "ICU"
    done = client.post(EDIT, {**fields, "reason": "Nobody else"}, headers=HX)
    assert 'title="Ward A, pinned, although it breaks a rule: Nobody else"' in done.content.decode()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"verb": "sing"}, "The field &quot;verb&quot; is &quot;sing&quot;: give set, move, swap, push"),
        ({"verb": "set"}, "The field &quot;cell&quot; is missing"),
        ({"verb": "set", "cell": "0:1=WA"}, "Somebody in this change is not a person of this program any more."),
    ],
)
def test_what_cannot_be_meant_is_refused(draft, values, message):
    response = coordinator_of(draft).post(EDIT, {"revision": 1, **values}, headers=HX)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Edit.objects.exists()


def test_without_scripts_it_goes_back_or_shows_a_page(draft, read):
    client = coordinator_of(draft)
    there = f"{HOME}year/?level=1"
    values = {"cell": name(draft, 0, 5, "ICU"), "was": name(draft, 0, 5, "WA")}
    response = post(client, draft, "set", hx=False, next=there, **values)
    assert (response.status_code, response["Location"]) == (302, there)
    assert notices(client, there) == [
        "Resident 000 to Intensive care, period 5. That releases 11 shifts from Sun 1 Nov on."
    ]
    response = post(client, draft, "set", hx=False, next=there, **values)
    assert response.status_code == 409
    assert f'<a class="button" href="{there.replace("&", "&amp;")}" data-close>' in response.content.decode()
    html = read(client, f"{HOME}year/{draft.people[0].pk}/5/?schedule=1")
    assert "<!doctype html>" in html
    assert 'href="/p/internal-medicine/year/?schedule=1"' in html
    assert f'<form method="post" action="{EDIT}">' in html


def test_targets_say_what_would_happen_in_row_and_column(draft):
    client = coordinator_of(draft)
    draft.people[2].absences.create(start_date="2026-07-01", end_date="2026-07-28", kind="parental", status="approved")
    answer = client.get(TARGETS, {"verb": "swap", "from": name(draft, 0, 1)}).json()
    rows = {name(draft, 0, number) for number in range(2, 14)}
    assert set(answer) == rows | {name(draft, 1, 1), name(draft, 2, 1)}
    assert answer[name(draft, 1, 1)] == {"verdict": "allowed", "words": ""}
    answer = client.get(TARGETS, {"verb": "move", "from": name(draft, 0, 1), "to": name(draft, 1, 1)}).json()
    assert answer == {name(draft, 1, 1): {"verdict": "allowed", "words": ""}}
    answer = client.get(TARGETS, {"verb": "move", "from": name(draft, 1, 1), "to": name(draft, 2, 1)}).json()
    assert answer == {name(draft, 2, 1): {"verdict": "leave", "words": "on leave then"}}
    answer = client.get(TARGETS, {"verb": "move", "from": name(draft, 0, 2), "to": name(draft, 0, 3)}).json()
    assert answer == {
        name(draft, 0, 3): {"verdict": "advisory", "words": "leaves Ward A 1 short in period 2"},
    }
    wrong = client.get(TARGETS, {"verb": "sing", "from": name(draft, 0, 1)})
    assert (wrong.status_code, wrong.json()) == (
        422,
        {"messages": ['The field "verb" is "sing": give move, swap or push.']},
    )


def test_since_brings_what_others_did_or_nothing(draft):
    client = coordinator_of(draft)
    since = f"{HOME}schedules/1/plan-since/1/"
    assert client.get(since, headers=HX).status_code == 204
    person = draft.people[0].pk
    change(schedule=draft.schedule, user=None, changes=[PlanChange(person, 5, "WA", "ICU")], title="Ada to the ICU")
    response = client.get(since, headers=HX)
    assert json.loads(response["HX-Trigger"]) == {"calendar:edited": {"revision": 2}}
    found = texts(response.content.decode())
    assert (found[f"#r{person}>:nth-child(6)"], found["#said"]) == ("ICU", "Somebody: Ada to the ICU.")
    # The roster's edits touch no cell of the year, but the page shows their revision from then on.
    edit = Change(person, date(2026, 12, 1), "D", None, "WA")
    change(schedule=draft.schedule, user=None, changes=[edit], title="Ada works")
    found = texts(client.get(f"{HOME}schedules/1/plan-since/2/", headers=HX).content.decode())
    assert set(found) == {"#said", "#turns", "#offer"}
    # What edits do not tell of brings the whole table.
    Schedule.objects.filter(pk=draft.schedule.pk).update(revision=9)
    html = client.get(f"{since}?state=%3Flevel%3D1", headers=HX).content.decode()
    assert '<div hx-swap-oob="innerHTML:#table-holder"><table class="grid year"' in html
    assert re.findall(r'<th scope="row">(Resident \d+)', html) == ["Resident 000"]


def test_what_is_published_changes_too_and_people_are_told(wards, owner):
    resident_of(wards)
    response = post(owner, wards, "set", cell=name(wards, 0, 6, "ICU"), was=name(wards, 0, 6, "WA"))
    assert texts(response.content.decode())["#offer"] == ""
    assert held(wards, 0, 6) == "ICU"
    notice = wards.people[0].user.notices.get()
    assert notice.lines[0].startswith("You are on Intensive care instead of Ward A in period 6")
    wards.program.lock_days = 30
    wards.program.save()
    response = post(owner, wards, "set", cell=name(wards, 0, 6, "WA"), was=name(wards, 0, 6, "ICU"))
    assert response.status_code == 422
    assert "published days until Thu 3 Dec change only with a reason" in response.content.decode()


def test_an_archive_can_be_looked_at_only(wards, owner, read):
    Schedule.objects.update(status=Schedule.Status.ARCHIVED)
    there = f"{HOME}year/{wards.people[0].pk}/5/?schedule=1"
    html = owner.get(there, headers=HX).content.decode()
    assert "<h2>Resident 000, period 5</h2>" in html
    assert "<form" not in html
    response = post(owner, wards, "set", cell=name(wards, 0, 5, "ICU"), was=name(wards, 0, 5, "WA"))
    assert response.status_code == 422
    assert "is archived: it stays as it was" in response.content.decode()


def test_only_who_makes_the_schedules_gets_in(wards, owner, colleague, stranger):
    person = wards.people[0].pk
    pages = [
        f"{HOME}year/{person}/5/",
        f"{TARGETS}?verb=swap&from={person}:5",
        f"{HOME}schedules/1/plan-since/1/",
    ]
    assert [owner.get(page).status_code for page in pages] == [200, 200, 204]
    for somebody in (colleague, stranger):
        assert [somebody.get(page).status_code for page in pages] == [404, 404, 404]
        assert post(somebody, wards, "set", cell=f"{person}:5=ICU", was=f"{person}:5=WA").status_code == 404
    assert owner.get(EDIT).status_code == 302
    assert [owner.get(f"{HOME}year/{who}/{number}/").status_code for who, number in ((person, 14), (0, 1))] == [
        404,
        404,
    ]
    assert not Edit.objects.exists()


def test_wrong_settings_of_the_program_are_said(draft):
    draft.program.rule_settings = {"prices": {"plan": {"nonsense": 1}}}
    draft.program.save()
    html = panel(coordinator_of(draft), draft)
    assert "nonsense" in html
    assert "<form" not in html


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries(people: int) -> None:
    wards = make_wards(people, status="draft")
    client = coordinator_of(wards)
    person = wards.people[0].pk
    asked = {
        f"{HOME}year/{person}/5/": 0,
        f"{TARGETS}?verb=push&from={person}:5": 0,
    }
    for page in asked:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page, headers=HX).status_code == 200
        asked[page] = len(captured)
    with CaptureQueriesContext(connection) as captured:
        assert post(client, wards, "set", cell=f"{person}:5=ICU", was=f"{person}:5=WA").status_code == 200
    assert [*asked.values(), len(captured)] == [53, 43, 68 if connection.vendor == "postgresql" else 70]
