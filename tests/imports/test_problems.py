"""What an import is refused for, sentence by sentence."""

from datetime import date
from pathlib import Path

import pytest

from absences.models import Absence
from people.models import Person, Program, User
from scheduling.models import Rotation
from scheduling.models.calendar import ensure_blocks
from scheduling.services.imports import import_program
from scheduling.services.imports.program_sheets import ROTATIONS
from tests.factories import make_person, make_program, make_schedule, make_user, make_year, work
from tests.imports.folders import BASE, make, problems

pytestmark = pytest.mark.django_db

LEAVE = "person,first_day,last_day,kind,status\n"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert problems(tmp_path / "none") == [f"{tmp_path / 'none'}: there is no such folder"]


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not read")
    assert problems(tmp_path) == [
        f"{tmp_path}: the folder is empty; expected files such as program.csv, shift_types.csv, rotations.csv"
    ]


def test_a_file_that_is_no_folder_and_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert problems(tmp_path / "a.txt")[0] == "a.txt: is neither a folder nor a workbook; expected an .xlsx file"


def test_files_that_a_new_program_needs(tmp_path: Path) -> None:
    assert problems(make(tmp_path, {"leave": LEAVE})) == [
        f"{tmp_path}: program.csv (or .xlsx) is missing; expected columns name, year_start",
        f"{tmp_path}: rotations.csv (or .xlsx) is missing, which a new program needs; expected columns code, name",
        f"{tmp_path}: people.csv (or .xlsx) is missing, which a new program needs; expected columns code, name",
    ]


def test_a_file_of_an_unknown_name(tmp_path: Path) -> None:
    assert problems(make(tmp_path, rotation="code,name\n")) == [
        'rotation.csv: no such file is known, did you mean "rotations.csv"? see docs/import.md for all'
    ]


def test_a_file_without_rows(tmp_path: Path) -> None:
    assert problems(make(tmp_path, staffing="")) == [
        "staffing.csv: is empty; expected a header with at least rotations"
    ]
    assert problems(make(tmp_path, staffing="rotations\n")) == []


def test_headers(tmp_path: Path) -> None:
    known = ", ".join(column.name for column in ROTATIONS.columns)
    text = "code,nam,code,Weekly Hours Limit\nWA,Ward A,WA,80\nICU,ICU,,\nNF,NF,,\n"
    assert problems(make(tmp_path, rotations=text)) == [
        f'rotations.csv, row 1: the header "nam" is not known, did you mean "name"? expected some of {known}',
        'rotations.csv, row 1: the header "code" stands there twice',
        "rotations.csv, row 1: the column name is missing; expected text",
    ]


def test_a_header_that_is_like_no_other(tmp_path: Path) -> None:
    known = ", ".join(column.name for column in ROTATIONS.columns)
    assert problems(make(tmp_path, rotations="code,name,zzz\nWA,Ward A,\n")) == [
        f'rotations.csv, row 1: the header "zzz" is not known; expected some of {known}'
    ]


def test_a_new_program_without_people(tmp_path: Path) -> None:
    folder = make(tmp_path, people="code,name\n", rotations="code,name\n", leave=LEAVE + "R1,2026-08-03,2026-08-09,,\n")
    assert problems(folder) == [
        "rotations.csv: has no rows below the header; a new program needs some",
        "people.csv: has no rows below the header; a new program needs some",
    ]
    import_program(folder=make(tmp_path / "whole"))
    assert problems(make(tmp_path, people="code,name\n", rotations="code,name\n")) == []


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    folder = make(tmp_path, {"program": BASE["program"]})
    (folder / "people.csv").mkdir()
    (folder / "rotations.csv").symlink_to(folder / "rotations.csv")
    assert problems(folder) == [
        "rotations.csv: cannot be read (Too many levels of symbolic links); expected a CSV file",
        "people.csv: cannot be read (Is a directory); expected a CSV file",
    ]


@pytest.mark.parametrize(
    ("dates", "problem"),
    [
        ("9999-12-31,", "year_start: 9999-12-31 is in no year from 1990 to 2100; expected one of them"),
        ("0001-01-01,", "year_start: 0001-01-01 is in no year from 1990 to 2100; expected one of them"),
        ("2026-07-01,2526-06-30", "year_end: 2526-06-30 makes a year of 182621 days; expected at most 400"),
        ("2026-07-01,2027-08-05", "year_end: 2027-08-05 makes a year of 401 days; expected at most 400"),
    ],
)
def test_years_that_no_program_has(tmp_path: Path, dates: str, problem: str) -> None:
    folder = make(tmp_path, program=f"name,year_start,year_end\nMedicine,{dates}\n")
    assert problems(folder) == [f"program.csv, row 2, column {problem}"]


