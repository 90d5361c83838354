"""What granting a leave request would cost."""

from datetime import datetime, time

import pytest

from absences.models import Absence
from scheduling.models import Assignment, Inquiry
from scheduling.services.inquiries import apply, ground
from tests.scheduling.inquiry_cases import LONG_BEFORE, Ward

pytestmark = pytest.mark.django_db(transaction=True)
Kind = Inquiry.Kind


@pytest.fixture
def ward(monkeypatch: pytest.MonkeyPatch) -> Ward:
    monkeypatch.setattr(ground, "now_in", lambda program: datetime.combine(LONG_BEFORE, time(), program.zone))
    return Ward()


def asked_for(ward: Ward, first: int, last: int) -> Absence:
    return ward.away(ward.ana, first, last, kind="vacation", status=Absence.Status.REQUESTED)


def test_the_cost_is_said_in_sentences(ward: Ward) -> None:
    """Ana works 8 and 9 July; Cy is away as well, so it is Bo who has to take both."""
    ward.works(ward.ana, 8, 9)
    ward.away(ward.cy, 1, 28)
    answer = ward.answer(Kind.LEAVE, absence=asked_for(ward, 8, 9).pk)
    assert answer["sentences"] == [
        "Ana would give up 2 shifts, 8 to 9 Jul. 2 places would be empty if nobody took them.",
        (
            "The cheapest cover changes 2 shifts of Bo. No plan can do with fewer than 1 person. "
            "No plan changes fewer than 2 shifts."
        ),
        "Bo over the whole schedule: nights 0 as before, weekends 0 as before.",
    ]
    assert answer["missing"] == [
        "Somebody is missing on Ward A on Wed 8 Jul, day.",
        "Somebody is missing on Ward A on Thu 9 Jul, day.",
    ]
    assert [plan["title"] for plan in answer["plans"]] == ["Ana away, 8 to 9 Jul; Bo cover"]


def test_a_request_stays_a_request_and_its_plan_is_tried_in_a_draft(ward: Ward) -> None:
    ward.works(ward.ana, 8)
    ward.away(ward.cy, 1, 28)
    absence = asked_for(ward, 8, 8)
    draft = apply.apply(inquiry=ward.ask(Kind.LEAVE, absence=absence.pk), plan=0, user=ward.coordinator)
    assert draft != ward.draft
    assert [each.person.name for each in Assignment.objects.filter(schedule=draft)] == ["Bo"]
    assert [each.person.name for each in Assignment.objects.filter(schedule=ward.draft)] == ["Ana"]
    absence.refresh_from_db()
    assert absence.status == Absence.Status.REQUESTED


def test_without_shifts_it_costs_nothing(ward: Ward) -> None:
    answer = ward.answer(Kind.LEAVE, absence=asked_for(ward, 8, 9).pk)
    assert answer["sentences"] == ["Ana works no shift, 8 to 9 Jul: granting the leave costs nothing."]
    assert answer["missing"] == []


def test_where_enough_are_left_it_costs_nothing(ward: Ward) -> None:
    ward.works(ward.ana, 8)
    ward.works(ward.bo, 8)
    answer = ward.answer(Kind.LEAVE, absence=asked_for(ward, 8, 8).pk)
    assert answer["sentences"] == [
        "Ana would give up 1 shift, 8 Jul. Enough people are left on each of them: granting it costs nothing."
    ]


def test_what_would_stay_empty_is_said(ward: Ward) -> None:
    ward.works(ward.ana, 8)
    ward.away(ward.bo, 8, 8)
    ward.away(ward.cy, 8, 8)
    answer = ward.answer(Kind.LEAVE, absence=asked_for(ward, 8, 8).pk)
    assert answer["sentences"] == [
        "Ana would give up 1 shift, 8 Jul. 1 place would be empty if nobody took it.",
        "1 place would stay empty whoever is asked.",
    ]
    assert answer["plans"][0]["short"] == 1
