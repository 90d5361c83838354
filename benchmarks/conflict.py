"""What cannot all hold in the demonstration's year, with contradictions put into it one at a time."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, at_most, exactly
from benchmarks.generation import ROOT, use_database

if TYPE_CHECKING:
    from scheduling.models import Schedule

AWAY = 29  # of the 32 seniors
TOO_MUCH = 8  # periods of the wards for each of 15 interns, where 9 of them fit in at a time, 13 times


class _Silent:
    """A beat without a worker."""

    def tell(self, progress: object) -> None:
        pass

    def stopped(self) -> bool:
        return False


def case(seconds: float) -> Iterator[Figure]:
    """From the question to the answer in words, for nothing and each contradiction; is a smallest set named?"""
    use_database()
    from django.db import transaction

    from scheduling.models import Inquiry
    from scheduling.services.inquiries import conflict
    from scheduling.services.inquiries.conflict_plan import ONE_OF_SEVERAL

    draft = _draft()
    unproven = 0
    for name, contradict in CONTRADICTIONS.items():
        with transaction.atomic():
            contradict(draft)
            started = time.monotonic()
            answer = conflict.answer(Inquiry(schedule=draft, parameters={}), _Silent())  # type: ignore[arg-type]
            took = time.monotonic() - started
            transaction.set_rollback(True)
        assert answer is not None
        unproven += answer["found"] is (name == "nothing") or (answer["found"] and answer["notes"] != [ONE_OF_SEVERAL])
        yield at_most(f"conflict: {name}", took, "s", seconds, answer["sentence"][:90])
    yield exactly("conflict: wrong, or not proven smallest", unproven, "", 0)


def _draft() -> "Schedule":
    """A draft of the demonstration's year, without a plan."""
    from people.models import Program
    from scheduling.services.drafts import new_draft
    from scheduling.services.imports import import_program

    program = (
        Program.objects.filter(name__startswith="Riverside").first() or import_program(folder=ROOT / "demo").program
    )
    return new_draft(academic_year=program.academic_years.get(), user=None)


def _nothing(draft: "Schedule") -> None:
    """As the demonstration is: everything can hold."""


def _leave(draft: "Schedule") -> None:
    """Most seniors are away in one period, and one of the others is pinned to an elective."""
    from absences.models import Absence
    from scheduling.models import RotationAssignment

    period = draft.academic_year.periods.all()[8]
    seniors = draft.program.people.filter(pgy_level__in=(2, 3)).order_by("code")
    for person in seniors[:AWAY]:
        if not Absence.objects.approved().filter(person=person).overlapping(period.start_date, period.end_date):
            Absence.objects.create(
                person=person,
                kind="vacation",
                status="approved",
                start_date=period.start_date,
                end_date=period.end_date,
            )
    elective = draft.program.rotations.get(code="ELEC")
    RotationAssignment.objects.create(
        schedule=draft, person=seniors[AWAY], period=period, rotation=elective, is_pinned=True
    )


def _pins(draft: "Schedule") -> None:
    """Somebody is pinned to night float twice in a row."""
    from scheduling.models import RotationAssignment

    person = draft.program.people.filter(pgy_level=2).order_by("code")[0]
    for period in draft.academic_year.periods.all()[3:5]:
        RotationAssignment.objects.create(
            schedule=draft,
            person=person,
            period=period,
            rotation=draft.program.rotations.get(code="NF"),
            is_pinned=True,
        )


def _curriculum(draft: "Schedule") -> None:
    """Interns owe more of the wards than fit in."""
    row = draft.program.curriculum.get(level=1, track="", rotations__code="WA")
    row.fewest, row.most = TOO_MUCH, None
    row.save()


CONTRADICTIONS: "dict[str, Callable[[Schedule], None]]" = {
    "nothing": _nothing,
    "leave, a pin, staffing": _leave,
    "pins, a rule": _pins,
    "curriculum, staffing of a year": _curriculum,
}
