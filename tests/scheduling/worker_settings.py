"""The settings of a worker that a test starts and kills: its first plan takes for ever.

Which attempt it is comes from the file that WORKER_BEGUN names: it is there once the first has begun to solve.
"""

import os
import time
from pathlib import Path
from typing import Any

from scheduling.solver.plan import solve
from tests.settings import *  # noqa: F403

_solve_plan = solve.solve_plan


def _slow_at_first(*args: Any, **options: Any) -> Any:
    begun = Path(os.environ["WORKER_BEGUN"])
    if not begun.exists():
        begun.touch()
        time.sleep(120)
    return _solve_plan(*args, **options)


solve.solve_plan = _slow_at_first
