"""Cells of the roster beside what is in them: one person's block each, read once, judged stale or not, and written."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from people.models import Person
from scheduling.models import Assignment, Block, Rotation, Schedule, ShiftType
from scheduling.models.calendar import ensure_blocks
from scheduling.models.plan import Source

MOST_CELLS = 5000

type Key = tuple[int, date, str]  # person, day, shift type's code


@dataclass(frozen=True, slots=True)
class State:
    """What a cell holds: the rotation's code, and how it came there."""

    rotation: str
    role: str
    source: str = Source.MANUAL.value
    is_pinned: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """One person's block as an edit found it and left it; None is empty."""

    person: int
    date: date
    shift: str
    before: State | None
    after: State | None

    @property
    def key(self) -> Key:
        return self.person, self.date, self.shift

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self) | {"date": self.date.isoformat()}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Cell":
        """From what `data` gave."""
        before, after = (None if data[name] is None else State(**data[name]) for name in ("before", "after"))
        return cls(data["person"], date.fromisoformat(data["date"]), data["shift"], before, after)

    def reversed(self) -> "Cell":
        return Cell(self.person, self.date, self.shift, self.after, self.before)


def role_of(person: Person, shift_type: ShiftType) -> str:
    """What a person is on a block unless somebody says otherwise."""
    if shift_type.duty == ShiftType.Duty.BACKUP:
        return Assignment.Role.BACKUP.value
    return (Assignment.Role.SUPERVISING if person.type == Person.Type.FACULTY else Assignment.Role.PRIMARY).value


class Sheet:
    """These cells of a schedule. Raises ValidationError for keys that are not of its program or its days."""

    def __init__(self, schedule: Schedule, keys: Iterable[Key]) -> None:
        self.schedule = schedule
        self.keys = list(keys)
        program = schedule.program
        self.rotations = {rotation.code: rotation for rotation in Rotation.objects.filter(program=program)}
        people = Person.objects.filter(program=program, pk__in={person for person, _, _ in self.keys})
        self.people = {person.pk: person for person in people.select_related("user")}
        self.shift_types = {shift_type.code: shift_type for shift_type in program.shift_types.all()}
        self._require_known()
        self.blocks = self._blocks()
        rows = Assignment.objects.filter(
            schedule=schedule, person__in=self.people, block__in=[block.pk for block in self.blocks.values()]
        ).select_related("rotation")
        self.there = {(row.person_id, row.block_id): row for row in rows}

    def _require_known(self) -> None:
        if not self.keys:
            raise ValidationError("Nothing was to be changed.")
        if len(self.keys) > MOST_CELLS:
            raise ValidationError(f"At most {MOST_CELLS} blocks can be changed at once.")
        first, last = self.schedule.start_date, self.schedule.end_date
        for person, day, shift in self.keys:
            if person not in self.people:
                raise ValidationError("Somebody in this change is not a person of this program any more.")
            if shift not in self.shift_types:
                raise ValidationError(f"There is no shift type {shift} any more.")
            if not first <= day <= last:
                raise ValidationError(
                    f"{day:%a %-d %b %Y} is outside of {self.schedule}, which goes from {first:%-d %b %Y} to "
                    f"{last:%-d %b %Y}."
                )

    def _blocks(self) -> dict[tuple[date, str], Block]:
        wanted = {(day, shift) for _, day, shift in self.keys}
        rows = Block.objects.filter(shift_type__program=self.schedule.program, date__in={day for day, _ in wanted})
        found = {(block.date, block.shift_type.code): block for block in rows.select_related("shift_type")}
        for day in sorted({day for day, shift in wanted if (day, shift) not in found}):
            found |= ensure_blocks(self.schedule.program, day, day)
        return {key: found[key] for key in wanted}

    def _row(self, key: Key) -> Assignment | None:
        person, day, shift = key
        return self.there.get((person, self.blocks[day, shift].pk))

    def state(self, key: Key) -> State | None:
        """What is in a cell now."""
        row = self._row(key)
        return None if row is None else State(row.rotation.code, row.role, row.source, row.is_pinned)

    def role(self, key: Key) -> str:
        """What the person of a cell is there by default."""
        person, day, shift = key
        return role_of(self.people[person], self.blocks[day, shift].shift_type)

    def put(self, cells: Iterable[Cell]) -> None:
        """Write what the cells are afterwards. Raises ValidationError for a rotation that is not there."""
        chosen = list(cells)
        for each in chosen:
            if each.after is not None and each.after.rotation not in self.rotations:
                raise ValidationError(f"There is no rotation {each.after.rotation} any more.")
        gone = [row.pk for each in chosen if (row := self._row(each.key)) is not None]
        Assignment.objects.filter(pk__in=gone).delete()
        Assignment.objects.bulk_create(
            Assignment(
                schedule=self.schedule,
                person=self.people[each.person],
                block=self.blocks[each.date, each.shift],
                rotation=self.rotations[each.after.rotation],
                role=each.after.role,
                source=each.after.source,
                is_pinned=each.after.is_pinned,
            )
            for each in chosen
            if each.after is not None
        )

    def rotation_name(self, code: str | None) -> str:
        return self.rotations[code].name if code in self.rotations else str(code)

    def block_words(self, day: date, shift: str) -> str:
        """A block as a sentence names it."""
        return f"{day:%a %-d %b}, {self.shift_types[shift].name.lower()}"

    def is_now(self, key: Key) -> str:
        """A sentence's beginning: what a person does in a block now."""
        person, day, shift = key
        state = self.state(key)
        does = f"works {self.rotation_name(state.rotation)}" if state else "does not work"
        return f"{self.people[person]} {does} on {self.block_words(day, shift)}"
