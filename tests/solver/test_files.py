"""Problem files: there and back, every class of bad file, and the command."""

import errno
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from benchmarks import made
from scheduling.solver import files
from scheduling.solver.plan import form
from scheduling.solver.plan.problem import AtMost, MustBeIn, OnlyIn, Pattern, Placement, Step, Stint
from scheduling.solver.plan.solve import solve_plan
from scheduling.solver.progress import OnProgress, Progress
from tests.solver.plan_cases import need, owe, person, problem, solved, wants

A = frozenset("A")
SMALL: dict[str, Any] = {
    "kind": "plan",
    "periods": ["July", "August"],
    "people": [{"id": "ann", "name": "Ann", "group": "PGY-1"}],
    "rotations": [{"code": "A", "name": "Wards"}],
}


def written(folder: Path, data: Any) -> Path:
    path = folder / "problem.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def everything() -> Any:
    """A problem that uses every member."""
    return problem(
        4,
        person("ann", group_changes=((2, "PGY-2"),), absent=frozenset({1}), previous=("A", None)),
        person("bob", outside=frozenset({0}), part_leave=frozenset({2, 3}), history={"A": 2}),
        staffing=(need("A", 1, 2, periods=(1, 2), groups=frozenset({"PGY-1"}), weight=6, part_leave_weight=3),),
        curriculum=(owe("AB", 1, 3, people=frozenset({"bob"}), counts_history=True, waived_on_leave=True, price=2.5),),
        sequence_rules=(
            AtMost("most", A, 1, 2, price=1.0),
            Pattern("pattern", (Step(A), Step(A, inside=False)), starts=(0, 2), price=-2.0),
            OnlyIn("only", A, (0, 1), groups=frozenset({"PGY-1"})),
            MustBeIn("must", A, (3,), people=frozenset({"ann"})),
            Stint("stint", A, 2, 3),
        ),
        placements=(Placement("ann", 0, A, allowed=False), Placement("bob", 2, A, pinned=True)),
        wishes=wants("B"),
        seed=9,
    )


@pytest.mark.parametrize("case", [everything(), problem(1), made.monthly(6), made.weekly(5, 6)])
def test_a_problem_there_and_back(tmp_path: Path, case: Any) -> None:
    path = tmp_path / "problem.json"
    files.write_json(path, form.to_json(case))
    assert files.read_problem(path) == ("plan", case)


def test_a_solution_there_and_back() -> None:
    solution = solved(everything())
    again = form.solution_from_json(json.loads(json.dumps(form.solution_to_json(solution))))
    assert again == solution


BAD_FORMS = [
    ({"kind": "plans"}, '$.kind: "plans": expected "plan" or "roster"'),
    ({"kind": None}, '$.kind: null: expected "plan" or "roster"'),
    ({"periods": []}, "$.periods: []: expected at least 1"),
    ({"periods": "July"}, '$.periods: "July": expected array'),
    ({"seed": "x"}, '$.seed: "x": expected integer'),
    ({"sed": 1}, "$: Additional properties are not allowed ('sed' was unexpected)"),
    ({"people": [{"id": "ann", "name": "Ann"}]}, "$.people[0]: 'group' is a required property"),
    ({"people": [{"id": "", "name": "Ann", "group": "x"}]}, '$.people[0].id: "": expected some text'),
    (
        {"staffing": [{"name": "x", "rotations": ["A"], "fewest": -1}]},
        "$.staffing[0].fewest: -1: expected at least 0",
    ),
    ({"staffing": [{"name": "x", "rotations": []}]}, "$.staffing[0].rotations: []: expected at least 1"),
    ({"prices": {"staffing": 0}}, "$.prices.staffing: 0: expected more than 0"),
    ({"prices": {"staffing": float("nan")}}, "$.prices.staffing: NaN: expected number"),
    ({"prices": {"staffing": float("inf")}}, "$.prices.staffing: Infinity: expected number"),
    ({"prices": {"staffing": 1e30}}, "$.prices.staffing: 1e+30: expected at most 1000000000"),
    (
        {"staffing": [{"name": "x", "rotations": ["A"], "fewest": 10**30}]},
        f"$.staffing[0].fewest: {10**30}: expected at most 10000",
    ),
    (
        {"wishes": [{"person": "ann", "period": 10**30, "rotations": ["A"], "weight": -1e10}]},
        "$.wishes[0].weight: -10000000000.0: expected at least -1000000000",
    ),
    ({"periods": [""] * 401}, f"$.periods: {str([''] * 15)[:57].replace(chr(39), chr(34))}...: expected at most 400"),
    (
        {"sequence_rules": [{"kind": "never", "name": "x"}]},
        '$.sequence_rules[0].kind: "never": expected "at_most" or "pattern" or "only_in" or "must_be_in" or "stint"',
    ),
    (
        {"sequence_rules": [{"kind": "at_most", "name": "x", "rotations": ["A"], "most": 1}]},
        "$.sequence_rules[0]: 'window' is a required property",
    ),
    (
        {"sequence_rules": [{"kind": "stint", "name": "x", "rotations": ["A"], "longest": "two"}]},
        '$.sequence_rules[0].longest: "two": expected integer or null',
    ),
]

