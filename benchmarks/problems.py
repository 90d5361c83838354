"""The list of problems of a year of 60 people, as the coordinator's page has it: at first, and after every edit."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, at_most
from benchmarks.generation import use_database

if TYPE_CHECKING:
    from scheduling.models import Schedule

EDITS = 10
FIRST_SECONDS, AGAIN_MS = 3.0, 500.0
DAYS_OF_TWELVE = 9  # so many days of every twelve are worked: 16,000 assignments, and some rules broken


def case(people: int) -> Iterator[Figure]:
    """CPU time of working all of it out, of doing so again after one edit, and of what the strip shows."""
    use_database()
    from benchmarks.made_roster import made_roster
    from benchmarks.store import store
    from scheduling.services import edit
    from scheduling.services.changes import Change
    from scheduling.services.live_problems import known_severities, problems_of

    schedule = store(made_roster(people), "problems")
    _fill(schedule)
    started = process_time()
    found = problems_of(schedule)
    note = f"{schedule.assignments.count()} assignments, {len(found.lines)} problems"
    yield at_most(f"problems-{people}: first", process_time() - started, "s CPU", FIRST_SECONDS, note)
    times, known = [], []
    held = list(schedule.assignments.select_related("block__shift_type", "rotation"))
    for row in Random(2026).sample(held, EDITS):
        change = Change(row.person_id, row.block.date, row.block.shift_type.code, row.rotation.code, None)
        edit.change(schedule=schedule, user=None, changes=[change])
        schedule.refresh_from_db()
        started = process_time()
        problems_of(schedule)
        times.append(1000 * (process_time() - started))
        started = process_time()
        known_severities(schedule)
        known.append(1000 * (process_time() - started))
    yield at_most(
        f"problems-{people}: after an edit",
        median(times),
        "ms CPU",
        AGAIN_MS,
        f"median of {EDITS}, worst {max(times):.0f}",
    )
    yield Figure(f"problems-{people}: the strip's counts", median(known), "ms CPU")


def _fill(schedule: "Schedule") -> None:
    """A roster without an optimiser: everybody works one shift, where they are placed."""
    from scheduling.models import Assignment, RotationAssignment
    from scheduling.models.calendar import ensure_blocks

    blocks = ensure_blocks(schedule.program, schedule.start_date, schedule.end_date)
    days = [code for (_, code), block in blocks.items() if not block.shift_type.is_night]
    nights = [code for (_, code), block in blocks.items() if block.shift_type.is_night]
    made = []
    for placed in RotationAssignment.objects.filter(schedule=schedule).select_related("period", "rotation"):
        code = (nights if placed.rotation.is_night_float else days)[0]
        for offset in range((placed.period.end_date - placed.period.start_date).days + 1):
            day = placed.period.start_date + timedelta(days=offset)
            if (day.toordinal() + placed.person_id) % 12 < DAYS_OF_TWELVE:
                made.append(
                    Assignment(
                        schedule=schedule, person_id=placed.person_id, block=blocks[day, code], rotation=placed.rotation
                    )
                )
    Assignment.objects.bulk_create(made)
    schedule.bump()
