"""A schedule's rotation plan as a problem for the solver. People, rotations and groups go by their codes there.

Periods are numbered from 0 in order of time, whatever their numbers in the academic year.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from math import lcm

from people.models import FACULTY_LEVEL, Person, Program
from scheduling.models import (
    Curriculum,
    History,
    Period,
    Placement,
    Preference,
    Rotation,
    RotationAssignment,
    Schedule,
    Staffing,
)
from scheduling.services import facts as facts_
from scheduling.services.cohorts import Placed, cohort_words, not_overruled
from scheduling.services.facts import Facts, Groups, groups_of
from scheduling.services.plan_away import away_in
from scheduling.services.sequence_rules import sequence_rules
from scheduling.solver.plan import problem as form


def plan_problem(schedule: Schedule, *, seed: int = 1, facts: Facts | None = None) -> form.PlanProblem:
    """The rotation plan to make: everybody the curriculum speaks of, with leave, pins, rules and wishes.

    Faculty take part where the curriculum has rows of level 0. Pass `facts` where they are loaded already. Raises
    ValidationError where the program's settings are wrong or a rule says what no solver can keep.
    """
    facts = facts or facts_.load(schedule)
    program = facts.schedule.program
    curriculum = curriculum_of(program)
    people = planned_people(facts, curriculum)
    groups = facts.groups(people)
    rows = curriculum_groups(curriculum, groups)
    index = period_index(facts)
    return form.PlanProblem(
        periods=tuple(str(period.number) for period in facts.periods),
        people=_people(facts, people, index),
        rotations=_rotations(facts, rows, groups),
        staffing=_staffing(facts, groups, index),
        curriculum=tuple(curriculum_form(row, names) for row, names in rows),
        sequence_rules=sequence_rules(program, groups, index),
        placements=_placements(facts, people, index),
        wishes=_wishes(facts, people, index),
        prices=facts.settings.plan_prices,
        seed=seed,
    )


def curriculum_of(program: Program) -> list[Curriculum]:
    """The curriculum of a program that is not off, with its rotations (2 queries)."""
    return list(Curriculum.objects.filter(program=program, is_active=True).prefetch_related("rotations"))


def period_index(facts: Facts) -> dict[int, int]:
    """From a period's number in its academic year to its place in the problem."""
    return {period.number: place for place, period in enumerate(facts.periods)}


def planned_people(facts: Facts, curriculum: Iterable[Curriculum]) -> list[Person]:
    """Whom the plan places: residents, and faculty where the curriculum speaks of them."""
    with_faculty = any(row.level == FACULTY_LEVEL for row in curriculum)
    return [person for person in facts.people if with_faculty or person.type == Person.Type.RESIDENT]


def curriculum_groups(curriculum: list[Curriculum], groups: Groups) -> list[tuple[Curriculum, frozenset[str]]]:
    """Each row with the groups that owe it. A track without rows of its own owes those of its level."""
    own = {(row.level, row.track) for row in curriculum}
    wanted = {label: (level, track if (level, track) in own else "") for label, (level, track) in groups.items()}
    rows = [
        (row, frozenset(label for label, key in wanted.items() if key == (row.level, row.track))) for row in curriculum
    ]
    return [(row, names) for row, names in rows if names and any(each.is_active for each in row.rotations.all())]


def curriculum_form(row: Curriculum, names: frozenset[str]) -> form.Curriculum:
    """A row that these groups owe, as the solver is told it."""
    return form.Curriculum(
        name=_curriculum_name(row, names),
        rotations=tuple(rotation.code for rotation in row.rotations.all() if rotation.is_active),
        groups=names,
        fewest=row.fewest,
        most=row.most,
        waived_on_leave=row.waived_on_leave,
        counts_history=row.counts_history,
        price=row.price,
    )


def _curriculum_name(row: Curriculum, names: frozenset[str]) -> str:
    rotations = " or ".join(rotation.name for rotation in row.rotations.all())
    return f"{', '.join(sorted(names))}: {rotations}"


