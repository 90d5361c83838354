"""The files of deploy/, read."""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SIZES = ("small", "medium", "large")
# Stands for what an administrator says in the environment; `${NAME:-default}` has its default.
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")


def read_yaml(name: str) -> Any:
    """A YAML file of deploy/, its variables replaced as an installation for schedule.example.org has them."""
    text = VARIABLE.sub(_value, (DEPLOY / name).read_text())
    return YAML(typ="safe").load(text)


def _value(found: re.Match[str]) -> str:
    if found["kind"] == "-":
        return found["rest"]
    return {"SITE_HOST": "schedule.example.org", "VERSION": "1.0", "REGISTRY": "registry.example.org"}[found["name"]]


def postgresql(size: str) -> dict[str, str]:
    """The settings of a size, in the order of the file."""
    lines = (DEPLOY / "postgresql" / f"{size}.conf").read_text().splitlines()
    said = (line.partition("#")[0].partition("=") for line in lines)
    return {name.strip(): value.strip().strip("'") for name, _, value in said if name.strip()}
