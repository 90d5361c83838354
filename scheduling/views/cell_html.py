"""The pieces of a grid's cells as HTML. Each is made once and kept: a month has few different cells.

Nothing here goes through a template: 1,860 cells by template cost ten times as much as the page around them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.html import escape

from scheduling.models import Assignment, Rotation, ShiftType
from scheduling.services.grid_rows import Catalog, has_second_look
from scheduling.services.month_rows import Cell, Duty
from scheduling.services.staffing import Count
from scheduling.services.year_people import Placing

LEAVE_LETTERS = {
    "vacation": "V",
    "conference": "C",
    "sick": "S",
    "medical": "M",
    "parental": "P",
    "family-emergency": "F",
    "bereavement": "B",
    "military": "Mil",
    "jury-duty": "J",
}


FIT_IN_A_DAY = 3  # letters of a code that a day's column holds at its usual size


def number(value: float) -> str:
    """At most one decimal, and none where it is whole."""
    return f"{value:.1f}".removesuffix(".0")


def chip(rotation: Rotation, classes: str = "", title: str = "", words: str = "") -> str:
    """A rotation's code on its colour; `words` says to a screen reader what only the look shows."""
    dark = " night" if rotation.is_night_float and "night" not in classes else ""
    dark += " long" if len(rotation.code) > FIT_IN_A_DAY else ""
    dark += " again" if has_second_look(rotation) else ""
    hidden = f'<span class="vh">, {escape(words)}</span>' if words else ""
    return (
        f'<span class="chip r{rotation.colour}{dark}{classes}" title="{escape(title or rotation.name)}">'
        f"{escape(rotation.code)}{hidden}</span>"
    )


@dataclass(slots=True, eq=False)
class MonthCells:
    """The insides of a month's cells. `shows_kinds`: what leave is for is the schedulers' to know."""

    catalog: Catalog
    shows_kinds: bool
    made: dict[Cell, str] = field(default_factory=dict)
    linked: dict[Cell, str] = field(default_factory=dict)

    def inside(self, cell: Cell) -> str:
        """The HTML of a cell, made on its first use."""
        found = self.made.get(cell)
        if found is None:
            found = self.made[cell] = self._make(cell)
        return found

    def after_link(self, cell: Cell) -> str:
        """What follows the address in the link of a cell that can be changed: what is in it, and how it looks."""
        found = self.linked.get(cell)
        if found is None:
            found = self.linked[cell] = link_end(content_of(cell, self.catalog), self.inside(cell))
        return found

    def _make(self, cell: Cell) -> str:
        if cell.leave:
            return leave_chip(cell.leave, shows_kind=self.shows_kinds)
        if cell.is_post_call:
            return '<span class="chip post" title="Free after a night">post</span>'
        chips = list(dict.fromkeys(self._duty(duty) for duty in self._joined(cell.duties)))
        if len(chips) > 1:
            more = f'<span class="more">+{len(chips) - 2}</span>' if len(chips) > 2 else ""
            return f'<span class="pair">{"".join(chips[:2])}{more}</span>'
        return chips[0] if chips else ""

    def _joined(self, duties: Sequence[Duty]) -> Sequence[Duty]:
        """Morning and afternoon on one rotation are one chip; which of them is said in its title."""
        shifts = [self.catalog.shift_types[duty.shift_type] for duty in duties]
        same = len({(duty.rotation, duty.role) for duty in duties}) == 1
        return duties[:1] if same and not any(shift.is_night for shift in shifts) else duties

    def _duty(self, duty: Duty) -> str:
        rotation, shift = self.catalog.rotations[duty.rotation], self.catalog.shift_types[duty.shift_type]
        kind = [shift.name.lower()] if shift.is_night or shift.duty != ShiftType.Duty.IN_HOUSE else []
        words: list[str] = []
        classes = " night" if shift.is_night else ""
        if duty.role == Assignment.Role.BACKUP or shift.duty != ShiftType.Duty.IN_HOUSE:
            classes += " reachable"
        if duty.role != Assignment.Role.PRIMARY:
            words.append(str(duty.role))
        more_classes, more_words = marks(duty, shows_words=self.shows_kinds)
        classes += more_classes
        words += more_words
        return chip(rotation, classes, ", ".join([rotation.name, shift.name, *words]), ", ".join([*kind, *words]))


