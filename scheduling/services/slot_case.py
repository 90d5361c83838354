"""A block of a rotation with all that decides who can work it, and what staffing asks of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from people.models import Person
from scheduling.models import CrossCover, Placement, Rotation, Schedule, ShiftType
from scheduling.services import judging
from scheduling.services.attendance import Attendance, attendance
from scheduling.services.facts import Facts
from scheduling.services.house_rules import is_called
from scheduling.services.judging import Judge
from scheduling.services.staffing import bounds, label, needs_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Case:
    """A block with all that decides who can work it.

    `without` is somebody who works it and is thought away, so that others may be asked in their place; `tells_kind`
    whether the kind of a leave is said.
    """

    judge: Judge
    staffing: Attendance
    covers: Mapping[int, Sequence[CrossCover]]  # by the rotation whose people may be called, the cheapest first
    forbidden: frozenset[int]
    day: date
    rotation: Rotation
    shift_type: ShiftType
    without: int | None = None
    tells_kind: bool = True

    @property
    def facts(self) -> Facts:
        return self.judge.facts

    @property
    def words(self) -> str:
        """Such as "Wards A, night on Sat 7 Nov"."""
        return f"{self.rotation.name}, {self.shift_type.name.lower()} on {self.day:%a %-d %b}"

    @property
    def key(self) -> judging.Key:
        return self.day, self.shift_type.code

    @property
    def spot(self) -> tuple[date, int]:
        return self.day, self.shift_type.pk

    def placed(self, person: Person) -> Rotation | None:
        """The rotation of the plan on that day."""
        for place, period in enumerate(self.facts.periods):
            if period.covers(self.day):
                code = self.judge.plan.get((person.code, place))
                return next((each for each in self.facts.rotations.values() if each.code == code), None)
        return None

    def cover(self, person: Person, placed: Rotation) -> CrossCover | None:
        """The cheapest cross-cover by which somebody placed there may be called; without levels it is all residents."""
        level = self.facts.rank(person, self.day).level
        for row in self.covers.get(placed.pk, ()):
            if is_called(level, row.levels):
                return row
        return None

    @property
    def instants(self) -> tuple[datetime, datetime]:
        return self.shift_type.instants(self.day)


def case_of(
    schedule: Schedule,
    day: date,
    rotation: Rotation,
    shift_type: ShiftType,
    *,
    without: int | None = None,
    tells_kind: bool = True,
) -> Case:
    """What decides who can work the block, read in a constant number of queries."""
    judge = judging.load(schedule, day - DAY, day + DAY, only_brought=without is None)
    facts = judge.facts
    rows = CrossCover.objects.filter(covers=rotation, is_active=True).prefetch_related("shift_types")
    covers: dict[int, list[CrossCover]] = defaultdict(list)
    for row in rows.order_by("price", "pk"):
        on_that_day = not row.weekdays or day.weekday() in row.weekdays
        if on_that_day and any(each.pk == shift_type.pk for each in row.shift_types.all()):
            covers[row.rotation_id].append(row)
    ruled_out = Placement.objects.filter(
        academic_year=schedule.academic_year_id, date=day, shift_type=shift_type, is_allowed=False
    )
    return Case(
        judge=judge,
        staffing=attendance(judge, needs_of(facts.schedule.program), {day}),
        covers=covers,
        forbidden=frozenset(ruled_out.values_list("person_id", flat=True)),
        day=day,
        rotation=rotation,
        shift_type=facts.shift_types[shift_type.pk],
        without=without,
        tells_kind=tells_kind,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of staffing for the block: how many there are, and how many are asked for."""

    label: str
    number: float
    fewest: int

    @property
    def short(self) -> float:
        return max(0, self.fewest - self.number)


def asked_of(case: Case) -> Iterator[Asked]:
    """Each line of staffing that asks for people in this block."""
    facts = case.facts
    for line in case.staffing.wanted(case.spot, case.rotation.pk):
        need = line[0]
        number = sum(
            need.weight
            for rotation, person in case.staffing.there.get(case.spot, ())
            if person != case.without and rotation in need.rotations and need.counts(facts.ranks.on(person, case.day))
        )
        fewest, _ = bounds(line) or (0, None)
        name, _ = label(line, dict(facts.rotations), dict(facts.shift_types))
        yield Asked(name, number, fewest)
