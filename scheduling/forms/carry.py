"""Where a cell is carried to, for who does it by a form: somebody, and a day or a period."""

from datetime import date
from typing import Any

from django import forms

from people.models import Person, Program
from scheduling.models import Period, Schedule


class CarryForm(forms.Form):
    """`to_person` and `to_column` say together what the field "to" of a gesture says; see forms.gesture."""

    to_person = forms.ChoiceField(label="To whom")

    def __init__(self, *, program: Program, person: int) -> None:
        super().__init__(initial={"to_person": person})
        people = Person.objects.active().filter(program=program).order_by("name").values_list("pk", "name")
        self.fields["to_person"].choices = list(people)  # type: ignore[attr-defined]


class CarryToDay(CarryForm):
    to_column = forms.DateField(label="On which day")

    def __init__(self, *, schedule: Schedule, person: int, day: date) -> None:
        super().__init__(program=schedule.program, person=person)
        limits: dict[str, Any] = {"min": schedule.start_date.isoformat(), "max": schedule.end_date.isoformat()}
        self.fields["to_column"].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **limits})
        self.initial["to_column"] = day


class CarryToPeriod(CarryForm):
    to_column = forms.ChoiceField(label="In which period")

    def __init__(self, *, schedule: Schedule, periods: list[Period], person: int, number: int) -> None:
        super().__init__(program=schedule.program, person=person)
        self.fields["to_column"].choices = [  # type: ignore[attr-defined]
            (period.number, f"{period.number}, from {period.start_date:%-d %b}") for period in periods
        ]
        self.initial["to_column"] = number