@pytest.mark.parametrize("dates", ["1990-01-01,", "2100-12-31,", "2026-07-01,2027-08-04"])
def test_the_first_and_the_last_and_the_longest_year(tmp_path: Path, dates: str) -> None:
    assert problems(make(tmp_path, program=f"name,year_start,year_end\nMedicine,{dates}\n")) == []


def test_a_row_with_more_cells_than_headers(tmp_path: Path) -> None:
    assert problems(make(tmp_path, rotations="code,name\nWA,Ward A, the first\nICU,ICU,\nNF,NF\n")) == [
        "rotations.csv, row 2: 3 cells under 2 headers; put texts that contain a comma in quotes"
    ]


def test_blank_cells(tmp_path: Path) -> None:
    assert problems(make(tmp_path, rotations="code,name\nWA,\n\nICU,ICU\n,NF\n")) == [
        "rotations.csv, row 2, column name: is blank; expected text",
        "rotations.csv, row 5, column code: is blank; expected code",
    ]


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    text = "code,name\nWA,Ward A\nICU,R\xe9animation\n".encode("latin-1")
    assert problems(make(tmp_path, BASE | {"rotations": text})) == [
        "rotations.csv, row 3: byte 0xe9 is not UTF-8; save the file as CSV UTF-8"
    ]


def test_utf16_without_its_mark(tmp_path: Path) -> None:
    text = "code,name\nWA,Ward A\n".encode("utf-16-le")
    assert problems(make(tmp_path, BASE | {"rotations": text})) == [
        "rotations.csv, row 1: holds a zero byte; save the file as CSV UTF-8"
    ]


def test_quotes_that_do_not_close(tmp_path: Path) -> None:
    assert problems(make(tmp_path, rotations='code,name\nWA,"Ward A\n')) == [
        "rotations.csv, row 2: is no proper CSV (unexpected end of data); expected quotes in pairs"
    ]


def test_wrong_cells_name_row_and_column(tmp_path: Path) -> None:
    header = "code,name,type,pgy_level,start_date,part_time_share,email\n"
    people = header + "R1,A,resident,one,,,\nR2,B,,2,1.7.2026,2,x\nF1,F,teacher,,,,\n"
    assert problems(make(tmp_path, people=people)) == [
        'people.csv, row 2, column pgy_level: "one" is no PGY level; expected a number such as 1, blank for faculty',
        'people.csv, row 3, column start_date: "1.7.2026" is no date; expected year-month-day such as 2026-07-01',
        'people.csv, row 4, column type: "teacher" is not known; expected one of resident, faculty',
    ]


def test_what_the_models_say_names_row_and_column(tmp_path: Path) -> None:
    folder = make(
        tmp_path,
        program="name,year_start,time_zone\nMedicine,2026-07-01,Chicago\n",
        shift_types="code,name,start,hours\nDAY,Day,07:00,30\n",
        rotations="code,name,colour,weekly_hours_limit\nWA,Ward A,13,90\nICU,ICU,,\nNF,NF,,\n",
        people=(
            "code,name,type,pgy_level,part_time_share,email,start_date,end_date\n"
            "R1,A,resident,,,,,\nF1,F,faculty,1,,,,\nR2,B,,2,1.5,,,\nR3,C,,2,,nowhere,,\n"
            "R4,D,,3,,,2026-08-01,2026-07-01\n"
        ),
        staffing="rotations,fewest,most\nWA,3,2\n",
        curriculum="level,rotations,fewest,most\n1,WA,3,2\n",
        leave=LEAVE + "R1,2026-08-10,2026-08-03,,\n",
    )
    assert problems(folder) == [
        "program.csv, row 2, column time_zone: 'Chicago' is no time zone. Use a name such as America/New_York.",
        "shift_types.csv, row 2, column hours: Ensure this value is less than or equal to 28.",
        "rotations.csv, row 2, column colour: Ensure this value is less than or equal to 12.",
        "rotations.csv, row 2, column weekly_hours_limit: Ensure this value is less than or equal to 88.",
        "staffing.csv, row 2, column most: The most is below the fewest.",
        "curriculum.csv, row 2, column most: The most is below the fewest.",
        "people.csv, row 2, column pgy_level: A resident has a PGY level of 1 or more; a faculty member has none.",
        "people.csv, row 3, column pgy_level: A resident has a PGY level of 1 or more; a faculty member has none.",
        "people.csv, row 4, column part_time_share: Ensure this value is less than or equal to 1.",
        "people.csv, row 5, column email: Enter a valid email address.",
        "people.csv, row 6, column end_date: The end date is before the start date.",
        "leave.csv, row 2, column last_day: The last day is before the first day.",
    ]


