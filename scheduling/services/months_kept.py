"""Whole months of one schedule, read once for everybody who looks at them, kept in the memory of the process.

A month is another one after any write to its schedule, which its revision counts, or to what the schedule rests on, of
which `facts_kept` has a digest; on SQLite, which has none, it is read each time. What is kept is shared by threads:
nothing in it may be changed.
"""

from collections.abc import Sequence
from datetime import date

from people.kept import Kept
from people.models import Program
from scheduling.models import Schedule
from scheduling.services.digests import said
from scheduling.services.facts_kept import digest_of
from scheduling.services.month_grid import Month, read_month

# Months; 0.3 MB each for 60 people, 40 MB for all. People look at this month and the next: that is room for both of
# more than 40 programs.
_kept: Kept[Month] = Kept(128)


def month_of(program: Program, schedules: Sequence[Schedule], first: date, last: date) -> Month:
    """As `month_grid.read_month` reads it of everybody (1 query where it is kept).

    Kept are months that one schedule covers; those at the turn of a year are read each time.
    """
    covers = len(schedules) == 1 and schedules[0].start_date <= first and last <= schedules[0].end_date
    digest = digest_of(schedules[0]) if covers else ""
    if not digest:
        return read_month(program, schedules, first, last)
    schedule = schedules[0]
    key = (schedule.pk, schedule.revision, first, last, said(program), digest)
    found = _kept.find(key)
    if found is None:
        # Both are asked for again afterwards: what was written meanwhile is not kept as older than it is.
        found = read_month(program, schedules, first, last)
        is_same = Schedule.objects.filter(pk=schedule.pk, revision=schedule.revision).exists()
        if is_same and digest_of(schedule) == digest:
            _kept.put(key, found)
    return found
