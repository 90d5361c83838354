from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from people.models import Person, Program
from people.standing import ranks_of
from scheduling.models import AcademicYear, GenerationRun, Schedule
from scheduling.services.remaking import Remakes, usual


def _day() -> forms.DateInput:
    """A native picker, which takes ISO dates."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class VersionFilter(forms.Form):
    status = forms.ChoiceField(required=False, label="State", choices=[("", "All states"), *Schedule.Status.choices])


class GenerateForm(forms.Form):
    """What of a draft is generated: all of it, or only some days, rotations or people."""

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
    first = forms.DateField(
        required=False, label="From", widget=_day(), help_text="Blank: from the first day of this draft."
    )
    last = forms.DateField(required=False, label="To", widget=_day(), help_text="Blank: to its last day.")
    rotations = forms.MultipleChoiceField(
        required=False, label="Only who is placed on", widget=forms.CheckboxSelectMultiple
    )
    groups = forms.MultipleChoiceField(required=False, label="Only these levels", widget=forms.CheckboxSelectMultiple)
    people = forms.MultipleChoiceField(required=False, label="Only these people", widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: QueryDict | None = None, *, schedule: Schedule, today: date) -> None:
        kept = usual(schedule, today)
        super().__init__(data, initial={"first": kept.first})
        self.keeps_until = kept.first
        program = schedule.program
        ranks = ranks_of(program)
        people = Person.objects.active().filter(program=program)
        rows = people.employed_between(schedule.start_date, schedule.end_date).order_by("name")
        self.members = {pk: ranks.on(pk, max(today, schedule.start_date)) for pk in rows.values_list("pk", flat=True)}
        labels = sorted({rank.order: rank.label for rank in self.members.values()}.items())
        rotations = program.rotations.filter(is_active=True).values_list("code", "name")
        self._offer("rotations", list(rotations))
        self._offer("groups", [(label, label) for _, label in labels])
        self._offer("people", [(str(pk), name) for pk, name in rows.values_list("pk", "name")])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices

    @property
    def part_fields(self) -> list[forms.BoundField]:
        """What is ticked off lists."""
        return [self[name] for name in ("rotations", "groups", "people")]

    @property
    def chooses_part(self) -> bool:
        """Whether somebody has said that only a part is made."""
        return self.is_bound and any(self[name].value() for name in ("first", "last", "rotations", "groups", "people"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["first"] > given["last"]:
            self.add_error("last", "It ends before it begins: put the dates the other way round.")
        return given

    @property
    def remakes(self) -> Remakes:
        """What is made anew, as services take it: of these people, and of those who are in one of these groups."""
        given = self.cleaned_data
        chosen = {int(key) for key in given["people"]}
        chosen |= {pk for pk, rank in self.members.items() if rank.label in given["groups"]}
        return Remakes(given["first"], given["last"], frozenset(given["rotations"]), frozenset(chosen))

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
