"""The page of what cannot all hold, as the service gives it."""

from datetime import date

from absences.models import Absence
from scheduling.models import RotationAssignment
from tests.pages.test_inquiry_answers import HOME, answered
from tests.pages.test_versions import text


def test_a_conflict_is_named_with_what_could_be_done(wards, owner, read):
    for person in wards.people[:2]:
        Absence.objects.create(
            person=person,
            kind="vacation",
            status="approved",
            start_date=date(2026, 7, 1),
            end_date=date(2026, 7, 28),
        )
    html = read(owner, answered(wards, "conflict"))
    shown = text(html)
    first, second = (person.name for person in wards.people[:2])
    assert "in period 1 (1 to 28 Jul). Of the three who could be there, two are on vacation" in shown
    assert f"{first} and {second} are on leave in period 1 (1 to 28 Jul)." in shown
    assert f"{first}: vacation, 1 to 28 Jul" in shown
    assert "Move one of these, or do not grant it." in shown
    assert f'href="{HOME}requests/"' in html
    assert "Without any one of these the others can all hold." in shown


def test_where_there_is_none_it_says_so(wards, owner, read):
    RotationAssignment.objects.all().delete()
    shown = text(read(owner, answered(wards, "conflict")))
    assert "Everything can hold at once. There is a rotation plan that keeps 0 pins" in shown
    assert "give up one of them" not in shown
