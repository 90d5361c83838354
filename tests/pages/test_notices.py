"""Notices: a user's own, newest first, counted on every page until they are read."""

import re
from datetime import timedelta

import pytest

from people.models import Notice, User
from people.notices import tell
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
    assert "Your schedule changed new You work. Tue 3 Nov, 11:00 Internal Medicine" in text(html)
    assert "Nothing yet" in read(owner, "/notices/")
    assert client.get("/notices/").url == "/sign-in/?next=/notices/"


def test_each_is_told_in_the_time_of_its_program(told, wards, colleague, read):
    other = make_program("Surgery", time_zone="America/Los_Angeles")
    tell(users=[told], program=other, kind=Kind.SCHEDULE, subject="Another change", url="/my/")
    Notice.objects.update(created_at=NOON)
    assert re.findall(r"Tue 3 Nov, \d\d:\d\d [A-Z]\w+", text(read(colleague, "/notices/"))) == [
        "Tue 3 Nov, 09:00 Surgery",
        "Tue 3 Nov, 12:00 Internal",
    ]


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
