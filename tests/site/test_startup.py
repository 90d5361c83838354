"""What a web process loads when it starts."""

import subprocess
import sys

PROGRAM = """
import sys
import django
django.setup()
from django.urls import get_resolver
assert get_resolver().url_patterns
print(*sorted({"pulp", "highspy", "numpy"} & set(sys.modules)))
"""


def test_a_web_process_never_loads_the_optimiser() -> None:
    """It would cost each process a second and 60 MB, and the web process never solves."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment()
    )
    assert done.stdout.strip() == ""


def environment() -> dict[str, str]:
    return {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""}
