"""Where the published cases lie. They are others' data and not part of this repository."""

import os
from pathlib import Path

DEFAULT = Path(__file__).resolve().parent.parent.parent / "shared" / "bench"


class DataMissing(Exception):
    """The folder of published cases is not there; the message says how to name it."""


def folder(name: str) -> Path:
    """The folder of one published case. Raises DataMissing if it is not there."""
    path = Path(os.environ.get("BENCH_DATA", DEFAULT)) / name
    if not path.is_dir():
        raise DataMissing(f"{path} is not there: name the folder of published cases by BENCH_DATA.")
    return path