BAD_SENSE = [
    ({"periods": ["July", "July"]}, "$.periods[1]: 'July' is there already, at $.periods[0]"),
    ({"people": SMALL["people"] * 2}, "$.people[1].id: 'ann' is there already, at $.people[0]"),
    ({"rotations": SMALL["rotations"] * 2}, "$.rotations[1].code: 'A' is there already, at $.rotations[0]"),
    (
        {"staffing": [{"name": "x", "rotations": ["Z"]}]},
        "$.staffing[0].rotations: unknown rotation 'Z'; expected one of A",
    ),
    (
        {"staffing": [{"name": "x", "rotations": ["A"], "fewest": 2, "most": 1}]},
        "$.staffing[0].fewest: 2 is more than most (1)",
    ),
    (
        {"curriculum": [{"name": "x", "rotations": ["A"], "people": ["bob"]}]},
        "$.curriculum[0].people: unknown person 'bob'; expected the id of one of the people",
    ),
    (
        {"wishes": [{"person": "ann", "period": 2, "rotations": ["A"], "weight": 1}]},
        "$.wishes[0].period: period 2 is out of range; expected 0 to 1",
    ),
    (
        {"sequence_rules": [{"kind": "pattern", "name": "x", "steps": [{"rotations": ["Q"]}], "starts": [9]}]},
        "$.sequence_rules[0].steps[0].rotations: unknown rotation 'Q'; expected one of A",
    ),
    (
        {"people": [{"id": "ann", "name": "Ann", "group": "x", "group_changes": [[1, "y"], [0, "z"]]}]},
        "$.people[0].group_changes: expected the changes in order of time, one a period",
    ),
]


@pytest.mark.parametrize(("change", "expected"), [*BAD_FORMS, *BAD_SENSE])
def test_a_bad_value_is_named_with_its_path(tmp_path: Path, change: dict[str, Any], expected: str) -> None:
    path = written(tmp_path, {**SMALL, **change})
    with pytest.raises(files.BadFile) as raised:
        files.read_problem(path)
    assert expected in [f"{mistake.where}: {mistake.what}" for mistake in raised.value.mistakes]


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, {**SMALL, "periods": [], "seed": -1, "people": 3})
    with pytest.raises(files.BadFile) as raised:
        files.read_problem(path)
    assert str(raised.value).splitlines() == [
        f"{path}: $.people: 3: expected array",
        f"{path}: $.periods: []: expected at least 1",
        f"{path}: $.seed: -1: expected at least 0",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "is not JSON: line 1, column 2: Expecting property name enclosed in double quotes"),
        ("", "is not JSON: line 1, column 1: Expecting value"),
        ("[1]", "expected an object"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"seed": 1' + "0" * 5000 + "}", "a number of more than 4300 digits"),
        ('{"kind": "\\ud800"}', '"\\ud800": half of a surrogate pair in a text, expected whole characters'),
    ],
)
def test_what_is_no_problem_at_all(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(files.BadFile) as raised:
        files.read_problem(written(tmp_path, text))
    assert [mistake.what for mistake in raised.value.mistakes] == [expected]


def test_a_number_too_large_for_a_float_is_no_price(tmp_path: Path) -> None:
    text = json.dumps({**SMALL, "prices": {"staffing": 1}}).replace('"staffing": 1', '"staffing": 1e400')
    with pytest.raises(files.BadFile, match=r"\$\.prices\.staffing: Infinity: expected number"):
        files.read_problem(written(tmp_path, text))


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(SMALL), encoding="utf-8-sig")
    assert files.read_problem(path)[0] == "plan"


@pytest.mark.parametrize("kind", files.KINDS)
def test_every_number_of_a_schema_has_bounds(kind: str) -> None:
    """Numbers beyond all sense break the solver in ways that nobody foresees."""
    endless = [where for where, each in numbers("$", files.read_schema(kind)) if not bounded(each)]
    assert endless == []


