"""What a plan of the optimiser gives in cover, for the ledger: who takes whose shift."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from people.models import Person
from scheduling.models import Cover, Edit, Rotation, ShiftType
from scheduling.services.changes import Change

DAY = timedelta(days=1)


def enter(edit: Edit, absent: Person, changes: Sequence[Change]) -> int:
    """Write down who works the shifts that somebody lost by these changes; returns how many.

    Nobody has a shift that others of the block did not have to take. Call it in the transaction of the edit.
    """
    program = edit.schedule.program
    rotations = dict(Rotation.objects.filter(program=program).values_list("code", "name"))
    shifts = {shift_type.code: shift_type for shift_type in program.shift_types.all()}
    gained: Counter[tuple[object, ...]] = Counter()
    takers = [each for each in changes if each.after is not None and each.before is None and each.person != absent.pk]
    entries = []
    for lost in changes:
        if lost.person != absent.pk or lost.after is not None:
            continue
        block = (lost.date, lost.shift, lost.before)
        same = [each for each in takers if (each.date, each.shift, each.after) == block]
        if gained[block] < len(same):
            taker = same[gained[block]]
            gained[block] += 1
            shift = shifts[lost.shift]
            entries.append(
                Cover(
                    program=program,
                    schedule=edit.schedule,
                    edit=edit,
                    absent=absent,
                    covering_id=taker.person,
                    date=lost.date,
                    shift=f"{rotations.get(lost.before or '', lost.before)}, {shift.name.lower()}"[:160],
                    hours=shift.hours,
                    is_backup=_was_on_backup(taker, changes, shifts),
                    created_by=edit.user,
                )
            )
    Cover.objects.bulk_create(entries)
    return len(entries)


def _was_on_backup(taker: Change, changes: Sequence[Change], shifts: dict[str, ShiftType]) -> bool:
    """Whether a backup of that day, or of the evening before, is used up for it."""
    return any(
        each.person == taker.person
        and each.after is None
        and shifts[each.shift].duty == ShiftType.Duty.BACKUP
        and taker.date - DAY <= each.date <= taker.date
        for each in changes
    )
