"""The roster problem as the network solver sees it: options, coverage rows, and each person's terms."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from math import gcd

import numpy as np
import numpy.typing as npt

from scheduling.solver.roster.problem import Coverage, Person, Pin, Request, RosterProblem, Rules, ShiftType
from scheduling.solver.stretch.network import OFF, Floats, Line, Terms, line_cost

DAY = 24 * 60
SATURDAY = 5
Option = tuple[str, str]  # (rotation, shift type)


@dataclass(frozen=True, slots=True)
class Member:
    """One person: their terms, what each option costs them, and the coverage rows in which they count."""

    person: Person
    terms: Terms
    cost: Floats  # [day, option]: requests and cross-cover
    counts: npt.NDArray[np.bool_]  # [row]


@dataclass(frozen=True, slots=True)
class Rows:
    """The coverage, one row per block and coverage entry: prices per person below and above. Arrays [row]."""

    entries: tuple[tuple[Coverage, int], ...]
    day: npt.NDArray[np.int64]
    option: npt.NDArray[np.int64]
    fewest: Floats
    most: Floats  # infinite where there is no most
    below: Floats
    above: Floats

    def price(self, counts: Floats) -> float:
        """What the people in each row cost by being too few or too many."""
        return float((self.below * np.maximum(self.fewest - counts, 0)).sum() + self._above(counts))

    def _above(self, counts: Floats) -> float:
        return float((self.above * np.maximum(counts - self.most, 0)).sum())

    def of_one_more(self, counts: Floats) -> Floats:
        """What one more person changes in each row."""
        return np.where(counts < self.fewest, -self.below, np.where(counts >= self.most, self.above, 0.0))


@dataclass(frozen=True, slots=True)
class Case:
    """The compiled problem. `constant` is paid whatever is done; every objective is `constant` plus a multiple
    of `step` (None: not known)."""

    days: int
    options: tuple[Option, ...]
    rows: Rows
    members: tuple[Member, ...]
    constant: float
    step: float | None
    row_index: npt.NDArray[np.int64]  # of each row, in a flat [day, option]

    def spread(self, values: Floats, member: Member) -> Floats:
        """Sums per-row values into [day, option], over the rows in which the member counts."""
        weights = np.where(member.counts, values, 0.0)
        flat = np.bincount(self.row_index, weights=weights, minlength=self.days * len(self.options))
        return flat.reshape(self.days, len(self.options)).astype(np.float64)

    def in_rows(self, line: Line, member: Member) -> npt.NDArray[np.int64]:
        """The rows in which a member's line counts."""
        array = np.array(line)
        return np.flatnonzero(member.counts & (array[self.rows.day] == self.rows.option))

    def counts(self, lines: dict[int, Line]) -> Floats:
        """How many people each row has."""
        counts = np.zeros(len(self.rows.day))
        for i, line in lines.items():
            counts[self.in_rows(line, self.members[i])] += 1
        return counts

    def objective(self, lines: dict[int, Line]) -> float:
        """The price of a complete roster."""
        own = sum(line_cost(line, self.members[i].cost) for i, line in lines.items())
        return self.constant + own + self.rows.price(self.counts(lines))


def unsupported(problem: RosterProblem) -> tuple[str, ...]:
    """What the problem asks for that this solver cannot hold, in sentences; empty where it can solve it."""
    rules, prices = problem.rules, problem.prices
    found = []
    if any(not p.faculty for p in problem.people):
        found += [f"the rule {name} is on" for name in _rules_on(rules)]
        if prices.short_rest and rules.short_rest and _short_rests(problem):
            found.append("short rests have a price")
    priced = [f for f in ("night", "weekend", "holiday", "hour") if getattr(prices, f)]
    found += [f"fairness in {name}s has a price" for name in priced]
    if any(r.regular for r in problem.rotations):
        found.append("rotations have ordinary weeks")
    if any(s.duty == "backup" for s in problem.shift_types):
        found.append("there is backup, which is no work for some limits and a shift for others")
    if any(s.joins for s in problem.shift_types):
        found.append("a person may work two shifts on one day")
    if any(p.open is not None for p in problem.people):
        found.append("some days of a person are closed")
    return tuple(found)


def _rules_on(rules: Rules) -> list[str]:
    names = ("free_day_in", "call_every", "rest_after_call", "most_continuous", "most_nights_in_a_row")
    on = [name for name in names if getattr(rules, name) is not None]
    return (["weekly_hours"] if rules.weekly_hours else []) + on


def _short_rests(problem: RosterProblem) -> bool:
    least = problem.rules.short_rest or 0
    must = problem.rules.rest_between or 0
    kinds = problem.shift_types
    return any(must <= rest_between(a, b) < least for a in kinds for b in kinds)


