"""What two versions count, side by side: each person's nights, weekends and hours, and what staffing lacks."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scheduling.models import Assignment, Schedule, ShiftType
from scheduling.services.month_rows import counted_hours
from scheduling.services.staffing import Line


@dataclass(frozen=True, slots=True)
class Worked:
    """What a person works in some days; `hours` are counted hours."""

    nights: int = 0
    weekends: int = 0
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class LinePair:
    """A line of staffing in both versions: how many people are missing, and how many too many, in all its columns."""

    label: str
    title: str
    short: tuple[float, float]
    over: tuple[float, float]

    @property
    def differs(self) -> bool:
        return self.short[0] != self.short[1] or self.over[0] != self.over[1]


def worked_in(schedule: Schedule, first: date, last: date) -> Mapping[int, Worked]:
    """By person's key, what they work from a day to another, backup left out (2 queries)."""
    shift_types = {shift.pk: shift for shift in ShiftType.objects.filter(program=schedule.program_id)}
    rows = Assignment.objects.filter(schedule=schedule).between(first, last).order_by()
    nights: Counter[int] = Counter()
    hours: dict[int, float] = defaultdict(float)
    weekends: dict[int, set[date]] = defaultdict(set)
    for person, role, day, key, starts, ends in rows.values_list(
        "person_id", "role", "block__date", "block__shift_type_id", "block__starts_at", "block__ends_at"
    ):
        shift = shift_types[key]
        hours[person] += counted_hours(shift, (ends - starts).total_seconds() / 3600)
        if role == Assignment.Role.BACKUP or shift.duty == ShiftType.Duty.BACKUP:
            continue
        nights[person] += shift.is_night
        if day.weekday() >= 5:
            weekends[person].add(day - timedelta(days=day.weekday() - 5))
    return {person: Worked(nights[person], len(weekends[person]), hours[person]) for person in hours}


def line_pairs(before: Sequence[Line], after: Sequence[Line]) -> list[LinePair]:
    """The lines of staffing that ask for something, in both versions, in order; one that a version lacks is all 0."""
    old, new = ({(line.label, line.title): line for line in lines if line.asks} for lines in (before, after))
    found = [(key, old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new])]
    return [LinePair(*key, (_short(was), _short(now)), (_over(was), _over(now))) for key, was, now in found]


def _short(line: Line | None) -> float:
    return line.missing if line else 0


def _over(line: Line | None) -> float:
    return sum(count.over for count in line.counts if count) if line else 0
