"""The files of an import and their columns. docs/import.md is written from here: `import_program --columns`."""

from absences.models import Absence
from people.models import Person, Program, User
from scheduling.models import (
    CrossCover,
    Curriculum,
    History,
    Placement,
    Preference,
    Rotation,
    SequenceRule,
    ShiftType,
    Staffing,
)
from scheduling.services.imports import cells
from scheduling.services.imports.columns import Column, Sheet

PROGRAM = Sheet(
    "program",
    "The program and its academic year, in one row. A program of this name is updated, else it is made.",
    (
        Column("name", cells.TEXT, "Name of the program", "Riverside Internal Medicine", required=True),
        Column("time_zone", cells.TEXT, "Its time zone", "America/Chicago", default="America/New_York"),
        Column(
            "period_scheme",
            cells.choice(*Program.PeriodScheme.values),
            "Periods of the year plan: four, two or one weeks, or calendar months",
            "4w",
            default="4w",
        ),
        Column(
            "rule_set",
            cells.choice(*Program.RuleSet.values),
            "Duty-hour rules",
            "acgme-2025",
            default="acgme-2025",
        ),
        Column(
            "rule_settings",
            cells.JSON,
            "The program's own rules and prices over the defaults",
            '{"rules": {"night_float_run": {"limit": 5}}}',
            default="{}",
        ),
        Column("holiday_country", cells.TEXT, "Two-letter country of its public holidays", "US", default="US"),
        Column("holiday_subdivision", cells.TEXT, "State or province of the holidays", "IL"),
        Column(
            "who_is_on_is_public",
            cells.YES_NO,
            "Anybody in the hospital may read who is on, without an account",
            "no",
            default="no",
            field="shows_who_is_on",
        ),
        Column("year_start", cells.DATE, "First day of the academic year", "2026-07-01", True, is_field=False),
        Column("year_end", cells.DATE, "Last day; blank: a year after the first", "2027-06-30", is_field=False),
    ),
    Program,
    ("name",),
    required=True,
)

SHIFT_TYPES = Sheet(
    "shift_types",
    "The shift types, in the order in which they are shown. Not needed for a rotation plan alone.",
    (
        Column("code", cells.CODE, "Short code, unique in the program", "NIGHT", required=True),
        Column("name", cells.TEXT, "Name", "Night", required=True),
        Column("start", cells.TIME, "Start by the clock on the wall", "19:00", True, field="start_time"),
        Column("hours", cells.DECIMAL, "Length in hours, at most 28", "12", required=True),
        Column(
            "counted_hours",
            cells.DECIMAL,
            "Hours that count as work where they are not the whole length (home call)",
            "",
        ),
        Column(
            "duty",
            cells.choice(*ShiftType.Duty.values),
            "In-house work, home call, or backup",
            "in_house",
            default="in_house",
        ),
        Column("night", cells.YES_NO, "Counts as a night", "yes", default="no", field="is_night"),
        Column(
            "call",
            cells.YES_NO,
            "In-house call in the sense of the every-third-night rule",
            "no",
            default="no",
            field="is_call",
        ),
        Column(
            "not_followed_by",
            cells.CODES,
            "Shift types that may not be worked on the next day",
            "DAY;CLINIC",
            refers="shift_types",
            is_field=False,
        ),
        Column(
            "joins",
            cells.CODES,
            "Shift types that may be worked on the same day, such as AM with PM; either may say so",
            "",
            refers="shift_types",
            is_field=False,
        ),
    ),
    ShiftType,
    ("code",),
)

ROTATIONS = Sheet(
    "rotations",
    "The rotations, in the order in which they are shown. Needed for a new program.",
    (
        Column("code", cells.CODE, "Two to four letters, unique in the program", "ICU", required=True),
        Column("name", cells.TEXT, "Name", "Medical ICU", required=True),
        Column("colour", cells.NUMBER, "One of the twelve hues, 1 to 12; blank: given out in turn", "4"),
        Column("night_float", cells.YES_NO, "Works nights only", "no", default="no", field="is_night_float"),
        Column("vacation", cells.YES_NO, "Being here is being on vacation", "no", default="no", field="is_vacation"),
        Column("allows_vacation", cells.YES_NO, "Vacation may be taken from here", "yes", default="yes"),
        Column(
            "weekly_hours_limit",
            cells.NUMBER,
            "Hours a week, averaged; up to 88 where the review committee granted it",
            "80",
            default="80",
        ),
        Column(
            "regular_shifts",
            cells.CODES,
            "Shift types that everybody here works on the regular weekdays",
            "CLINIC",
            refers="shift_types",
            is_field=False,
        ),
        Column("regular_weekdays", cells.WEEKDAY_LIST, "Those weekdays; blank: every day", "Mon-Fri"),
        Column("active", cells.YES_NO, "Still in use", "yes", default="yes", field="is_active"),
    ),
    Rotation,
    ("code",),
)

