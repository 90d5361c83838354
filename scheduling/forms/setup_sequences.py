"""The form of a sequence rule: the fields that its kind has."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django import forms

from scheduling.forms.setup_fields import NumbersField, RowForm, level_choices, period_choices
from scheduling.models import SequenceRule
from scheduling.services.setup_sequences import sequence_rule

Kind = SequenceRule.Kind
IN_A_ROW = ("next_rotations", "first_period", "last_period", "starts")
# By kind, the fields beside rotations, levels, track, price and name.
FIELDS: Mapping[str, tuple[str, ...]] = {
    Kind.NOT_IN_A_ROW: IN_A_ROW,
    Kind.IN_A_ROW: IN_A_ROW,
    Kind.GAP: ("next_rotations", "window", "first_period", "last_period", "starts"),
    Kind.AT_MOST: ("most", "window"),
    Kind.ONLY_IN: ("first_period", "last_period", "starts"),
    Kind.MUST_BE_IN: ("first_period", "last_period", "starts"),
    Kind.STINT: ("fewest", "most"),
}
EXAMPLES: Mapping[str, str] = {
    Kind.NOT_IN_A_ROW: "No residents are on Night float two periods in a row",
    Kind.IN_A_ROW: "Residents rather go from Research straight to Elective",
    Kind.GAP: "No residents leave Night float and come back after just 1 period elsewhere",
    Kind.AT_MOST: "Residents have at most 3 periods of Wards in any 4 periods",
    Kind.ONLY_IN: "PGY-1 residents are on ICU only from period 2 on",
    Kind.MUST_BE_IN: "PGY-3 residents are on Chief in period 13",
    Kind.STINT: "Residents stay on Research for 2 to 4 periods at a time",
}
LABELS: Mapping[str, Mapping[str, str]] = {
    Kind.AT_MOST: {"most": "At most so many periods", "window": "In any so many periods"},
    Kind.GAP: {"window": "Too few periods elsewhere"},
    Kind.STINT: {"fewest": "Shortest, in periods", "most": "Longest, in periods"},
}
NAME_LENGTH = 120


class _All(list[Any]):
    """Rows that are linked, as a relation hands them out."""

    def all(self) -> list[Any]:
        return self


class SequenceRuleForm(RowForm):
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=NAME_LENGTH,
        help_text="As reports call it. Blank: the sentence itself.",
    )
    levels = NumbersField(label="Whom it is about", help_text="None ticked: all residents.")
    starts = NumbersField(label="Only in these periods", help_text="None ticked: as above, or any.")

    class Meta:
        model = SequenceRule
        fields = [
            "kind",
            "rotations",
            "next_rotations",
            "fewest",
            "most",
            "window",
            "first_period",
            "last_period",
            "starts",
            "levels",
            "track",
            "price",
            "name",
        ]
        labels = {
            "next_rotations": "Then",
            "first_period": "From period",
            "last_period": "To period",
            "price": "Price",
        }
        help_texts = {
            "next_rotations": "None ticked: the same rotation again.",
            "most": "",
            "fewest": "",
            "window": "",
        }
        widgets = {"kind": forms.HiddenInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = self.instance.kind
        self.lead = f"{self.instance.get_kind_display().capitalize()}, such as: {EXAMPLES.get(self.kind, '')}."
        used = FIELDS.get(self.kind, ())
        for name in ("next_rotations", "fewest", "most", "window", "first_period", "last_period", "starts"):
            if name not in used:
                del self.fields[name]
        self.fields["levels"].choices = level_choices(self.program, self.instance.levels)  # type: ignore[attr-defined]
        if "starts" in self.fields:
            self.fields["starts"].choices = period_choices(self.program, self.instance.starts)  # type: ignore[attr-defined]
        for name, label in LABELS.get(self.kind, {}).items():
            self.fields[name].label = label
        self.fields["kind"].disabled = True  # another kind is another rule
        if self.kind == Kind.AT_MOST:
            self.fields["window"].help_text = "Blank: in the whole year."
        price = self.fields["price"]
        price.min_value = 0  # type: ignore[attr-defined]
        if self.kind == Kind.IN_A_ROW:
            price.required = True
            price.help_text = "What each time is worth to the optimiser: 1 or 2 is a wish."
        else:
            price.help_text = (
                "Blank: hard, never broken. Else what breaking it once costs the optimiser: 5 is a wish, 100 weighs "
                "much, one missing resident costs 1000."
            )

    def _sentence(self) -> str:
        """What the rule will say, before it is there."""
        unused = dict.fromkeys(("fewest", "most", "window", "first_period", "last_period"))
        links = {name: _All(self.cleaned_data.get(name) or ()) for name in ("rotations", "next_rotations")}
        row: Any = SimpleNamespace(**{**unused, "starts": [], **self.cleaned_data, "kind": self.kind, **links})
        return sequence_rule(row)

    def clean_price(self) -> float | None:
        price: float | None = self.cleaned_data["price"]
        if price is not None and price < 0:
            raise forms.ValidationError("A price is 0 or more.")
        return price

    def clean(self) -> None:
        super().clean()
        here = self.cleaned_data
        self.in_order("fewest", "most", "The longest stint is shorter than the shortest.")
        self.in_order("first_period", "last_period", "The last period is before the first.")
        for name in {Kind.AT_MOST: ("most",), Kind.GAP: ("window",)}.get(Kind(self.kind), ()):
            if name in here and here[name] is None:
                self.add_error(name, "A number is needed here.")
        if self.kind == Kind.STINT and here.get("fewest") is None and here.get("most") is None:
            self.add_error("fewest", "Say how short or how long at least.")
        if self.kind == Kind.STINT and here.get("most") == 0:
            self.add_error("most", "A stint has 1 period or more.")
        if not here.get("name") and here.get("rotations"):
            here["name"] = self._sentence()[:NAME_LENGTH]
        bounded = here.get("starts") or here.get("first_period") or here.get("last_period")
        if self.kind in (Kind.ONLY_IN, Kind.MUST_BE_IN) and not bounded and "starts" not in self.errors:
            self.add_error("starts", "Say in which periods: tick them, or give the first or the last above.")
