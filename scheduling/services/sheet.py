"""Cells of a schedule beside what is in them: read once, judged stale or not, and written."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from people.inserting import Insert, delete
from people.models import Person, Program
from people.prepared import prepared
from scheduling.models import Assignment, Rotation, RotationAssignment, Schedule, ShiftType
from scheduling.models.calendar import Period, ensure_blocks
from scheduling.services.cells import Cell, Key, PlanCell, PlanKey, State
from scheduling.services.facts import Facts
from scheduling.services.month_held import BlockRow, Held, Turn, read_blocks

MOST_CELLS = 5000


def role_of(person: Person, shift_type: ShiftType) -> str:
    """What a person is on a block unless somebody says otherwise."""
    if shift_type.duty == ShiftType.Duty.BACKUP:
        return Assignment.Role.BACKUP.value
    return (Assignment.Role.SUPERVISING if person.type == Person.Type.FACULTY else Assignment.Role.PRIMARY).value


class Sheet:
    """These cells of a schedule: people's blocks (keys of three parts) and periods (keys of two).

    What `facts` of the schedule have is not read again, nor is what `held` tells of these people, which is then kept
    up with what is written. Raises ValidationError for keys that are not of its program or its days.
    """

    def __init__(
        self,
        schedule: Schedule,
        keys: Iterable[Key | PlanKey],
        facts: Facts | None = None,
        held: Held | None = None,
    ) -> None:
        self.schedule = schedule
        self.keys = list(keys)
        program = schedule.program
        rotations = facts.rotations.values() if facts else Rotation.objects.filter(program=program)
        self.rotations = {rotation.code: rotation for rotation in rotations}
        self.people = _people(program, {key[0] for key in self.keys}, facts)
        self._require_known()
        self._plan = _Plan(schedule, [key for key in self.keys if len(key) == 2])
        self._roster = _Roster(schedule, [key for key in self.keys if len(key) == 3], facts, held)

    @property
    def shift_types(self) -> dict[str, ShiftType]:
        return self._roster.shift_types

    @property
    def held(self) -> Held | None:
        """What was given, with what was written since."""
        return self._roster.held

    @property
    def periods(self) -> dict[int, Period]:
        return self._plan.periods

    def _require_known(self) -> None:
        if not self.keys:
            raise ValidationError("Nothing was to be changed.")
        if len(self.keys) > MOST_CELLS:
            raise ValidationError(f"At most {MOST_CELLS} cells can be changed at once.")
        if any(key[0] not in self.people for key in self.keys):
            raise ValidationError("Somebody in this change is not a person of this program any more.")

    def state(self, key: Key | PlanKey) -> State | None:
        """What is in a cell now."""
        return self._plan.state(key) if len(key) == 2 else self._roster.state(key)

    def role(self, key: Key | PlanKey) -> str:
        """What the person of a cell is there by default."""
        if len(key) == 2:
            return ""
        person, _day, shift = key
        return role_of(self.people[person], self.shift_types[shift])

    def put(self, cells: Iterable[Cell | PlanCell]) -> None:
        """Write what the cells are afterwards. Raises ValidationError for a rotation that is not there."""
        chosen = list(cells)
        for each in chosen:
            if each.after is not None and each.after.rotation not in self.rotations:
                raise ValidationError(f"There is no rotation {each.after.rotation} any more.")
        blocks = [each for each in chosen if isinstance(each, Cell)]
        periods = [each for each in chosen if isinstance(each, PlanCell)]
        if blocks:
            self._roster.put(blocks, self.rotations)
        if periods:
            self._plan.put(periods, self.people, self.rotations)

    def rotation_name(self, code: str | None) -> str:
        return self.rotations[code].name if code in self.rotations else str(code)

    def place_words(self, key: Key | PlanKey) -> str:
        """A cell's block or period as a sentence names it."""
        return self.period_words(key[1]) if len(key) == 2 else self.block_words(key[1], key[2])

    def block_words(self, day: date, shift: str) -> str:
        return f"{day:%a %-d %b}, {self.shift_types[shift].name.lower()}"

    def period_words(self, number: int) -> str:
        period = self.periods[number]
        return f"period {number} ({period.start_date:%-d %b} to {period.end_date:%-d %b})"

    def is_now(self, key: Key | PlanKey) -> str:
        """A sentence's beginning: what a person does in a block or a period now."""
        state, person = self.state(key), self.people[key[0]]
        if len(key) == 2:
            does = f"is on {self.rotation_name(state.rotation)}" if state else "is on no rotation"
            return f"{person} {does} in {self.place_words(key)}"
        does = f"works {self.rotation_name(state.rotation)}" if state else "does not work"
        return f"{person} {does} on {self.place_words(key)}"


def _people(program: Program, keys: set[int], facts: Facts | None) -> dict[int, Person]:
    known = {key: facts.by_key[key] for key in keys & facts.by_key.keys()} if facts else {}
    if keys == known.keys():
        return known
    return {person.pk: person for person in Person.objects.filter(program=program, pk__in=keys)}