CROSS_COVER = Sheet(
    "cross_cover",
    "Whose people may be called to blocks of another rotation.",
    (
        Column("rotation", cells.CODE, "Where people are placed", "ELEC", True, refers="rotations", is_field=False),
        Column("covers", cells.CODE, "Where they may be called to", "WA", True, refers="rotations", is_field=False),
        Column(
            "shift_types",
            cells.CODES,
            "To which shift types",
            "DAY;NIGHT",
            required=True,
            refers="shift_types",
            is_field=False,
        ),
        Column("weekdays", cells.WEEKDAY_LIST, "On which weekdays; blank: every day", "Sat;Sun"),
        Column("levels", cells.LEVELS, "People of which PGY levels; blank: all", "2;3"),
        Column("price", cells.DECIMAL, "What one such call costs the optimiser", "1", default="1"),
    ),
    CrossCover,
)

STAFFING = Sheet(
    "staffing",
    "How many people one rotation, or several together, need and can take: in each period, or in each block.",
    (
        Column("name", cells.TEXT, "Name that reports use; blank: made from the rotations", "Ward A nights"),
        Column("rotations", cells.CODES, "Rotations counted together", "WA", True, refers="rotations", is_field=False),
        Column(
            "shift_type",
            cells.CODE,
            "Set: people in each block of this shift type. Blank: people placed in each period",
            "NIGHT",
            refers="shift_types",
            is_field=False,
        ),
        Column("weekdays", cells.WEEKDAY_LIST, "Of blocks: on which weekdays; blank: every day", "Mon-Fri"),
        Column(
            "holidays",
            cells.choice(*Staffing.Holidays.values),
            "Of blocks: on holidays too, not on them, or only on them",
            "also",
            default="also",
        ),
        Column("first_period", cells.PERIOD, "From this period on", "1"),
        Column("last_period", cells.PERIOD, "To this period", "13"),
        Column("levels", cells.LEVELS, "PGY levels counted; blank: all", "2-3"),
        Column("excluded_tracks", cells.WORDS, "Tracks not counted", "NEURO"),
        Column("fewest", cells.NUMBER, "At least so many", "1", default="0"),
        Column("most", cells.NUMBER, "At most so many; blank: no limit", "2"),
        Column("weight", cells.DECIMAL, "What one person counts", "1", default="1"),
        Column("part_leave_weight", cells.DECIMAL, "What a person counts who is partly on leave in the period", ""),
        Column("price_below", cells.DECIMAL, "Cost of each one missing", "1000", default="1000"),
        Column("price_above", cells.DECIMAL, "Cost of each one too many", "100", default="100"),
    ),
    Staffing,
)

CURRICULUM = Sheet(
    "curriculum",
    "How many periods of a rotation, or of several together, each level spends. People are placed only on "
    "rotations that a row of their level and track names.",
    (
        Column("level", cells.LEVEL, "PGY level, F for faculty", "1", required=True),
        Column("track", cells.TEXT, "Track; blank: categorical", "NEURO"),
        Column("rotations", cells.CODES, "Taken together", "WA;WB", True, refers="rotations", is_field=False),
        Column("fewest", cells.NUMBER, "At least so many periods", "2", default="0"),
        Column("most", cells.NUMBER, "At most so many; blank: no limit", "4"),
        Column("waived_on_leave", cells.YES_NO, "Not owed by people with a whole period of leave", "no", default="no"),
        Column("allows_leave", cells.YES_NO, "A period partly on leave may be spent here", "yes", default="yes"),
        Column(
            "counts_history",
            cells.YES_NO,
            "Owed over the whole residency: what was done before the year counts",
            "no",
            default="no",
        ),
        Column("price", cells.DECIMAL, "Cost of each period missing or too many", "1000", default="1000"),
    ),
    Curriculum,
)

