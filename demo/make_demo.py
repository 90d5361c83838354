"""Makes the demonstration program: the CSV files of this folder, the same ones each time.

    python demo/make_demo.py

An invented internal-medicine residency: 48 residents, 18 faculty, 13 four-week periods from 1 July 2026. The people,
their leave and their wishes come from a random generator with a fixed seed; staffing, curriculum and rules are
written out below, with the arithmetic by which they can all be met. docs/import.md describes the files.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
SEED = 2026
YEAR_START = date(2026, 7, 1)
PERIODS, PERIOD_DAYS = 13, 28
PER_LEVEL, FACULTY = 16, 18
FIRST_MONDAY = 5  # each period begins on a Wednesday

type Cells = Sequence[object]

FIRST_NAMES = """
Amara Bilal Chiara Daichi Elif Farid Giulia Hana Ines Jomo Katarina Liang Mireille Naveen Oksana Pablo
Quynh Rashida Sven Tomasz Uzma Valentina Wanjiru Xiomara Yusuf Zofia Adebayo Brigid Cheng Dimitra Eitan Fatima
Goran Hye-jin Ibrahim Juliana Kofi Leilani Mateo Nadia Obinna Priya Rafael Sunita Thandi Ulrike Vikram Wei
Yelena Zeynep Anders Beatriz Cormac Deepa Emeka Freya Gustavo Hiro Isolde Jamal Keiko Lorenzo Maeve Nikolai Olu
Paloma
"""
LAST_NAMES = """
Okafor Rahimi Bianchi Watanabe Yildiz Haddad Moretti Novak Carvalho Mwangi Horvat Zhang Laurent Iyer Shevchenko
Ortega Tran Siddiqui Lindqvist Kowalski Qureshi Rossi Kamau Delgado Demir Wisniewska Adeyemi Gallagher Wu
Papadakis Peretz Mansour Petrovic Kang Diallo Almeida Mensah Kealoha Fuentes Boutros Nwosu Sharma Medina Patel
Dlamini Brandt Rao Huang Volkova Aydin Sorensen Teixeira Byrne Menon Eze Halvorsen Ribeiro Tanaka Keller Jackson
Sato Ferraro Doyle Orlov Balogun Vega
"""

PROGRAM = [
    ("name", "time_zone", "period_scheme", "rule_set", "holiday_country", "holiday_subdivision",
     "who_is_on_is_public", "lock_days", "year_start", "year_end", "rule_settings"),
    ("Riverside Internal Medicine", "America/Chicago", "4w", "acgme-2025", "US", "IL",
     "yes", 2, YEAR_START, "2027-06-30",
     # Faculty are rostered by day only: what they do from home at night is not in this schedule.
     '{"rules": {"supervision": {"force": "off"}}}'),
]  # fmt: skip

# From the end of an evening (21:00) to a day (07:00) lie the ten hours of rest that the program asks for.
SHIFT_TYPES = [
    ("code", "name", "start", "hours", "duty", "night", "not_followed_by", "joins"),
    ("DAY", "Day", "07:00", 12, "", "no", "", ""),
    ("EVE", "Evening call", "11:00", 10, "", "no", "", ""),
    ("NIGHT", "Night", "19:00", 12, "", "yes", "DAY;EVE;CLINIC;BACKUP", ""),
    ("CLINIC", "Clinic day", "08:00", 9, "", "no", "", ""),
    # Whoever is on backup goes to clinic as ever, and works nothing else until they are called in.
    ("BACKUP", "Backup", "07:00", 24, "backup", "no", "", "CLINIC"),
]

ROTATIONS = [
    ("code", "name", "colour", "night_float", "allows_vacation", "regular_shifts", "regular_weekdays"),
    ("WA", "Wards A", 1, "no", "no", "DAY", "Mon-Fri"),
    ("WB", "Wards B", 2, "no", "no", "DAY", "Mon-Fri"),
    ("WC", "Wards C", 3, "no", "no", "DAY", "Mon-Fri"),
    ("ICU", "Medical ICU", 4, "no", "no", "", ""),
    ("CCU", "Cardiac care unit", 5, "no", "no", "", ""),
    ("NF", "Night float", 6, "yes", "no", "", ""),
    ("ED", "Emergency department", 7, "no", "no", "", ""),
    ("CARD", "Cardiology consults", 8, "no", "yes", "CLINIC", "Mon-Fri"),
    ("GERI", "Geriatrics", 9, "no", "yes", "CLINIC", "Mon-Fri"),
    ("NEUR", "Neurology", 10, "no", "yes", "CLINIC", "Mon-Fri"),
    ("CLIN", "Continuity clinic", 11, "no", "yes", "CLINIC", "Mon-Fri"),
    ("AMB", "Ambulatory block", 12, "no", "yes", "CLINIC", "Mon-Fri"),
    ("ELEC", "Elective", 1, "no", "yes", "CLINIC", "Mon-Fri"),
    ("RES", "Research", 2, "no", "yes", "CLINIC", "Mon-Fri"),
    ("JEO", "Jeopardy", 3, "no", "yes", "", ""),  # nobody is placed on it: people elsewhere are on backup
]

WARDS = ("WA", "WB", "WC")
OFFICES = ("CARD", "GERI", "NEUR", "CLIN", "AMB", "ELEC", "RES")

CURRICULUM = [
    ("level", "rotations", "fewest", "most"),
    # PGY-1: each period 12 of 16 are on wards, ICU, CCU, night float and emergency; 52 of 208 places are left.
    (1, "WA;WB;WC", 4, 6), (1, "ICU", 1, 2), (1, "CCU", 0, 1), (1, "NF", 1, 2), (1, "ED", 0, 1),
    (1, "CLIN", 1, 3), (1, "AMB", 0, 3), (1, "ELEC", 1, 3), (1, "GERI", 0, 1), (1, "NEUR", 0, 1),
    # PGY-2 and PGY-3 share 14 such places a period among 32.
    (2, "WA;WB;WC", 2, 4), (2, "ICU", 1, 2), (2, "CCU", 0, 2), (2, "NF", 0, 1), (2, "ED", 0, 2),
    (2, "CARD", 1, 2), (2, "CLIN", 1, 2), (2, "AMB", 0, 2), (2, "ELEC", 1, 3), (2, "GERI", 1, 1),
    (2, "NEUR", 0, 2), (2, "RES", 0, 2),
    (3, "WA;WB;WC", 2, 4), (3, "ICU", 0, 2), (3, "CCU", 0, 2), (3, "NF", 0, 1), (3, "ED", 0, 2),
    (3, "CARD", 0, 2), (3, "CLIN", 1, 3), (3, "AMB", 1, 2), (3, "ELEC", 2, 4), (3, "GERI", 0, 1),
    (3, "NEUR", 0, 1), (3, "RES", 0, 2),
    # Faculty: ten attend on wards and units each period, the others see patients and teach.
    ("F", "WA;WB;WC", 0, 5), ("F", "ICU", 0, 3), ("F", "CCU", 0, 3), ("F", "ED", 0, 3), ("F", "CARD", 0, 6),
    ("F", "GERI", 0, 6), ("F", "CLIN", 1, 8), ("F", "RES", 0, 3),
]  # fmt: skip

# People placed in each period. Ward: 2 interns, 2 seniors. ICU: 4, from the second period on with interns.
STAFFING_HEADER = (
    "name", "rotations", "shift_type", "weekdays", "holidays", "levels", "fewest", "most", "price_below"
)  # fmt: skip


def staffing() -> list[Cells]:
    """Staffing of periods, then of blocks. Each block's rows leave everybody four free days in 28."""
    rows: list[Cells] = [STAFFING_HEADER]

    def period(name: str, rotations: str, levels: str, fewest: int, most: object) -> None:
        rows.append((name, rotations, "", "", "", levels, fewest, most, ""))

    for ward, name in zip(WARDS, ("Wards A", "Wards B", "Wards C"), strict=True):
        period(f"{name}: interns", ward, "1", 2, 3)
        period(f"{name}: seniors", ward, "2;3", 2, 3)
        period(f"{name}: attendings", ward, "F", 2, 3)
    period("ICU: residents", "ICU", "", 4, 6)
    period("ICU: seniors", "ICU", "2;3", 2, "")
    period("ICU: attendings", "ICU", "F", 2, 3)
    period("CCU: residents", "CCU", "", 3, 4)
    period("CCU: seniors", "CCU", "2;3", 2, "")
    period("CCU: attendings", "CCU", "F", 1, 2)
    period("Night float: interns", "NF", "1", 2, 3)
    period("Night float: seniors", "NF", "2;3", 2, 3)
    period("Emergency: residents", "ED", "", 3, 4)
    period("Emergency: attendings", "ED", "F", 1, 2)
    period("Cardiology consults", "CARD", "2;3", 1, 4)
    period("Clinic: residents", "CLIN", "", 2, 8)
    period("Clinic: attendings", "CLIN", "F", 2, 8)
    rows.extend((*row, "") for row in (*_ward_blocks(), *_unit_blocks()))
    # Rather a day without backup than a shift without anybody.
    rows.append(("Backup", "JEO", "BACKUP", "", "also", "1-3", 1, 1, 300))
    return rows


