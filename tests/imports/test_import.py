"""What an import writes, the first time and again."""

from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from people.models import AuditLog, Person, Program, Standing, User
from scheduling.models import (
    Cohort,
    CrossCover,
    Curriculum,
    History,
    Period,
    Placement,
    Preference,
    Rotation,
    SequenceRule,
    ShiftType,
    Staffing,
)
from scheduling.services.imports import Imported, import_program
from tests.factories import make_schedule, make_user
from tests.imports.folders import BASE, make

pytestmark = pytest.mark.django_db

MORE = {
    "program": (
        "name,time_zone,period_scheme,rule_set,rule_settings,holiday_country,holiday_subdivision,who_is_on_is_public,"
        'year_start,year_end\nMedicine,America/Chicago,2w,ny-405,"{""prices"": {""request"": 5}}",US,IL,yes,'
        "2026-07-01,2027-06-29\n"
    ),
    "shift_types": (
        "code,name,start,hours,counted_hours,duty,night,call,not_followed_by,joins\n"
        "AM,Morning,08:00,4,,,,,,PM\nPM,Afternoon,13:00,4,,,,,,\nNIGHT,Night,19:00,12,,,yes,yes,AM;PM,\n"
        "HOME,Home call,18:00,13.5,1.5,home_call,no,no,,\n"
    ),
    "rotations": (
        "code,name,colour,night_float,vacation,allows_vacation,weekly_hours_limit,regular_shifts,regular_weekdays,active\n"
        "ICU,Intensive care,7,no,no,no,88,,,\nCLIN,Clinic,,no,no,yes,,AM;PM,Mon-Thu,\nNF,Night float,,yes,no,no,,,,no\n"
    ),
    "cross_cover": "rotation,covers,shift_types,weekdays,levels,price\nCLIN,ICU,NIGHT;PM,Sat;Sun,2-3,2.5\n",
    "staffing": (
        "name,rotations,shift_type,weekdays,holidays,first_period,last_period,levels,excluded_tracks,fewest,most,weight,"
        "part_leave_weight,price_below,price_above\n"
        ",ICU;CLIN,,,,2,5,1;F,NEURO,1,3,2,0.5,50,20\nICU nights,ICU,NIGHT,Sun-Thu,not,,,,,1,,,,,\n"
    ),
    "curriculum": (
        "level,track,rotations,fewest,most,waived_on_leave,allows_leave,counts_history,price\n"
        "1,NEURO,ICU;CLIN,2,4,yes,no,yes,30\nF,,CLIN,,,,,,\n"
    ),
    "sequence_rules": (
        "name,kind,levels,track,rotations,next_rotations,fewest,most,window,first_period,last_period,starts,price\n"
        ",not_in_a_row,1,-,ICU,NF,,,,,,2;4,\nStays,stint,,,CLIN,,2,3,,,,,7\n"
    ),
    "people": (
        "code,name,email,phone,type,pgy_level,track,cohort,part_time_share,chief,active,start_date,end_date,"
        "next_level_on,next_level,username\n"
        "R1,Amara Okafor,amara@example.org,555,resident,1,NEURO,Blue,0.8,yes,yes,2026-07-01,2029-06-30,2026-12-01,3,"
        "amara\n"
        "R2,Bilal Rahimi,,,,2,,,,,no,,,,,\nF1,Ines Novak,,,faculty,,,,,,,,,,,novak\n"
    ),
    "accounts": (
        "username,first_name,last_name,email,role,coordinates\n"
        "ruth,Ruth,Calloway,ruth@example.org,coordinator,yes\nroot,,,,admin,\n"
    ),
    "leave": (
        "person,first_day,last_day,kind,status,reason,decision_reason\n"
        "R1,2026-08-03,2026-08-09,,,Rest,Fine\nR2,2026-08-03,2026-08-03,sick,denied,,\n"
    ),
    "preferences": (
        "person,period,rotation,first_day,last_day,shift_type,wants,weight,note\n"
        "R1,3,CLIN,,,,,2,\nR2,,,2026-12-24,2026-12-26,NIGHT,no,1.5,Family\nR2,,,2026-12-31,,,no,,\n"
    ),
    "placements": "person,period,date,shift_type,rotations\nR1,1,,,ICU;CLIN\nR2,2,,,!NF\nR2,,2026-07-04,NIGHT,ICU\n",
    "cohorts": "cohort,rotation,periods,elsewhere\nBlue,CLIN,2;4-5,yes\n",
    "history": "person,rotation,periods\nR2,ICU,3\n",
}


