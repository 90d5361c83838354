from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from people.models import Person


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "This user name and password do not belong together. Mind capitals, and try again.",
        "inactive": "This account is switched off. Ask your coordinator or an administrator.",
    }


class PeopleFilter(forms.Form):
    """What the list of people is filtered by; all of it optional, all of it in the address."""

    name = forms.CharField(required=False, label="Name", max_length=120)
    type = forms.ChoiceField(
        required=False, label="Type", choices=[("", "Residents and faculty"), *Person.Type.choices]
    )
    level = forms.IntegerField(required=False, label="Level", min_value=1, max_value=20)
    inactive = forms.BooleanField(required=False, label="Those who left too")

    def __init__(self, *args: Any, levels: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "All levels"), *((level, f"PGY-{level}") for level in levels)]
        self.fields["level"].widget = forms.Select(choices=choices)
        self.fields["name"].widget.input_type = "search"
        self.fields["name"].widget.attrs["placeholder"] = "Name"
        for name in ("name", "type", "level"):  # what is left out beside these is said by their first choice
            self.fields[name].widget.attrs["aria-label"] = str(self.fields[name].label)
