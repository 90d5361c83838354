"""Cells of a schedule as an edit found them and left them, and the form in which edits keep them.

There are two kinds: a person's block (the roster's) and a person's period (the rotation plan's).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from scheduling.models.plan import Source

type Key = tuple[int, date, str]  # person, day, shift type's code
type PlanKey = tuple[int, int]  # person, number of the period


@dataclass(frozen=True, slots=True)
class State:
    """What a cell holds: the rotation's code, and how it came there. In a period nobody has a role."""

    rotation: str
    role: str
    source: str = Source.MANUAL.value
    is_pinned: bool = True
    note: str = ""
    override: str = ""

    def data(self) -> dict[str, Any]:
        """As JSON holds it: most say nothing, and that is left out."""
        return {name: value for name, value in asdict(self).items() if name not in ("note", "override") or value}


def _held(cell: "Cell | PlanCell") -> dict[str, Any]:
    return {name: state.data() if state else None for name, state in (("before", cell.before), ("after", cell.after))}


@dataclass(frozen=True, slots=True)
class Cell:
    """One person's block as an edit found it and left it; None is empty."""

    person: int
    date: date
    shift: str
    before: State | None
    after: State | None

    @property
    def key(self) -> Key:
        return self.person, self.date, self.shift

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"person": self.person, "date": self.date.isoformat(), "shift": self.shift} | _held(self)

    def reversed(self) -> "Cell":
        return Cell(self.person, self.date, self.shift, self.after, self.before)


@dataclass(frozen=True, slots=True)
class PlanCell:
    """One person's period, by its number, as an edit found it and left it; None is no rotation."""

    person: int
    period: int
    before: State | None
    after: State | None

    @property
    def key(self) -> PlanKey:
        return self.person, self.period

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"person": self.person, "period": self.period} | _held(self)

    def reversed(self) -> "PlanCell":
        return PlanCell(self.person, self.period, self.after, self.before)


def cell_of(data: Mapping[str, Any]) -> Cell | PlanCell:
    """From what `data` gave."""
    before, after = (None if data[name] is None else State(**data[name]) for name in ("before", "after"))
    if "period" in data:
        return PlanCell(data["person"], data["period"], before, after)
    return Cell(data["person"], date.fromisoformat(data["date"]), data["shift"], before, after)