def numbers(where: str, schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        kinds = schema.get("type", ())
        if {"integer", "number"} & set([kinds] if isinstance(kinds, str) else kinds):
            yield where, schema
        for name, each in schema.items():
            yield from numbers(f"{where}.{name}", each)


def bounded(schema: dict[str, Any]) -> bool:
    return "maximum" in schema and ("minimum" in schema or "exclusiveMinimum" in schema)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(files.BadFile, match="cannot be read: No such file or directory"):
        files.read_problem(tmp_path / "none.json")
    with pytest.raises(files.BadFile, match="cannot be read: Is a directory"):
        files.read_problem(tmp_path)
    path = tmp_path / "latin.json"
    path.write_bytes(b'{"kind": "\xe9"}')
    with pytest.raises(files.BadFile, match="is not UTF-8 text: byte 10"):
        files.read_problem(path)


def test_the_command_solves_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, {**SMALL, "staffing": [{"name": "Wards", "rotations": ["A"], "fewest": 2}]})
    out = tmp_path / "solution.json"
    call_command("solve", str(path), "--time-limit", "20", "--out", str(out))
    said = capsys.readouterr().out
    assert "whole plan: objective unknown, bound unknown, gap unknown" in said
    assert "objective 200, bound 200, gap 0.00 %" in said
    assert "shortfalls: 2\n  staffing below, Wards: 1, period July (price 100)" in said
    solution = json.loads(out.read_text())
    assert solution["placements"][1] == {"person": "ann", "period": 1, "rotation": "A"}
    assert (solution["kind"], solution["status"], solution["objective"]) == ("plan solution", "optimal", 200.0)


def test_the_command_refuses_bad_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"\$\.seed: true: expected integer") as raised:
        call_command("solve", str(written(tmp_path, {**SMALL, "seed": True})))
    assert raised.value.returncode == 1
    path = written(tmp_path, SMALL)
    with pytest.raises(CommandError, match="there is no folder") as raised:
        call_command("solve", str(path), "--out", str(tmp_path / "none" / "solution.json"))
    assert raised.value.returncode == 1


def places(folder: Path) -> list[tuple[Path, str]]:
    """Where nothing can be written, and what is said of it."""
    return [
        (folder, "is there already and is not a file; expected the name of a file"),
        (Path("/"), "is there already and is not a file; expected the name of a file"),
        (Path("/dev/null"), "is there already and is not a file; expected the name of a file"),
        (folder / ("x" * 300), "cannot be written: File name too long"),
        (folder / "none" / "x.json", f"there is no folder {folder / 'none'}"),
    ]


def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, SMALL)
    monkeypatch.setattr(form, "solve", lambda *_, **__: pytest.fail("solved in vain"))
    for place, said in places(tmp_path):
        with pytest.raises(CommandError) as raised:
            call_command("solve", str(path), "--out", str(place))
        assert (str(raised.value), raised.value.returncode) == (f"{place}: {said}", 1)
    assert [each.name for each in tmp_path.iterdir()] == ["problem.json"]


def test_a_disk_that_fills_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(files.CannotWrite, match=r"x\.json: cannot be written: No space left on device"):
        files.write_json(tmp_path / "x.json", SMALL)
    monkeypatch.undo()
    with pytest.raises(UnicodeEncodeError):
        files.write_json(tmp_path / "x.json", "\ud800")
    assert list(tmp_path.iterdir()) == []


def test_without_a_plan_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, form.to_json(made.monthly(40)))
    with pytest.raises(CommandError) as raised:
        call_command("solve", str(path), "--time-limit", "0.001", "--out", str(tmp_path / "solution.json"))
    assert str(raised.value) == "no plan was found in 0.001 seconds, nothing is written; try a longer --time-limit"
    assert raised.value.returncode == 3
    assert [each.name for each in tmp_path.iterdir()] == ["problem.json"]
    assert "status" not in capsys.readouterr().out


def test_progress_is_told_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def solve(problem: Any, *, time_limit: float, on_progress: OnProgress) -> Any:
        for objective in (5.0, 5.0, 5.0000000000001, 4.0):
            on_progress(Progress("whole plan", 10, objective))
        return solve_plan(problem, time_limit=time_limit)

    monkeypatch.setattr(form, "solve", solve)
    call_command("solve", str(written(tmp_path, SMALL)))
    assert capsys.readouterr().out.splitlines()[:3] == [
        " 10 % whole plan: objective 5, bound unknown, gap unknown",
        " 10 % whole plan: objective 4, bound unknown, gap unknown",
        "status: optimal, 0.0 s",
    ]


@pytest.mark.parametrize("limit", ["0", "-1", "soon", "nan"])
def test_the_time_limit_is_a_number_of_seconds(tmp_path: Path, limit: str) -> None:
    with pytest.raises(CommandError, match="expected a number of seconds above 0"):
        call_command("solve", str(written(tmp_path, SMALL)), "--time-limit", limit)
