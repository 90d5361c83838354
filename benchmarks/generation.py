"""A generation as a coordinator sees it: from the request to the draft in the database, by a worker's process."""

import atexit
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from benchmarks.figures import Figure, at_most, exactly

ROOT = Path(__file__).resolve().parent.parent
WORKER_STARTS = 6  # seconds; in an installation the worker is there before anybody asks


def year(residents: int, seconds: float, megabytes: float | None = None) -> Iterator[Figure]:
    """The roster of a year of so many residents: the time, what it lacks, and the worker's peak of memory."""
    case = f"roster-{residents}"
    use_database()
    from benchmarks.made_roster import made_roster
    from benchmarks.store import store
    from scheduling.models import GenerationRun
    from scheduling.services import generate
    from scheduling.services.checking import check

    draft = store(made_roster(residents), case)
    worker = subprocess.Popen([sys.executable, "manage.py", "ox_worker", "--interval", "0.5", "-v0"], cwd=ROOT)
    time.sleep(WORKER_STARTS)
    try:
        started = time.monotonic()
        run = generate.request(schedule=draft, user=None, scope=GenerationRun.Scope.ROSTER)
        while run.is_active and worker.poll() is None:
            time.sleep(0.2)
            run.refresh_from_db()
        took = time.monotonic() - started
    finally:
        worker.terminate()
        worker.wait()
    if run.status != GenerationRun.Status.SUCCEEDED:
        yield Figure(case, took, "s", f"at most {seconds:g}", met=False, note=run.error or run.status)
        return
    note = f"gap {run.gap:.2%}, {draft.assignments.count()} assignments, {len(run.shortfalls)} shortfalls"
    yield at_most(f"{case}: request to draft", took, "s", seconds, note)
    musts = [verdict for verdict in check(draft) if verdict.is_violation]
    yield exactly(f"{case}: duty-hour violations", len(musts), "", 0)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if megabytes is None:
        yield Figure(f"{case}: worker's peak memory", peak, "MB")
    else:
        yield at_most(f"{case}: worker's peak memory", peak, "MB", megabytes)


def demo(seconds: float) -> Iterator[Figure]:
    """The demonstration program from its folder to a published year."""
    use_database()
    from scheduling.models import Schedule
    from scheduling.services.checking import check

    started = time.monotonic()
    subprocess.run(
        [sys.executable, "manage.py", "demo"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    yield at_most("demo: import, generate, publish", time.monotonic() - started, "s", seconds)
    schedule = Schedule.objects.get(status=Schedule.Status.PUBLISHED)
    run = schedule.runs.latest("created_at")
    yield exactly("demo: unmet minimum staffing", len(run.shortfalls), "", 0)
    yield exactly("demo: duty-hour violations", sum(v.is_violation for v in check(schedule)), "", 0)


@cache
def use_database() -> None:
    """Point this process, and the workers that it starts, at a new SQLite database that goes when it ends."""
    folder = tempfile.mkdtemp(prefix="bench-")
    atexit.register(shutil.rmtree, folder)
    for name in ("DB_NAME_FILE", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {"DB": "sqlite", "DB_NAME": f"{folder}/bench.sqlite3", "SECRET_KEY": "bench"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "scheduler_site.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
