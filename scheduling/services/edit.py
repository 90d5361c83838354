"""Change who works which block, in a draft or in what is published.

Every change says what it found (`before`); one that meets something else changes nothing, and says what is there now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from people.models import Person, User, record
from scheduling.models import Assignment, Block, Rotation, Schedule, ShiftType
from scheduling.models.calendar import ensure_blocks
from scheduling.models.plan import Source
from scheduling.services.generate import active_run
from scheduling.services.telling import tell_people

MOST_CHANGES = 5000


@dataclass(frozen=True, slots=True)
class Change:
    """One person's block: the rotation that they work it for, before and after, by code; None is not working it.

    `person` is the key; `shift` the shift type's code; `role` that of the assignment afterwards, by default what
    follows from the person and the shift type.
    """

    person: int
    date: date
    shift: str
    before: str | None
    after: str | None
    role: str = ""

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self) | {"date": self.date.isoformat()}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Change":
        """From what `data` gave."""
        return cls(**{**data, "date": date.fromisoformat(data["date"])})

    def reversed(self) -> "Change":
        """The change that undoes this one."""
        return Change(self.person, self.date, self.shift, self.after, self.before)


def role_of(person: Person, shift_type: ShiftType) -> str:
    """What a person is on a block unless somebody says otherwise."""
    if shift_type.duty == ShiftType.Duty.BACKUP:
        return Assignment.Role.BACKUP.value
    return (Assignment.Role.SUPERVISING if person.type == Person.Type.FACULTY else Assignment.Role.PRIMARY).value


def change(
    *,
    schedule: Schedule,
    user: User | None,
    changes: Iterable[Change],
    reason: str = "",
    action: str = "assignments changed",
) -> Schedule:
    """Make these changes, all or none, and return the schedule as it is then; what is added is pinned.

    Where the schedule is published, those whose work changed are told, and drafts based on it that still say the same
    as it did get the same changes: publishing one of them must not undo this. Raises ValidationError, in words, for an
    archived schedule, one that is being generated, and where something is not as a change found it.
    """
    wanted = list(changes)
    with transaction.atomic():
        locked = Schedule.objects.select_for_update(of=("self",), no_key=True)
        schedule = locked.select_related("program", "academic_year").get(pk=schedule.pk)
        _require_open(schedule)
        sheet = _Sheet(schedule, wanted)
        stale = sheet.stale()
        if stale:
            raise ValidationError(stale)
        sheet.write(user, action, reason)
        if schedule.status == Schedule.Status.PUBLISHED:
            _carry(schedule, wanted, user, reason)
            tell_people(schedule, sheet.sentences(), reason=reason)
    return schedule


def _require_open(schedule: Schedule) -> None:
    if schedule.status == Schedule.Status.ARCHIVED:
        raise ValidationError(f"{schedule} is archived: it stays as it was. Make a draft from it and change that.")
    if active_run(schedule):
        raise ValidationError(f"{schedule} is being generated: wait for that to end, or cancel it.")


def _carry(published: Schedule, wanted: Sequence[Change], user: User | None, reason: str) -> None:
    """Make the changes of what is published in the drafts based on it, where these still say the same as it did."""
    drafts = Schedule.objects.select_for_update(of=("self",), no_key=True).filter(
        based_on=published, status=Schedule.Status.DRAFT
    )
    for draft in drafts.select_related("program", "academic_year").order_by("pk"):
        if active_run(draft):
            continue  # it is being made anew, and the difference is shown before it is published
        sheet = _Sheet(draft, wanted)
        # A block goes over whole or not at all: half of a move would leave two people there, or nobody.
        differs = {(each.date, each.shift) for each in wanted if sheet.now(each) != each.before}
        same = [each for each in wanted if (each.date, each.shift) not in differs]
        if same:
            _Sheet(draft, same).write(user, f"carried over from version {published.number}", reason)


class _Sheet:
    """The changes of one schedule beside what is there, read once."""

    def __init__(self, schedule: Schedule, changes: Sequence[Change]) -> None:
        self.schedule = schedule
        self.changes = changes
        program = schedule.program
        self.rotations = {rotation.code: rotation for rotation in Rotation.objects.filter(program=program)}
        people = Person.objects.filter(program=program, pk__in={each.person for each in changes})
        self.people = {person.pk: person for person in people.select_related("user")}
        self.shift_types = {shift_type.code: shift_type for shift_type in program.shift_types.all()}
        self._require_known()
        self.blocks = self._blocks()
        rows = Assignment.objects.filter(
            schedule=schedule, person__in=self.people, block__in=[block.pk for block in self.blocks.values()]
        ).select_related("rotation")
        self.there = {(row.person_id, row.block_id): row for row in rows}

    def _require_known(self) -> None:
        """Raises ValidationError for what is not this program's, and for days that are not this schedule's."""
        if not self.changes:
            raise ValidationError("Nothing was to be changed.")
        if len(self.changes) > MOST_CHANGES:
            raise ValidationError(f"At most {MOST_CHANGES} blocks can be changed at once.")
        first, last = self.schedule.start_date, self.schedule.end_date
        for each in self.changes:
            if each.person not in self.people:
                raise ValidationError("Somebody in this change is not a person of this program any more.")
            if each.shift not in self.shift_types:
                raise ValidationError(f"There is no shift type {each.shift} any more.")
            if each.after is not None and each.after not in self.rotations:
                raise ValidationError(f"There is no rotation {each.after} any more.")
            if not first <= each.date <= last:
                raise ValidationError(
                    f"{each.date:%a %-d %b %Y} is outside of {self.schedule}, which goes from {first:%-d %b %Y} to "
                    f"{last:%-d %b %Y}."
                )

    def _blocks(self) -> dict[tuple[date, str], Block]:
        wanted = {(each.date, each.shift) for each in self.changes}
        days = {day for day, _ in wanted}
        rows = Block.objects.filter(shift_type__program=self.schedule.program, date__in=days)
        found = {(block.date, block.shift_type.code): block for block in rows.select_related("shift_type")}
        for day in sorted({day for day, shift in wanted if (day, shift) not in found}):
            found |= ensure_blocks(self.schedule.program, day, day)
        return {key: found[key] for key in wanted}

    def _row(self, each: Change) -> Assignment | None:
        return self.there.get((each.person, self.blocks[each.date, each.shift].pk))

    def now(self, each: Change) -> str | None:
        """The code of the rotation that the person works this block for."""
        row = self._row(each)
        return row.rotation.code if row else None

    def stale(self) -> list[str]:
        """A sentence for each block that is not as the change found it."""
        return [
            f"{self.people[each.person]} {self._words(self.now(each))} on {self._block_words(each)}, not what was "
            "shown when this was chosen: look at it again. Nothing was changed."
            for each in self.changes
            if self.now(each) != each.before
        ]

    def write(self, user: User | None, action: str, reason: str) -> None:
        """Make the changes, count them in the revision, and record them."""
        gone = [row.pk for each in self.changes if (row := self._row(each)) is not None]
        Assignment.objects.filter(pk__in=gone).delete()
        Assignment.objects.bulk_create(self._added(each, each.after) for each in self.changes if each.after is not None)
        self.schedule.bump()
        record(
            user=user,
            action=action,
            target=self.schedule,
            program=self.schedule.program,
            changes={
                "schedule": self.schedule.number,
                "reason": reason,
                "changes": [each.data() for each in self.changes],
            },
        )

    def _added(self, each: Change, rotation: str) -> Assignment:
        block, person = self.blocks[each.date, each.shift], self.people[each.person]
        return Assignment(
            schedule=self.schedule,
            person=person,
            block=block,
            rotation=self.rotations[rotation],
            role=each.role or role_of(person, block.shift_type),
            source=Source.MANUAL,
            is_pinned=True,
        )

    def sentences(self) -> dict[int, list[str]]:
        """By person's key, what changed for them."""
        found: dict[int, list[str]] = {}
        for each in sorted(self.changes, key=lambda each: (each.date, each.shift)):
            found.setdefault(each.person, []).append(self._sentence(each))
        return found

    def _sentence(self, each: Change) -> str:
        where = self._block_words(each)
        if each.after is None:
            return f"You no longer work {self._name(each.before)} on {where}."
        if each.before is None:
            return f"You work {self._name(each.after)} on {where}."
        return f"You work {self._name(each.after)} instead of {self._name(each.before)} on {where}."

    def _name(self, code: str | None) -> str:
        return self.rotations[code].name if code in self.rotations else str(code)

    def _words(self, code: str | None) -> str:
        return f"works {self._name(code)}" if code else "does not work"

    def _block_words(self, each: Change) -> str:
        return f"{each.date:%a %-d %b}, {self.shift_types[each.shift].name.lower()}"
