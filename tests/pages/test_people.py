"""The list of people."""

import re

import pytest

from people.models import Person
from tests.factories import make_person, make_program

PAGE = "/p/internal-medicine/people/"


def names(html: str) -> list[str]:
    return re.findall(r'<th scope="row">(.*?)(?: <span|</th>)', html)


@pytest.fixture
def teacher(wards):
    return make_person(wards.program, "Dr. Teacher", None, email="t@example.org", code="zz")


def test_everybody_by_name(teacher, owner, read):
    html = read(owner, PAGE)
    assert names(html) == ["Dr. Teacher", "Resident 000", "Resident 001", "Resident 002"]
    assert "4 people" in html
    assert '<a href="mailto:t@example.org">t@example.org</a>' in html


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("?type=faculty", ["Dr. Teacher"]),
        ("?level=2", ["Resident 001"]),
        ("?name=RESIDENT+002", ["Resident 002"]),
        ("?type=faculty&level=1", []),
        ("?sort=-name", ["Resident 002", "Resident 001", "Resident 000", "Dr. Teacher"]),
        ("?sort=code", ["Resident 000", "Resident 001", "Resident 002", "Dr. Teacher"]),
        ("?sort=level&type=resident", ["Resident 000", "Resident 001", "Resident 002"]),
    ],
)
def test_filters_and_sorting(asked, found, teacher, owner, read):
    assert names(read(owner, PAGE + asked)) == found


def test_a_heading_turns_the_order_round_and_keeps_the_filter(teacher, owner, read):
    html = read(owner, f"{PAGE}?type=resident&sort=name")
    assert 'aria-sort="ascending"' in html
    assert 'href="?type=resident&amp;sort=-name"' in html


def test_who_has_left_is_shown_on_request(wards, teacher, owner, read):
    wards.people[0].is_active = False
    wards.people[0].save()
    assert "Resident 000" not in names(read(owner, PAGE))
    assert "Resident 000" in names(read(owner, f"{PAGE}?inactive=on"))


def test_fifty_on_a_page(wards, owner, read):
    Person.objects.bulk_create(
        Person(program=wards.program, name=f"Z {n:02}", code=f"z{n}", pgy_level=1) for n in range(60)
    )
    assert len(names(read(owner, PAGE))) == 50
    html = read(owner, f"{PAGE}?page=2&level=1")
    assert len(names(html)) == 11
    assert 'href="?page=1&amp;level=1" rel="prev"' in html
    assert "61 people" in html


def test_a_level_that_is_none(owner, read):
    assert "Ensure this value is greater than or equal to 1." in read(owner, f"{PAGE}?level=0")


def test_nobody_yet_and_nobody_fits(wards, owner, read):
    assert "Nobody matches" in read(owner, f"{PAGE}?name=Nobody")
    wards.schedule.assignments.all().delete()
    wards.program.people.all().delete()
    assert "manage.py import_program FOLDER" in read(owner, PAGE)


def test_what_stands_in_a_row_is_escaped(wards, owner, read):
    hostile = '<b>"&'
    make_person(wards.program, hostile, code=hostile, track=hostile, cohort=hostile, email='"a"@b.org', phone=hostile)
    row = next(row for row in read(owner, PAGE).split("<tr>") if "mailto:&quot;a&quot;@b.org" in row)
    assert row.count("&lt;b&gt;&quot;&amp;") == 6
    assert "<b>" not in row


@pytest.mark.parametrize("asked", ["", "?type=faculty", "?name=Nobody", "?level=2&sort=-cohort"])
def test_all_levels_can_be_asked_for(asked, wards, teacher, owner, read):
    """Also those of people who are not listed, such as who has left."""
    make_person(wards.program, "Gone", 7, is_active=False)
    make_person(make_program("Surgery"), "Elsewhere", 5)
    options = re.findall(
        r'<option value="(\w*)"', read(owner, PAGE + asked).split('name="level"')[1].split("</select>")[0]
    )
    assert options == ["", "1", "2", "3", "7"]


def test_nobody_has_a_level(wards, owner, read):
    wards.program.people.update(pgy_level=None, type="faculty")
    assert read(owner, PAGE).split('name="level"')[1].split("</select>")[0].count("<option") == 1
