"""What all tests share: their markers, a clean cache, and inputs of property tests that do not change by the day."""

import hypothesis
import pytest
from django.core.cache import cache
from pytest_django import Settings

# The same inputs every time, so that a red run is red again; no limit on the time of one example, since
# the machine may be busy with something else.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis.settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by what it needs (`pure`, `database` or `browser`), from its folder and its fixtures.

    The browser tests come last: while Playwright runs, its event loop occupies the thread.
    """
    for item in items:
        item.add_marker(kind(item))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def kind(item: pytest.Item) -> str:
    """The marker of a test: `browser` in tests/browser, `database` if it asks for one, else `pure`."""
    if "browser" in item.path.parts:
        return "browser"
    fixtures = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "django_db_setup"}:
        return "database"
    return "pure"


@pytest.fixture(autouse=True)
def _clean_cache(request: pytest.FixtureRequest) -> None:
    """No test sees what another has cached."""
    if request.node.get_closest_marker("pure") is None:
        cache.clear()


@pytest.fixture
def sessions_in_database(settings: Settings) -> None:
    """So that counted queries are the same with Redis, where a session costs none."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
