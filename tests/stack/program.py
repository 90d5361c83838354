"""A program that is as small as one can be and still be generated within seconds: eight people, two rotations, a
quarter of a year around today."""

from datetime import date, timedelta
from pathlib import Path

PASSWORD = "a-password-for-the-stack"
SLUG = "stack-medicine"
TIME_ZONE = "America/Chicago"


def write(folder: Path, today: date) -> Path:
    """The spreadsheets that import_program reads. Accounts: coordinator, and resident, who is the person R1."""
    first = today - timedelta(days=today.weekday() + 28)
    residents = [
        f"R{number},Resident {number},,{1 + number % 2},{'resident' if number == 1 else ''}" for number in range(1, 9)
    ]
    files = {
        "program": [
            "name,time_zone,year_start,year_end",
            f"Stack Medicine,{TIME_ZONE},{first},{first + timedelta(days=12 * 7 - 1)}",
        ],
        "rotations": ["code,name,night_float", "WA,Ward A,no", "WB,Ward B,no", "NF,Night float,yes"],
        "shift_types": [
            "code,name,start,hours,night,not_followed_by",
            "DAY,Day,07:00,12,no,",
            "NIGHT,Night,19:00,12,yes,DAY",
        ],
        "people": ["code,name,type,pgy_level,username", *residents],
        "accounts": [
            "username,first_name,last_name,email,role,coordinates",
            "coordinator,Cora,Ordinator,cora@example.org,coordinator,yes",
            "resident,Rese,Dent,rese@example.org,resident,no",
        ],
        "staffing": [
            "name,rotations,shift_type,levels,fewest,most",
            "Ward A,WA,,,2,3",
            "Ward B,WB,,,2,3",
            "Nights,NF,,,2,3",
            "Ward A days,WA,DAY,,1,2",
            "Ward B days,WB,DAY,,1,2",
            "Nights of both,NF,NIGHT,,1,2",
        ],
        "curriculum": ["level,rotations,fewest,most", "1,WA;WB,1,3", "1,NF,0,2", "2,WA;WB,1,3", "2,NF,0,2"],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join([*lines, ""]))
    return folder
