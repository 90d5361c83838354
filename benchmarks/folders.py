"""Writes import folders (docs/import.md) out of published cases."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def write(folder: Path, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """One CSV file; the header is that of all rows together, blank cells where a row has no value."""
    listed = list(rows)
    header = list(dict.fromkeys(column for row in listed for column in row))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
