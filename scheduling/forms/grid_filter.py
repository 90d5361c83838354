from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.safestring import SafeString, mark_safe

from people.kept import Kept
from people.models import FACULTY_LEVEL, Person, Program, Standing
from people.prepared import prepared
from scheduling.models import Rotation
from scheduling.services.grid_rows import Wanted

_made: Kept[SafeString] = Kept(256)


class GridFilter(forms.Form):
    """What a grid is filtered by. Its state is the address, where a rotation goes by its code."""

    rotation = forms.ChoiceField(required=False, label="Rotation")
    level = forms.TypedChoiceField(required=False, label="Level", coerce=int, empty_value=None)
    cohort = forms.ChoiceField(required=False, label="Cohort")
    name = forms.CharField(required=False, label="Name", max_length=120)

    def __init__(self, data: Any, *, program: Program) -> None:
        super().__init__(data)
        self.rotations = {code: (pk, name) for code, pk, name in _rotations(program.pk)}
        self._choices("rotation", "All rotations", [(code, name) for code, (_pk, name) in self.rotations.items()])
        levels, cohorts = _levels_and_cohorts(program)
        self._choices("level", "All levels", [(str(level), _level_name(level)) for level in levels])
        if cohorts:
            self._choices("cohort", "All cohorts", [(cohort, cohort) for cohort in cohorts])
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
        """The fields as HTML. As they stand without anything wrong, they are kept: templates make them slowly."""
        if self.errors:
            return self._inputs()
        choices = [getattr(field, "choices", ()) for field in self.fields.values()]
        given = [self[name].value() for name in self.fields]
        return _made.of(repr((choices, given)), self._inputs)

    def _inputs(self) -> SafeString:
        return mark_safe("".join(str(self[name]) for name in self.fields))  # noqa: S308 of Django's own widgets

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


def _levels_and_cohorts(program: Program) -> tuple[list[int], list[str]]:
    """The levels there are or were, faculty (0) last, and the X+Y cohorts (1 query)."""
    found = _standings(program.pk)
    levels = {level or FACULTY_LEVEL for level, _ in found}
    cohorts = {cohort for _, cohort in found if cohort}
    return sorted(levels, key=lambda level: (level == FACULTY_LEVEL, level)), sorted(cohorts)


@prepared
def _rotations(program: int) -> QuerySet[Any, Any]:
    return Rotation.objects.filter(program=program).values_list("code", "pk", "name")


@prepared
def _standings(program: int) -> QuerySet[Any, Any]:
    now = Person.objects.filter(program=program).order_by().values_list("pgy_level", "cohort")
    before = Standing.objects.filter(person__program=program).order_by().values_list("pgy_level", "cohort")
    return now.union(before).order_by()


def _level_name(level: int) -> str:
    return "Faculty" if level == FACULTY_LEVEL else f"PGY-{level}"