def _ward_blocks() -> Iterable[Cells]:
    evenings = {"WA": "Mon;Thu;Sun", "WB": "Tue;Fri", "WC": "Wed;Sat"}
    for ward, name in zip(WARDS, ("Wards A", "Wards B", "Wards C"), strict=True):
        yield f"{name}, weekdays", ward, "DAY", "Mon-Fri", "not", "", 2, 4
        yield f"{name}, weekdays: an intern", ward, "DAY", "Mon-Fri", "not", "1", 1, ""
        yield f"{name}, weekends", ward, "DAY", "Sat;Sun", "also", "", 2, 3
        yield f"{name}, holidays", ward, "DAY", "Mon-Fri", "only", "", 2, 3
        yield f"{name}: a senior", ward, "DAY", "", "also", "2;3", 1, ""
        yield f"{name}: an attending", ward, "DAY", "", "also", "F", 1, ""
        yield f"{name}, evenings", ward, "EVE", evenings[ward], "also", "", 1, 1


def _unit_blocks() -> Iterable[Cells]:
    yield "ICU, weekdays", "ICU", "DAY", "Mon-Fri", "not", "", 2, 3
    yield "ICU, weekends", "ICU", "DAY", "Sat;Sun", "also", "", 1, 2
    yield "ICU, holidays", "ICU", "DAY", "Mon-Fri", "only", "", 1, 2
    yield "ICU: a senior by day", "ICU", "DAY", "", "also", "2;3", 1, ""
    yield "ICU: an attending", "ICU", "DAY", "", "also", "F", 1, 1
    yield "ICU, nights", "ICU", "NIGHT", "", "also", "", 1, 1
    yield "CCU, weekdays", "CCU", "DAY", "Mon-Fri", "not", "", 2, 3
    yield "CCU, weekends", "CCU", "DAY", "Sat;Sun", "also", "", 1, 2
    yield "CCU, holidays", "CCU", "DAY", "Mon-Fri", "only", "", 1, 2
    yield "CCU: an attending", "CCU", "DAY", "Mon-Fri", "not", "F", 1, 1
    yield "Night float, Sunday to Thursday", "NF", "NIGHT", "Sun-Thu", "also", "", 3, 4
    yield "Night float, weekends", "NF", "NIGHT", "Fri;Sat", "also", "", 2, 3
    yield "Night float: a senior", "NF", "NIGHT", "", "also", "2;3", 1, ""
    yield "Night float: an intern", "NF", "NIGHT", "", "also", "1", 1, ""
    yield "Emergency, days", "ED", "DAY", "", "also", "", 1, 2
    yield "Emergency, evenings", "ED", "EVE", "", "also", "", 1, 1
    yield "Emergency: an attending", "ED", "DAY", "Mon-Fri", "not", "F", 1, 1


