"""Reading and judging the public shift-scheduling instances, on files small enough to judge by hand."""

import pytest

from benchmarks.shift_instances import BadInstance, Cover, Employee, Shift, Wish, read_instance
from benchmarks.shift_scheduling import evaluate, main, problem_of
from scheduling.solver.roster.problem import Assigned
from scheduling.solver.stretch import solve_stretch

TEXT = """
# A comment
SECTION_HORIZON
7

SECTION_SHIFTS
E,480,
L,600,E

SECTION_STAFF
A,E=7|L=2,2400,960,3,2,2,1
B,E=7|L=0,2400,0,5,1,1,0

SECTION_DAYS_OFF
A,0,1

SECTION_SHIFT_ON_REQUESTS
A,2,E,3
B,1,E,2

SECTION_SHIFT_OFF_REQUESTS
B,2,E,4

SECTION_COVER
1,E,1,100,1
2,E,1,100,5
3,L,2,50,1
"""


def at(person: str, **days: str) -> tuple[Assigned, ...]:
    return tuple(Assigned(person, int(day[1:]), shift, "WARD") for day, shift in days.items())


def test_every_column_is_read() -> None:
    instance = read_instance(TEXT)
    assert instance.horizon == 7
    assert instance.shifts == {"E": Shift(480, ()), "L": Shift(600, ("E",))}
    assert instance.staff["A"] == Employee({"E": 7, "L": 2}, 2400, 960, 3, 2, 2, 1)
    assert instance.days_off == {"A": [0, 1]}
    assert instance.on == [Wish("A", 2, "E", 3), Wish("B", 1, "E", 2)]
    assert instance.off == [Wish("B", 2, "E", 4)]
    assert instance.cover[2] == Cover(3, "L", 2, 50, 1)


def test_the_penalty_is_worked_out_from_the_file() -> None:
    instance = read_instance(TEXT)
    roster = at("A", d2="E", d3="L") + at("B", d2="E", d4="E")
    # B's wish for day 1 (2), B works on day 2 (4), nobody on day 1 (100), one too many on day 2 (5),
    # one L missing on day 3 (50); day 4 has no row.
    assert evaluate(instance, roster) == (2 + 4 + 100 + 5 + 50, [])


@pytest.mark.parametrize(
    ("roster", "words"),
    [
        (at("A", d2="E", d3="E", d4="E", d5="E") + at("B"), "A: 4 days in a row from day 2"),
        (at("A", d2="L", d3="E"), "A: E after L on day 2"),
        (at("A", d2="L", d3="L", d4="L"), "A: 3 shifts L"),
        (at("A", d1="E", d2="E"), "A: works on day 1, a fixed day off"),
        (at("A", d2="E", d3="E", d5="E", d6="E"), "A: rest of only 1 days from day 4"),
        (at("A", d2="E", d5="E", d6="E"), "A: work of only 1 days from day 2"),
        (at("A", d2="E", d3="E") + at("B", d5="E"), "B: too many weekends"),
        (at("A", d6="E"), "A: 480 minutes"),
        (at("A", d2="E", d3="E") + at("A", d2="L"), "A works two shifts on day 2"),
    ],
)
def test_each_broken_rule_is_named(roster: tuple[Assigned, ...], words: str) -> None:
    assert words in evaluate(read_instance(TEXT), roster)[1]


def test_edges_are_excused_from_the_fewest() -> None:
    assert evaluate(read_instance(TEXT), at("A", d2="E", d3="E", d6="E"))[1] == []


def test_the_solver_and_the_judge_agree() -> None:
    instance = read_instance(TEXT)
    solution = solve_stretch(problem_of(instance), time_limit=20)
    assert solution.status == "optimal"
    assert evaluate(instance, solution.assignments) == (solution.objective, [])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("7\n\nSECTION_SHIFTS", "seven\n\nSECTION_SHIFTS", r"Line 4, SECTION_HORIZON: cannot read 'seven'"),
        ("A,2,E,3", "A,2,X,3", r"Line 18, .*ON_REQUESTS: cannot read 'A,2,X,3': 'X' is no shift of this file"),
        ("A,2,E,3", "C,2,E,3", r"'C' is no member of the staff"),
        ("A,2,E,3", "A,9,E,3", r"day 9 is not between 0 and 6"),
        ("A,2,E,3", "A,2,E", r"Line 18.*cannot read 'A,2,E'"),
        ("SECTION_COVER", "SECTION_COVERS", r"Line 24: SECTION_COVERS is no section"),
        ("SECTION_HORIZON", "HORIZON", r"Line 3: expected a line starting with SECTION_"),
    ],
)
def test_a_bad_file_is_told_by_its_line(old: str, new: str, message: str) -> None:
    with pytest.raises(BadInstance, match=message):
        read_instance(TEXT.replace(old, new, 1))


def test_an_empty_file_says_what_it_lacks() -> None:
    with pytest.raises(BadInstance, match="no horizon and no shifts and no staff"):
        read_instance("# nothing")


def test_the_command_prints_what_was_reached(tmp_path, capsys, monkeypatch) -> None:
    path = tmp_path / "Small.txt"
    path.write_text(TEXT)
    monkeypatch.setattr("sys.argv", ["shift_scheduling", str(path), "--time-limit", "20"])
    assert main() == 0
    assert "Small" in capsys.readouterr().out


def test_the_command_says_which_file_it_cannot_read(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("sys.argv", ["shift_scheduling", str(tmp_path / "None.txt")])
    with pytest.raises(SystemExit):
        main()
    assert "None.txt" in capsys.readouterr().err
