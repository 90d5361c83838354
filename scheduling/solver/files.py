"""Problem files: reading them with every mistake named, and writing solutions.

A file is a JSON object with a `kind`. Each kind has a schema, `forms/<kind>.schema.json`, and a module
`scheduling.solver.<kind>.form` with: `from_json(data)` and `to_json(problem)`; `mistakes(problem)`, what a schema
cannot say; `solve(problem, time_limit=, on_progress=, should_stop=)`; `solution_to_json(solution)`; and
`report(problem, solution)`, lines for the terminal. docs/problem-files.md describes the forms.
"""

import json
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from scheduling.solver.codec import Mistake

KINDS = ("plan", "roster")
FORMS = Path(__file__).parent / "forms"


class BadFile(Exception):
    """A file that is no problem. `mistakes` has all that is wrong with it."""

    def __init__(self, path: Path, mistakes: list[Mistake]) -> None:
        self.path, self.mistakes = path, mistakes
        super().__init__("\n".join(f"{path}: {mistake.where}: {mistake.what}" for mistake in mistakes))


def read_problem(path: Path) -> tuple[str, Any]:
    """The kind of the file and its problem. Raises BadFile with everything that is wrong with it."""
    data = _read_json(path)
    kind = data.get("kind") if isinstance(data, dict) else None
    if kind not in KINDS:
        expected = " or ".join(f'"{known}"' for known in KINDS)
        what = "expected an object" if not isinstance(data, dict) else f"{json.dumps(kind)}: expected {expected}"
        raise BadFile(path, [Mistake("$" if not isinstance(data, dict) else "$.kind", what)])
    wrong = check_schema(kind, data)
    if wrong:
        raise BadFile(path, wrong)
    form = form_of(kind)
    problem = form.from_json(data)
    wrong = form.mistakes(problem)
    if wrong:
        raise BadFile(path, wrong)
    return kind, problem


def form_of(kind: str) -> ModuleType:
    """The module that knows problems of this kind."""
    return import_module(f"scheduling.solver.{kind}.form")


def check_schema(kind: str, data: Any) -> list[Mistake]:
    """Where the data does not fit the kind's schema."""
    validator = Draft202012Validator(json.loads((FORMS / f"{kind}.schema.json").read_text()))
    found = [_mistake(error) for error in validator.iter_errors(data)]
    return sorted(set(found), key=lambda mistake: (mistake.where, mistake.what))


def write_json(path: Path, data: Any) -> None:
    """Writes the file whole or not at all."""
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)


def _read_json(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadFile(path, [Mistake("$", f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise BadFile(path, [Mistake("$", f"is not UTF-8 text: byte {error.start}")]) from None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        what = f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        raise BadFile(path, [Mistake("$", what)]) from None
    except RecursionError:
        raise BadFile(path, [Mistake("$", "is nested too deeply")]) from None


def _mistake(error: ValidationError) -> Mistake:
    """The error in words that say what was expected."""
    shown = json.dumps(error.instance, ensure_ascii=False, default=str)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    match error.validator:
        case "type":
            wanted = error.validator_value
            names = " or ".join(wanted) if isinstance(wanted, list) else wanted
            what = f"{shown}: expected {names}"
        case "enum" | "const":
            values = error.validator_value if error.validator == "enum" else [error.validator_value]
            what = f"{shown}: expected {' or '.join(json.dumps(value) for value in values)}"
        case "minimum" | "exclusiveMinimum":
            bound = "at least" if error.validator == "minimum" else "more than"
            what = f"{shown}: expected {bound} {error.validator_value}"
        case "minItems":
            what = f"{shown}: expected at least {error.validator_value}"
        case "minLength":
            what = f"{shown}: expected some text"
        case _:
            what = error.message
    return Mistake(error.json_path, what)
