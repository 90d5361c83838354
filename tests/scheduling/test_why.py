"""Why me: what put somebody on a block, in words, who else could have, and what that would have cost."""

from datetime import date
from typing import Any

import pytest

from absences.models import Absence
from people.models import Program, User
from scheduling.models import Assignment, CrossCover, Edit, Preference, RotationAssignment
from scheduling.models.plan import Source
from scheduling.services.changes import Change
from scheduling.services.drafts import new_draft
from scheduling.services.edit import change
from scheduling.services.slot_facts import Reason
from scheduling.services.why import Why, read_why
from tests.factories import Wards, make_person, make_staffing, make_user, make_wards, work

pytestmark = pytest.mark.django_db
SATURDAY = date(2026, 11, 7)


@pytest.fixture
def wards() -> Wards:
    """Ana (PGY-1) and Cy (PGY-3) on the ward, Bo (PGY-2) on intensive care; Ana works on Saturday, and nobody else."""
    made = make_wards(3, status="draft")
    Assignment.objects.all().delete()
    for person, name in zip(made.people, ("Ana", "Bo", "Cy"), strict=True):
        person.name = name
        person.save()
    work(made.schedule, made.people[0], SATURDAY, made.day, made.ward)
    return made


def why(*, is_scheduler: bool = True, **wanted: Any) -> Why:
    relations = ("person", "rotation", "block__shift_type", "schedule__program", "schedule__based_on")
    return read_why(Assignment.objects.select_related(*relations).get(**wanted), is_scheduler=is_scheduler)


def test_placed_asked_for_and_chosen(wards: Wards) -> None:
    found = why()
    assert found.reasons == [
        "Ana is placed on Ward A in this period.",
        "Ward A by day: 1 person is asked for.",
        "Without Ana: WA day: 0 of 1.",
        "The optimiser chose it; nobody fixed it by hand.",
    ]
    assert (found.advisories, found.level) == ([], "PGY-1")


def test_cross_cover_has_its_price(wards: Wards) -> None:
    RotationAssignment.objects.filter(person=wards.people[0]).update(rotation=wards.icu)
    elsewhere = "Ana is placed on Intensive care, which does not cover Ward A then: somebody put them here."
    assert why().reasons[0] == elsewhere
    row = CrossCover.objects.create(rotation=wards.icu, covers=wards.ward, price=4)
    row.shift_types.set([wards.day])
    assert why().reasons[0] == "Ana is placed on Intensive care, which covers Ward A then, at a price of 4."
    RotationAssignment.objects.filter(person=wards.people[0]).delete()
    assert why().reasons[0] == "Ana is placed on nothing in this period, and was put on Ward A all the same."


@pytest.mark.parametrize(
    ("source", "pinned", "words"),
    [
        (Source.GENERATED, False, "The optimiser chose it; nobody fixed it by hand."),
        (Source.GENERATED, True, "The optimiser chose it, and it is pinned since."),
        (Source.IMPORTED, False, "It came with an import; nobody fixed it by hand."),
        (Source.MANUAL, True, "Put here by hand."),
    ],
)
def test_where_it_came_from(wards: Wards, source: str, pinned: bool, words: str) -> None:
    Assignment.objects.update(source=source, is_pinned=pinned)
    assert words in why().reasons


def test_who_put_them_there_and_when(wards: Wards) -> None:
    ruth = make_user("ruth", User.Role.COORDINATOR, programs=(wards.program,))
    ruth.first_name, ruth.last_name = "Ruth", "Calloway"
    ruth.save()
    cy = wards.people[2]
    edit = change(
        schedule=wards.schedule,
        user=ruth,
        changes=[Change(cy.pk, SATURDAY, "D", None, "WA")],
        reason="Two are needed",
        title="Cy takes Ward A",
    )
    made = edit.created_at.astimezone(wards.program.zone)
    words = f"Put here by {ruth} on {made:%a %-d %b %Y} (Cy takes Ward A: Two are needed)."
    assert words in why(person=cy).reasons
    copy = new_draft(academic_year=wards.year, user=ruth, based_on=wards.schedule)
    assert words in why(person=cy, schedule=copy).reasons
    ruth.delete()
    nobody = words.replace(str(ruth), "somebody whose account is gone")
    assert nobody in why(person=cy, schedule=wards.schedule).reasons


