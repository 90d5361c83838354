"""Whether staffing still holds when somebody leaves a block: counted on what a judge has read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from scheduling.models import Assignment, ShiftType
from scheduling.services.checking import Worked
from scheduling.services.facts import Facts
from scheduling.services.judging import Judge
from scheduling.services.staffing import Need, bounds, grouped, label

type Spot = tuple[date, int]  # a date and the key of a shift type


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who works which block on some days, people on leave left out, beside the program's staffing."""

    facts: Facts
    lines: list[list[Need]]
    there: Mapping[Spot, list[tuple[int, int]]]  # (rotation, person)
    _wanted: dict[tuple[Spot, int], list[list[Need]]] = field(default_factory=dict)

    def wanted(self, spot: Spot, rotation: int) -> list[list[Need]]:
        """The staffing rules that ask for people on this rotation in this block, those that count alike together."""
        if (spot, rotation) not in self._wanted:
            self._wanted[spot, rotation] = self._find(spot, rotation)
        return self._wanted[spot, rotation]

    def _find(self, spot: Spot, rotation: int) -> list[list[Need]]:
        day, shift_type = spot
        number = next((each.number for each in self.facts.periods if each.covers(day)), None)
        found = []
        for line in self.lines:
            if line[0].shift_type == shift_type and rotation in line[0].rotations:
                is_holiday = day in self.facts.holidays
                holding = [need for need in line if need.holds_on(day, number, holiday=is_holiday) and need.fewest]
                if holding:
                    found.append(holding)
        return found

    def counts(self, person: int, spot: Spot, rotation: int) -> bool:
        """Whether staffing counts the person there at all; True where it asks for nobody."""
        wanted = self.wanted(spot, rotation)
        rank = self.facts.ranks.on(person, spot[0])
        return not wanted or any(line[0].counts(rank) for line in wanted)

    def short_without(self, person: int, spot: Spot, rotation: int, *, instead: int | None = None) -> list[str]:
        """What is short when this person is not there, such as "Ward A day: 0 of 1"; empty where enough are left.

        With somebody there instead, what is short all the same, since they do not count in it.
        """
        found = []
        ranks = [self.facts.ranks.on(each, spot[0]) for each in (person, instead) if each is not None]
        for line in self.wanted(spot, rotation):
            need = line[0]
            if not need.counts(ranks[0]) or (instead is not None and need.counts(ranks[1])):
                continue
            left = sum(
                need.weight
                for other_rotation, other in self.there.get(spot, ())
                if other != person
                and other_rotation in need.rotations
                and need.counts(self.facts.ranks.on(other, spot[0]))
            )
            fewest, _ = bounds(line) or (0, None)
            if left < fewest:
                name, _ = label(line, dict(self.facts.rotations), dict(self.facts.shift_types))
                found.append(f"{name}: {left:g} of {fewest}")
        return found


def _is_there(facts: Facts, turn: Worked) -> bool:
    """Backup counts in a shift of backups only."""
    of_backups = facts.shift_types[turn.shift_type].duty == ShiftType.Duty.BACKUP
    return of_backups or turn.role != Assignment.Role.BACKUP


def attendance(judge: Judge, needs: Iterable[Need], days: Collection[date]) -> Attendance:
    """Who is there on these days, which the judge has to have read."""
    there: dict[Spot, list[tuple[int, int]]] = defaultdict(list)
    blocks = [(day, shift_type.code) for day in days for shift_type in judge.facts.shift_types.values()]
    for person, turns in judge.turns.items():
        leave = judge.facts.absences.get(person, ())
        for turn in filter(None, map(turns.get, blocks)):
            is_away = any(absence.start_date <= turn.day <= absence.end_date for absence in leave)
            if _is_there(judge.facts, turn) and not is_away:
                there[turn.day, turn.shift_type].append((turn.rotation, person))
    asked = [need for need in needs if need.shift_type is not None]
    return Attendance(judge.facts, grouped(asked), there)
