"""What is proposed to fill a place is for schedulers: what becomes of it says nobody's leave to others."""

from datetime import UTC, datetime, time

import pytest
from django.utils import timezone

from scheduling.models import Edit, Inquiry
from scheduling.services.inquiries import apply
from tests.scheduling.inquiry_cases import LONG_BEFORE, Ward

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_draft_that_is_made_says_who_moves_and_not_whose_leave_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime.combine(LONG_BEFORE, time(12), UTC))
    ward = Ward()
    ward.away(ward.ana, 6, 10)
    ward.away(ward.bo, 6, 10)
    ward.away(ward.cy, 6, 10, kind="conference")
    inquiry = ward.ask(Inquiry.Kind.FILL, date="2026-07-08", rotation="WA", shift="D")
    assert inquiry.answer is not None
    (plan,) = inquiry.answer["plans"]
    assert plan["what"] == "Take back the conference of Cy, 6 to 10 Jul"
    assert plan["title"] == "Cy for Ward A on Wed 8 Jul, day"
    draft = apply.apply(inquiry=inquiry, plan=0, user=ward.coordinator)
    edit = Edit.objects.get(schedule=draft)
    assert {draft.note, edit.title, edit.reason} == {"Cy for Ward A on Wed 8 Jul, day"}
