"""The best spread that could be reached, as an inquiry about a schedule."""

from datetime import date

import pytest

from scheduling.models import Inquiry
from scheduling.services.inquiries import answering, ask
from tests.factories import make_person, make_staffing, place, work
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db(transaction=True)


def answered(small: Small) -> Inquiry:
    inquiry = ask.ask(schedule=small.draft, user=small.coordinator, kind="spread", parameters={}, enqueue=False)
    return answering.perform(inquiry.pk)


def test_the_spreads_of_each_level_with_what_is_proven(small: Small) -> None:
    cy = make_person(small.program, "Cy", 1)
    make_staffing(small.program, "Ward by night", small.ward, shift_type=small.night)
    place(small.draft, small.ana, 1, small.ward)
    place(small.draft, cy, 1, small.clinic)
    for day in (6, 7):
        work(small.draft, small.ana, date(2026, 7, day), small.night, small.ward)
    inquiry = answered(small)
    assert (inquiry.status, inquiry.error) == ("succeeded", "")
    assert inquiry.answer == {
        "spreads": [
            {"group": "PGY-1", "measure": "nights", "spread": 2.0, "bound": 2.0, "people": 2},
            {"group": "PGY-1", "measure": "minutes", "spread": 24.0, "bound": 24.0, "people": 2},
        ]
    }


def test_without_a_roster_there_is_nothing_to_prove(small: Small) -> None:
    inquiry = answered(small)
    assert (inquiry.status, inquiry.answer) == ("failed", None)
    assert inquiry.error == "Draft 1 (2026) has no roster yet: generate one, then ask again."
