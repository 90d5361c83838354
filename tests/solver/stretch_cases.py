"""Small roster problems for the network solver, and a literal reading of their rules to judge rosters by."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise, product
from typing import Any

from scheduling.solver.roster.problem import (
    Carried,
    Coverage,
    Limits,
    Person,
    Pin,
    Placement,
    Prices,
    Request,
    RosterProblem,
    RosterSolution,
    Rotation,
    Rules,
    ShiftType,
    WorkedBlock,
)

MONDAY = date(2024, 1, 1)
NO_RULES = Rules(
    weekly_hours=False,
    free_day_in=None,
    call_every=None,
    rest_after_call=None,
    most_continuous=None,
    short_rest=None,
    rest_between=None,
    most_nights_in_a_row=None,
    most_days_in_a_row=None,
)
NO_PRICES = Prices(missing_regular=0, short_rest=0, night=0, weekend=0, holiday=0, hour=0)
DAY = ShiftType("D", "Day", 7 * 60, 480)
EARLY = ShiftType("E", "Early", 6 * 60, 480)
LATE = ShiftType("L", "Late", 14 * 60, 480, not_followed_by=("E",))
SHORT = ShiftType("S", "Short", 9 * 60, 240)


def person(name: str, days: int, limits: Limits | None = None, **more: Any) -> Person:
    made = Person(name, name, "PGY-1", (Placement(0, days - 1, "W"),), limits=limits or Limits())
    return replace(made, **more)


def need(
    shift: str, fewest: int, days: tuple[int, ...] | None = None, below: float = 100, above: float = 1
) -> Coverage:
    return Coverage("W", shift, fewest, fewest, days=days, price_below=below, price_above=above)


def problem(
    days: int,
    people: list[Person],
    coverage: list[Coverage],
    *,
    shifts: tuple[ShiftType, ...] = (DAY,),
    requests: tuple[Request, ...] = (),
    pins: tuple[Pin, ...] = (),
    start: date = MONDAY,
    seed: int = 0,
) -> RosterProblem:
    return RosterProblem(
        start=start,
        days=days,
        time_zone="UTC",
        periods=((0, days - 1),),
        shift_types=shifts,
        rotations=(Rotation("W", "Ward"),),
        people=tuple(people),
        coverage=tuple(coverage),
        requests=requests,
        pins=pins,
        rules=NO_RULES,
        prices=NO_PRICES,
        seed=seed,
    )


def worked(solution: RosterSolution, name: str) -> dict[int, str]:
    """Day to shift type of one person."""
    return {a.day: a.shift_type for a in solution.assignments if a.person == name}


def drawn(solution: RosterSolution, name: str, days: int) -> str:
    """A person's roster as a string, a letter a day, a dot for a day off."""
    by_day = worked(solution, name)
    return "".join(by_day.get(day, ".") for day in range(days))


def carried(*codes: str) -> Carried:
    """Has worked these shifts on the last days before the problem."""
    return Carried(recent=tuple(WorkedBlock(k - len(codes), code, "W") for k, code in enumerate(codes) if code))


# A literal reading of the rules


def lines(roster: RosterProblem, who: Person) -> list[tuple[str, ...]]:
    """Every roster of one person that keeps their limits: a shift code a day, "" for a day off."""
    codes = ["", *(shift.code for shift in roster.shift_types)]
    return [line for line in product(codes, repeat=roster.days) if not list(broken(roster, who, line))]


def broken(roster: RosterProblem, who: Person, line: tuple[str, ...]) -> Iterator[str]:
    """What a line breaks, in words."""
    limits = who.limits or Limits()
    kinds = {shift.code: shift for shift in roster.shift_types}
    if any(code and not _counted(roster, who, d, code) for d, code in enumerate(line)):
        yield "a block of no coverage row"
    count = Counter(code for code in line if code)
    if any(count[code] > most for code, most in limits.shifts.items()):
        yield "shifts of a type"
    minutes = sum(kinds[code].minutes for code in line if code)
    if limits.most_minutes is not None and minutes > limits.most_minutes:
        yield "most minutes"
    if minutes < (limits.fewest_minutes or 0):
        yield "fewest minutes"
    first = roster.start.weekday()
    weekends = {(first + d) // 7 for d, code in enumerate(line) if code and (first + d) % 7 >= 5}
    if limits.most_weekends is not None and len(weekends) > limits.most_weekends:
        yield "weekends"
    if any(line[d] for d in limits.days_off) or any(line[d] for a, b in who.leave for d in range(a, b + 1)):
        yield "days off"
    before = {b.day: b.shift_type for b in who.carried.recent}
    both = [before.get(-1, ""), *line]
    if any(a and b in kinds[a].not_followed_by for a, b in pairwise(both)):
        yield "succession"
    yield from _broken_runs(limits, before, line)


def _counted(roster: RosterProblem, who: Person, day: int, code: str) -> bool:
    return any(
        row.shift_type == code
        and (row.days is None or day in row.days)
        and (row.groups is None or who.group in row.groups)
        for row in roster.coverage
    )


def _broken_runs(limits: Limits, before: dict[int, str], line: tuple[str, ...]) -> Iterator[str]:
    run_before = 0
    while before.get(-1 - run_before):
        run_before += 1
    for start, end in _stretches(line):
        length, work = end - start, bool(line[start])
        edge = start == 0 or end == len(line)
        longest = length + (run_before if start == 0 else 0)
        if work and limits.most_days_in_a_row is not None and longest > limits.most_days_in_a_row:
            yield "most days in a row"
        if work and length < (limits.fewest_days_in_a_row or 1) and not edge:
            yield "fewest days in a row"
        if not work and length < (limits.fewest_days_off_in_a_row or 1) and not edge:
            yield "fewest days off"


def _stretches(line: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    start = 0
    for day in range(1, len(line) + 1):
        if day == len(line) or bool(line[day]) != bool(line[start]):
            yield start, day
            start = day


def price(roster: RosterProblem, chosen: dict[str, tuple[str, ...]]) -> float:
    """The price of a roster, straight from the requests and the coverage."""
    total = 0.0
    for request in roster.requests:
        code = chosen[request.person][request.day]
        granted = (code == request.shift_type if request.shift_type else bool(code)) == request.wants
        total += 0 if granted else request.price
    groups = {p.id: p.group for p in roster.people}
    for row in roster.coverage:
        for day in range(roster.days) if row.days is None else row.days:
            there = sum(
                line[day] == row.shift_type and (row.groups is None or groups[name] in row.groups)
                for name, line in chosen.items()
            )
            total += row.price_below * max(0, row.fewest - there)
            if row.most is not None:
                total += row.price_above * max(0, there - row.most)
    return total


def cheapest(roster: RosterProblem) -> float:
    """The least price of all rosters, by trying them all."""
    names = [p.id for p in roster.people]
    options = [lines(roster, p) for p in roster.people]
    return min(price(roster, dict(zip(names, chosen, strict=True))) for chosen in product(*options))
