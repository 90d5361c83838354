"""deploy/partitioning: there, in use, and back again, on a PostgreSQL of its own (it changes tables, not rows)."""

import os
import subprocess
import sys
from pathlib import Path

from tests.services.postgres import cluster, connect, installations, wheel_installation

ROOT = Path(__file__).resolve().parents[2]


def test_assignments_by_year_there_in_use_and_back_again():
    with cluster([*installations(), wheel_installation()][0]) as socket:
        with connect(socket) as connection:
            connection.execute("CREATE DATABASE scheduler")
        settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DB": "postgresql", "DB_HOST": str(socket)}
        done = subprocess.run(
            [sys.executable, "-m", "tests.launchers.partitioned"],
            cwd=ROOT,
            env=os.environ | settings | {"DB_USER": "scheduler", "DB_NAME": "scheduler", "LOG_LEVEL": "ERROR"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
