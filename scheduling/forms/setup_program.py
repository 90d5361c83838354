"""Forms for the program as a whole: its rules, its academic years, its holidays."""

import zoneinfo
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import holidays
from django import forms

from people.models import Program
from scheduling.models import AcademicYear
from scheduling.rules.rule_sets import Rule
from scheduling.services.rule_settings import MOST_OF_A_RULE, MOST_PRICE, Repair, rule_settings
from scheduling.services.setup_prices import PRICES
from scheduling.services.setup_program import WITH_ALLOWANCE, WITHOUT_LIMIT

MOST_NOTICE = 60  # days


def _day() -> forms.DateInput:
    """A native picker."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ProgramForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label="Time zone",
        help_text="Of all times here. It can be changed until people work blocks.",
    )
    notice_days = forms.IntegerField(
        label="Notice",
        min_value=0,
        max_value=MOST_NOTICE,
        help_text="Days ahead in which no plan of the optimiser takes away or moves what people work.",
    )

    class Meta:
        model = Program
        fields = [
            "rule_set",
            "time_zone",
            "period_scheme",
            "holiday_country",
            "holiday_subdivision",
            "lock_days",
            "notice_days",
            "shows_who_is_on",
        ]
        labels = {
            "rule_set": "Duty-hour standard",
            "period_scheme": "Periods of a year",
            "holiday_country": "Country of the holidays",
            "holiday_subdivision": "State or province",
            "lock_days": "Lock window",
            "shows_who_is_on": "Anybody in the hospital may read who is on, without signing in",
        }
        help_texts = {
            "period_scheme": "Of years that are made from now on; those that are there keep their periods.",
            "holiday_country": "Two letters, such as US.",
            "holiday_subdivision": "Its letters, such as NY; blank: only the country's.",
            "lock_days": "Published days until so many days from today change only with a reason. 0: no lock.",
            "shows_who_is_on": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC")
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]
        try:
            notice = rule_settings(self.instance).repair.notice_days
        except forms.ValidationError:  # set wrongly in the administration, as the page says
            notice = Repair().notice_days
        self.initial["notice_days"] = round(notice)
        for name in ("holiday_country", "holiday_subdivision"):
            self.fields[name].widget.attrs["size"] = 6

    def clean_holiday_country(self) -> str:
        country: str = self.cleaned_data["holiday_country"].strip().upper()
        if country not in holidays.list_supported_countries():
            raise forms.ValidationError(f"The holidays of {country} are not known: give two letters such as US.")
        return country

    def clean(self) -> None:
        super().clean()
        here = self.cleaned_data
        state = here.get("holiday_subdivision", "").strip().upper()
        if here.get("holiday_country") and state:
            known = holidays.list_supported_countries()[here["holiday_country"]]
            if state not in known:
                some = f"known are {', '.join(known)}" if known else "leave it blank"
                told = f"The holidays of {state} in {here['holiday_country']} are not known: {some}."
                self.add_error("holiday_subdivision", told)
        here["holiday_subdivision"] = state


class NumbersForm(forms.Form):
    """The numbers of one of the program's own rules."""

    limit = forms.IntegerField(min_value=0, max_value=MOST_OF_A_RULE)
    allowance = forms.IntegerField(min_value=0, max_value=MOST_OF_A_RULE)

    def __init__(self, data: Any = None, *, rule: Rule) -> None:
        initial = {"limit": rule.limit, "allowance": rule.allowance}
        super().__init__(data, auto_id=f"id_{rule.id}_%s", initial=initial)
        self.fields["limit"].label = rule.unit.capitalize()
        if rule.id in WITH_ALLOWANCE:  # residents to one faculty member
            self.fields["limit"].label = "PGY-1"
            self.fields["allowance"].label = "Others"
        else:
            del self.fields["allowance"]
        if rule.id in WITHOUT_LIMIT:
            del self.fields["limit"]


class PricesForm(forms.Form):
    """What the optimiser weighs; see `setup_prices`."""

    def __init__(self, data: Any = None, *, prices: Mapping[str, float]) -> None:
        super().__init__(data, auto_id="id_price_%s")
        for price in PRICES:
            value = prices[price.key]
            self.fields[price.key] = forms.FloatField(
                label=price.words,
                min_value=0,
                max_value=MOST_PRICE,
                initial=int(value) if value.is_integer() else value,
            )


class YearForm(forms.Form):
    """A new academic year: by default the year after the last, or the one that has today."""

    start_date = forms.DateField(label="First day", widget=_day())
    end_date = forms.DateField(label="Last day", widget=_day(), help_text="This day belongs to it.")

    def __init__(self, data: Any = None, *, program: Program, today: date) -> None:
        last = AcademicYear.objects.filter(program=program).order_by("-end_date").first()
        start = last.end_date + timedelta(days=1) if last else date(today.year - (today.month < 7), 7, 1)
        following = date(start.year + 1, start.month, min(start.day, 28))
        super().__init__(data, initial={"start_date": start, "end_date": following - timedelta(days=1)})


class HolidayForm(forms.Form):
    date = forms.DateField(label="Day", widget=_day())
    name = forms.CharField(label="Name", max_length=80)
