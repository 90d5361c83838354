"""The month grid: what its cells, counters and filters say."""

import re
from datetime import date, time

import pytest

from scheduling.models import ShiftType
from tests.factories import make_day_shift, make_person, make_rotation, make_schedule, make_staffing, work

MONTH = "/p/internal-medicine/month/2026-11/"


def row(html: str, name: str) -> list[str]:
    """The texts of a row's cells, without what is for screen readers only."""
    found = re.search(rf'<tr[^>]*><th scope="row"[^>]*>{re.escape(name)}</th>(.*?)</tr>', html)
    assert found, name
    cells = re.findall(r"<td[^>]*>(.*?)</td>", found[1])
    return [re.sub(r"<[^>]+>", "", re.sub(r'<span class="vh">.*?</span>', "", cell)) for cell in cells]


def cell(html: str, name: str, day: int) -> str:
    """The HTML of one cell."""
    found = re.search(rf'<tr[^>]*><th scope="row"[^>]*>{re.escape(name)}</th>(.*?)</tr>', html)
    assert found, name
    cells: list[str] = re.findall(r"<td[^>]*>.*?</td>", found[1])
    return cells[day - 1]


def test_a_row_shows_days_nights_and_the_day_after(owner, read):
    cells = row(read(owner, MONTH), "Resident 000")
    assert cells[:9] == ["WA", "WA", "WA", "WA", "WA", "post", "", "", "WA"]
    html = cell(read(owner, MONTH), "Resident 000", 5)
    assert '<span class="chip r1 night" title="Ward A, Night">WA<span class="vh">, night</span></span>' in html


def test_an_evening_that_ends_at_midnight_is_no_night(wards, owner, read):
    evening = ShiftType.objects.create(
        program=wards.program, name="Evening", code="E", start_time=time(16), hours=8, position=3
    )
    resident = make_person(wards.program, "Late Resident", 1)
    work(wards.schedule, resident, date(2026, 11, 3), evening, wards.ward)
    assert row(read(owner, MONTH), "Late Resident")[2:4] == ["WA", ""]


def test_a_row_ends_with_nights_weekends_and_hours(owner, read):
    # 16 days and 4 nights of 12 hours in 30 days; on Sun 1, Sat 21, Sat 28 and Sun 29 November.
    assert row(read(owner, MONTH), "Resident 000")[30:] == ["4", "3", "56"]


def test_days_of_leave_are_hatched_and_leave_the_average(wards, owner, read):
    wards.people[0].absences.create(start_date="2026-11-06", end_date="2026-11-08", kind="vacation", status="approved")
    wards.people[0].absences.create(start_date="2026-11-22", end_date="2026-11-23", kind="sick", status="requested")
    cells = row(read(owner, MONTH), "Resident 000")
    assert cells[5:8] == ["V", "V", "V"]
    assert cells[21:23] == ["post", ""]
    assert cells[30:] == ["4", "3", "62"]


def test_staffing_is_counted_below(owner, read):
    html = read(owner, MONTH)
    ward = row(html, "WA day")
    assert ward[:6] == ["2", "2", "1", "1", "▼0", "▼0"]
    assert 'title="0 of 1 or more">▼0<span class="vh">, 1 short</span>' in html
    assert row(html, "ICU day")[:5] == ["1", "1", "1", "0", "0"]
    assert row(html, "Missing")[:6] == ["0", "0", "0", "0", "▼1", "▼1"]


def test_too_many_are_marked(wards, owner, read):
    work(wards.schedule, make_person(wards.program, "Extra", 1), date(2026, 11, 1), wards.day, wards.icu)
    html = read(owner, MONTH)
    assert row(html, "ICU day")[0] == "▲2"
    assert 'title="2 of 0 to 1">▲2<span class="vh">, 1 over</span>' in html


def test_faculty_and_backups_fill_no_place_of_a_resident(wards, owner, read):
    backup = make_day_shift(wards.program, name="Jeopardy", code="J", duty=ShiftType.Duty.BACKUP, position=3)
    make_staffing(wards.program, "Jeopardy", wards.ward, shift_type=backup)
    make_staffing(wards.program, "Teachers", wards.ward, shift_type=wards.day, levels=[0])
    teacher = make_person(wards.program, "Dr. Teacher", None)
    work(wards.schedule, teacher, date(2026, 11, 5), wards.day, wards.ward, role="supervising")
    work(wards.schedule, wards.people[1], date(2026, 11, 6), wards.day, wards.ward, role="backup")
    work(wards.schedule, wards.people[1], date(2026, 11, 7), backup, wards.ward, role="backup")
    html = read(owner, MONTH)
    assert row(html, "WA day")[4:6] == ["▼0", "▼0"]
    assert row(html, "WA day, Faculty")[3:6] == ["▼0", "1", "▼0"]
    assert row(html, "WA jeopardy")[5:8] == ["▼0", "1", "▼0"]


def test_pinned_supervising_and_home_call_are_said_in_words(wards, owner, read):
    home_call = make_day_shift(wards.program, name="Home call", code="HC", duty=ShiftType.Duty.HOME_CALL, position=3)
    teacher = make_person(wards.program, "Dr. Teacher", None)
    work(wards.schedule, teacher, date(2026, 11, 3), wards.day, wards.ward, role="supervising", is_pinned=True)
    work(wards.schedule, teacher, date(2026, 11, 4), home_call, wards.ward)
    html = read(owner, MONTH)
    assert '>WA<span class="vh">, supervising, pinned</span>' in cell(html, "Dr. Teacher", 3)
    assert "chip r1 pinned" in cell(html, "Dr. Teacher", 3)
    assert "chip r1 reachable" in cell(html, "Dr. Teacher", 4)
    assert row(html, "Dr. Teacher")[30:] == ["0", "0", "3"]


