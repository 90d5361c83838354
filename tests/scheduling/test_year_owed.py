"""What the year grid says of owing and staffing is what the solver says of the same plan."""

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from absences.models import Absence
from scheduling.models import History, RotationAssignment
from scheduling.services.plan_problem import plan_problem
from scheduling.services.year_grid import read_year
from scheduling.solver.plan.judge import judge
from tests.examples import of_the_database
from tests.factories import Wards, make_curriculum, make_wards

KINDS = st.sampled_from([Absence.Kind.VACATION, Absence.Kind.SICK, Absence.Kind.PARENTAL])


def as_the_solver_counts(wards: Wards) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, int]]]:
    """What each person owes of which rotations, and what each staffing rule lacks in which period."""
    problem = plan_problem(wards.schedule)
    codes = dict(wards.program.people.values_list("pk", "code"))
    rows = RotationAssignment.objects.filter(schedule=wards.schedule)
    placed = {
        (codes[person], number - 1): code
        for person, number, code in rows.values_list("person_id", "period__number", "rotation__code")
    }
    owed: Counter[tuple[str, str]] = Counter()
    lacking: Counter[tuple[str, int]] = Counter()
    for each in judge(problem, placed).shortfalls:
        if each.kind == "curriculum below" and each.person is not None:
            owed[each.person, "/".join(each.rotations)] += each.amount
        if each.kind == "staffing below" and each.period is not None:
            lacking[each.name, each.period] += each.amount
    return owed, lacking


class AnyYear(TestCase):
    @settings(max_examples=of_the_database(10), deadline=None)
    @given(
        track=st.booleans(),
        has_own_row=st.booleans(),
        waived=st.booleans(),
        counts_history=st.booleans(),
        fewest=st.integers(0, 14),
        done=st.integers(0, 3),
        starts=st.integers(0, 200),
        leave=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12), st.integers(1, 28), KINDS), max_size=3),
        moved=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 13)), max_size=6),
    )
    def test_is_counted_alike(
        self,
        track: bool,
        has_own_row: bool,
        waived: bool,
        counts_history: bool,
        fewest: int,
        done: int,
        starts: int,
        leave: list[tuple[int, int, int, Absence.Kind]],
        moved: list[tuple[int, int]],
    ) -> None:
        wards = make_wards(status="draft")
        first = wards.people[0]
        wards.program.curriculum.filter(fewest=1).update(
            fewest=fewest, waived_on_leave=waived, counts_history=counts_history
        )
        if track:
            first.track = "NEURO"
        first.start_date = wards.year.start_date + timedelta(days=starts)
        first.save()
        if has_own_row:
            make_curriculum(wards.program, 1, wards.ward, track="NEURO", fewest=3)
        if done:
            History.objects.create(academic_year=wards.year, person=first, rotation=wards.icu, periods=done)
        for who, place, days, kind in {each[:2]: each for each in leave}.values():
            start = wards.year.start_date + timedelta(days=28 * place)
            last = start + timedelta(days=days - 1)
            wards.people[who].absences.create(start_date=start, end_date=last, kind=kind, status="approved")
        for who, number in moved:
            rows = RotationAssignment.objects.filter(person=wards.people[who], period__number=number)
            rows.update(rotation=wards.icu if who != 1 else wards.ward)
        owed, lacking = as_the_solver_counts(wards)
        year = read_year(wards.program, wards.schedule)
        codes = dict(wards.program.people.values_list("pk", "code"))
        assert owed == Counter(
            {(codes[person], names): count for person, one in year.years.items() for names, count in one.owed}
        )
        ward = next(line for line in year.staffing if line.label == "WA")
        assert lacking == Counter(
            {("Ward A", place): int(ward.short(place)) for place in range(13) if ward.short(place)}
        )
