"""Who counts as faculty."""

from datetime import date

import pytest

from scheduling.rules import Person

JULY, JANUARY = date(2026, 7, 1), date(2027, 1, 1)


@pytest.mark.parametrize(
    ("person", "is_faculty"),
    [
        (Person("f", "Faculty"), True),
        (Person("f", "Faculty whose share changes", levels=((JULY, 0), (JANUARY, 0))), True),
        (Person("r", "Resident", level=1), False),
        (Person("r", "Resident who moves up", level=1, levels=((JANUARY, 2),)), False),
        (Person("r", "Resident who joins the faculty", levels=((JULY, 3), (JANUARY, 0))), False),
    ],
)
def test_faculty_never_have_a_level(person: Person, is_faculty: bool) -> None:
    assert person.is_faculty is is_faculty
