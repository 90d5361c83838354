"""Cover for one sick call in a made-up year of 60 people: how long it takes to rank who could take the lost block.

The roster is filled in by turns, without the optimiser: everybody works what their rotation does, never on leave. One
resident is ill on a Saturday night in winter. The time is that of reading what is needed from the database and ranking
everybody, and that of the whole page.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING
from unittest.mock import patch

from benchmarks.figures import Figure, at_most
from benchmarks.generation import use_database
from benchmarks.made_roster import made_roster

if TYPE_CHECKING:  # models are there once Django is set up
    from absences.models import Absence
    from scheduling.models import Schedule

PEOPLE, TIMES, BAR = 60, 20, 200
ILL_ON = date(2027, 1, 16)
NOW = datetime(2027, 1, 16, 17, tzinfo=UTC)
# What somebody works on the days of a turn, by rotation; None is off. Elsewhere it is the day shift on weekdays.
TURNS: dict[str, tuple[str | None, ...]] = {
    "ICU": ("DAY", "DAY", "NIGHT", None, None),
    "CCU": ("DAY", "DAY", "NIGHT", None, None),
    "ED": ("DAY", "SHORT", None, "NIGHT", None, None),
    "NF": ("NIGHT",) * 6 + (None,),
    "WARD": ("DAY", "DAY", "DAY", "SHORT", "DAY", None, None),
}


def case() -> Iterator[Figure]:
    """The service call, and the page."""
    use_database()
    from scheduling.services.candidates import candidates, lost_blocks
    from scheduling.views.sick_call import ENOUGH

    schedule = published_year()
    absence = _sick_call(schedule)

    def rank(enough: int | None = None) -> int:
        (found,) = candidates(schedule, lost_blocks(schedule, absence, NOW), NOW, enough=enough)
        return len(found.able)

    yield _figure("everybody ranked", rank, f"{rank()} can")
    yield _figure("the best ten", lambda: rank(ENOUGH), "")
    yield _figure("the page", _page(schedule, absence), "")


def _figure(name: str, call: Callable[[], object], note: str) -> Figure:
    """The median time on the clock of so many calls."""
    wall, cpu = [], []
    call()
    for _ in range(TIMES):
        started, worked = time.perf_counter(), time.process_time()
        call()
        wall.append(1000 * (time.perf_counter() - started))
        cpu.append(1000 * (time.process_time() - worked))
    times = f"worst {max(wall):.0f}; CPU {median(cpu):.0f}, worst {max(cpu):.0f}"
    return at_most(f"cover-{PEOPLE}: {name}", median(wall), "ms", BAR, "; ".join(filter(None, [times, note])))


def published_year(people: int = PEOPLE, name: str = "") -> "Schedule":
    """A made-up program of so many people with a roster of the whole year."""
    from benchmarks.store import store
    from scheduling.models import Assignment, Schedule
    from scheduling.models.calendar import ensure_blocks

    problem = made_roster(people)
    schedule = store(problem, name or f"cover-{people}")
    blocks = ensure_blocks(schedule.program, schedule.start_date, schedule.end_date)
    persons = {person.code: person for person in schedule.program.people.all()}
    rotations = {rotation.code: rotation for rotation in schedule.program.rotations.all()}
    rows = []
    for number, person in enumerate(problem.people):
        away = {day for first, last in person.leave for day in range(first, last + 1)}
        for stay in person.placements:
            for day in range(stay.first, stay.last + 1):
                on = problem.start + timedelta(days=day)
                shift = _shift(stay.rotation, on, day + number)
                if shift and day not in away:
                    block, rotation, one = blocks[on, shift], rotations[stay.rotation], persons[person.id]
                    rows.append(Assignment(schedule=schedule, person=one, block=block, rotation=rotation))
    Assignment.objects.bulk_create(rows, batch_size=1000)
    Schedule.objects.filter(pk=schedule.pk).update(status=Schedule.Status.PUBLISHED)
    return Schedule.objects.select_related("program").get(pk=schedule.pk)


def _shift(rotation: str, on: date, turn: int) -> str | None:
    if rotation in TURNS:
        return TURNS[rotation][turn % len(TURNS[rotation])]
    return "DAY" if on.weekday() < 5 else None


def _sick_call(schedule: "Schedule") -> "Absence":
    """Whoever should work the first of the nights is away."""
    from absences.models import Absence
    from scheduling.models import Assignment
    from scheduling.services import leave

    night = Assignment.objects.filter(schedule=schedule, block__date=ILL_ON, block__shift_type__code="NIGHT")
    ill = night.select_related("person").order_by("person__code")[0].person
    return leave.record(person=ill, user=None, start_date=ILL_ON, end_date=ILL_ON, kind=Absence.Kind.SICK)


def _page(schedule: "Schedule", absence: "Absence") -> Callable[[], object]:
    """Reads the page as a coordinator, at that moment."""
    from django.conf import settings
    from django.test import Client
    from django.test.utils import override_settings
    from django.urls import reverse

    from people.models import User

    # As installed, but for names of static files that only an installation has.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}, ALLOWED_HOSTS=["testserver"]).enable()
    user = User.objects.create_user("bench", role=User.Role.COORDINATOR)
    user.programs.add(schedule.program)
    client = Client()
    address = reverse("cover", args=[schedule.program.slug, absence.pk])
    with patch("django.utils.timezone.now", return_value=NOW):
        client.force_login(user)

    def get() -> None:
        with patch("django.utils.timezone.now", return_value=NOW):
            page = client.get(address).content.decode()
        assert "Give to" in page

    return get
