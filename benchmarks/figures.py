"""What a benchmark case reports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `bar` says in words what it is held against; `met` None means that there is no bar."""

    case: str
    value: float
    unit: str
    bar: str = ""
    met: bool | None = None
    note: str = ""


Case = Callable[[], Iterator[Figure]]


def at_most(case: str, value: float, unit: str, limit: float, note: str = "") -> Figure:
    """A figure that should not exceed the limit."""
    return Figure(case, value, unit, f"at most {limit:g}", value <= limit, note)


def at_least(case: str, value: float, unit: str, limit: float, note: str = "") -> Figure:
    """A figure that should reach the limit."""
    return Figure(case, value, unit, f"at least {limit:g}", value >= limit, note)


def exactly(case: str, value: float, unit: str, expected: float, note: str = "") -> Figure:
    """A figure that should be this one."""
    return Figure(case, value, unit, f"{expected:g}", value == expected, note)