def cross_cover() -> list[Cells]:
    """People on consults, clinic and electives help out at weekends and on some nights."""
    rows: list[Cells] = [("rotation", "covers", "shift_types", "weekdays", "levels", "price")]
    for office in ("ELEC", "AMB", "CLIN"):
        rows.extend((office, ward, "DAY", "Sat;Sun", "1-3", 4) for ward in WARDS)
    for office in ("ELEC", "RES", "CARD", "NEUR"):
        rows.append((office, "ICU", "NIGHT", "Fri;Sat", "2;3", 6))
        rows.append((office, "ICU", "DAY", "Sat;Sun", "2;3", 5))
    rows.append(("ELEC", "NF", "NIGHT", "Fri;Sat", "1-3", 6))
    rows.append(("AMB", "NF", "NIGHT", "Fri;Sat", "1-3", 6))
    rows.append(("ELEC", "ED", "DAY;EVE", "Sat;Sun", "1-3", 5))
    rows.append(("GERI", "CCU", "DAY", "Sat;Sun", "1-3", 5))
    rows.extend((office, "JEO", "BACKUP", "", "1-3", 1) for office in OFFICES)
    return rows


SEQUENCE_RULES = [
    ("name", "kind", "levels", "rotations", "next_rotations", "most", "window", "first_period", "price"),
    ("No two night floats in a row", "not_in_a_row", "1-3", "NF", "", "", "", "", ""),
    ("Rather two periods between night floats", "gap", "1-3", "NF", "", "", 1, "", 5),
    ("ICU not right after CCU", "not_in_a_row", "1-3", "CCU", "ICU", "", "", "", ""),
    ("CCU not right after ICU", "not_in_a_row", "1-3", "ICU", "CCU", "", "", "", ""),
    ("No night float right after ICU", "not_in_a_row", "1-3", "ICU", "NF", "", "", "", ""),
    ("After night float a period by day outside wards and units", "not_in_a_row", "1-3", "NF", "WA;WB;WC;ICU;CCU;ED",
     "", "", "", ""),
    ("At most three ward periods in any four", "at_most", "1-3", "WA;WB;WC", "", 3, 4, "", ""),
    ("Interns come to the ICU from the second period on", "only_in", "1", "ICU", "", "", "", 2, ""),
    ("Research next to an elective preferred", "in_a_row", "2;3", "RES", "ELEC", "", "", "", 2),
]  # fmt: skip


