from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe

from people.models import FACULTY_LEVEL, Program
from people.standing import ranks_of
from scheduling.services.grid_rows import Wanted, catalog_of
from scheduling.services.grid_setup import Choices, choices_of


class GridFilter(forms.Form):
    """What a grid is filtered by. Its state is the address, where a rotation goes by its code."""

    rotation = forms.ChoiceField(required=False, label="Rotation")
    level = forms.TypedChoiceField(required=False, label="Level", coerce=int, empty_value=None)
    cohort = forms.ChoiceField(required=False, label="Cohort")
    name = forms.CharField(required=False, label="Name", max_length=120)

    def __init__(self, data: Any, choices: Choices) -> None:
        super().__init__(data)
        self.rotations = choices.rotations
        self._choices("rotation", "All rotations", [(code, name) for code, (_pk, name) in self.rotations.items()])
        self._choices("level", "All levels", [(str(level), _level_name(level)) for level in choices.levels])
        if choices.cohorts:
            self._choices("cohort", "All cohorts", [(cohort, cohort) for cohort in choices.cohorts])
        else:
            del self.fields["cohort"]
        widget = self.fields["name"].widget
        widget.input_type = "search"
        widget.attrs |= {"placeholder": "Name", "aria-label": "Name"}

    def _choices(self, name: str, everything: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", everything), *choices]
        field.error_messages["invalid_choice"] = f"This program has no {name} %(value)s: everybody is shown."
        field.widget.attrs["aria-label"] = str(field.label)

    def inputs(self) -> SafeString:
        """The fields as HTML."""
        return mark_safe("".join(str(self[name]) for name in self.fields))  # noqa: S308 of Django's own widgets

    def said(self) -> SafeString:
        """What is wrong with them, as HTML."""
        return mark_safe("".join(str(self[name].errors) for name in self.fields))  # noqa: S308 of Django's own lists

    def wanted(self) -> Wanted:
        """What was asked for; everybody where the form is not valid, which its errors say."""
        if not self.is_valid():
            return Wanted()
        chosen = self.cleaned_data
        rotation = self.rotations[chosen["rotation"]][0] if chosen["rotation"] else None
        return Wanted(
            rotation=rotation,
            level=chosen["level"],
            cohort=chosen.get("cohort", ""),
            name=chosen["name"].strip(),
        )


@dataclass(frozen=True, slots=True)
class Filters:
    """The form as it was filled in: its fields and what is wrong with them as HTML, and who is wanted."""

    inputs: SafeString
    errors: SafeString
    wanted: Wanted


def filters_of(data: QueryDict, choices: Choices) -> Filters:
    """What an address filters a grid by. Forms are slow: it is kept by what the address says, and can be chosen."""
    return _filters(tuple(data.get(name) for name in GridFilter.base_fields), choices)


@lru_cache(maxsize=1024)
def _filters(given: tuple[str | None, ...], choices: Choices) -> Filters:
    data: Mapping[str, str] = {
        name: text for name, text in zip(GridFilter.base_fields, given, strict=True) if text is not None
    }
    form = GridFilter(data, choices)
    wanted = form.wanted()
    return Filters(form.inputs(), form.said(), wanted)


def wanted_of(data: QueryDict, program: Program) -> Wanted:
    """Whom an address asks for (4 queries; none where it filters by nothing)."""
    if not any(data.get(name) for name in GridFilter.base_fields):
        return Wanted()
    return filters_of(data, choices_of(catalog_of(program), ranks_of(program))).wanted


def _level_name(level: int) -> str:
    return "Faculty" if level == FACULTY_LEVEL else f"PGY-{level}"