@dataclass(slots=True, eq=False)
class YearCells:
    """The insides of a year's cells. `shows_kinds` as above; `state` ends the links' addresses where cells can be
    changed, and is None where they cannot."""

    catalog: Catalog
    shows_kinds: bool
    state: str | None
    made: dict[Placing, str] = field(default_factory=dict)

    def inside(self, person: int, period: int, cell: Placing) -> str:
        """The HTML in the cell of a person (by key) and a period (by number)."""
        found = self.made.get(cell)
        if found is None:
            found = self.made[cell] = self._make(cell)
        return found if self.state is None else f'<a class="cell" href="{person}/{period}/{found}'

    def _make(self, cell: Placing) -> str:
        shown = placing_html(cell, self.catalog.rotations, shows_kind=self.shows_kinds)
        if self.state is None:
            return shown
        code = "" if cell.rotation is None else self.catalog.rotations[cell.rotation].code
        return escape(self.state) + link_end(code, shown)


def owed_html(owed: Sequence[tuple[str, int]]) -> str:
    """A whole cell: what a person owes."""
    words = ", ".join(f"{escape(codes)} {count}" for codes, count in owed)
    return f'<td class="owed edge">{words}</td>'


def content_of(cell: Cell, catalog: Catalog) -> str:
    """What a cell holds as scripts and forms say it: "WA|D", two duties as "CL|AM/CL|PM", nothing as ""."""
    return "/".join(
        f"{catalog.rotations[duty.rotation].code}|{catalog.shift_types[duty.shift_type].code}" for duty in cell.duties
    )


def link_end(content: str, inside: str) -> str:
    """The rest of a cell's link after its address: its content for scripts, its look, and a name where it has none."""
    was = f' data-was="{escape(content)}"' if content else ""
    name = "" if inside else ' aria-label="Free"'
    return f'"{was}{name}>{inside}</a>'


def marks(cell: Duty | Placing, *, shows_words: bool) -> tuple[str, list[str]]:
    """The classes of a chip and the words for what they show: pinned, a note, a rule overridden.

    What schedulers wrote is theirs to read (`shows_words`): it may say of somebody what is nobody else's business.
    """
    shown = [
        ("pinned", "pinned", cell.is_pinned),
        ("override", f"although it breaks a rule: {cell.override}", cell.override and shows_words),
        ("noted", f"note: {cell.note}", cell.note and shows_words),
    ]
    there = [(name, words) for name, words, holds in shown if holds]
    return "".join(f" {name}" for name, _ in there), [words for _, words in there]


def leave_chip(kind: str, *, shows_kind: bool) -> str:
    """A hatched cell with the letter of the leave, or with none where its kind is private."""
    name = kind.replace("-", " ") if shows_kind else "leave"
    letter = LEAVE_LETTERS.get(kind, "L") if shows_kind else "L"
    return (
        f'<span class="chip leave" title="{escape(name.capitalize())}">{letter}<span class="vh">, leave</span></span>'
    )


def placing_html(cell: Placing, rotations: dict[int, Rotation], *, shows_kind: bool) -> str:
    """The inside of a year grid's cell."""
    if cell.rotation is None:
        return leave_chip(cell.leave, shows_kind=shows_kind) if cell.leave else ""
    rotation = rotations[cell.rotation]
    classes, words = marks(cell, shows_words=shows_kind)
    if cell.leave:
        classes += " all-leave" if cell.is_all_leave else " part-leave"
        kind = cell.leave.replace("-", " ") if shows_kind else "leave"
        words.append(kind if cell.is_all_leave else f"partly {kind}")
    return chip(rotation, classes, ", ".join([rotation.name, *words]), ", ".join(words))


@lru_cache(maxsize=1024)
def count_html(count: Count | None) -> str:
    """A whole cell of a staffing line: the number, ▼ where short, ▲ where over, nothing but the number when right."""
    if count is None:
        return "<td></td>"
    if count.fewest is None:
        return f'<td class="need">{number(count.number)}</td>'
    asked = f"{count.fewest}" if count.most is None else f"{count.fewest} to {count.most}"
    if count.most == count.fewest:
        asked = f"{count.fewest}"
    if count.most is None:
        asked = f"{asked} or more"
    shown = number(count.number)
    if count.short:
        return (
            f'<td class="need short" title="{shown} of {asked}">▼{shown}'
            f'<span class="vh">, {number(count.short)} short</span></td>'
        )
    if count.over:
        return (
            f'<td class="need over" title="{shown} of {asked}">▲{shown}'
            f'<span class="vh">, {number(count.over)} over</span></td>'
        )
    return f'<td class="need" title="{shown} of {asked}">{shown}</td>'
