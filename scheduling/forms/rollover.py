"""The one form of a new year: its days, a row for each person, rows for those who join."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from people.rollover import ENDS, Bounds, Decision, Fate, Member, Newcomer, problems
from scheduling.services.rollover import Asked

HIGHEST = 20
BLANK_ROWS = 3
MOST_NEWCOMERS = 100
FATES = [
    (Fate.PROMOTED, "moves up"),
    (Fate.LATER, "moves up later"),
    (Fate.STAYS, "stays, repeats"),
    (Fate.GRADUATES, "graduates"),
    (Fate.LEAVES, "leaves"),
]
FATES_FACULTY_HAVE = [(Fate.STAYS, "stays"), (Fate.LEAVES, "leaves")]
NO_DATE = {"invalid": "Write the day as a date, such as 2027-10-15."}
NO_LEVEL = {"invalid": "Write the level as a number, such as 2."}


class YearForm(forms.Form):
    """The days of the year."""

    first = forms.DateField(label="First day", error_messages=NO_DATE, widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(label="Last day", error_messages=NO_DATE, widget=forms.DateInput({"type": "date"}))


class FinalsForm(forms.Form):
    """After which level the people of each track graduate."""

    def __init__(self, data: Any = None, *, finals: Mapping[str, int | None]) -> None:
        super().__init__(data, prefix="final")
        self.tracks = list(finals)
        for track, level in finals.items():
            self.fields[f"of-{track}"] = forms.IntegerField(
                label=track or "Categorical",
                required=False,
                min_value=1,
                max_value=HIGHEST,
                initial=level,
                error_messages=NO_LEVEL,
            )

    @property
    def by_track(self) -> dict[str, int]:
        cleaned = {track: self.cleaned_data.get(f"of-{track}") for track in self.tracks}
        return {track: level for track, level in cleaned.items() if level}


class PersonForm(forms.Form):
    """What becomes of one person; shown as the row of a table."""

    fate = forms.ChoiceField(choices=FATES, error_messages={"required": "Say what becomes of them."})
    day = forms.DateField(required=False, error_messages=NO_DATE)
    level = forms.IntegerField(required=False, min_value=1, max_value=HIGHEST, error_messages=NO_LEVEL)
    track = forms.CharField(required=False, max_length=30)
    cohort = forms.CharField(required=False, max_length=30)
    proposal = forms.CharField(required=False, max_length=200)

    def __init__(self, data: Any, *, member: Member, proposal: Decision, bounds: Bounds) -> None:
        super().__init__(data, prefix=f"p{member.pk}", initial=as_fields(proposal))
        self.member, self.bounds = member, bounds
        if not member.is_resident:
            self.fields["fate"].choices = FATES_FACULTY_HAVE  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        fate = Fate(values["fate"]) if values.get("fate") else None
        if fate is not None and fate is not Fate.LATER and fate not in ENDS:
            self.errors.pop("day", None)  # it is not shown, and means nothing
            values["day"] = None
        if fate in (Fate.STAYS, *ENDS):
            self.errors.pop("level", None)
            values["level"] = None
        if fate is not None and not self.errors:
            for field, words in problems(self.member, self.decision, self.bounds):
                self.add_error(field, words)
        return values

    @property
    def decision(self) -> Decision:
        values, before = self.cleaned_data, self.member.before
        is_resident = self.member.is_resident
        return Decision(
            self.member.pk,
            Fate(values["fate"]),
            values.get("day"),
            values.get("level"),
            values["track"] if is_resident else before.track,
            values["cohort"] if is_resident else before.cohort,
        )

    @property
    def value(self) -> dict[str, Any]:
        """What the row's fields show."""
        return {name: _shown(self[name].value()) for name in self.fields}

    @property
    def is_as_proposed(self) -> bool:
        """Whether nobody has changed what the page proposed when it was shown."""
        shown = self.value
        return bool(signature(shown) == shown["proposal"])


