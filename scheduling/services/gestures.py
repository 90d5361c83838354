"""What a hand does in a grid, as what its cells hold afterwards: set, move, swap, push. Month and year alike.

A grid is rows of people over columns in order; what a cell holds is any value, and `empty` says which one is nothing.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

type At[Column] = tuple[int, Column]  # a person's key, and a column
type Duties = tuple[tuple[str, str], ...]  # a day of the month: codes of rotation and shift type, in order


@dataclass(frozen=True, slots=True)
class Gesture[Column: Hashable, Content]:
    """One gesture. `cells` are those of set (content afterwards) and of pin, loosen and note (content is empty).

    `start` and `end` are those of move, swap and push. `was` is what the page showed, `revision` that of the page,
    `state` the rest of its address ("?schedule=7" or nothing).
    """

    verb: str
    cells: Mapping[At[Column], Content]
    start: At[Column] | None
    end: At[Column] | None
    was: Mapping[At[Column], Content]
    revision: int
    note: str = ""
    reason: str = ""
    state: str = ""

    @property
    def named(self) -> list[At[Column]]:
        """The cells that it names, without those that a push takes along."""
        ends = [each for each in (self.start, self.end) if each is not None]
        return ends or list(self.cells)


@dataclass(frozen=True, slots=True)
class Board[Column: Hashable, Content]:
    """What is in the cells: `held` those that are not empty, over `columns` in order.

    `is_closed` says where nothing is pushed to: leave, days before somebody starts.
    """

    columns: Sequence[Column]
    held: Mapping[At[Column], Content]
    empty: Content
    is_closed: Callable[[At[Column]], bool] = lambda _at: False

    def at(self, cell: At[Column]) -> Content:
        return self.held.get(cell, self.empty)


def move[Column: Hashable, Content](
    board: Board[Column, Content], start: At[Column], end: At[Column]
) -> dict[At[Column], Content]:
    """What is at the start goes to the end, in the place of what is there. Raises ValidationError for nothing."""
    _require_something(board, start, end)
    return {start: board.empty, end: board.at(start)}


def swap[Column: Hashable, Content](
    board: Board[Column, Content], one: At[Column], other: At[Column]
) -> dict[At[Column], Content]:
    """Two cells change places. Raises ValidationError where both are empty, or the same."""
    if one == other:
        raise ValidationError("That is the same cell: choose another one.")
    if board.at(one) == board.empty and board.at(other) == board.empty:
        raise ValidationError("Both cells are empty: there is nothing to swap.")
    return {one: board.at(other), other: board.at(one)}


def push[Column: Hashable, Content](
    board: Board[Column, Content], start: At[Column], end: At[Column]
) -> dict[At[Column], Content]:
    """What is at the start goes to the end; what is there and after it goes a column on, until one is free.

    Closed columns are passed over. Raises ValidationError where the row has no free column after the end.
    """
    _require_something(board, start, end)
    if board.is_closed(end):
        raise ValidationError("Nothing can be put there: choose another cell.")
    person, column = end
    after: dict[At[Column], Content] = {start: board.empty}
    carried = board.at(start)
    for each in board.columns[list(board.columns).index(column) :]:
        here = (person, each)
        if board.is_closed(here):
            continue
        displaced = board.empty if here == start else board.at(here)
        after[here] = carried
        carried = displaced
        if carried == board.empty:
            return after
    raise ValidationError("There is no free place further on in this row: what is there cannot be pushed along.")


def _require_something[Column: Hashable, Content](
    board: Board[Column, Content], start: At[Column], end: At[Column]
) -> None:
    if start == end:
        raise ValidationError("That is the same cell: choose another one.")
    if board.at(start) == board.empty:
        raise ValidationError("The cell is empty: there is nothing to move.")
