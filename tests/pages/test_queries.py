"""No page asks the database more for many people than for few."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scheduling.models import GenerationRun
from tests.factories import make_wards
from tests.pages.conftest import STAMP, coordinator_of, resident_of

HOME = "/p/internal-medicine/"
IS_POSTGRESQL = connection.vendor == "postgresql"
# There a grid asks whether what a program is set up with is what is kept, and after reading it once more.
DIGESTS = 2 if IS_POSTGRESQL else 0
SCHEDULERS = {
    "": 23,
    "year/": 21 + DIGESTS + STAMP,
    "month/2026-11/": 19 + DIGESTS + STAMP,
    "day/2026-11-03/": 20 + STAMP,
    "people/": 6,
    "schedules/": 10,
    "schedules/1/": 18 + STAMP,
    "on-call/": 19,
}
# On PostgreSQL one's month asks whether the month that is kept still holds, and whether what it keeps is what it read.
READERS = {
    "/my/": 19 if IS_POSTGRESQL else 16,
    f"{HOME}month/2026-11/": 8 if IS_POSTGRESQL else 17,  # the set-up is kept
    f"{HOME}year/": 8 if IS_POSTGRESQL else 19,
}


def queries(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3, 200])
def test_the_number_of_queries(people: int) -> None:
    wards = make_wards(people)
    GenerationRun.objects.bulk_create(GenerationRun(schedule=wards.schedule, status="succeeded") for _ in range(people))
    scheduler, resident = coordinator_of(wards), resident_of(wards)
    assert {page: queries(scheduler, HOME + page) for page in SCHEDULERS} == SCHEDULERS
    assert {page: queries(resident, page) for page in READERS} == READERS