def period_start(number: int) -> date:
    return YEAR_START + timedelta(days=PERIOD_DAYS * (number - 1))


def people() -> list[Cells]:
    """R101 to R316 by level, F01 to F18. R207 moves up in mid-year, R311 works four days of five, R301 is a chief."""
    random = Random(SEED)
    firsts, lasts = FIRST_NAMES.split(), LAST_NAMES.split()
    random.shuffle(firsts)
    random.shuffle(lasts)
    header = ("code", "name", "email", "phone", "type", "pgy_level", "part_time_share", "chief", "start_date",
              "next_level_on", "username")  # fmt: skip
    rows: list[Cells] = [header]
    usernames = {"R301": "chief", "R104": "resident", "F01": "faculty"}
    codes = [(f"R{level}{n:02}", level) for level in (1, 2, 3) for n in range(1, PER_LEVEL + 1)]
    codes += [(f"F{n:02}", 0) for n in range(1, FACULTY + 1)]
    for number, ((code, level), first, last) in enumerate(zip(codes, firsts, lasts, strict=True)):
        name = f"{first} {last}"
        email = f"{first}.{last}@riverside.example".lower().replace("-", "")
        rows.append(
            (
                code,
                name if level else f"Dr. {name}",
                email,
                f"555-0{100 + number}",
                "resident" if level else "faculty",
                level or "",
                "0.8" if code == "R311" else "",
                "yes" if code in ("R301", "R302") else "",
                YEAR_START if level == 1 else "",
                period_start(7) if code == "R207" else "",
                usernames.get(code, ""),
            )
        )
    return rows


