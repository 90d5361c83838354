"""Plans of cover, from the schedule in the database to what is made of it."""

from datetime import date, datetime, time

import pytest

from absences.models import Absence
from scheduling.models import Assignment, Inquiry, Staffing
from scheduling.services import beat
from scheduling.services.inquiries import apply, ground
from tests.factories import make_person, place
from tests.scheduling.inquiry_cases import LONG_BEFORE, Ward

pytestmark = pytest.mark.django_db(transaction=True)
Kind = Inquiry.Kind


@pytest.fixture
def ward(monkeypatch: pytest.MonkeyPatch) -> Ward:
    monkeypatch.setattr(ground, "now_in", lambda program: datetime.combine(LONG_BEFORE, time(), program.zone))
    return Ward()


def test_who_is_free_takes_the_shifts_and_the_answer_says_so(ward: Ward) -> None:
    """Seven days of Ward A: Ana works 6 to 9 July, Bo 10 to 12; Ana is sick on the 8th and 9th."""
    ward.works(ward.ana, 6, 7, 8, 9)
    ward.works(ward.bo, 10, 11, 12)
    answer = ward.answer(Kind.REPAIR, absence=ward.away(ward.ana, 8, 9).pk)
    assert answer["sentences"] == [
        "Ana loses 2 shifts, 8 to 9 Jul. If nobody takes any, 2 places would be empty that are filled now."
    ]
    assert answer["lost"] == [
        {"words": "Ward A on Wed 8 Jul, day", "is_missed": True},
        {"words": "Ward A on Thu 9 Jul, day", "is_missed": True},
    ]
    first, second = answer["plans"]
    assert first["title"] == "Cy for Ana, 8 to 9 Jul"
    assert first["lines"] == [
        "Cy takes Ward A on Wed 8 Jul, day, from Ana.",
        "Cy takes Ward A on Thu 9 Jul, day, from Ana.",
    ]
    assert (first["touched"], first["changed"], first["short"], first["missing"]) == (1, 2, 0, [])
    assert first["proof"] == "No plan can do with fewer than 1 person. No plan changes fewer than 2 shifts."
    assert [person["name"] for person in first["people"]] == ["Cy"]
    assert first["people"][0]["figures"][1] | {"fair": ""} == {
        "name": "weekends",
        "before": "0",
        "after": "0",
        "fair": "",
    }
    assert second["title"] == "Bo for Ana, 8 to 9 Jul"
    assert second["proof"] == first["proof"]


def test_the_changes_of_a_plan_can_be_made(ward: Ward) -> None:
    ward.works(ward.ana, 7, 8)
    ward.away(ward.cy, 1, 20)
    inquiry = ward.ask(Kind.REPAIR, absence=ward.away(ward.ana, 8, 8).pk)
    assert inquiry.answer is not None
    assert inquiry.answer["plans"][0]["changes"] == [
        {
            "person": person.pk,
            "date": "2026-07-08",
            "shift": "D",
            "before": before,
            "after": after,
            "role": "",
            "is_pinned": True,
        }
        for person, before, after in [(ward.ana, "WA", None), (ward.bo, None, "WA")]
    ]
    apply.apply(inquiry=inquiry, plan=0, user=ward.coordinator)
    there = Assignment.objects.filter(schedule=ward.draft).values_list("block__date", "person__name")
    assert [name for day, name in there if day == date(2026, 7, 8)] == ["Bo"]
    assert (date(2026, 7, 7), "Ana") in there


def test_where_enough_are_left_nothing_changes(ward: Ward) -> None:
    ward.works(ward.ana, 8)
    ward.works(ward.bo, 8)
    answer = ward.answer(Kind.REPAIR, absence=ward.away(ward.ana, 8, 8).pk)
    assert answer["sentences"] == [
        "Ana loses 1 shift, 8 Jul. Enough people are left on each of them: nobody has to take one."
    ]
    (plan,) = answer["plans"]
    assert (plan["lines"], plan["touched"], plan["proof"]) == ([], 0, "Nobody's shifts have to change.")
    assert [(each["before"], each["after"]) for each in plan["changes"]] == [("WA", None)]


def test_what_nobody_can_take_is_said(ward: Ward) -> None:
    Staffing.objects.filter(pk=ward.staffing.pk).update(levels=[1])
    ward.away(ward.cy, 8, 8)
    ward.works(ward.ana, 8)
    ward.works(ward.bo, 8)
    (plan,) = ward.answer(Kind.REPAIR, absence=ward.away(ward.ana, 8, 8).pk)["plans"]
    assert (plan["short"], plan["missing"]) == (1, ["Somebody is missing on Ward A on Wed 8 Jul, day (PGY-1)."])
    assert plan["proof"] == "No change of anybody's shifts covers more."


