"""The site whose pages are measured, as one is installed: PostgreSQL by a pool, Redis, production settings, all
middleware. In this process, which must not have set Django up before.
"""

import atexit
import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # models are there once Django is set up
    from people.models import User
    from scheduling.models import Schedule

HOST = "schedule.example.org"
NOW = datetime(2027, 1, 16, 17, tzinfo=UTC)
MONTH = date(2027, 1, 1)


@dataclass(frozen=True, slots=True)
class Site:
    """Three programs with a year's plan and roster, and who reads them."""

    of_60: "Schedule"  # published
    of_200: "Schedule"  # published, with a curriculum and staffing by period
    draft: "Schedule"  # of 60 people
    coordinator: "User"  # of all three
    resident: "User"  # of the first
    resident_of_200: "User"


def install() -> None:
    """Servers, settings and tables. All go when the process ends."""
    from tests.services.postgres import postgres
    from tests.services.redis import redis

    servers = ExitStack()
    atexit.register(servers.close)
    folder = servers.enter_context(tempfile.TemporaryDirectory(prefix="bench-pages-"))
    for name in list(os.environ):
        if name.startswith(("DB_", "DEBUG", "EMAIL_", "DJANGO_", "SECRET_KEY")):
            del os.environ[name]
    os.environ |= servers.enter_context(postgres()) | servers.enter_context(redis())
    os.environ |= {
        "DB_NAME": "postgres",  # is there in every new PostgreSQL
        "DB_POOL": "1",
        "SECRET_KEY": "a-secret-key-that-is-as-long-and-as-varied-as-one-in-production-0123456789",
        "ALLOWED_HOSTS": HOST,
        "HTTPS": "1",
        "BEHIND_PROXY": "1",
        "STATIC_ROOT": f"{folder}/static",
        "PROMETHEUS_MULTIPROC_DIR": f"{folder}/metrics",
        "DJANGO_SETTINGS_MODULE": "scheduler_site.settings",
        "LOG_LEVEL": "ERROR",
    }
    (Path(folder) / "metrics").mkdir()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def fill() -> Site:
    """The programs and the users."""
    from django.db import connection

    from benchmarks.cover import published_year
    from people.models import User
    from scheduling.models import Schedule

    of_60, of_200, draft = published_year(60, "pages-60"), published_year(200, "pages-200"), published_year(60, "draft")
    Schedule.objects.filter(pk=draft.pk).update(status=Schedule.Status.DRAFT)
    _asks_by_period(of_200, 200)
    coordinator = User.objects.create_user("coordinator", role=User.Role.COORDINATOR)
    coordinator.programs.set([of_60.program, of_200.program, draft.program])
    residents = []
    for schedule in (of_60, of_200):
        person = schedule.program.people.order_by("name")[20]
        person.user = User.objects.create_user(f"resident-{schedule.program.slug}")
        person.save()
        residents.append(person.user)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    draft.refresh_from_db()
    return Site(of_60, of_200, draft, coordinator, *residents)


def _asks_by_period(schedule: "Schedule", people: int) -> None:
    """A curriculum that the plan was made by, and staffing by period."""
    from benchmarks.made_roster import PLACES
    from scheduling.models import Curriculum, Rotation, Staffing

    program = schedule.program
    rotations = {rotation.code: rotation for rotation in Rotation.objects.filter(program=program)}
    for code, places in PLACES.items():
        for level, place in enumerate(places, start=1):
            row = Curriculum.objects.create(program=program, level=level, fewest=place // 3)
            row.rotations.set([rotations[code]])
            fewest = place * people // 60
            need = Staffing.objects.create(program=program, name=f"{code} {level}", levels=[level], fewest=fewest)
            need.rotations.set([rotations[code]])