def words(imported: Imported) -> dict[str, str]:
    return {name: str(count) for name, count in imported.counts.items()}


def test_everything_arrives(tmp_path: Path) -> None:
    imported = import_program(folder=make(tmp_path, MORE))
    program, year = imported.program, imported.academic_year
    assert words(imported) == {
        "program": "1 added",
        "academic year": "1 added",
        "shift_types": "4 added",
        "rotations": "3 added",
        "cross_cover": "1 added",
        "staffing": "2 added",
        "curriculum": "2 added",
        "sequence_rules": "2 added",
        "accounts": "4 added",
        "people": "3 added",
        "leave": "2 added",
        "preferences": "3 added",
        "placements": "3 added",
        "cohorts": "1 added",
        "history": "1 added",
    }
    assert (program.slug, program.time_zone, program.rule_set) == ("medicine", "America/Chicago", "ny-405")
    assert (program.rule_settings, program.holiday_subdivision, program.shows_who_is_on) == (
        {"prices": {"request": 5}},
        "IL",
        True,
    )
    assert (year.start_date, year.end_date) == (date(2026, 7, 1), date(2027, 6, 29))
    assert Period.objects.filter(academic_year=year).count() == 26


def test_shift_types_and_rotations(tmp_path: Path) -> None:
    import_program(folder=make(tmp_path, MORE))
    shifts = {shift.code: shift for shift in ShiftType.objects.all()}
    assert list(shifts) == ["AM", "PM", "NIGHT", "HOME"]
    assert [s.code for s in shifts["AM"].joins.all()] == ["PM"]
    assert [s.code for s in shifts["PM"].joins.all()] == ["AM"]
    assert [s.code for s in shifts["NIGHT"].not_followed_by.all()] == ["AM", "PM"]
    assert (shifts["HOME"].duty, shifts["HOME"].hours, shifts["HOME"].counted_hours) == (
        "home_call",
        Decimal("13.5"),
        Decimal("1.5"),
    )
    assert (shifts["NIGHT"].is_night, shifts["NIGHT"].is_call) == (True, True)
    rotations = {rotation.code: rotation for rotation in Rotation.objects.all()}
    assert list(rotations) == ["ICU", "CLIN", "NF"]
    assert [rotation.colour for rotation in rotations.values()] == [7, 2, 3]
    assert [rotation.allows_vacation for rotation in rotations.values()] == [False, True, False]
    assert [rotation.is_active for rotation in rotations.values()] == [True, True, False]
    assert (rotations["ICU"].weekly_hours_limit, rotations["CLIN"].weekly_hours_limit) == (88, 80)
    assert [s.code for s in rotations["CLIN"].regular_shifts.all()] == ["AM", "PM"]
    assert rotations["CLIN"].regular_weekdays == [0, 1, 2, 3]


def test_requirements(tmp_path: Path) -> None:
    import_program(folder=make(tmp_path, MORE))
    cover = CrossCover.objects.get()
    assert (str(cover), cover.weekdays, cover.levels, cover.price) == (
        "Clinic covers Intensive care",
        [5, 6],
        [2, 3],
        2.5,
    )
    assert [s.code for s in cover.shift_types.all()] == ["PM", "NIGHT"]
    both, nights = Staffing.objects.all()
    assert (both.name, [r.code for r in both.rotations.all()]) == ("ICU + CLIN", ["ICU", "CLIN"])
    assert (both.first_period, both.last_period, both.levels, both.excluded_tracks) == (2, 5, [0, 1], ["NEURO"])
    assert (both.fewest, both.most, both.weight, both.part_leave_weight) == (1, 3, 2, 0.5)
    assert (both.price_below, both.price_above, both.shift_type) == (50, 20, None)
    assert (nights.name, nights.shift_type.code) == ("ICU nights", "NIGHT")  # type: ignore[union-attr]
    assert (nights.weekdays, nights.holidays, nights.most) == ([0, 1, 2, 3, 6], "not", None)
    faculty, neuro = Curriculum.objects.all()
    assert (neuro.level, neuro.track, neuro.fewest, neuro.most, neuro.price) == (1, "NEURO", 2, 4, 30)
    assert (neuro.waived_on_leave, neuro.allows_leave, neuro.counts_history) == (True, False, True)
    assert (faculty.level, faculty.fewest, faculty.most, faculty.price) == (0, 0, None, 1000)
    row, stay = SequenceRule.objects.all()
    assert (row.name, row.kind, row.levels, row.track) == ("ICU: not in a row", "not_in_a_row", [1], "-")
    assert ([r.code for r in row.next_rotations.all()], row.starts, row.price) == (["NF"], [2, 4], None)
    assert (stay.name, stay.fewest, stay.most, stay.price) == ("Stays", 2, 3, 7)