def nights_for_the_second_year(ward: Ward) -> Absence:
    """Di works the night of the 8th and is away; Bo, by day then, is the only other of the second year."""
    nights = Staffing.objects.create(program=ward.program, name="Nights", shift_type=ward.night, fewest=1, levels=[2])
    nights.rotations.set([ward.ward])
    di = make_person(ward.program, "Di", 2)
    place(ward.draft, di, 1, ward.ward)
    ward.works(di, 8, shift=ward.night)
    ward.works(ward.bo, 8)
    ward.away(ward.ana, 8, 8)
    return ward.away(di, 8, 8)


def test_a_chain_says_who_takes_from_whom(ward: Ward) -> None:
    plan = ward.answer(Kind.REPAIR, absence=nights_for_the_second_year(ward).pk)["plans"][0]
    assert plan["lines"] == [
        "Cy takes Ward A on Wed 8 Jul, day, from Bo.",
        "Bo leaves Ward A on Wed 8 Jul, day.",
        "Bo takes Ward A on Wed 8 Jul, night, from Di.",
    ]
    assert plan["title"] == "Bo and Cy for Di, 8 Jul"


def test_within_the_notice_period_nobody_is_moved(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "now_in", lambda program: datetime.combine(date(2026, 7, 6), time(), program.zone))
    answer = ward.answer(Kind.REPAIR, absence=nights_for_the_second_year(ward).pk)
    assert [(plan["touched"], plan["short"]) for plan in answer["plans"]] == [(0, 1)]
    assert answer["notice_days"] == 3


def test_leave_that_is_over_is_not_covered(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "now_in", lambda program: datetime.combine(date(2026, 7, 20), time(), program.zone))
    inquiry = ward.ask(Kind.REPAIR, absence=ward.away(ward.ana, 8, 9).pk)
    assert (inquiry.status, inquiry.error) == (
        Inquiry.Status.FAILED,
        "These days are over: nothing of them can be changed any more.",
    )


def test_of_today_only_what_goes_on_or_is_to_come_is_lost(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """At half past seven in the evening Ana's day is over, and her night has begun."""
    evening = time(19, 30)
    monkeypatch.setattr(ground, "now_in", lambda program: datetime.combine(date(2026, 7, 8), evening, program.zone))
    nights = Staffing.objects.create(program=ward.program, name="Nights", shift_type=ward.night, fewest=1)
    nights.rotations.set([ward.ward])
    ward.works(ward.ana, 8)
    ward.works(ward.ana, 8, shift=ward.night)
    answer = ward.answer(Kind.REPAIR, absence=ward.away(ward.ana, 8, 9).pk)
    assert answer["lost"] == [{"words": "Ward A on Wed 8 Jul, night", "is_missed": True}]
    assert {tuple(plan["lines"]) for plan in answer["plans"]} <= {
        (f"{name} takes Ward A on Wed 8 Jul, night, from Ana.",) for name in ("Bo", "Cy")
    }


def test_where_all_of_today_is_over_nothing_is_lost(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "now_in", lambda program: datetime.combine(date(2026, 7, 8), time(20), program.zone))
    ward.works(ward.ana, 8)
    answer = ward.answer(Kind.REPAIR, absence=ward.away(ward.ana, 8, 8).pk)
    assert answer["sentences"] == ["Ana works no shift, 8 Jul, that could still be changed: there is nothing to cover."]


def test_leave_that_was_removed_meanwhile_is_said_to_be(ward: Ward) -> None:
    from scheduling.services.inquiries import answering, ask

    absence = ward.away(ward.ana, 8, 9)
    inquiry = ask.ask(
        schedule=ward.draft, user=None, kind=Kind.REPAIR, parameters={"absence": absence.pk}, enqueue=False
    )
    absence.delete()
    assert answering.perform(inquiry.pk).error == "The leave that was asked about is not there any more."


@pytest.mark.parametrize("kind", [Kind.REPAIR, Kind.LEAVE, Kind.FILL])
def test_who_cancels_gets_no_answer(ward: Ward, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beat.Beat, "stopped", lambda self: True)
    asked = {"date": "2026-07-08", "rotation": "WA", "shift": "D"}
    inquiry = ward.ask(kind, **asked, absence=ward.away(ward.ana, 8, 8).pk)
    assert (inquiry.status, inquiry.answer) == (Inquiry.Status.CANCELLED, None)