def test_unknown_codes_come_with_the_nearest_known(tmp_path: Path) -> None:
    folder = make(
        tmp_path,
        staffing="rotations,shift_type,fewest\nIKU,NIGT,1\n",
        curriculum="level,rotations\n1,XYZ\n",
        leave=LEAVE + "R11,2026-08-03,2026-08-09,,\n",
        placements="person,period,rotations\nR1,1,!WAA\n",
    )
    assert problems(folder) == [
        'staffing.csv, row 2, column rotations: "IKU" is not known, did you mean "ICU"?',
        'staffing.csv, row 2, column shift_type: "NIGT" is not known, did you mean "NIGHT"?',
        'curriculum.csv, row 2, column rotations: "XYZ" is not known; expected a code of rotations',
        'leave.csv, row 2, column person: "R11" is not known, did you mean "R1"?',
        'placements.csv, row 2, column rotations: "WAA" is not known, did you mean "WA"?',
    ]


def test_an_unknown_code_is_told_once_in_a_column(tmp_path: Path) -> None:
    days = [f"R9,2026-08-{day:02},2026-08-{day:02},,\n" for day in (3, 4, 5)]
    folder = make(
        tmp_path,
        leave=LEAVE + "".join(days),
        staffing="rotations\nICU;XYZ;XYZ\nWA;XYZ\n",
        curriculum="level,rotations\n1,XYZ\n",
    )
    assert problems(folder) == [
        'staffing.csv, row 2, column rotations: "XYZ" is not known; expected a code of rotations (and 1 more row)',
        'curriculum.csv, row 2, column rotations: "XYZ" is not known; expected a code of rotations',
        'leave.csv, row 2, column person: "R9" is not known; expected a code of people (and 2 more rows)',
    ]


def test_a_code_is_known_even_if_its_row_is_wrong(tmp_path: Path) -> None:
    folder = make(tmp_path, people="code,name,pgy_level\nR1,A,x\n", leave=LEAVE + "R1,2026-08-03,2026-08-09,,\n")
    assert len(problems(folder)) == 1


def test_duplicates(tmp_path: Path) -> None:
    folder = make(
        tmp_path,
        rotations="code,name\nWA,Ward A\nICU,ICU\nWA,Ward A again\n",
        history="person,rotation,periods\nR1,WA,2\nR1,WA,3\n",
        leave=LEAVE + "R1,2026-08-03,2026-08-09,,\nR1,2026-08-03,2026-08-09,,\n",
    )
    assert problems(folder) == [
        'rotations.csv, row 4, column code: "WA" stands in row 2 too; expected once',
        'leave.csv, row 3, column person: "R1 2026-08-03 2026-08-09" stands in row 2 too; expected once',
        'history.csv, row 3, column person: "R1 WA" stands in row 2 too; expected once',
    ]


def test_approved_leave_that_overlaps(tmp_path: Path) -> None:
    rows = (
        "R1,2026-08-03,2026-08-30,,\nR1,2026-08-10,2026-08-12,,requested\nR1,2026-08-11,2026-08-12,sick,denied\n"
        "R1,2026-08-20,2026-08-21,,approved\nR1,2026-08-30,2026-09-05,,approved\nR2,2026-08-20,2026-08-21,,\n"
    )
    found = problems(make(tmp_path, leave=LEAVE + rows))
    sentence = "R1 has approved leave from 2026-08-03 to 2026-08-30 in row 2; expected no day in two approved leaves"
    assert found == [
        f"leave.csv, row 5, column first_day: {sentence}",
        f"leave.csv, row 6, column first_day: {sentence}",
    ]