def _people(facts: Facts, people: list[Person], index: Mapping[int, int]) -> tuple[form.Person, ...]:
    history: dict[int, dict[str, int]] = defaultdict(dict)
    for row in History.objects.filter(academic_year=facts.schedule.academic_year):
        history[row.person_id][facts.rotations[row.rotation_id].code] = row.periods
    previous = _previous(facts)
    found = []
    for person in people:
        away = {index[period.number]: _away(facts, person, period) for period in facts.periods}
        group, *later = _group_by_period(facts, person)
        found.append(
            form.Person(
                id=person.code,
                name=person.name,
                group=group[1],
                group_changes=tuple(later),
                absent=frozenset(place for place, what in away.items() if what == "absent"),
                outside=frozenset(place for place, what in away.items() if what == "outside"),
                part_leave=frozenset(place for place, what in away.items() if what == "part"),
                history=history.get(person.pk, {}),
                previous=previous.get(person.pk, ()),
            )
        )
    return tuple(found)


def _group_by_period(facts: Facts, person: Person) -> list[tuple[int, str]]:
    """The person's groups, each with the first period in which it holds: the group of a period's first day."""
    found: list[tuple[int, str]] = []
    for place, period in enumerate(facts.periods):
        group = facts.rank(person, max(period.start_date, facts.first)).label
        if not found or found[-1][1] != group:
            found.append((place, group))
    return found


def _away(facts: Facts, person: Person, period: Period) -> str:
    """As `away_in` says."""
    leave = ((each.start_date, each.end_date, each.kind) for each in facts.absences.get(person.pk, ()))
    employed = person.start_date or date.min, person.end_date or date.max
    return away_in(period, employed, leave, facts.settings.leave)


def _previous(facts: Facts) -> dict[int, tuple[str | None, ...]]:
    """By person, the rotations of the periods of the schedule that was published until the day before, if any."""
    before = schedule_before(facts.schedule)
    if before is None:
        return {}
    periods = [
        period.pk
        for period in before.academic_year.periods.all()
        if before.start_date <= period.start_date and period.end_date < facts.first
    ]
    placed: dict[int, dict[int, str]] = defaultdict(dict)
    rows = RotationAssignment.objects.filter(schedule=before, period__in=periods).values_list(
        "person_id", "period_id", "rotation__code"
    )
    for person, period, code in rows:
        placed[person][period] = code
    return {person: tuple(codes.get(period) for period in periods) for person, codes in placed.items()}


def schedule_before(schedule: Schedule) -> Schedule | None:
    """The published schedule of the day before this one begins, with its academic year and periods."""
    return (
        Schedule.objects.published()
        .covering(schedule.start_date - timedelta(days=1))
        .filter(program=schedule.program_id)
        .exclude(pk=schedule.pk)
        .select_related("academic_year")
        .prefetch_related("academic_year__periods")
        .first()
    )


def _rotations(
    facts: Facts, rows: list[tuple[Curriculum, frozenset[str]]], groups: Groups
) -> tuple[form.Rotation, ...]:
    """The rotations, with who may spend a period there that is partly leave.

    Those no longer in use are among them, since pins and history may name them; the curriculum leads nobody there.
    """
    forbidden: dict[int, set[str]] = defaultdict(set)
    for row, names in rows:
        if not row.allows_leave:
            for rotation in row.rotations.all():
                forbidden[rotation.pk] |= names

    def leave_groups(rotation: Rotation) -> frozenset[str] | None:
        if not rotation.allows_vacation:
            return frozenset()
        return frozenset(groups) - forbidden[rotation.pk] if forbidden[rotation.pk] else None

    return tuple(
        form.Rotation(rotation.code, rotation.name, leave_groups(rotation)) for rotation in facts.rotations.values()
    )


