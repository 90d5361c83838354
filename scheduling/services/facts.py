"""What every translation of a schedule starts from: its people, what they are when, leave, rotations, shift types.

Read once, in a constant number of queries, and passed on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from absences.models import Absence
from people.models import FACULTY_LEVEL, Person
from people.standing import Rank, Ranks, ranks_of
from scheduling.models import Period, Rotation, Schedule, ShiftType
from scheduling.services.holidays import public_holidays
from scheduling.services.rule_settings import RuleSettings, rule_settings

CATEGORICAL = "-"  # what a rule calls the track of people who are in none

# The groups of a problem: each label with its level (0 for faculty) and track.
type Groups = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Facts:
    """A schedule with what it is made for. `absences` (approved) are by person's key, in order."""

    schedule: Schedule
    settings: RuleSettings
    periods: tuple[Period, ...]
    people: tuple[Person, ...]
    ranks: Ranks
    absences: Mapping[int, list[Absence]]
    rotations: Mapping[int, Rotation]
    shift_types: Mapping[int, ShiftType]
    holidays: frozenset[date]
    # The people by key. A mapping, since each look at a row's key takes as long as a look-up by it.
    by_key: Mapping[int, Person]

    @property
    def first(self) -> date:
        return self.schedule.start_date

    @property
    def last(self) -> date:
        return self.schedule.end_date

    def rank(self, person: Person, day: date) -> Rank:
        """What the person is on this day: their level (0 for faculty), track and part-time share."""
        return self.ranks.on(person.pk, day)

    def changes(self, person: Person) -> list[date]:
        """The days within the schedule on which the person's rank changes."""
        return [day for day, _ in self.ranks.changes.get(person.pk, ()) if self.first < day <= self.last]

    def employed(self, person: Person, first: date, last: date) -> tuple[date, date] | None:
        """The part of these days in which the person belongs to the program, if any."""
        start, end = max(first, person.start_date or first), min(last, person.end_date or last)
        return (start, end) if start <= end else None

    def leave_days(self, person: Person, first: date, last: date) -> int:
        """How many of these days the person is on approved leave."""
        spans = (
            min(last, absence.end_date) - max(first, absence.start_date)
            for absence in self.absences.get(person.pk, ())
            if absence.start_date <= last and absence.end_date >= first
        )
        return sum(span.days + 1 for span in spans)

    def groups(self, people: Iterable[Person]) -> Groups:
        """Every group that one of these people belongs to during the schedule."""
        found: dict[str, tuple[int, str]] = {}
        for person in people:
            for day in (self.first, *self.changes(person)):
                rank = self.rank(person, day)
                found[rank.label] = (rank.level, rank.track)
        return dict(sorted(found.items()))


def groups_of(
    groups: Groups, levels: Collection[int], *, track: str = "", excluded: Collection[str] = ()
) -> frozenset[str] | None:
    """The groups of these levels (none named: every resident) and of this track; None where that is everybody.

    A blank `track` is every track, CATEGORICAL the people who are in none. Faculty are meant only by level 0.
    """
    chosen = frozenset(
        label
        for label, (level, its_track) in groups.items()
        if (level in levels if levels else level != FACULTY_LEVEL)
        and (not track or its_track == ("" if track == CATEGORICAL else track))
        and (not its_track or its_track not in excluded)
    )
    return None if len(chosen) == len(groups) else chosen


def load(schedule: Schedule) -> Facts:
    """Read the facts of a schedule. Raises ValidationError where the program's rule settings are wrong."""
    schedule = Schedule.objects.select_related("program", "academic_year").get(pk=schedule.pk)
    return _read(schedule, ("not_followed_by", "joins"), ("regular_shifts",))


def load_to_edit(schedule: Schedule) -> Facts:
    """The same for a schedule that is held as it is, with its program and year (4 queries less).

    What may not follow a shift type, and what a rotation works as a rule, is read where it is asked for.
    """
    return _read(schedule, ("joins",), ())


def _read(schedule: Schedule, of_shift_types: Sequence[str], of_rotations: Sequence[str]) -> Facts:
    program, first, last = schedule.program, schedule.start_date, schedule.end_date
    # Who has left since was there then: what others bring along is measured beside them.
    there = Q(is_active=True) | Q(end_date__lt=timezone.localdate(timezone=program.zone))
    people = Person.objects.filter(there, program=program).employed_between(first, last).order_by("code")
    absences: dict[int, list[Absence]] = defaultdict(list)
    for absence in (
        Absence.objects.approved().overlapping(first, last).filter(person__program=program).order_by("start_date")
    ):
        absences[absence.person_id].append(absence)
    shift_types = program.shift_types.prefetch_related(*of_shift_types)
    return Facts(
        schedule=schedule,
        settings=rule_settings(program),
        periods=tuple(schedule.academic_year.periods.filter(start_date__lte=last, end_date__gte=first)),
        people=tuple(people),
        ranks=ranks_of(program),
        absences=dict(absences),
        rotations={rotation.pk: rotation for rotation in program.rotations.prefetch_related(*of_rotations)},
        shift_types={shift_type.pk: shift_type for shift_type in shift_types},
        holidays=frozenset(public_holidays(program, first, last)),
        by_key={person.pk: person for person in people},
    )
