"""One's own month: what comes next, the agenda with who is on too, and the share of the work."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from people.models import Person, User
from scheduling.models import Assignment, Rotation
from scheduling.views import my
from tests.factories import Wards, make_person, make_schedule, make_user, work
from tests.pages.conftest import sign_in


def agenda(html: str) -> list[str]:
    """The days of the agenda in plain words, what is over first."""
    rows = re.findall(r'<li class="(?!week)[^"]*">(.*?)</li>', html.split("<main")[1], re.DOTALL)
    lines = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]
    return [line.removesuffix(" Why me?").removesuffix(" ·") for line in lines]


def card(html: str) -> str:
    found = re.search(r'<section class="now".*?</section>', html, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])).strip()


def test_now_and_next(wards, colleague, read):
    work(wards.schedule, wards.people[2], date(2026, 11, 3), wards.day, wards.ward)
    teacher = make_person(wards.program, "Dr. Teacher", None)
    work(wards.schedule, teacher, date(2026, 11, 3), wards.day, wards.ward, role="supervising")
    assert card(read(colleague, "/my/")) == (
        "Now, until 19:00 Ward A with Resident 002 · Dr. Teacher supervises then Ward A, Wed 4 Nov, day"
    )


def test_next_when_nothing_is_under_way(wards, colleague, read, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 7, 17, tzinfo=UTC))
    assert card(read(colleague, "/my/")) == (
        "Next: Mon 9 Nov, 07:00–19:00 Ward A with Resident 002 then Ward A, Tue 10 Nov, day"
    )


def test_the_agenda(wards, colleague, read):
    wards.people[0].absences.create(start_date="2026-11-07", end_date="2026-11-07", kind="jury-duty", status="approved")
    days = agenda(read(colleague, "/my/2026-11/"))
    assert days[:8] == [
        "Sun 1 WA Ward A 07:00–19:00 with Resident 002",
        "Mon 2 WA Ward A 07:00–19:00 with Resident 002",
        "Tue 3 WA Ward A 07:00–19:00",
        "Wed 4 WA Ward A 07:00–19:00",
        "Thu 5 WA Ward A, night 19:00–07:00",
        "Fri 6 Post-call, off",
        "Sat 7 J Jury duty",
        "Sun 8 Off",
    ]
    assert days[25] == "Thu 26 WA Ward A 07:00–19:00 with Resident 002"
    assert len(days) == 30


def test_what_is_over_is_folded_away(colleague, read):
    html = read(colleague, "/my/")
    assert "<summary>Earlier in November</summary>" in html
    folded, ahead = re.split(r"</details>\s*<ul", html.split("<main")[1])
    assert re.findall(r"<b>(\d+)</b>", folded)[-2:] == ["1", "2"]
    assert re.findall(r"<b>(\d+)</b>", ahead)[:2] == ["3", "4"]


def test_another_month_is_whole(colleague, read):
    html = read(colleague, "/my/2026-10/")
    assert "Earlier in" not in html
    assert "<h1>October 2026</h1>" in html
    assert 'href="/my/2026-09/" rel="prev"' in html
    assert len(agenda(html)) == 31


def test_the_share_of_the_work(wards, colleague, read):
    """Two of one level: 4 and 0 nights, 3 and 0 weekends, 56 and 0 hours; a half-timer owes a third of it."""
    make_person(wards.program, "Half", 1, part_time_share="0.5")
    html = read(colleague, "/my/2026-11/")
    assert "<b>56 h</b><small>a week, of 80; fair share 37</small>" in html
    assert "<b>4</b><small>nights; fair share 2.7</small>" in html
    assert "<b>3</b><small>weekends; fair share 2</small>" in html


def test_only_what_is_published_is_mine(wards, colleague, read):
    draft = make_schedule(wards.year)
    work(draft, wards.people[0], date(2026, 11, 8), wards.day, wards.icu)
    assert "Sun 8 Off" in agenda(read(colleague, "/my/"))


def test_nothing_published(wards, colleague, read):
    wards.schedule.status = "archived"
    wards.schedule.save()
    assert "Nothing is published for November 2026 yet" in read(colleague, "/my/")


def test_somebody_who_is_no_person_of_a_program(wards, owner, read):
    assert "You are not on a schedule" in read(owner, "/my/")


def test_faculty_have_one_too(wards, read):
    user = make_user("teacher", User.Role.FACULTY)
    make_person(wards.program, "Dr. Teacher", None, user=user)
    assert agenda(read(sign_in(user), "/my/2026-11/"))[0] == "Sun 1 Off"


def test_names_are_escaped(wards, colleague, read):
    hostile = '<b>"&'
    Rotation.objects.filter(pk=wards.ward.pk).update(name=hostile, code=hostile)
    Person.objects.filter(pk=wards.people[2].pk).update(name=hostile)
    teacher = make_person(wards.program, hostile, None)
    work(wards.schedule, teacher, date(2026, 11, 2), wards.day, wards.ward, role="supervising")
    row = read(colleague, "/my/2026-11/").split('<ul class="agenda"')[1].split("<b>2</b>")[1].split("</li>")[0]
    assert row.count("&lt;b&gt;&quot;&amp;") == 4
    assert "<b>" not in row


NOVEMBER = date(2026, 11, 1)


def main(client: Client, page: str = "/my/") -> str:
    cache.clear()
    return client.get(page).content.decode().split("<main")[1]


@pytest.mark.parametrize(
    "change",
    [
        lambda wards: work(wards.schedule, make_person(wards.program, "New", 2), NOVEMBER, wards.day, wards.ward),
        lambda wards: Person.objects.filter(pk=wards.people[2].pk).update(name="Somebody Else"),
        lambda wards: Rotation.objects.update(name="Renamed"),
        lambda wards: type(wards.day).objects.filter(pk=wards.day.pk).update(name="Morning", is_night=True),
        lambda wards: Assignment.objects.filter(person=wards.people[0]).update(is_pinned=True),
        lambda wards: Assignment.objects.filter(person=wards.people[0], block__date=NOVEMBER).delete(),
        lambda wards: make_person(wards.program, "Of the same level", 1),
        lambda wards: wards.people[0].absences.create(
            start_date="2026-11-07", end_date="2026-11-08", kind="vacation", status="approved"
        ),
        lambda wards: type(wards.program).objects.update(time_zone="America/Chicago"),
        lambda wards: type(wards.program).objects.update(slug="surgery"),
        lambda wards: type(wards.schedule).objects.update(number=7),
    ],
)
def test_what_is_remembered_is_what_it_would_be_made_anew(change: Callable[[Wards], object], wards, colleague):
    before = main(colleague)
    assert main(colleague) == before
    change(wards)
    after = main(colleague)
    my._SHOWN.clear()
    assert main(colleague) == after
    assert after != before


def test_it_turns_with_the_clock(colleague, monkeypatch):
    """At each hour of two days, the page as it is remembered is the one that would be made."""
    for hour in range(0, 48, 5):
        now = datetime(2026, 11, 4, 4, tzinfo=UTC) + timedelta(hours=hour)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        remembered = main(colleague)
        my._SHOWN.clear()
        assert main(colleague) == remembered


def test_two_of_one_level_see_their_own(wards, colleague):
    user = make_user("twin")
    twin = make_person(wards.program, "Twin", 1, user=user)
    work(wards.schedule, twin, NOVEMBER, wards.night, wards.icu)
    client = sign_in(user)
    for _ in range(2):
        assert "Intensive care, night" in main(client)
        assert "Intensive care" not in main(colleague)


def test_nobody_of_the_roster(wards, colleague):
    """A month that is published, of somebody who is not there yet, and one that nobody has planned."""
    Person.objects.filter(pk=wards.people[0].pk).update(start_date="2026-12-01")
    assert "Nothing is published for November 2026 yet" in main(colleague, "/my/2026-11/")
    assert "Nothing is published for May 2024 yet" in main(colleague, "/my/2024-05/")