ACCOUNTS = [
    ("username", "first_name", "last_name", "email", "role", "coordinates"),
    ("admin", "Morgan", "Ellery", "morgan.ellery@riverside.example", "admin", "no"),
    ("coordinator", "Ruth", "Calloway", "ruth.calloway@riverside.example", "coordinator", "yes"),
]

LEAVE_HEADER = ("person", "first_day", "last_day", "kind", "status", "reason", "decision_reason")


def leave() -> list[Cells]:
    """Everybody's vacation: two weeks and one week in two periods, at most three people of a level in each period."""
    random = Random(SEED + 1)
    rows: list[Cells] = [LEAVE_HEADER]
    for level in (1, 2, 3):
        codes = [f"R{level}{n:02}" for n in range(1, PER_LEVEL + 1)]
        for number, code in enumerate(codes):
            # 16 people, 5 periods apart: no period gets more than three of them.
            first, second = (number + 3 * level) % PERIODS + 1, (number + 3 * level + 6) % PERIODS + 1
            rows.append(_vacation(code, first, random.choice((0, 1)), 2))
            rows.append(_vacation(code, second, random.choice((0, 1, 2)), 1))
    for number in range(FACULTY):
        rows.append(_vacation(f"F{number + 1:02}", number % PERIODS + 1, random.choice((0, 1)), 2))
        rows.append(_vacation(f"F{number + 1:02}", (number + 7) % PERIODS + 1, random.choice((0, 1, 2)), 1))
    rows.extend(_other_leave())
    return rows


def _vacation(code: str, period: int, week: int, weeks: int, status: str = "approved") -> Cells:
    first = period_start(period) + timedelta(days=FIRST_MONDAY + 7 * week)
    return code, first, first + timedelta(days=7 * weeks - 1), "vacation", status, "", ""


def _other_leave() -> Iterable[Cells]:
    yield "R212", period_start(9), period_start(11) - timedelta(days=1), "parental", "approved", "Second child", ""
    yield "R305", "2026-11-05", "2026-11-07", "conference", "approved", "Presents a poster", ""
    yield "R309", "2027-03-18", "2027-03-20", "conference", "approved", "Presents a paper", ""
    yield "R112", "2026-09-14", "2026-09-16", "sick", "approved", "", "Recorded by the coordinator"
    yield "R214", "2026-12-07", "2026-12-08", "jury-duty", "approved", "Summons of the county", ""
    for code, first, last, kind, why in (
        ("R103", "2027-05-17", "2027-05-21", "vacation", "Brother's wedding"),
        ("R109", "2027-02-08", "2027-02-12", "vacation", "Visit home"),
        ("R206", "2027-04-05", "2027-04-09", "conference", "Board review course"),
        ("R213", "2026-10-12", "2026-10-16", "vacation", ""),
        ("R304", "2027-01-25", "2027-01-29", "conference", "Fellowship interviews"),
        ("R312", "2027-06-07", "2027-06-11", "vacation", "Moving house"),
        ("F05", "2027-03-01", "2027-03-05", "conference", "Annual meeting"),
    ):
        yield code, first, last, kind, "requested", why, ""
    for code, first, last, why in (
        ("R101", "2026-12-21", "2027-01-03", "The two holiday weeks are shared: one of them is possible"),
        ("R208", "2026-12-21", "2027-01-03", "The two holiday weeks are shared: one of them is possible"),
        ("R315", "2026-07-06", "2026-07-19", "Orientation weeks: no vacation"),
    ):
        yield code, first, last, "vacation", "denied", "", why
    yield "R202", "2026-08-10", "2026-08-14", "vacation", "withdrawn", "", ""