def test_people_and_what_is_theirs(tmp_path: Path) -> None:
    import_program(folder=make(tmp_path, MORE))
    people = {person.code: person for person in Person.objects.all()}
    amara = people["R1"]
    assert (amara.pgy_level, amara.track, amara.cohort, amara.part_time_share) == (1, "NEURO", "Blue", Decimal("0.8"))
    assert (amara.is_chief, amara.email, amara.phone, amara.end_date) == (
        True,
        "amara@example.org",
        "555",
        date(2029, 6, 30),
    )
    assert [(s.from_date, s.pgy_level, s.cohort) for s in amara.standings.all()] == [
        (date(2026, 7, 1), 1, "Blue"),
        (date(2026, 12, 1), 3, "Blue"),
    ]
    assert (people["R2"].is_active, people["R2"].user) == (False, None)
    assert (people["F1"].type, people["F1"].pgy_level) == ("faculty", None)
    assert Standing.objects.count() == 4
    sick, vacation = Absence.objects.order_by("kind")
    assert (vacation.status, vacation.reason, vacation.decision_reason) == ("approved", "Rest", "Fine")
    assert (sick.status, sick.start_date, sick.end_date) == ("denied", date(2026, 8, 3), date(2026, 8, 3))
    assert [str(wish) for wish in Preference.objects.all()] == [
        "Amara Okafor: wants Clinic",
        "Bilal Rahimi: avoids Night",
        "Bilal Rahimi: avoids work",
    ]
    assert [(wish.weight, wish.end_date) for wish in Preference.objects.all()] == [
        (2, None),
        (1.5, date(2026, 12, 26)),
        (1, date(2026, 12, 31)),
    ]
    history = History.objects.get()
    assert (history.person.code, history.rotation.code, history.periods) == ("R2", "ICU", 3)


def test_placements(tmp_path: Path) -> None:
    import_program(folder=make(tmp_path, MORE))
    found = {
        (p.person.code, p.period.number if p.period else p.date, p.is_allowed): [r.code for r in p.rotations.all()]
        for p in Placement.objects.all()
    }
    assert found == {
        ("R1", 1, True): ["ICU", "CLIN"],
        ("R2", 2, False): ["NF"],
        ("R2", date(2026, 7, 4), True): ["ICU"],
    }


def cohorts() -> list[tuple[int, str, str, list[int], bool]]:
    rows = Cohort.objects.select_related("academic_year", "rotation").order_by("academic_year__start_date", "name")
    return [
        (row.academic_year.start_date.year, row.name, row.rotation.code, row.periods, row.may_be_there_otherwise)
        for row in rows
    ]


def test_cohorts_of_the_year(tmp_path: Path) -> None:
    import_program(folder=make(tmp_path, MORE))
    assert cohorts() == [(2026, "Blue", "CLIN", [2, 4, 5], True)]
    changed = "cohort,rotation,periods\nBlue,CLIN,1;6;11\nRed,CLIN,\n"
    people = "code,name,pgy_level,cohort\nR1,Amara Okafor,1,Blue\nR9,Nine,1,Red\n"
    imported = import_program(folder=make(tmp_path / "again", program=MORE["program"], people=people, cohorts=changed))
    assert str(imported.counts["cohorts"]) == "2 added, 1 removed"
    assert cohorts() == [(2026, "Blue", "CLIN", [1, 6, 11], False), (2026, "Red", "CLIN", [], False)]


def test_each_year_keeps_its_cohorts(tmp_path: Path) -> None:
    rows = "cohort,rotation,periods,elsewhere\nA,WA,{},yes\n"
    people = "code,name,pgy_level,cohort\nR1,Amara Okafor,1,A\n"
    for first, period in ((2026, 1), (2027, 2)):
        program = f"name,year_start\nMedicine,{first}-07-01\n"
        import_program(folder=make(tmp_path, program=program, people=people, cohorts=rows.format(period)))
    assert cohorts() == [(2026, "A", "WA", [1], True), (2027, "A", "WA", [2], True)]