def test_periods_that_the_year_does_not_have(tmp_path: Path) -> None:
    folder = make(
        tmp_path,
        staffing="rotations,first_period,last_period\nWA,14,20\n",
        cohorts="cohort,rotation,periods\nBlue,WA,1;14\n",
        people="code,name,pgy_level,cohort\nR1,A,1,Blue\n",
    )
    assert problems(folder) == [
        "staffing.csv, row 2, column first_period: there is no period 14; expected 1 to 13",
        "staffing.csv, row 2, column last_period: there is no period 20; expected 1 to 13",
        "cohorts.csv, row 2, column periods: there is no period 14; expected 1 to 13",
    ]


def test_staffing_and_pins_of_blocks_name_one_rotation(tmp_path: Path) -> None:
    folder = make(
        tmp_path,
        staffing=(
            "rotations,shift_type,weekdays,holidays,first_period,last_period,weight\n"
            "WA;ICU,DAY,,,,,\nWA,,Mon,,,,\nWA,,,not,,,\nWA,,,,5,3,\nWA;ICU,,,,1,1,0.5\nWA,DAY,,,,,0.5\n"
        ),
        placements="person,date,shift_type,rotations\nR1,2026-07-04,DAY,WA;ICU\nR1,2026-07-04,DAY,!WA;!ICU\n",
    )
    assert problems(folder) == [
        "staffing.csv, row 2, column rotations: names several, and a block is worked for one; expected a row for each",
        "staffing.csv, row 3, column weekdays: is set, and is about blocks; expected a shift_type beside it",
        "staffing.csv, row 4, column holidays: is set, and is about blocks; expected a shift_type beside it",
        "staffing.csv, row 5, column last_period: 3 is before first_period, 5",
        "staffing.csv, row 7, column weight: is 0.5, and a block counts people; expected 1 or blank",
        "placements.csv, row 2, column rotations: names several, and a block is worked for one; expected one rotation",
    ]


def test_staffing_counts_people(tmp_path: Path) -> None:
    header = "rotations,weight,part_leave_weight\n"
    folder = make(tmp_path, staffing=f"{header}WA,0,\nWA,-1,-1\nWA,0.04,0\nWA,0.1,0\n")
    assert problems(folder) == [
        "staffing.csv, row 2, column weight: is 0; expected at least 0.1",
        "staffing.csv, row 3, column weight: is -1; expected at least 0.1",
        "staffing.csv, row 3, column part_leave_weight: is -1; expected at least 0",
        "staffing.csv, row 4, column weight: is 0.04; expected at least 0.1",
    ]


def test_stints_last_and_breaking_rules_costs(tmp_path: Path) -> None:
    rows = "stint,NF,0,\nnot_in_a_row,NF,,-5\nin_a_row,NF,,-5\nat_most,NF,0,-0.5\nnot_in_a_row,NF,,0\n"
    assert problems(make(tmp_path, sequence_rules=f"kind,rotations,most,price\n{rows}")) == [
        "sequence_rules.csv, row 2, column most: is 0; a stint has 1 period or more",
        "sequence_rules.csv, row 3, column price: is -5; breaking a rule of kind not_in_a_row costs 0 or more",
        "sequence_rules.csv, row 5, column price: is -0.5; breaking a rule of kind at_most costs 0 or more",
    ]


def test_faculty_are_no_chief_residents(tmp_path: Path) -> None:
    people = "code,name,type,pgy_level,chief\nF1,A,faculty,,yes\nR1,B,,1,yes\nF2,C,faculty,,no\n"
    assert problems(make(tmp_path, people=people)) == [
        "people.csv, row 2, column chief: is yes; a faculty member is no chief resident, expected no"
    ]


