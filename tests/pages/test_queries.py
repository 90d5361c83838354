"""No page asks the database more for many people than for few."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scheduling.models import GenerationRun
from tests.factories import make_wards
from tests.pages.conftest import coordinator_of, resident_of

HOME = "/p/internal-medicine/"
SCHEDULERS = {
    "": 23,
    "year/": 23,
    "month/2026-11/": 21,
    "day/2026-11-03/": 20,
    "people/": 7,
    "schedules/": 10,
    "schedules/1/": 19,
    "on-call/": 19,
}
# On PostgreSQL one's month asks whether the month that is kept still holds, and whether what it keeps is what it read.
READERS = {"/my/": 23 if connection.vendor == "postgresql" else 21, f"{HOME}month/2026-11/": 19, f"{HOME}year/": 21}


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