def rest_between(first: ShiftType, then: ShiftType) -> int:
    """Minutes free between a shift and one on the next day."""
    return then.starts + DAY - first.starts - first.minutes


def compile_case(problem: RosterProblem) -> Case:
    """Reads the problem into arrays. Raises ValueError naming what this solver cannot hold, or a wrong pin."""
    if wrong := unsupported(problem):
        raise ValueError(f"The network solver cannot hold this problem: {'; '.join(wrong)}.")
    if any(p < 0 for p in _prices(problem)):
        raise ValueError("A price is below 0: coverage, requests and cross-cover cost 0 or more.")
    pairs = [(c.rotation, c.shift_type) for c in problem.coverage]
    pairs += [(_pinned_to(_person(problem, p.person), p), p.shift_type) for p in problem.pins]
    options = tuple(dict.fromkeys(pairs))
    rows = _rows(problem, options)
    asked: dict[str, list[Request]] = {}
    for request in problem.requests:
        asked.setdefault(request.person, []).append(request)
    members = tuple(_member(problem, options, rows, p, asked.get(p.id, [])) for p in problem.people)
    constant = sum(r.price for r in problem.requests if r.wants)
    prices = [*rows.below, *rows.above, *(x for m in members for x in m.cost[m.cost != 0])]
    return Case(
        days=problem.days,
        options=options,
        rows=rows,
        members=members,
        constant=constant,
        step=_step(prices),
        row_index=rows.day * len(options) + rows.option,
    )


def _prices(problem: RosterProblem) -> Iterator[float]:
    for row in problem.coverage:
        yield from (row.price_below, row.price_above)
    yield from (request.price for request in problem.requests)
    yield from (cover.price for cover in problem.cross_cover)


def _person(problem: RosterProblem, name: str) -> Person:
    return next(p for p in problem.people if p.id == name)


def _placed(person: Person, day: int) -> str | None:
    return next((p.rotation for p in person.placements if p.first <= day <= p.last), None)


def _pinned_to(person: Person, pin: Pin) -> str:
    rotation = pin.rotation or _placed(person, pin.day)
    if rotation is None:
        raise ValueError(
            f"the pin of {person.name} on day {pin.day} names no rotation, and the plan places them on none that "
            "day: name one or remove the pin"
        )
    return rotation


def _rows(problem: RosterProblem, options: tuple[Option, ...]) -> Rows:
    entries = [(c, d) for c in problem.coverage for d in range(problem.days) if _covers(problem, c, d)]
    number = {o: k for k, o in enumerate(options)}
    return Rows(
        entries=tuple(entries),
        day=np.array([d for _, d in entries], dtype=np.int64),
        option=np.array([number[c.rotation, c.shift_type] for c, _ in entries], dtype=np.int64),
        fewest=np.array([c.fewest for c, _ in entries], dtype=np.float64),
        most=np.array([np.inf if c.most is None else max(c.most, c.fewest) for c, _ in entries]),
        below=np.array([c.price_below for c, _ in entries], dtype=np.float64),
        above=np.array([0.0 if c.most is None else c.price_above for c, _ in entries]),
    )


def _covers(problem: RosterProblem, entry: Coverage, day: int) -> bool:
    if entry.holidays != "as_weekday" and (day in problem.holidays) != (entry.holidays == "only"):
        return False
    if entry.days is not None:
        return day in entry.days
    weekday = (problem.start + timedelta(days=day)).weekday()
    return entry.weekdays is None or weekday in entry.weekdays


def _member(
    problem: RosterProblem, options: tuple[Option, ...], rows: Rows, person: Person, asked: list[Request]
) -> Member:
    groups = np.array([c.groups is None or person.group in c.groups for c, _ in rows.entries], dtype=bool)
    allowed, cost = _choices(problem, options, rows, person, groups)
    for request in asked:
        price = -request.price if request.wants else request.price
        for k, (_, shift) in enumerate(options):
            if request.shift_type in (None, shift):
                cost[request.day, k] += price
    terms = _terms(problem, options, person, allowed)
    _price_into_leave(problem, options, person, terms, cost)
    return Member(person, terms, cost, groups)


def _price_into_leave(
    problem: RosterProblem, options: tuple[Option, ...], person: Person, terms: Terms, cost: Floats
) -> None:
    """Blocks that end on a day of leave have a price; pins have none, since they are not chosen."""
    kinds = {s.code: s for s in problem.shift_types}
    late = [kinds[shift].starts + kinds[shift].minutes > DAY for _, shift in options]
    for first, _ in person.leave:
        if 0 < first <= problem.days and not terms.must_work[first - 1]:
            cost[first - 1, late] += problem.prices.into_leave


