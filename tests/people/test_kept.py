"""What is kept in memory: the things that were asked for last, each found by one look at its key."""

from collections import OrderedDict

from hypothesis import given
from hypothesis import strategies as st

from people.kept import Kept

STEPS = st.lists(st.tuples(st.sampled_from(["of", "find", "put", "clear"]), st.integers(0, 4)), max_size=40)


class Key:
    """Counts how often it is hashed."""

    hashed = 0

    def __hash__(self) -> int:
        self.hashed += 1
        return 1


@given(STEPS, st.integers(1, 3))
def test_it_is_a_table_of_what_was_asked_for_last(steps: list[tuple[str, int]], most: int) -> None:
    kept, plain = Kept[str | None](most), OrderedDict[int, str | None]()
    for turn, (verb, key) in enumerate(steps):
        made = f"{key} of {turn}" if turn % 5 else None  # nothing is a thing to keep, too
        if verb == "clear":
            kept.clear()
            plain.clear()
        elif verb == "find":
            assert kept.find(key) == plain.get(key)
        elif verb == "put":
            kept.put(key, made)
            plain[key] = made
        else:
            assert kept.of(key, lambda made=made: made) == plain.setdefault(key, made)  # type: ignore[misc]
        if key in plain:
            plain.move_to_end(key)
        while len(plain) > most:
            plain.popitem(last=False)
    assert [kept.find(key) for key in range(5)] == [plain.get(key) for key in range(5)]


def test_what_is_there_is_hashed_once() -> None:
    kept, key = Kept[str](2), Key()
    kept.put(key, "made")
    before = key.hashed
    assert (kept.find(key), kept.of(key, str)) == ("made", "made")
    assert key.hashed == before + 2


def test_what_somebody_else_made_meanwhile_is_what_both_have() -> None:
    kept = Kept[str](2)

    def made() -> str:
        kept.put("key", "theirs")
        return "mine"

    assert (kept.of("key", made), kept.find("key")) == ("theirs", "theirs")
