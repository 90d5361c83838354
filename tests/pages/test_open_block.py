"""Why is this slot empty: the page, its buttons, and the links that lead to it."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from scheduling.models import Assignment, GenerationRun, Inquiry, Staffing
from tests.factories import Wards, make_schedule, make_wards, work
from tests.pages.conftest import STAMP, Reading, coordinator_of

# On Thursday 5 November nobody is on the ward by day: Resident 000 works that night, Resident 002 is free.
BLOCK = "/p/internal-medicine/schedules/1/block/2026-11-05/WA/D/"
FILL = f"{BLOCK}fill/"


def said(html: str, heading: str) -> list[str]:
    """The lines of the card or group of this heading, without their markup."""
    part = html.split(heading, 1)[1].split("</ul>", 1)[0]
    lines = re.findall(r"<li>(.*?)</li>", part, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", line).split()) for line in lines]


def night_before(wards: Wards) -> None:
    work(wards.schedule, wards.people[2], date(2026, 11, 4), wards.night, wards.ward)


def test_the_block_and_everybodys_fact(wards: Wards, owner: Client, read: Reading) -> None:
    night_before(wards)
    html = read(owner, BLOCK)
    assert "Ward A, day, Thu 5 Nov 2026 <small" in html
    assert "▼ 1 missing" in html
    assert said(html, "Asked for") == ["WA day ▼ 0 of 1"]
    assert '<p class="muted">Nobody.</p>' in html
    assert "Nobody, as things are." in html
    groups = re.findall(r'<summary>(.*?) <span class="number">(\d+)</span></summary>', html)
    assert groups == [("Post-call", "1"), ("At work elsewhere", "1"), ("Placed elsewhere", "1")]
    assert said(html, "<summary>Post-call") == ["Resident 002 PGY-3 Comes from Ward A, night on Wed 4 Nov"]


@pytest.mark.parametrize("page", [BLOCK, FILL])
def test_it_is_for_schedulers(page: str, owner: Client, colleague: Client, stranger: Client, client: Client) -> None:
    assert owner.get(page, follow=True).status_code == 200
    assert [colleague.get(page, follow=True).status_code, stranger.get(page, follow=True).status_code] == [404, 404]
    assert client.get(page)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    "page",
    [
        BLOCK.replace("/WA/", "/XX/"),
        BLOCK.replace("/D/", "/X/"),
        BLOCK.replace("2026-11-05", "2026-06-30"),
        BLOCK.replace("2026-11-05", "2027-07-01"),
        BLOCK.replace("2026-11-05", "2026-02-30"),
        BLOCK.replace("schedules/1/", "schedules/9/"),
    ],
)
def test_what_is_not_there_is_404(page: str, owner: Client) -> None:
    assert owner.get(page).status_code == 404


def test_a_rotation_of_another_program_is_not_there(wards: Wards, owner: Client) -> None:
    other = make_wards(1, name="Surgery")
    other.ward.code = "OTHER"
    other.ward.save()
    assert owner.get(BLOCK.replace("/WA/", "/OTHER/")).status_code == 404


def test_giving_it_to_somebody_who_could_take_it(wards: Wards, owner: Client, read: Reading) -> None:
    assert said(read(owner, BLOCK), "<h2>Could take it</h2>") == ["Resident 002 PGY-3 · Placed on Ward A Give it"]
    response = owner.post(FILL, {"person": wards.people[2].pk}, follow=True)
    html = response.content.decode()
    assert "Resident 002 takes Ward A, day on Thu 5 Nov. It can be undone." in html
    assert said(html, "<h2>There</h2>") == ["Resident 002 PGY-3, pinned"]
    assert "enough" in html


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("", "Choose who takes it."),
        ("x", "Choose who takes it."),
        ("9" * 30, "Choose who takes it."),
        ("999999", "Whoever was chosen does not belong to this program any more."),
    ],
)
def test_nobody_else_is_given_it(person: str, words: str, owner: Client) -> None:
    before = Assignment.objects.count()
    assert words in owner.post(FILL, {"person": person}, follow=True).content.decode()
    assert Assignment.objects.count() == before


def test_who_cannot_take_it_is_not_given_it(wards: Wards, owner: Client) -> None:
    night_before(wards)
    html = owner.post(FILL, {"person": wards.people[2].pk}, follow=True).content.decode()
    assert "Resident 002 cannot take it: Comes from Ward A, night on Wed 4 Nov." in html


def test_a_colleague_gives_nothing(wards: Wards, colleague: Client, stranger: Client) -> None:
    before = Assignment.objects.count()
    for client in (colleague, stranger):
        assert client.post(FILL, {"person": wards.people[2].pk}).status_code == 404
    assert Assignment.objects.count() == before


def test_the_optimiser_can_be_asked(owner: Client, read: Reading) -> None:
    html = read(owner, BLOCK)
    asked = {"date": "2026-11-05", "rotation": "WA", "shift": "D"}
    for kind, words in (("fill", "What would fill it"), ("conflict", "Which requests cannot all hold?")):
        (form,) = [form for form in re.findall(r"<form.*?</form>", html, re.DOTALL) if words in form]
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        action = re.findall(r'action="([^"]*)"', form)[0]
        assert (action, {name: fields[name] for name in asked}, fields["kind"]) == (
            "/p/internal-medicine/schedules/1/ask/",
            asked,
            kind,
        )
        owner.post(action, {**asked, "kind": kind})
    assert [(each.kind, each.parameters) for each in Inquiry.objects.order_by("pk")] == [
        ("fill", asked),
        ("conflict", asked),
    ]


def test_nothing_is_asked_about_a_block_that_has_enough(wards: Wards, owner: Client, read: Reading) -> None:
    for page in (BLOCK.replace("-05/", "-03/"), BLOCK.replace("/D/", "/N/")):  # one of one; nobody is asked for
        html = read(owner, page)
        assert "What would fill it" not in html
        assert "Which requests cannot all hold?" not in html


def test_who_works_it_and_is_on_leave_is_told_apart(wards: Wards, owner: Client, read: Reading) -> None:
    tuesday = BLOCK.replace("-05/", "-03/")
    assert "on leave, not counted" not in read(owner, tuesday)
    leave = Absence.objects.create(
        person=wards.people[0], start_date=date(2026, 11, 3), end_date=date(2026, 11, 3), status="approved"
    )
    wards.schedule.assignments.filter(person=wards.people[2]).delete()
    html = read(owner, tuesday)
    assert said(html, "<h2>There</h2>") == ["Resident 000 PGY-1 on leave, not counted Cover"]
    cover = f"/p/internal-medicine/absences/{leave.pk}/cover/?schedule=1"
    assert f'<a href="{cover}">Cover</a>' in html
    assert owner.get(cover).status_code == 200
    assert "What would fill it" not in html  # the place is not empty: it is to be covered
    Staffing.objects.filter(name="Ward A by day").update(fewest=2)
    assert "What would fill it" in read(owner, tuesday)


def test_what_is_short_links_to_it(wards: Wards, owner: Client, colleague: Client, read: Reading) -> None:
    day = "/p/internal-medicine/day/2026-11-05/"
    link = f'<a href="{BLOCK}">Why?</a>'
    assert link in read(owner, day)
    assert link not in read(colleague, day)
    missing = {
        "stage": "roster",
        "kind": "coverage below",
        "rotation": "WA",
        "date": "2026-11-05",
        "shift": "D",
        "sentence": "Somebody is missing on Ward A.",
    }
    run = GenerationRun.objects.create(
        schedule=wards.schedule,
        status="succeeded",
        progress=100,
        shortfalls=[missing, {"stage": "plan", "kind": "unplaced", "sentence": "Ana has no rotation."}],
    )
    html = read(owner, f"/p/internal-medicine/runs/{run.pk}/")
    assert html.count(">Why?</a>") == 1
    assert link in html


def test_a_block_held_by_somebody_on_leave_is_short_on_the_day_too(wards: Wards, owner: Client, read: Reading) -> None:
    Absence.objects.create(
        person=wards.people[0], start_date=date(2026, 11, 3), end_date=date(2026, 11, 3), status="approved"
    )
    wards.schedule.assignments.filter(person=wards.people[2]).delete()
    link = f'<a href="{BLOCK.replace("-05/", "-03/")}">Why?</a>'
    assert link in read(owner, "/p/internal-medicine/day/2026-11-03/")
    assert link in read(owner, "/p/internal-medicine/")


def test_today_links_to_it(owner: Client, wards: Wards, read: Reading) -> None:
    Assignment.objects.filter(block__date=date(2026, 11, 3)).delete()
    assert f'<a href="{BLOCK.replace("2026-11-05", "2026-11-03")}">Why?</a>' in read(owner, "/p/internal-medicine/")


def test_a_draft_has_the_page_too(wards: Wards, owner: Client, read: Reading) -> None:
    draft = make_schedule(wards.year)
    html = read(owner, BLOCK.replace("schedules/1/", f"schedules/{draft.number}/"))
    assert "Draft 2" in html
    assert len(said(html, "<summary>Placed elsewhere")) == 3  # nobody is placed in it yet


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries(people: int) -> None:
    wards = make_wards(people)
    Assignment.objects.filter(block__date__gte=date(2026, 11, 4) - timedelta(days=1)).delete()
    owner = coordinator_of(wards)
    with CaptureQueriesContext(connection) as captured:
        assert owner.get(BLOCK).status_code == 200
    assert len(captured) == 28 + STAMP
