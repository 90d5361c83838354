"""Each kind of sequence rule on a case small enough to be worked out by hand."""

import pytest

from scheduling.solver.plan.problem import AtMost, MustBeIn, OnlyIn, Pattern, Placement, Step, Stint
from tests.solver.plan_cases import line, missing, person, problem, solved, wants

A, B = frozenset("A"), frozenset("B")
ON_A, OFF_A, ON_B = Step(A), Step(A, inside=False), Step(B)


def test_at_most_holds_in_every_window() -> None:
    rule = AtMost("two of A in three", A, 2, 3)
    solution = solved(problem(6, sequence_rules=(rule,), wishes=wants("AAAAAA")))
    assert solution.score == 4
    assert "AAA" not in line(solution)
    assert line(solution).count("A") == 4


def test_at_most_looks_at_what_came_before() -> None:
    rule = AtMost("one of A in three", A, 1, 3)
    who = person(previous=("B", "A"))
    solution = solved(problem(3, who, sequence_rules=(rule,), wishes=wants("AAA")))
    assert line(solution) == "BBA"


def test_what_came_before_is_not_charged_again() -> None:
    rule = AtMost("one of A in three", A, 1, 3)
    who = person(previous=("A", "A"))
    solution = solved(problem(1, who, rotations="AB", sequence_rules=(rule,), wishes=wants("B")))
    assert missing(solution) == []


def test_at_most_with_a_price_is_broken_where_that_pays() -> None:
    cheap = AtMost("one of A in two", A, 1, 2, price=0.5)
    solution = solved(problem(3, sequence_rules=(cheap,), wishes=wants("AAA", weight=2)))
    assert (line(solution), solution.score) == ("AAA", 5)
    dear = AtMost("one of A in two", A, 1, 2, price=4)
    solution = solved(problem(3, sequence_rules=(dear,), wishes=wants("AAA", weight=2)))
    assert (line(solution), solution.score) == ("ABA", 4)


def test_at_most_in_a_horizon_shorter_than_its_window() -> None:
    rule = AtMost("one of A in five", A, 1, 5)
    solution = solved(problem(3, sequence_rules=(rule,), wishes=wants("AAA")))
    assert line(solution).count("A") == 1


def test_a_forbidden_pattern() -> None:
    rule = Pattern("no A after A", (ON_A, ON_A))
    solution = solved(problem(3, sequence_rules=(rule,), wishes=wants("AAA")))
    assert line(solution) == "ABA"


def test_a_pattern_at_its_starts_only() -> None:
    rule = Pattern("no A, A from the second on", (ON_A, ON_A), starts=(1,))
    solution = solved(problem(4, sequence_rules=(rule,), wishes=wants("AAAA")))
    assert line(solution) in ("AABA", "ABAA")


def test_a_pattern_with_a_gap() -> None:
    rule = Pattern("not A, other, A", (ON_A, OFF_A, ON_A))
    solution = solved(problem(3, sequence_rules=(rule,), wishes=wants("ABA", weight=1)))
    assert solution.score == 2
    assert line(solution) != "ABA"


def test_a_pattern_may_begin_before_the_first_period() -> None:
    rule = Pattern("no A after A", (ON_A, ON_A))
    solution = solved(problem(2, person(previous=("A",)), sequence_rules=(rule,), wishes=wants("AA")))
    assert line(solution) == "BA"


def test_leave_is_on_no_rotation() -> None:
    rule = Pattern("no A, other, A", (ON_A, OFF_A, ON_A))
    who = person(absent=frozenset({1}))
    solution = solved(problem(3, who, sequence_rules=(rule,), wishes=wants("A.A")))
    assert solution.score == 1


def test_a_rewarded_pattern() -> None:
    rule = Pattern("A then B", (ON_A, ON_B), price=-3)
    solution = solved(problem(4, sequence_rules=(rule,), wishes=wants("AABB")))
    assert (line(solution), solution.score) == ("ABAB", 8)


def test_rewards_overlap() -> None:
    rule = Pattern("A twice", (ON_A, ON_A), price=-1)
    solution = solved(problem(4, sequence_rules=(rule,)))
    assert (line(solution), solution.score) == ("AAAA", 3)


def test_a_reward_that_is_forbidden_is_not_earned() -> None:
    rules = (
        Pattern("A twice", (ON_A, ON_A), price=-1),
        Pattern("but not from the second", (ON_A, ON_A), starts=(1,)),
    )
    solution = solved(problem(3, sequence_rules=rules))
    assert solution.score == 1


def test_only_in() -> None:
    rule = OnlyIn("A in the second", A, (1,))
    solution = solved(problem(3, sequence_rules=(rule,), wishes=wants("AAA")))
    assert line(solution) == "BAB"


