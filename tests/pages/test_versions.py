"""The versions: their list, one of them, new drafts, generating and publishing."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from scheduling.models import Assignment, Cover, GenerationRun, Schedule
from scheduling.services import drafts, generate, publish
from scheduling.services.changes import Change, PlanChange
from scheduling.services.comparing import differences
from scheduling.services.drafts import bring_up_to_date, new_draft
from scheduling.services.edit import change
from tests.factories import make_schedule
from tests.pages.conftest import NOON

HOME = "/p/internal-medicine/schedules/"


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def notices(client, path: str) -> list[str]:
    return [str(message) for message in client.get(path).context["messages"]]


def test_the_list_newest_first(wards, owner, colleague, read):
    make_schedule(wards.year, based_on=wards.schedule, note="Winter")
    html = read(owner, HOME)
    assert re.findall(r">Version (\d+)</a>", html) == ["2", "1"]
    assert "draft 2026–27 Version 1" in text(html)
    assert "2 versions" in html
    assert re.findall(r">Version (\d+)</a>", read(colleague, HOME)) == ["1"]


def test_the_list_by_state(wards, owner, read):
    make_schedule(wards.year)
    assert re.findall(r">Version (\d+)</a>", read(owner, f"{HOME}?status=draft")) == ["2"]
    assert "No versions in this state" in read(owner, f"{HOME}?status=archived")
    assert "is not one of the available choices" in read(owner, f"{HOME}?status=lost")


def test_the_list_has_pages_of_fifty(wards, owner, read):
    Schedule.objects.bulk_create(
        Schedule(
            program=wards.program,
            academic_year=wards.year,
            number=number,
            start_date=wards.year.start_date,
            end_date=wards.year.end_date,
        )
        for number in range(2, 53)
    )
    first, second = read(owner, f"{HOME}?status="), read(owner, f"{HOME}?page=2")
    assert len(re.findall(r">Version (\d+)</a>", first)) == 50
    assert re.findall(r">Version (\d+)</a>", second) == ["2", "1"]
    assert "Page 2 of 2" in second
    assert 'href="?page=1" rel="prev"' in second


def test_a_version_counts_what_is_in_it(owner, read):
    words = text(read(owner, f"{HOME}1/"))
    assert "People placed 3 " in words
    assert "Placements 39 person and period" in words
    assert "Assignments 57 person and shift" in words


def test_a_version_leads_schedulers_to_its_problems(owner, colleague, read):
    assert 'action="/p/internal-medicine/schedules/1/problems/"' in read(owner, f"{HOME}1/")
    assert "/schedules/1/problems/" not in read(colleague, f"{HOME}1/")


def test_a_new_draft_from_nothing(wards, owner):
    response = owner.post(f"{HOME}new/", {"academic_year": wards.year.pk, "note": "Second try"})
    assert response.url == f"{HOME}2/"
    assert notices(owner, response.url) == ["Draft 2 is made. It is empty: generate it."]
    draft = Schedule.objects.get(number=2)
    assert (draft.status, draft.note, str(draft.created_by)) == ("draft", "Second try", "owner")


def test_a_new_draft_needs_a_year_of_the_program(wards, owner):
    response = owner.post(f"{HOME}new/", {"academic_year": "999"})
    assert response.url == HOME
    assert notices(owner, HOME) == ["Choose the academic year that the draft is for."]


def test_a_copy(wards, owner):
    response = owner.post(f"{HOME}1/copy/", {"note": "Swaps of December"})
    assert response.url == f"{HOME}2/"
    draft = Schedule.objects.get(number=2)
    assert (draft.based_on, draft.note, draft.assignments.count()) == (wards.schedule, "Swaps of December", 57)


def test_a_note_that_is_too_long(owner):
    owner.post(f"{HOME}1/copy/", {"note": "x" * 301})
    assert notices(owner, f"{HOME}1/") == ["The note is at most 300 characters."]


def test_generating_asks_the_service_and_shows_the_run(wards, owner, monkeypatch):
    draft = make_schedule(wards.year)
    asked = {}

    def request(**given):
        asked.update(given)
        return GenerationRun.objects.create(schedule=draft)

    monkeypatch.setattr(generate, "request", request)
    response = owner.post(f"{HOME}2/generate/", {"scope": "plan", "minutes": "3"})
    assert response.url == f"/p/internal-medicine/runs/{GenerationRun.objects.get().pk}/"
    assert asked == {"schedule": draft, "user": asked["user"], "scope": "plan", "time_limit": 180, "remakes": {}}
    assert asked["user"].username == "owner"


def test_a_part_is_asked_for_by_days_rotations_levels_and_people(wards, owner, read, monkeypatch):
    draft = make_schedule(wards.year)
    asked = {}

    def request(**given):
        asked.update(given)
        return GenerationRun.objects.create(schedule=draft, remakes=given["remakes"])

    monkeypatch.setattr(generate, "request", request)
    third = wards.people[2].pk
    part = {"first": "2026-12-01", "last": "2026-12-31", "rotations": ["WA"], "groups": ["PGY-1"], "people": [third]}
    owner.post(f"{HOME}2/generate/", {"scope": "roster", "minutes": "3", **part})
    people = sorted([wards.people[0].pk, third])  # the first is the only PGY-1
    assert asked["remakes"] == {
        "first": "2026-12-01", "last": "2026-12-31", "rotations": ["WA"], "people": people,
    }  # fmt: skip
    run = read(owner, f"/p/internal-medicine/runs/{GenerationRun.objects.get().pk}/")
    only = "Tue 1 Dec 2026 to Thu 31 Dec 2026, on WA, Resident 000, Resident 002; all else stays"
    assert f"rotation plan and roster: {only}" in run
    assert "rotation plan and roster, a part" in text(owner.get(f"{HOME}2/").content.decode())


def test_dates_the_wrong_way_round_and_people_who_are_not_there_are_said_at_their_fields(wards, owner):
    make_schedule(wards.year)
    wrong = {"first": "2026-12-31", "last": "2026-12-01", "people": ["999"], "rotations": ["XX"]}
    response = owner.post(f"{HOME}2/generate/", {"scope": "roster", "minutes": "3", **wrong})
    words = text(response.content.decode())
    assert response.status_code == 422
    assert "It ends before it begins: put the dates the other way round." in words
    assert "999 is not one of the available choices" in words
    assert "XX is not one of the available choices" in words
    assert '<details class="part" open>' in response.content.decode()
    assert GenerationRun.objects.count() == 0


def test_a_draft_of_what_is_published_keeps_the_days_that_are_over_unless_one_says_otherwise(wards, owner, read):
    Schedule.objects.update(published_at=NOON)
    owner.post(f"{HOME}1/copy/", {})
    html = read(owner, f"{HOME}2/")
    assert 'name="first" value="2026-11-03"' in html
    assert "Days before Tue 3 Nov 2026 are over and stay as they were worked." in html
    make_schedule(wards.year)
    assert 'name="first" id="id_first"' in re.sub(
        r'type="date" |aria-describedby="[^"]*" ', "", read(owner, f"{HOME}3/")
    )


def test_a_refusal_is_shown_beside_the_form_and_nothing_is_lost(wards, owner, monkeypatch):
    make_schedule(wards.year)

    def request(**given):
        raise ValidationError("It is being generated already.")

    monkeypatch.setattr(generate, "request", request)
    response = owner.post(f"{HOME}2/generate/", {"scope": "roster", "minutes": "7"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "It is being generated already." in html
    assert '<option value="roster" selected>' in html
    assert 'name="minutes" value="7"' in html


def test_a_time_limit_that_is_none(wards, owner):
    make_schedule(wards.year)
    response = owner.post(f"{HOME}2/generate/", {"scope": "year", "minutes": "0"})
    assert response.status_code == 422
    assert "Ensure this value is greater than or equal to 1." in response.content.decode()
    assert GenerationRun.objects.count() == 0


def test_publishing_asks_first_and_says_what_it_replaces(wards, owner, read):
    owner.post(f"{HOME}1/copy/", {})
    words = text(read(owner, f"{HOME}2/publish/"))
    assert "Publish Draft 2 (2026–27)?" in words
    assert "for Wed 1 Jul 2026 to Wed 30 Jun 2027" in words
    assert "It takes the place of Published 1 (2026–27), which is archived." in words


def test_publishing(wards, owner, colleague, read):
    owner.post(f"{HOME}1/copy/", {})
    response = owner.post(f"{HOME}2/publish/", {"note": "Final", "seen": "1"})
    assert response.url == f"{HOME}2/"
    assert notices(owner, f"{HOME}2/")[-1] == "Version 2 is published: it is what everybody sees now."
    assert dict(Schedule.objects.values_list("number", "status")) == {1: "archived", 2: "published"}
    assert "<b>Published 2</b>" in read(colleague, "/p/internal-medicine/year/")


def test_a_draft_that_cannot_be_published_says_why(wards, owner, monkeypatch):
    owner.post(f"{HOME}1/copy/", {})

    def refuse(**given):
        raise ValidationError("It is empty.")

    monkeypatch.setattr(publish, "publish", refuse)
    response = owner.post(f"{HOME}2/publish/", {"note": "Kept"})
    assert response.status_code == 422
    assert "It is empty." in response.content.decode()
    assert 'value="Kept"' in response.content.decode()


def test_a_draft_of_what_was_replaced_since_is_brought_up_to_date(wards, owner, read):
    for _ in range(2):
        owner.post(f"{HOME}1/copy/", {})
    day, free = date(2026, 12, 1), wards.people[1]
    mine = change(
        schedule=Schedule.objects.get(number=3), user=None, changes=[Change(free.pk, day, "D", None, wards.ward.code)]
    )
    Cover.objects.create(
        program=wards.program, schedule=mine.schedule, edit=mine, absent=wards.people[0], covering=free, date=day,
        shift="Ward A, day", hours=12,
    )  # fmt: skip
    theirs = Change(wards.people[0].pk, day, "D", None, wards.ward.code)
    change(schedule=Schedule.objects.get(number=2), user=None, changes=[theirs])
    publish.publish(schedule=Schedule.objects.get(number=2), user=None)
    page = f"{HOME}3/publish/"
    html = read(owner, page)
    assert "Others have published meanwhile" in html
    refused = owner.post(page, {"seen": "2"})
    assert refused.status_code == 422
    assert "Published 2 (2026–27) was published since: it would take back what is new there" in text(
        refused.content.decode()
    )
    assert owner.post(f"{HOME}3/update/").url == f"{HOME}4/publish/"
    assert notices(owner, f"{HOME}4/publish/") == ["Draft 4 is Published 2 (2026–27) with the changes of draft 3."]
    assert not Cover.objects.standing().exists()
    assert owner.post(f"{HOME}4/publish/", {"seen": "2"}).url == f"{HOME}4/"
    there = Assignment.objects.filter(schedule__number=4, block__date=day).order_by("person")
    assert [row.person for row in there] == wards.people[:2]
    assert Cover.objects.standing().get().schedule == Schedule.objects.get(number=4)


def test_knowingly_it_is_published_all_the_same(wards, owner):
    for _ in range(2):
        owner.post(f"{HOME}1/copy/", {})
    publish.publish(schedule=Schedule.objects.get(number=2), user=None)
    assert owner.post(f"{HOME}3/publish/", {"seen": "2", "anyway": "on"}).url == f"{HOME}3/"
    assert Schedule.objects.published().get().number == 3


def test_what_was_published_while_the_page_was_open_is_not_replaced_unseen(wards, owner):
    for _ in range(2):
        owner.post(f"{HOME}1/copy/", {})
    publish.publish(schedule=Schedule.objects.get(number=2), user=None)
    refused = owner.post(f"{HOME}3/publish/", {"seen": "1", "anyway": "on"})
    assert refused.status_code == 422
    words = "Meanwhile Published 2 (2026–27) is published for these days: look again at what this draft changes."
    assert words in text(refused.content.decode())
    assert 'name="seen" value="2"' in refused.content.decode()
    assert Schedule.objects.published().get().number == 2


def test_what_is_published_already_is_not_published_again(wards, owner, read):
    assert "<h1>Published 1 (2026–27) is not a draft</h1>" in read(owner, f"{HOME}1/publish/")


def test_nothing_to_bring_up_to_date_with_is_said(draft):
    with pytest.raises(ValidationError, match="Nothing is published that Draft 1"):
        bring_up_to_date(draft=draft.schedule, user=None)


def test_a_changed_plan_is_brought_over_with_what_is_worked_there(wards):
    """Moved to the ICU in November, with a day there; what was carried over meanwhile stays beside it."""
    two, three = (new_draft(academic_year=wards.year, user=None, based_on=wards.schedule) for _ in range(2))
    moved, day = wards.people[0], date(2026, 11, 2)
    change(
        schedule=three,
        user=None,
        changes=[
            PlanChange(moved.pk, 5, "WA", "ICU", note="Asked for it"),
            Change(moved.pk, day, "D", "WA", "ICU", is_pinned=False, source="generated"),
        ],
    )
    left = three.assignments.filter(person=moved).count()
    change(schedule=two, user=None, changes=[Change(wards.people[1].pk, date(2026, 12, 1), "D", None, "WA")])
    publish.publish(schedule=two, user=None)
    fresh = bring_up_to_date(draft=three, user=None)
    placed = fresh.rotation_assignments.get(person=moved, period__number=5)
    assert (placed.rotation, placed.is_pinned, placed.note) == (wards.icu, True, "Asked for it")
    works = fresh.assignments.get(person=moved, block__date=day)
    assert (works.rotation, works.is_pinned, works.source) == (wards.icu, False, "generated")
    assert fresh.assignments.filter(person=moved).count() == left
    assert fresh.assignments.filter(block__date=date(2026, 12, 1)).count() == 1
    assert differences([three], fresh).people == {wards.people[1].pk}


def test_more_than_one_edit_holds_is_not_brought_over(wards, monkeypatch):
    two, three = (new_draft(academic_year=wards.year, user=None, based_on=wards.schedule) for _ in range(2))
    publish.publish(schedule=two, user=None)
    three.assignments.all().delete()
    monkeypatch.setattr(drafts, "MOST_CELLS", 50)
    with pytest.raises(ValidationError, match="differs from version 1 in 57 cells, and at most 50 can be brought over"):
        bring_up_to_date(draft=three, user=None)
    assert Schedule.objects.count() == 3
