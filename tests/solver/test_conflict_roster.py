"""Why a block of a roster cannot be staffed: by hand, and beside every roster of its days."""

from itertools import pairwise, product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scheduling.solver.conflict.problem import Conflict, Group
from scheduling.solver.conflict.roster import roster_conflict
from scheduling.solver.roster.problem import (
    Assigned,
    CrossCover,
    Limits,
    Pin,
    Placement,
    RosterProblem,
    Rotation,
    Rules,
)
from tests.solver.roster_cases import DAY, FLOAT, NIGHT, NO_RULES, WARD, need, person, problem

REST = Rules(**{name: getattr(NO_RULES, name) for name in Rules.__slots__} | {"rest_between": 600})


def found(
    case: RosterProblem, *current: Assigned, shift: str = "DAY", day: int = 10, last: int | None = None, **more: Any
) -> Conflict | None:
    return roster_conflict(
        case,
        current,
        rotation="WARD",
        shift_type=shift,
        first=day,
        last=day if last is None else last,
        time_limit=60,
        **more,
    )


def conflict(case: RosterProblem, *current: Assigned, **more: Any) -> list[tuple[Any, ...]] | None:
    conflict = found(case, *current, **more)
    if conflict is None:
        return None
    assert conflict.is_irreducible
    return [
        (each.kind, each.person or each.shift_type, each.name or (each.days or ("",))[0]) for each in conflict.groups
    ]


def on(name: str, shift: str = "DAY", day: int = 10, rotation: str = "WARD") -> Assigned:
    return Assigned(name, day, shift, rotation)


def test_two_are_away_one_is_pinned_elsewhere_and_one_is_left_where_two_are_needed() -> None:
    people = (
        person("KIM", leave=((9, 15),)),
        person("RAO", leave=((10, 10),)),
        person("LI"),
        person("ORTIZ"),
        person("ANY", group="PGY-3"),
    )
    case = problem(*people, needs=[need(DAY, 2, groups=("PGY-1",))], pins=(Pin("LI", 10, "NIGHT", "NF"),))
    assert conflict(case, on("LI", "NIGHT", rotation="NF"), on("ORTIZ")) == [
        ("staffing", "DAY", 10),
        ("leave", "KIM", 9),
        ("leave", "RAO", 10),
        ("pin", "LI", 10),
    ]


def test_who_had_the_night_before_needs_rest() -> None:
    case = problem(person("A"), needs=[need(DAY, days=(10,))], rules=REST, pins=(Pin("A", 9, "NIGHT"),))
    assert conflict(case, on("A", "NIGHT", 9)) == [
        ("staffing", "DAY", 10),
        ("pin", "A", 9),
        ("rule", "A", "rest_between"),
    ]


def test_the_night_before_is_needed_too() -> None:
    case = problem(person("A"), needs=[need(DAY, days=(10,)), need(NIGHT, days=(9,))], rules=REST)
    assert conflict(case, on("A", "NIGHT", 9)) == [
        ("staffing", "DAY", 10),
        ("rule", "A", "rest_between"),
        ("staffing", "NIGHT", 9),
    ]


def test_what_is_over_is_not_arranged_anew() -> None:
    case = problem(person("A"), needs=[need(DAY, days=(10,))], rules=REST)
    assert conflict(case, on("A", "NIGHT", 9)) is None
    assert conflict(case, on("A", "NIGHT", 9), earliest=9) is None
    assert conflict(case, on("A", "NIGHT", 9), earliest=10) == [("staffing", "DAY", 10), ("rule", "A", "rest_between")]
    assert conflict(case, earliest=20) is None


def test_what_another_block_lacks_already_is_not_asked_for() -> None:
    case = problem(person("A"), needs=[need(DAY, days=(10,)), need(NIGHT, days=(9,))], rules=REST)
    assert conflict(case) is None


def test_one_who_belongs_elsewhere_would_have_to_be_moved() -> None:
    people = person("A", leave=((10, 10),)), person("B", rotation="NF")
    case = problem(*people, needs=[need(DAY)])
    assert conflict(case) == [("staffing", "DAY", 10), ("leave", "A", 10), ("placement", "B", 0)]
    cover = CrossCover("NF", "WARD", ("DAY",))
    assert conflict(problem(*people, needs=[need(DAY)], cross_cover=(cover,))) is None


def test_a_block_that_nobody_counts_in_contradicts_itself() -> None:
    assert conflict(problem(person("A"), needs=[need(DAY, groups=("PGY-3",))])) == [("staffing", "DAY", 10)]


def test_a_stretch_of_days_is_one_question() -> None:
    case = problem(person("A", leave=((10, 11),)), person("B", leave=((12, 12),)), needs=[need(DAY, 2, days=(10, 12))])
    conflict = found(case, day=10, last=12)
    assert conflict is not None
    assert [(each.kind, each.days) for each in conflict.groups] == [("staffing", (10, 10)), ("leave", (10, 11))]


def test_budgets_count_what_the_other_days_hold() -> None:
    hours = Rules(**{name: getattr(NO_RULES, name) for name in Rules.__slots__} | {"weekly_hours": True})
    light = (Rotation("WARD", "Wards", weekly_hours=8),)  # 32 hours in four weeks
    case = problem(person("A"), needs=[need(DAY, days=(10,))], rules=hours, rotations=light)
    assert conflict(case, on("A", day=2), on("A", day=20)) is None
    assert conflict(case, on("A", day=2), on("A", day=20), on("A", day=9)) is None  # the ninth may be given up for it
    assert conflict(case, on("A", day=2), on("A", day=20), on("A", day=3)) == [
        ("staffing", "DAY", 10),
        ("rule", "A", "weekly_hours"),
    ]


