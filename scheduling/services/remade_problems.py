"""The solvers' problems cut down to what is made anew: all else stands in them as if it were pinned."""

from collections.abc import Iterable
from dataclasses import replace

from people.models import Person
from scheduling.models import Assignment
from scheduling.services.remaking import Remaking
from scheduling.services.roster_build import Plan, outline
from scheduling.solver.plan import problem as plans
from scheduling.solver.roster import problem as rosters


def narrow_plan(problem: plans.PlanProblem, made: Remaking) -> plans.PlanProblem:
    """The plan's problem in which only open periods are decided; the others keep their rotation, or stay without."""
    if not made.is_partial:
        return problem
    every = frozenset(rotation.code for rotation in problem.rotations)
    placements = [each for each in problem.placements if made.is_open_period(each.person, each.period)]
    for person in problem.people:
        for place in range(len(problem.periods)):
            if made.is_open_period(person.id, place) or person.is_away(place):
                continue
            rotation = made.placed.get((person.id, place))
            if rotation is None:
                placements.append(plans.Placement(person.id, place, every, allowed=False))
            else:
                placements.append(plans.Placement(person.id, place, frozenset({rotation}), pinned=True))
    return replace(problem, placements=tuple(placements))


def merged_plan(made: Remaking, solved: Plan) -> Plan:
    """The whole plan: what was solved in open periods, and all others as they are."""
    if not made.is_partial:
        return solved
    kept = {cell: rotation for cell, rotation in made.placed.items() if not made.is_open_period(*cell)}
    return kept | {cell: rotation for cell, rotation in solved.items() if made.is_open_period(*cell)}


def narrow_roster(problem: rosters.RosterProblem, made: Remaking, plan: Plan) -> rosters.RosterProblem:
    """The roster's problem in which only open days are made; on all others everybody keeps exactly their blocks."""
    if not made.is_partial:
        return problem
    first, last = made.days
    kept = _kept(made)
    known = {person.id for person in problem.people}
    missing = [person for person in made.facts.people if person.code in {pin.person for pin in kept} - known]
    people = [*problem.people, *_outlined(made, plan, missing)]
    open_pins = [pin for pin in problem.pins if _is_open(made, pin)]
    return replace(
        problem,
        people=tuple(replace(person, open=made.open_days(person.id)) for person in people),
        pins=tuple(sorted([*open_pins, *kept], key=lambda pin: (pin.person, pin.day, pin.shift_type))),
        first_open=first,
        last_open=last,
    )


def _outlined(made: Remaking, plan: Plan, people: list[Person]) -> Iterable[rosters.Person]:
    """Those who have blocks without a place in the plan: their blocks are covered all the same."""
    return outline(made.facts, plan, people).people if people else ()


def _kept(made: Remaking) -> list[rosters.Pin]:
    """What is worked on days that are not made anew."""
    facts = made.facts
    codes = {person.pk: person.code for person in facts.people}
    rows = Assignment.objects.filter(schedule=facts.schedule, person__in=codes).between(facts.first, facts.last)
    return [
        rosters.Pin(
            codes[person],
            (day - facts.first).days,
            facts.shift_types[shift_type].code,
            facts.rotations[rotation].code,
        )
        for person, day, shift_type, rotation in rows.order_by().values_list(
            "person_id", "block__date", "block__shift_type_id", "rotation_id"
        )
        if not made.is_open(person, day)
    ]


def _is_open(made: Remaking, pin: rosters.Pin) -> bool:
    return any(first <= pin.day <= last for first, last in made.open_days(pin.person))
