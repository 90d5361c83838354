"""Forms for what a program schedules: rotations, shift types, who may be called where."""

from typing import Any

from django import forms

from scheduling.forms.setup_fields import NumbersField, RowForm, level_choices, weekdays_field
from scheduling.models import CrossCover, Rotation, ShiftType

HUES = (
    "blue", "green", "ochre", "red", "purple", "teal", "olive", "pink", "sky", "orange", "sea green", "violet",
)  # fmt: skip
PRICE_HELP = "What one costs the optimiser, against the other prices: one missing resident costs 1000."


class RotationForm(RowForm):
    colour = forms.TypedChoiceField(
        label="Colour",
        coerce=int,
        widget=forms.RadioSelect,
        choices=list(enumerate(HUES, 1)),
        help_text="Of its cells in the grids; the code stands in them too.",
    )
    regular_weekdays = weekdays_field("On these weekdays", "None ticked: every day.")

    class Meta:
        model = Rotation
        fields = [
            "code",
            "name",
            "colour",
            "is_night_float",
            "is_vacation",
            "allows_vacation",
            "weekly_hours_limit",
            "regular_shifts",
            "regular_weekdays",
        ]
        labels = {
            "is_night_float": "Night float: works nights only",
            "is_vacation": "Vacation: being here is being on vacation",
            "allows_vacation": "Vacation may be taken from here",
            "weekly_hours_limit": "Hours a week at most, averaged",
            "regular_shifts": "Everybody here works",
        }
        help_texts = {"is_vacation": "", "regular_shifts": "Such as clinic by day; none where staffing says it all."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk and "colour" not in (kwargs.get("initial") or {}):
            used = Rotation.objects.filter(program=self.program).count()
            self.initial["colour"] = used % len(HUES) + 1

    def clean_code(self) -> str:
        return _free_code(self, Rotation, "rotation")


class ShiftTypeForm(RowForm):
    class Meta:
        model = ShiftType
        fields = [
            "code",
            "name",
            "start_time",
            "hours",
            "duty",
            "is_night",
            "is_call",
            "counted_hours",
            "not_followed_by",
            "joins",
        ]
        labels = {
            "start_time": "Starts at",
            "hours": "Hours long",
            "is_night": "Counts as a night",
            "is_call": "Is in-house call",
            "not_followed_by": "Not followed the next day by",
            "joins": "May be worked on one day with",
        }
        help_texts = {
            "start_time": "By the clock on the wall. Blocks that nobody works move with it; blocks with people keep "
            "their hours, so a shift type that is worked keeps them too.",
            "counted_hours": "Blank: its whole length. Less for home call.",
            "joins": "Such as morning with afternoon: no rest lies between.",
        }
        widgets = {"start_time": forms.TimeInput(format="%H:%M", attrs={"type": "time"})}

    def clean_code(self) -> str:
        return _free_code(self, ShiftType, "shift type")


class CrossCoverForm(RowForm):
    weekdays = weekdays_field("On these weekdays", "None ticked: every day.")
    levels = NumbersField(label="People of these levels", help_text="None ticked: all residents.")

    class Meta:
        model = CrossCover
        fields = ["rotation", "covers", "shift_types", "weekdays", "levels", "price"]
        labels = {
            "rotation": "People on",
            "covers": "may be called to",
            "shift_types": "For these shifts",
            "price": "Price",
        }
        help_texts = {"price": "What one such call costs the optimiser. 1 is cheap; one missing resident costs 1000."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["levels"].choices = level_choices(self.program, self.instance.levels)  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        here = self.cleaned_data
        if here.get("rotation") and here.get("rotation") == here.get("covers"):
            self.add_error("covers", f"{here['covers']} covers itself already: choose another rotation.")


def _free_code(form: RowForm, model: type[Rotation] | type[ShiftType], what: str) -> str:
    code: str = form.cleaned_data["code"]
    other = model._default_manager.filter(program=form.program, code=code).exclude(pk=form.instance.pk).first()
    if other is not None:
        raise forms.ValidationError(f"{other.name} has this code already: give the {what} another.")
    return code