class _Roster:
    """Blocks of people."""

    def __init__(self, schedule: Schedule, keys: Sequence[Key], facts: Facts | None, held: Held | None) -> None:
        self.schedule = schedule
        self.shift_types: dict[str, ShiftType] = {}
        self.blocks: dict[tuple[date, str], BlockRow] = {}
        self.there: dict[Key, tuple[int, State]] = {}  # the row's key, what it says
        self.held = held
        if keys:
            known = facts.shift_types.values() if facts else schedule.program.shift_types.all()
            self.shift_types = {shift_type.code: shift_type for shift_type in known}
            self._read(keys)

    def _read(self, keys: Sequence[Key]) -> None:
        first, last = self.schedule.start_date, self.schedule.end_date
        for _person, day, shift in keys:
            if shift not in self.shift_types:
                raise ValidationError(f"There is no shift type {shift} any more.")
            if not first <= day <= last:
                raise ValidationError(
                    f"{day:%a %-d %b %Y} is outside of {self.schedule}, which goes from {first:%-d %b %Y} to "
                    f"{last:%-d %b %Y}."
                )
        people, days = {key[0] for key in keys}, [key[1] for key in keys]
        if self.held is not None and not self.held.covers(people, min(days), max(days)):
            self.held = None
        if self.held is not None:
            turns = {key: self.held.turns[key] for key in keys if key in self.held.turns}
            self.blocks = {key[1:]: _block_of(turn) for key, turn in turns.items()}
            self.there = {key: (turn.pk, self.held.state(turn)) for key, turn in turns.items()}
        self._add_blocks({(day, shift) for _, day, shift in keys} - self.blocks.keys())
        if self.held is None:
            names = {block.pk: key for key, block in self.blocks.items()}
            for pk, person, block, *state in _rows(self.schedule.pk, list(people), list(names)):
                self.there[(person, *names[block])] = pk, State(*state)

    def _add_blocks(self, wanted: set[tuple[date, str]]) -> None:
        if not wanted:
            return
        codes = {self.shift_types[shift].pk: shift for _, shift in wanted}
        days = {day for day, _ in wanted}
        found = {(row.day, codes[row.shift_type]): row for row in read_blocks(list(codes), min(days), max(days))}
        for day in sorted({day for day, shift in wanted if (day, shift) not in found}):
            for key, block in ensure_blocks(self.schedule.program, day, day).items():
                found[key] = BlockRow(block.pk, block.date, block.shift_type_id, block.starts_at, block.ends_at)
        self.blocks |= {key: found[key] for key in wanted}

    def state(self, key: Key) -> State | None:
        found = self.there.get(key)
        return found[1] if found else None

    def put(self, cells: Sequence[Cell], rotations: dict[str, Rotation]) -> None:
        if gone := [self.there[each.key][0] for each in cells if each.key in self.there]:
            delete(Assignment, gone)
        rows = []
        for each in cells:
            if (state := each.after) is not None:
                place = self.schedule.pk, each.person, self.blocks[each.date, each.shift].pk
                marks = state.role, state.source, state.is_pinned, state.note, state.override
                rows.append((*place, rotations[state.rotation].pk, *marks))
        _insert(rows)
        if self.held is not None:
            self.held = self.held.after(cells, self.blocks)


def _block_of(turn: Turn) -> BlockRow:
    return BlockRow(turn.block, turn.day, turn.shift_type, turn.starts_at, turn.ends_at)


_insert = Insert(
    Assignment,
    *("schedule", "person", "block", "rotation"),
    *("role", "source", "is_pinned", "note", "override"),
)


@prepared
def _rows(schedule: int, people: Sequence[int], blocks: Sequence[int]) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule=schedule, person__in=people, block__in=blocks).order_by()
    state = ("rotation__code", "role", "source", "is_pinned", "note", "override")
    return rows.values_list("pk", "person_id", "block_id", *state)


class _Plan:
    """Periods of people."""

    def __init__(self, schedule: Schedule, keys: Sequence[PlanKey]) -> None:
        self.schedule = schedule
        self.periods: dict[int, Period] = {}
        self.there: dict[tuple[int, int], RotationAssignment] = {}
        if keys:
            self._read(keys)

    def _read(self, keys: Sequence[PlanKey]) -> None:
        within = Period.objects.filter(
            academic_year=self.schedule.academic_year_id,
            start_date__lte=self.schedule.end_date,
            end_date__gte=self.schedule.start_date,
        )
        self.periods = {period.number: period for period in within}
        for _person, number in keys:
            if number not in self.periods:
                raise ValidationError(f"{self.schedule} has no period {number}.")
        rows = RotationAssignment.objects.filter(
            schedule=self.schedule,
            person__in={key[0] for key in keys},
            period__in=[self.periods[number].pk for _, number in keys],
        ).select_related("rotation")
        self.there = {(row.person_id, row.period_id): row for row in rows}

    def _row(self, key: PlanKey) -> RotationAssignment | None:
        person, number = key
        return self.there.get((person, self.periods[number].pk))

    def state(self, key: PlanKey) -> State | None:
        row = self._row(key)
        return State(row.rotation.code, "", row.source, row.is_pinned, row.note, row.override) if row else None

    def put(self, cells: Sequence[PlanCell], people: dict[int, Person], rotations: dict[str, Rotation]) -> None:
        gone = [row.pk for each in cells if (row := self._row(each.key)) is not None]
        RotationAssignment.objects.filter(pk__in=gone).delete()
        RotationAssignment.objects.bulk_create(
            RotationAssignment(
                schedule=self.schedule,
                person=people[each.person],
                period=self.periods[each.period],
                rotation=rotations[each.after.rotation],
                source=each.after.source,
                is_pinned=each.after.is_pinned,
                note=each.after.note,
                override=each.after.override,
            )
            for each in cells
            if each.after is not None
        )
