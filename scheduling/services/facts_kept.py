"""What edits of a schedule rest on, kept in the memory of the process for as long as it is so.

Each edit asks for the same people, leave, rotations, shift types and rules, and reading them takes many times longer
than the edit. A digest says whether all of it is as it was (see `digests`); on SQLite it is read each time. What is
kept is shared by threads: nothing in it may be changed.
"""

from dataclasses import dataclass, replace

from django.utils import timezone

from absences.models import Absence
from people.kept import Kept
from people.models import Person, Program, Standing
from scheduling.models import AcademicYear, Period, Rotation, Schedule, ShiftType, Staffing
from scheduling.rules import Rulebook
from scheduling.services import facts as facts_
from scheduling.services.checking import book_of
from scheduling.services.digests import Asked, kept_by, said
from scheduling.services.facts import Facts
from scheduling.services.staffing import Need, needs_of

TABLES = (
    *(Program, AcademicYear, Period, Person, Standing, Absence, Rotation),
    *(ShiftType, ShiftType.joins.through, Staffing, Staffing.rotations.through),
)


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of a schedule as `facts.load_to_edit` gives them, with the rules and the staffing of its program.

    `digest` stands for all of it but the schedule itself; it is blank where nothing is kept.
    """

    facts: Facts
    book: Rulebook
    needs: tuple[Need, ...]
    digest: str


_kept: Kept[Known] = Kept(64)  # schedules; some 0.3 MB each


def known_of(schedule: Schedule, digest: str | None = None) -> Known:
    """What an edit of a schedule rests on (1 query where it is kept), for one held with its program and year.

    With the `digest` of a moment ago there is no query where it is kept.

    Raises ValidationError where the program's rule settings are wrong.
    """
    today = timezone.localdate(timezone=schedule.program.zone)  # who has left by today is read otherwise
    beside = schedule.pk, today, said(schedule.program), said(schedule.academic_year)
    found = kept_by(_kept, asked_of(schedule), beside, lambda read: _read(schedule, read), digest)
    return replace(found, facts=replace(found.facts, schedule=schedule))


def _read(schedule: Schedule, digest: str) -> Known:
    facts = facts_.load_to_edit(schedule)
    for shift_type in facts.shift_types.values():
        shift_type.program = schedule.program  # its times are in the program's zone: no query for each
    return Known(facts, book_of(facts), tuple(needs_of(schedule.program)), digest)


def digest_of(schedule: Schedule) -> str:
    """A digest of all rows that a schedule's facts are made of (1 query); blank on SQLite."""
    return asked_of(schedule).digest()


def asked_of(schedule: Schedule) -> Asked:
    """The rows that a schedule's facts are made of."""
    years = (schedule.academic_year_id,)
    return Asked(TABLES, schedule.program_id, years, schedule.start_date, schedule.end_date)
