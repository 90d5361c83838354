"""The proof of a schedule, for who makes it, who is in it, and a stranger."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from reports import duty_hours
from scheduling.models import GenerationRun, Inquiry, Preference, Schedule
from scheduling.rules.verdict import Verdict
from tests.factories import make_program, make_schedule, make_wards, work
from tests.pages.conftest import STAMP, coordinator_of, resident_of

PAGE = "/p/internal-medicine/schedules/1/proof/"


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def run_of(schedule: Schedule, **values: object) -> GenerationRun:
    given = {"status": "succeeded", "progress": 100, "objective": 500.0, "bound": 380.5, "gap": 0.239, "revision": 1}
    return GenerationRun.objects.create(schedule=schedule, **(given | values))


def test_schedulers_see_every_version_readers_what_is_published_and_strangers_nothing(
    wards, owner, colleague, stranger, client
):
    draft = make_schedule(wards.year)
    path = PAGE.replace("/1/", f"/{draft.number}/")
    answers = [[each.get(page).status_code for page in (PAGE, path)] for each in (owner, colleague, stranger)]
    assert answers == [[200, 200], [200, 404], [404, 404]]
    assert client.get(PAGE)["Location"] == f"/sign-in/?next={PAGE}"
    assert owner.post(PAGE).status_code == 200  # nothing is changed by it
    assert owner.get(PAGE.replace("/1/", "/99/")).status_code == 404


def test_it_is_linked_from_the_version_and_from_the_year(wards, owner, colleague, read):
    for client in (owner, colleague):
        for page in ("schedules/1/", "year/"):
            assert f'href="{PAGE}"' in read(client, f"/p/internal-medicine/{page}")


def test_staffing_that_is_missed_leads_to_its_explanation(wards, owner, colleague, read):
    html = read(owner, PAGE)
    words = text(html)
    # Ward A asks for one by day on 365 days; residents 000 and 002 work 22 of them, in November.
    assert "22 of 365 shifts that staffing asks for have somebody." in words
    assert "▼ 343 missing" in words
    assert re.search(
        r"Ward A Day everybody 365 22 ▼ 343 Wed 1 Jul ?, Thu 2 Jul ?, .* Sun 12 Jul 331 more Mon 13 Jul ?,", words
    )
    first = "/p/internal-medicine/schedules/1/block/2026-07-01/WA/D/"
    assert f'<a href="{first}" aria-label="Why Ward A, day, is short on Wed 1 Jul">Wed 1 Jul</a>' in html
    assert owner.get(first).status_code == 200
    readers = read(colleague, PAGE)
    assert "/block/" not in readers
    assert "Wed 1 Jul, Thu 2 Jul" in text(readers)


def test_a_block_whose_code_no_address_can_hold_is_named_without_a_link(wards, owner, read):
    """Codes of before they were checked."""
    wards.ward.code = "A/M"
    wards.ward.save()
    html = read(owner, PAGE)
    assert "Wed 1 Jul, Thu 2 Jul" in text(html)
    assert "/block/" not in html


def test_a_block_held_by_somebody_on_leave_is_missed_and_leads_to_its_explanation(wards, owner, colleague, read):
    Absence.objects.create(
        person=wards.people[0], kind="sick", status="approved", start_date=date(2026, 11, 3), end_date=date(2026, 11, 3)
    )
    wards.schedule.assignments.filter(person=wards.people[2]).delete()
    html = read(owner, PAGE)
    assert "1 of those missing is given to somebody who is on leave then." in text(html)
    block = "/p/internal-medicine/schedules/1/block/2026-11-03/WA/D/"
    assert re.search(f'<a href="{block}"[^>]*>Tue 3 Nov</a> \\(1 on leave\\)', html)
    assert "▼ 1 missing" in read(owner, block)
    assert "Tue 3 Nov (1 on leave)" in text(read(colleague, PAGE))


def test_wishes_and_leave_are_counted_for_all_and_named_for_schedulers(wards, owner, colleague, read):
    one, other, _ = wards.people
    for day in (1, 3):  # works on the 1st, wants to be off; is free on the 6th
        Preference.objects.create(
            academic_year=wards.year,
            person=one,
            wants=False,
            start_date=date(2026, 11, 1 if day == 1 else 6),
            end_date=date(2026, 11, 1 if day == 1 else 6),
        )
    for kind, status in (("sick", "approved"), ("vacation", "denied"), ("vacation", "requested")):
        Absence.objects.create(
            person=other, kind=kind, status=status, start_date=date(2027, 1, 4), end_date=date(2027, 1, 5)
        )
    mine, theirs = text(read(owner, PAGE)), text(read(colleague, PAGE))
    for words in (mine, theirs):
        assert "1 of 2 wishes are granted, 1 refused." in words
        assert "1 of 3 requests of leave are granted, 1 refused, 1 still to be decided." in words
    assert "Wishes refused Resident 000 did not want to work any shift, 1 Nov." in mine
    assert "Vacation 0 1 1 Sick 1 0 0" in mine
    assert not re.search("Resident 000 did not|Sick|Vacation", theirs)


def test_musts_are_told_with_their_clause_and_how_many_were_checked(wards, owner, read):
    words = text(read(owner, PAGE))
    assert "0 musts broken, of 3 residents checked by ACGME Common Program Requirements 2025" in words
    for day in range(8, 31):
        if not wards.schedule.assignments.filter(person=wards.people[0], block__date=date(2026, 11, day)).exists():
            work(wards.schedule, wards.people[0], date(2026, 11, day), wards.day, wards.ward)
    wards.schedule.bump()
    words = text(read(owner, PAGE))
    assert re.search(r"✕ \d+ must", words)
    assert "ACGME 2025, 6.21.a" in words
    assert "0 musts broken" not in words


def test_the_check_is_kept_as_long_as_schedule_and_rules_are_the_same(wards, owner, read, monkeypatch):
    calls: list[Schedule] = []

    def check(schedule: Schedule) -> list[Verdict]:
        calls.append(schedule)
        return []

    monkeypatch.setattr(duty_hours, "check", check)
    read(owner, PAGE)
    read(owner, PAGE)
    assert len(calls) == 1
    wards.schedule.bump()
    read(owner, PAGE)
    assert len(calls) == 2
    wards.program.rule_settings = {"rules": {"consecutive_days": {"limit": 5}}}
    wards.program.save()
    read(owner, PAGE)
    assert len(calls) == 3


def test_the_gap_is_told_in_requests(wards, owner, colleague, read):
    run_of(wards.schedule)
    for client in (owner, colleague):
        words = text(read(client, PAGE))
        assert "No schedule can do better by more than 12 requests" in words
        assert "each given those made before it" in words
        assert "(23.90 %)" in words
        assert "was changed after" not in words


def test_a_gap_below_a_request_and_a_run_without_a_bound(wards, owner, read):
    run = run_of(wards.schedule, objective=380.55)
    assert "No schedule can do better by even one request" in text(read(owner, PAGE))
    GenerationRun.objects.filter(pk=run.pk).update(bound=None)
    assert "The last generation has no proven bound." in text(read(owner, PAGE))
    GenerationRun.objects.all().delete()
    assert "This version was never generated" in text(read(owner, PAGE))


def test_it_says_when_the_schedule_was_changed_since(wards, owner, read):
    run_of(wards.schedule)
    wards.schedule.bump()
    assert "or leave in its days, was changed after its generation" in text(read(owner, PAGE))
    GenerationRun.objects.update(revision=None)
    assert "is not known; these figures are of what was generated then" in text(read(owner, PAGE))


def test_each_persons_work_beside_the_fair_share_by_level(wards, owner, colleague, read):
    for client in (owner, colleague):
        html = read(client, PAGE)
        assert re.findall(r'<h3 id="group-\d">(.*?) <', html) == ["PGY-1", "PGY-2", "PGY-3"]
        assert "Resident 000 4 of 4 0 " in text(html)
    assert html.count('<svg class="share"') == 3 * 4  # nights, weekends, holidays, hours; nobody is on backup
    assert " style=" not in html


def test_the_best_spread_is_asked_for_and_shown_while_it_is_of_this_revision(wards, owner, colleague, read):
    html = read(owner, PAGE)
    assert '<input type="hidden" name="kind" value="spread">' in html
    assert "best spread" not in read(colleague, PAGE)
    asked = owner.post("/p/internal-medicine/schedules/1/ask/", {"kind": "spread"})
    inquiry = Inquiry.objects.get()
    assert (inquiry.kind, inquiry.parameters, asked["Location"]) == (
        "spread",
        {},
        f"/p/internal-medicine/inquiries/{inquiry.pk}/",
    )
    assert f'href="/p/internal-medicine/inquiries/{inquiry.pk}/"' in read(owner, PAGE)
    best = {"group": "PGY-1", "measure": "nights", "spread": 0.0, "bound": 1.2, "people": 2}
    Inquiry.objects.update(status="succeeded", answer={"spreads": [best]})
    for client in (owner, colleague):
        assert "Apart by 0 0 0 0 Never below 1.2 – – –" in text(read(client, PAGE))
    assert "PGY-1 nights 0 1.2 2" in text(read(owner, f"/p/internal-medicine/inquiries/{inquiry.pk}/"))
    wards.schedule.bump()
    assert "Never below" not in read(owner, PAGE)


def test_without_a_roster_it_says_what_comes_here(wards, owner, read):
    draft = make_schedule(wards.year)
    html = read(owner, PAGE.replace("/1/", f"/{draft.number}/"))
    assert "No roster in this version yet" in html
    assert f'href="/p/internal-medicine/schedules/{draft.number}/#generate"' in html


def test_wrong_settings_are_told_in_words(wards, owner, read):
    wards.program.rule_settings = {"prices": {"roster": {"night": -1}}}
    wards.program.save()
    assert "prices.roster.night is -1; a number from 0 was expected." in text(read(owner, PAGE))


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries(people):
    wards = make_wards(people)
    make_program("Other")
    run_of(wards.schedule)
    clients = coordinator_of(wards), resident_of(wards)
    found = []
    for client in clients:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        found.append(len(captured))
    assert found == [36 + STAMP, 34]


def test_a_copy_is_measured_by_the_run_of_what_it_was_copied_from(wards, owner, read):
    run = {"status": "succeeded", "progress": 100, "objective": 130.0, "bound": 100.0}
    GenerationRun.objects.create(schedule=wards.schedule, revision=wards.schedule.revision, **run)
    owner.post("/p/internal-medicine/schedules/1/copy/", {})
    html = read(owner, "/p/internal-medicine/schedules/2/proof/")
    assert "3 requests" in html
    assert "changed since" in html