def test_only_in_with_a_price() -> None:
    rule = OnlyIn("A in the second", A, (1,), price=2)
    solution = solved(problem(2, sequence_rules=(rule,), wishes=wants("AA", weight=5)))
    assert (line(solution), solution.score) == ("AA", 8)


def test_must_be_in() -> None:
    rule = MustBeIn("B at first", B, (0,))
    solution = solved(problem(2, sequence_rules=(rule,), wishes=wants("AA")))
    assert line(solution) == "BA"


def test_must_be_in_excuses_leave() -> None:
    rule = MustBeIn("B at first", B, (0, 1))
    solution = solved(problem(2, person(absent=frozenset({0})), sequence_rules=(rule,)))
    assert (line(solution, periods=2), missing(solution)) == (".B", [])


def test_a_rule_is_for_its_groups_and_people() -> None:
    rule = MustBeIn("B", B, (0,), groups=frozenset({"PGY-2"}), people=frozenset({"bob"}))
    people = person("ann"), person("bob"), person("cyd", "PGY-2")
    wishes = wants("A", "ann") + wants("A", "bob") + wants("A", "cyd")
    solution = solved(problem(1, *people, sequence_rules=(rule,), wishes=wishes))
    assert [line(solution, who) for who in ("ann", "bob", "cyd")] == ["A", "B", "B"]


def test_stints_have_a_shortest_length() -> None:
    rule = Stint("A for two", A, shortest=2)
    solution = solved(problem(4, sequence_rules=(rule,), wishes=wants("BABB", weight=1)))
    assert solution.score == 3
    assert line(solution) in ("BBBB", "AABB", "BAAB")


def test_stints_have_a_longest_length() -> None:
    rule = Stint("A for two", A, longest=2)
    solution = solved(problem(5, sequence_rules=(rule,), wishes=wants("AAAAA")))
    assert (line(solution), solution.score) == ("AABAA", 4)


def test_a_stint_at_the_end_may_be_short() -> None:
    rule = Stint("A for three", A, shortest=3)
    solution = solved(problem(3, person(previous=("B",)), sequence_rules=(rule,), wishes=wants("BBA")))
    assert line(solution) == "BBA"


def test_a_stint_goes_on_from_the_year_before() -> None:
    rule = Stint("A for three", A, shortest=3, longest=3)
    who = person(previous=("B", "A"))
    solution = solved(problem(4, who, sequence_rules=(rule,), wishes=wants("BBBB")))
    assert line(solution) == "AABB"
    solution = solved(problem(4, who, sequence_rules=(rule,), wishes=wants("AAAA")))
    assert line(solution) == "AABA"


def test_a_stint_of_unknown_beginning_may_end() -> None:
    rule = Stint("A for three", A, shortest=3)
    solution = solved(problem(2, sequence_rules=(rule,), wishes=wants("AB")))
    assert line(solution) == "AB"


@pytest.mark.parametrize(("leave", "wish"), [(1, "A.BB"), (2, "BA.B")])
def test_a_stint_cut_off_by_leave_may_be_short(leave: int, wish: str) -> None:
    rule = Stint("A for three", A, shortest=3)
    who = person(absent=frozenset({leave}), previous=("B",))
    solution = solved(problem(4, who, sequence_rules=(rule,), wishes=wants(wish)))
    assert line(solution, periods=4) == wish


def test_a_stint_with_a_price() -> None:
    rule = Stint("A for three", A, shortest=3, price=1)
    who = person(previous=("B",))
    solution = solved(problem(3, who, sequence_rules=(rule,), wishes=wants("ABB", weight=5)))
    assert (line(solution), solution.score) == ("ABB", 13)
    solution = solved(problem(3, who, sequence_rules=(rule,), wishes=wants("ABB", weight=1)))
    assert (line(solution), solution.score) == ("BBB", 2)


def test_two_stint_rules_on_one_rotation_both_hold() -> None:
    rules = Stint("A for two", A, shortest=2), Stint("A for three at most", A, longest=3)
    solution = solved(problem(6, person(previous=("B",)), sequence_rules=rules, wishes=wants("AAAABA")))
    assert solution.score == 5
    assert line(solution) in ("AAABBA", "BAAABA")


def test_a_pin_in_a_stint_rule() -> None:
    pin = Placement("ann", 1, A, pinned=True)
    rule = Stint("A for two", A, shortest=2, longest=2)
    who = person(previous=("B",))
    solution = solved(problem(4, who, sequence_rules=(rule,), placements=(pin,), wishes=wants("B.BB")))
    assert line(solution) in ("AABB", "BAAB")
    assert missing(solution) == []
