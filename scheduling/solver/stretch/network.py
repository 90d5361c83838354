"""One person's network: every line of work that their limits allow, and the cheapest of them.

A *line* is one person's whole roster: per day the index of an option (a shift type on a rotation), or OFF.
The network's nodes are the days, each with the stretch that the person is in: the shift type worked and the
days worked in a row, or the days off in a row up to the fewest wanted. What runs out over the whole horizon
(minutes, weekends, shifts of a type) is counted along the way, so a node is an array over what has been used.
This is the resource-constrained shortest path of rostering by column generation (Desaulniers, Desrosiers and
Solomon, Column Generation, 2005, chapter 2), one numpy operation per kind of step.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

OFF = -1
MOST_CELLS = 12_000_000  # of one network; beyond it weekends and shifts of a type are held by penalties

Floats = npt.NDArray[np.float64]
Line = tuple[int, ...]
Index = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What binds one person's line, in the terms of the network. Types and options are indexes.

    `allowed[day, option]`; `must_work[day]` where a pin leaves no day off. `follows[t, u]`: type u may be
    worked the day after t. Runs that touch the horizon's edges are excused from the two fewest. `worked_before`
    counts the days worked in a row just before day 0, the last of them of `type_before`. `weekend[day]` numbers
    the weekends, -1 on other days.
    """

    allowed: npt.NDArray[np.bool_]
    must_work: npt.NDArray[np.bool_]
    option_type: tuple[int, ...]
    minutes: tuple[int, ...]
    follows: npt.NDArray[np.bool_]
    weekend: tuple[int, ...]
    most_of_type: dict[int, int] = field(default_factory=dict)
    fewest_minutes: int = 0
    most_minutes: int | None = None
    fewest_run: int = 1
    most_run: int | None = None
    fewest_rest: int = 1
    most_weekends: int | None = None
    worked_before: int = 0
    type_before: int = OFF


class Scratch:
    """Room for the arrays of one pass, shared by networks that are asked one after the other."""

    def __init__(self) -> None:
        self._room = np.empty(0)

    def arrays(self, *shapes: tuple[int, ...]) -> list[Floats]:
        """Arrays of these shapes, holding anything; they stand until the next call."""
        sizes = [math.prod(shape) for shape in shapes]
        if sum(sizes) > self._room.size:
            self._room = np.empty(sum(sizes))
        ends = np.cumsum(sizes)
        return [
            self._room[end - size : end].reshape(shape) for end, size, shape in zip(ends, sizes, shapes, strict=True)
        ]


