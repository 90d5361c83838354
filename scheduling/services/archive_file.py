"""The file that an archived year is kept in: gzipped lines of JSON, readable by anybody in twenty years.

The first line says what it is, of which program and year, and which versions are in it. Lines of names follow (who is
person 12, which day and shift is block 7), then the rows of each table with the names of their columns, and last how
many rows there were, so that a file that was cut short is known for one. Its SHA-256 lies beside it as `sha256sum -c`
reads it.
"""

import gzip
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

FORMAT = "residency schedule archive"
EDITION = 1
ROWS = 1000  # on one line

type Line = dict[str, Any]


class CannotRead(Exception):
    """The file is no archive, or not whole; the message says what to do."""


class CannotWrite(Exception):
    """The file cannot be written; the message says why."""


def write(folder: Path, name: str, lines: Iterable[Line]) -> tuple[Path, str]:
    """Write the lines to a new file NAME-1.jsonl.gz (or -2, …) that only its owner reads; returns it and its SHA-256.

    It has its name only once all of it is on the disk. Raises CannotWrite.
    """
    try:
        path = _free(folder, name)
        part = path.with_name(f".{path.name}.part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
                for line in lines:
                    packed.write(json.dumps(line, default=_plain, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        digest = sha256(part)
        _sums(path).write_text(f"{digest}  {path.name}\n")
        part.rename(path)
        _sync(folder)
    except OSError as error:
        raise CannotWrite(f"{folder} cannot be written to ({error.strerror}): nothing was deleted.") from error
    return path, digest


def read(path: Path, digest: str = "") -> Iterator[Line]:
    """The lines of a file, once it is known to be whole: by this SHA-256, or the one beside it. Raises CannotRead."""
    try:
        wanted = digest or _sums(path).read_text().split()[0]
        if sha256(path) != wanted:
            raise CannotRead(f"{path} is not as it was written: its SHA-256 is not {wanted}. Take a copy that is.")
        with gzip.open(path, "rb") as packed:
            for line in io.TextIOWrapper(packed, encoding="utf-8"):
                yield json.loads(line)
    except (OSError, EOFError, ValueError, IndexError) as error:
        why = getattr(error, "strerror", None) or "it is damaged"
        raise CannotRead(f"{getattr(error, 'filename', None) or path} cannot be read ({why}).") from error


def head(lines: Iterator[Line], path: Path) -> Line:
    """The first line. Raises CannotRead for a file of another kind or of a later edition."""
    first = next(lines, {})
    if first.get("format") != FORMAT or first.get("edition") != EDITION:
        raise CannotRead(f"{path} is no archive of a year that this edition of the site reads.")
    return first


def rows_of(table: str, fields: list[str], rows: Iterable[tuple[Any, ...]], counts: dict[str, int]) -> Iterator[Line]:
    """The lines of a table; `counts` is added to."""
    chunk: list[tuple[Any, ...]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == ROWS:
            yield {"table": table, "fields": fields, "rows": chunk}
            counts[table] = counts.get(table, 0) + len(chunk)
            chunk = []
    if chunk:
        yield {"table": table, "fields": fields, "rows": chunk}
        counts[table] = counts.get(table, 0) + len(chunk)


def check_counts(seen: Mapping[str, int], last: Line, path: Path) -> None:
    """Raise CannotRead where the rows are not as many as the last line says."""
    if last.get("counts") != dict(seen):
        raise CannotRead(f"{path} has other rows than its last line says: it was not written to its end.")


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _free(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while (path := folder / f"{name}-{number}.jsonl.gz").exists():
        number += 1
    return path


def _sums(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _sync(folder: Path) -> None:
    """So that the name, too, outlives a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(value: Any) -> str:
    """Whole, to the microsecond: Django's own encoder leaves out the last three digits."""
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
