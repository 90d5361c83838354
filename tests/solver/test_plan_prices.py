"""What is missing has its price, leave and pins are kept, and people's years differ."""

from scheduling.solver.plan.problem import (
    AtMost,
    MustBeIn,
    OnlyIn,
    Pattern,
    Placement,
    Prices,
    Rotation,
    Step,
    Stint,
    Wish,
)
from tests.solver.plan_cases import line, missing, need, owe, person, problem, solved, wants

A, B, C = (frozenset(code) for code in "ABC")


def test_staffing_below_and_above() -> None:
    people = person("ann"), person("bob"), person("cyd")
    solution = solved(problem(1, *people, staffing=(need("A", 5, 6), need("B", 0, 0))))
    assert missing(solution) == [("staffing below", "need A", 0, None, 2, 200)]
    assert solution.objective == 200
    solution = solved(problem(1, *people, rotations="A", staffing=(need("A", 0, 1, price_above=7),)))
    assert missing(solution) == [("staffing above", "need A", 0, None, 2, 14)]


def test_staffing_sums_rotations_in_some_periods_of_some_groups() -> None:
    people = person("ann"), person("bob", "PGY-2")
    row = need("AB", 1, periods=(1,), groups=frozenset({"PGY-2"}))
    wishes = wants("CC", "ann") + wants("CC", "bob")
    solution = solved(problem(2, *people, rotations="ABC", staffing=(row,), wishes=wishes))
    assert line(solution, "ann") == "CC"
    assert line(solution, "bob") in ("CA", "CB")


def test_part_leave_counts_less() -> None:
    people = person("ann", part_leave=frozenset({0})), person("bob")
    row = need("A", 12, weight=6, part_leave_weight=3, price_below=1)
    solution = solved(problem(1, *people, staffing=(row,)))
    assert missing(solution) == [("staffing below", "need A", 0, None, 3, 3)]


def test_part_leave_only_where_it_may_be_taken() -> None:
    services = Rotation("A", "A", frozenset()), Rotation("B", "B", frozenset({"PGY-1"})), Rotation("C", "C")
    people = person("ann", part_leave=frozenset({0})), person("bob", "PGY-2", part_leave=frozenset({0}))
    wishes = wants("A", "ann") + wants("A", "bob") + wants("B", "ann", 0.5) + wants("B", "bob", 0.5)
    solution = solved(problem(1, *people, services=services, wishes=wishes))
    assert [line(solution, who) for who in ("ann", "bob")] == ["B", "C"]


def test_curriculum_below_and_above() -> None:
    solution = solved(problem(3, curriculum=(owe("A", 2, 2), owe("B", 2, 2))))
    assert missing(solution) == [("curriculum below", "owe A", None, "ann", 1, 100)] or missing(solution) == [
        ("curriculum below", "owe B", None, "ann", 1, 100)
    ]
    solution = solved(problem(3, curriculum=(owe("A", 0, 1, price=5), owe("B", 0, 1, price=4))))
    assert missing(solution) == [("curriculum above", "owe B", None, "ann", 1, 4)]


def test_one_of_several_rotations() -> None:
    solution = solved(problem(2, rotations="ABC", curriculum=(owe("AB", 1, 1), owe("C", 1, 1)), wishes=wants("BB")))
    assert line(solution) in ("BC", "CB")


def test_nobody_goes_where_their_curriculum_does_not_name() -> None:
    row = owe("A", 0, groups=frozenset({"PGY-1"}))
    people = person("ann"), person("bob", "Faculty")
    solution = solved(problem(1, *people, curriculum=(row,), wishes=wants("B", "ann", 9) + wants("B", "bob")))
    assert [line(solution, who) for who in ("ann", "bob")] == ["A", "B"]


def test_a_row_for_one_person() -> None:
    rows = owe("A", 0, groups=frozenset({"PGY-1"})), owe("B", 1, 1, people=frozenset({"bob"}))
    people = person("ann"), person("bob")
    solution = solved(problem(2, *people, curriculum=rows))
    assert line(solution, "ann") == "AA"
    assert sorted(line(solution, "bob")) == ["A", "B"]


def test_leave_waives_what_may_be_waived() -> None:
    rows = owe("A", 1, 1), owe("B", 1, 1, waived_on_leave=True)
    solution = solved(problem(2, person(absent=frozenset({0})), curriculum=rows))
    assert (line(solution, periods=2), missing(solution)) == (".A", [])


def test_history_counts_where_the_row_says_so() -> None:
    who = person(history={"A": 2})
    year = owe("A", 1), owe("B", 0)
    solution = solved(problem(2, who, curriculum=year, wishes=wants("BB")))
    assert sorted(line(solution)) == ["A", "B"]
    residency = owe("A", 2, 3, counts_history=True), owe("B", 0)
    solution = solved(problem(2, who, curriculum=residency, wishes=wants("BB")))
    assert line(solution) == "BB"
    solution = solved(problem(2, who, curriculum=residency, wishes=wants("AA")))
    assert sorted(line(solution)) == ["A", "B"]


