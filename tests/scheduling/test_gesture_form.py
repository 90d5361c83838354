"""The fields of a gesture: what they become, and what is said of wrong ones."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from scheduling.forms.gesture import MONTH, YEAR, gesture_of, month_of
from scheduling.services.gestures import Gesture

ADA, BO = (12, date(2026, 11, 3)), (14, date(2026, 11, 5))


def _month(query: str) -> Gesture:
    return gesture_of(QueryDict(query), MONTH)


def test_set_names_cells_with_what_they_hold_afterwards() -> None:
    found = _month(
        "verb=set&revision=7&cell=12:2026-11-03=CL|AM/CL|PM&cell=14:2026-11-05=&was=12:2026-11-03=&state=?level=1"
    )

    assert found == Gesture(
        "set",
        cells={ADA: (("CL", "AM"), ("CL", "PM")), BO: ()},
        start=None,
        end=None,
        was={ADA: ()},
        revision=7,
        state="?level=1",
    )
    assert found.named == [ADA, BO]


def test_codes_may_hold_the_signs_that_part_cells_from_what_they_hold() -> None:
    assert _month("verb=set&revision=0&cell=12:2026-11-03=A:B,C=D|N=1").cells == {ADA: (("A:B,C=D", "N=1"),)}
    assert gesture_of(QueryDict("verb=set&revision=0&cell=12:5=A:B=C"), YEAR).cells == {(12, 5): "A:B=C"}


@pytest.mark.parametrize("verb", ["move", "swap", "push"])
def test_what_goes_from_one_cell_to_another_names_both(verb: str) -> None:
    found = gesture_of(QueryDict(f"verb={verb}&revision=3&from=12:4&to=14:5&was=12:4=WA&was=14:5="), YEAR)

    assert (found.start, found.end, found.was, found.cells) == ((12, 4), (14, 5), {(12, 4): "WA", (14, 5): ""}, {})
    assert found.named == [(12, 4), (14, 5)]


def test_marks_name_cells_alone() -> None:
    assert _month("verb=pin&revision=3&cell=12:2026-11-03&cell=14:2026-11-05").cells == {ADA: (), BO: ()}
    assert _month("verb=note&revision=3&cell=12:2026-11-03&note= Ask her first ").note == "Ask her first"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "verb=drop&cell=12:2026-11-03=",
            'The field "verb" is "drop": give set, move, swap, push, pin, loosen or note.',
        ),
        (
            "verb=set",
            'The field "cell" is missing: give each cell to change, such as "12:2026-11-03" (person and day).',
        ),
        (
            "verb=set&cell=12=ICU|D",
            'The field "cell" is "12": give a cell such as "12:2026-11-03" (person and day).',
        ),
        (
            "verb=set&cell=12:2026-11-31=ICU|D",
            'The field "cell" is "12:2026-11-31": give a cell such as "12:2026-11-03" (person and day).',
        ),
        (
            "verb=set&cell=12:2026-11-03=ICU",
            (
                'The field "cell" is "12:2026-11-03=ICU": after the cell give "=" and what it holds, such as "ICU|D", '
                'or "CL|AM/CL|PM" with each shift once; nothing is an empty cell.'
            ),
        ),
        (
            "verb=set&cell=12:2026-11-03=ICU|D/WA|D",
            (
                'The field "cell" is "12:2026-11-03=ICU|D/WA|D": after the cell give "=" and what it holds, such as '
                '"ICU|D", or "CL|AM/CL|PM" with each shift once; nothing is an empty cell.'
            ),
        ),
        (
            "verb=set&cell=12:2026-11-03=ICU|D&cell=12:2026-11-03=",
            'The field "cell" names the cell 12:2026-11-03 twice: give it once.',
        ),
        (
            "verb=move&from=12:2026-11-03",
            'The field "to" is "": give a cell such as "12:2026-11-03" (person and day).',
        ),
        (
            "verb=note&cell=12:2026-11-03&cell=12:2026-11-04",
            'The field "cell" is given more than once: a note goes to one cell.',
        ),
        (
            "verb=note&cell=12:2026-11-03&note=" + "a" * 201,
            'The field "note" has 201 letters: give at most 200.',
        ),
        (
            "verb=pin&cell=12:2026-11-03&reason=%00",
            'The field "reason" holds a sign that cannot be kept: write it anew.',
        ),
        (
            "verb=pin&cell=12:2026-11-03&state=javascript:",
            'The field "state" is "javascript:": give the page\'s query string from "?" on, or nothing.',
        ),
        (
            "verb=pin&cell=12:2026-11-03&was=12:2026-11-03",
            (
                'The field "was" is "12:2026-11-03": after the cell give "=" and what it holds, such as "ICU|D", or '
                '"CL|AM/CL|PM" with each shift once; nothing is an empty cell.'
            ),
        ),
    ],
)
def test_each_wrong_field_is_named(query: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        _month(f"revision=3&{query}")

    assert refused.value.messages == [said]


def test_all_wrong_fields_are_named_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        _month("verb=move&from=x&to=12:2026-11-03&revision=-1")

    assert refused.value.messages == [
        'The field "from" is "x": give a cell such as "12:2026-11-03" (person and day).',
        'The field "revision" is "-1": give the whole number that the page shows.',
    ]


def test_the_month_is_that_of_the_page() -> None:
    assert month_of(QueryDict("month=2026-11")) == date(2026, 11, 1)
    with pytest.raises(ValidationError) as refused:
        month_of(QueryDict("month=2026-13"))
    assert refused.value.messages == ['The field "month" is "2026-13": give the month of the page such as 2026-11.']
