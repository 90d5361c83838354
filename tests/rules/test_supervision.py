"""The program's supervision ratio: one faculty member to two PGY-1 or four others."""

from collections.abc import Sequence

import pytest

from scheduling.rules import Duty, Force, Kind, PersonRecord, Verdict, check_schedule
from tests.rules.made import book, day, record, shift


def team(faculty: int, juniors: int, others: int, *, hours: float = 10) -> list[PersonRecord]:
    """People who work the same ten hours on the ward on Monday."""
    levels = [0] * faculty + [1] * juniors + [2] * others
    return [
        record([shift(0, "07:00", hours, key=f"{level}-{number}")], level=level, name=f"P{number}", windows=())
        for number, level in enumerate(levels)
    ]


def ratio(people: Sequence[PersonRecord], rotations: frozenset[str] | None = frozenset({"WARD"})) -> list[Verdict]:
    verdicts = check_schedule(people, book(supervised_rotations=rotations))
    return [verdict for verdict in verdicts if verdict.rule == "supervision"]


@pytest.mark.parametrize(
    ("juniors", "others", "needed"),
    # A PGY-1 is half of a faculty member's charge, another resident a quarter; parts are rounded up.
    [(1, 0, 1), (2, 0, 1), (3, 0, 2), (0, 4, 1), (0, 5, 2), (1, 2, 1), (1, 3, 2), (2, 1, 2), (4, 8, 4)],
)
def test_as_many_faculty_as_the_residents_need(juniors: int, others: int, needed: int) -> None:
    assert ratio(team(needed, juniors, others)) == []
    (verdict,) = ratio(team(needed - 1, juniors, others))
    assert (verdict.measured, verdict.limit, verdict.person) == (needed - 1, needed, None)
    assert len(verdict.duties) == juniors + others


def test_it_is_the_programs_rule_and_an_advisory_by_default() -> None:
    (verdict,) = ratio(team(1, 3, 1))
    assert (verdict.label, verdict.clause, verdict.force) == ("program rule", None, Force.SHOULD)
    assert (verdict.first, verdict.last, verdict.unit) == (day(0), day(0), "faculty members")
    assert verdict.sentence == (
        "WARD has 1 faculty member for 3 PGY-1 and 1 other resident at work on 2 Nov (DAY); 2 are needed"
    )


def test_the_worst_moment_of_a_day_is_the_one_that_is_told() -> None:
    # From 07:00 one PGY-1 alone (1 missing); from 10:00 three more PGY-1 (2 missing), to 12:00.
    people = [*team(0, 1, 0), *(person([shift(0, "10:00", 2, key=f"late {n}")], 1, f"L{n}") for n in range(3))]
    (verdict,) = ratio(people)
    assert (verdict.measured, verdict.limit) == (0, 2)
    assert set(verdict.duties) == {"1-0", "late 0", "late 1", "late 2"}


def test_of_equal_shortages_the_first_is_told() -> None:
    people = [person([shift(0, start, 2, key=start) for start in ("07:00", "12:00")], 1, "R")]
    (verdict,) = ratio(people)
    assert verdict.duties == ("07:00",)


def person(duties: list[Duty], level: int, name: str) -> PersonRecord:
    return record(duties, level=level, name=name, windows=())


def test_faculty_who_leave_before_the_residents_are_missed() -> None:
    people = [*team(1, 0, 0, hours=8), person([shift(0, "07:00", 10, key="r")], 1, "R")]
    (verdict,) = ratio(people)
    assert (verdict.measured, verdict.limit, verdict.duties) == (0, 1, ("r",))


def test_faculty_on_home_call_supervise_and_backup_does_not() -> None:
    resident = person([shift(0, "19:00", 12, key="r", night=True)], 2, "R")
    for kind, broken in ((Kind.HOME_CALL, 0), (Kind.BACKUP, 1)):
        attending = person([shift(0, "19:00", 12, key="f", kind=kind)], 0, "F")
        assert len(ratio([resident, attending])) == broken


def test_residents_on_home_call_need_nobody_beside_them() -> None:
    assert ratio([person([shift(0, "19:00", 12, kind=Kind.HOME_CALL)], 1, "R")]) == []


def test_only_rotations_that_are_supervised_are_judged() -> None:
    assert ratio(team(0, 1, 0), frozenset({"ICU"})) == []
    # Not told which: those for which faculty are rostered at all.
    assert ratio(team(0, 1, 0), None) == []
    attending = person([shift(1, "07:00", 10, key="f")], 0, "F")
    assert len(ratio([*team(0, 1, 0), attending], None)) == 1


def test_a_days_shortage_is_told_on_each_day() -> None:
    people = [person([shift(n, "07:00", 10, key=n) for n in range(3)], 1, "R")]
    assert [verdict.first for verdict in ratio(people)] == [day(0), day(1), day(2)]


def test_the_level_counts_on_the_day() -> None:
    # Three PGY-1 need two; on the day on which one of them is a PGY-2, 1/2 + 1/2 + 1/4 still need two.
    promoted = record([shift(0, "07:00", 10, key="p")], level=1, levels=((day(0), 2),), name="P", windows=())
    (verdict,) = ratio([*team(1, 2, 0), promoted])
    assert "2 PGY-1 and 1 other resident" in verdict.sentence
