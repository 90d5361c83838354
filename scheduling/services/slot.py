"""Why a block has too few people: who is there, what is asked, and why nobody else is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from absences.models import Absence
from scheduling.models import Assignment, Rotation, Schedule, ShiftType
from scheduling.services.slot_case import Asked, Case, asked_of, case_of
from scheduling.services.slot_facts import Fact, Reason, facts_of


@dataclass(frozen=True, slots=True)
class There:
    """Somebody who works the block, and as what. `pk` is the assignment's; `leave` keeps them from it all the same."""

    pk: int
    name: str
    level: str
    role: str
    is_pinned: bool
    leave: Absence | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A block of a rotation: who is there, what is asked, and everybody else, those who could take it first."""

    day: date
    rotation: Rotation
    shift_type: ShiftType
    starts_at: datetime
    ends_at: datetime
    there: Sequence[There]
    asked: Sequence[Asked]
    facts: Sequence[Fact]

    @property
    def short(self) -> float:
        """How many are missing, by the line that lacks most."""
        return max((line.short for line in self.asked), default=0)

    @property
    def empty(self) -> float:
        """How many are missing beside those who have it and are on leave: for these there is cover."""
        return max(0, self.short - sum(1 for one in self.there if one.leave))

    @property
    def could(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.reason is Reason.COULD]

    @property
    def groups(self) -> list[tuple[Reason, list[Fact]]]:
        """Those who cannot, by reason: the nearest to being able first."""
        reasons = sorted({fact.reason for fact in self.facts} - {Reason.COULD}, reverse=True)
        return [(reason, [fact for fact in self.facts if fact.reason is reason]) for reason in reasons]


def read(schedule: Schedule, day: date, rotation: Rotation, shift_type: ShiftType) -> Slot:
    """The block with everybody's fact (a constant number of queries).

    Raises ValidationError where the program's rule settings are wrong.
    """
    case = case_of(schedule, day, rotation, shift_type)
    starts_at, ends_at = case.instants
    return Slot(
        day=day,
        rotation=rotation,
        shift_type=case.shift_type,
        starts_at=starts_at,
        ends_at=ends_at,
        there=list(_there(case, schedule)),
        asked=list(asked_of(case)),
        facts=facts_of(case),
    )


def _there(case: Case, schedule: Schedule) -> Iterator[There]:
    """Who works it, also where they are no longer active."""
    rows = Assignment.objects.filter(
        schedule=schedule, block__date=case.day, block__shift_type=case.shift_type, rotation=case.rotation
    )
    absences = case.facts.absences
    for pk, person, name, role, pinned in rows.order_by("person__name").values_list(
        "pk", "person_id", "person__name", "role", "is_pinned"
    ):
        leave = next((each for each in absences.get(person, ()) if each.start_date <= case.day <= each.end_date), None)
        yield There(pk, name, case.facts.ranks.on(person, case.day).label, role, pinned, leave)
