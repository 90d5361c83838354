"""What a roster's problem says that cannot be meant: unknown codes, days out of range, limits the wrong way round."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scheduling.solver.codec import Mistake
from scheduling.solver.roster.problem import DAY_MINUTES, Limits, Person, RosterProblem, Span


def mistakes(problem: RosterProblem) -> list[Mistake]:
    """All of them, in the order of the problem; an empty list if it can be solved."""
    names = _Names(problem)
    return [
        *_calendar(problem, names),
        *_repeated("$.shift_types", "code", [shift.code for shift in problem.shift_types]),
        *_repeated("$.rotations", "code", [rotation.code for rotation in problem.rotations]),
        *_repeated("$.people", "id", [person.id for person in problem.people]),
        *_catalog(problem, names),
        *(m for at, person in enumerate(problem.people) for m in _person(f"$.people[{at}]", person, names)),
        *_coverage(problem, names),
        *_cross_cover(problem, names),
        *_wishes(problem, names),
    ]


class _Names:
    """What may be referred to."""

    def __init__(self, problem: RosterProblem) -> None:
        self.days = problem.days
        self.known = {
            "shift type": {shift.code for shift in problem.shift_types},
            "rotation": {rotation.code for rotation in problem.rotations},
            "person": {person.id for person in problem.people},
            "group": {person.group for person in problem.people},
        }

    def check(self, where: str, kind: str, names: Iterable[str]) -> Iterator[Mistake]:
        for name in names:
            if name not in self.known[kind]:
                some = sorted(self.known[kind])
                shown = ", ".join(some[:12]) + (", ..." if len(some) > 12 else "")
                yield Mistake(where, f"unknown {kind} {name!r}; expected one of {shown}")

    def day(self, where: str, days: Iterable[int]) -> Iterator[Mistake]:
        for day in days:
            if not 0 <= day < self.days:
                yield Mistake(where, f"day {day}: expected 0 to {self.days - 1}")

    def span(self, where: str, span: Span) -> Iterator[Mistake]:
        if span[0] > span[1]:
            yield Mistake(where, f"ends on day {span[1]} before it starts on day {span[0]}")


def _repeated(where: str, member: str, names: Iterable[str]) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in seen:
            yield Mistake(f"{where}[{index}].{member}", f"{name!r} is there already, at {where}[{seen[name]}]")
        seen.setdefault(name, index)


def _calendar(problem: RosterProblem, names: _Names) -> Iterator[Mistake]:
    try:
        ZoneInfo(problem.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a part of a name is a folder: America
        yield Mistake("$.time_zone", f"{problem.time_zone!r}: expected the name of a time zone, as Europe/Berlin")
    expected = 0
    for index, span in enumerate(problem.periods):
        where = f"$.periods[{index}]"
        yield from names.span(where, span)
        if index == 0 and span[0] > 0:
            yield Mistake(where, f"starts on day {span[0]}: expected 0 or before")
        if index and span[0] != expected:
            yield Mistake(where, f"starts on day {span[0]}: expected {expected}, the day after the one before")
        expected = span[1] + 1
    if problem.periods and expected < problem.days:
        yield Mistake("$.periods", f"end on day {expected - 1}: expected the last day, {problem.days - 1}, or later")
    yield from names.day("$.holidays", problem.holidays)
    first = problem.first_open if problem.first_open is not None else 0
    last = problem.last_open if problem.last_open is not None else problem.days - 1
    yield from names.day("$.first_open", [first])
    yield from names.day("$.last_open", [last])
    if first > last:
        yield Mistake("$.last_open", f"day {last}: expected no earlier than first_open, {first}")


def _catalog(problem: RosterProblem, names: _Names) -> Iterator[Mistake]:
    for index, shift in enumerate(problem.shift_types):
        where = f"$.shift_types[{index}]"
        yield from names.check(f"{where}.not_followed_by", "shift type", shift.not_followed_by)
        yield from names.check(f"{where}.joins", "shift type", shift.joins)
        if shift.code in shift.joins:
            yield Mistake(f"{where}.joins", f"{shift.code!r} cannot join itself")
        if shift.starts + shift.minutes > 2 * DAY_MINUTES:
            yield Mistake(f"{where}.minutes", f"{shift.minutes}: expected an end by the end of the next day")
    for index, rotation in enumerate(problem.rotations):
        for weekday, codes in rotation.regular.items():
            where = f"$.rotations[{index}].regular"
            if weekday not in range(7):
                yield Mistake(where, f"weekday {weekday}: expected 0 (Monday) to 6")
            yield from names.check(f"{where}.{weekday}", "shift type", codes)


def _person(where: str, person: Person, names: _Names) -> Iterator[Mistake]:
    taken: dict[int, int] = {}
    for index, placement in enumerate(person.placements):
        here = f"{where}.placements[{index}]"
        yield from names.check(f"{here}.rotation", "rotation", [placement.rotation])
        yield from names.span(here, (placement.first, placement.last))
        days = range(max(0, placement.first), min(names.days, placement.last + 1))
        if double := next((day for day in days if day in taken), None):
            yield Mistake(here, f"overlaps {where}.placements[{taken[double]}] on day {double}")
        taken.update(dict.fromkeys(days, index))
    for index, span in enumerate(person.leave):
        yield from names.span(f"{where}.leave[{index}]", span)
    for index, span in enumerate(person.open or ()):
        yield from names.span(f"{where}.open[{index}]", span)
    for index, block in enumerate(person.carried.recent):
        here = f"{where}.carried.recent[{index}]"
        yield from names.check(f"{here}.shift_type", "shift type", [block.shift_type])
        if block.day >= 0:
            yield Mistake(f"{here}.day", f"day {block.day}: expected a day before the problem, below 0")
    if person.limits:
        yield from _limits(f"{where}.limits", person.limits, names)


def _limits(where: str, limits: Limits, names: _Names) -> Iterator[Mistake]:
    yield from names.check(f"{where}.shifts", "shift type", limits.shifts)
    yield from names.day(f"{where}.days_off", limits.days_off)
    pairs = (
        ("fewest_minutes", limits.fewest_minutes, limits.most_minutes),
        ("fewest_days_in_a_row", limits.fewest_days_in_a_row, limits.most_days_in_a_row),
    )
    for name, fewest, most in pairs:
        if fewest is not None and most is not None and fewest > most:
            yield Mistake(f"{where}.{name}", f"{fewest}: expected at most {most}, the most that is allowed")


def _coverage(problem: RosterProblem, names: _Names) -> Iterator[Mistake]:
    for index, row in enumerate(problem.coverage):
        where = f"$.coverage[{index}]"
        yield from names.check(f"{where}.rotation", "rotation", [row.rotation])
        yield from names.check(f"{where}.shift_type", "shift type", [row.shift_type])
        yield from names.check(f"{where}.groups", "group", row.groups or ())
        yield from names.day(f"{where}.days", row.days or ())
        if row.most is not None and row.most < row.fewest:
            yield Mistake(f"{where}.most", f"{row.most}: expected at least the fewest, {row.fewest}")


def _cross_cover(problem: RosterProblem, names: _Names) -> Iterator[Mistake]:
    for index, cover in enumerate(problem.cross_cover):
        where = f"$.cross_cover[{index}]"
        yield from names.check(f"{where}.placed_on", "rotation", [cover.placed_on])
        yield from names.check(f"{where}.covers", "rotation", [cover.covers])
        yield from names.check(f"{where}.shift_types", "shift type", cover.shift_types)
        yield from names.check(f"{where}.groups", "group", cover.groups or ())


def _wishes(problem: RosterProblem, names: _Names) -> Iterator[Mistake]:
    for index, request in enumerate(problem.requests):
        where = f"$.requests[{index}]"
        yield from names.check(f"{where}.person", "person", [request.person])
        yield from names.day(f"{where}.day", [request.day])
        yield from names.check(f"{where}.shift_type", "shift type", [request.shift_type] if request.shift_type else ())
    for index, pin in enumerate(problem.pins):
        where = f"$.pins[{index}]"
        yield from names.check(f"{where}.person", "person", [pin.person])
        yield from names.day(f"{where}.day", [pin.day])
        yield from names.check(f"{where}.shift_type", "shift type", [pin.shift_type])
        yield from names.check(f"{where}.rotation", "rotation", [pin.rotation] if pin.rotation else ())
