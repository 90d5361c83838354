"""What a cell may hold: each kind reads a text or says what is wrong with it and what was expected."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from people.models import FACULTY_LEVEL
from scheduling.services.imports.problems import WrongCell, nearest

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NONE_OF = "!"
LONGEST_SHOWN = 80  # characters of a cell in a message
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Kind:
    """`label` describes the kind in the documents; `read` turns a cell that is not blank into a value."""

    label: str
    read: Callable[[str], Any]


def _text(cell: str) -> str:
    return cell


def _username(cell: str) -> str:
    if not re.fullmatch(r"[\w.@+-]{1,150}", cell):
        raise WrongCell(f'"{cell}" is no username; expected letters, digits and @ . + - _ only')
    return cell


def _code(cell: str) -> str:
    if re.search(r"[;,!]", cell):
        raise WrongCell(f'"{cell}" is no code; expected one without ; , and !')
    return cell


def _number(cell: str) -> int:
    if not re.fullmatch(r"\d{1,6}", cell):
        raise WrongCell(f'"{cell}" is no whole number; expected one such as 3')
    return int(cell)


def _decimal(cell: str) -> Decimal:
    # Spreadsheets of many countries write 0,8.
    if not re.fullmatch(r"-?\d{1,9}([.,]\d{1,4})?", cell):
        raise WrongCell(f'"{cell}" is no number; expected one such as 12 or 0.8')
    return Decimal(cell.replace(",", "."))


def _date(cell: str) -> date:
    if re.fullmatch(r"\d{5}", cell):
        raise WrongCell(f'"{cell}" is a number; format the column as a date, or write it as 2026-07-01')
    if not ISO_DATE.fullmatch(cell):
        raise WrongCell(f'"{cell}" is no date; expected year-month-day such as 2026-07-01')
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise WrongCell(f'"{cell}" is no day of the calendar; expected one such as 2026-07-01') from None


def _time(cell: str) -> time:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(:00)?", cell)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise WrongCell(f'"{cell}" is no time; expected hours and minutes such as 07:00')
    return time(int(match[1]), int(match[2]))


def _yes_no(cell: str) -> bool:
    answer = {"yes": True, "no": False, "true": True, "false": False}.get(cell.casefold())
    if answer is None:
        raise WrongCell(f'"{cell}" is neither yes nor no')
    return answer


def _no_number(word: str) -> None:
    """NaN and Infinity, which Python reads and a database does not keep."""
    raise WrongCell(f"{word} is no number of JSON; expected one such as 12 or 0.8")


def _json(cell: str) -> dict[str, Any]:
    shown = cell if len(cell) <= LONGEST_SHOWN else f"{cell[:LONGEST_SHOWN]}…"
    try:
        value = json.loads(cell, parse_constant=_no_number)
    except RecursionError:
        raise WrongCell(f'"{shown}" is nested too deeply; expected an object such as {{"a": 1}}') from None
    except json.JSONDecodeError as error:
        raise WrongCell(f'"{shown}" is no JSON ({error}); expected an object such as {{"a": 1}}') from None
    except ValueError:  # the one other: whole numbers of thousands of digits
        raise WrongCell(f'"{shown}" holds a number that is too long; expected an object such as {{"a": 1}}') from None
    if not isinstance(value, dict):
        raise WrongCell(f'"{shown}" is no JSON object; expected one such as {{"a": 1}}')
    return value


def split(cell: str) -> list[str]:
    """The parts of a list: "A;B" or "A, B"."""
    return [part.strip() for part in re.split(r"[;,]", cell) if part.strip()]


def _words(cell: str) -> list[str]:
    return split(cell)


def _either(cell: str) -> tuple[bool, list[str]]:
    """Whether on one of these rotations (or on none of them), and their codes."""
    parts = split(cell)
    negated = [part.startswith(NONE_OF) for part in parts]
    if any(negated) and not all(negated):
        raise WrongCell(f'"{cell}" mixes "on" and "not on"; expected "A;B" or "!A;!B" (two rows say both)')
    return not any(negated), [part.removeprefix(NONE_OF).strip() for part in parts]


def _level(cell: str) -> int:
    if cell.upper() == "F":
        return FACULTY_LEVEL
    if not re.fullmatch(r"[1-9]", cell):
        raise WrongCell(f'"{cell}" is no PGY level; expected a number such as 1, or F for faculty')
    return int(cell)


def _pgy_level(cell: str) -> int:
    if not re.fullmatch(r"[1-9]", cell):
        raise WrongCell(f'"{cell}" is no PGY level; expected a number such as 1, blank for faculty')
    return int(cell)


def _levels(cell: str) -> list[int]:
    levels: list[int] = []
    for part in split(cell):
        if match := re.fullmatch(r"([1-9])-([1-9])", part):
            if match[2] < match[1]:
                raise WrongCell(f'"{part}" ends before it begins; expected a span such as 1-3')
            levels.extend(range(int(match[1]), int(match[2]) + 1))
        else:
            levels.append(_level(part))
    return sorted(set(levels))


def _weekday(word: str) -> int:
    names = [name.casefold() for name in WEEKDAYS]
    if word.casefold() not in names:
        raise WrongCell(f'"{word}" is no weekday; expected {", ".join(WEEKDAYS)}, or a span such as Mon-Fri')
    return names.index(word.casefold())


def _weekdays(cell: str) -> list[int]:
    days: set[int] = set()
    for part in split(cell):
        first, dash, last = part.partition("-")
        start = _weekday(first.strip())
        stop = _weekday(last.strip()) if dash else start
        days.update((start + step) % 7 for step in range((stop - start) % 7 + 1))
    return sorted(days)


def _periods(cell: str) -> list[int]:
    numbers: set[int] = set()
    for part in split(cell):
        match = re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", part)
        if not match or int(match[1]) < 1:
            raise WrongCell(f'"{part}" is no period; expected a number such as 3, or a span such as 3-5')
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise WrongCell(f'"{part}" ends before it begins; expected a span such as 3-5')
        numbers.update(range(first, last + 1))
    return sorted(numbers)


def _period(cell: str) -> int:
    if not re.fullmatch(r"[1-9]\d?", cell):
        raise WrongCell(f'"{cell}" is no period; expected its number, such as 3')
    return int(cell)


TEXT = Kind("text", _text)
CODE = Kind("code", _code)
USERNAME = Kind("username", _username)
NUMBER = Kind("whole number", _number)
DECIMAL = Kind("number", _decimal)
DATE = Kind("date", _date)
TIME = Kind("time", _time)
YES_NO = Kind("yes or no", _yes_no)
JSON = Kind("JSON object", _json)
WORDS = Kind("list of words", _words)
PGY_LEVEL = Kind("PGY level", _pgy_level)
LEVEL = Kind("PGY level, F for faculty", _level)
LEVELS = Kind("list of PGY levels, F for faculty", _levels)
WEEKDAY_LIST = Kind("list of weekdays", _weekdays)
PERIOD = Kind("period number", _period)
PERIODS = Kind("list of period numbers", _periods)
CODES = Kind("list of codes", _words)
EITHER = Kind("list of codes; with ! before each: none of them", _either)


def choice(*names: str) -> Kind:
    """One of these names."""

    def read(cell: str) -> str:
        if cell not in names:
            raise WrongCell(f'"{cell}" is not known{nearest(cell, names) or ";"} expected one of {", ".join(names)}')
        return cell

    return Kind(f"one of {', '.join(names)}", read)
