"""What several ask for at once is made once: by threads, by processes, where a maker dies, where the cache is gone."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache

from people import once as module
from people.once import once


class Shelf:
    """Where what is made is put."""

    def __init__(self, make: Callable[[], str]) -> None:
        self.there: str | None = None
        self.made = 0
        self._make = make

    def look(self) -> str | None:
        return self.there

    def make(self) -> str:
        self.made += 1
        self.there = self._make()
        return self.there


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(module, "WAIT", 0.2)
    cache.clear()
    yield
    cache.clear()


def key_of(name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The entry that whoever makes it holds."""
    keys: list[str] = []

    def note(key: str, *_: object) -> bool:
        keys.append(key)
        return True

    with monkeypatch.context() as patched:
        patched.setattr(module.cache, "add", note)
        once(name, lambda: "", lambda: "")
    return keys[0]


def test_threads_that_ask_at_once_have_it_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT", 30)
    begun, may_end = threading.Event(), threading.Event()

    def slowly() -> str:
        begun.set()
        may_end.wait(10)
        return "made"

    shelf, answers = Shelf(slowly), []
    threads = [threading.Thread(target=lambda: answers.append(once("it", shelf.look, shelf.make))) for _ in range(3)]
    threads[0].start()
    assert begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert (answers, shelf.made) == (["made"] * 3, 1)


def test_a_process_waits_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    key, shelf = key_of("it", monkeypatch), Shelf(lambda: "ours")
    cache.set(key, "of another process")
    looks: list[float] = []

    def look() -> str | None:
        looks.append(time.monotonic())
        return "theirs" if len(looks) == 3 else None

    assert (once("it", look, shelf.make), shelf.made, len(looks)) == ("theirs", 0, 3)
    assert cache.get(key) == "of another process"


def test_nobody_waits_for_one_who_has_died(monkeypatch: pytest.MonkeyPatch) -> None:
    key, shelf = key_of("it", monkeypatch), Shelf(lambda: "ours")
    cache.set(key, "of one who does not end")
    assert (once("it", shelf.look, shelf.make), shelf.made) == ("ours", 1)
    shelf.there = None
    cache.delete(key)  # as when it has run out
    assert (once("it", shelf.look, shelf.make), shelf.made) == ("ours", 2)
    assert cache.get(key) is None


def test_without_a_cache_each_makes_their_own_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT", 1000)
    for verb in ("add", "get", "delete"):
        monkeypatch.setattr(module.cache, verb, lambda *_: None)
    shelf = Shelf(lambda: "ours")
    assert (once("it", shelf.look, shelf.make), shelf.made) == ("ours", 1)


def test_who_fails_to_make_it_lets_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        once("it", lambda: None, fail)
    shelf = Shelf(lambda: "ours")
    assert once("it", shelf.look, shelf.make) == "ours"
