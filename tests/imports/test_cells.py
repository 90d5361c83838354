"""What each kind of cell takes, and what it says of others."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from scheduling.services.imports import cells
from scheduling.services.imports.problems import WrongCell, nearest


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (cells.NUMBER, "12", 12),
        (cells.DECIMAL, "0.8", Decimal("0.8")),
        (cells.DECIMAL, "0,8", Decimal("0.8")),
        (cells.DECIMAL, "-3", Decimal(-3)),
        (cells.DATE, "2028-02-29", date(2028, 2, 29)),
        (cells.TIME, "7:00", time(7)),
        (cells.TIME, "19:30:00", time(19, 30)),
        (cells.YES_NO, "Yes", True),
        (cells.YES_NO, "no", False),
        (cells.JSON, '{"a": 1}', {"a": 1}),
        (cells.LEVEL, "f", 0),
        (cells.LEVELS, "3;1-2;F", [0, 1, 2, 3]),
        (cells.WEEKDAY_LIST, "Mon-Fri", [0, 1, 2, 3, 4]),
        (cells.WEEKDAY_LIST, "sun-tue; Fri", [0, 1, 4, 6]),
        (cells.PERIODS, "1;6-8", [1, 6, 7, 8]),
        (cells.CODES, "WA; WB,WC;", ["WA", "WB", "WC"]),
        (cells.EITHER, "WA;WB", (True, ["WA", "WB"])),
        (cells.EITHER, "!WA; ! WB", (False, ["WA", "WB"])),
        (cells.choice("a", "b"), "b", "b"),
        (cells.USERNAME, "a.okafor@x", "a.okafor@x"),
    ],
)
def test_a_cell_is_read(kind: cells.Kind, cell: str, value: Any) -> None:
    assert kind.read(cell) == value


@pytest.mark.parametrize(
    ("kind", "cell", "message"),
    [
        (cells.NUMBER, "1.5", '"1.5" is no whole number; expected one such as 3'),
        (cells.NUMBER, "-1", '"-1" is no whole number; expected one such as 3'),
        (cells.DECIMAL, "1,000,000", '"1,000,000" is no number; expected one such as 12 or 0.8'),
        (cells.DATE, "07/01/2026", '"07/01/2026" is no date; expected year-month-day such as 2026-07-01'),
        (cells.DATE, "2026-02-30", '"2026-02-30" is no day of the calendar; expected one such as 2026-07-01'),
        (cells.DATE, "46204", '"46204" is a number; format the column as a date, or write it as 2026-07-01'),
        (cells.TIME, "24:00", '"24:00" is no time; expected hours and minutes such as 07:00'),
        (cells.YES_NO, "maybe", '"maybe" is neither yes nor no'),
        (cells.JSON, "[1]", '"[1]" is no JSON object; expected one such as {"a": 1}'),
        (cells.PGY_LEVEL, "first", '"first" is no PGY level; expected a number such as 1, blank for faculty'),
        (cells.LEVELS, "1;X", '"X" is no PGY level; expected a number such as 1, or F for faculty'),
        (
            cells.WEEKDAY_LIST,
            "Mo",
            '"Mo" is no weekday; expected Mon, Tue, Wed, Thu, Fri, Sat, Sun, or a span such as Mon-Fri',
        ),
        (cells.PERIODS, "1;x", '"x" is no period; expected a number such as 3, or a span such as 3-5'),
        (cells.PERIODS, "5-3", '"5-3" ends before it begins; expected a span such as 3-5'),
        (cells.PERIOD, "0", '"0" is no period; expected its number, such as 3'),
        (cells.CODE, "A;B", '"A;B" is no code; expected one without ; , and !'),
        (cells.EITHER, "A;!B", '"A;!B" mixes "on" and "not on"; expected "A;B" or "!A;!B" (two rows say both)'),
        (cells.USERNAME, "a b", '"a b" is no username; expected letters, digits and @ . + - _ only'),
        (
            cells.choice("vacation", "sick"),
            "vacaton",
            '"vacaton" is not known, did you mean "vacation"? expected one of vacation, sick',
        ),
        (cells.choice("vacation", "sick"), "zzz", '"zzz" is not known; expected one of vacation, sick'),
        (
            cells.JSON,
            "[" * 100_000,
            f'"{"[" * 80}…" is nested too deeply; expected an object such as {{"a": 1}}',
        ),
        (
            cells.JSON,
            '{"a": ' + "7" * 5000 + "}",
            f'"{{"a": {"7" * 74}…" holds a number that is too long; expected an object such as {{"a": 1}}',
        ),
        (cells.JSON, '{"a": NaN}', "NaN is no number of JSON; expected one such as 12 or 0.8"),
    ],
)
def test_a_wrong_cell_says_what_was_expected(kind: cells.Kind, cell: str, message: str) -> None:
    with pytest.raises(WrongCell) as caught:
        kind.read(cell)
    assert str(caught.value) == message


def test_json_that_cannot_be_read_says_where() -> None:
    with pytest.raises(WrongCell, match=r'^"\{a" is no JSON \(Expecting property name .*\); expected an object such'):
        cells.JSON.read("{a")


def test_the_nearest_known_word_is_suggested() -> None:
    assert nearest("NF ", ["NF", "WA"]) == ', did you mean "NF"?'
    assert nearest("icu", ["ICU", "CCU"]) == ', did you mean "ICU"?'
    assert nearest("zzz", ["ICU", "CCU"]) == ""
