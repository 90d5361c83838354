from collections import Counter
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from people.models import Program
from scheduling.models import Schedule
from scheduling.services.comparing import Differences


class VersionChoice(forms.ModelChoiceField):
    """A version of a program, newest first."""

    def label_from_instance(self, obj: Schedule) -> str:
        kind = "Sandbox" if obj.is_what_if else obj.get_status_display().capitalize()
        return f"{kind} {obj.number} ({obj.academic_year})"


class ChooseForm(forms.Form):
    """Which two versions are compared: what the first changes in the second."""

    new = VersionChoice(Schedule.objects.none(), label="What does", empty_label=None)
    old = VersionChoice(Schedule.objects.none(), label="change in", empty_label=None)

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = Schedule.objects.filter(program=program).select_related("academic_year").order_by("-number")
        for name in ("new", "old"):
            field = self.fields[name]
            assert isinstance(field, VersionChoice)
            field.queryset = versions
            field.error_messages |= dict.fromkeys(("required", "invalid_choice"), "Choose two versions to compare.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        new, old = given.get("new"), given.get("old")
        if new and new == old:
            raise ValidationError("Choose two different versions to compare.")
        if new and old and new.academic_year_id != old.academic_year_id:
            raise ValidationError(
                f"Version {new.number} is of {new.academic_year} and version {old.number} of {old.academic_year}: "
                "versions of one academic year can be compared."
            )
        return given


class CompareForm(forms.Form):
    """What of a comparison is shown: the year's plan or a month, and who."""

    show = forms.ChoiceField(required=False, label="Show")
    who = forms.ChoiceField(required=False, label="Who", choices=[("", "Only who changed"), ("all", "Everybody")])

    def __init__(self, data: QueryDict, *, new: Schedule, found: Differences) -> None:
        counts = Counter(each.date.replace(day=1) for each in found.assignments)
        self.months = dict(sorted(counts.items()))
        self.has_placements = bool(found.placements)
        given = data.copy()
        if not given.get("show"):
            given["show"] = self._usual()
        super().__init__(given)
        show = self.fields["show"]
        assert isinstance(show, forms.ChoiceField)
        show.choices = [("year", f"Year plan ({len(found.placements)} changed)")] + [
            (f"{first:%Y-%m}", f"{first:%B %Y} ({self.months.get(first, 0)} changed)") for first in _months(new)
        ]

    def _usual(self) -> str:
        """The plan where it differs; else the month in which most does."""
        if self.has_placements or not self.months:
            return "year"
        return f"{max(self.months, key=lambda first: self.months[first]):%Y-%m}"

    def chosen(self) -> tuple[date | None, bool]:
        """The month (None: the year's plan), and whether only those are shown who changed."""
        self.is_valid()
        show = self.cleaned_data.get("show") or self._usual()
        month = None if show == "year" else date.fromisoformat(f"{show}-01")
        return month, self.cleaned_data.get("who") != "all"


def _months(schedule: Schedule) -> list[date]:
    """The first days of a schedule's months."""
    found = [schedule.start_date.replace(day=1)]
    while (following := date(found[-1].year + found[-1].month // 12, found[-1].month % 12 + 1, 1)) <= schedule.end_date:
        found.append(following)
    return found