def test_off_cycle_people_owe_their_share_of_each_level() -> None:
    who = person(group_changes=((2, "PGY-2"),))
    rows = (
        owe("A", 4, groups=frozenset({"PGY-1"})),
        owe("B", 4, groups=frozenset({"PGY-2"})),
        owe("C", 0, groups=frozenset({"PGY-2"})),
    )
    solution = solved(problem(4, who, rotations="ABC", curriculum=rows, wishes=wants("CCCC")))
    assert (line(solution), missing(solution)) == ("AABB", [])


def test_who_is_not_in_the_program_yet_owes_less() -> None:
    who = person(outside=frozenset({0, 1}))
    solution = solved(problem(4, who, curriculum=(owe("A", 2), owe("B", 2))))
    assert missing(solution) == []
    assert sorted(line(solution, periods=4)) == [".", ".", "A", "B"]


def test_unplaced_when_nothing_is_open() -> None:
    never = Placement("ann", 0, A | B, allowed=False)
    solution = solved(problem(2, placements=(never,)))
    assert missing(solution) == [("unplaced", "", 0, "ann", 1, 1000)]


def test_a_hard_rule_leaves_somebody_unplaced_rather_than_break() -> None:
    rule = Pattern("no A twice", (Step(A), Step(A)))
    solution = solved(problem(2, rotations="A", sequence_rules=(rule,)))
    assert line(solution, periods=2) in ("A.", ".A")
    assert [row[0] for row in missing(solution)] == ["unplaced"]


def test_either_or_and_forbidden_placements() -> None:
    placements = Placement("ann", 0, A | B), Placement("ann", 1, A, allowed=False)
    solution = solved(problem(2, rotations="ABC", placements=placements, wishes=wants("CA", weight=5) + wants("BC")))
    assert line(solution) == "BC"


def test_pins_are_kept_though_they_break_every_rule() -> None:
    pins = Placement("ann", 0, A, pinned=True), Placement("ann", 1, A, pinned=True)
    rules = (
        AtMost("one A in two", A, 1, 2),
        Pattern("no A twice", (Step(A), Step(A))),
        MustBeIn("B at first", B, (0,)),
        OnlyIn("A never", A, ()),
        Stint("A for one", A, longest=1),
    )
    solution = solved(problem(2, placements=pins, sequence_rules=rules, curriculum=(owe("B", 0),)))
    assert line(solution) == "AA"
    assert sorted(row[:4] for row in missing(solution)) == sorted(
        [
            ("broken rule", "one A in two", 0, "ann"),
            ("broken rule", "no A twice", 0, "ann"),
            ("broken rule", "B at first", 0, "ann"),
            ("broken rule", "A never", 0, "ann"),
            ("broken rule", "A never", 1, "ann"),
            ("broken rule", "A for one", 0, "ann"),
        ]
    )


def test_only_pins_break_rules() -> None:
    pin = Placement("ann", 1, A, pinned=True)
    rule = Stint("A for three", A, shortest=3)
    who = person(previous=("B",))
    others = Placement("ann", 0, B), Placement("ann", 2, B)
    solution = solved(problem(4, who, placements=(pin, *others), sequence_rules=(rule,)))
    assert line(solution, periods=4)[1] == "A"
    assert {row[0] for row in missing(solution)} <= {"broken rule", "unplaced"}


def test_a_pin_of_two_rotations() -> None:
    pin = Placement("ann", 0, A | B, pinned=True)
    solution = solved(problem(1, rotations="ABC", placements=(pin,), wishes=wants("C", weight=9) + wants("B")))
    assert line(solution) == "B"


def test_pins_of_two_rotations_that_must_break_a_rule() -> None:
    pins = Placement("ann", 0, A | B, pinned=True), Placement("ann", 1, A | B, pinned=True)
    rules = Pattern("none twice", (Step(A | B), Step(A | B))), AtMost("one in two", A | B, 1, 2)
    solution = solved(problem(2, rotations="ABC", placements=pins, sequence_rules=rules))
    assert [row[:2] for row in missing(solution)] == [("broken rule", "none twice"), ("broken rule", "one in two")]


def test_leave_wins_over_a_pin_which_is_reported() -> None:
    pin = Placement("ann", 0, A, pinned=True)
    solution = solved(problem(2, person(absent=frozenset({0})), placements=(pin,)))
    assert (0 not in [period for _, period in solution.placements], missing(solution)) == (
        True,
        [("lost pin", "", 0, "ann", 1, 0)],
    )


def test_wishes_granted_and_refused() -> None:
    wishes = Wish("ann", 0, A, 2), Wish("ann", 0, B, -1), Wish("ann", 1, C, 1), Wish("ann", 1, A, 3)
    solution = solved(problem(2, rotations="ABC", wishes=wishes))
    assert line(solution) == "AA"
    assert solution.granted == (wishes[0], wishes[1], wishes[3])
    assert solution.refused == (wishes[2],)
    assert (solution.score, solution.objective) == (5, -5)


def test_the_problem_may_set_the_prices() -> None:
    case = problem(1, rotations="A", staffing=(need("A", 2),), prices=Prices(staffing=3))
    assert missing(solved(case)) == [("staffing below", "need A", 0, None, 1, 3)]


def test_nobody_to_place() -> None:
    solution = solved(problem(1, person(absent=frozenset({0})), staffing=(need("A", 1),)))
    assert missing(solution) == [("staffing below", "need A", 0, None, 1, 100)]