def preferences() -> list[Cells]:
    """Wishes for rotations in periods, and about days."""
    random = Random(SEED + 2)
    rows: list[Cells] = [
        ("person", "period", "rotation", "first_day", "last_day", "shift_type", "wants", "weight", "note")
    ]
    by_level = {1: ("ELEC", "CLIN", "GERI"), 2: ("ELEC", "CARD", "NEUR", "RES"), 3: ("ELEC", "AMB", "RES", "CARD")}
    for level, rotations in by_level.items():
        for n in range(1, PER_LEVEL + 1):
            if random.random() < 0.75:
                period, rotation = random.randint(2, PERIODS), random.choice(rotations)
                rows.append((f"R{level}{n:02}", period, rotation, "", "", "", "yes", random.choice((1, 2, 3)), ""))
    for code, first, last, shift_type, note in (
        ("R105", "2026-12-24", "2026-12-25", "", "Christmas with the family"),
        ("R107", "2026-11-26", "2026-11-26", "", "Thanksgiving"),
        ("R110", "2027-03-20", "2027-03-21", "", "Nowruz"),
        ("R113", "2027-04-21", "2027-04-23", "", "Passover"),
        ("R116", "2026-11-08", "2026-11-08", "", "Diwali"),
        ("R203", "2027-02-06", "2027-02-07", "", "Lunar New Year"),
        ("R205", "2026-12-31", "2027-01-01", "NIGHT", ""),
        ("R209", "2027-03-10", "2027-03-11", "", "Eid"),
        ("R211", "2026-09-12", "2026-09-13", "", "Marathon"),
        ("R216", "2026-10-10", "2026-10-11", "", "Sister's wedding"),
        ("R303", "2026-12-24", "2026-12-26", "", ""),
        ("R306", "2027-05-08", "2027-05-09", "", "Mother's Day"),
        ("R308", "2026-08-22", "2026-08-23", "", "Reunion"),
        ("R310", "2027-06-26", "2027-06-27", "NIGHT", ""),
        ("R314", "2026-09-05", "2026-09-07", "", "Labor Day weekend"),
        ("F03", "2026-11-27", "2026-11-29", "", ""),
        ("F11", "2027-01-18", "2027-01-18", "", "Marches"),
    ):
        rows.append((code, "", "", first, last, shift_type, "no", 2, note))
    for code, first, shift_type in (
        ("R201", "2026-12-25", "DAY"),
        ("R307", "2026-11-26", "DAY"),
        ("R115", "2027-01-01", "DAY"),
    ):
        rows.append((code, "", "", first, first, shift_type, "yes", 1, "Gladly works the holiday"))
    return rows


PLACEMENTS = [
    ("person", "period", "date", "shift_type", "rotations"),
    ("R301", 1, "", "", "WA"),  # a chief leads a ward while the interns are new
    ("R302", 1, "", "", "WB"),
    ("R302", 13, "", "", "RES;ELEC"),
    ("R308", 7, "", "", "RES"),  # the grant runs from December
    ("R201", 6, "", "", "ICU"),
    ("R104", 1, "", "", "WC"),
    ("R111", 2, "", "", "!NF"),
    ("R207", 7, "", "", "!NF;!ICU"),  # first period as PGY-3
    ("R311", 4, "", "", "CLIN;AMB"),
    ("F01", 1, "", "", "WA"),
    ("R201", "", "2026-11-26", "DAY", "ICU"),  # asked for Thanksgiving
]  # fmt: skip


def write(name: str, rows: Iterable[Cells]) -> None:
    """One CSV file of this folder."""
    with (HERE / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def main() -> None:
    """Write all files."""
    write("program", PROGRAM)
    write("shift_types", SHIFT_TYPES)
    write("rotations", ROTATIONS)
    write("cross_cover", cross_cover())
    write("staffing", staffing())
    write("curriculum", CURRICULUM)
    write("sequence_rules", SEQUENCE_RULES)
    write("people", people())
    write("accounts", ACCOUNTS)
    write("leave", leave())
    write("preferences", preferences())
    write("placements", PLACEMENTS)


if __name__ == "__main__":
    main()
