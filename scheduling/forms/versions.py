from typing import Any

from django import forms

from people.models import Program
from scheduling.models import AcademicYear, GenerationRun, Schedule


class VersionFilter(forms.Form):
    status = forms.ChoiceField(required=False, label="State", choices=[("", "All states"), *Schedule.Status.choices])


class GenerateForm(forms.Form):
    scope = forms.ChoiceField(
        label="What to make", choices=GenerationRun.Scope.choices, initial=GenerationRun.Scope.YEAR
    )
    minutes = forms.IntegerField(
        label="At most so many minutes",
        min_value=1,
        max_value=240,
        initial=10,
        help_text="It stops earlier when it finds the best there is.",
    )

    @property
    def seconds(self) -> int:
        """The time limit as services take it."""
        return int(self.cleaned_data["minutes"]) * 60


class NewDraftForm(forms.Form):
    """A draft from nothing: for which academic year."""

    academic_year = forms.ModelChoiceField(AcademicYear.objects.none(), empty_label=None)
    note = forms.CharField(required=False, max_length=300)

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["academic_year"].queryset = AcademicYear.objects.filter(program=program)  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """What goes with a new draft or with publishing."""

    note = forms.CharField(
        required=False, max_length=300, label="Note", help_text="What is new in it, for those who come after."
    )


class PublishForm(NoteForm):
    """Publishing, with the numbers of the published versions that it takes the place of as the page showed them."""

    seen = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    anyway = forms.BooleanField(required=False, label="Take back what was published since, knowingly")

    def clean_seen(self) -> set[int]:
        numbers = self.cleaned_data["seen"].split()
        return {int(each) for each in numbers if each.isascii() and each.isdigit() and len(each) < 10}