def test_accounts_of_another_role(tmp_path: Path) -> None:
    make_user("admin", User.Role.ADMIN)
    make_user("director", User.Role.COORDINATOR)
    make_user("staff")
    User.objects.filter(username="staff").update(is_staff=True)
    make_user("resident")
    people = (
        "code,name,type,pgy_level,username\n"
        "R1,A,,1,admin\nR2,B,,1,director\nR3,C,,1,staff\nR4,D,,1,resident\nR5,E,,1,root\nR6,F,,1,new\n"
        "F1,G,faculty,,director\nF2,H,faculty,,attending\n"
    )
    accounts = "username,role\nroot,admin\nattending,resident\nadmin,resident\n"
    fits = "expected one of role resident, or a new one"
    assert problems(make(tmp_path, people=people, accounts=accounts)) == [
        f'people.csv, row 2, column username: "admin" is an account of role admin; {fits}',
        f'people.csv, row 3, column username: "director" is an account of role coordinator; {fits}',
        f'people.csv, row 4, column username: "staff" is an account of role admin; {fits}',
        f'people.csv, row 6, column username: "root" is an account of role admin; {fits}',
        'people.csv, row 8, column username: "director" is the account of row 3; expected another',
        (
            'people.csv, row 9, column username: "attending" is an account of role resident; '
            "expected one of role faculty or coordinator, or a new one"
        ),
    ]
    director = "code,name,type,pgy_level,username\nR1,A,,1,resident\nF1,G,faculty,,director\n"
    assert problems(make(tmp_path / "fine", people=director)) == []


def test_who_has_an_account_keeps_it(tmp_path: Path) -> None:
    folder = make(tmp_path, people="code,name,pgy_level,username\nR1,A,1,amara\n")
    import_program(folder=folder)
    User.objects.filter(username="amara").update(role=User.Role.ADMIN)
    assert problems(folder) == []


def test_rule_settings(tmp_path: Path) -> None:
    def told(settings: str) -> list[str]:
        cell = settings.replace('"', '""')
        return problems(make(tmp_path, program=f'name,year_start,rule_settings\nMedicine,2026-07-01,"{cell}"\n'))

    place = "program.csv, row 2, column rule_settings: The rule settings:"
    braces = "names with values in braces were expected."
    assert told('{"rules": 5}') == [f"{place} rules is 5; {braces}"]
    assert told('{"rules": {"night_float_run": 5}}') == [f"{place} rules.night_float_run is 5; {braces}"]
    assert told('{"rules": {"night_float_run": {"limit": 1000000000000000000000}}}') == [
        f"{place} rules.night_float_run.limit is 1000000000000000000000; a whole number from 0 to 1000 was expected."
    ]
    assert told('{"rules": {"night_float_run": {"limit": 1000}}}') == []
    assert told('{"prices": {"request": 1e999}}') == [
        f"{place} prices.request is inf; a number of at most 1000000000 was expected."
    ]
    assert told('{"prices": {"request": %s}}' % ("7" * 400)) == [
        f"{place} prices.request is {'7' * 18}...{'7' * 19}; a number of at most 1000000000 was expected."
    ]


def test_sequence_rules_say_what_their_kind_needs(tmp_path: Path) -> None:
    rows = (
        "at_most,NF,,2,4,,,2\n"
        "gap,NF,,,,,,\n"
        "only_in,NF,,,,,,\n"
        "stint,NF,,,,,,\n"
        "stint,NF,3,2,,,,\n"
        "must_be_in,NF,,,,5,3,\n"
        "at_most,NF,,,3,,,\n"
    )
    blank = "is set; a rule of kind at_most holds the whole year, expected it blank"
    needed = "is blank; a rule of kind only_in needs first_period or last_period or starts"
    header = "kind,rotations,fewest,most,window,first_period,last_period,starts\n"
    assert problems(make(tmp_path, sequence_rules=header + rows)) == [
        f"sequence_rules.csv, row 2, column starts: {blank}",
        "sequence_rules.csv, row 3, column window: is blank; a rule of kind gap needs it",
        f"sequence_rules.csv, row 4, column first_period: {needed}",
        "sequence_rules.csv, row 5, column fewest: is blank; a rule of kind stint needs fewest or most",
        "sequence_rules.csv, row 6, column most: 2 is below fewest, 3",
        "sequence_rules.csv, row 7, column last_period: 3 is before first_period, 5",
        "sequence_rules.csv, row 8, column most: is blank; a rule of kind at_most needs it",
    ]