class NewcomerForm(forms.Form):
    """Somebody who joins; a row left blank is nobody."""

    name = forms.CharField(required=False, max_length=120)
    email = forms.EmailField(required=False)
    level = forms.IntegerField(min_value=1, max_value=HIGHEST, error_messages=NO_LEVEL, required=False)
    start = forms.DateField(required=False, error_messages=NO_DATE)
    code = forms.CharField(required=False, max_length=30)
    cohort = forms.CharField(required=False, max_length=30)

    def __init__(self, data: Any, *, number: int, bounds: Bounds) -> None:
        super().__init__(data, prefix=f"n{number}")
        self.bounds = bounds

    @property
    def is_blank(self) -> bool:
        return not any(str(self[name].value() or "").strip() for name in self.fields)

    @property
    def value(self) -> dict[str, Any]:
        return {name: _shown(self[name].value()) for name in self.fields}

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.is_blank and not values.get("name") and "name" not in self.errors:
            self.add_error("name", "Give the name of the person who joins.")
        start = values.get("start")
        if start and not self.bounds.first <= start <= self.bounds.last:
            self.add_error("start", "The first day lies in the new year; blank is its first day.")
        return values

    @property
    def newcomer(self) -> Newcomer:
        values = self.cleaned_data
        start = values.get("start") or self.bounds.first
        return Newcomer(
            values["name"], values["email"], values.get("level") or 1, start, values["code"], values["cohort"]
        )


def as_fields(decision: Decision) -> dict[str, Any]:
    """A decision as the fields of its row, with itself as what was proposed."""
    values = {name: _shown(getattr(decision, name)) for name in ("fate", "day", "level", "track", "cohort")}
    return values | {"proposal": signature(values)}


def signature(values: Mapping[str, Any]) -> str:
    return "|".join(str(values[name]) for name in ("fate", "day", "level", "track", "cohort"))


def _shown(value: Any) -> str:
    if isinstance(value, Fate):
        return value.value
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Wrong:
    """An error of the form: whose, in which field, and what to do."""

    who: str
    row: str  # the row's id on the page
    words: str


class RolloverForm:
    """All the rows together: valid as a whole, with each error named by person and nothing lost."""

    def __init__(
        self, data: Any, *, members: Sequence[Member], proposals: Mapping[int, Decision], bounds: Bounds
    ) -> None:
        self.bounds = bounds
        self.people = [
            PersonForm(data, member=member, proposal=proposals[member.pk], bounds=bounds) for member in members
        ]
        filled = 0 if data is None else _filled(data)
        self.newcomers = [NewcomerForm(data, number=n, bounds=bounds) for n in range(filled + BLANK_ROWS)]

    def is_valid(self) -> bool:
        return not self.wrong

    @property
    def wrong(self) -> list[Wrong]:
        rows: list[tuple[str, forms.Form]] = [(form.member.name, form) for form in self.people]
        joining = [each for each in self.newcomers if not each.is_blank]
        rows += [(f"Joining: {each.value['name'] or 'no name'}", each) for each in joining]
        return [
            Wrong(who, form.prefix or "", str(words))
            for who, form in rows
            for errors in form.errors.values()
            for words in errors
        ]

    @property
    def asked(self) -> Asked:
        """What is asked for; only of a form that is valid."""
        joining = [each.newcomer for each in self.newcomers if not each.is_blank]
        return Asked(self.bounds, [form.decision for form in self.people], joining)

    def reproposed(self, data: Any, proposals: Mapping[int, Decision]) -> Any:
        """The data with new proposals where the old ones were left as they were."""
        fresh = data.copy()
        for form in self.people:
            values = as_fields(proposals[form.member.pk])
            if not form["fate"].value() or form.is_as_proposed:
                for name, value in values.items():
                    fresh[form.add_prefix(name)] = value
            else:
                fresh[form.add_prefix("proposal")] = values["proposal"]
        return fresh


def _filled(data: Any) -> int:
    """How many rows of people who join were sent, up to the last that is not blank."""
    names = ("name", "email", "code", "start", "level", "cohort")
    sent = [n for n in range(MOST_NEWCOMERS) if any(data.get(f"n{n}-{name}", "").strip() for name in names)]
    return sent[-1] + 1 if sent else 0
