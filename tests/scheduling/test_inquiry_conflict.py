"""What cannot all hold, in words: of the rotation plan, and around one block of the roster."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from absences.models import Absence
from scheduling.models import Inquiry, Period, Placement, SequenceRule
from scheduling.services.inquiries import conflict, ground
from scheduling.services.inquiries.conflict_plan import ONE_OF_SEVERAL, UNPROVEN
from scheduling.services.inquiries.listing import joined, out_of
from scheduling.solver.conflict.plan import plan_conflict
from scheduling.solver.conflict.problem import Conflict, Undecided
from scheduling.solver.plan.problem import PlanProblem
from scheduling.solver.progress import Progress
from tests.factories import make_person, make_rotation, make_staffing, place
from tests.scheduling.inquiry_cases import LONG_BEFORE, Ward
from tests.scheduling.small import Small

pytestmark = pytest.mark.django_db(transaction=True)
JULY = "1 to 28 Jul"


@pytest.fixture(autouse=True)
def _long_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "now_in", lambda program: datetime.combine(LONG_BEFORE, time(), program.zone))


class Beat:
    """A beat without a worker."""

    def __init__(self, *, stopped: bool = False) -> None:
        self.is_stopped = stopped

    def tell(self, progress: Progress) -> None:
        pass

    def stopped(self) -> bool:
        return self.is_stopped


def answer(small: Small, **parameters: Any) -> dict[str, Any]:
    inquiry = Inquiry(schedule=small.draft, kind=Inquiry.Kind.CONFLICT, parameters=parameters)
    found = conflict.answer(inquiry, Beat())  # type: ignore[arg-type]
    assert found is not None
    return found


def whats(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(line["kind"], line["what"]) for line in found["lines"]]


def away(person: Any, first: date, days: int = 28, **values: Any) -> Absence:
    given = {"kind": "vacation", "status": Absence.Status.APPROVED, **values}
    return Absence.objects.create(person=person, start_date=first, end_date=first + timedelta(days=days - 1), **given)


JULY_1, BLOCK = date(2026, 7, 1), {"date": "2026-07-09", "rotation": "WA", "shift": "D"}


class Seniors(Small):
    """Kim, Rao, Li and Ortiz are seniors; the wards need two of them in each period."""

    def __init__(self) -> None:
        super().__init__()
        self.icu = make_rotation(self.program, "ICU", "ICU", position=3)
        self.kim, self.rao, self.li, self.ortiz = (
            make_person(self.program, name, 2) for name in ("Kim", "Rao", "Li", "Ortiz")
        )
        self.bo.delete()
        for row in self.program.curriculum.filter(level=2):
            row.rotations.add(self.icu)
        make_staffing(self.program, "Wards A: seniors", self.ward, fewest=2, levels=[2])


def test_of_four_seniors_two_are_away_and_one_is_pinned() -> None:
    seniors = Seniors()
    away(seniors.kim, JULY_1)
    away(seniors.rao, JULY_1, 25, kind="medical")
    place(seniors.draft, seniors.li, 1, seniors.icu, pinned=True)
    found = answer(seniors)
    assert found["sentence"] == (
        f"Wards A: seniors needs two people in period 1 ({JULY}). Of the four who could be there, one is on vacation "
        "(Kim), one is pinned to ICU (Li) and one is on leave (Rao): that leaves one."
    )
    assert found["found"]
    assert found["notes"] == [ONE_OF_SEVERAL]
    assert found["lines"] == [
        {
            "kind": "staffing",
            "what": f"Wards A: seniors needs two people in period 1 ({JULY}).",
            "names": [],
            "do": "Ask for fewer then, or let it be short: a version can be generated all the same.",
        },
        {
            "kind": "pin",
            "what": f"Li is pinned to ICU in period 1 ({JULY}).",
            "names": [],
            "do": "Unpin one of these, or pin it elsewhere.",
        },
        {
            "kind": "leave",
            "what": f"Kim and Rao are on leave in period 1 ({JULY}).",
            "names": ["Kim: vacation, 1 to 28 Jul", "Rao: medical, 1 to 25 Jul"],
            "do": "Move one of these, or do not grant it.",
        },
    ]


def test_where_everything_can_hold_it_says_what_was_checked(small: Small) -> None:
    away(small.ana, JULY_1)
    place(small.draft, small.bo, 1, small.ward, pinned=True)
    assert answer(small) == {
        "found": False,
        "sentence": "Everything can hold at once.",
        "lines": [],
        "notes": [
            (
                "There is a rotation plan that keeps 1 pin, 1 period of leave, the fewest and the most of 0 rows of "
                "staffing, the curriculum of everybody, and 0 rules on the order of rotations; with a rotation for "
                "everybody in each of 2 periods. Wishes, and rules with a price, may be refused for it."
            )
        ],
    }


def test_pins_against_a_rule_and_a_placement(small: Small) -> None:
    rule = SequenceRule.objects.create(program=small.program, name="Never twice on Ward A", kind="not_in_a_row")
    rule.rotations.set([small.ward])
    for number in (1, 2):
        place(small.draft, small.ana, number, small.ward, pinned=True)
    found = answer(small)
    assert found["sentence"] == (
        "These cannot all hold: Ana is pinned to Ward A in periods 1 and 2; "
        "the rule “Never twice on Ward A” holds for Ana."
    )
    assert [line["do"] for line in found["lines"]][1] == (
        "Make an exception of somebody, or give the rule a price, so that it can be broken where it must."
    )
    rule.delete()
    Placement.objects.create(
        academic_year=small.year, person=small.bo, period=Period.objects.get(number=2), is_allowed=False
    ).rotations.set([small.ward, small.clinic])
    assert answer(small)["sentence"] == (
        "These cannot all hold: Bo may not be on Clinic or Ward A in period 2 (29 Jul to 25 Aug); "
        "Bo has some rotation in period 2 (29 Jul to 25 Aug)."
    )


def test_what_is_owed_against_what_fits(small: Small) -> None:
    for row in small.program.curriculum.all():
        row.rotations.set([small.ward])
        row.fewest = 2
        row.save()
    make_staffing(small.program, "Ward A", small.ward, fewest=0, most=1)
    found = answer(small)
    first, ana, bo = whats(found)
    assert first in (
        ("staffing", f"Ward A takes one person at most in period 1 ({JULY})."),
        ("staffing", "Ward A takes one person at most in period 2 (29 Jul to 25 Aug)."),
    )
    assert [ana, bo] == [("curriculum", f"{name} owes 2 periods of Ward A.") for name in ("Ana", "Bo")]
    clauses = [what.rstrip(".") for _, what in whats(found)]
    assert found["sentence"] == f"These cannot all hold: {'; '.join(clauses)}."


@pytest.mark.parametrize(
    ("levels", "fewest", "sentence"),
    [
        ([3], 1, "Nobody could be there at all."),
        ([1], 2, "Only one could be there at all."),
    ],
)
def test_a_need_that_nobody_can_meet(small: Small, levels: list[int], fewest: int, sentence: str) -> None:
    make_person(small.program, "Di", 3)
    make_staffing(small.program, "Ward A", small.clinic, fewest=fewest, levels=levels, first_period=2, last_period=2)
    if levels == [3]:
        row = small.program.curriculum.create(level=3)
        row.rotations.set([small.ward])
    people = "one person" if fewest == 1 else "two people"
    assert answer(small)["sentence"] == f"Ward A needs {people} in period 2 (29 Jul to 25 Aug). {sentence}"


def test_who_counts_half_is_counted_as_a_person(small: Small) -> None:
    make_staffing(small.program, "Halves", small.ward, fewest=2, weight=0.5, last_period=1)
    found = answer(small)
    assert found["sentence"] == (f"Halves needs four people in period 1 ({JULY}). Only two could be there at all.")


def test_a_block_with_one_away_one_pinned_and_one_post_call() -> None:
    ward = Ward()
    ward.away(ward.ana, 6, 12, kind="vacation")
    ward.works(ward.bo, 9, shift=ward.night)
    ward.works(ward.cy, 8, shift=ward.night)
    for row in ward.draft.assignments.all():
        row.is_pinned = True
        row.save()
    di = make_person(ward.program, "Di", 1)
    place(ward.draft, di, 1, ward.clinic)
    found = answer(ward, **BLOCK)
    assert found["sentence"] == (
        "Ward A needs one person on Thu 9 Jul, day. Of the three who could take it, one is on vacation (Ana), one is "
        "pinned to night (Bo) and one is post-call (Cy). The only other one who counts there belongs elsewhere by the "
        "plan."
    )
    assert [(line["kind"], line["what"], line["names"]) for line in found["lines"]] == [
        ("staffing", "Ward A needs one person on Thu 9 Jul, day.", []),
        ("leave", "On leave: Ana.", ["Ana: vacation, 6 to 12 Jul"]),
        ("pin", "Pinned: Cy and Bo.", ["Cy: Ward A, Wed 8 Jul, night", "Bo: Ward A, Thu 9 Jul, night"]),
        ("placement", "Elsewhere by the rotation plan: Di.", ["Di: Clinic, 1 to 28 Jul"]),
        ("rule", "Kept from it by the rest between two shifts (program rule): Cy.", []),
    ]
    assert found["notes"] == [
        ONE_OF_SEVERAL,
        "The days from 6 to 12 Jul may be arranged anew for it; all others stay as they are.",
    ]


def test_a_block_that_can_be_staffed() -> None:
    ward = Ward()
    assert answer(ward, **BLOCK) == {
        "found": False,
        "sentence": "Everything can hold at once: there are enough people for Ward A on Thu 9 Jul, day.",
        "lines": [],
        "notes": [
            "They can be found with leave, pins, rotation plan, rules and what other blocks have as they are.",
            "The days from 6 to 12 Jul may be arranged anew for it; all others stay as they are.",
        ],
    }


def test_a_worker_answers_it(small: Small) -> None:
    from scheduling.services.inquiries import answering, ask

    inquiry = ask.ask(schedule=small.draft, user=None, kind="conflict", parameters={}, enqueue=False)
    inquiry = answering.perform(inquiry.pk)
    assert (inquiry.status, inquiry.error) == ("succeeded", "")
    assert inquiry.answer is not None
    assert inquiry.answer["found"] is False


def test_a_stop_is_no_answer_and_too_little_time_is_said(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    def undecided(*args: object, **values: object) -> None:
        raise Undecided

    monkeypatch.setattr(conflict, "plan_conflict", undecided)
    inquiry = Inquiry(schedule=small.draft, parameters={})
    assert conflict.answer(inquiry, Beat(stopped=True)) is None  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="It was not found out in 120 seconds"):
        conflict.answer(inquiry, Beat())  # type: ignore[arg-type]


def test_names_are_cut_short_and_said_to_be() -> None:
    assert joined([]) == ""
    assert joined(["Kim"]) == "Kim"
    assert joined(["Kim", "Rao", "Li"]) == "Kim, Rao and Li"
    assert joined(["Kim", "Rao", "Li", "Ortiz"], most=2) == "Kim, Rao and 2 more"
    one, two = {"away": ["Kim"]}, {"away": ["Kim", "Rao"]}
    assert out_of(1, "could", one) == "The only one who could is away (Kim)"
    assert out_of(2, "could", two) == "Both who could are away (Kim and Rao)"
    assert out_of(3, "could", two | {"pinned": ["Li"]}) == (
        "Of the three who could, two are away (Kim and Rao) and one is pinned (Li)"
    )


def test_a_block_that_everybody_is_away_from() -> None:
    ward = Ward()
    for person in (ward.ana, ward.bo, ward.cy):
        ward.away(person, 9, 9)
    assert answer(ward, **BLOCK)["sentence"] == (
        "Ward A needs one person on Thu 9 Jul, day. All three who could take it are on leave (Ana, Bo and Cy)."
    )


def test_a_block_whose_people_the_night_before_needs() -> None:
    ward = Ward()
    make_staffing(ward.program, "Ward by night", ward.ward, shift_type=ward.night, fewest=3)
    for person in (ward.ana, ward.bo, ward.cy):
        ward.works(person, 8, shift=ward.night)
    found = answer(ward, **BLOCK)
    assert found["sentence"] == (
        "Ward A needs one person on Thu 9 Jul, day. All three who could take it are post-call (Ana, Bo and Cy). "
        "The same people are needed on Ward A on Wed 8 Jul, night."
    )
    assert found["lines"][-1] == {
        "kind": "staffing",
        "what": "Other blocks need the same people.",
        "names": ["Ward A needs three people on Wed 8 Jul, night"],
        "do": "Let one of these be short instead.",
    }


def test_what_is_not_proven_is_said(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    make_staffing(small.program, "Ward A", small.ward, fewest=3, last_period=1)

    def unproven(problem: PlanProblem, **values: Any) -> Conflict:
        found = plan_conflict(problem, **values)
        assert found is not None
        return replace(found, is_irreducible=False)

    monkeypatch.setattr(conflict, "plan_conflict", unproven)
    assert answer(small)["notes"] == [UNPROVEN]
