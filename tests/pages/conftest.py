"""A small program, at one moment, as three people see it: who makes its schedules, a resident, a stranger."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from people.models import User
from tests.examples import ON_POSTGRESQL
from tests.factories import Wards, make_program, make_user, make_wards

NOON = datetime(2026, 11, 3, 17, tzinfo=UTC)  # Tuesday 3 November, noon in New York
# Queries: on PostgreSQL a strip asks whether problems that were found before something was written still are.
STAMP = 1 if ON_POSTGRESQL else 0


@pytest.fixture(autouse=True)
def _noon(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All pages of these tests are read at the same moment."""
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards(db: None) -> Wards:
    return make_wards()


@pytest.fixture
def draft(db: None) -> Wards:
    """The same program with nothing published: its only version is a draft."""
    return make_wards(status="draft")


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def coordinator_of(wards: Wards) -> Client:
    return sign_in(make_user("owner", User.Role.COORDINATOR, programs=(wards.program,)))


def resident_of(wards: Wards) -> Client:
    """The first of the residents, signed in."""
    person = wards.people[0]
    person.user = make_user("colleague")
    person.save()
    return sign_in(person.user)


def stranger_to(wards: Wards) -> Client:
    other = make_program(f"Not {wards.program.name}")
    return sign_in(make_user("stranger", User.Role.COORDINATOR, programs=(other,)))


@pytest.fixture
def owner(wards: Wards) -> Client:
    return coordinator_of(wards)


@pytest.fixture
def colleague(wards: Wards) -> Client:
    return resident_of(wards)


@pytest.fixture
def stranger(wards: Wards) -> Client:
    return stranger_to(wards)


type Reading = Callable[[Client, str], str]


@pytest.fixture
def read() -> Reading:
    """Read a page that has to be there; returns its HTML."""

    def get(client: Client, path: str) -> str:
        response = client.get(path)
        assert response.status_code == 200, path
        return response.content.decode()

    return get
