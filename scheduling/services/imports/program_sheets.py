"""The files that describe the program itself: catalog and requirements."""

from people.models import Program
from scheduling.models import CrossCover, Curriculum, Rotation, SequenceRule, ShiftType, Staffing
from scheduling.services.imports import cells
from scheduling.services.imports.columns import Column, Sheet

WITHOUT = "without / # ? % ; , ! and upright strokes"  # a stroke would end the cell of the documents' table

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
        Column(
            "lock_days",
            cells.NUMBER,
            "Published days until so many days from today change only with a reason; 0: no lock",
            "3",
            default="0",
        ),
        Column("year_start", cells.DATE, "First day of the academic year", "2026-07-01", True, is_field=False),
        Column(
            "year_end",
            cells.DATE,
            "Last day, at most 400 days on; blank: a year after the first",
            "2027-06-30",
            is_field=False,
        ),
    ),
    Program,
    ("name",),
    required=True,
)

SHIFT_TYPES = Sheet(
    "shift_types",
    "The shift types, in the order in which they are shown. Not needed for a rotation plan alone.",
    (
        Column("code", cells.CODE, f"Short code, unique in the program, {WITHOUT}", "NIGHT", required=True),
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
        Column("code", cells.CODE, f"Two to four letters, unique in the program, {WITHOUT}", "ICU", required=True),
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
        Column("levels", cells.LEVELS, "People of which PGY levels; blank: all residents", "2;3"),
        Column("price", cells.DECIMAL, "What one such call costs the optimiser", "1", default="1"),
    ),
    CrossCover,
)

STAFFING = Sheet(
    "staffing",
    "How many people one rotation, or several together, need and can take: in each period, or in each block.",
    (
        Column("name", cells.TEXT, "Name that reports use; blank: made from the rotations", "Ward A nights"),
        Column(
            "rotations",
            cells.CODES,
            "Rotations counted together; of blocks: one",
            "WA",
            True,
            refers="rotations",
            is_field=False,
        ),
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
        Column("levels", cells.LEVELS, "PGY levels counted; blank: all residents", "2-3"),
        Column("excluded_tracks", cells.WORDS, "Tracks not counted", "NEURO"),
        Column("fewest", cells.NUMBER, "At least so many", "1", default="0"),
        Column("most", cells.NUMBER, "At most so many; blank: no limit", "2"),
        Column("weight", cells.DECIMAL, "What one person counts, at least 0.1", "1", default="1"),
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
        Column("levels", cells.LEVELS, "For these PGY levels; blank: all residents", "1"),
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
