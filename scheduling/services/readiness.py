"""What a program lacks before a schedule of it can be generated, in words."""

from collections.abc import Iterator, Sequence

import holidays
from django.core.exceptions import ValidationError

from people.models import FACULTY_LEVEL, Person, Program
from scheduling.models import Curriculum, GenerationRun, Placement, Rotation, RotationAssignment, Schedule, Staffing
from scheduling.services import facts as facts_
from scheduling.services.belonging import foreign_rows
from scheduling.services.cohorts import cohort_words
from scheduling.services.facts import Facts
from scheduling.services.plan_problem import plan_problem, planned_people
from scheduling.solver.codec import Mistake
from scheduling.solver.plan.check import mistakes
from scheduling.solver.plan.problem import PlanProblem

Scope = GenerationRun.Scope


def require_ready(schedule: Schedule, scope: str) -> None:
    """Raises ValidationError with a sentence for each thing that is missing or cannot be kept."""
    facts = facts_.load(schedule)
    missing = list(_missing(facts)) if scope == Scope.ROSTER else list(_missing_for_plan(facts))
    if scope == Scope.ROSTER:
        missing += _missing_for_roster(facts)
    missing += _wrong_staffing(facts)
    missing += foreign_rows(facts.schedule)
    if missing:
        raise ValidationError(missing)
    if scope != Scope.ROSTER:
        problem = plan_problem(facts.schedule, facts=facts)
        contradictions = list(_contradictions(facts, problem))
        if contradictions:
            raise ValidationError(contradictions)
        require_sound(mistakes(problem))


def require_sound(wrong: Sequence[Mistake]) -> None:
    """Raises ValidationError where a problem says what cannot be, however it came into the database."""
    if wrong:
        raise ValidationError(
            [f"The program's data cannot be scheduled. {mistake.where}: {mistake.what}." for mistake in wrong]
        )


def _contradictions(facts: Facts, problem: PlanProblem) -> Iterator[str]:
    """Cells for which two placements leave no rotation."""
    people = {person.code: person.name for person in facts.people}
    names = {rotation.code: rotation.name for rotation in facts.rotations.values()}
    settled: dict[tuple[str, int], frozenset[str]] = {}
    for placed in problem.placements:
        cell = (placed.person, placed.period)
        if placed.allowed:
            left = settled.get(cell, placed.rotations) & placed.rotations
            if not left:
                wanted = sorted(names[code] for code in settled[cell] | placed.rotations)
                yield (
                    f"{people[placed.person]} has placements in period {facts.periods[placed.period].number} that "
                    f"exclude each other ({', '.join(wanted)}): remove one."
                )
            settled[cell] = left or placed.rotations


def has_roster(program: Program) -> bool:
    """Whether the program schedules shifts: some need people, or are the ordinary week of a rotation."""
    return (
        Staffing.objects.filter(program=program, is_active=True, shift_type__isnull=False).exists()
        or Rotation.objects.filter(program=program, regular_shifts__isnull=False).exists()
    )


def _missing(facts: Facts) -> Iterator[str]:
    program = facts.schedule.program
    if not facts.people:
        yield f"{program} has no active people in {facts.schedule.academic_year}: add them."
    if not facts.periods:
        yield f"The academic year {facts.schedule.academic_year} of {program} has no periods: add them."
    known = holidays.list_supported_countries()
    country, subdivision = program.holiday_country, program.holiday_subdivision
    if country not in known or (subdivision and subdivision not in known[country]):
        yield (
            f"The public holidays of {country} {subdivision}".rstrip() + " are not known: use codes such as US and NY."
        )
    if not any(rotation.is_active for rotation in facts.rotations.values()):
        yield f"{program} has no rotations: add those that people are placed on."


def _missing_for_plan(facts: Facts) -> Iterator[str]:
    yield from _missing(facts)
    program = facts.schedule.program
    curriculum = list(Curriculum.objects.filter(program=program, is_active=True))
    if not curriculum:
        yield f"{program} has no curriculum: say which rotations each level may be placed on, and for how long."
        return
    levels = {row.level for row in curriculum}
    for group in _groups_without_curriculum(facts, curriculum, levels):
        yield f"No row of the curriculum is for {group}: say which rotations these people may be placed on."
    if FACULTY_LEVEL not in levels and any(person.type == Person.Type.FACULTY for person in facts.people):
        for row in Staffing.objects.filter(program=program, is_active=True, shift_type=None):
            if FACULTY_LEVEL in row.levels:
                yield (
                    f"Staffing {row.name!r} counts faculty, but no row of the curriculum (level 0) says where they "
                    "may be placed."
                )


def _groups_without_curriculum(facts: Facts, curriculum: list[Curriculum], levels: set[int]) -> list[str]:
    """Groups whose level has no row at all, and somebody in them whose place nobody has settled."""
    settled = {word.person for word in cohort_words(facts)}
    settled |= set(
        Placement.objects.filter(academic_year=facts.schedule.academic_year, period__isnull=False).values_list(
            "person_id", flat=True
        )
    ) | set(
        RotationAssignment.objects.filter(schedule=facts.schedule, is_pinned=True).values_list("person_id", flat=True)
    )
    ranks = (
        facts.rank(person, day)
        for person in planned_people(facts, curriculum)
        if person.pk not in settled
        for day in (facts.first, *facts.changes(person))
    )
    return sorted({rank.label for rank in ranks if rank.level not in levels})


def _missing_for_roster(facts: Facts) -> Iterator[str]:
    program = facts.schedule.program
    if not has_roster(program):
        yield (
            f"{program} schedules no shifts: say how many people each shift needs (staffing with a shift type), or "
            "which shifts are the ordinary week of a rotation."
        )
    if not facts.schedule.rotation_assignments.exists():
        yield f"{facts.schedule} has no rotation plan yet: generate that first, or both at once."


def _wrong_staffing(facts: Facts) -> Iterator[str]:
    rows = Staffing.objects.filter(program=facts.schedule.program, is_active=True, shift_type__isnull=False)
    for row in rows.prefetch_related("rotations"):
        if len(row.rotations.all()) != 1:
            yield (
                f"Staffing {row.name!r} is of a shift and names {len(row.rotations.all())} rotations: each block is "
                "worked for one, so make a row for each rotation."
            )
        if row.weight != 1:
            yield (
                f"Staffing {row.name!r} is of a shift and counts a person as {row.weight:g}: a block counts people, so "
                "make the weight 1 and change fewest and most to fit."
            )
