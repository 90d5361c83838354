"""Write a made-up roster problem into the database as a program with a draft, as a coordinator would have it."""

from datetime import time, timedelta

from absences.models import Absence
from people.models import Person, Program
from scheduling.models import (
    AcademicYear,
    CrossCover,
    Period,
    Preference,
    Rotation,
    RotationAssignment,
    Schedule,
    ShiftType,
    Staffing,
)
from scheduling.solver.roster.problem import Coverage, RosterProblem

YEARS_REQUEST_PRICE = 10.0  # what a preference of weight 1 costs when it is refused, by default


def store(problem: RosterProblem, name: str) -> Schedule:
    """A new program of this name with everything that the problem says; returns its draft, which has the plan."""
    program = Program.objects.create(name=name, slug=name, time_zone=problem.time_zone)
    last = problem.start + timedelta(days=problem.days - 1)
    year = AcademicYear.objects.create(program=program, start_date=problem.start, end_date=last)
    periods = Period.objects.bulk_create(
        Period(
            academic_year=year,
            number=number,
            start_date=problem.start + timedelta(days=first),
            end_date=problem.start + timedelta(days=final),
        )
        for number, (first, final) in enumerate(problem.periods, start=1)
    )
    shifts = _shift_types(problem, program)
    rotations = _rotations(problem, program, shifts)
    for coverage in problem.coverage:
        _staffing(coverage, program, rotations, shifts)
    for cover in problem.cross_cover:
        row = CrossCover.objects.create(
            rotation=rotations[cover.placed_on],
            covers=rotations[cover.covers],
            weekdays=list(cover.weekdays or ()),
            price=cover.price,
        )
        row.shift_types.set([shifts[code] for code in cover.shift_types])
    schedule = Schedule.objects.create(
        program=program, academic_year=year, number=1, start_date=problem.start, end_date=last
    )
    _people(problem, schedule, periods, rotations, shifts)
    return schedule


def _shift_types(problem: RosterProblem, program: Program) -> dict[str, ShiftType]:
    return {
        each.code: ShiftType.objects.create(
            program=program,
            name=each.name,
            code=each.code,
            start_time=time(each.starts // 60, each.starts % 60),
            hours=each.minutes / 60,
            is_night=each.night,
            is_call=each.call,
            position=position,
        )
        for position, each in enumerate(problem.shift_types)
    }


def _rotations(problem: RosterProblem, program: Program, shifts: dict[str, ShiftType]) -> dict[str, Rotation]:
    rotations = {}
    for position, each in enumerate(problem.rotations):
        rotation = Rotation.objects.create(
            program=program,
            name=each.name,
            code=each.code,
            colour=position % 12 + 1,
            position=position,
            is_night_float=each.night_float,
            weekly_hours_limit=each.weekly_hours,
            regular_weekdays=sorted(each.regular),
        )
        rotation.regular_shifts.set({shifts[code] for codes in each.regular.values() for code in codes})
        rotations[each.code] = rotation
    return rotations


def _staffing(
    coverage: Coverage, program: Program, rotations: dict[str, Rotation], shifts: dict[str, ShiftType]
) -> None:
    row = Staffing.objects.create(
        program=program,
        name=f"{coverage.rotation} {coverage.shift_type}",
        shift_type=shifts[coverage.shift_type],
        weekdays=list(coverage.weekdays or ()),
        levels=[int(group.removeprefix("PGY-")) for group in coverage.groups or ()],
        fewest=coverage.fewest,
        most=coverage.most,
        price_below=coverage.price_below,
        price_above=coverage.price_above,
    )
    row.rotations.set([rotations[coverage.rotation]])


def _people(
    problem: RosterProblem,
    schedule: Schedule,
    periods: list[Period],
    rotations: dict[str, Rotation],
    shifts: dict[str, ShiftType],
) -> None:
    people = {
        each.id: Person.objects.create(
            program=schedule.program,
            code=each.id,
            name=each.name,
            pgy_level=int(each.group.removeprefix("PGY-")),
            part_time_share=each.share,
        )
        for each in problem.people
    }
    RotationAssignment.objects.bulk_create(
        RotationAssignment(
            schedule=schedule, person=people[each.id], period=period, rotation=rotations[placement.rotation]
        )
        for each in problem.people
        for period, placement in zip(periods, each.placements, strict=True)
    )
    Absence.objects.bulk_create(
        Absence(
            person=people[each.id],
            start_date=problem.start + timedelta(days=first),
            end_date=problem.start + timedelta(days=last),
            status=Absence.Status.APPROVED,
        )
        for each in problem.people
        for first, last in each.leave
    )
    Preference.objects.bulk_create(
        Preference(
            academic_year=schedule.academic_year,
            person=people[each.person],
            start_date=problem.start + timedelta(days=each.day),
            end_date=problem.start + timedelta(days=each.day),
            shift_type=None if each.shift_type is None else shifts[each.shift_type],
            wants=each.wants,
            weight=each.price / YEARS_REQUEST_PRICE,
        )
        for each in problem.requests
    )
