"""What all tests share: their markers, a clean cache, and inputs of property tests that do not change by the day."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import connection
from pytest_django import Settings

# The same inputs every time, so that a red run is red again; no limit on the time of one example, since
# the machine may be busy with something else.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis.settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by what it needs (`pure`, `database`, `browser` or `stack`), from its folder and its fixtures.

    The browser tests come last: while Playwright runs, its event loop occupies the thread.
    """
    for item in items:
        item.add_marker(kind(item))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def kind(item: pytest.Item) -> str:
    """A test's marker: `browser` or `stack` by its folder, `database` if it asks for one, else `pure`."""
    for folder in ("browser", "stack"):
        if Path(__file__).parent / folder in item.path.parents:
            return folder
    fixtures = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "django_db_setup"}:
        return "database"
    return "pure"


@pytest.fixture(autouse=True)
def _clean_cache(request: pytest.FixtureRequest) -> None:
    """No test sees what another has cached; the stack has a cache of its own."""
    if not any(map(request.node.get_closest_marker, ("pure", "stack"))):
        cache.clear()


@pytest.fixture(autouse=True)
def _what_tests_write_is_seen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests write rows behind the services' backs, which the page cache does not see: it forgets its pages then.

    What is written within a request is left to it. tests/site takes the cache as it is installed.
    """
    if any(map(request.node.get_closest_marker, ("pure", "stack"))):
        yield
        return
    from scheduler_site import caching

    latest, answering = [0], threading.local()
    monkeypatch.setattr(caching, "release", lambda: f"after write {latest[0]}")

    def begin(**_: object) -> None:
        answering.now = True

    def end(**_: object) -> None:
        answering.now = False

    def note(execute: Callable[..., object], sql: str, *arguments: object) -> object:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and not getattr(answering, "now", False):
            latest[0] += 1
        return execute(sql, *arguments)

    request_started.connect(begin)
    request_finished.connect(end)
    connection.execute_wrappers.append(note)
    yield
    connection.execute_wrappers.remove(note)  # itself, not the last: a request may have put another on
    request_started.disconnect(begin)
    request_finished.disconnect(end)


@pytest.fixture
def sessions_in_database(settings: Settings) -> None:
    """So that counted queries are the same with Redis."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