def test_placements_and_preferences_are_for_a_period_or_for_days(tmp_path: Path) -> None:
    folder = make(
        tmp_path,
        placements=(
            "person,period,date,shift_type,rotations\n"
            "R1,,,,WA\nR1,1,2026-07-04,DAY,WA\nR1,,2026-07-04,,WA\nR1,,2027-07-04,DAY,WA\n"
        ),
        preferences=(
            "person,period,rotation,first_day,last_day\n"
            "R1,,,,\nR1,1,,,\nR1,1,WA,2026-07-04,\nR1,,,,2026-07-04\nR1,,,2026-07-04,2026-07-03\n"
        ),
        cross_cover="rotation,covers,shift_types\nWA,WA,DAY\n",
    )
    assert problems(folder) == [
        "cross_cover.csv, row 2, column covers: a rotation covers itself already; expected another one",
        "preferences.csv, row 2, column period: expected either a period and a rotation, or a first day",
        "preferences.csv, row 3, column rotation: is blank; a wish for a rotation names a period and a rotation",
        "preferences.csv, row 4, column period: expected either a period and a rotation, or a first day",
        "preferences.csv, row 5, column first_day: is blank; expected the first day of the wish",
        "preferences.csv, row 6, column last_day: 2026-07-03 is before first_day, 2026-07-04",
        "placements.csv, row 2, column period: expected either a period, or a date and a shift type",
        "placements.csv, row 3, column period: expected either a period, or a date and a shift type",
        "placements.csv, row 4, column shift_type: is blank; a block is a date and a shift type",
        "placements.csv, row 5, column date: 2027-07-04 is outside the year, 2026-07-01 to 2027-06-30",
    ]


def test_people_who_change_levels(tmp_path: Path) -> None:
    people = (
        "code,name,type,pgy_level,next_level_on,next_level\n"
        "R1,A,,1,,2\nF1,F,faculty,,2026-10-01,\nR2,B,,2,2026-06-01,\n"
    )
    assert problems(make(tmp_path, people=people)) == [
        "people.csv, row 2, column next_level_on: is blank; expected the date from which next_level holds",
        "people.csv, row 3, column next_level_on: is set; a faculty member has no level to change",
        "people.csv, row 4, column next_level_on: 2026-06-01 is outside the year, 2026-07-01 to 2027-06-30",
    ]


def test_the_program(tmp_path: Path) -> None:
    header = "name,year_start,year_end,rule_settings,holiday_country,holiday_subdivision\n"
    settings = '"{""rule"": {}}"'
    folder = make(
        tmp_path, program=f"{header}Medicine,2026-07-01,2026-06-30,{settings},XX,\nSurgery,2026-07-01,,,US,XY\n"
    )
    found = problems(folder)
    assert found == [
        "program.csv, row 2, column year_end: 2026-06-30 is before year_start, 2026-07-01",
        found[1],
        'program.csv, row 2, column holiday_country: "XX" is not known; expected two letters such as US',
        found[3],
        "program.csv, row 3: is a second program; expected one row",
    ]
    assert found[1].startswith("program.csv, row 2, column rule_settings: The rule settings: rule_settings has 'rule'")
    assert found[3].startswith('program.csv, row 3, column holiday_subdivision: "XY" is not known in US')


def test_a_cohort_that_nobody_is_in(tmp_path: Path) -> None:
    folder = make(
        tmp_path,
        people="code,name,pgy_level,cohort\nR1,A,1,Blue\n",
        cohorts="cohort,rotation,periods\nBleu,WA,1\nRed,WA,1\n",
    )
    assert problems(folder) == [
        'cohorts.csv, row 2, column cohort: "Bleu" is not known, did you mean "Blue"?',
        'cohorts.csv, row 3, column cohort: "Red" is not known; expected the cohort of somebody in people',
    ]


def test_what_the_database_holds_already(tmp_path: Path) -> None:
    medicine = make_program("Medicine")
    make_schedule(make_year(medicine, date(2026, 6, 29), date(2027, 6, 27)))
    resident = make_person(medicine, "Somebody", code="R1")
    Absence.objects.create(
        person=resident, start_date=date(2026, 8, 1), end_date=date(2026, 8, 5), status="approved", kind="vacation"
    )
    make_person(make_program("Surgery"), "Stranger", user=make_user("stranger"))
    held = "R1 has approved leave from 2026-08-01 to 2026-08-05 already; expected other days"
    folder = make(
        tmp_path,
        people="code,name,pgy_level,username\nR1,A,1,stranger\n",
        leave=LEAVE + "R1,2026-08-05,2026-08-06,,\nR1,2026-08-01,2026-08-02,,denied\n",
    )
    assert problems(folder) == [
        "program.csv, row 2, column year_start: the program has a year from 2026-06-29 to 2027-06-27 already",
        'people.csv, row 2, column username: "stranger" is the account of Stranger (Surgery); expected another',
        f"leave.csv, row 2, column first_day: {held}",
    ]


