"""What the checks of one person share, measured once: the timeline, the figures of windows, stretches of work."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from scheduling.rules.duty import Duty
from scheduling.rules.figures import Figures, figures
from scheduling.rules.rule_sets import Rulebook
from scheduling.rules.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Stretch:
    """Work without a break longer than the rulebook's; `positions` are its duties in order of their start."""

    start: int
    end: int
    positions: tuple[int, ...]
    ending: int  # position of the duty that ends last


@dataclass(frozen=True, slots=True)
class Case:
    """One person before the rules."""

    line: Timeline
    book: Rulebook
    figures: list[Figures]
    stretches: list[Stretch]

    @property
    def name(self) -> str:
        return self.line.person.name

    @property
    def person(self) -> Hashable:
        return self.line.person.id

    def duty(self, position: int) -> Duty:
        return self.line.duties[position]

    def keys(self, positions: Iterable[int]) -> tuple[Hashable, ...]:
        """The caller's ids of the duties at these positions."""
        return tuple(self.line.duties[at].key for at in positions)


def case(line: Timeline, book: Rulebook) -> Case:
    """Measure what the checks share."""
    return Case(line, book, figures(line), stretches(line, book.break_minutes))


def stretches(line: Timeline, break_minutes: int) -> list[Stretch]:
    """Work in order of time, duties joined where no more than a break parts them."""
    found: list[Stretch] = []
    start = end = ending = 0
    positions: list[int] = []
    for at, works in enumerate(line.works):
        if not works:
            continue
        if positions and line.starts[at] - end > break_minutes:
            found.append(Stretch(start, end, tuple(positions), ending))
            positions = []
        if not positions:
            start, end, ending = line.starts[at], line.ends[at], at
        elif line.ends[at] > end:
            end, ending = line.ends[at], at
        positions.append(at)
    if positions:
        found.append(Stretch(start, end, tuple(positions), ending))
    return found
