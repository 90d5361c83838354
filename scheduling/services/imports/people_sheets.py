"""The files that describe people: who they are, when they are away, what they wish and what is fixed for them."""

from absences.models import Absence
from people.models import Person, User
from scheduling.models import History, Placement, Preference
from scheduling.services.imports import cells
from scheduling.services.imports.columns import Column, Sheet

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
            "Account that is this person's, of their role; made if it is not there",
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
            "One fixes; A;B is either (of periods); !A is not on A",
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
    "X+Y: in which periods the people of a cohort are in clinic, or that they never are in one.",
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
