"""A new database cluster; the tests make theirs here, too."""

import subprocess
from pathlib import Path

from deploy.stack.processes import group
from deploy.stack.programs import StackError

USER = "scheduler"


def make_cluster(binaries: Path, data: Path, user: str | None, *options: str) -> None:
    """Run initdb as the user (None: as ourselves). Raises StackError with what it said last if it fails."""
    made = subprocess.run(
        [str(binaries / "initdb"), "-D", str(data), "-U", USER, "-E", "UTF8", "--locale=C", *options],
        cwd=data.parent,
        user=user,
        group=group(user),
        extra_groups=None if user is None else [],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise StackError(f"{binaries}/initdb failed: {made.stderr.strip().splitlines()[-1]}")