def test_the_times_of_a_shift_that_is_worked_do_not_change(tmp_path: Path) -> None:
    imported = import_program(folder=make(tmp_path))
    schedule = make_schedule(imported.academic_year)
    program = imported.program
    night = program.shift_types.get(code="NIGHT")
    work(schedule, program.people.get(code="R1"), date(2026, 7, 1), night, program.rotations.get(code="NF"))
    ensure_blocks(program, date(2026, 7, 1), date(2026, 7, 1))
    later = "code,name,start,hours,night\nDAY,Day,08:00,11,no\nNIGHT,Night,20:00,12,yes\n"
    assert problems(make(tmp_path, shift_types=later)) == [
        (
            "shift_types.csv, row 3, column start: NIGHT is worked at other times already; "
            "expected a new code for the new times"
        )
    ]


def test_the_time_zone_does_not_change_once_there_are_blocks(tmp_path: Path) -> None:
    """Blocks are instants: in another zone, what people work would be at other hours."""
    program = import_program(folder=make(tmp_path)).program
    header = "name,year_start,time_zone\n"
    moved = make(tmp_path, program=f"{header}Medicine,2026-07-01,America/Denver\n")
    assert problems(moved) == []
    ensure_blocks(program, date(2026, 7, 1), date(2026, 7, 1))
    assert problems(moved) == [
        (
            "program.csv, row 2, column time_zone: the program has blocks at the hours of America/New_York already; "
            "expected the same zone"
        )
    ]
    assert problems(make(tmp_path, program=f"{header}Medicine,2026-07-01,America/New_York\n")) == []
    assert problems(make(tmp_path)) == []


def test_blocks_of_a_shift_that_moves_are_made_again(tmp_path: Path) -> None:
    program = import_program(folder=make(tmp_path)).program
    day = date(2026, 7, 1)
    ensure_blocks(program, day, day)
    later = "code,name,start,hours,night\nDAY,Day,08:00,11,no\nNIGHT,Night,19:00,12,yes\n"
    import_program(folder=make(tmp_path, shift_types=later))
    block = ensure_blocks(program, day, day)[day, "DAY"]
    assert (block.starts_at.astimezone(program.zone).hour, block.ends_at.astimezone(program.zone).hour) == (8, 19)


def test_periods_do_not_change_under_a_schedule(tmp_path: Path) -> None:
    imported = import_program(folder=make(tmp_path))
    make_schedule(imported.academic_year)
    folder = make(tmp_path, program="name,year_start,period_scheme\nMedicine,2026-07-01,2w\n")
    assert problems(folder) == [
        "program.csv, row 2, column period_scheme: the year has schedules in 13 periods; expected the same scheme"
    ]


def test_the_address_of_a_program_is_its_own(tmp_path: Path) -> None:
    make_program("Medicine!", slug="medicine")
    assert problems(make(tmp_path)) == [
        'program.csv, row 2, column name: "Medicine" would have the address of the program "Medicine!"'
    ]
    assert problems(make(tmp_path, program="name,year_start\n医学,2026-07-01\n")) == [
        'program.csv, row 2, column name: "医学" has no letter or digit for its address; expected some'
    ]


def test_nothing_is_written_when_anything_is_wrong(tmp_path: Path) -> None:
    assert len(problems(make(tmp_path, leave=LEAVE + "R1,2026-08-03,soon,,\n"))) == 1
    assert (Program.objects.count(), Person.objects.count(), Rotation.objects.count()) == (0, 0, 0)


def test_codes_that_cannot_stand_in_an_address(tmp_path: Path) -> None:
    rotations = "code,name\nWA,Ward A\nL/D,Labour\n"
    shifts = "code,name,start,hours\nA|M,Morning,07:00,5\n"
    assert problems(make(tmp_path, rotations=rotations, shift_types=shifts)) == [
        'shift_types.csv, row 2, column code: "A|M" is no code, because of |; give one without / | # ? % such as ICU.',
        'rotations.csv, row 3, column code: "L/D" is no code, because of /; give one without / | # ? % such as ICU.',
    ]
