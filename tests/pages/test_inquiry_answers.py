"""The answers on an inquiry's page: plans side by side, each with its button, as the services give them."""

from datetime import date
from typing import Any

import pytest
from django.utils.module_loading import import_string

from absences.models import Absence
from scheduling.models import Assignment, Inquiry, RotationAssignment, Schedule
from scheduling.services.inquiries.answering import ANSWERS
from scheduling.solver.progress import OnProgress, Progress
from tests.factories import Wards, work
from tests.pages.test_versions import text

HOME = "/p/internal-medicine/"
DAY = date(2026, 11, 12)


class Silent:
    """A beat without a worker."""

    def tell(self, progress: Progress) -> None:
        pass

    def stage(self, name: str, first: float, last: float) -> OnProgress:
        return self.tell

    def stopped(self) -> bool:
        return False


@pytest.fixture
def needed(wards: Wards) -> Wards:
    """Three residents of the ward, of whom one is needed by day, and the first works on Thursday 12 November."""
    RotationAssignment.objects.update(rotation=wards.ward)
    Assignment.objects.all().delete()
    work(wards.schedule, wards.people[0], DAY, wards.day, wards.ward)
    return wards


def answered(wards: Wards, kind: str, **parameters: Any) -> str:
    """The page of an inquiry with its real answer."""
    inquiry = Inquiry.objects.create(
        schedule=wards.schedule, kind=kind, parameters=parameters, revision=wards.schedule.revision
    )
    inquiry.answer = import_string(ANSWERS[Inquiry.Kind(kind)])(inquiry, Silent())
    inquiry.status = "succeeded"
    inquiry.save()
    return f"{HOME}inquiries/{inquiry.pk}/"


def away(wards: Wards, **values: Any) -> Absence:
    return Absence.objects.create(
        person=wards.people[0], start_date=DAY, end_date=DAY, **{"kind": "sick", "status": "approved", **values}
    )


def test_plans_of_cover_stand_side_by_side(needed, owner, read):
    first, second, third = (person.name for person in needed.people)
    page = answered(needed, "repair", absence=away(needed).pk)
    html = read(owner, page)
    shown = text(html)
    assert f"{first} loses 1 shift, 12 Nov. If nobody takes any, 1 place would be empty that is filled now." in shown
    assert html.count(f'action="{page}apply/"') == 2
    assert f"{second} takes Ward A on Thu 12 Nov, day, from {first}." in shown
    assert f"{third} takes Ward A on Thu 12 Nov, day, from {first}." in shown
    assert "No plan can do with fewer than 1 person." in shown
    assert "Nobody's own shifts of the next 3 days are moved" in shown


def test_a_plan_of_what_is_published_is_made_in_a_draft(needed, owner):
    page = answered(needed, "repair", absence=away(needed).pk)
    owner.post(f"{page}apply/", {"plan": "0"})
    draft = Schedule.objects.get(status="draft")
    assert [each.person_id for each in draft.assignments.all()] != [needed.people[0].pk]
    assert draft.assignments.count() == 1


def test_what_leave_costs_is_said(needed, owner, read):
    page = answered(needed, "leave", absence=away(needed, status="requested", kind="vacation").pk)
    shown = text(read(owner, page))
    assert f"{needed.people[0].name} would give up 1 shift, 12 Nov." in shown
    assert "Somebody is missing on Ward A on Thu 12 Nov, day." in shown
    assert "The cheapest cover" in shown
    assert "Trying it in a draft grants nothing" in shown


def test_what_would_fill_a_block_is_listed(needed, owner, read):
    Assignment.objects.all().delete()
    for person in needed.people[1:]:
        Absence.objects.create(person=person, start_date=DAY, end_date=DAY, kind="sick", status="approved")
    away(needed, kind="conference")
    page = answered(needed, "fill", date=DAY.isoformat(), rotation="WA", shift="D")
    html = read(owner, page)
    assert f"Take back the conference of {needed.people[0].name}, 12 Nov" in text(html)
    assert html.count(f'action="{page}apply/"') == 1


def test_an_answer_without_plans_has_no_button(needed, owner, read):
    html = read(owner, answered(needed, "fill", date=DAY.isoformat(), rotation="WA", shift="D"))
    assert "Nobody is missing on Ward A on Thu 12 Nov, day." in text(html)
    assert "apply/" not in html
