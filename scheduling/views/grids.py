"""The year grid and the month grid."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from people.pages import cached_page
from people.requests import reads
from scheduling.converters import EARLIEST, LATEST
from scheduling.forms.grid_filter import filters_of
from scheduling.services.grid_setup import setup_of_month, setup_of_year
from scheduling.views.context import open_program, schedule_of_year, schedules_for, state_of, strip
from scheduling.views.months import end_of_month
from scheduling.views.sheets import month_sheet, page_with, year_sheet

KEPT = ("schedule", "rotation", "level", "cohort", "name")


@cached_page()
@reads
def year(request: HttpRequest, slug: str) -> HttpResponse:
    """The rotation plan: people x periods."""
    opened = open_program(request, slug, "schedule")
    program = opened.program
    schedule = schedule_of_year(request, opened)
    context = {**opened.context, **strip(opened, schedule), "view": "year", "state": state_of(request, *KEPT)}
    if schedule is None:
        return render(request, "scheduling/no_schedule.html", context)
    setup = setup_of_year(program, schedule)
    form = filters_of(request.GET, setup.choices)
    month = max(schedule.start_date, min(opened.today, schedule.end_date))
    sheet = year_sheet(opened, schedule, setup, form.wanted, context["state"])
    return page_with(sheet, request, "scheduling/year.html", {**context, "form": form, "month": month, "day": month})


@reads
def month_now(request: HttpRequest, slug: str) -> HttpResponse:
    """This month, or the first of the schedule where it has not begun."""
    opened = open_program(request, slug, "schedule")
    schedule = schedule_of_year(request, opened)
    today = opened.today
    day = max(schedule.start_date, min(today, schedule.end_date)) if schedule else today
    return redirect(reverse("month", args=[slug, day.replace(day=1)]) + state_of(request, *KEPT))


@cached_page()
@reads
def month(request: HttpRequest, slug: str, month: date) -> HttpResponse:
    """The roster of a month: people x days."""
    opened = open_program(request, slug, "schedule")
    program, first = opened.program, month
    last = end_of_month(first)
    schedules = schedules_for(request, opened, first, last)
    context = {
        **opened.context,
        **strip(opened, schedules[0] if schedules else None),
        "view": "month",
        "state": state_of(request, *KEPT),
        "month": first,
        "day": opened.today if first <= opened.today <= last else first,
        "previous": previous_month(first),
        "next": next_month(first),
    }
    if not schedules:
        return render(request, "scheduling/no_schedule.html", context)
    setup = setup_of_month(program, schedules, first, last)
    form = filters_of(request.GET, setup.choices)
    context |= {
        "form": form,
        "is_outside": schedules[0].start_date > last or schedules[-1].end_date < first,
    }
    sheet = month_sheet(opened, schedules, setup, form.wanted, context["state"])
    return page_with(sheet, request, "scheduling/month.html", context)


def previous_month(first: date) -> date | None:
    """The first day of the month before; None at the edge of what addresses can say."""
    before = (first - timedelta(days=1)).replace(day=1)
    return before if before.year >= EARLIEST else None


def next_month(first: date) -> date | None:
    after = (first + timedelta(days=31)).replace(day=1)
    return after if after.year <= LATEST else None
