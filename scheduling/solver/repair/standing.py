"""Who works what when a repair begins: what is lost, what may be taken away, and what may be given to whom."""

from collections.abc import Iterator
from dataclasses import replace

from scheduling.solver.repair.problem import RepairProblem
from scheduling.solver.roster.coverage import Demand, There, counted_there, who_is_there
from scheduling.solver.roster.fairness import Targets, measure_price
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import Ledger, tally
from scheduling.solver.roster.limits import forbidden_days
from scheduling.solver.roster.model import Agenda, Cell, Choice
from scheduling.solver.roster.problem import MEASURES, Assigned, Coverage, Measure, Span, WorkedBlock
from scheduling.solver.roster.span import Worked, allowed


class Standing:
    """The roster once the lost blocks are gone. People are indexes, as in `Frame`."""

    def __init__(self, problem: RepairProblem) -> None:
        self.problem = problem
        self.days: Span = (problem.first_open, problem.last_open)
        # Nothing outside the open days is made: averages are kept whole there, and not in parts.
        self.frame = Frame(replace(problem.roster, first_open=problem.first_open, last_open=problem.last_open))
        self.demand = Demand(self.frame)
        self.index = {person.id: number for number, person in enumerate(problem.roster.people)}
        self.pinned = {(pin.person, pin.day, pin.shift_type) for pin in problem.roster.pins}
        self.forbidden = frozenset(problem.forbidden)
        self.lost = tuple(each for each in problem.current if self._is_lost(each))
        self.away = {each.person for each in self.lost} | set(problem.away or ())
        self.worked = self._worked(problem.current)
        self.before = who_is_there(self.demand, self.worked, self.days)
        self.fair = self._fair_shares()
        for each in self.lost:
            self.worked[self.index[each.person]][each.day].remove(block_of(each))
        self.there = who_is_there(self.demand, self.worked, self.days)
        self._frames: dict[frozenset[str], Frame] = {}

    def _is_lost(self, each: Assigned) -> bool:
        away = self.problem.away
        return (
            each.person in self.index
            and self.days[0] <= each.day <= self.days[1]
            and (each.day, each.shift_type) not in self.problem.over
            and each.day in self.frame.leave[self.index[each.person]]
            and (away is None or each.person in away)
        )

    def _worked(self, current: tuple[Assigned, ...]) -> Worked:
        worked: Worked = [{} for _ in self.index]
        for number, person in enumerate(self.frame.problem.people):
            for block in person.carried.recent:
                worked[number].setdefault(block.day, []).append(block)
        for each in current:
            if each.person in self.index:  # whoever has no place in the plan counts for nothing in the roster
                worked[self.index[each.person]].setdefault(each.day, []).append(block_of(each))
        return worked

    def _fair_shares(self) -> list[dict[Measure, float]]:
        """By person, their fair share of the whole schedule, less what they brought along. What is lost counts as work
        of the group still: somebody is to do it."""
        ledger = Ledger(self.frame)
        brought = [dict(worked) for worked in ledger.worked]
        ledger.enter(self.worked, (0, self.frame.problem.days - 1))
        return [
            {measure: fair[measure] - before[measure] for measure in MEASURES}
            for fair, before in zip(ledger.fair, brought, strict=True)
        ]

    def frame_of(self, person: int) -> Frame:
        """The frame with the rules that bind this person."""
        return self.frame_without(self.problem.lifted.get(self.frame.problem.people[person].id, frozenset()))

    def frame_without(self, lifted: frozenset[str]) -> Frame:
        """The frame without these rules."""
        if not lifted:
            return self.frame
        if lifted not in self._frames:
            off = {name: False if name == "weekly_hours" else None for name in lifted}
            rules = replace(self.frame.rules, **off)  # type: ignore[arg-type]
            self._frames[lifted] = Frame(replace(self.frame.problem, rules=rules))
        return self._frames[lifted]

    def is_backup(self, block: WorkedBlock) -> bool:
        return self.frame.shifts[block.shift_type].duty == "backup"

    def movable(self, person: int, day: int) -> list[WorkedBlock]:
        """What may be taken away from the person on this day."""
        who = self.frame.problem.people[person].id
        if not self.days[0] <= day <= self.days[1] or not self.frame.present(person, day) or who in self.away:
            return []
        in_notice = self.problem.notice_until is not None and day < self.problem.notice_until
        return [
            block
            for block in self.worked[person].get(day, ())
            if (who, day, block.shift_type) not in self.pinned
            and (day, block.shift_type) not in self.problem.over
            and not (in_notice and not self.is_backup(block))
        ]

    def fixed(self, person: int) -> dict[int, list[WorkedBlock]]:
        """What the person works in any case, by day."""
        return {
            day: left
            for day, blocks in self.worked[person].items()
            if (left := [block for block in blocks if block not in self.movable(person, day)])
        }

    def givable(self, person: int, day: int, fixed: dict[int, list[WorkedBlock]]) -> Iterator[Choice]:
        """The blocks that the person does not work and could be given, if only what is fixed stood in the way."""
        frame = self.frame_of(person)
        who = frame.problem.people[person]
        if not frame.present(person, day) or day in forbidden_days(who) or who.id in self.away:
            return
        has = self.worked[person].get(day, ())
        for choice in self.demand.choices(person, day):
            block = choice.block
            if (who.id, day, block.shift_type) in self.forbidden or block in has:
                continue
            if (day, block.shift_type) in self.problem.over:
                continue
            if allowed(frame, person, block, fixed):
                yield choice

    def price(self, person: int, block: WorkedBlock) -> float:
        """What cross-cover costs in a block that the person works now."""
        choices = self.demand.choices(person, block.day) if block.day in self.frame.placed[person] else ()
        return next((choice.price for choice in choices if choice.block == block), 0.0)

    def edge_price(self, choice: Choice, fixed: dict[int, list[WorkedBlock]]) -> float:
        """What a block costs for the leave that it runs into, and for short rests next to what is fixed."""
        frame, prices, block = self.frame, self.frame.problem.prices, choice.block
        price = prices.into_leave if frame.into_leave(choice.person, block.shift_type, block.day) else 0.0
        if frame.problem.people[choice.person].faculty or not frame.prices_rest:
            return price
        near = [other for day in range(block.day - 2, block.day + 3) for other in fixed.get(day, ())]
        pairs = [sorted((block, other), key=lambda b: (b.day, frame.shifts[b.shift_type].starts)) for other in near]
        return price + sum(
            prices.short_rest
            for one, other in pairs
            if frame.short_rest(one.shift_type, one.day, other.shift_type, other.day)
        )

    def targets(self, agenda: Agenda) -> Targets:
        """What the person would have to be given in the open days to end at their fair share of the whole schedule."""
        whole = (0, self.frame.problem.days - 1)
        has = tally(self.frame, agenda.person, agenda.fixed, whole)
        return {
            (agenda.person, measure): self.fair[agenda.person][measure] - has[measure]
            for measure in MEASURES
            if measure_price(self.frame, measure) > 0
        }

    def needs(self, cell: Cell) -> Iterator[tuple[Coverage, int]]:
        """How many people each row asks of a block: all that it needs if it is to be filled, else no more than it had
        before anything was lost."""
        for row in self.demand.on(*cell):
            if cell in self.problem.fill:
                yield row, row.fewest
            else:
                yield row, min(row.fewest, counted_there(row, self.before.get(cell, ())))

    def short_cells(self, there: There) -> set[Cell]:
        """The blocks of the open days that have fewer people than they need."""
        return {
            (rotation, shift, day)
            for rotation, shift in self.demand.rows
            for day in range(self.days[0], self.days[1] + 1)
            for row, need in self.needs((rotation, shift, day))
            if counted_there(row, there.get((rotation, shift, day), ())) < need
        }


def block_of(each: Assigned) -> WorkedBlock:
    return WorkedBlock(each.day, each.shift_type, each.rotation)
