"""What edits are called, and what people are told of them."""

from collections.abc import Iterable, Sequence
from datetime import date

from scheduling.services.cells import Cell, PlanCell
from scheduling.services.sheet import Sheet
from scheduling.services.telling import Place


def sentences(sheet: Sheet, cells: Iterable[Cell | PlanCell]) -> dict[int, list[str]]:
    """By person's key, what changed for them, in order of time."""
    found: dict[int, list[str]] = {}
    for each in sorted(cells, key=lambda each: _order(sheet, each)):
        was, becomes = (state.rotation if state else None for state in (each.before, each.after))
        if was == becomes:
            continue  # pinned or loosened: the same work
        where = sheet.place_words(each.key)
        does, at = ("work", "on") if isinstance(each, Cell) else ("are on", "in")
        if becomes is None:
            words = f"You no longer {does} {sheet.rotation_name(was)} {at} {where}."
        elif was is None:
            words = f"You {does} {sheet.rotation_name(becomes)} {at} {where}."
        else:
            words = f"You {does} {sheet.rotation_name(becomes)} instead of {sheet.rotation_name(was)} {at} {where}."
        found.setdefault(each.person, []).append(words)
    return found


def places(sheet: Sheet, cells: Iterable[Cell | PlanCell]) -> dict[int, list[Place]]:
    """By person's key, the days on which their work changed, in order of time."""
    found: dict[int, list[Place]] = {}
    for each in sorted(cells, key=lambda each: _order(sheet, each)):
        was, becomes = (state.rotation if state else None for state in (each.before, each.after))
        if was == becomes:
            continue
        if isinstance(each, Cell):
            first = last = each.date
        else:
            first, last = sheet.periods[each.period].start_date, sheet.periods[each.period].end_date
        found.setdefault(each.person, []).append(Place(first, last, sheet.place_words(each.key)))
    return found


def _order(sheet: Sheet, each: Cell | PlanCell) -> tuple[date, str]:
    return (each.date, each.shift) if isinstance(each, Cell) else (sheet.periods[each.period].start_date, "")


def title_of(sheet: Sheet, cells: Sequence[Cell | PlanCell]) -> str:
    """What was done, from what the cells were and became."""
    first = cells[0]
    names = sorted({str(sheet.people[each.person]) for each in cells})
    who = " and ".join(names) if len(names) < 3 else f"{names[0]} and {len(names) - 1} more"
    # What is released with a period goes without saying.
    places = {each.key[1:] for each in cells if isinstance(each, PlanCell) == isinstance(first, PlanCell)}
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"{who}: {sheet.place_words(first.key)}{more}"
