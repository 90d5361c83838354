from typing import Any

from django import forms

from people.models import Person, Program
from scheduling.services.backups import Held


class HeldField(forms.CharField):
    """A block as it was shown, by the token in a hidden field or a choice."""

    default_error_messages = {"required": "Choose a block.", "invalid": "That is no block: choose it again."}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return Held.of(text)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class CallInForm(forms.Form):
    """Whose block is lost, who is on backup, and what was shown that they give up."""

    lost = HeldField(max_length=400)
    backup = HeldField(max_length=400)
    gives_up = forms.CharField(required=False, max_length=2000)
    reason = forms.CharField(required=False, max_length=300)


class PayBackForm(forms.Form):
    block = HeldField(max_length=400)


class ExcuseForm(forms.Form):
    reason = forms.CharField(max_length=300, label="Why nothing is owed", help_text="Kept in the record.")


class LedgerFilter(forms.Form):
    """What the ledger is filtered by: everything that one person gave or received."""

    person = forms.ModelChoiceField(
        Person.objects.none(), required=False, empty_label="Everybody", to_field_name="code"
    )

    def __init__(self, data: Any, *, program: Program) -> None:
        super().__init__(data)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Person.objects.filter(program=program).order_by("name")
        field.error_messages["invalid_choice"] = "This program has no such person: everybody is shown."
        field.widget.attrs["aria-label"] = "Person"

    def wanted(self) -> Person | None:
        """Whose covers were asked for; None: everybody's."""
        return self.cleaned_data["person"] if self.is_valid() else None
