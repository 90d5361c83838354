"""A schedule's roster as reports read it, once: who works which block for which rotation."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from scheduling.models import Assignment, Block, ShiftType
from scheduling.services.facts import Facts
from scheduling.services.roster_build import main_rank
from scheduling.solver.roster.coverage import There


@dataclass(frozen=True, slots=True)
class Roster:
    """`there`: by rotation, shift type and day (codes, and days from the first), the groups of who is in the block;
    `away`: the same of those who hold it and are on leave then, so that they are not there;
    `worked`: by person's key and date, the keys of the shift types they work."""

    there: There
    away: There
    worked: Mapping[tuple[int, date], list[int]]


def read_roster(facts: Facts) -> Roster:
    """Backups of other shifts are in no block (2 queries)."""
    blocks = {
        key: (day, shift_type)
        for key, day, shift_type in Block.objects.filter(
            shift_type__in=list(facts.shift_types), date__range=(facts.first, facts.last)
        )
        .order_by()
        .values_list("pk", "date", "shift_type_id")
    }
    groups = {person.pk: main_rank(facts, person).label for person in facts.people}
    there: There = defaultdict(list)
    away: There = defaultdict(list)
    worked: dict[tuple[int, date], list[int]] = defaultdict(list)
    rows = Assignment.objects.filter(schedule=facts.schedule).order_by()
    for person, block, rotation, role in rows.values_list("person_id", "block_id", "rotation_id", "role"):
        if block not in blocks or person not in groups:
            continue
        day, key = blocks[block]
        shift_type = facts.shift_types[key]
        if role != Assignment.Role.BACKUP or shift_type.duty == ShiftType.Duty.BACKUP:
            cell = facts.rotations[rotation].code, shift_type.code, (day - facts.first).days
            (away if _is_on_leave(facts, person, day) else there)[cell].append(groups[person])
            worked[person, day].append(key)
    return Roster(there, away, worked)


def _is_on_leave(facts: Facts, person: int, day: date) -> bool:
    return any(absence.start_date <= day <= absence.end_date for absence in facts.absences.get(person, ()))
