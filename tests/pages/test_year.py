"""The year grid: placements, leave, what is owed, staffing, and which version is shown."""

import re
from datetime import date

from scheduling.models import History
from tests.factories import make_curriculum, make_person, make_rotation, make_schedule, place
from tests.pages.conftest import coordinator_of, resident_of
from tests.pages.test_month import row

YEAR = "/p/internal-medicine/year/"


def test_a_row_shows_each_period_and_what_is_owed(owner, read):
    html = read(owner, YEAR)
    assert row(html, "Resident 000") == ["WA"] * 13 + ["ICU 1"]
    assert row(html, "Resident 001") == ["ICU"] * 13 + [""]
    assert 'title="Wed 1 Jul 2026 to Tue 28 Jul 2026"><b>1</b>1 Jul</th>' in html


def test_history_counts_where_the_curriculum_says_so(wards, owner, read):
    rule = wards.program.curriculum.get(fewest=1)
    History.objects.create(academic_year=wards.year, person=wards.people[0], rotation=wards.icu, periods=1)
    assert row(read(owner, YEAR), "Resident 000")[13] == "ICU 1"
    rule.counts_history = True
    rule.save()
    assert row(read(owner, YEAR), "Resident 000")[13] == ""


def test_who_is_there_for_half_a_year_owes_half(wards, owner, read):
    rule = wards.program.curriculum.get(fewest=1)
    rule.fewest = 4
    rule.save()
    make_person(wards.program, "Late", 1, start_date=date(2027, 1, 13))
    assert row(read(owner, YEAR), "Late")[13] == "ICU 1"  # 6 of 13 periods: 4 x 6 / 13, rounded down


def test_a_track_without_rows_of_its_own_owes_those_of_its_level(wards, owner, read):
    wards.people[0].track = "NEURO"
    wards.people[0].save()
    assert row(read(owner, YEAR), "Resident 000")[13] == "ICU 1"


def test_leave_for_most_of_a_period_is_leave_for_all_of_it(wards, owner, read):
    person = wards.people[0]
    wards.program.curriculum.filter(fewest=1).update(waived_on_leave=True)
    absence = person.absences.create(start_date="2026-07-01", end_date="2026-07-19", kind="sick", status="approved")
    html = read(owner, YEAR)  # 19 of 28 days: a part
    assert 'chip r1 part-leave" title="Ward A, partly sick"' in html
    assert (row(html, "Resident 000")[13], row(html, "WA")[0]) == ("ICU 1", "2")
    absence.end_date = date(2026, 7, 20)
    absence.save()
    html = read(owner, YEAR)
    assert 'chip r1 all-leave" title="Ward A, sick"' in html
    assert (row(html, "Resident 000")[13], row(html, "WA")[0]) == ("", "▼1")


def test_a_rotation_of_the_curriculum_has_a_line_whoever_is_there(wards, owner, read):
    clinic = make_rotation(wards.program, "CL", "Clinic", position=3)
    make_curriculum(wards.program, 2, clinic, fewest=0)
    make_rotation(wards.program, "EL", "Elective", position=4)
    html = read(owner, YEAR)
    assert row(html, "CL")[:13] == [""] * 13
    assert '<th scope="row" title="Elective">' not in html


def test_wrong_settings_leave_the_usual_rules_of_leave(wards, owner, read):
    wards.program.rule_settings = {"leave": {"whole_period_from": "much"}}
    wards.program.save()
    assert row(read(owner, YEAR), "Resident 000")[0] == "WA"


def test_leave_is_hatched_in_part_or_whole(wards, owner, read):
    person = wards.people[0]
    person.absences.create(start_date="2026-07-06", end_date="2026-07-12", kind="vacation", status="approved")
    person.absences.create(start_date="2026-07-29", end_date="2026-08-25", kind="parental", status="approved")
    html = read(owner, YEAR)
    assert 'chip r1 part-leave" title="Ward A, partly vacation">WA<span class="vh">, partly vacation</span>' in html
    assert 'chip r1 all-leave" title="Ward A, parental">WA<span class="vh">, parental</span>' in html


def test_staffing_is_counted_below_without_those_on_leave(wards, owner, read):
    html = read(owner, YEAR)
    assert row(html, "WA")[:2] == ["2", "2"]
    assert row(html, "ICU")[:2] == ["1", "1"]
    assert row(html, "Missing")[:2] == ["0", "0"]
    wards.people[0].absences.create(start_date="2026-07-29", end_date="2026-08-25", kind="sick", status="approved")
    html = read(owner, YEAR)
    assert row(html, "WA")[:3] == ["2", "▼1", "2"]
    assert row(html, "Missing")[:3] == ["0", "▼1", "0"]


def test_pinned_placements_have_a_corner(wards, owner, read):
    wards.schedule.rotation_assignments.filter(person=wards.people[0], period__number=2).update(is_pinned=True)
    html = read(owner, YEAR)
    assert html.count('chip r1 pinned" title="Ward A, pinned">WA<span class="vh">, pinned</span>') == 1


def test_filters(owner, read):
    assert re.findall(r'<th scope="row">(Resident \d+)', read(owner, f"{YEAR}?rotation=ICU")) == ["Resident 001"]
    assert re.findall(r'<th scope="row">(Resident \d+)', read(owner, f"{YEAR}?level=3")) == ["Resident 002"]
    assert "Nobody matches" in read(owner, f"{YEAR}?name=Nobody")


def test_readers_see_the_published_version_and_schedulers_may_ask_for_another(wards, owner, colleague, read):
    draft = make_schedule(wards.year)
    place(draft, wards.people[0], 1, wards.icu)
    assert row(read(colleague, YEAR), "Resident 000")[0] == "WA"
    assert row(read(owner, YEAR), "Resident 000")[0] == "WA"
    assert row(read(owner, f"{YEAR}?schedule=2"), "Resident 000")[0] == "ICU"


def test_without_a_published_one_schedulers_see_the_newest_draft(draft, read):
    assert "<b>Draft 1</b>" in read(coordinator_of(draft), YEAR)
    assert "Nothing is published for this program yet" in read(resident_of(draft), YEAR)


def test_a_version_without_a_plan_says_what_to_do(wards, owner, read):
    make_schedule(wards.year)
    html = read(owner, f"{YEAR}?schedule=2")
    assert "No rotation plan in this version yet" in html
    assert 'href="/p/internal-medicine/schedules/2/#generate">Generate…</a>' in html


def test_a_program_without_people_says_what_to_do(wards, owner, read):
    wards.schedule.assignments.all().delete()
    wards.schedule.rotation_assignments.all().delete()
    wards.program.people.all().delete()
    assert "manage.py import_program FOLDER" in read(owner, YEAR)
