"""From a schedule to the duty-hour rules: the one place that says it in their terms.

`check` reads a schedule from the database; `check_solution` takes one that is not written yet. The rules share no
code with the optimiser, and neither does this: instants come from the blocks, windows from the rules' own function.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from people.models import Person
from scheduling.models import Assignment, Schedule
from scheduling.models.plan import AssignmentQuerySet
from scheduling.rules import duty as rules
from scheduling.rules.check import check_schedule
from scheduling.rules.rule_sets import Rulebook
from scheduling.rules.verdict import Verdict
from scheduling.rules.windows import averaging_windows
from scheduling.services import facts as facts_
from scheduling.services.facts import Facts
from scheduling.services.plan_problem import schedule_before
from scheduling.services.remaking import Remaking
from scheduling.services.roster_build import Plan, stored_plan
from scheduling.services.rule_settings import FULL_WEEK, longest_break, program_rulebook
from scheduling.solver.roster.problem import Assigned

RECENT = timedelta(days=28)  # no rule looks further back


class Worked(NamedTuple):
    """One person's block, wherever it comes from. A tuple, since a year has many thousands."""

    key: Hashable
    person: int
    day: date
    starts_at: datetime
    ends_at: datetime
    shift_type: int
    rotation: int
    role: str = Assignment.Role.PRIMARY
    is_pinned: bool = False


def check(schedule: Schedule) -> list[Verdict]:
    """Every verdict on a schedule as it is in the database, by date. Duties go by the keys of their assignments.

    The last four weeks of the schedule published before it are seen too, so that rest and runs are followed across
    the edge. Raises ValidationError where the program's rule settings are wrong.
    """
    facts = facts_.load(schedule)
    worked = [*_stored(Assignment.objects.filter(schedule=facts.schedule)), *_before(facts)]
    return _check(facts, stored_plan(facts), worked)


def check_solution(
    facts: Facts, plan: Plan, assigned: Iterable[Assigned], made: Remaking | None = None
) -> list[Verdict]:
    """The same for a plan and a roster that are not written yet: with what stays, as it will be when written.

    Duties go by (day, shift type).
    """
    staying = list(_staying(facts, made))
    kept = {(each.person, each.key) for each in staying}
    added = (each for each in _solved(facts, assigned) if (each.person, each.key) not in kept)
    return _check(facts, plan, [*staying, *added, *_before(facts)])


def _check(facts: Facts, plan: Plan, worked: Iterable[Worked]) -> list[Verdict]:
    by_person: dict[int, list[rules.Duty]] = defaultdict(list)
    for each in worked:
        by_person[each.person].append(duty_of(facts, each))
    people = [person for person in facts.people if person.pk in by_person]
    records = [record_of(facts, person, plan, by_person[person.pk]) for person in people]
    return [
        verdict
        for verdict in check_schedule(records, book_of(facts))
        if verdict.last >= facts.first  # what came before is another schedule's
    ]


def book_of(facts: Facts) -> Rulebook:
    """What the program is checked by. Raises ValidationError where its rule settings are wrong."""
    limits = {
        rotation.code: rotation.weekly_hours_limit
        for rotation in facts.rotations.values()
        if rotation.weekly_hours_limit != FULL_WEEK
    }
    return program_rulebook(
        facts.schedule.program,
        facts.settings,
        hour_limits=limits,
        break_minutes=longest_break(facts.shift_types.values()),
    )


def record_of(facts: Facts, person: Person, plan: Plan, duties: Iterable[rules.Duty]) -> rules.PersonRecord:
    """A person as the rules see them: these duties, their leave and vacation, the windows of the plan."""
    vacations = {rotation.code for rotation in facts.rotations.values() if rotation.is_vacation}
    placements = list(_placements(facts, person, plan))
    leave = [rules.DateRange(each.start_date, each.end_date) for each in facts.absences.get(person.pk, ())]
    leave += [rules.DateRange(each.first, each.last) for each in placements if each.rotation in vacations]
    return rules.PersonRecord(
        person=person_of(facts, person),
        duties=tuple(duties),
        leave=tuple(leave),
        windows=averaging_windows(_periods(facts), placements),
    )


