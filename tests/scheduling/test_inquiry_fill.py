"""What would fill an empty place: found, priced, and made in a draft to try."""

from datetime import date, datetime, time
from typing import Any

import pytest

from absences.models import Absence
from scheduling.models import Assignment, Inquiry, Staffing
from scheduling.services.inquiries import apply, fill, ground
from scheduling.solver.repair.solve import solve_repair
from tests.factories import make_person, place
from tests.scheduling.inquiry_cases import LONG_BEFORE, Ward

pytestmark = pytest.mark.django_db(transaction=True)
Kind = Inquiry.Kind
BLOCK = {"date": "2026-07-08", "rotation": "WA", "shift": "D"}
WHERE = "Ward A on Wed 8 Jul, day"


@pytest.fixture
def ward(monkeypatch: pytest.MonkeyPatch) -> Ward:
    monkeypatch.setattr(ground, "now_in", lambda program: datetime.combine(LONG_BEFORE, time(), program.zone))
    return Ward()


def options(answer: dict[str, Any]) -> list[tuple[str, float]]:
    return [(plan["what"], plan["price"]) for plan in answer["plans"]]


def test_what_is_not_missing_needs_nothing(ward: Ward) -> None:
    ward.works(ward.ana, 8)
    answer = ward.answer(Kind.FILL, **BLOCK)
    assert answer == {"sentences": [f"Nobody is missing on {WHERE}."], "plans": [], "untried": 0}


def test_what_can_be_filled_as_things_are_is_said_to_be(ward: Ward) -> None:
    answer = ward.answer(Kind.FILL, **BLOCK)
    assert answer["sentences"] == [f"{WHERE} can be filled as things are: nothing has to be allowed for it."]
    assert {plan["what"] for plan in answer["plans"]} == {"As things are"}
    assert len({plan["people"][0]["name"] for plan in answer["plans"]}) == 3


def test_some_of_the_places_can_be_filled(ward: Ward) -> None:
    Staffing.objects.filter(pk=ward.staffing.pk).update(fewest=4)
    answer = ward.answer(Kind.FILL, **BLOCK)
    assert answer["sentences"] == [f"3 of the 4 places missing on {WHERE} can be filled as things are."]


def all_kept_out(ward: Ward) -> Absence:
    """Ana is ill, Cy on vacation for five days, Bo works the night before, and Di is at the clinic."""
    ward.away(ward.ana, 6, 10)
    vacation = ward.away(ward.cy, 6, 10, kind="vacation")
    nights = Staffing.objects.create(program=ward.program, name="Nights", shift_type=ward.night, fewest=1)
    nights.rotations.set([ward.ward])
    ward.works(ward.bo, 7, shift=ward.night)
    place(ward.draft, make_person(ward.program, "Di", 1), 1, ward.clinic)
    return vacation


def test_leave_rules_and_other_rotations_are_tried_and_priced(ward: Ward) -> None:
    """Borrowing costs 10, a day of vacation 10, a rule of the program 100 and the short rest 30; twelve hours away from
    the fair share cost nothing."""
    all_kept_out(ward)
    answer = ward.answer(Kind.FILL, **BLOCK)
    assert answer["sentences"][0] == (
        f"Nobody can take {WHERE} as things are, whoever else is moved for it in the days around it."
    )
    assert options(answer) == [
        ("Borrow from Clinic", 10),
        ("Take back the vacation of Cy, 6 to 10 Jul", 50),
        ("Lift a rule for Bo: the rest between two shifts (program rule)", 130),
    ]
    by_kind = {plan["kind"]: plan for plan in answer["plans"]}
    assert by_kind["leave"]["costs"] == ["Cy loses 5 days of vacation."]
    assert by_kind["rule"]["costs"] == ["It breaks a rule of the program."]
    assert by_kind["borrow"]["costs"] == ["Clinic is not called to it otherwise; 1 person there could be."]
    assert by_kind["rule"]["lines"] == [f"Bo takes {WHERE}."]


