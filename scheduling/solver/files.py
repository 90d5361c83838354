"""Problem files: reading them with every mistake named, and writing solutions.

A file is a JSON object with a `kind`. Each kind has a schema, `forms/<kind>.schema.json`, and a module
`scheduling.solver.<kind>.form` with: `from_json(data)` and `to_json(problem)`; `mistakes(problem)`, what a schema
cannot say; `solve(problem, time_limit=, on_progress=, should_stop=)`; `solution_to_json(solution)`; and
`report(problem, solution)`, lines for the terminal. docs/problem-files.md describes the forms.
"""

import json
import re
import sys
from datetime import date
from importlib import import_module
from math import isfinite
from pathlib import Path
from types import ModuleType
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, TypeChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from scheduling.solver.codec import Mistake

KINDS = ("plan", "roster")
FORMS = Path(__file__).parent / "forms"


YEARS = range(1900, 2200)


class CannotWrite(Exception):
    """A place where no file can be written, in words."""


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
    validator = _Validator(read_schema(kind), format_checker=_FORMATS)
    found = [_mistake(error) for error in validator.iter_errors(data)]
    return sorted(set(found), key=lambda mistake: (mistake.where, mistake.what))


def read_schema(kind: str) -> dict[str, Any]:
    """What files of this kind look like, as a JSON schema."""
    schema: dict[str, Any] = json.loads((FORMS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return schema


def check_place(path: Path) -> None:
    """Raises CannotWrite unless a file can be written there. To be asked before long work."""
    folder, draft = path.absolute().parent, _draft(path)
    try:
        if not folder.is_dir():
            raise CannotWrite(f"{path}: there is no folder {folder}")
        if path.exists() and not path.is_file():
            raise CannotWrite(f"{path}: is there already and is not a file; expected the name of a file")
        draft.touch()
        draft.unlink()
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written: {error.strerror}") from None


def write_json(path: Path, data: Any) -> None:
    """Writes the file whole or not at all. Raises CannotWrite."""
    content = (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()
    check_place(path)
    draft = _draft(path)
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CannotWrite(f"{path}: cannot be written: {error.strerror}") from None


def _draft(path: Path) -> Path:
    """Where a file is put together. A name at the end ("/", "..") that is a folder's has none of its own."""
    return path.absolute().parent / f"{path.name}.part"


def _read_json(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors put a byte order mark before the text
    except OSError as error:
        raise BadFile(path, [Mistake("$", f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise BadFile(path, [Mistake("$", f"is not UTF-8 text: byte {error.start}")]) from None
    try:
        data = json.loads(text)
        json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        what = f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        raise BadFile(path, [Mistake("$", what)]) from None
    except RecursionError:
        raise BadFile(path, [Mistake("$", "is nested too deeply")]) from None
    except UnicodeEncodeError as error:
        half = json.dumps(error.object[error.start])
        what = f"{half}: half of a surrogate pair in a text, expected whole characters"
        raise BadFile(path, [Mistake("$", what)]) from None
    except ValueError:  # Python converts no longer ones
        limit = sys.get_int_max_str_digits()
        raise BadFile(path, [Mistake("$", f"a number of more than {limit} digits")]) from None
    return data


def _is_number(_: TypeChecker, value: Any) -> bool:
    """JSON as Python reads it has NaN and Infinity: no price or weight."""
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and (isinstance(value, int) or isfinite(value))
    )


_Validator = extend(Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number))
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return not isinstance(value, str)
    return date.fromisoformat(value).year in YEARS


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
        case "maximum" | "maxItems":
            what = f"{shown}: expected at most {error.validator_value}"
        case "format":
            what = f"{shown}: expected a date from {YEARS[0]} to {YEARS[-1]}, as 2026-07-01"
        case "minLength":
            what = f"{shown}: expected some text"
        case _:
            what = error.message
    return Mistake(error.json_path, what)
