"""Small schedules to ask about: a ward by day, three residents, and who works when."""

from datetime import date
from typing import Any

from absences.models import Absence
from scheduling.models import Inquiry
from scheduling.services.inquiries import answering, ask
from tests.factories import make_person, place, work
from tests.scheduling.small import Small

# The program's first period is 1 to 28 July 2026, and nothing of it is in the notice period.
LONG_BEFORE = date(2026, 6, 1)


class Ward(Small):
    """Ana, Bo and Cy belong to Ward A in the first period, which needs one of them by day."""

    def __init__(self) -> None:
        super().__init__()
        self.cy = make_person(self.program, "Cy", 1)
        for person in (self.ana, self.bo, self.cy):
            place(self.draft, person, 1, self.ward)

    def works(self, person: Any, *days: int, **values: Any) -> None:
        for day in days:
            work(self.draft, person, date(2026, 7, day), values.get("shift", self.day), self.ward)

    def away(self, person: Any, first: int, last: int, **values: Any) -> Absence:
        given = {"kind": "sick", "status": Absence.Status.APPROVED, **values}
        return Absence.objects.create(
            person=person, start_date=date(2026, 7, first), end_date=date(2026, 7, last), **given
        )

    def ask(self, kind: str, **parameters: Any) -> Inquiry:
        """The inquiry once a worker is done with it."""
        inquiry = ask.ask(schedule=self.draft, user=self.coordinator, kind=kind, parameters=parameters, enqueue=False)
        return answering.perform(inquiry.pk)

    def answer(self, kind: str, **parameters: Any) -> dict[str, Any]:
        inquiry = self.ask(kind, **parameters)
        assert inquiry.error == ""
        found: dict[str, Any] | None = inquiry.answer
        assert found is not None
        return found
