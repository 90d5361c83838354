"""What is wrong with an import folder, gathered so that all of it is told at once."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one place. Rows are counted as a spreadsheet does: the header is row 1."""

    file: str
    message: str
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column:
            place.append(f"column {self.column}")
        return f"{', '.join(place)}: {self.message}"


class ImportRefused(Exception):
    """Nothing was imported; `problems` says why, in the order of the files and rows."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class WrongCell(Exception):
    """A cell that cannot be read; the message says what is wrong and what was expected."""


def nearest(word: str, known: Any) -> str:
    """`, did you mean "X"?` for the known word most like this one; nothing if none is alike."""
    by_lower = {str(name).casefold(): str(name) for name in known}
    found = get_close_matches(word.casefold(), list(by_lower), n=1, cutoff=0.6)
    return f', did you mean "{by_lower[found[0]]}"?' if found else ""
