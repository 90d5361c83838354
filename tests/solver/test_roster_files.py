"""The roster as a file: there and back, and every mistake with its place."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from benchmarks.made_roster import made_roster
from scheduling.solver.codec import kind_of
from scheduling.solver.files import FORMS, BadFile, read_problem
from scheduling.solver.roster import form
from scheduling.solver.roster.problem import (
    Carried,
    Coverage,
    CrossCover,
    Limits,
    Person,
    Pin,
    Placement,
    Prices,
    Request,
    RosterProblem,
    Rotation,
    Rules,
    ShiftType,
    Tally,
    WorkedBlock,
)
from tests.solver.roster_cases import DAY, need, person, problem

A_DATE = "expected a date from 1900 to 2199, as 2026-07-01"
MEMBERS = (
    Carried,
    Coverage,
    CrossCover,
    Limits,
    Person,
    Pin,
    Placement,
    Prices,
    Request,
    Rotation,
    Rules,
    ShiftType,
    Tally,
    WorkedBlock,
)


def write(folder: Path, data: dict[str, Any]) -> Path:
    path = folder / "problem.json"
    path.write_text(json.dumps(data))
    return path


def test_a_made_problem_comes_back_as_it_was(tmp_path):
    case = made_roster(12, periods=2)
    assert read_problem(write(tmp_path, form.to_json(case))) == ("roster", case)


def test_limits_pins_and_a_solution_come_back_as_they_were(tmp_path):
    limits = Limits(shifts={"DAY": 3}, fewest_minutes=60, days_off=(2,))
    case = problem(person(days=7, limits=limits), days=7, needs=[need(DAY)], pins=(Pin("A", 0, "NIGHT"),))
    assert read_problem(write(tmp_path, form.to_json(case))) == ("roster", case)
    solution = form.solve(case, time_limit=10)
    assert form.solution_from_json(json.loads(json.dumps(form.solution_to_json(solution)))) == solution


def test_the_report_names_each_shortfall(tmp_path):
    case = problem(person(days=2), days=2, needs=[need(DAY, 2, groups=("PGY-1",))])
    lines = list(form.report(case, form.solve(case, time_limit=10)))
    assert lines == [
        "assignments: 2",
        "requests: 0 granted, 0 refused",
        "shortfalls: 2",
        "  WARD DAY on 2026-08-03: 1 of PGY-1 missing (price 1000)",
        "  WARD DAY on 2026-08-04: 1 of PGY-1 missing (price 1000)",
    ]


@pytest.mark.parametrize(
    ("place", "value", "where", "what"),
    [
        (("days",), 0, "$.days", "0: expected at least 1"),
        (("days",), 10**7, "$.days", "10000000: expected at most 1100"),
        (("start",), "3 August", "$.start", f'"3 August": {A_DATE}'),
        (("start",), "2026-02-30", "$.start", f'"2026-02-30": {A_DATE}'),
        (("start",), "9999-12-20", "$.start", f'"9999-12-20": {A_DATE}'),
        (("time_zone",), "America", "$.time_zone", "'America': expected the name of a time zone, as Europe/Berlin"),
        (("coverage", 0, "price_below"), 1e30, "$.coverage[0].price_below", "1e+30: expected at most 1000000000"),
        (("coverage", 0, "fewest"), 10**30, "$.coverage[0].fewest", f"{10**30}: expected at most 10000"),
        (("people", 0, "limits"), {"most_weekends": -1}, "$.people[0].limits.most_weekends", "-1: expected at least 0"),
        (("people", 0, "leave"), [[0, 10**9]], "$.people[0].leave[0][1]", "1000000000: expected at most 40000"),
        (("rules",), {"weekly_hours": None}, "$.rules.weekly_hours", "null: expected boolean"),
        (("time_zone",), "Mars/Base", "$.time_zone", "'Mars/Base': expected the name of a time zone, as Europe/Berlin"),
        (("periods",), [[0, 5], [7, 13]], "$.periods[1]", "starts on day 7: expected 6, the day after the one before"),
        (("periods",), [[0, 5]], "$.periods", "end on day 5: expected the last day, 13, or later"),
        (("people", 0, "share"), 0, "$.people[0].share", "0: expected more than 0"),
        (
            ("people", 0, "placements", 0, "rotation"),
            "X",
            "$.people[0].placements[0].rotation",
            "unknown rotation 'X'; expected one of NF, WARD",
        ),
        (("people", 1, "id"), "A", "$.people[1].id", "'A' is there already, at $.people[0]"),
        (("people", 0, "leave"), [[5, 4]], "$.people[0].leave[0]", "ends on day 4 before it starts on day 5"),
        (("people", 0, "open"), [[5, 4]], "$.people[0].open[0]", "ends on day 4 before it starts on day 5"),
        (
            ("people", 0, "limits"),
            {"fewest_minutes": 9, "most_minutes": 8},
            "$.people[0].limits.fewest_minutes",
            "9: expected at most 8, the most that is allowed",
        ),
        (("coverage", 0, "most"), 0, "$.coverage[0].most", "0: expected at least the fewest, 1"),
        (("coverage", 0, "groups"), ["PGY-9"], "$.coverage[0].groups", "unknown group 'PGY-9'; expected one of PGY-1"),
        (("holidays",), [14], "$.holidays", "day 14: expected 0 to 13"),
        (
            ("pins",),
            [{"person": "A", "day": 0, "shift_type": "TEA"}],
            "$.pins[0].shift_type",
            "unknown shift type 'TEA'; expected one of CALL, DAY, LONG, NIGHT",
        ),
        (
            ("requests",),
            [{"person": "Z", "day": 0, "shift_type": None, "wants": True, "price": 1}],
            "$.requests[0].person",
            "unknown person 'Z'; expected one of A, B",
        ),
        (("shift_types", 0, "joins"), ["DAY"], "$.shift_types[0].joins", "'DAY' cannot join itself"),
        (("first_open",), 20, "$.first_open", "day 20: expected 0 to 13"),
        (("colour",), "red", "$", "Additional properties are not allowed ('colour' was unexpected)"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, place, value, where, what):
    data = form.to_json(problem(person("A", 14), person("B", 14), days=14, needs=[need(DAY)]))
    inner: Any = data
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(BadFile) as bad:
        read_problem(write(tmp_path, data))
    assert next(mistake.where for mistake in bad.value.mistakes) == where
    assert what in bad.value.mistakes[0].what


@pytest.mark.parametrize(
    ("name", "cls"),
    [(kind_of(cls), cls) for cls in (*MEMBERS, RosterProblem)],
)
def test_the_schema_has_every_field_of_the_problem(name, cls):
    schema = json.loads((FORMS / "roster.schema.json").read_text())
    said = schema["$defs"][name]["properties"] if cls is not RosterProblem else schema["properties"]
    assert set(said) - {"kind"} == {field.name for field in fields(cls)}


def test_a_roster_that_was_not_found_is_not_written(tmp_path, monkeypatch):
    case = problem(person(days=2), days=2, needs=[need(DAY)])
    nothing = replace(form.solve(case, time_limit=10), is_complete=False)
    monkeypatch.setattr(form, "solve", lambda *_, **__: nothing)
    with pytest.raises(CommandError) as raised:
        call_command("solve", str(write(tmp_path, form.to_json(case))), "--out", str(tmp_path / "out.json"))
    assert str(raised.value) == "no roster was found in 60 seconds, nothing is written; try a longer --time-limit"
    assert raised.value.returncode == 3
    assert not (tmp_path / "out.json").exists()
