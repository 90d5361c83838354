"""Forms for what a schedule has to satisfy: staffing, curriculum, cohorts."""

from typing import Any

from django import forms

from people.models import Person
from scheduling.forms.setup_fields import (
    NumbersField,
    RowForm,
    WordsField,
    level_choices,
    period_choices,
    weekdays_field,
)
from scheduling.models import AcademicYear, Cohort, Curriculum, Rotation, Staffing
from scheduling.services.setup_sentences import cohort as cohort_sentence
from scheduling.services.setup_words import listed, spans

LEAST_WEIGHT = 0.1
NAME_LENGTH = 80


class StaffingForm(RowForm):
    rare = ("name", "first_period", "last_period", "excluded_tracks", "weight", "part_leave_weight")
    name = forms.CharField(
        label="Name", required=False, max_length=NAME_LENGTH, help_text="As reports call it. Blank: made from the rest."
    )
    levels = NumbersField(label="Who counts", help_text="None ticked: all residents.")
    weekdays = weekdays_field("Weekdays", "Of a shift. None ticked: every day.")
    excluded_tracks = WordsField(
        label="Tracks that do not count", required=False, max_length=200, help_text="Such as NEURO, PRELIM."
    )

    class Meta:
        model = Staffing
        fields = [
            "rotations",
            "shift_type",
            "fewest",
            "most",
            "levels",
            "weekdays",
            "holidays",
            "first_period",
            "last_period",
            "price_below",
            "price_above",
            "name",
            "excluded_tracks",
            "weight",
            "part_leave_weight",
        ]
        labels = {
            "fewest": "At least",
            "most": "At most",
            "shift_type": "Shift type",
            "first_period": "From period",
            "last_period": "To period",
            "price_below": "One missing costs",
            "price_above": "One too many costs",
            "weight": "One person counts",
            "part_leave_weight": "While partly on leave",
        }
        help_texts = {
            "rotations": "Several are counted together; a shift is of one.",
            "shift_type": "Chosen: people in each block of it. None: people placed in each period.",
            "most": "Blank: no limit.",
            "price_below": "1000 is usual: nearly everything else gives way to it. 0: nobody minds.",
            "price_above": "100 is usual.",
            "weight": "1, or less where half a person is enough.",
            "part_leave_weight": "Blank: the same.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["levels"].choices = level_choices(self.program, self.instance.levels)  # type: ignore[attr-defined]
        self.fields["shift_type"].empty_label = "None: people placed in each period"  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        here = self.cleaned_data
        self.in_order("fewest", "most", "The most is below the fewest.")
        self.in_order("first_period", "last_period", "The last period is before the first.")
        rotations, shift = list(here.get("rotations") or []), here.get("shift_type")
        if here.get("weight") is not None and here["weight"] < LEAST_WEIGHT:
            self.add_error("weight", f"One person counts at least {LEAST_WEIGHT}.")
        if shift is not None:
            if len(rotations) > 1:
                self.add_error("rotations", "A block is worked for one rotation: make a sentence for each.")
            if here.get("weight", 1) != 1:
                self.add_error("weight", "A block counts people: leave 1 here, or leave the shift type out.")
        elif here.get("weekdays") or here.get("holidays", "also") != Staffing.Holidays.ALSO:
            self.add_error("shift_type", "Weekdays and holidays are about shifts: choose one, or leave those out.")
        if not here.get("name") and rotations:
            here["name"] = _made_name(rotations, shift.name if shift else "")


def _made_name(rotations: list[Rotation], shift: str) -> str:
    return ", ".join(part for part in (listed([one.name for one in rotations]), shift) if part)[:NAME_LENGTH]


class CurriculumForm(RowForm):
    level = forms.TypedChoiceField(label="Level", coerce=int)

    class Meta:
        model = Curriculum
        fields = [
            "level",
            "track",
            "rotations",
            "fewest",
            "most",
            "waived_on_leave",
            "allows_leave",
            "counts_history",
            "price",
        ]
        labels = {
            "fewest": "At least so many periods",
            "most": "At most so many",
            "waived_on_leave": "Not owed by who is on leave for a whole period",
            "allows_leave": "A period that is partly leave may be spent here",
            "counts_history": "Owed over the whole residency: what was done before counts",
            "price": "Price",
        }
        help_texts = {
            "track": "Blank: categorical people, and those of a track without sentences of its own.",
            "rotations": "Several are counted together. People are placed only on rotations that are named here.",
            "most": "Blank: no limit.",
            "waived_on_leave": "",
            "allows_leave": "",
            "counts_history": "",
            "price": "What each period missing or too many costs the optimiser; 1000 is usual, as for a missing "
            "resident.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [self.instance.level] if self.instance.pk else []
        self.fields["level"].choices = level_choices(self.program, known)  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        self.in_order("fewest", "most", "The most is below the fewest.")


class CohortForm(RowForm):
    periods = NumbersField(label="In these periods", help_text="None ticked: never.")

    class Meta:
        model = Cohort
        fields = ["academic_year", "name", "rotation", "periods", "may_be_there_otherwise"]
        labels = {
            "name": "Cohort",
            "rotation": "is on",
            "may_be_there_otherwise": "May be there in other periods too",
        }
        help_texts = {"may_be_there_otherwise": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["periods"].choices = period_choices(self.program, self.instance.periods)  # type: ignore[attr-defined]
        self.fields["academic_year"].empty_label = None  # type: ignore[attr-defined]
        people = Person.objects.filter(program=self.program, is_active=True).exclude(cohort="")
        known = sorted(set(people.order_by().values_list("cohort", flat=True)))
        told = f"People are in {listed(known)}." if known else "Nobody is in one yet: they are chosen once it is there."
        self.fields["name"].help_text = f"As people have it. {told}"

    def clean(self) -> None:
        super().clean()
        here = self.cleaned_data
        year, name, rotation = here.get("academic_year"), here.get("name"), here.get("rotation")
        same = Cohort.objects.filter(academic_year=year, name=name, rotation=rotation).exclude(pk=self.instance.pk)
        if year and name and rotation and same.exists():
            self.add_error("name", f"{name} has its periods on {rotation} already: change that sentence.")
        if year and here.get("periods"):
            there = set(year.periods.values_list("number", flat=True))
            if missing := [number for number in here["periods"] if number not in there]:
                self.add_error("periods", f"{year} has no period {listed(map(str, missing), 'or')}.")
        if year and name and rotation:
            self._elsewhere(year, name, rotation, here.get("periods") or [])

    def _elsewhere(self, year: AcademicYear, name: str, rotation: Rotation, periods: list[int]) -> None:
        """The error that the cohort is on another rotation in some of these periods: nobody can be on both."""
        others = Cohort.objects.filter(academic_year=year, name=name).exclude(rotation=rotation)
        for other in others.exclude(pk=self.instance.pk).select_related("rotation"):
            if both := sorted({*periods} & {*other.periods}):
                this = Cohort(name=name, rotation=rotation, periods=periods)
                off = "" if other.is_active else " (which is off)"
                when = f"period{'' if len(both) == 1 else 's'} {spans(both)}"
                self.add_error(
                    "periods",
                    f"{cohort_sentence(this)}, and {cohort_sentence(other)}{off}: nobody can be on both in {when}. "
                    "Change one of the two.",
                )


class CohortPeopleForm(forms.Form):
    """Who is in a cohort; others are told apart by the cohort that they are in."""

    people = NumbersField(label="Who is in it", help_text="Who joins leaves the cohort that stands beside the name.")

    def __init__(self, data: Any = None, *, people: list[tuple[Person, str]], cohort: str) -> None:
        super().__init__(data, initial={"people": [person.pk for person, name in people if name == cohort]})
        self.fields["people"].choices = [  # type: ignore[attr-defined]
            (person.pk, _with_cohort(person, "" if name == cohort else name)) for person, name in people
        ]


def _with_cohort(person: Person, other: str) -> str:
    return f"{person.name}, {person.level_label}{f' ({other})' if other else ''}"
