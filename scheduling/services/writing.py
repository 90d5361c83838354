"""Write a generated plan and roster as a draft's content. To be called in the transaction that ends the run."""

from collections.abc import Iterable
from datetime import timedelta

from people.models import Person
from scheduling.models import Assignment, RotationAssignment, Schedule
from scheduling.models.calendar import ensure_blocks
from scheduling.models.plan import Source
from scheduling.services.bulk import insert
from scheduling.services.facts import Facts
from scheduling.services.remaking import Remaking
from scheduling.services.roster_build import Plan
from scheduling.services.sheet import role_of
from scheduling.solver.roster.problem import Assigned, Span

GENERATED = Source.GENERATED.value
MOST_KEYS = 900  # in one statement: SQLite takes no more than a thousand


def write(
    schedule: Schedule,
    facts: Facts,
    plan: Plan | None,
    roster: tuple[Assigned, ...] | None,
    made: Remaking | None = None,
) -> tuple[int, int]:
    """Replace what is not pinned, and of that only what is made anew; returns how many placements and assignments
    there are new.

    A new plan without a roster releases the assignments of the old one, so that the two never tell different stories.
    """
    if made is None or not made.is_partial:
        if plan is not None:
            RotationAssignment.objects.filter(schedule=schedule, is_pinned=False).delete()
        placements = 0 if plan is None else _write_plan(schedule, facts, plan)
        Assignment.objects.filter(schedule=schedule, is_pinned=False).delete()
        return placements, 0 if roster is None else _write_roster(schedule, facts, roster)
    _release_roster(schedule, made, by_periods=roster is None)
    placements = 0
    if plan is not None:
        _release_plan(schedule, made)
        placements = _write_plan(schedule, facts, {cell: plan[cell] for cell in plan if made.is_open_period(*cell)})
    opened = [each for each in roster or () if _is_open(made.open_days(each.person), each.day)]
    return placements, _write_roster(schedule, facts, opened) if roster is not None else 0


def _release_roster(schedule: Schedule, made: Remaking, *, by_periods: bool) -> None:
    """Delete what is not pinned on the days that are made anew; without a new roster, in the periods that are."""
    codes = {person.pk: person.code for person in made.facts.people}
    spans = {key: made.open_periods(code) if by_periods else made.open_days(code) for key, code in codes.items()}
    rows = Assignment.objects.filter(schedule=schedule, is_pinned=False, person__in=codes).order_by()
    gone = [
        pk
        for pk, person, day in rows.values_list("pk", "person_id", "block__date")
        if _is_open(spans[person], (day - made.facts.first).days)
    ]
    for start in range(0, len(gone), MOST_KEYS):
        Assignment.objects.filter(pk__in=gone[start : start + MOST_KEYS]).delete()


def _release_plan(schedule: Schedule, made: Remaking) -> None:
    """Delete the placements that are made anew."""
    codes = {person.pk: person.code for person in made.facts.people}
    places = {period.pk: place for place, period in enumerate(made.facts.periods)}
    rows = RotationAssignment.objects.filter(schedule=schedule, is_pinned=False, person__in=codes, period__in=places)
    gone = [
        pk
        for pk, person, period in rows.order_by().values_list("pk", "person_id", "period_id")
        if made.is_open_period(codes[person], places[period])
    ]
    RotationAssignment.objects.filter(pk__in=gone).delete()


def _is_open(spans: tuple[Span, ...], day: int) -> bool:
    return any(first <= day <= last for first, last in spans)


def _write_plan(schedule: Schedule, facts: Facts, plan: Plan) -> int:
    """Insert the plan where nothing is any more: what stays is there already."""
    people, rotations = _keys(facts)
    kept = set(RotationAssignment.objects.filter(schedule=schedule).values_list("person_id", "period_id"))
    rows = [
        (schedule.pk, people[code].pk, facts.periods[place].pk, rotations[rotation], GENERATED, False)
        for (code, place), rotation in sorted(plan.items())
        if (people[code].pk, facts.periods[place].pk) not in kept
    ]
    insert(RotationAssignment, ["schedule", "person", "period", "rotation", "source", "is_pinned"], rows)
    return len(rows)


def _write_roster(schedule: Schedule, facts: Facts, roster: Iterable[Assigned]) -> int:
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