def person_of(facts: Facts, person: Person) -> rules.Person:
    """Who a person is to the rules, with their promotions within the schedule."""
    first = facts.rank(person, facts.first)
    changes = [(day, facts.rank(person, day).level) for day in facts.changes(person)]
    return rules.Person(
        id=person.pk,
        name=person.name,
        level=first.level,
        levels=((facts.first, first.level), *changes) if changes else (),
        share=float(first.share),
        starts_on=person.start_date,
        ends_on=person.end_date,
    )


def _periods(facts: Facts) -> list[rules.DateRange]:
    return [
        rules.DateRange(max(period.start_date, facts.first), min(period.end_date, facts.last))
        for period in facts.periods
    ]


def _placements(facts: Facts, person: Person, plan: Plan) -> Iterator[rules.Window]:
    for place, period in enumerate(_periods(facts)):
        rotation = plan.get((person.code, place))
        days = facts.employed(person, period.first, period.last)
        if rotation is not None and days is not None:
            yield rules.Window(*days, rotation)


def duty_of(facts: Facts, worked: Worked) -> rules.Duty:
    """A duty as the rules see it. Backup to a shift of whatever kind is at home until somebody needs it: activating it
    makes it an assignment like any other."""
    shift_type, rotation = facts.shift_types[worked.shift_type], facts.rotations[worked.rotation]
    kind = rules.Kind.BACKUP if worked.role == Assignment.Role.BACKUP else rules.Kind(shift_type.duty)
    counted = None if kind != shift_type.duty else shift_type.counted_hours
    return rules.Duty(
        key=worked.key,
        starts_at=worked.starts_at,
        ends_at=worked.ends_at,
        date=worked.day,
        rotation=rotation.code,
        shift_type=shift_type.name,
        kind=kind,
        counted_minutes=None if counted is None else round(counted * 60),
        night=shift_type.is_night,
        call=shift_type.is_call,
        night_float=rotation.is_night_float,
        role=worked.role,
    )


def _stored(assignments: AssignmentQuerySet) -> Iterator[Worked]:
    rows = assignments.values_list(
        "pk",
        "person_id",
        "block__date",
        "block__starts_at",
        "block__ends_at",
        "block__shift_type_id",
        "rotation_id",
        "role",
    )
    return (Worked(*row) for row in rows)


def _staying(facts: Facts, made: Remaking | None) -> Iterator[Worked]:
    """What is pinned in the schedule, and all that is not made anew, by (day, shift type)."""
    rows = Assignment.objects.filter(schedule=facts.schedule)
    pinned = set(rows.filter(is_pinned=True).values_list("pk", flat=True))
    partly = made if made is not None and made.is_partial else None
    for each in _stored(rows if partly else rows.filter(is_pinned=True)):
        if each.key not in pinned and partly and partly.is_open(each.person, each.day):
            continue
        yield each._replace(key=((each.day - facts.first).days, facts.shift_types[each.shift_type].code))


def _before(facts: Facts) -> Iterator[Worked]:
    """The last weeks of the schedule published before."""
    before = schedule_before(facts.schedule)
    if before is None:
        return iter(())
    last = facts.first - timedelta(days=1)
    return _stored(Assignment.objects.filter(schedule=before).between(facts.first - RECENT, last))


def _solved(facts: Facts, assigned: Iterable[Assigned]) -> Iterator[Worked]:
    people = {person.code: person.pk for person in facts.people}
    shift_types = {shift_type.code: shift_type for shift_type in facts.shift_types.values()}
    rotations = {rotation.code: rotation.pk for rotation in facts.rotations.values()}
    instants: dict[tuple[int, str], tuple[datetime, datetime]] = {}
    for each in assigned:
        key = (each.day, each.shift_type)
        shift_type, day = shift_types[each.shift_type], facts.first + timedelta(days=each.day)
        if key not in instants:
            shift_type.program = facts.schedule.program
            instants[key] = shift_type.instants(day)
        yield Worked(key, people[each.person], day, *instants[key], shift_type.pk, rotations[each.rotation])