class Network:
    """The lines that `terms` allow. Costs are arrays [day, option]; a day off costs nothing."""

    def __init__(self, terms: Terms, scratch: Scratch | None = None) -> None:
        self.scratch = scratch or Scratch()
        self.terms = terms
        self.days = len(terms.must_work)
        self.types = sorted({t for k, t in enumerate(terms.option_type) if terms.allowed[:, k].any()})
        if terms.worked_before and terms.type_before not in self.types:
            self.types.append(terms.type_before)
        self.local = {t: i for i, t in enumerate(self.types)}
        self.options = {t: [k for k, u in enumerate(terms.option_type) if u == t] for t in self.types}
        self.open = np.array([[terms.allowed[d, self.options[t]].any() for t in self.types] for d in range(self.days)])
        self.open = self.open.reshape(self.days, len(self.types))
        longest = max(1, self.days + terms.worked_before)
        self.most_run = max(1, longest if terms.most_run is None else min(terms.most_run, longest))
        self.run_before = min(terms.worked_before, self.most_run)
        self.fewest_run = max(1, terms.fewest_run)
        self.rest = max(1, terms.fewest_rest)
        self.before = [[i for i, u in enumerate(self.types) if terms.follows[u, t]] for t in self.types]
        self.plan = _shared_minima(self.before)
        self._set_units()
        self.counted: tuple[int, ...] = ()
        self.counts_weekends = self.weekends_bind and self._cells((terms.most_weekends or 0) + 1) <= MOST_CELLS
        self._set_shape()

    # What is counted

    def _set_units(self) -> None:
        """Minutes are counted in their greatest common divisor."""
        terms = self.terms
        lengths = [terms.minutes[t] for t in self.types if terms.minutes[t]]
        unit = math.gcd(*lengths) if lengths else 1
        self.units = [terms.minutes[t] // unit for t in self.types]
        ceiling = self.days * max(self.units, default=0)
        self.fewest_units = max(0, -(-terms.fewest_minutes // unit))
        most = ceiling if terms.most_minutes is None else min(ceiling, terms.most_minutes // unit)
        self.counts_units = self.fewest_units > 0 or most < ceiling
        self.most_units = most if self.counts_units else 0
        weekends = len({w for w in terms.weekend if w >= 0})
        self.weekends_bind = terms.most_weekends is not None and terms.most_weekends < weekends

    def _cells(self, times: int) -> int:
        states = len(self.types) * self.most_run + self.rest
        return self.days * states * (max(self.most_units, 0) + 1) * times

    def _set_shape(self) -> None:
        terms = self.terms
        weekends = (terms.most_weekends or 0) + 1 if self.counts_weekends else 1
        self.shape = (max(self.most_units, -1) + 1, weekends, *(terms.most_of_type[t] + 1 for t in self.counted))
        self.steps = {
            (i, w): _slices(self.shape, self.uses(i, w)) for i in range(len(self.types)) for w in (False, True)
        }

    def uses(self, i: int, weekend: bool) -> tuple[int, ...]:
        """What a day of local type `i` uses of each counted thing; `weekend`: it starts to work a weekend."""
        units = self.units[i] if self.counts_units else 0
        return (units, int(weekend and self.counts_weekends), *(int(self.types[i] == t) for t in self.counted))

    def _clear(self) -> None:
        """Takes the room for a pass; at the start nothing is used, and the person is in the state they come in."""
        self.worked, self.rested = self.scratch.arrays(
            (self.days + 1, len(self.types), self.most_run, *self.shape), (self.days + 1, self.rest, *self.shape)
        )
        self.worked[0].fill(np.inf)
        self.rested[0].fill(np.inf)
        if min(self.shape) == 0:
            return
        none_used = (0,) * len(self.shape)
        if self.run_before:
            self.worked[(0, self.local[self.terms.type_before], self.run_before - 1, *none_used)] = 0.0
        else:
            self.rested[(0, self.rest - 1, *none_used)] = 0.0

    # The cheapest lines

    def best(self, cost: Floats) -> Line | None:
        """A cheapest line (a cheap one where a limit that is not counted had to be held by penalties)."""
        ends = self._ends(cost, 1)
        if not ends:
            return None
        types = self._trace(ends[0][1])
        return self._penalised(cost) if self._uncounted_over(types) else self._with_options(types, cost)

    def several(self, cost: Floats, number: int, *, strict: bool) -> tuple[float, list[Line]] | None:
        """What no line costs less than, and up to `number` cheap lines that differ in what they use in all.

        Limits on shifts of a type are first left out, since they seldom bind; lines that pass them are held
        back, so there may be none. `strict` counts what the cheapest line passes, as far as there is room.
        """
        while True:
            ends = self._ends(cost, number)
            if not ends:
                return None
            lines = [self._trace(end) for _, end in ends]
            over = self._uncounted_over(lines[0])
            if not over or not strict:
                kept = [self._with_options(line, cost) for line in lines if not self._uncounted_over(line)]
                return ends[0][0], kept
            if not self._count(over):
                line = self._penalised(cost)
                return ends[0][0], [] if line is None else [line]

    def _count(self, over: list[int]) -> bool:
        """Starts to count a type whose limit was passed; whether there was room for it."""
        times = math.prod(self.shape[1:])
        for t in over:
            if t >= 0 and self._cells(times * (self.terms.most_of_type[t] + 1)) <= MOST_CELLS:
                self.counted = (*self.counted, t)
                self._set_shape()
                return True
        return False

    def _penalised(self, cost: Floats) -> Line | None:
        """A line within the limits that are not counted, by raising the price of what is used too much."""
        price = 1.0 + float(np.abs(cost[self.terms.allowed]).max(initial=0.0)) / 8
        extra = np.zeros_like(cost)
        for _ in range(40):
            ends = self._ends(cost + extra, 1)
            if not ends:
                return None
            types = self._trace(ends[0][1])
            over = self._uncounted_over(types)
            if not over:
                return self._with_options(types, cost)
            for t in over:
                if t == OFF:
                    extra[[w >= 0 for w in self.terms.weekend]] += price
                else:
                    extra[:, self.options[t]] += price
            price *= 1.3
        return None

    def _uncounted_over(self, types: Line) -> list[int]:
        """The limits that a line passes: types, or OFF for the weekends."""
        most = self.terms.most_of_type
        over = [t for t in self.types if t in most and t not in self.counted and types.count(t) > most[t]]
        if self.weekends_bind and not self.counts_weekends:
            weekends = {self.terms.weekend[d] for d, t in enumerate(types) if t != OFF} - {-1}
            if len(weekends) > (self.terms.most_weekends or 0):
                over.append(OFF)
        return over

    def within(self, line: Line) -> bool:
        """Whether a line of this network also keeps the limits that it does not count."""
        return not self._uncounted_over(tuple(OFF if k == OFF else self.terms.option_type[k] for k in line))

    def _with_options(self, types: Line, cost: Floats) -> Line:
        """The cheapest option of each day's type."""
        return tuple(OFF if t == OFF else self._option(d, t, cost) for d, t in enumerate(types))

    def _option(self, day: int, t: int, cost: Floats) -> int:
        return min((k for k in self.options[t] if self.terms.allowed[day, k]), key=lambda k: (cost[day, k], k))

    def type_costs(self, cost: Floats) -> Floats:
        """Per day and local type the cheapest option; infinite where there is none."""
        masked = np.where(self.terms.allowed, cost, np.inf)
        if not self.types:
            return np.empty((self.days, 0))
        return np.stack([masked[:, self.options[t]].min(axis=1, initial=np.inf) for t in self.types], axis=1)

    def _ends(self, cost: Floats, number: int) -> list[tuple[float, tuple[int, ...]]]:
        """The cheapest ends: (cost, what is used in all)."""
        self._forward(self.type_costs(cost))
        final = self.rested[self.days].min(axis=0)
        if self.types:
            final = np.minimum(final, self.worked[self.days].min(axis=(0, 1)))
        final = final[self.fewest_units :] if self.counts_units else final
        flat = final.ravel()
        if flat.size == 0:
            return []
        number = min(number, flat.size)
        order = np.argpartition(flat, number - 1)[:number] if number < flat.size else np.arange(flat.size)
        order = order[np.lexsort((order, flat[order]))]
        ends = []
        for j in order:
            if np.isinf(flat[j]):
                break
            used = [int(x) for x in np.unravel_index(int(j), final.shape)]
            used[0] += self.fewest_units if self.counts_units else 0
            ends.append((float(flat[j]), tuple(used)))
        return ends

    def starts_weekend(self, day: int, after_work: bool) -> bool:
        """Whether working on `day` is the first work of its weekend."""
        weekend = self.terms.weekend
        if weekend[day] < 0:
            return False
        return not after_work or day == 0 or weekend[day - 1] != weekend[day]

    def may_end(self, day: int, run: int) -> bool:
        """Whether a run of so many days may end before `day`: one that is long enough, or from the edge."""
        return run >= self.fewest_run or run == self.run_before + day

    def first_rest(self, day: int) -> int:
        """The state of a day off after work: the first of its stretch, which at the edge is long enough at once."""
        return self.rest - 1 if day == 0 else 0

    def _forward(self, cost: Floats) -> None:
        self._clear()
        for day in range(self.days):
            self._work(day, cost[day])
            self._take_off(day)

    def _work(self, day: int, cost: Floats) -> None:
        worked, after = self.worked[day], self.worked[day + 1]
        after.fill(np.inf)
        cheapest: dict[int, Floats | None] = {}
        for i, base, extra in self.plan:
            source = cheapest[base] if base is not None else None
            for e in extra:
                run = worked[e, :-1]
                source = run if source is None else np.minimum(source, run)
            cheapest[i] = source
            if not self.open[day, i]:
                continue
            if source is not None and self.most_run > 1:
                have, need = self.steps[i, self.starts_weekend(day, True)]
                after[(i, slice(1, None), *need)] = source[(slice(None), *have)]
            have, need = self.steps[i, self.starts_weekend(day, False)]
            after[(i, 0, *need)] = self.rested[day, -1][have]
            after[i] += cost[i]

    def _take_off(self, day: int) -> None:
        rested, after = self.rested[day], self.rested[day + 1]
        after.fill(np.inf)
        if self.terms.must_work[day]:
            return
        after[1:] = rested[:-1]
        np.minimum(after[-1], rested[-1], out=after[-1])
        if self.types and self.fewest_run <= self.most_run:
            first = after[self.first_rest(day)]
            np.minimum(first, self.worked[day, :, self.fewest_run - 1 :].min(axis=(0, 1)), out=first)
        from_edge = self.run_before + day
        if self.types and 1 <= from_edge < self.fewest_run and from_edge <= self.most_run:
            first = after[self.first_rest(day)]
            np.minimum(first, self.worked[day, :, from_edge - 1].min(axis=0), out=first)

    def _trace(self, used: tuple[int, ...]) -> Line:
        """The types of a cheapest line that ends having used `used`, read back from the last forward pass."""
        line = [OFF] * self.days
        end: Index = (self.days, ..., *used)
        states = [(float(v), OFF, k) for k, v in enumerate(self.rested[end])]
        for i, runs in enumerate(self.worked[end]):
            states += [(float(v), i, run) for run, v in enumerate(runs)]
        _, i, length = min(states)
        for day in range(self.days - 1, -1, -1):
            if i != OFF:
                line[day] = self.types[i]
                uses = self.uses(i, self.starts_weekend(day, length > 0))
                used = tuple(a - b for a, b in zip(used, uses, strict=True))
            i, length = self._came_from(day, i, length, used)
        return tuple(line)

    def _came_from(self, day: int, i: int, length: int, used: tuple[int, ...]) -> tuple[int, int]:
        """The state before `day` from which the cheapest line came to work type `i`, or to be off."""
        if i != OFF:
            if length == 0:
                return OFF, self.rest - 1
            sources = [(float(self.worked[(day, j, length - 1, *used)]), j) for j in self.before[i]]
            return min(sources)[1], length - 1
        came = [
            (float(self.rested[(day, k, *used)]), OFF, k)
            for k in (length - 1, length)
            if k >= 0 and (k < length or length == self.rest - 1)
        ]
        if length == self.first_rest(day):
            runs = [r for r in range(self.most_run) if self.may_end(day, r + 1)]
            came += [(float(self.worked[(day, j, r, *used)]), j, r) for j in range(len(self.types)) for r in runs]
        _, state, length = min(came)
        return state, length


def line_cost(line: Line, cost: Floats) -> float:
    """The sum of `cost` over the options of a line."""
    return float(sum(cost[d, k] for d, k in enumerate(line) if k != OFF))


def _slices(shape: tuple[int, ...], uses: tuple[int, ...]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Where a step that uses so much reads from, and where it writes to."""
    have = tuple(slice(0, max(0, n - k)) for n, k in zip(shape, uses, strict=True))
    need = tuple(slice(min(k, n), n) for n, k in zip(shape, uses, strict=True))
    return have, need


def _shared_minima(before: list[list[int]]) -> list[tuple[int, int | None, list[int]]]:
    """An order of the types in which each minimum over its predecessors builds on an earlier one."""
    plan: list[tuple[int, int | None, list[int]]] = []
    for i in sorted(range(len(before)), key=lambda i: (len(before[i]), i)):
        inside = [j for j, _, _ in plan if set(before[j]) <= set(before[i])]
        base = max(inside, key=lambda j: len(before[j]), default=None)
        known = set(before[base]) if base is not None else set()
        plan.append((i, base, [j for j in before[i] if j not in known]))
    return plan
