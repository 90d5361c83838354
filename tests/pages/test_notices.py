"""Notices: a user's own, newest first, counted on every page until they are read."""

import re
from datetime import timedelta

import pytest

from people.models import Notice, User
from people.notices import Word, tell, tell_each
from tests.factories import make_program, make_user
from tests.pages.conftest import NOON, sign_in
from tests.pages.test_versions import text

Kind = Notice.Kind


@pytest.fixture
def told(wards, colleague):
    """The colleague is told of a change."""
    user = wards.people[0].user
    tell(
        users=[user, user],
        program=wards.program,
        kind=Kind.SCHEDULE,
        subject="Your schedule changed",
        lines=["You work."],
        url="/my/",
    )
    Notice.objects.update(created_at=NOON - timedelta(hours=1))
    return user


def test_each_user_sees_their_own(told, owner, colleague, client, read):
    html = read(colleague, "/notices/")
    assert '<a href="/my/">Your schedule changed</a>' in html
    assert "Today Your schedule changed new You work. 11:00 Internal Medicine Mark as read" in text(html)
    assert "Nothing yet" in read(owner, "/notices/")
    assert client.get("/notices/").url == "/sign-in/?next=/notices/"


def test_each_is_told_in_the_time_of_its_program(told, wards, colleague, read):
    other = make_program("Surgery", time_zone="America/Los_Angeles")
    tell(users=[told], program=other, kind=Kind.SCHEDULE, subject="Another change", url="/my/")
    Notice.objects.update(created_at=NOON)
    assert re.findall(r"\d\d:\d\d [A-Z]\w+", text(read(colleague, "/notices/"))) == ["09:00 Surgery", "12:00 Internal"]


def test_they_stand_under_their_days(told, wards, colleague, read):
    for hours in (24, 48, 24 * 320):
        tell(users=[told], program=wards.program, kind=Kind.REQUEST, subject=f"{hours} h", url="/my/")
        Notice.objects.filter(subject=f"{hours} h").update(created_at=NOON - timedelta(hours=hours))
    assert re.findall(r'<h2 id="day-\d">([^<]+)</h2>', read(colleague, "/notices/")) == [
        "Today",
        "Yesterday",
        "Sun 1 November",
        "Thu 18 December 2025",
    ]


def test_which_days_are_in_the_heading(told, wards, colleague, read):
    tell_each([Word(told, wards.program, Kind.SCHEDULE, "Your schedule changed", "/my/", about="Sat 7 Nov, night")])
    assert '<a href="/my/">Your schedule changed: Sat 7 Nov, night</a>' in read(colleague, "/notices/")


def test_one_is_marked_as_read_and_one_comes_back_to_the_same_page(told, wards, colleague):
    tell(users=[told], program=wards.program, kind=Kind.SCHEDULE, subject="Another", url="/my/")
    one, other = Notice.objects.order_by("pk")
    assert colleague.get(f"/notices/{one.pk}/read/").url == "/notices/"
    response = colleague.post(f"/notices/{one.pk}/read/", {"next": "/notices/?page=2"})
    assert response.url == "/notices/?page=2"
    assert colleague.post(f"/notices/{one.pk}/read/", {"next": "https://elsewhere.org/"}).url == "/notices/"
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.read_at, other.read_at) == (NOON, None)


def test_nobody_marks_somebody_elses(told, owner, stranger, client):
    page = f"/notices/{Notice.objects.get().pk}/read/"
    assert [each.post(page).url for each in (owner, stranger)] == ["/notices/", "/notices/"]
    assert client.post(page).url == f"/sign-in/?next={page}"
    assert Notice.objects.get().read_at is None


def test_they_are_counted_on_every_page_until_read(told, colleague, read):
    count = '<b class="count">1<span class="vh"> unread</span></b>'
    assert count in read(colleague, "/p/internal-medicine/year/")
    assert colleague.get("/notices/read/").url == "/notices/"
    assert count in read(colleague, "/notices/")  # by GET nothing is changed
    colleague.post("/notices/read/")
    assert 'class="count"' not in read(colleague, "/notices/")
    assert Notice.objects.get().read_at == NOON


def test_reading_is_for_oneself(told, owner):
    owner.post("/notices/read/")
    assert Notice.objects.get().read_at is None


def test_who_has_left_is_not_told(wards):
    gone = make_user("gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    assert tell(users=[gone], program=wards.program, kind=Kind.SCHEDULE, subject="A", url="/my/") == 0
    assert not Notice.objects.exists()


@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_number_of_queries(wards, count, django_assert_num_queries):
    user = make_user("reader")
    user.programs.add(wards.program)
    for number in range(count):
        tell(users=[user], program=wards.program, kind=Kind.SCHEDULE, subject=f"Change {number}", url="/my/")
    client = sign_in(user)
    with django_assert_num_queries(6):
        assert client.get("/notices/").status_code == 200