SEQUENCE_RULES = Sheet(
    "sequence_rules",
    "Which rotations may, must or should follow which, and when in the year. not_in_a_row and in_a_row look at "
    "two periods in a row; gap: not again after `window` periods elsewhere; at_most: at most `most` in any `window` "
    "periods (blank: in the year); only_in and must_be_in: in the periods from first_period to last_period, or in "
    "`starts`; stint: `fewest` to `most` periods in a row.",
    (
        Column("name", cells.TEXT, "The rule as a sentence; blank: made from the kind", "No two night floats in a row"),
        Column(
            "kind", cells.choice(*SequenceRule.Kind.values), "Kind of rule, see above", "not_in_a_row", required=True
        ),
        Column("levels", cells.LEVELS, "For these PGY levels; blank: all", "1"),
        Column("track", cells.TEXT, "For this track; blank: every track; - for categorical people only", "-"),
        Column("rotations", cells.CODES, "The rotations it is about", "NF", True, refers="rotations", is_field=False),
        Column(
            "next_rotations",
            cells.CODES,
            "Of rows: the rotations that follow; blank: the same again",
            "CCU",
            refers="rotations",
            is_field=False,
        ),
        Column("fewest", cells.NUMBER, "Shortest stint", "2"),
        Column("most", cells.NUMBER, "At most so many, or longest stint", "2"),
        Column("window", cells.NUMBER, "In any so many periods, or periods between", "4"),
        Column("first_period", cells.PERIOD, "From this period", "1"),
        Column("last_period", cells.PERIOD, "To this period", "3"),
        Column(
            "starts",
            cells.PERIODS,
            "Only where the first of the periods in a row is one of these; of only_in and must_be_in: those",
            "2;4;6",
        ),
        Column("price", cells.DECIMAL, "Blank: hard. Cost of breaking it; what a preferred row earns", "10"),
    ),
    SequenceRule,
)

PEOPLE = Sheet(
    "people",
    "Residents and faculty. Needed for a new program. An email alone makes no account; `username` does, "
    "without a password.",
    (
        Column("code", cells.CODE, "What the program's lists call the person, unique in it", "R107", required=True),
        Column("name", cells.TEXT, "Full name", "Amara Okafor", required=True),
        Column("email", cells.TEXT, "Email address", "a.okafor@example.org"),
        Column("phone", cells.TEXT, "Telephone or pager", "555-0107"),
        Column("type", cells.choice(*Person.Type.values), "Resident or faculty", "resident", default="resident"),
        Column("pgy_level", cells.PGY_LEVEL, "Level on the first day of the year; blank for faculty", "1"),
        Column("track", cells.TEXT, "Blank: categorical", "NEURO"),
        Column("cohort", cells.TEXT, "X+Y group, see cohorts", "Blue"),
        Column("part_time_share", cells.DECIMAL, "More than 0, at most 1", "0.8", default="1"),
        Column("chief", cells.YES_NO, "A resident who also schedules", "no", default="no", field="is_chief"),
        Column("active", cells.YES_NO, "Still in the program", "yes", default="yes", field="is_active"),
        Column("start_date", cells.DATE, "First day in the program; blank: before the year", "2026-07-01"),
        Column("end_date", cells.DATE, "Last day in the program; blank: after the year", ""),
        Column(
            "next_level_on", cells.DATE, "Off-cycle: the day on which the level changes", "2026-10-21", is_field=False
        ),
        Column("next_level", cells.PGY_LEVEL, "The level from then on; blank: one higher", "2", is_field=False),
        Column(
            "username",
            cells.USERNAME,
            "Account that is this person's; made if it is not there",
            "okafor",
            is_field=False,
        ),
    ),
    Person,
    ("code",),
)

ACCOUNTS = Sheet(
    "accounts",
    "Accounts of those who are no person of the schedule (or who also coordinate). Made without a password; an "
    "account that exists keeps its role, name and password.",
    (
        Column("username", cells.USERNAME, "Name to sign in with", "coordinator", required=True),
        Column("first_name", cells.TEXT, "First name", "Ruth"),
        Column("last_name", cells.TEXT, "Last name", "Calloway"),
        Column("email", cells.TEXT, "Email address", "r.calloway@example.org"),
        Column("role", cells.choice(*User.Role.values), "Role", "coordinator", required=True),
        Column("coordinates", cells.YES_NO, "Coordinates this program", "yes", default="no", is_field=False),
    ),
    User,
    ("username",),
)