def test_an_option_is_one_click_in_a_draft(ward: Ward) -> None:
    vacation = all_kept_out(ward)
    inquiry = ward.ask(Kind.FILL, **BLOCK)
    assert inquiry.answer is not None
    chosen = [plan["kind"] for plan in inquiry.answer["plans"]].index("leave")
    draft = apply.apply(inquiry=inquiry, plan=chosen, user=ward.coordinator)
    assert draft != ward.draft
    assert [each.person.name for each in Assignment.objects.filter(schedule=draft, block__shift_type=ward.day)] == [
        "Cy"
    ]
    vacation.refresh_from_db()
    assert vacation.status == Absence.Status.APPROVED


def test_who_is_ill_is_not_called_back_and_nothing_may_help(ward: Ward) -> None:
    for person in (ward.ana, ward.bo, ward.cy):
        ward.away(person, 8, 8)
    answer = ward.answer(Kind.FILL, **BLOCK)
    assert answer["plans"] == []
    assert answer["sentences"][1] == (
        "Nor would it help to take back one person's leave, to lift one rule for one person, or to borrow from another "
        "rotation (0 tried)."
    )


def test_at_most_four_of_a_kind_are_shown(ward: Ward) -> None:
    for person in (ward.ana, ward.bo, ward.cy):
        ward.away(person, 8, 8, kind="conference")
    for name in ("Di", "Ed"):
        extra = make_person(ward.program, name, 1)
        place(ward.draft, extra, 1, ward.ward)
        ward.away(extra, 8, 8, kind="vacation")
    answer = ward.answer(Kind.FILL, **BLOCK)
    assert [plan["kind"] for plan in answer["plans"]] == ["leave"] * 4


def test_without_time_nothing_is_said_that_was_not_tried(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill, "SECONDS", 0.0)
    all_kept_out(ward)
    answer = ward.answer(Kind.FILL, **BLOCK)
    assert (answer["plans"], answer["untried"]) == ([], 3)
    assert answer["sentences"] == [
        f"Time was up before anybody was found who could take {WHERE} as things are; there may be somebody.",
        (
            "It was not tried whether it would help to take back one person's leave, to lift one rule for one person, "
            "or to borrow from another rotation (3 to try): ask again."
        ),
    ]


def test_without_time_who_is_free_is_not_said_to_be_unable(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill, "SECONDS", 0.0)
    answer = ward.answer(Kind.FILL, **BLOCK)
    assert "Nobody can" not in " ".join(answer["sentences"])


def watched(monkeypatch: pytest.MonkeyPatch, each: float) -> list[tuple[float, bool]]:
    """Every search takes so many seconds: the time that each is given, and whether it hears that it is to stop."""
    given: list[tuple[float, bool]] = []
    monkeypatch.setattr(fill, "monotonic", lambda: each * len(given))

    def search(problem: Any, *, time_limit: float, should_stop: Any = None) -> Any:
        given.append((time_limit, should_stop is not None))
        return solve_repair(problem, time_limit=60, should_stop=should_stop)

    monkeypatch.setattr(fill, "solve_repair", search)
    return given


def test_the_seconds_are_for_all_searches_together(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    given = watched(monkeypatch, 3.0)
    ward.answer(Kind.FILL, **BLOCK)
    assert given == [(8.0, True), (5.0, True)]


def test_what_there_was_no_time_for_is_counted(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first search and two of three options fit into eight seconds of three each."""
    all_kept_out(ward)
    given = watched(monkeypatch, 3.0)
    answer = ward.answer(Kind.FILL, **BLOCK)
    assert given == [(8.0, True), (5.0, True), (2.0, True)]
    assert (len(answer["plans"]), answer["untried"]) == (2, 1)


def test_a_block_that_has_ended_is_not_filled(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day shift of the 8th ends at seven in the evening."""
    monkeypatch.setattr(ground, "now_in", lambda program: datetime.combine(date(2026, 7, 8), time(19), program.zone))
    inquiry = ward.ask(Kind.FILL, **BLOCK)
    assert (inquiry.status, inquiry.error) == (
        Inquiry.Status.FAILED,
        f"{WHERE}, is over: ask about a block that is still to come.",
    )
    before = time(18, 59)
    monkeypatch.setattr(ground, "now_in", lambda program: datetime.combine(date(2026, 7, 8), before, program.zone))
    assert len(ward.answer(Kind.FILL, **BLOCK)["plans"]) == 3