def test_a_day_that_needs_everybody_as_well_is_part_of_it() -> None:
    two = Rules(**{name: getattr(NO_RULES, name) for name in Rules.__slots__} | {"most_days_in_a_row": 2})
    case = problem(person("A"), needs=[need(DAY, days=(8, 9, 10))], rules=two)
    assert conflict(case, on("A", day=8), on("A", day=9)) == [
        ("staffing", "DAY", 10),
        ("rule", "A", "most_days_in_a_row"),
        ("staffing", "DAY", 8),
        ("staffing", "DAY", 9),
    ]


def test_a_limit_of_their_own_is_a_rule_of_theirs() -> None:
    limited = person("A", limits=Limits(shifts={"NIGHT": 0}, days_off=(10,)))
    assert conflict(problem(limited, needs=[need(DAY)])) == [("staffing", "DAY", 10), ("rule", "A", "limits")]


def test_the_pin_of_one_without_a_place_in_the_plan_stays() -> None:
    visitor = person("V", days=5)
    case = problem(visitor, person("A", leave=((10, 10),)), needs=[need(DAY)], pins=(Pin("V", 10, "DAY", "WARD"),))
    assert conflict(case, on("V")) is None


# Beside every roster of four days: what each of two people works on each of them.

PEOPLE = ("A", "B")
DAYS = 4
LINES = list(product(("DAY", "NIGHT", ""), repeat=DAYS))
ROSTERS = [dict(zip(PEOPLE, lines, strict=True)) for lines in product(LINES, repeat=2)]
BOTH = Rules(**{name: getattr(REST, name) for name in Rules.__slots__} | {"most_nights_in_a_row": 1})

type Lines = dict[str, tuple[str, ...]]


def keeps(line: tuple[str, ...], rule: str) -> bool:
    pairs = pairwise(line)
    return ("NIGHT", "DAY" if rule == "rest_between" else "NIGHT") not in pairs


def holds(group: Group, roster: Lines) -> bool:
    assert group.days
    line = roster.get(group.person or "", ())
    match group.kind:
        case "leave":
            return not any(line[group.days[0] : group.days[1] + 1])
        case "pin":
            return line[group.days[0]] == group.shift_type
        case "rule":
            return keeps(line, group.name)
        case "staffing":
            return sum(roster[who][group.days[0]] == group.shift_type for who in PEOPLE) >= (group.limit or 0)
    raise AssertionError(group.kind)


SOUND = [
    lines
    for lines in ROSTERS
    if all(keeps(line, rule) for line in lines.values() for rule in ("rest_between", "nights"))
]


@given(st.data())
def test_a_conflict_is_one_beside_every_roster(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(SOUND))
    day = data.draw(st.integers(0, DAYS - 1))
    shift = data.draw(st.sampled_from([DAY, NIGHT]))
    worked = [(who, each) for who in PEOPLE for each in range(DAYS) if lines[who][each]]
    free = [(who, each) for who in PEOPLE for each in range(DAYS) if not lines[who][each]]
    pins = data.draw(st.sets(st.sampled_from(worked), max_size=3)) if worked else set()
    away = data.draw(st.sets(st.sampled_from(free), max_size=3)) if free else set()
    fewest = data.draw(st.integers(1, 2))
    needs = [need(shift, fewest), need(NIGHT if shift is DAY else DAY, data.draw(st.integers(0, 2)))]
    case = problem(
        *(person(who, DAYS, leave=tuple((each, each) for name, each in sorted(away) if name == who)) for who in PEOPLE),
        days=DAYS,
        needs=needs,
        rules=BOTH,
        pins=tuple(Pin(who, each, lines[who][each]) for who, each in sorted(pins)),
    )
    current = tuple(Assigned(who, each, lines[who][each], "WARD") for who, each in worked)
    conflict = found(case, *current, shift=shift.code, day=day)
    if conflict is None:
        assert any(
            all(roster[who][each] == lines[who][each] for who, each in pins)
            and not any(roster[who][each] for who, each in away)
            and all(keeps(line, rule) for line in roster.values() for rule in ("rest_between", "nights"))
            and sum(roster[who][day] == shift.code for who in PEOPLE) >= fewest
            and all(
                sum(roster[who][each] == row.shift_type for who in PEOPLE)
                >= min(row.fewest, sum(lines[who][each] == row.shift_type for who in PEOPLE))
                for row in needs
                for each in range(DAYS)
            )
            for roster in ROSTERS
        )
        return
    assert conflict.is_irreducible
    everything = frozenset(conflict.groups)
    kept = {frozenset(group for group in conflict.groups if holds(group, roster)) for roster in ROSTERS}
    assert everything not in kept
    assert all(everything - {group} in kept for group in conflict.groups)


def test_placements_and_rotations_are_named() -> None:
    stay = (Placement(0, 8, "WARD"), Placement(9, 27, "NF"))
    people = person("A", leave=((10, 10),)), person("B")
    case = problem(people[0], *(each.__class__("B", "Dr B", "PGY-1", stay) for each in people[1:]), needs=[need(DAY)])
    conflict = found(case)
    assert conflict is not None
    assert conflict.groups[2] == Group("placement", "B", rotations=("NF",), days=(9, 27))
    assert {WARD.code, FLOAT.code} == {"WARD", "NF"}
