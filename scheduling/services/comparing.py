"""Two versions side by side: what differs, person by person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from people.models import Person
from scheduling.models import Assignment, Block, Period, Rotation, RotationAssignment, Schedule
from scheduling.services.changes import Change
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


def differences(old: Iterable[Schedule], new: Schedule, *, since: date | None = None) -> Differences:
    """What `new` changes in what the `old` versions (which share no day) say; from a day on, if one is given."""
    before = list(old)
    rotations = dict(Rotation.objects.filter(program=new.program_id).values_list("pk", "code"))
    return Differences(_assignments(before, new, since, rotations), _placements(before, new, since, rotations))


def _assignments(old: list[Schedule], new: Schedule, since: date | None, rotations: Mapping[int, str]) -> list[Change]:
    def worked(schedules: list[Schedule]) -> dict[Worked, tuple[int, str]]:
        rows = Assignment.objects.filter(schedule__in=schedules)
        if since is not None:
            rows = rows.filter(block__date__gte=since)
        found = rows.order_by().values_list("person_id", "block_id", "rotation_id", "role")
        return {(person, block): (rotation, role) for person, block, rotation, role in found}

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
    old: list[Schedule], new: Schedule, since: date | None, rotations: Mapping[int, str]
) -> list[PlacementChange]:
    def placed(schedules: list[Schedule]) -> dict[tuple[int, int], str]:
        rows = RotationAssignment.objects.filter(schedule__in=schedules)
        if since is not None:
            rows = rows.filter(period__end_date__gte=since)
        found = rows.order_by().values_list("person_id", "period_id", "rotation_id")
        return {(person, period): rotations[rotation] for person, period, rotation in found}

    was, now = placed(old), placed([new])
    changed = {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
    periods = Period.objects.in_bulk({period for _, period in changed})
    changes = [
        PlacementChange(person, periods[period], was.get((person, period)), now.get((person, period)))
        for person, period in changed
    ]
    return sorted(changes, key=lambda each: (each.period.start_date, each.person))


def affected(old: Iterable[Schedule], new: Schedule, since: date) -> list[tuple[str, list[str]]]:
    """Whose schedule from a day on differs, by name, with what changes for them; nobody where nothing was before."""
    before = list(old)
    if not before:
        return []
    told = sentences(new, differences(before, new, since=since))
    names = Person.objects.filter(pk__in=told).order_by("name").values_list("pk", "name")
    return [(name, told[key]) for key, name in names]


def sentences(new: Schedule, found: Differences) -> dict[int, list[str]]:
    """By person's key, what changed for them, in words (2 queries)."""
    names = dict(Rotation.objects.filter(program=new.program_id).values_list("code", "name"))
    shifts = dict(new.program.shift_types.values_list("code", "name"))
    told: dict[int, list[str]] = defaultdict(list)
    for placement in found.placements:
        told[placement.person].append(
            f"{placement.period} ({placement.period.start_date:%-d %b} to {placement.period.end_date:%-d %b}): "
            f"{_became(names, placement.before, placement.after)}."
        )
    for change in found.assignments:
        told[change.person].append(
            f"{change.date:%a %-d %b}, {shifts[change.shift].lower()}: {_became(names, change.before, change.after)}."
        )
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


def _became(names: Mapping[str, str], before: str | None, after: str | None) -> str:
    if after is None:
        return f"you no longer work {names[before or '']}"
    if before is None or before == after:
        return names[after]
    return f"{names[after]} instead of {names[before]}"
