"""The model of one spread: blocks are given to people in classes of events, so that balances lie close together.

It is a relaxation of the roster: whoever may work a block by plan, leave and eligibility may be given it, whatever rest
and averages say. So no roster has a smaller spread than the bound of this model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulp

from scheduling.solver.roster.problem import Measure
from scheduling.solver.spread.alike import Class, Day
from scheduling.solver.spread.asked import Asked
from scheduling.solver.spread.supply import Where

type Term = tuple[pulp.LpVariable, float]
type Given = dict[Where, pulp.LpVariable]  # by block: in how many of the class's events a member works it


@dataclass(frozen=True, slots=True)
class Member:
    """One of the group: their part of what the group works, and what they bring along beyond their fair share."""

    group: str
    part: float
    brought: float


class SpreadModel:
    """Minimises (the highest balance - the lowest) of those members who are there at all."""

    def __init__(self, measure: Measure, members: Sequence[Member], asked: Asked) -> None:
        self.lp = pulp.LpProblem("spread", pulp.LpMinimize)
        self.measure, self.members, self.asked = measure, members, asked
        self.works: list[list[Term]] = [[] for _ in members]
        self.instead: list[list[Term]] = [[] for _ in members]
        self._names = 0

    def add(self, alike: Class) -> None:
        """Events that are alike, with what is asked for in them."""
        count = len(alike.events)
        by_day = []
        for place, day in enumerate(alike.days):
            dates = [event[place] for event in alike.events]
            # Hours are fine enough to be parted; of weekends it is enough that they are whole.
            whole = self.measure != "minutes" and (self.measure != "weekends" or len(alike.days) == 1)
            given = [self._offer(offer.cells, offer.most, count, whole=whole) for offer in day.mine]
            self._add_coverage(day, given, dates)
            by_day.append(given)
            for number, mine in enumerate(given):
                self._add_instead(number, mine, dates)
        for number in range(len(self.members)):
            self._add_work(number, alike, [given[number] for given in by_day])

    def finish(self) -> pulp.LpProblem:
        """The PuLP model, with ordinary weeks, balances and their spread."""
        for owed, terms in zip(self.asked.owed, self.instead, strict=True):
            if terms and owed.kept:
                self._at_least(terms, owed.kept)
        high, low, total = (self._variable(None, low=None) for _ in range(3))
        sums = [self._sum(terms) for terms in self.works]
        self._equal([*((each, 1.0) for each in sums), (total, -1.0)], 0.0)
        for member, mine in zip(self.members, sums, strict=True):
            if member.part > 0:
                balance = [(mine, 1.0), (total, -member.part)]
                self._at_most([*balance, (high, -1.0)], -member.brought)
                self._at_least([*balance, (low, -1.0)], -member.brought)
        self.lp.setObjective(pulp.lpSum_vars_coefs([(high, 1.0), (low, -1.0)]))
        return self.lp

    def _offer(self, cells: Sequence[Where], most: int, count: float, *, whole: bool) -> Given:
        """Variables of what somebody (or several people alike) may work, no more than `most` of it in each event."""
        given = {cell: self._variable(count, whole=whole) for cell in cells}
        if most < len(cells):
            self._at_most([(each, 1.0) for each in given.values()], most * count)
        return given

    def _add_coverage(self, day: Day, given: Sequence[Given], dates: Sequence[int]) -> None:
        others = [
            (group, self._offer(offer.cells, offer.most, people * len(dates), whole=False))
            for group, offer, people in day.others
        ]
        mine = [(member.group, each) for member, each in zip(self.members, given, strict=True)]
        for cell, places in day.rows:
            for place in places:
                groups = self.asked.groups(place)
                terms = [
                    (variables[cell], 1.0)
                    for group, variables in (*mine, *others)
                    if cell in variables and (groups is None or group in groups)
                ]
                fewest, most = self.asked.bounds(place, dates)
                if terms and fewest:
                    self._at_least(terms, fewest)
                if terms and most is not None:
                    self._at_most(terms, most)

    def _add_work(self, number: int, alike: Class, given: Sequence[Given]) -> None:
        """What a member's events count."""
        days = [(mine, day) for mine, day in zip(given, alike.days, strict=True) if mine]
        blocks = [(cell, each, day) for mine, day in days for cell, each in mine.items()]
        if self.measure == "minutes":
            self.works[number] += [
                (each, minutes / 60) for cell, each, day in blocks if (minutes := dict(day.minutes)[cell])
            ]
        elif self.measure in ("nights", "backups") or (len(days) == 1 and days[0][1].mine[number].most == 1):
            self.works[number] += [(each, 1.0) for _, each, _ in blocks]
        elif days:
            worked = self._variable(len(alike.events), whole=True)
            for mine, day in days:
                alone = [[each] for each in mine.values()]
                for together in [[*mine.values()]] if day.mine[number].most == 1 else alone:
                    self._at_most([*((each, 1.0) for each in together), (worked, -1.0)], 0.0)
            self._at_most([(worked, 1.0), *((each, -1.0) for _, each, _ in blocks)], 0.0)
            self.works[number].append((worked, 1.0))

    def _add_instead(self, number: int, mine: Given, dates: Sequence[int]) -> None:
        """What a block does for the ordinary week: it is worked, or another in its place, or the day after is off."""
        if self.measure == "minutes":
            weights = {cell: self.asked.instead(number, cell[1], dates) for cell in mine}
            self.instead[number] += [(mine[cell], weight) for cell, weight in weights.items() if weight]

    def _variable(self, most: float | None, *, low: float | None = 0.0, whole: bool = False) -> pulp.LpVariable:
        self._names += 1
        return self.lp.add_variable(f"v{self._names}", low, most, "Integer" if whole else "Continuous")

    def _sum(self, terms: Sequence[Term]) -> pulp.LpVariable:
        result = self._variable(None)
        self._equal([*terms, (result, -1.0)], 0.0)
        return result

    def _at_most(self, terms: Sequence[Term], most: float) -> None:
        self.lp.addConstraint(pulp.lpSum_vars_coefs(terms) <= most)

    def _at_least(self, terms: Sequence[Term], fewest: float) -> None:
        self.lp.addConstraint(pulp.lpSum_vars_coefs(terms) >= fewest)

    def _equal(self, terms: Sequence[Term], value: float) -> None:
        self.lp.addConstraint(pulp.lpSum_vars_coefs(terms) == value)
