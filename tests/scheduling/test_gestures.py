"""Gestures lose nothing and double nothing: what was in the cells is in the cells afterwards, one to a cell."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from scheduling.services.gestures import Board, move, push, swap

COLUMNS = list(range(6))
CELLS = [(person, column) for person in (1, 2) for column in COLUMNS]


def board(held: dict[tuple[int, int], str], closed: frozenset[tuple[int, int]] = frozenset()) -> Board[int, str]:
    return Board(COLUMNS, held, "", lambda at: at in closed)


def after(held: dict[tuple[int, int], str], changed: dict[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    return {at: content for at, content in ({**held, **changed}).items() if content}


def test_a_move_takes_the_place_of_what_is_there() -> None:
    assert move(board({(1, 0): "WA", (2, 3): "ICU"}), (1, 0), (2, 3)) == {(1, 0): "", (2, 3): "WA"}


def test_a_swap_goes_both_ways_and_with_an_empty_cell() -> None:
    held = {(1, 0): "WA", (2, 3): "ICU"}
    assert swap(board(held), (1, 0), (2, 3)) == {(1, 0): "ICU", (2, 3): "WA"}
    assert swap(board(held), (1, 1), (2, 3)) == {(1, 1): "ICU", (2, 3): ""}


def test_a_push_goes_on_to_the_first_free_cell() -> None:
    held = {(1, 0): "WA", (2, 2): "A", (2, 3): "B", (2, 5): "C"}
    assert push(board(held), (1, 0), (2, 2)) == {(1, 0): "", (2, 2): "WA", (2, 3): "A", (2, 4): "B"}


def test_a_push_passes_over_closed_cells_and_ends_where_it_began_in_its_own_row() -> None:
    held = {(1, 2): "A", (1, 3): "B", (1, 4): "C"}
    assert push(board(held), (1, 4), (1, 2)) == {(1, 2): "C", (1, 3): "A", (1, 4): "B"}
    closed = frozenset({(1, 3)})
    assert push(board({(2, 0): "X", (1, 2): "A"}, closed), (2, 0), (1, 2)) == {(2, 0): "", (1, 2): "X", (1, 4): "A"}


@pytest.mark.parametrize(
    ("held", "start", "end", "words"),
    [
        ({}, (1, 0), (2, 0), "The cell is empty: there is nothing to move."),
        ({(1, 0): "WA"}, (1, 0), (1, 0), "That is the same cell: choose another one."),
        (
            {(1, 0): "WA", (2, 5): "A"},
            (1, 0),
            (2, 5),
            "There is no free place further on in this row: what is there cannot be pushed along.",
        ),
    ],
)
def test_what_cannot_be_pushed_is_said(
    held: dict[tuple[int, int], str], start: tuple[int, int], end: tuple[int, int], words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        push(board(held), start, end)
    assert caught.value.messages == [words]


def test_nothing_is_pushed_to_a_closed_cell_and_two_empty_cells_are_not_swapped() -> None:
    with pytest.raises(ValidationError, match="Nothing can be put there: choose another cell"):
        push(board({(1, 0): "WA"}, frozenset({(2, 0)})), (1, 0), (2, 0))
    with pytest.raises(ValidationError, match="Both cells are empty: there is nothing to swap"):
        swap(board({}), (1, 0), (2, 0))


held_cells = st.dictionaries(st.sampled_from(CELLS), st.sampled_from(["WA", "ICU", "CL"]))


@given(
    held=held_cells, start=st.sampled_from(CELLS), end=st.sampled_from(CELLS), closed=st.sets(st.sampled_from(CELLS))
)
def test_swap_and_push_keep_every_content(
    held: dict[tuple[int, int], str], start: tuple[int, int], end: tuple[int, int], closed: set[tuple[int, int]]
) -> None:
    there = board(held, frozenset(closed - held.keys()))
    for gesture in (swap, push):
        try:
            changed = gesture(there, start, end)
        except ValidationError:
            continue
        assert sorted(after(held, changed).values()) == sorted(held.values())
        assert not {at for at, content in changed.items() if content and there.is_closed(at)} - {start, end}
        if gesture is push:
            assert changed[end] == held[start]
            assert {person for person, _ in changed} <= {start[0], end[0]}
