from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from absences.models import Absence
from people.models import Person


def _day() -> forms.DateInput:
    """A native picker."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class LeaveForm(forms.Form):
    """Leave that somebody asks for."""

    start_date = forms.DateField(label="First day", widget=_day())
    end_date = forms.DateField(label="Last day", widget=_day(), help_text="This day is leave too.")
    kind = forms.ChoiceField(label="Kind", choices=Absence.Kind.choices)
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only those who make the schedules read it, and the kind. Others see that you are away.",
    )


class AwayForm(forms.Form):
    """Somebody is away: by default ill, and today only."""

    kind = forms.ChoiceField(label="Kind", choices=Absence.Kind.choices, initial=Absence.Kind.SICK)
    start_date = forms.DateField(label="From", widget=_day())
    end_date = forms.DateField(label="Last day", widget=_day())
    person = forms.ModelChoiceField(
        Person.objects.none(), error_messages={"invalid_choice": "This person is not in the program any more."}
    )

    def __init__(self, data: Any = None, *, people: Iterable[Person], today: date) -> None:
        super().__init__(data, initial={"start_date": today, "end_date": today})
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Whoever asked reads it. It is needed to deny.",
    )


class RequestFilter(forms.Form):
    """What the list of requests is filtered by. Its state is the address."""

    status = forms.ChoiceField(required=False, label="State", choices=[("", "All states"), *Absence.Status.choices])
    name = forms.CharField(required=False, label="Name", max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].error_messages["invalid_choice"] = "There is no state %(value)s: all are shown."
        self.fields["name"].widget.input_type = "search"
        self.fields["name"].widget.attrs |= {"placeholder": "Name", "aria-label": "Name"}
        self.fields["status"].widget.attrs["aria-label"] = "State"
