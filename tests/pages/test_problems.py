"""The problems of a version: their page, the list beside the grids, and the counts of the strip."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.models import Program
from scheduling.models import Assignment, Curriculum, Schedule, Staffing
from scheduling.services import edit
from scheduling.services.changes import Change
from scheduling.services.live_problems import problems_of
from tests.factories import Wards, make_staffing, make_wards, work
from tests.pages.conftest import coordinator_of

pytestmark = pytest.mark.django_db
HOME = "/p/internal-medicine/"
PROBLEMS = f"{HOME}schedules/1/problems/"
HTMX = {"HX-Request": "true"}
MONDAY = date(2026, 11, 2)
DAY = timedelta(days=1)
RUN = "Resident 000 works 13 days in a row, 2 to 14 Nov; 12 are the most."


@pytest.fixture
def bare(wards: Wards) -> Wards:
    """Nobody works, and nothing is asked for."""
    Assignment.objects.all().delete()
    Staffing.objects.all().delete()
    Curriculum.objects.all().delete()
    return wards


@pytest.fixture
def thirteen(bare: Wards) -> Wards:
    """The first resident works 13 days in a row, which the program forbids."""
    for number in range(13):
        work(bare.schedule, bare.people[0], MONDAY + number * DAY, bare.day, bare.ward)
    return bare


def lines(html: str) -> list[str]:
    """The lines of the list, in words."""
    found = re.findall(r'<li class="problem .*?</li>', html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", line)).split()) for line in found]


def links(html: str) -> list[str]:
    found = re.findall(r'<li class="problem .*?<a href="(.*?)"', html, re.DOTALL)
    return [unescape(link) for link in found]


def counts(html: str) -> list[str]:
    (span,) = re.findall(r'<span id="problem-counts".*?\n</span>', html, re.DOTALL)
    return [" ".join(words.split()) for words in re.findall(r">([^<>]+)</a>", span)]


def listed(client: Client, query: str = "") -> str:
    response = client.get(PROBLEMS + query, headers=HTMX)
    assert response.status_code == 200
    return response.content.decode()


def test_only_those_who_make_schedules_see_them(owner, colleague, stranger) -> None:
    assert owner.get(PROBLEMS).status_code == 200
    assert colleague.get(PROBLEMS).status_code == 404
    assert stranger.get(PROBLEMS).status_code == 404
    assert Client().get(PROBLEMS).status_code == 302
    assert owner.get(f"{HOME}schedules/99/problems/").status_code == 404


def test_without_problems_it_says_so(bare, owner, read) -> None:
    html = read(owner, PROBLEMS)
    assert "None: every rule is kept, everything is staffed, nobody is owed anything." in html
    assert counts(html) == ["No problems"]


def test_a_line_says_what_when_by_which_rule_and_leads_to_the_cell(thirteen, owner, read) -> None:
    html = read(owner, PROBLEMS)
    assert lines(html) == [f"✕ {RUN} Days worked in a row (program rule) 2 to 14 Nov"]
    assert links(html) == [f"{HOME}month/2026-11/?schedule=1#c{thirteen.people[0].pk}:2026-11-02"]
    assert counts(html) == ["✕ 1 must"]


def test_what_is_short_leads_to_the_day_and_to_those_who_could_take_it(bare, owner) -> None:
    make_staffing(bare.program, "Ward", bare.ward, shift_type=bare.night, weekdays=[5], fewest=1)
    Schedule.objects.update(start_date=MONDAY, end_date=MONDAY + 6 * DAY)
    make_staffing(bare.program, "Ward", bare.icu, fewest=3, first_period=5, last_period=5)
    html = listed(owner)
    assert lines(html) == [
        "▼ Intensive care has 1 of 3 people in period 5 (21 Oct to 17 Nov). 21 Oct to 17 Nov",
        "▼ Nobody covers Ward A on Sat 7 Nov, night. Sat 7 Nov Why? Nobody covers Ward A on Sat 7 Nov, night.",
    ]
    assert links(html) == [f"{HOME}year/?schedule=1#p5", f"{HOME}month/2026-11/?schedule=1#d2026-11-07"]
    assert f'href="{HOME}schedules/1/block/2026-11-07/WA/N/"' in html
    assert counts(html) == ["▼ 2 missing"]


def test_a_reason_is_listed_lower_and_counted_nowhere(thirteen, owner) -> None:
    Assignment.objects.filter(block__date=MONDAY + 12 * DAY).update(override="Nobody else was there")
    html = listed(owner)
    assert lines(html) == [
        f"△ {RUN} Overridden, because: Nobody else was there Days worked in a row (program rule) 2 to 14 Nov"
    ]
    assert "Overridden, with a reason" in html
    assert counts(html) == ["No problems"]


def test_the_list_beside_a_grid_changes_only_the_place_in_its_page(thirteen, owner) -> None:
    cell = f"#c{thirteen.people[0].pk}:2026-11-02"
    month = f"{HOME}month/2026-11/"
    assert links(listed(owner, "?view=month&at=2026-11&state=")) == [month + cell]
    assert links(listed(owner, "?view=month&at=2026-11&state=%3Fschedule%3D1")) == [f"{month}?schedule=1{cell}"]
    # Elsewhere, and where a filter may hide the row, it leads to the page without filters.
    assert links(listed(owner, "?view=month&at=2026-12&state=")) == [f"{month}?schedule=1{cell}"]
    assert links(listed(owner, "?view=month&at=2026-11&state=%3Flevel%3D2")) == [f"{month}?schedule=1{cell}"]


def test_the_whole_page_is_for_a_request_without_htmx(thirteen, owner, read) -> None:
    assert "<html" in read(owner, PROBLEMS)
    html = listed(owner)
    assert "<html" not in html
    assert '<span id="problem-counts" hx-swap-oob="true">' in html


def test_filters_by_kind_and_by_this_month_only(thirteen, owner) -> None:
    make_staffing(thirteen.program, "Ward", thirteen.ward, shift_type=thirteen.night, weekdays=[0], fewest=1)
    html = listed(owner, "?kind=broken")
    assert len(lines(html)) == 1
    assert 'Problems <span class="number">1 of 53</span>' in html
    assert len(lines(listed(owner, "?kind=broken&at=2026-11&only=on"))) == 1
    assert len(lines(listed(owner, "?at=2026-11&only=on"))) == 6  # with the nights of five Mondays
    html = listed(owner, "?kind=broken&at=2026-12&only=on")
    assert lines(html) == []
    assert "None of this kind in December; 53 in all." in html
    assert counts(html) == ["✕ 1 must", "▼ 52 missing"]  # whatever is shown
    assert len(lines(listed(owner, "?only=on"))) == 51  # no month is known: as if it were not asked for


@pytest.mark.parametrize("query", ["?kind=nonsense", "?at=2026-13", "?at=x&only=on", "?view=day", "?whole=nonsense"])
def test_what_is_not_understood_is_left_out(thirteen, owner, query) -> None:
    assert len(lines(listed(owner, query))) == 1


def test_long_lists_are_cut_and_shown_whole_when_asked(bare, owner) -> None:
    make_staffing(bare.program, "Ward", bare.ward, shift_type=bare.night, weekdays=[0], fewest=1)
    html = listed(owner, "?at=2026-11")
    assert len(lines(html)) == 50
    assert "50 of 52 are shown." in html
    assert f'href="{PROBLEMS}?at=2026-11&amp;whole=unstaffed"' in html
    whole = listed(owner, "?at=2026-11&whole=unstaffed")
    assert len(lines(whole)) == 52
    assert "are shown." not in whole
    assert '<input type="hidden" name="whole" value="unstaffed"' in whole  # the next refresh shows all of it too


def test_wrong_settings_are_said(bare, owner, read) -> None:
    Program.objects.update(rule_settings={"rules": {"nonsense": {}}})
    html = read(owner, PROBLEMS)
    assert "&#x27;nonsense&#x27; is not a rule that a program can set" in html
    assert counts(html) == ["Problems"]
    assert "None: every rule is kept" not in html


def test_drafts_and_archived_versions_have_theirs(thirteen, owner) -> None:
    for status in Schedule.Status.values:
        Schedule.objects.update(status=status)
        assert len(lines(listed(owner))) == 1


# The strip


@pytest.mark.parametrize("page", ["year/", "month/2026-11/"])
def test_beside_a_grid_the_list_loads_itself_after_every_edit(thirteen, owner, read, page) -> None:
    html = read(owner, HOME + page)
    view = "view=month&amp;at=2026-11" if "month" in page else "view=year"
    assert f'<div id="problems-panel" hx-get="{PROBLEMS}?{view}&amp;state="' in html
    assert 'hx-trigger="load, calendar:edited from:body"' in html
    assert counts(html) == ["Problems"]  # not known yet; the list brings them
    assert f'<form id="problems-filter" class="tail" action="{PROBLEMS}">' in html  # without scripts: a button


def test_the_strip_shows_what_is_known_and_asks_for_what_is_not(thirteen, owner, read) -> None:
    page = f"{HOME}day/2026-11-03/"
    html = read(owner, page)
    assert counts(html) == ["Problems"]
    assert f'hx-get="{PROBLEMS}?counts=1" hx-trigger="load"' in html
    asked = listed(owner, "?counts=1")
    assert counts(asked) == ["✕ 1 must"]
    assert "hx-get" not in asked
    assert lines(asked) == []
    assert counts(read(owner, page)) == ["✕ 1 must"]
    held = Assignment.objects.get(block__date=MONDAY)
    edit.change(
        schedule=thirteen.schedule, user=None, changes=[Change(held.person_id, MONDAY, "D", held.rotation.code, None)]
    )
    assert counts(read(owner, page)) == ["Problems"]
    assert counts(listed(owner, "?counts=1")) == ["No problems"]
    assert counts(read(owner, page)) == ["No problems"]


def test_the_morning_page_says_what_is_known_of_the_draft(draft, read) -> None:
    owner = coordinator_of(draft)
    assert " must, " not in read(owner, HOME)
    missing = dict(problems_of(draft.schedule).severities)["missing"]
    assert f"0 must, {missing} missing" in read(owner, HOME)


def test_readers_have_no_counts(thirteen, colleague, read) -> None:
    html = read(colleague, f"{HOME}month/2026-11/")
    assert "problem-counts" not in html
    assert "problems-panel" not in html


@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries(people: int) -> None:
    wards = make_wards(people)
    client = coordinator_of(wards)

    def queries(**headers: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PROBLEMS, headers=headers).status_code == 200
        return len(captured)

    assert queries(**HTMX) == (56 if connection.vendor == "postgresql" else 54)
    assert queries(**HTMX) == 5
    assert queries() == 8
