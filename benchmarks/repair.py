"""A week's absence in a year of a program, as a coordinator sees it: from the question to the plans on the page."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, at_most, exactly
from benchmarks.generation import ROOT, WORKER_STARTS, use_database

if TYPE_CHECKING:
    from absences.models import Absence
    from scheduling.models import Inquiry, Schedule

BUSY = ("NF", "ICU", "CCU", "ED")  # they staff every block with few to spare
EACH = 2  # people of each, one week of each of them
PERIOD = 7
PATIENCE = 60  # seconds


def week_away(residents: int, seconds: float) -> Iterator[Figure]:
    """The slowest of several weeks' absences, and whether each changes no more than the proven bound."""
    use_database()
    from benchmarks.made_roster import made_roster
    from benchmarks.store import store
    from scheduling.models import GenerationRun
    from scheduling.services import generate
    from scheduling.services.performing import perform

    # Of next year, whenever it is run: what is over cannot be repaired.
    problem = replace(made_roster(residents), start=date(date.today().year + 1, 7, 1))  # noqa: DTZ011
    draft = store(problem, "repair")
    run = perform(generate.request(schedule=draft, user=None, scope=GenerationRun.Scope.ROSTER, enqueue=False).pk)
    if run.status != GenerationRun.Status.SUCCEEDED:
        yield Figure("repair", 0, "s", f"at most {seconds:g}", met=False, note=run.error or run.status)
        return
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "ox_worker", "--queues", "inquiries", "--interval", "0.5", "-v0"], cwd=ROOT
    )
    time.sleep(WORKER_STARTS)
    try:
        absences = _absences(draft)
        _, first = _asked(draft, absences[0])
        answers = [_asked(draft, absence) for absence in absences]
    finally:
        worker.terminate()
        worker.wait()
    yield Figure(f"repair-{residents}: a worker's first question", first, "s", note="it loads the optimiser for it")
    yield from _figures(answers, residents, seconds)


def _figures(answers: "list[tuple[Inquiry, float]]", residents: int, seconds: float) -> Iterator[Figure]:
    failed = [inquiry.error or inquiry.status for inquiry, _ in answers if inquiry.answer is None]
    yield exactly(f"repair-{residents}: weeks without an answer", len(failed), "", 0, " ".join(failed))
    told = [inquiry.answer for inquiry, _ in answers if inquiry.answer is not None]
    solver = max(answer["seconds"] for answer in told)
    note = f"{len(answers)} weeks of {', '.join(BUSY)}; the slowest; {solver:.1f} s of it at most in the solver"
    yield at_most(f"repair-{residents}: question to plans", max(took for _, took in answers), "s", seconds, note)
    firsts = [(answer["plans"][0]["changed"], answer["fewest_changes"]) for answer in told]
    more = sum(changed - fewest for changed, fewest in firsts)
    note = f"changes {', '.join(str(changed) for changed, _ in firsts)}"
    yield exactly(f"repair-{residents}: changes beyond the proven bound", more, "", 0, note)


def _absences(draft: "Schedule") -> "list[Absence]":
    """The second week of a period in the middle of the year, of people on the busy rotations."""
    from absences.models import Absence
    from scheduling.models import RotationAssignment

    found = []
    for code in BUSY:
        placed = RotationAssignment.objects.filter(schedule=draft, rotation__code=code, period__number=PERIOD)
        for each in placed.select_related("person", "period").order_by("person__code")[:EACH]:
            first = each.period.start_date + timedelta(days=7)
            found.append(
                Absence(
                    person=each.person,
                    start_date=first,
                    end_date=first + timedelta(days=6),
                    kind=Absence.Kind.SICK,
                    status=Absence.Status.APPROVED,
                )
            )
    return found


def _asked(draft: "Schedule", absence: "Absence") -> "tuple[Inquiry, float]":
    """The question's row when it is answered, and how long that took. One absence at a time."""
    from scheduling.models import Inquiry
    from scheduling.services.inquiries.ask import ask

    absence.save()
    started = time.monotonic()
    inquiry = ask(schedule=draft, user=None, kind=Inquiry.Kind.REPAIR, parameters={"absence": absence.pk})
    while inquiry.is_active and time.monotonic() - started < PATIENCE:
        time.sleep(0.05)
        inquiry.refresh_from_db()
    took = time.monotonic() - started
    absence.delete()
    return inquiry, took
