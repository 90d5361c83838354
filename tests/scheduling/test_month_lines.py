"""Lines of staffing that an edit has moved are those that counting anew would find."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from people.standing import Rank
from scheduling.models import Rotation, ShiftType
from scheduling.services.grid_rows import Catalog
from scheduling.services.month_lines import moved
from scheduling.services.month_staffing import Attendance, staffing_lines
from scheduling.services.staffing import Line, Need

FIRST = date(2026, 7, 1)
DAYS = [(FIRST + timedelta(days=number), 1, False) for number in range(3)]
RANKS = {1: Rank(1), 2: Rank(2), 3: Rank(1, "NEURO"), 4: Rank(0)}
ROTATIONS = {key: Rotation(pk=key, code=f"R{key}", name=f"Rotation {key}") for key in (1, 2, 3)}
SHIFTS = {key: ShiftType(pk=key, code=f"S{key}", name=f"Shift {key}") for key in (1, 2)}
CATALOG = Catalog(ROTATIONS, SHIFTS)

# Who works what: by person, column and shift type, the rotation. The third rotation is counted by no rule.
WORKED = st.dictionaries(
    st.tuples(st.sampled_from(sorted(RANKS)), st.integers(0, 2), st.sampled_from(sorted(SHIFTS))),
    st.sampled_from(sorted(ROTATIONS)),
    max_size=10,
)


def need(name: str, rotations: set[int], levels: set[int], weight: float, weekdays: set[int]) -> Need:
    return Need(
        name=name,
        rotations=frozenset(rotations),
        shift_type=1,
        weekdays=frozenset(weekdays),
        holidays="any",
        first_period=None,
        last_period=None,
        levels=frozenset(levels),
        excluded_tracks=frozenset({"NEURO"}) if weight < 1 else frozenset(),
        fewest=2,
        most=3,
        weight=weight,
        part_leave_weight=None,
    )


NEEDS = (
    need("all", {1, 2}, set(), 1.0, set()),
    need("interns", {1}, {1}, 1 / 3, {FIRST.weekday()}),
    need("seniors", {2}, {2, 0}, 0.5, set()),
)


def lines(worked: dict[tuple[int, int, int], int]) -> list[Line]:
    blocks = [(DAYS[column][0], shift, rotation, person) for (person, column, shift), rotation in worked.items()]
    return staffing_lines(Attendance(RANKS, DAYS, blocks), NEEDS, CATALOG)


def of(worked: dict[tuple[int, int, int], int], people: set[int]) -> dict[tuple[int, int, int], int]:
    return {key: rotation for key, rotation in worked.items() if key[0] in people}


def working(worked: dict[tuple[int, int, int], int]) -> list[tuple[int, int, int, int]]:
    return [(column, shift, rotation, person) for (person, column, shift), rotation in worked.items()]


@settings(max_examples=100, deadline=None)
@given(WORKED, WORKED, st.sets(st.sampled_from(sorted(RANKS)), min_size=1))
def test_moved_lines_are_those_counted_anew(
    before: dict[tuple[int, int, int], int], other: dict[tuple[int, int, int], int], people: set[int]
) -> None:
    was, now = of(before, people), of(other, people)
    after = of(before, set(RANKS) - people) | now
    found = moved(lines(before), working(was), working(now), RANKS)
    if found is None:
        assert [each.title for each in lines(before)] != [each.title for each in lines(after)]
    else:
        assert found == lines(after)


def test_a_line_that_counts_none_of_it_stays_the_same_object() -> None:
    before = lines({(2, 0, 1): 2, (1, 1, 1): 1, (4, 0, 2): 3})
    found = moved(before, [(1, 1, 1, 1)], [], RANKS)
    assert found is not None
    assert [one is other for one, other in zip(found, before, strict=True)] == [False, False, True, True]
