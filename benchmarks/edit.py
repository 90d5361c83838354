"""One change of a cell in the month grid of a made-up program of 60 people: how long the whole answer takes in process,
how large it is, and how often it asks the database.

The roster of the year is filled in by turns, as for cover. A resident's day in January is given and taken away again,
and undone, by the requests that the page sends. The panel that offers it, who could take it, and what is shown while
something is dragged are measured beside it.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.cover import NOW, PEOPLE, published_year
from benchmarks.figures import Figure, at_most
from benchmarks.generation import use_database

if TYPE_CHECKING:  # models are there once Django is set up
    from django.test import Client

    from scheduling.models import Schedule

DAY = date(2027, 1, 12)
TIMES, MOST_MS, MOST_KB = 30, 100, 10
HX = {"HX-Request": "true"}


def case() -> Iterator[Figure]:
    """An edit of a cell, and what stands around it."""
    use_database()
    from scheduling.models import Schedule

    schedule = published_year()
    Schedule.objects.filter(pk=schedule.pk).update(status=Schedule.Status.DRAFT)
    page = _Page(schedule)
    yield from _figures("an edit", page.edit, MOST_MS, MOST_KB)
    yield from _figures("undo", page.undo, MOST_MS, MOST_KB)
    yield from _figures("nothing new", page.since)
    yield from _figures("the panel", page.panel)
    yield from _figures("who could take it", page.people)
    yield from _figures("targets of a drag", page.targets)


class _Page:
    """A coordinator's open month, with a free cell that changes to and fro."""

    def __init__(self, schedule: "Schedule") -> None:
        from django.urls import reverse

        self.schedule = schedule
        self.client = _client(schedule)
        self.address = reverse("month", args=[schedule.program.slug, DAY])
        self.person, self.content = self._worked()
        self.held = self.content
        self.cell = f"{self.person}:{DAY.isoformat()}"
        self.revision = schedule.revision

    def _worked(self) -> tuple[int, str]:
        rows = self.schedule.assignments.filter(block__date=DAY, block__shift_type__code="DAY", rotation__code="WARD")
        row = rows.select_related("rotation").order_by("person__code")[0]
        return row.person_id, f"{row.rotation.code}|DAY"

    def edit(self) -> Any:
        becomes = "" if self.held else self.content
        fields = {"verb": "set", "cell": f"{self.cell}={becomes}", "was": f"{self.cell}={self.held}"}
        answer = self._post("edit", fields)
        self.held = becomes
        return answer

    def undo(self) -> Any:
        answer = self._post("undo", {})
        self.held = "" if self.held else self.content
        return answer

    def since(self) -> Any:
        return self._get(f"{self._url('since', self.revision)}?month={DAY:%Y-%m}")

    def panel(self) -> Any:
        return self._get(f"{self.address}{self.person}/{DAY.day}/")

    def people(self) -> Any:
        return self._get(f"{self.address}{self.person}/{DAY.day}/?people=1")

    def targets(self) -> Any:
        if not self.held:
            self.edit()
        return self._get(f"{self._url('targets')}?verb=move&from={self.cell}")

    def _url(self, name: str, *rest: int) -> str:
        from django.urls import reverse

        return reverse(name, args=[self.schedule.program.slug, self.schedule.number, *rest])

    def _post(self, name: str, fields: dict[str, str]) -> Any:
        page = {"month": f"{DAY:%Y-%m}", "revision": str(self.revision), "state": ""}
        answer = self.client.post(self._url(name), fields | page, headers=HX)
        assert answer.status_code == 200, answer.content
        self.revision += 1
        return answer

    def _get(self, address: str) -> Any:
        answer = self.client.get(address, headers=HX)
        assert answer.status_code in (200, 204), answer.content
        return answer


def _client(schedule: "Schedule") -> "Client":
    from django.conf import settings
    from django.test import Client
    from django.test.utils import override_settings

    from people.models import User

    # As installed, but for names of static files that only an installation has.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}, ALLOWED_HOSTS=["testserver"]).enable()
    user = User.objects.create_user("bench-edit", role=User.Role.COORDINATOR)
    user.programs.add(schedule.program)
    client = Client()
    with patch("django.utils.timezone.now", return_value=NOW):
        client.force_login(user)
    return client


def _figures(
    name: str, call: Callable[[], Any], most_ms: float | None = None, most_kb: float | None = None
) -> Iterator[Figure]:
    """The median time on the clock of so many calls, the size of the largest answer, and the queries of one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with patch("django.utils.timezone.now", return_value=NOW):
        call()
        with CaptureQueriesContext(connection) as captured:
            call()
            queries = len(captured)  # before the next request forgets them
        runs = [_timed(call) for _ in range(TIMES)]
    wall, cpu, sizes = zip(*runs, strict=True)
    note = f"worst {max(wall):.0f}; CPU {median(cpu):.0f}; {queries} queries"
    yield _figure(f"edit-{PEOPLE}: {name}", median(wall), "ms", most_ms, note)
    yield _figure(f"edit-{PEOPLE}: {name}, size", max(sizes) / 1000, "kB", most_kb)


def _timed(call: Callable[[], Any]) -> tuple[float, float, int]:
    started, worked = time.perf_counter(), time.process_time()
    answer = call()
    return 1000 * (time.perf_counter() - started), 1000 * (time.process_time() - worked), len(answer.content)


def _figure(case: str, value: float, unit: str, most: float | None, note: str = "") -> Figure:
    return Figure(case, value, unit, note=note) if most is None else at_most(case, value, unit, most, note)
