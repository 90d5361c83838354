"""Fields of the forms of Setup: levels, weekdays, periods, and what all of those forms share."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from people.models import FACULTY_LEVEL, Person, Program, Standing
from scheduling.models import AcademicYear, Period, Rotation, ShiftType
from scheduling.services.setup_rows import snapshot
from scheduling.services.setup_words import WEEKDAYS

USUAL_LEVELS = 3  # offered even where nobody is of them yet
PERIODS: Mapping[str, int] = {
    Program.PeriodScheme.FOUR_WEEKS: 13,
    Program.PeriodScheme.TWO_WEEKS: 26,
    Program.PeriodScheme.ONE_WEEK: 52,
    Program.PeriodScheme.MONTHS: 12,
}


class NumbersField(forms.TypedMultipleChoiceField):
    """Some numbers of a few, as check boxes; a list of them, in order."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, empty_value=[], required=False, **options)

    def clean(self, value: Any) -> list[int]:
        return sorted(super().clean(value))


class WordsField(forms.CharField):
    """Words parted by commas; a list of them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [word.strip() for word in super().clean(value).split(",") if word.strip()]


class RowForm(forms.ModelForm):
    """A form for one row of a program's rules; `seen` is what the row said when it was shown."""

    lead = ""  # what the form is for, where its title does not say it
    rare: tuple[str, ...] = ()  # fields that few rows need: folded away until one of them says something

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        for name in self._meta.fields or ():
            field = self.fields.get(str(name))
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = _own(field.queryset, program)
                field.label_from_instance = _label  # type: ignore[assignment]
            if isinstance(field, forms.ModelMultipleChoiceField):
                field.widget = forms.CheckboxSelectMultiple()
                field.widget.choices = field.choices
        for name, value in self.initial.items():
            if isinstance(value, float | Decimal) and value == int(value):
                self.initial[name] = int(value)  # 1000, not 1000.0
        if self.instance.pk:
            self.initial["seen"] = json.dumps(snapshot(self.instance))

    def clean_seen(self) -> Mapping[str, str] | None:
        """None, as for a new row, where it is nothing that this form has written."""
        try:
            seen = json.loads(self.cleaned_data["seen"])
        except ValueError:
            return None
        return seen if isinstance(seen, dict) else None

    @property
    def usual_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.rare]

    @property
    def rare_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name in self.rare]

    @property
    def shows_rare(self) -> bool:
        """Whether one of the rare fields is wrong, or says something else than a new row would."""
        new = type(self.instance)()
        return any(
            field.errors or (field.name != "name" and (field.value() or None) != (getattr(new, field.name) or None))
            for field in self.rare_fields
        )

    @property
    def values(self) -> dict[str, Any]:
        """What services take, by field."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def show_anew(self) -> None:
        """After somebody else changed the row: what it says now has been seen."""
        fresh = type(self.instance)._default_manager.get(pk=self.instance.pk)
        data: Any = self.data
        self.data = data.copy()
        self.data["seen"] = json.dumps(snapshot(fresh))  # type: ignore[index]

    def in_order(self, first: str, last: str, told: str) -> None:
        """The error that the second of two numbers is below the first, at the second."""
        one, two = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if one is not None and two is not None and two < one:
            self.add_error(last, told)


def _label(row: Any) -> str:
    """A rotation that is off may be named, and is told apart."""
    return f"{row} (off)" if isinstance(row, Rotation) and not row.is_active else str(row)


def _own(rows: Any, program: Program) -> Any:
    if rows.model in (Rotation, ShiftType, AcademicYear):
        return rows.filter(program=program)
    return rows


def weekdays_field(label: str, help_text: str) -> NumbersField:
    return NumbersField(label=label, help_text=help_text, choices=list(enumerate(WEEKDAYS)))


def level_choices(program: Program, also: Iterable[int] = ()) -> list[tuple[int, str]]:
    """The levels that there are or usually are, faculty last."""
    own = Person.objects.filter(program=program).values_list("pgy_level", flat=True)
    later = Standing.objects.filter(person__program=program).values_list("pgy_level", flat=True)
    known = {level for level in (*own.distinct().order_by(), *later.distinct().order_by(), *also) if level}
    return [
        *((level, f"PGY-{level}") for level in range(1, max([USUAL_LEVELS, *known]) + 1)),
        (FACULTY_LEVEL, "Faculty"),
    ]


def period_choices(program: Program, also: Iterable[int] = ()) -> list[tuple[int, str]]:
    """The numbers of the periods of a year."""
    count = PERIODS[program.period_scheme]
    longest = Period.objects.filter(academic_year__program=program).order_by("-number").values_list("number", flat=True)
    most = max([count, *longest[:1], *also])
    return [(number, str(number)) for number in range(1, most + 1)]
