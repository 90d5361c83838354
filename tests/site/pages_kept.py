"""What the tests of the page cache share: people who have a CSRF cookie, and what their pages were counted as."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import Client
from prometheus_client import REGISTRY

from people.counting import Result
from people.models import Person, User, record
from scheduling.services.live_problems.now import problems_of
from tests.factories import Wards, make_user
from tests.pages.conftest import sign_in

HOME = "/p/internal-medicine/"
MONTH = f"{HOME}month/2026-11/"


def reader(user: User) -> Client:
    """Signed in, and with the cookies of somebody who has seen a page."""
    client = sign_in(user)
    client.get("/notices/")
    assert "csrftoken" in client.cookies
    return client


def person_with_account(person: Person, username: str) -> Client:
    person.user = make_user(username)
    person.save()
    return reader(person.user)


def coordinator(wards: Wards, username: str = "owner") -> Client:
    """Whose strip counts problems: they are known, as after a first look."""
    problems_of(wards.schedule)
    return reader(make_user(username, User.Role.COORDINATOR, programs=(wards.program,)))


def counted(view: str) -> dict[Result, int]:
    results: tuple[Result, ...] = ("hit", "miss", "not_modified", "bypass")
    labels = [{"view": view, "result": result} for result in results]
    values = [REGISTRY.get_sample_value("scheduler_page_cache_total", each) or 0 for each in labels]
    return {result: int(value) for result, value in zip(results, values, strict=True)}


@contextmanager
def counts(view: str = "month", **expected: int) -> Iterator[None]:
    """That pages of a view are counted so within the block, and no others."""
    before = counted(view)
    yield
    after = counted(view)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == expected


def written(wards: Wards) -> None:
    """Something of the program was written."""
    record(user=None, action="test", target=wards.program, program=wards.program, changes={})