def test_only_edits_of_that_person_and_day_are_read(wards: Wards, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many others there are, and whatever they hold."""
    ana, _, cy = wards.people
    others = [(cy, date(2026, 11, 3)), (ana, date(2026, 11, 9)), (cy, date(2026, 11, 10))]
    for person, day in (*others[:2], (cy, SATURDAY), others[2]):
        what = [Change(person.pk, day, "D", None, "WA")]
        change(schedule=wards.schedule, user=None, changes=what, title=f"{person} on {day}")
    read: list[str] = []
    from_db = Edit.from_db.__func__  # type: ignore[attr-defined]

    def watched(cls: Any, *given: Any, **more: Any) -> Edit:
        edit: Edit = from_db(cls, *given, **more)
        read.append(edit.title)
        return edit

    monkeypatch.setattr(Edit, "from_db", classmethod(watched))
    reasons = why(person=cy, block__date=SATURDAY).reasons
    assert read == ["Cy on 2026-11-07"]
    assert [each for each in reasons if each.endswith("(Cy on 2026-11-07).")] != []


def test_wishes_of_that_day_and_shift(wards: Wards) -> None:
    ana = wards.people[0]
    wish = Preference.objects.create(
        academic_year=wards.year, person=ana, start_date=SATURDAY, end_date=SATURDAY, wants=False
    )
    assert "Ana had asked not to work then; a wish has its price, and no more." in why().reasons
    Preference.objects.filter(pk=wish.pk).update(shift_type=wards.night)
    assert len(why().reasons) == 4
    Preference.objects.filter(pk=wish.pk).update(shift_type=wards.day, wants=True)
    assert "Ana had asked to work then; a wish has its price, and no more." in why().reasons


def test_what_the_rules_have_against_it(wards: Wards) -> None:
    Program.objects.update(rule_settings={"rules": {"consecutive_days": {"force": "should", "limit": 1}}})
    work(wards.schedule, wards.people[0], date(2026, 11, 6), wards.day, wards.ward)
    found = why(block__date=SATURDAY)
    assert found.advisories == ["Ana works 2 days in a row, 6 to 7 Nov; 1 are the most (program rule)"]


def test_the_share_is_that_of_this_day(wards: Wards) -> None:
    """Two of level 1 work 36 hours until Saturday, three shifts of 12: 18 each. What comes later is not counted."""
    ana = wards.people[0]
    dee = make_person(wards.program, "Dee", 1)
    for period in wards.year.periods.all():
        RotationAssignment.objects.create(schedule=wards.schedule, person=dee, period=period, rotation=wards.ward)
    work(wards.schedule, dee, date(2026, 11, 4), wards.night, wards.ward)
    work(wards.schedule, dee, date(2026, 11, 6), wards.day, wards.ward)
    work(wards.schedule, dee, date(2026, 11, 9), wards.night, wards.ward)
    found = why(person=ana)
    assert [(each.name, each.worked, each.fair, each.over) for each in found.shares] == [
        ("nights", 0, 0.5, -0.5),
        ("weekends", 1, 0.5, 0.5),
        ("hours", 12, 18, -6),
    ]


def test_who_else_could_have_and_at_what_price(wards: Wards) -> None:
    """Cy is alone in the third year, so nothing gets less even by it, and the block has somebody either way."""
    make_staffing(wards.program, "A senior by day", wards.ward, shift_type=wards.day, levels=[3], price_below=7)
    found = why()
    assert [other.fact.person.name for other in found.could] == ["Cy"]
    (cy,) = found.could
    assert cy.difference is not None
    assert (cy.difference.total, list(cy.difference.parts)) == (-7, [("people missing", -7)])
    assert cy.cheaper == 7
    assert found.rest == [("Placed elsewhere", 1)]


def test_a_colleague_is_told_that_others_could_not_and_no_more(wards: Wards) -> None:
    cy = wards.people[2]
    Absence.objects.create(person=cy, start_date=SATURDAY, end_date=SATURDAY, kind="medical", status="approved")
    assert [other.words for other in why().could_not] == ["Medical, 7 Nov"]
    assert [other.words for other in why(is_scheduler=False).could_not] == ["On leave"]
    Absence.objects.all().delete()
    Program.objects.update(rule_settings={"rules": {"consecutive_days": {"limit": 1}}})
    work(wards.schedule, cy, date(2026, 11, 6), wards.day, wards.ward)
    told = why(person=wards.people[0]).could_not
    assert [(other.fact.reason, other.words) for other in told] == [
        (Reason.RULE, "Cy works 2 days in a row, 6 to 7 Nov; 1 are the most (program rule)")
    ]
    told = why(person=wards.people[0], is_scheduler=False).could_not
    assert [other.words for other in told] == ["A rule forbids it"]


def test_a_colleague_is_told_how_much_dearer_others_are_and_not_by_what(wards: Wards) -> None:
    """A wish of Cy's that the block would refuse is nobody else's business."""
    cy = wards.people[2]
    Preference.objects.create(academic_year=wards.year, person=cy, start_date=SATURDAY, end_date=SATURDAY, wants=False)
    (told,) = [other.difference for other in why().could]
    assert told is not None
    assert [words for words, _ in told.parts] == ["wishes"]
    (shown,) = [other.difference for other in why(is_scheduler=False).could]
    assert shown is not None
    assert (shown.total, list(shown.parts)) == (told.total, [])


def test_of_those_on_leave_only_who_comes_into_question_is_named(wards: Wards) -> None:
    _, bo, cy = wards.people
    for person in (bo, cy):
        Absence.objects.create(person=person, start_date=SATURDAY, end_date=SATURDAY, status="approved")
    found = why()
    assert ([other.fact.person.name for other in found.could_not], found.rest) == (["Cy"], [("On leave", 1)])


def test_somebody_who_has_gone_is_still_explained(wards: Wards) -> None:
    wards.people[0].is_active = False
    wards.people[0].save()
    found = why()
    assert found.reasons[-1] == "The optimiser chose it; nobody fixed it by hand."
    assert (found.advisories, found.shares, [other.difference for other in found.others]) == ([], [], [None])


def test_without_prices_where_the_optimiser_could_not_work(wards: Wards) -> None:
    """A shift's staffing over two rotations: the page says the rest."""
    make_staffing(wards.program, "Both by day", wards.ward, wards.icu, shift_type=wards.day)
    assert [other.difference for other in why().could] == [None]


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_three_as_for_one(count: int, django_assert_num_queries: Any) -> None:
    wards = make_wards(count)
    relations = ("person", "rotation", "block__shift_type", "schedule__program", "schedule__based_on")
    one = Assignment.objects.select_related(*relations).filter(person=wards.people[0]).order_by("block__date")[0]
    with django_assert_num_queries(37):
        read_why(one, is_scheduler=True)
