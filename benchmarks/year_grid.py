"""The year grid of a made-up program of 200 people, and one change of it, as a coordinator's page asks for them.

In process, with the database as SQLite keeps it: the whole page with an empty cache, its size, its elements and its
queries; then the panel of a cell, a change with its patch, and what is shown while a cell is carried.
"""

import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.figures import Figure, at_most
from benchmarks.generation import use_database

if TYPE_CHECKING:  # models are there once Django is set up
    from django.http import HttpResponse
    from django.test import Client

    from scheduling.models import Schedule

NOW = datetime(2027, 1, 16, 17, tzinfo=UTC)
TIMES, MOST_MS, MOST_KB = 15, 1000, 10
PERIOD = 8  # the one of the cell that is changed
HX = {"HX-Request": "true"}


def case(people: int) -> Iterator[Figure]:
    """The page, and what is asked for while it is open."""
    use_database()
    schedule = _draft(people)
    page = _Page(schedule)
    name = f"year-{people}"
    with patch("django.utils.timezone.now", return_value=NOW):
        first, worked, size = _timed(page.year)
        html = page.year().content
        runs = _many(page.year)
        packed = len(gzip.compress(html, 6)) / 1000
        note = f"{size / 1000:.0f} kB, {packed:.0f} kB packed, {html.count(b'</')} elements"
        # Only the first one waits for modules and templates, which a server loads once.
        yield Figure(f"{name}: the page, first of a process", first, "ms", note=f"CPU {worked:.0f}; {note}")
        yield at_most(f"{name}: the page, empty cache", runs.median, "ms", MOST_MS, runs.note)
        for what, call in (("panel", page.panel), ("change", page.change), ("targets", page.targets)):
            size = _timed(call)[2]
            runs = _many(call)
            yield Figure(f"{name}: {what}", runs.median, "ms", note=runs.note)
            if what == "change":
                yield at_most(f"{name}: {what}, size", size / 1000, "kB", MOST_KB)


def _draft(people: int) -> "Schedule":
    """The made-up plan, with the curriculum that it was made by and staffing by period."""
    from benchmarks.made_roster import PLACES, made_roster
    from benchmarks.store import store
    from scheduling.models import Curriculum, Rotation, Staffing

    schedule = store(made_roster(people), f"year-{people}")
    rotations = {rotation.code: rotation for rotation in Rotation.objects.filter(program=schedule.program)}
    for code, places in PLACES.items():
        for level, place in enumerate(places, start=1):
            row = Curriculum.objects.create(program=schedule.program, level=level, fewest=place // 3)
            row.rotations.set([rotations[code]])
            need = Staffing.objects.create(
                program=schedule.program, name=f"{code} {level}", levels=[level], fewest=place * people // 60
            )
            need.rotations.set([rotations[code]])
    return schedule


class _Page:
    """A coordinator's open year, with a cell that changes to and fro."""

    def __init__(self, schedule: "Schedule") -> None:
        self.schedule = schedule
        self.client: Any = _client(schedule)
        row = schedule.rotation_assignments.filter(period__number=PERIOD, rotation__code="WARD").order_by("pk")[0]
        self.person, self.held, self.revision = row.person_id, "WARD", schedule.revision
        self.cell = f"{self.person}:{PERIOD}"

    def year(self) -> "HttpResponse":
        from django.core.cache import cache

        cache.clear()
        return self._get("year/")

    def panel(self) -> "HttpResponse":
        return self._get(f"year/{self.person}/{PERIOD}/")

    def targets(self) -> "HttpResponse":
        return self._get(f"schedules/{self.schedule.number}/plan-targets/?verb=move&from={self.cell}")

    def change(self) -> "HttpResponse":
        becomes = "ICU" if self.held == "WARD" else "WARD"
        fields = {"verb": "set", "cell": f"{self.cell}={becomes}", "was": f"{self.cell}={self.held}", "reason": "Bench"}
        page = {"revision": str(self.revision), "state": ""}
        address = f"/p/{self.schedule.program.slug}/schedules/{self.schedule.number}/plan-edit/"
        answer: HttpResponse = self.client.post(address, fields | page, headers=HX)
        assert answer.status_code == 200, answer.content
        self.held, self.revision = becomes, self.revision + 1
        return answer

    def _get(self, address: str) -> "HttpResponse":
        headers = {} if address == "year/" else HX
        answer: HttpResponse = self.client.get(f"/p/{self.schedule.program.slug}/{address}", headers=headers)
        assert answer.status_code == 200, answer.content
        return answer


def _client(schedule: "Schedule") -> "Client":
    from django.conf import settings
    from django.test import Client
    from django.test.utils import override_settings

    from people.models import User

    # As installed, but for names of static files that only an installation has.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}, ALLOWED_HOSTS=["testserver"]).enable()
    user = User.objects.create_user("bench-year", role=User.Role.COORDINATOR)
    user.programs.add(schedule.program)
    client = Client()
    with patch("django.utils.timezone.now", return_value=NOW):
        client.force_login(user)
    return client


@dataclass(frozen=True, slots=True)
class _Runs:
    """Times of so many calls, in milliseconds on the clock and of the processor, and the queries of one."""

    wall: list[float]
    cpu: list[float]
    queries: int

    @property
    def median(self) -> float:
        return median(self.wall)

    @property
    def note(self) -> str:
        return f"worst {max(self.wall):.0f}; CPU {median(self.cpu):.0f}; {self.queries} queries"


def _many(call: Callable[[], "HttpResponse"]) -> _Runs:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        call()
    queries = len(captured)
    wall, cpu, _ = zip(*(_timed(call) for _ in range(TIMES)), strict=True)
    return _Runs(list(wall), list(cpu), queries)


def _timed(call: Callable[[], "HttpResponse"]) -> tuple[float, float, int]:
    """Milliseconds on the clock and of the processor, and the size of the answer."""
    started, worked = time.perf_counter(), time.process_time()
    answer = call()
    return 1000 * (time.perf_counter() - started), 1000 * (time.process_time() - worked), len(answer.content)