def test_morning_and_afternoon_are_one_chip_and_two_rotations_two(wards, owner, read):
    clinic = make_rotation(wards.program, "CL", "Clinic", colour=6)
    morning = make_day_shift(wards.program, name="Morning", code="AM", hours=4, position=3)
    afternoon = make_day_shift(wards.program, name="Afternoon", code="PM", hours=4, start_time="13:00", position=4)
    person = make_person(wards.program, "Clinician", 2)
    for day, second in ((2, clinic), (3, wards.ward)):
        work(wards.schedule, person, date(2026, 11, day), morning, clinic)
        work(wards.schedule, person, date(2026, 11, day), afternoon, second)
    html = read(owner, MONTH)
    assert row(html, "Clinician")[1:3] == ["CL", "CLWA"]
    assert '<span class="pair">' in cell(html, "Clinician", 3)


def test_people_are_in_groups_by_level_faculty_last(wards, owner, read):
    make_person(wards.program, "Aardvark", None)
    html = read(owner, MONTH)
    assert re.findall(r'scope="rowgroup"><span>(.*?)</span>', html) == [
        "PGY-1 · 1 person",
        "PGY-2 · 1 person",
        "PGY-3 · 1 person",
        "Faculty · 1 person",
        "Staffing by day",
    ]


def test_a_promotion_does_not_change_a_past_month(wards, owner, read):
    person = wards.people[0]
    person.standings.create(from_date="2026-07-01", pgy_level=1)
    person.standings.create(from_date="2027-07-01", pgy_level=2)
    person.pgy_level = 2
    person.save()
    assert "PGY-1 · 1 person" in read(owner, MONTH)


def test_headings_link_to_days_and_mark_today_and_holidays(owner, read):
    html = read(owner, MONTH)
    assert '<a href="/p/internal-medicine/day/2026-11-03/" aria-current="date">Tue<b>3</b></a>' in html
    assert '<th scope="col" title="Thanksgiving Day">' in html
    assert html.count('<col class="weekend">') == 9


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("?rotation=ICU", ["Resident 001"]),
        ("?level=3", ["Resident 002"]),
        ("?name=dent+000", ["Resident 000"]),
        ("?rotation=WA&level=1", ["Resident 000"]),
        ("?rotation=NONE", ["Resident 000", "Resident 001", "Resident 002"]),
    ],
)
def test_filters(asked, names, owner, read):
    html = read(owner, MONTH + asked)
    assert re.findall(r"<th scope=\"row\">(Resident \d+)", html) == names
    assert f"{len(names)} of 3 people" in html or len(names) == 3


def test_counters_below_do_not_change_with_the_filter(owner, read):
    assert row(read(owner, f"{MONTH}?level=3"), "WA day") == row(read(owner, MONTH), "WA day")


def test_a_filter_that_means_nothing_says_so(owner, read):
    assert "This program has no rotation NONE: everybody is shown." in read(owner, f"{MONTH}?rotation=NONE")
    assert "This program has no level 9: everybody is shown." in read(owner, f"{MONTH}?level=9")


def test_a_filter_that_nobody_fits(owner, read):
    assert "Nobody matches" in read(owner, f"{MONTH}?name=Nobody")


def test_links_keep_the_version_and_the_filter(owner, read):
    html = read(owner, f"{MONTH}?schedule=1&level=2")
    assert 'href="/p/internal-medicine/month/2026-12/?schedule=1&amp;level=2"' in html
    assert 'href="/p/internal-medicine/year/?schedule=1&amp;level=2"' in html
    assert 'href="/p/internal-medicine/day/2026-11-07/?schedule=1"' in html


def test_the_month_of_today(owner):
    assert owner.get("/p/internal-medicine/month/").url == MONTH


def test_a_month_without_a_roster_says_what_to_do(wards, owner, colleague, read):
    december = MONTH.replace("11", "12")
    assert "Days and nights appear once a roster is made" in read(colleague, december)
    make_schedule(wards.year)
    html = read(owner, f"{december}?schedule=2")
    assert "No roster in December yet" in html
    assert 'href="/p/internal-medicine/schedules/2/#generate">Generate…</a>' in html


def test_a_month_outside_the_version(owner, read):
    html = read(owner, "/p/internal-medicine/month/2030-01/?schedule=1")
    assert "January 2030 is outside this version" in html
    assert 'href="/p/internal-medicine/month/2026-07/?schedule=1"' in html


def test_a_month_that_nothing_covers(owner, colleague, read):
    page = "/p/internal-medicine/month/2030-01/"
    assert "No version covers these days yet" in read(owner, page)
    assert "Nothing is published for these days yet" in read(colleague, page)


def test_names_are_escaped(wards, owner, read):
    make_person(wards.program, "<b>Bold</b>", 1)
    html = read(owner, MONTH)
    assert "&lt;b&gt;Bold&lt;/b&gt;" in html
    assert "<b>Bold" not in html


def test_each_printed_page_says_program_version_and_date(owner, read):
    stamp = "Internal Medicine · Published 1 (2026–27) · printed Tue 3 Nov 2026"
    legend = "ICU Intensive care. Black: night; hatched: leave; corner: pinned; ▼ short, ▲ over."
    html = read(owner, MONTH)
    assert f'<tr class="stamp"><th colspan="34"><b>{stamp}</b>WA Ward A, {legend}</th></tr>' in html
