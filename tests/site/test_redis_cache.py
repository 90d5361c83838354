"""A Redis that is gone costs one try in a few seconds, and one line of the log in a minute."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import ConnectionError as GoneError

from scheduler_site import redis_cache
from scheduler_site.redis_cache import Cache, breaker

NOWHERE = "redis://127.0.0.1:1/0"


class Client:
    """Redis itself, which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_gone = True

    def get(self, *_: Any, **__: Any) -> str:
        self.asked += 1
        if self.is_gone:
            raise redis_cache.ConnectionInterrupted(connection=None) from GoneError("gone")
        return "kept"

    def get_client(self) -> "Client":
        return self

    def ping(self) -> bool:
        if self.is_gone:
            raise GoneError("gone")
        return True


@pytest.fixture
def client() -> Iterator[Client]:
    breaker.reset()
    yield Client()
    breaker.reset()


@pytest.fixture
def cache(client: Client) -> Cache:
    made = Cache(NOWHERE, {"OPTIONS": {"IGNORE_EXCEPTIONS": True}})
    made._client = client
    return made


def test_after_a_failure_it_is_not_asked_for_a_while(
    cache: Cache, client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [cache.get("a", "default") for _ in range(3)] == ["default"] * 3
    assert client.asked == 1
    later = redis_cache.time.monotonic() + redis_cache.PAUSE + 1
    monkeypatch.setattr(redis_cache.time, "monotonic", lambda: later)
    assert cache.get("a", "default") == "default"
    assert client.asked == 2
    assert [record.getMessage() for record in caplog.records] == [
        "Redis does not answer: the site goes on without it, slower"
    ]


def test_when_it_answers_a_ping_it_is_asked_again(
    cache: Cache, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert not cache.ping()
    assert cache.get("a") is None
    client.is_gone = False
    assert cache.get("a") is None
    assert cache.ping()
    assert cache.get("a") == "kept"
    assert caplog.records[-1].getMessage() == "Redis answers again"