LEAVE = Sheet(
    "leave",
    "Leave, whole days. Leave of the same person with the same first and last day is updated; other leave stays.",
    (
        Column("person", cells.CODE, "Code of the person", "R107", True, refers="people", is_field=False),
        Column("first_day", cells.DATE, "First day", "2026-08-03", True, field="start_date"),
        Column("last_day", cells.DATE, "Last day", "2026-08-16", True, field="end_date"),
        Column("kind", cells.choice(*Absence.Kind.values), "Kind of leave", "vacation", default="vacation"),
        Column("status", cells.choice(*Absence.Status.values), "How it stands", "approved", default="approved"),
        Column("reason", cells.TEXT, "Why it is asked for", ""),
        Column("decision_reason", cells.TEXT, "Why it was approved or denied", ""),
    ),
    Absence,
    ("person", "first_day", "last_day"),
)

PREFERENCES = Sheet(
    "preferences",
    "Wishes: for a rotation in a period, or about work on some days.",
    (
        Column("person", cells.CODE, "Code of the person", "R107", True, refers="people", is_field=False),
        Column("period", cells.PERIOD, "Of a rotation: in which period", "5", is_field=False),
        Column("rotation", cells.CODE, "That rotation", "CARD", refers="rotations", is_field=False),
        Column("first_day", cells.DATE, "Of days: the first", "2026-12-24", field="start_date"),
        Column("last_day", cells.DATE, "The last; blank: the same day", "2026-12-26", field="end_date"),
        Column(
            "shift_type",
            cells.CODE,
            "Only this shift type; blank: any work",
            "NIGHT",
            refers="shift_types",
            is_field=False,
        ),
        Column("wants", cells.YES_NO, "no: would rather not", "no", default="yes"),
        Column("weight", cells.DECIMAL, "How much", "1", default="1"),
        Column("note", cells.TEXT, "Why", "Wedding"),
    ),
    Preference,
)

PLACEMENTS = Sheet(
    "placements",
    "What is fixed: a person in a period, or in a block (date and shift type). Generating never moves it.",
    (
        Column("person", cells.CODE, "Code of the person", "R107", True, refers="people", is_field=False),
        Column("period", cells.PERIOD, "In this period", "1", is_field=False),
        Column("date", cells.DATE, "Or in the block of this date", "2026-11-26"),
        Column("shift_type", cells.CODE, "and of this shift type", "DAY", refers="shift_types", is_field=False),
        Column(
            "rotations",
            cells.EITHER,
            "One fixes; A;B is either; !A is not on A",
            "WA;WB",
            required=True,
            refers="rotations",
            is_field=False,
        ),
    ),
    Placement,
)

COHORTS = Sheet(
    "cohorts",
    "X+Y: in which periods the people of a cohort are in clinic, or that they never are in one. Becomes placements "
    "of each of them.",
    (
        Column("cohort", cells.TEXT, "Cohort, as in people", "Blue", required=True, is_field=False),
        Column("rotation", cells.CODE, "Their clinic", "CLIN", True, refers="rotations", is_field=False),
        Column("periods", cells.PERIODS, "In these periods; blank: never", "1;6;11;16;21;26", is_field=False),
        Column(
            "elsewhere",
            cells.YES_NO,
            "May they be on this rotation in other periods too",
            "no",
            default="no",
            is_field=False,
        ),
    ),
    None,
    ("cohort", "rotation"),
)

HISTORY = Sheet(
    "history",
    "Periods of a rotation done before the academic year; they count where the curriculum counts history.",
    (
        Column("person", cells.CODE, "Code of the person", "R107", True, refers="people", is_field=False),
        Column("rotation", cells.CODE, "Rotation", "ICU", True, refers="rotations", is_field=False),
        Column("periods", cells.NUMBER, "How many", "2", required=True),
    ),
    History,
    ("person", "rotation"),
)

SHEETS = (
    PROGRAM,
    SHIFT_TYPES,
    ROTATIONS,
    CROSS_COVER,
    STAFFING,
    CURRICULUM,
    SEQUENCE_RULES,
    PEOPLE,
    ACCOUNTS,
    LEAVE,
    PREFERENCES,
    PLACEMENTS,
    COHORTS,
    HISTORY,
)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
