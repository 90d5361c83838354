"""The model of a repair: who may take what is short, and what that asks of them.

It knows only the blocks in `cells` to be short of people, and the people who could be given one of those: giving
anybody anything else changes more than is needed. It says nothing of blocks outside `cells` that get short because
somebody leaves them, so that what it finds to be least is so for the whole program; `solve` sees whether it made such
blocks short, and adds them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Literal

from scheduling.solver.repair.standing import Standing
from scheduling.solver.repair.tolerant import TolerantModel
from scheduling.solver.roster.choosing import exclusive
from scheduling.solver.roster.coverage import add_regular_week, counted_there
from scheduling.solver.roster.duty import add_duty_rules
from scheduling.solver.roster.fairness import add_fairness
from scheduling.solver.roster.limits import add_limits
from scheduling.solver.roster.model import Agenda, Cell, Choice, Term, ones
from scheduling.solver.roster.problem import Assigned
from scheduling.solver.roster.requests import add_requests, by_person

if TYPE_CHECKING:
    import pulp

Stage = Literal["missing", "changes", "people", "price"]


class RepairModel:
    """`totals`: of each stage, the variable that holds what it makes least."""

    def __init__(self, standing: Standing, cells: Iterable[Cell]) -> None:
        self.standing = standing
        self.cells = frozenset(cells)
        self.model = TolerantModel("repair")
        self.standing_choices: list[Choice] = []
        self.added_choices: list[Choice] = []
        self.agendas = [agenda for person in range(len(standing.index)) if (agenda := self._agenda(person)) is not None]
        self.touched = {agenda.person: self.model.binary() for agenda in self.agendas}
        self.short: list[Term] = []
        self._add_coverage()
        requests = by_person(standing.frame, standing.days)
        for agenda in self.agendas:
            frame = standing.frame_of(agenda.person)
            add_duty_rules(self.model, frame, agenda, standing.days)
            add_limits(self.model, frame, agenda, standing.days)
            add_regular_week(self.model, frame, agenda)
            add_requests(self.model, frame, agenda, requests)
            add_fairness(self.model, frame, agenda, standing.targets(agenda))
            self._add_touched(agenda)
        self.model.close_indicators()
        self.price_now = self.model.rest_now()
        self.totals = self._totals()
        self.lp = self.model.lp
        self.cuts = 0

    def start(self, spared: Iterable[Collection[str]]) -> None:
        """Sets the variables to "nothing is changed", and all stages free. `spared`: of each of these sets of people at
        least one stays untouched; those of an earlier call come first, in the same order."""
        for total in self.totals.values():
            total.upBound = None
        for number, people in enumerate(spared):
            if number >= self.cuts:
                self._spare_one(people)
                self.cuts += 1
        for each, variable in self.model.variables.items():
            variable.varValue = self.model.now[each]

    def value(self, stage: Stage) -> float:
        """What the stage comes to in the values that the variables hold."""
        return float(self.totals[stage].varValue or 0.0)

    def keep(self, stage: Stage, *, whole: bool) -> None:
        """Lets the stage get no worse from now on."""
        value = self.value(stage)
        self.totals[stage].upBound = round(value) if whole else value + 1e-6 * max(1.0, abs(value))

    def values(self) -> list[float | None]:
        return [variable.varValue for variable in self.model.variables.values()]

    def set_values(self, values: Iterable[float | None]) -> None:
        for variable, value in zip(self.model.variables.values(), values, strict=True):
            variable.varValue = value

    def fix(self) -> None:
        """Lets everybody's blocks be what the variables hold, until `free`."""
        for choice in (*self.standing_choices, *self.added_choices):
            choice.variable.lowBound = choice.variable.upBound = float(_is_set(choice))

    def free(self) -> None:
        for choice in (*self.standing_choices, *self.added_choices):
            choice.variable.lowBound, choice.variable.upBound = 0, 1

    def _spare_one(self, people: Iterable[str]) -> None:
        terms = [
            (self.touched[person], 1.0) for name in people if (person := self.standing.index[name]) in self.touched
        ]
        self.model.at_most(terms, len(terms) - 1)

    def added(self) -> list[Assigned]:
        """What the values that the variables hold give to people."""
        return [self._assigned(choice) for choice in self.added_choices if _is_set(choice)]

    def removed(self) -> list[Assigned]:
        return [self._assigned(choice) for choice in self.standing_choices if not _is_set(choice)]

    def _assigned(self, choice: Choice) -> Assigned:
        block = choice.block
        return Assigned(
            self.standing.frame.problem.people[choice.person].id, block.day, block.shift_type, block.rotation
        )

    def _agenda(self, person: int) -> Agenda | None:
        """What the person has, may give up and may be given; None if there is nothing for them to be given."""
        standing = self.standing
        fixed = standing.fixed(person)
        given: dict[int, list[Choice]] = defaultdict(list)
        for day in sorted({day for _, _, day in self.cells}):
            given[day] += [c for c in standing.givable(person, day, fixed) if c.cell in self.cells]
        if not any(given.values()):
            return None
        agenda = Agenda(person, fixed, stands=standing.worked[person])
        for day in range(standing.days[0], standing.days[1] + 1):
            stands = []
            for block in standing.movable(person, day):
                if standing.is_backup(block) and not given[day]:
                    fixed.setdefault(day, []).append(block)  # nothing to call it in for
                else:
                    stands.append(Choice(person, block, standing.price(person, block)))
            if stands or given[day]:
                agenda.choices[day] = [*stands, *given[day]]
            self.standing_choices += stands
            self.added_choices += given[day]
        for choices in agenda.choices.values():
            for choice in choices:
                choice.price += standing.edge_price(choice, fixed)
                self.model.choose(choice, stands=choice.block in standing.worked[person].get(choice.day, ()))
        return agenda

    def _add_coverage(self) -> None:
        """What blocks lack of what they need has a price of its own, which comes first; too many in a block has one
        like all else. A backup who is called in has done what they were there for."""
        people = self.standing.frame.problem.people
        by_cell: dict[Cell, list[Choice]] = {cell: [] for cell in self.cells}
        for choice in (*self.standing_choices, *self.added_choices):
            by_cell.setdefault(choice.cell, []).append(choice)
        stands = set(map(id, self.standing_choices))
        for cell, choices in sorted(by_cell.items()):
            for row, need in self.standing.needs(cell):
                counted = [c for c in choices if row.groups is None or people[c.person].group in row.groups]
                open_now = sum(1 for choice in counted if id(choice) in stands)
                there = counted_there(row, self.standing.there.get(cell, ())) - open_now
                if self.standing.frame.shifts[row.shift_type].duty == "backup":
                    there += open_now
                    counted = [choice for choice in counted if id(choice) not in stands]
                if cell in self.cells and need > there:
                    short = self.model.amount(0.0, need - there)
                    self.short.append((short, row.price_below))
                    self.model.at_least([*ones(counted), (short, 1.0)], need - there)
                if row.most is not None and there + len(counted) > row.most:
                    over = self.model.amount(row.price_above)
                    self.model.at_most([*ones(counted), (over, -1.0)], row.most - there)

    def _add_touched(self, agenda: Agenda) -> None:
        """Whoever gets or gives up anything is touched; a backup is given up only to be called in on its day."""
        touched = self.touched[agenda.person]
        stands = set(map(id, self.standing_choices))
        for choices in agenda.choices.values():
            added = [choice for choice in choices if id(choice) not in stands]
            for clique in exclusive(self.standing.frame, added) if added else ():
                self.model.at_most([*ones(clique), (touched, -1.0)], 0.0)
            for choice in choices:
                if id(choice) in stands:
                    self.model.at_least([(choice.variable, 1.0), (touched, 1.0)], 1.0)
                    if self.standing.is_backup(choice.block):
                        self.model.at_least([(choice.variable, 1.0), *ones(added)], 1.0)

    def _totals(self) -> dict[Stage, "pulp.LpVariable"]:
        given_up = [c for c in self.standing_choices if not self.standing.is_backup(c.block)]
        changes = [*ones(self.added_choices), *((choice.variable, -1.0) for choice in given_up)]
        return {
            "missing": self.model.total(self.short, 0.0),
            "changes": self.model.total(changes, len(given_up)),
            "people": self.model.total([(touched, 1.0) for touched in self.touched.values()], 0.0),
            "price": self.model.total(self.model.prices, self.model.constant),
        }


def _is_set(choice: Choice) -> bool:
    return (choice.variable.varValue or 0.0) > 0.5
