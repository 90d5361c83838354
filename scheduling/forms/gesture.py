"""What a hand did in the month or the year grid, as a POST or GET says it: fields to values, wrong ones to words.

A cell goes by "12:2026-11-03" (person, day) in the month and by "12:5" (person, number of the period) in the year; what
it holds follows after "=": "ICU|D" or "CL|AM/CL|PM", and in the year "ICU". Codes may hold ":", "=" and ",", but never
"|" or "/".
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.http import QueryDict

from scheduling.services.gestures import At, Duties, Gesture

SETS = ("set",)
MOVES = ("move", "swap", "push")
MARKS = ("pin", "loosen", "note")
LONGEST_NOTE = 200
LONGEST_REASON = 300
LONGEST_STATE = 500
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Grid[Column: Hashable, Content]:
    """How one of the two grids writes its columns and what its cells hold; both parsers raise ValueError."""

    column: Callable[[str], Column]
    content: Callable[[str], Content]
    empty: Content
    cell_words: str  # an example of a cell, for who wrote it otherwise
    content_words: str


def _day(text: str) -> date:
    if len(text) != len("2026-11-03"):
        raise ValueError(text)
    return date.fromisoformat(text)


def _duties(text: str) -> Duties:
    found = []
    for each in text.split("/") if text else ():
        rotation, bar, shift = each.partition("|")
        if not (rotation and bar and shift) or "|" in shift:
            raise ValueError(text)
        found.append((rotation, shift))
    if len({shift for _rotation, shift in found}) != len(found):
        raise ValueError(text)
    return tuple(found)


def _period(text: str) -> int:
    return _whole(text)


def _code(text: str) -> str:
    if "/" in text or "|" in text:
        raise ValueError(text)
    return text


MONTH: Grid[date, Duties] = Grid(
    _day, _duties, (), '"12:2026-11-03" (person and day)', '"ICU|D", or "CL|AM/CL|PM" with each shift once'
)
YEAR: Grid[int, str] = Grid(_period, _code, "", '"12:5" (person and period)', '"ICU", one rotation')


def gesture_of[Column: Hashable, Content](data: QueryDict, grid: Grid[Column, Content]) -> Gesture[Column, Content]:
    """The gesture of a POST. Raises ValidationError that names each wrong field and says what it takes."""
    verb = data.get("verb", "")
    wrong: list[str] = []

    def parsed[Value](read: Callable[[], Value], otherwise: Value) -> Value:
        try:
            return read()
        except ValidationError as error:
            wrong.extend(error.messages)
            return otherwise

    if verb not in (*SETS, *MOVES, *MARKS):
        wrong.append(f'The field "verb" is "{verb}": give set, move, swap, push, pin, loosen or note.')
    ends = verb in MOVES
    nothing: dict[At[Column], Content] = {}
    found = Gesture(
        verb=verb,
        cells=nothing if ends else parsed(lambda: _cells(data, grid, verb), nothing),
        start=parsed(lambda: cell_of(data, "from", grid), None) if ends else None,
        end=parsed(lambda: _target(data, grid), None) if ends else None,
        was=parsed(lambda: contents(data.getlist("was"), "was", grid), nothing),
        revision=parsed(lambda: _revision(data), 0),
        note=parsed(lambda: _text(data, "note", LONGEST_NOTE), ""),
        reason=parsed(lambda: _text(data, "reason", LONGEST_REASON), ""),
        state=parsed(lambda: state_of(data), ""),
    )
    if wrong:
        raise ValidationError(wrong)
    return found


def cell_of[Column: Hashable, Content](data: QueryDict, name: str, grid: Grid[Column, Content]) -> At[Column]:
    """The one cell that a field names. Raises ValidationError."""
    return _at(data.get(name, ""), name, grid)


def _target[Column: Hashable, Content](data: QueryDict, grid: Grid[Column, Content]) -> At[Column]:
    """Where something is carried to: one field, or, of a form without scripts, a person and a column."""
    if "to" in data or "to_person" not in data:
        return cell_of(data, "to", grid)
    return _at(f"{data['to_person']}:{data.get('to_column', '')}", "to", grid)


def contents[Column: Hashable, Content](
    texts: Sequence[str], name: str, grid: Grid[Column, Content]
) -> dict[At[Column], Content]:
    """Cells with what they hold, each once. Raises ValidationError."""
    found: dict[At[Column], Content] = {}
    for text in texts:
        cell, sign, held = text.partition("=")
        at = _at(cell, name, grid)
        try:
            if not sign:
                raise ValueError(text)
            content = grid.content(held)
        except ValueError:
            raise ValidationError(
                f'The field "{name}" is "{text}": after the cell give "=" and what it holds, such as '
                f"{grid.content_words}; nothing is an empty cell."
            ) from None
        if found.setdefault(at, content) != content:
            raise ValidationError(f'The field "{name}" names the cell {cell} twice: give it once.')
    return found


def month_of(data: QueryDict) -> date:
    """The first day of the month that the page shows. Raises ValidationError."""
    text = data.get("month", "")
    try:
        return _day(f"{text}-01")
    except ValueError:
        raise ValidationError(f'The field "month" is "{text}": give the month of the page such as 2026-11.') from None


def page_of(data: QueryDict) -> tuple[int, str]:
    """The revision that the page shows, and its query string. Raises ValidationError."""
    return _revision(data), state_of(data)


def state_of(data: QueryDict) -> str:
    """The page's query string with its "?", or nothing. Raises ValidationError."""
    state = _text(data, "state", LONGEST_STATE)
    if state and not state.startswith("?"):
        raise ValidationError(f'The field "state" is "{state}": give the page\'s query string from "?" on, or nothing.')
    return state


def _cells[Column: Hashable, Content](
    data: QueryDict, grid: Grid[Column, Content], verb: str
) -> dict[At[Column], Content]:
    texts = data.getlist("cell")
    if not texts:
        raise ValidationError(f'The field "cell" is missing: give each cell to change, such as {grid.cell_words}.')
    if verb == "note" and len(texts) > 1:
        raise ValidationError('The field "cell" is given more than once: a note goes to one cell.')
    if verb in MARKS:
        return {_at(text, "cell", grid): grid.empty for text in texts}
    return contents(texts, "cell", grid)


def _at[Column: Hashable, Content](text: str, name: str, grid: Grid[Column, Content]) -> At[Column]:
    person, _sign, column = text.partition(":")
    try:
        return _whole(person), grid.column(column)
    except ValueError:
        raise ValidationError(f'The field "{name}" is "{text}": give a cell such as {grid.cell_words}.') from None


def _revision(data: QueryDict) -> int:
    text = data.get("revision", "")
    try:
        return _whole(text)
    except ValueError:
        raise ValidationError(f'The field "revision" is "{text}": give the whole number that the page shows.') from None


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise ValueError(text)
    return int(text)


def _text(data: QueryDict, name: str, longest: int) -> str:
    text = data.get(name, "").strip()
    if len(text) > longest:
        raise ValidationError(f'The field "{name}" has {len(text)} letters: give at most {longest}.')
    if "\x00" in text:
        raise ValidationError(f'The field "{name}" holds a sign that cannot be kept: write it anew.')
    return text