def test_accounts(tmp_path: Path) -> None:
    make_user("ruth", User.Role.RESIDENT)
    imported = import_program(folder=make(tmp_path, MORE))
    assert str(imported.counts["accounts"]) == "3 added, 1 unchanged"
    users = {user.username: user for user in User.objects.all()}
    assert (users["ruth"].role, users["ruth"].check_password("password")) == ("resident", True)
    assert list(users["ruth"].programs.all()) == [imported.program]
    assert (users["root"].role, users["root"].is_superuser, users["root"].has_usable_password()) == (
        "admin",
        True,
        False,
    )
    assert (users["amara"].role, users["amara"].get_full_name()) == ("resident", "Amara Okafor")
    assert users["amara"].person.code == "R1"
    assert (users["novak"].role, users["novak"].is_staff) == ("faculty", False)


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    make(tmp_path, MORE)
    import_program(folder=tmp_path)
    keys = {model: set(model.objects.values_list("pk", flat=True)) for model in (Person, Staffing, Placement)}
    assert words(import_program(folder=tmp_path)) == {
        "program": "1 unchanged",
        "academic year": "1 unchanged",
        "shift_types": "4 unchanged",
        "rotations": "3 unchanged",
        "cross_cover": "1 unchanged",
        "staffing": "2 unchanged",
        "curriculum": "2 unchanged",
        "sequence_rules": "2 unchanged",
        "accounts": "4 unchanged",
        "people": "3 unchanged",
        "leave": "2 unchanged",
        "preferences": "3 unchanged",
        "placements": "3 unchanged",
        "cohorts": "1 unchanged",
        "history": "1 unchanged",
    }
    assert keys == {model: set(model.objects.values_list("pk", flat=True)) for model in keys}


def test_a_changed_folder_updates_by_code_and_replaces_requirements(tmp_path: Path) -> None:
    make(tmp_path, MORE)
    first = import_program(folder=tmp_path)
    schedule = make_schedule(first.academic_year)
    Person.objects.filter(code="R2").update(phone="known only here")
    changed = {
        "program": MORE["program"],
        "people": "code,name,pgy_level,next_level_on\nR1,Amara Okafor-Bell,1,2027-01-01\nR9,New Colleague,1,\n",
        "staffing": MORE["staffing"].replace("ICU nights,ICU,NIGHT,Sun-Thu", "ICU nights,ICU,NIGHT,Sun-Fri"),
        "leave": "person,first_day,last_day,status\nR1,2026-08-03,2026-08-09,denied\n",
    }
    imported = import_program(folder=make(tmp_path / "again", changed))
    assert words(imported) == {
        "program": "1 unchanged",
        "academic year": "1 unchanged",
        "shift_types": "4 not in the file, kept",
        "rotations": "3 not in the file, kept",
        "staffing": "1 added, 1 unchanged, 1 removed",
        "accounts": "none",
        "people": "1 added, 1 changed, 2 not in the file, kept",
        "leave": "1 changed",
    }
    amara = Person.objects.get(code="R1")
    assert (amara.name, amara.track, amara.phone) == ("Amara Okafor-Bell", "NEURO", "555")
    assert [(s.from_date, s.pgy_level, s.track) for s in amara.standings.all()] == [
        (date(2026, 7, 1), 1, "NEURO"),
        (date(2027, 1, 1), 2, "NEURO"),
    ]
    assert Person.objects.get(code="R2").phone == "known only here"
    assert Absence.objects.get(person=amara).kind == "vacation"
    schedule.refresh_from_db()
    assert schedule.revision == 2


def test_periods_that_no_schedule_uses_are_laid_out_anew(tmp_path: Path) -> None:
    import_program(folder=make(tmp_path))
    program = "name,year_start,year_end,period_scheme\nMedicine,2026-07-01,2027-05-31,month\n"
    imported = import_program(folder=make(tmp_path, program=program))
    assert (str(imported.counts["program"]), str(imported.counts["academic year"])) == ("1 changed", "1 changed")
    periods = imported.academic_year.periods.all()
    assert [period.number for period in periods] == list(range(1, 12))
    assert imported.academic_year.end_date == date(2027, 5, 31)


