from datetime import date
from typing import Any

from django import forms

from scheduling.converters import MonthConverter
from scheduling.services.live_problems import KINDS


class ProblemsFilter(forms.Form):
    """What the list of problems is filtered by: its state is the address.

    `at` is the month that the page around it shows, and `view` which page that is; `whole` are the kinds shown to
    their end.
    """

    kind = forms.ChoiceField(
        required=False, label="Kind", choices=[("", "All kinds"), *((k.id, k.title) for k in KINDS)]
    )
    only = forms.BooleanField(required=False, label="This month only")
    at = forms.CharField(required=False, widget=forms.HiddenInput)
    view = forms.ChoiceField(
        required=False, choices=[("", ""), ("month", "month"), ("year", "year")], widget=forms.HiddenInput
    )
    state = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    whole = forms.MultipleChoiceField(
        required=False, choices=[(kind.id, kind.title) for kind in KINDS], widget=forms.MultipleHiddenInput
    )

    def clean_at(self) -> date | None:
        text: str = self.cleaned_data["at"]
        try:
            return MonthConverter().to_python(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(f"{text} is no month.") from error

    def values(self) -> dict[str, Any]:
        """What was asked for; what is not understood is left out."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}
