"""Write a generated plan and roster as a draft's content. To be called in the transaction that ends the run."""

from datetime import timedelta

from people.models import Person
from scheduling.models import Assignment, RotationAssignment, Schedule, ShiftType
from scheduling.models.calendar import ensure_blocks
from scheduling.models.plan import Source
from scheduling.services.facts import Facts
from scheduling.services.roster_build import Plan
from scheduling.solver.roster.problem import Assigned

BATCH = 2_000


def write(schedule: Schedule, facts: Facts, plan: Plan | None, roster: tuple[Assigned, ...] | None) -> tuple[int, int]:
    """Replace what is not pinned; returns how many placements and assignments there are new.

    A new plan without a roster releases the assignments of the old one, so that the two never tell different stories.
    """
    placements = 0 if plan is None else _write_plan(schedule, facts, plan)
    Assignment.objects.filter(schedule=schedule, is_pinned=False).delete()
    return placements, 0 if roster is None else _write_roster(schedule, facts, roster)


def _write_plan(schedule: Schedule, facts: Facts, plan: Plan) -> int:
    people, rotations = _keys(facts)
    RotationAssignment.objects.filter(schedule=schedule, is_pinned=False).delete()
    kept = set(RotationAssignment.objects.filter(schedule=schedule).values_list("person_id", "period_id"))
    rows = [
        RotationAssignment(
            schedule=schedule,
            person_id=people[code].pk,
            period=facts.periods[place],
            rotation_id=rotations[rotation],
            source=Source.GENERATED,
        )
        for (code, place), rotation in sorted(plan.items())
        if (people[code].pk, facts.periods[place].pk) not in kept
    ]
    RotationAssignment.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def _write_roster(schedule: Schedule, facts: Facts, roster: tuple[Assigned, ...]) -> int:
    people, rotations = _keys(facts)
    blocks = ensure_blocks(facts.schedule.program, facts.first, facts.last)
    kept = set(Assignment.objects.filter(schedule=schedule).values_list("person_id", "block_id"))
    rows = []
    for each in roster:
        person, block = people[each.person], blocks[facts.first + timedelta(days=each.day), each.shift_type]
        if (person.pk, block.pk) not in kept:
            rows.append(
                Assignment(
                    schedule=schedule,
                    person_id=person.pk,
                    block_id=block.pk,
                    rotation_id=rotations[each.rotation],
                    role=_role(person, block.shift_type),
                    source=Source.GENERATED,
                )
            )
    Assignment.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def _role(person: Person, shift_type: ShiftType) -> Assignment.Role:
    if shift_type.duty == ShiftType.Duty.BACKUP:
        return Assignment.Role.BACKUP
    return Assignment.Role.SUPERVISING if person.type == Person.Type.FACULTY else Assignment.Role.PRIMARY


def _keys(facts: Facts) -> tuple[dict[str, Person], dict[str, int]]:
    """People by code, and the keys of rotations by code."""
    people = {person.code: person for person in facts.people}
    return people, {rotation.code: rotation.pk for rotation in facts.rotations.values()}