def test_the_level_of_a_person_is_that_of_today(tmp_path: Path) -> None:
    program = "name,year_start,year_end\nMedicine,2020-07-01,2021-06-30\n"
    people = "code,name,pgy_level,next_level_on\nR1,A,1,2020-10-01\n"
    import_program(folder=make(tmp_path, program=program, people=people))
    person = Person.objects.get()
    assert person.pgy_level == 2
    assert [(s.from_date, s.pgy_level) for s in person.standings.all()] == [
        (date(2020, 7, 1), 1),
        (date(2020, 10, 1), 2),
    ]


def test_another_year_does_not_change_what_people_are_today(tmp_path: Path) -> None:
    years = "name,year_start,year_end\nMedicine,{0}-07-01,{1}-06-30\n"
    people = "code,name,pgy_level,cohort\nR1,A,{},{}\n"
    for first, level, cohort in ((2020, 1, "Blue"), (2090, 3, "Red"), (2019, 2, "Old"), (2021, 2, "Green")):
        folder = make(tmp_path, program=years.format(first, first + 1), people=people.format(level, cohort))
        import_program(folder=folder)
    person = Person.objects.get()
    assert (person.pgy_level, person.cohort) == (2, "Green")
    assert [(s.from_date.year, s.pgy_level, s.cohort) for s in person.standings.all()] == [
        (2019, 2, "Old"),
        (2020, 1, "Blue"),
        (2021, 2, "Green"),
        (2090, 3, "Red"),
    ]


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    out = StringIO()
    call_command("import_program", make(tmp_path), dry_run=True, stdout=out)
    assert out.getvalue().splitlines() == [
        "program: 1 added",
        "academic year: 1 added",
        "shift_types: 2 added",
        "rotations: 3 added",
        "people: 3 added",
        "Nothing was written (dry run). It would be: Medicine, 2026-07-01 to 2027-06-30.",
    ]
    assert (Program.objects.count(), AuditLog.objects.count()) == (0, 0)


def test_the_command_imports_under_another_name_and_is_audited(tmp_path: Path) -> None:
    out = StringIO()
    call_command("import_program", make(tmp_path), program="Surgery", stdout=out)
    assert out.getvalue().splitlines()[-1] == "Imported: Surgery, 2026-07-01 to 2027-06-30."
    assert Program.objects.get().slug == "surgery"
    entry = AuditLog.objects.get()
    assert (entry.action, entry.changes["people"]) == ("program imported", "3 added")


def test_the_command_tells_every_problem(tmp_path: Path) -> None:
    err = StringIO()
    folder = make(tmp_path, people="code,name,pgy_level\nR1,A,x\nR1,,1\n", leave="person\nR7\n")
    with pytest.raises(CommandError, match=r"^4 problems; nothing was imported\.$"):
        call_command("import_program", folder, stderr=err)
    assert err.getvalue().splitlines() == [
        'people.csv, row 2, column pgy_level: "x" is no PGY level; expected a number such as 1, blank for faculty',
        "people.csv, row 3, column name: is blank; expected text",
        "leave.csv, row 1: the column first_day is missing; expected date",
        "leave.csv, row 1: the column last_day is missing; expected date",
    ]
    assert Program.objects.count() == 0
    with pytest.raises(CommandError, match=r"^Name the folder to import"):
        call_command("import_program")


def test_queries_do_not_grow_with_the_rows(tmp_path: Path) -> None:
    def folder(name: str, people: int) -> Path:
        codes = [f"R{number}" for number in range(people)]
        return make(
            tmp_path / name,
            BASE
            | {
                "program": f"name,year_start\n{name},2026-07-01\n",
                "people": "code,name,pgy_level\n" + "".join(f"{code},Somebody,1\n" for code in codes),
                "leave": "person,first_day,last_day\n"
                + "".join(f"{code},2026-08-{day:02},2026-08-{day:02}\n" for code in codes for day in (3, 5)),
                "placements": "person,period,rotations\n" + "".join(f"{code},1,WA;ICU\n" for code in codes),
                "history": "person,rotation,periods\n" + "".join(f"{code},WA,1\n" for code in codes),
            },
        )

    counts = []
    for name, people in (("Small", 3), ("Large", 60)):
        with CaptureQueriesContext(connection) as queries:
            import_program(folder=folder(name, people))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as queries:
        import_program(folder=folder("Large", 60))
    assert len(queries) < counts[1] + 5
