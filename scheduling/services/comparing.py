"""Two versions side by side: what differs, person by person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from people.models import Person
from scheduling.models import Assignment, Block, Period, Rotation, RotationAssignment, Schedule
from scheduling.services.changes import Change
from scheduling.services.taking_over import ahead
from scheduling.services.telling import Place

type Worked = tuple[int, int]  # person, block


@dataclass(frozen=True, slots=True)
class PlacementChange:
    """One person's period in the rotation plan: the rotation before and after, by code; None is none."""

    person: int
    period: Period
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Differences:
    """What another version says otherwise, in order of time."""

    assignments: list[Change]
    placements: list[PlacementChange]

    @property
    def people(self) -> set[int]:
        """The keys of everybody for whom something differs."""
        return {each.person for each in self.assignments} | {each.person for each in self.placements}


MARKS = ("is_pinned", "note", "override")


def differences(
    old: Iterable[Schedule], new: Schedule, *, since: date | None = None, marks: bool = False
) -> Differences:
    """What `new` changes in what the `old` versions (which share no day) say.

    `since` is today, if only what is ahead is asked for: no block that has begun, and no period that is over.
    With `marks`, a cell whose pin, note or override differs counts, too: before and after are alike in it then.
    """
    before = list(old)
    rotations = dict(Rotation.objects.filter(program=new.program_id).values_list("pk", "code"))
    said = MARKS if marks else ()
    return Differences(
        _assignments(before, new, since, rotations, said), _placements(before, new, since, rotations, said)
    )


def _assignments(
    old: list[Schedule], new: Schedule, since: date | None, rotations: Mapping[int, str], marks: Sequence[str]
) -> list[Change]:
    def worked(schedules: list[Schedule]) -> dict[Worked, list[Any]]:
        rows = Assignment.objects.filter(schedule__in=schedules)
        if since is not None:
            rows = rows.filter(ahead(since).roster)
        found = rows.order_by().values_list("person_id", "block_id", "rotation_id", "role", *marks)
        return {(person, block): said for person, block, *said in found}

    was, now = worked(old), worked([new])
    changed = {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
    blocks = Block.objects.select_related("shift_type").in_bulk({block for _, block in changed})
    changes = [
        Change(
            person=person,
            date=blocks[block].date,
            shift=blocks[block].shift_type.code,
            before=rotations[was[person, block][0]] if (person, block) in was else None,
            after=rotations[now[person, block][0]] if (person, block) in now else None,
            role=now[person, block][1] if (person, block) in now else "",
        )
        for person, block in changed
    ]
    return sorted(changes, key=lambda each: (each.date, each.shift, each.person))


def _placements(
    old: list[Schedule], new: Schedule, since: date | None, rotations: Mapping[int, str], marks: Sequence[str]
) -> list[PlacementChange]:
    def placed(schedules: list[Schedule]) -> dict[tuple[int, int], list[Any]]:
        rows = RotationAssignment.objects.filter(schedule__in=schedules)
        if since is not None:
            rows = rows.filter(ahead(since).plan)
        found = rows.order_by().values_list("person_id", "period_id", "rotation_id", *marks)
        return {(person, period): said for person, period, *said in found}

    was, now = placed(old), placed([new])
    changed = {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
    periods = Period.objects.in_bulk({period for _, period in changed})
    changes = [
        PlacementChange(
            key[0],
            periods[key[1]],
            rotations[was[key][0]] if key in was else None,
            rotations[now[key][0]] if key in now else None,
        )
        for key in changed
    ]
    return sorted(changes, key=lambda each: (each.period.start_date, each.person))


def affected(new: Schedule, found: Differences) -> list[tuple[str, list[str]]]:
    """Whose schedule differs, by name, with what changes for them, in words to others (3 queries)."""
    told = told_of(new, found)
    names = Person.objects.filter(pk__in=told).order_by("name").values_list("pk", "name")
    return [(name, told[key]) for key, name in names]


def sentences(new: Schedule, found: Differences) -> dict[int, list[str]]:
    """By person's key, what changed for them, in words to themselves (2 queries)."""
    words = _Words.of(new)
    told: dict[int, list[str]] = defaultdict(list)
    for placement in found.placements:
        told[placement.person].append(words.placement(placement, free="you no longer work"))
    for change in found.assignments:
        became = words.became(change.before, change.after, free="you no longer work")
        told[change.person].append(f"{change.date:%a %-d %b}, {words.shifts[change.shift].lower()}: {became}.")
    return dict(told)


def places(new: Schedule, found: Differences) -> dict[int, list[Place]]:
    """By person's key, the days on which something changed for them, in order of time (1 query)."""
    shifts = dict(new.program.shift_types.values_list("code", "name"))
    changed = [
        (each.person, Place(each.period.start_date, each.period.end_date, str(each.period)))
        for each in found.placements
    ]
    for each in found.assignments:
        words = f"{each.date:%a %-d %b}, {shifts[each.shift].lower()}"
        changed.append((each.person, Place(each.date, each.date, words)))
    told: dict[int, list[Place]] = defaultdict(list)
    for person, place in sorted(changed, key=lambda pair: pair[1].first):
        told[person].append(place)
    return dict(told)


def told_of(new: Schedule, found: Differences) -> dict[int, list[str]]:
    """By person's key, what changed for them, in words to others: the same on days in a row is one line (2 queries)."""
    words = _Words.of(new)
    told: dict[int, list[str]] = defaultdict(list)
    for placement in found.placements:
        told[placement.person].append(words.placement(placement, free="no longer"))
    for run in _runs(found.assignments):
        first, last = run[0], run[-1]
        days = f"{first.date:%a %-d %b}" + (f" to {last.date:%a %-d %b}" if len(run) > 1 else "")
        role = f", {first.role}" if first.before == first.after else ""
        became = words.became(first.before, first.after, free="no longer")
        told[first.person].append(f"{days}, {words.shifts[first.shift].lower()}: {became}{role}.")
    return dict(told)


def _runs(changes: Iterable[Change]) -> list[list[Change]]:
    """The changes in runs of days in a row on which one person's shift changes in the same way, by first day."""
    runs: list[list[Change]] = []
    going: dict[tuple[int, str, str | None, str | None, str], list[Change]] = {}
    for each in sorted(changes, key=lambda each: (each.date, each.shift)):
        key = each.person, each.shift, each.before, each.after, each.role
        run = going.get(key)
        if run and (each.date - run[-1].date).days == 1:
            run.append(each)
        else:
            going[key] = [each]
            runs.append(going[key])
    return runs


@dataclass(frozen=True, slots=True)
class _Words:
    """The names of a program's rotations and shift types, by code."""

    rotations: Mapping[str, str]
    shifts: Mapping[str, str]

    @classmethod
    def of(cls, schedule: Schedule) -> "_Words":
        rotations = Rotation.objects.filter(program=schedule.program_id).values_list("code", "name")
        return cls(dict(rotations), dict(schedule.program.shift_types.values_list("code", "name")))

    def placement(self, placed: PlacementChange, *, free: str) -> str:
        days = f"{placed.period.start_date:%-d %b} to {placed.period.end_date:%-d %b}"
        return f"{placed.period} ({days}): {self.became(placed.before, placed.after, free=free)}."

    def became(self, before: str | None, after: str | None, *, free: str) -> str:
        """`free` is how it is said that somebody does not work a rotation any more."""
        if after is None:
            return f"{free} {self.rotations[before or '']}"
        if before is None or before == after:
            return self.rotations[after]
        return f"{self.rotations[after]} instead of {self.rotations[before]}"
