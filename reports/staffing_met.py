"""How far the staffing that is asked for is met, by rotation and shift, with every block that lacks somebody."""

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from reports.roster import Roster
from scheduling.services.facts import Facts
from scheduling.solver.roster.coverage import Demand, counted_there
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.problem import RosterProblem

type Key = tuple[str, str, tuple[str, ...] | None]  # rotation, shift type, groups that count (None: everybody)


@dataclass(frozen=True, slots=True)
class Gap:
    """A block that lacks so many people, of whom `away` are given to it and on leave."""

    day: date
    missing: int
    away: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """What is asked of one rotation and shift, for everybody or for some levels; numbers are people times blocks."""

    rotation: str
    rotation_name: str
    shift: str
    shift_name: str
    levels: str
    asked: int
    gaps: Sequence[Gap]

    @property
    def missing(self) -> int:
        return sum(gap.missing for gap in self.gaps)

    @property
    def met(self) -> int:
        return self.asked - self.missing


@dataclass(frozen=True, slots=True)
class Staffing:
    """All lines that ask for anybody, in the order of the program's rows."""

    lines: Sequence[Line]

    @property
    def asked(self) -> int:
        return sum(line.asked for line in self.lines)

    @property
    def missing(self) -> int:
        return sum(line.missing for line in self.lines)

    @property
    def met(self) -> int:
        return self.asked - self.missing

    @property
    def away(self) -> int:
        """Of what is missing, how many are there on paper only."""
        return sum(gap.away for line in self.lines for gap in line.gaps)

    @property
    def short(self) -> Sequence[Line]:
        return [line for line in self.lines if line.gaps]


def staffing_met(facts: Facts, problem: RosterProblem, roster: Roster) -> Staffing:
    """Rows that count the same people in the same blocks make one line: weekdays and weekends, say.

    Whoever is on leave is not there, whatever the schedule says.
    """
    demand = Demand(Frame(problem))
    asked: dict[Key, int] = defaultdict(int)
    gaps: dict[Key, list[Gap]] = defaultdict(list)
    for rotation, shift in demand.rows:
        for day in range(problem.days):
            there, away = (each.get((rotation, shift, day), ()) for each in (roster.there, roster.away))
            fewest: dict[tuple[str, ...] | None, tuple[int, int, int]] = {}
            for row in demand.on(rotation, shift, day):
                before = fewest.get(row.groups, (0, 0, 0))
                counts = counted_there(row, there), counted_there(row, away)
                fewest[row.groups] = max(before, (row.fewest, *counts))
            for groups, (number, counted, lost) in fewest.items():
                line = rotation, shift, groups
                asked[line] += number
                if number > counted:
                    missing = number - counted
                    gaps[line].append(Gap(facts.first + timedelta(days=day), missing, min(lost, missing)))
    residents = {person.group for person in problem.people if not person.faculty}
    return Staffing([_line(facts, key, number, gaps[key], residents) for key, number in asked.items() if number])


def _line(facts: Facts, key: Key, asked: int, gaps: Sequence[Gap], residents: Set[str]) -> Line:
    rotation, shift, groups = key
    levels = "residents" if groups and residents == {*groups} else ", ".join(groups or ())
    rotations = {each.code: each.name for each in facts.rotations.values()}
    shifts = {each.code: each.name for each in facts.shift_types.values()}
    return Line(rotation, rotations[rotation], shift, shifts[shift], levels, asked, gaps)
