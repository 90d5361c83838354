"""Write a generated plan and roster as a draft's content. To be called in the transaction that ends the run."""

from datetime import timedelta

from people.models import Person
from scheduling.models import Assignment, RotationAssignment, Schedule
from scheduling.models.calendar import ensure_blocks
from scheduling.models.plan import Source
from scheduling.services.bulk import insert
from scheduling.services.facts import Facts
from scheduling.services.roster_build import Plan
from scheduling.services.sheet import role_of
from scheduling.solver.roster.problem import Assigned

GENERATED = Source.GENERATED.value


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
        (schedule.pk, people[code].pk, facts.periods[place].pk, rotations[rotation], GENERATED, False)
        for (code, place), rotation in sorted(plan.items())
        if (people[code].pk, facts.periods[place].pk) not in kept
    ]
    insert(RotationAssignment, ["schedule", "person", "period", "rotation", "source", "is_pinned"], rows)
    return len(rows)


def _write_roster(schedule: Schedule, facts: Facts, roster: tuple[Assigned, ...]) -> int:
    people, rotations = _keys(facts)
    blocks = ensure_blocks(facts.schedule.program, facts.first, facts.last)
    kept = set(Assignment.objects.filter(schedule=schedule).values_list("person_id", "block_id"))
    rows = []
    for each in roster:
        person, block = people[each.person], blocks[facts.first + timedelta(days=each.day), each.shift_type]
        if (person.pk, block.pk) not in kept:
            role = role_of(person, block.shift_type)
            rows.append((schedule.pk, person.pk, block.pk, rotations[each.rotation], role, GENERATED, False))
    insert(Assignment, ["schedule", "person", "block", "rotation", "role", "source", "is_pinned"], rows)
    return len(rows)


def _keys(facts: Facts) -> tuple[dict[str, Person], dict[str, int]]:
    """People by code, and the keys of rotations by code."""
    people = {person.code: person for person in facts.people}
    return people, {rotation.code: rotation.pk for rotation in facts.rotations.values()}