def _staffing(facts: Facts, groups: Groups, index: Mapping[int, int]) -> tuple[form.Staffing, ...]:
    rows = Staffing.objects.filter(program=facts.schedule.program, is_active=True, shift_type=None)
    found = []
    for row in rows.prefetch_related("rotations"):
        weight, part = Fraction(row.weight).limit_denominator(12), None
        if row.part_leave_weight is not None:
            part = Fraction(row.part_leave_weight).limit_denominator(12)
        # The solver counts in whole units: a person of weight 1/2 counts one of two.
        scale = lcm(weight.denominator, part.denominator if part is not None else 1)
        found.append(
            form.Staffing(
                name=row.name,
                rotations=tuple(rotation.code for rotation in row.rotations.all()),
                periods=places(index, row.first_period, row.last_period),
                groups=groups_of(groups, row.levels, excluded=row.excluded_tracks),
                fewest=row.fewest * scale,
                most=None if row.most is None else row.most * scale,
                weight=int(weight * scale),
                part_leave_weight=None if part is None else int(part * scale),
                price_below=row.price_below / scale,
                price_above=row.price_above / scale,
            )
        )
    return tuple(found)


def places(index: Mapping[int, int], first: int | None, last: int | None) -> tuple[int, ...] | None:
    """The places of the periods from one number to another; None where neither bounds them."""
    if first is None and last is None:
        return None
    return tuple(
        place
        for number, place in index.items()
        if (first is None or number >= first) and (last is None or number <= last)
    )


def _placements(facts: Facts, people: list[Person], index: Mapping[int, int]) -> tuple[form.Placement, ...]:
    """What is pinned in the schedule; where nothing is, the year's placements; and what cohorts say beside those."""
    codes = {person.pk: person.code for person in people}
    pinned = RotationAssignment.objects.filter(schedule=facts.schedule, is_pinned=True).select_related("period")
    fixed = {
        (codes[row.person_id], index[row.period.number]): facts.rotations[row.rotation_id].code
        for row in pinned
        if row.person_id in codes and row.period.number in index
    }
    found = [
        form.Placement(person, place, frozenset({rotation}), pinned=True) for (person, place), rotation in fixed.items()
    ]
    rows = (
        Placement.objects.filter(academic_year=facts.schedule.academic_year, period__isnull=False)
        .select_related("period")
        .prefetch_related("rotations")
    )
    placed: dict[tuple[int, int], list[Placed]] = defaultdict(list)
    for row in rows:
        assert row.period is not None
        place = index.get(row.period.number)
        if row.person_id not in codes or place is None or (codes[row.person_id], place) in fixed:
            continue
        rotations = list(row.rotations.all())
        placed[row.person_id, row.period.number].append(({rotation.pk for rotation in rotations}, row.is_allowed))
        found.append(
            form.Placement(
                codes[row.person_id],
                place,
                frozenset(rotation.code for rotation in rotations),
                allowed=row.is_allowed,
                pinned=row.is_allowed,
            )
        )
    found += [
        form.Placement(
            codes[word.person],
            index[word.period],
            frozenset({facts.rotations[word.rotation].code}),
            allowed=word.is_allowed,
            pinned=word.is_allowed,
        )
        for word in not_overruled(cohort_words(facts), placed)
        if word.person in codes and (codes[word.person], index[word.period]) not in fixed
    ]
    return tuple(found)


def _wishes(facts: Facts, people: list[Person], index: Mapping[int, int]) -> tuple[form.Wish, ...]:
    codes = {person.pk: person.code for person in people}
    rows = Preference.objects.filter(
        academic_year=facts.schedule.academic_year, period__isnull=False, rotation__isnull=False
    ).select_related("period", "rotation")
    return tuple(
        form.Wish(
            codes[row.person_id],
            index[row.period.number],
            frozenset({row.rotation.code}),
            row.weight if row.wants else -row.weight,
        )
        for row in rows
        if row.person_id in codes and row.period is not None and row.rotation is not None and row.period.number in index
    )
