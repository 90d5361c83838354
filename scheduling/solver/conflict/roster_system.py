"""The days around one short block as a system of groups: who could work what, and all that keeps them from it.

The days before and after are taken as they are. So is what is broken already (a rule by a pin, the coverage of another
block): it is asked for no more than it holds now. What the roster says now then holds but for the block that is short,
and every conflict is about that one.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from scheduling.solver.conflict.problem import Group
from scheduling.solver.conflict.recorder import Recorder
from scheduling.solver.conflict.system import System
from scheduling.solver.roster.coverage import Demand
from scheduling.solver.roster.duty import add_duty_rules
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.limits import add_limits, forbidden_days
from scheduling.solver.roster.model import Agenda, Cell, Choice
from scheduling.solver.roster.problem import Assigned, Coverage, Pin, RosterProblem, Rules, Span, WorkedBlock
from scheduling.solver.roster.span import Worked, allowed

MARGIN = 3  # days before and after that may be arranged anew
LIMITS = "limits"  # what the group of a person's own limits is called; the others are called like the fields of Rules
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
RULES = (
    "rest_after_call",
    "most_continuous",
    "rest_between",
    "most_nights_in_a_row",
    "most_days_in_a_row",
    "free_day_in",
    "weekly_hours",
    "call_every",
)


def open_days(problem: RosterProblem, asked: Span, earliest: int = 0) -> Span:
    """The days that may be arranged anew."""
    low = min(asked[0], max(earliest, asked[0] - MARGIN))
    return max(0, low), min(problem.days - 1, asked[1] + MARGIN)


class RosterSystem:
    """See above. `asked` are the blocks that are short: one rotation's shift from day to day."""

    def __init__(
        self,
        problem: RosterProblem,
        current: tuple[Assigned, ...],
        rotation: str,
        shift_type: str,
        asked: Span,
        earliest: int = 0,
    ) -> None:
        self.days: Span = open_days(problem, asked, earliest)
        self.problem = replace(problem, first_open=self.days[0], last_open=self.days[1])
        self.rotation, self.shift_type, self.asked = rotation, shift_type, asked
        self.frame = Frame(replace(self.problem, rules=NO_RULES))
        self.demand = Demand(self.frame)
        self.index = {person.id: number for number, person in enumerate(problem.people)}
        self.worked = self._worked(current)
        self.system = System()
        self.recorder = Recorder(self.system)
        self.cells: dict[Cell, list[Choice]] = defaultdict(list)
        self.pins: dict[tuple[str, int], list[Pin]] = defaultdict(list)
        for pin in problem.pins:
            self.pins[pin.person, pin.day].append(pin)
        self.each_rule = self._frames()
        for number in range(len(problem.people)):
            agenda = self._agenda(number)
            if agenda.choices:
                self._add_person(agenda)
        needed = set(self._add_coverage())
        self.system.loosen(self._now(), needed)

    def _worked(self, current: tuple[Assigned, ...]) -> Worked:
        worked: Worked = [{} for _ in self.index]
        for number, person in enumerate(self.problem.people):
            for block in person.carried.recent:
                worked[number].setdefault(block.day, []).append(block)
        for each in current:
            if each.person in self.index:
                block = WorkedBlock(each.day, each.shift_type, each.rotation)
                worked[self.index[each.person]].setdefault(each.day, []).append(block)
        return worked

    def _agenda(self, number: int) -> Agenda:
        """What the person works outside of the open days, and may be given in them; what they work there or are pinned
        to is open to them, and the block that is short to everybody who would count in it."""
        worked = self.worked[number]
        placed = self.frame.placed[number]
        fixed = {
            day: blocks
            for day, blocks in worked.items()
            if not self.days[0] <= day <= self.days[1] or day not in placed
        }
        agenda = Agenda(number, fixed, stands=worked)
        for day in range(self.days[0], self.days[1] + 1):
            if day not in placed:
                continue
            found = {choice.block: choice for choice in self._open(number, day)}
            usable = [
                choice
                for choice in found.values()
                if choice.block in worked.get(day, ()) or allowed(self.frame, number, choice.block, fixed)
            ]
            for choice in usable:
                choice.variable = self.recorder.binary()
                self.cells[choice.cell].append(choice)
            if usable:
                agenda.choices[day] = usable
        return agenda

    def _open(self, number: int, day: int) -> Iterator[Choice]:
        person = self.problem.people[number]
        block = self.rotation, self.shift_type, day
        if self._is_asked(*block) and self.demand.counts(*block, person.group):
            yield Choice(number, WorkedBlock(day, self.shift_type, self.rotation))
        yield from self._given(number, day)

    def _given(self, number: int, day: int) -> Iterator[Choice]:
        """What plan, pins and the present roster let the person work on a day."""
        yield from self.demand.choices(number, day)
        for block in (*self.worked[number].get(day, ()), *self._pinned(number, day)):
            yield Choice(number, block)

    def _pinned(self, number: int, day: int) -> list[WorkedBlock]:
        home = self.frame.placed[number][day]
        pins = self.pins[self.problem.people[number].id, day]
        return [WorkedBlock(day, pin.shift_type, pin.rotation or home) for pin in pins]

    def _is_asked(self, rotation: str, shift_type: str, day: int) -> bool:
        asked = self.rotation, self.shift_type
        return (rotation, shift_type) == asked and self.asked[0] <= day <= self.asked[1]

    def _add_person(self, agenda: Agenda) -> None:
        recorder, person = self.recorder, self.problem.people[agenda.person]
        recorder.group = None
        add_duty_rules(recorder, self.frame, agenda, self.days)
        self._add_leave(agenda)
        self._add_pins(agenda)
        self._add_placement(agenda)
        if person.limits is not None:
            recorder.group = Group("rule", person.id, LIMITS, days=self.days)
            add_limits(recorder, self.frame, agenda, self.days)
            for day in forbidden_days(person) & agenda.choices.keys():
                recorder.at_most([(choice.variable, 1.0) for choice in agenda.choices[day]], 0)
        for name, frame in () if person.faculty else self.each_rule:
            recorder.group = Group("rule", person.id, name, days=self.days)
            add_duty_rules(recorder, frame, agenda, self.days)
            for choice in (choice for choices in agenda.choices.values() for choice in choices):
                if not allowed(frame, agenda.person, choice.block, agenda.fixed):
                    recorder.at_most([(choice.variable, 1.0)], 0)

    def _frames(self) -> list[tuple[str, Frame]]:
        """For each rule that is in force, the frame in which it alone is."""
        rules = self.problem.rules
        off = {name: False if name == "weekly_hours" else None for name in (*RULES, "short_rest")}
        return [
            (name, Frame(replace(self.problem, rules=replace(rules, **{**off, name: getattr(rules, name)}))))
            for name in RULES
            if getattr(rules, name)
        ]

    def _add_leave(self, agenda: Agenda) -> None:
        person = self.problem.people[agenda.person]
        for span in person.leave:
            for day in range(max(span[0], self.days[0]), min(span[1], self.days[1]) + 1):
                for choice in agenda.choices.get(day, ()):
                    self.system.at_most(Group("leave", person.id, days=span), [(_number(choice), 1.0)], 0)

    def _add_pins(self, agenda: Agenda) -> None:
        for day, choices in agenda.choices.items():
            pinned = self._pinned(agenda.person, day)
            for choice in choices:
                if choice.block in pinned:
                    group = Group(
                        "pin",
                        self.problem.people[agenda.person].id,
                        rotations=(choice.block.rotation,),
                        days=(day, day),
                        shift_type=choice.block.shift_type,
                    )
                    self.system.at_least(group, [(_number(choice), 1.0)], 1)

    def _add_placement(self, agenda: Agenda) -> None:
        """Who belongs elsewhere by the plan may work the short block only if they are moved."""
        person = self.problem.people[agenda.person]
        for day, choices in agenda.choices.items():
            given = {choice.block for choice in self._given(agenda.person, day)}
            for choice in choices:
                if choice.block not in given:
                    stay = next(each for each in person.placements if each.first <= day <= each.last)
                    group = Group("placement", person.id, rotations=(stay.rotation,), days=(stay.first, stay.last))
                    self.system.at_most(group, [(_number(choice), 1.0)], 0)

    def _add_coverage(self) -> Iterator[Group]:
        """What every block needs; those asked about all of it, the others what they have now. Yields the former."""
        people = self.problem.people
        for rotation, shift_type in self.demand.rows:
            for day in range(self.days[0], self.days[1] + 1):
                is_asked = self._is_asked(rotation, shift_type, day)
                for row in self.demand.on(rotation, shift_type, day):
                    counted = [c for c in self.cells[rotation, shift_type, day] if _counts(row, people[c.person].group)]
                    have = sum(choice.block in self.worked[choice.person].get(day, ()) for choice in counted)
                    need = row.fewest - self._fixed(row, day) if is_asked else min(row.fewest, have)
                    if need > 0:
                        group = self._staffing(row, day, need)
                        self.system.at_least(group, [(_number(choice), 1.0) for choice in counted], need)
                        if is_asked:
                            yield group

    def _fixed(self, row: Coverage, day: int) -> int:
        """Who is in a block of a day on which they have no place in the plan: there to stay."""
        block = WorkedBlock(day, row.shift_type, row.rotation)
        return sum(
            block in worked.get(day, ()) and day not in self.frame.placed[number] and _counts(row, person.group)
            for number, (person, worked) in enumerate(zip(self.problem.people, self.worked, strict=True))
        )

    def _staffing(self, row: Coverage, day: int, need: int) -> Group:
        return Group(
            "staffing",
            rotations=(row.rotation,),
            days=(day, day),
            shift_type=row.shift_type,
            limit=need,
            index=self.problem.coverage.index(row),
        )

    def _now(self) -> dict[int, float]:
        """The value that each choice has as things are."""
        return {
            _number(choice): float(choice.block in self.worked[choice.person].get(choice.day, ()))
            for choices in self.cells.values()
            for choice in choices
        }


def _counts(row: Coverage, group: str) -> bool:
    return row.groups is None or group in row.groups


def _number(choice: Choice) -> int:
    return choice.variable  # type: ignore[return-value] # the recorder gives numbers
