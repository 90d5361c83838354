"""What every question about covering blocks starts from: the schedule as a problem, and who works what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils import timezone

from absences.models import Absence
from people.models import Person, Program
from scheduling.models import Schedule
from scheduling.services import facts as facts_
from scheduling.services.facts import Facts
from scheduling.services.problems import roster_problem
from scheduling.services.readiness import require_sound
from scheduling.services.roster_build import stored_roster
from scheduling.solver.roster.check import mistakes
from scheduling.solver.roster.frame import EPOCH, Frame
from scheduling.solver.roster.ledger import Ledger, tally
from scheduling.solver.roster.problem import MEASURES, Assigned, Measure, RosterProblem, Span, WorkedBlock

AROUND = 3  # days on either side of an absence that may change as well: rest and runs reach over its edges


@dataclass(frozen=True)
class Ground:
    """A schedule, said as the solver knows it. People, rotations and shift types go by their codes."""

    facts: Facts
    problem: RosterProblem
    current: tuple[Assigned, ...]
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    @cached_property
    def people(self) -> Mapping[str, Person]:
        return {person.code: person for person in self.facts.people}

    @cached_property
    def rotations(self) -> Mapping[str, str]:
        return {rotation.code: rotation.name for rotation in self.facts.rotations.values()}

    @cached_property
    def shifts(self) -> Mapping[str, str]:
        return {shift_type.code: shift_type.name.lower() for shift_type in self.facts.shift_types.values()}

    @cached_property
    def frame(self) -> Frame:
        return Frame(self.problem)

    @cached_property
    def fair(self) -> Mapping[str, Mapping[Measure, float]]:
        """By person's code, their fair share of what their group works in the whole schedule."""
        ledger = Ledger(self.frame)
        brought = [dict(each) for each in ledger.fair]
        worked = self._by_day(self.current)
        ledger.enter([worked[person.id] for person in self.problem.people], (0, self.problem.days - 1))
        return {
            person.id: {measure: ledger.fair[number][measure] - brought[number][measure] for measure in MEASURES}
            for number, person in enumerate(self.problem.people)
        }

    def worked(self, person: str, assigned: tuple[Assigned, ...]) -> Mapping[Measure, float]:
        """What the person works in the whole schedule, given who works what."""
        number = next(number for number, each in enumerate(self.problem.people) if each.id == person)
        by_day = self._by_day(each for each in assigned if each.person == person)[person]
        return tally(self.frame, number, by_day, (0, self.problem.days - 1))

    def _by_day(self, assigned: Iterable[Assigned]) -> dict[str, dict[int, list[WorkedBlock]]]:
        worked: dict[str, dict[int, list[WorkedBlock]]] = defaultdict(dict)
        for each in assigned:
            block = WorkedBlock(each.day, each.shift_type, each.rotation)
            worked[each.person].setdefault(each.day, []).append(block)
        return worked

    def day(self, day: int) -> date:
        return self.facts.first + timedelta(days=day)

    def index(self, day: date) -> int:
        return (day - self.facts.first).days

    def open_days(self, first: date, last: date) -> Span:
        """These days with some around them, as far as they are still to come and in the schedule.

        Raises ValidationError where they are over.
        """
        today = self.index(self.today)
        if self.index(last) < today:
            raise ValidationError("These days are over: nothing of them can be changed any more.")
        low = max(0, today, self.index(first) - AROUND)
        return low, min(self.problem.days - 1, self.index(last) + AROUND)

    @cached_property
    def over(self) -> frozenset[tuple[int, str]]:
        """Today's blocks (day, shift type) that have ended by now."""
        now = int((self.now - EPOCH).total_seconds()) // 60
        today = self.index(self.today)
        if not 0 <= today < self.problem.days:
            return frozenset()
        return frozenset((today, code) for code in self.frame.shifts if self.frame.instants(code, today)[1] <= now)

    @property
    def notice_until(self) -> int:
        """The first day outside of the notice period, within which nobody's own shifts are moved."""
        return self.index(self.today) + round(self.facts.settings.repair.notice_days)


def load(schedule: Schedule, *, granted: Absence | None = None, denied: Absence | None = None) -> Ground:
    """Read the schedule, as if one absence were granted, or another denied.

    Raises ValidationError where the program's settings are wrong or cannot be kept.
    """
    facts = facts_.load(schedule)
    absences = {key: [each for each in rows if each != denied] for key, rows in facts.absences.items()}
    if granted is not None and granted not in absences.get(granted.person_id, []):
        rows = [*absences.get(granted.person_id, []), granted]
        absences[granted.person_id] = sorted(rows, key=lambda each: each.start_date)
    facts = replace(facts, absences=absences)
    problem = roster_problem(facts.schedule, facts=facts)
    require_sound(mistakes(problem))
    return Ground(facts, problem, stored_roster(facts), now_in(facts.schedule.program))


def now_in(program: Program) -> datetime:
    """The time where the program is."""
    return timezone.localtime(timezone=program.zone)
