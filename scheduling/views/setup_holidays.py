"""The holidays of an academic year: public ones that are kept or worked, and the program's own."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url

from people.models import Program
from people.pages import cached_page
from people.requests import back
from scheduling.forms.setup_program import HolidayForm
from scheduling.models import AcademicYear
from scheduling.services import setup_program
from scheduling.services.holidays import country_holidays, holiday_changes
from scheduling.views.context import Opened
from scheduling.views.setup import leave, open_setup
from scheduling.views.setup_rows import tell

STATES = (("kept", "Kept"), ("worked", "Worked"))


@dataclass(frozen=True, slots=True)
class Holiday:
    """One day. `states`: of a public one, whether it is kept or worked; none of the program's own."""

    day: date
    name: str
    state: str
    states: list[tuple[str, str, bool]]


def _holidays(program: Program, first: date, last: date) -> list[Holiday]:
    public, own = country_holidays(program, first, last), holiday_changes(program)
    days = sorted({*public, *(day for day in own if first <= day <= last)})
    return [_holiday(day, public.get(day), own[day] if day in own else public.get(day)) for day in days]


def _holiday(day: date, public: str | None, name: str | None) -> Holiday:
    state = "worked" if name is None else "kept"
    if public is None or (name is not None and name != public):
        return Holiday(day, name or "", "own" if name else "worked", [])
    return Holiday(day, public, state, [(value, label, value == state) for value, label in STATES])


def _span(request: HttpRequest, opened: Opened) -> tuple[list[AcademicYear], AcademicYear | None, date, date]:
    """The academic years, the one that is shown (`?year=`, else the one of today or the last), and its days."""
    years = list(AcademicYear.objects.filter(program=opened.program).order_by("start_date"))
    wanted = request.GET.get("year", "")
    now = [year for year in years if year.start_date <= opened.today <= year.end_date]
    shown = next((year for year in years if str(year.pk) == wanted), None) or next(iter([*now, *years[-1:]]), None)
    if shown is None:
        return years, None, date(opened.today.year, 1, 1), date(opened.today.year, 12, 31)
    return years, shown, shown.start_date, shown.end_date


@cached_page()
def holidays(request: HttpRequest, slug: str) -> HttpResponse:
    """The holidays of a year, and a form for one of the program's own."""
    opened = open_setup(request, slug, "setup-holidays")
    form = HolidayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        day, name = form.cleaned_data["date"], form.cleaned_data["name"]
        try:
            setup_program.add_holiday(program=opened.program, user=opened.user, day=day, name=name)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, f"{day:%A %-d %B %Y} is a holiday of the program: {name}.")
            return redirect(request.get_full_path())
    years, shown, first, last = _span(request, opened)
    context: dict[str, Any] = {
        **opened.context,
        "form": form,
        "years": years,
        "year": shown,
        "first": first,
        "last": last,
        "holidays": _holidays(opened.program, first, last),
        "here": request.get_full_path(),
    }
    return render(request, "scheduling/setup/holidays.html", context, status=422 if form.errors else 200)


def holiday(request: HttpRequest, slug: str, day: date) -> HttpResponse:
    """Keep or work a public holiday; take out one of the program's own."""
    if request.method != "POST":
        return redirect("setup-holidays", slug)
    opened = open_setup(request, slug, "setup-holidays")
    state = request.POST.get("state", "")
    words = f"{day:%A %-d %B %Y}"
    try:
        if state == "gone":
            setup_program.remove_holiday(program=opened.program, user=opened.user, day=day)
        else:
            setup_program.work_holiday(program=opened.program, user=opened.user, day=day, works=state == "worked")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return leave(request, back(request) or resolve_url("setup-holidays", slug))
    said = {
        "gone": f"{words} is no holiday of the program's own any more.",
        "worked": f"{words} is worked as any other day.",
    }.get(state, f"{words} is kept.")
    if request.htmx and state != "gone":  # type: ignore[attr-defined]
        fresh = Program.objects.get(pk=opened.program.pk)
        context = {**opened.context, "one": _holidays(fresh, day, day)[0], "said": said, "here": back(request)}
        return render(request, "scheduling/setup/holiday_switched.html", context)
    messages.success(request, said)
    return redirect(back(request) or resolve_url("setup-holidays", slug))