def _choices(
    problem: RosterProblem,
    options: tuple[Option, ...],
    rows: Rows,
    person: Person,
    groups: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Where a person may work, and what cross-cover costs there."""
    counted = np.zeros((problem.days, len(options)), dtype=bool)
    counted[rows.day[groups], rows.option[groups]] = True
    allowed = np.zeros_like(counted)
    cost = np.zeros(counted.shape)
    for day in range(problem.days):
        placed = _placed(person, day)
        if placed is None:
            continue
        weekday = (problem.start + timedelta(days=day)).weekday()
        for k, (rotation, shift) in enumerate(options):
            if rotation == placed:
                allowed[day, k] = counted[day, k]
                continue
            prices = [
                c.price
                for c in problem.cross_cover
                if (c.placed_on, c.covers) == (placed, rotation)
                and shift in c.shift_types
                and (c.weekdays is None or weekday in c.weekdays)
                and (c.groups is None or person.group in c.groups)
            ]
            if prices:
                allowed[day, k] = counted[day, k]
                cost[day, k] = min(prices)
    return allowed, cost


def _terms(
    problem: RosterProblem, options: tuple[Option, ...], person: Person, allowed: npt.NDArray[np.bool_]
) -> Terms:
    limits = person.limits
    kinds = {s.code: t for t, s in enumerate(problem.shift_types)}
    option_type = tuple(kinds[shift] for _, shift in options)
    must_work = _close(problem, options, person, allowed)
    run, before = _worked_before(person)
    terms = Terms(
        allowed=allowed,
        must_work=must_work,
        option_type=option_type,
        minutes=tuple(s.minutes for s in problem.shift_types),
        follows=_follows(problem, person),
        weekend=_weekends(problem),
        worked_before=run,
        type_before=kinds[before] if before is not None else OFF,
        most_run=None if person.faculty else problem.rules.most_days_in_a_row,
    )
    if limits is None:
        return terms
    runs = [m for m in (terms.most_run, limits.most_days_in_a_row) if m is not None]
    return replace(
        terms,
        most_of_type={kinds[code]: most for code, most in limits.shifts.items()},
        fewest_minutes=limits.fewest_minutes or 0,
        most_minutes=limits.most_minutes,
        fewest_run=limits.fewest_days_in_a_row or 1,
        most_run=min(runs, default=None),
        fewest_rest=limits.fewest_days_off_in_a_row or 1,
        most_weekends=limits.most_weekends,
    )


def _close(
    problem: RosterProblem, options: tuple[Option, ...], person: Person, allowed: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Closes leave, days off, used-up shift types and days that are not to be made; sets pins. Where to work."""
    limits = person.limits
    closed = {d for first, last in person.leave for d in range(max(first, 0), min(last, problem.days - 1) + 1)}
    closed |= {d for d in (limits.days_off if limits else ()) if 0 <= d < problem.days}
    first = problem.first_open or 0
    last = problem.days - 1 if problem.last_open is None else problem.last_open
    closed |= {d for d in range(problem.days) if not first <= d <= last}
    allowed[sorted(closed)] = False
    for k, (_, shift) in enumerate(options):
        if limits and limits.shifts.get(shift) == 0:
            allowed[:, k] = False
    must_work = np.zeros(problem.days, dtype=bool)
    for pin in problem.pins:
        if pin.person == person.id:
            if must_work[pin.day]:
                raise ValueError(f"{person.name} has two pins on day {pin.day}: keep one of them")
            allowed[pin.day] = False
            allowed[pin.day, options.index((_pinned_to(person, pin), pin.shift_type))] = True
            must_work[pin.day] = True
    return must_work


def _follows(problem: RosterProblem, person: Person) -> npt.NDArray[np.bool_]:
    least = 0 if person.faculty else problem.rules.rest_between or 0
    kinds = problem.shift_types
    return np.array([[b.code not in a.not_followed_by and rest_between(a, b) >= least for b in kinds] for a in kinds])


def _weekends(problem: RosterProblem) -> tuple[int, ...]:
    first = problem.start.weekday()
    return tuple((first + d) // 7 if (first + d) % 7 >= SATURDAY else -1 for d in range(problem.days))


def _worked_before(person: Person) -> tuple[int, str | None]:
    """Days worked in a row just before day 0, and the last shift of them."""
    blocks = {b.day: b.shift_type for b in person.carried.recent}
    run = 0
    while -1 - run in blocks:
        run += 1
    return run, blocks.get(-1)


def _step(prices: list[float]) -> float | None:
    """The largest number of which every price is a multiple, to a thousandth; None where there is none."""
    scaled = [round(p * 1000) for p in prices]
    if not scaled or any(abs(p * 1000 - s) > 1e-6 for p, s in zip(prices, scaled, strict=True)):
        return None
    return gcd(*scaled) / 1000 or None
