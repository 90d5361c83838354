"""One person's day in the month: what is there, what else could be, and who could take it."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from people.models import Person
from scheduling.forms.carry import CarryToDay
from scheduling.models import Schedule
from scheduling.services.cell_choices import read_cell
from scheduling.services.cell_partners import partners_of
from scheduling.views.answers import panel_answer
from scheduling.views.context import Opened, can_edit, open_to_change, schedules_for, state_of
from scheduling.views.grids import KEPT


def cell(request: HttpRequest, slug: str, month: date, person: int, day: int) -> HttpResponse:
    """The panel of a cell: by htmx a fragment, else a page with the same forms. With `?people` who could take it."""
    opened = open_to_change(request, slug)
    on = _day(month, day)
    schedule = _schedule(request, opened, on)
    somebody = get_object_or_404(Person, program=opened.program, pk=person)
    state = state_of(request, *KEPT)
    context = {
        "title": f"{somebody.name}, {on:%a %-d %b}",
        "view": "month",
        "month": month,
        "day": on,
        "cell_name": f"{person}:{on.isoformat()}",
        "edit_url": reverse("edit", args=[slug, schedule.number]),
        "people_url": f"{request.path}{state}{'&' if state else '?'}people=1",
        "is_open": can_edit(opened, schedule),
        "is_there": schedule.start_date <= on <= schedule.end_date,
        "state": state,
        "next": reverse("month", args=[slug, month]) + state,
    }
    wants_people = "people" in request.GET
    is_fragment = wants_people and bool(request.htmx)  # type: ignore[attr-defined]
    try:
        context |= _people(schedule, somebody, on) if wants_people else {}
        context |= {} if is_fragment else _panel(schedule, somebody, on)
    except ValidationError as error:  # the program's own settings are wrong
        context["wrong"] = error.messages
    if context.get("content") and context["is_open"] and context["is_there"] and not request.htmx:  # type: ignore[attr-defined]
        context |= {"carry": CarryToDay(schedule=schedule, person=person, day=on), "carried": context["content"]}
    template = "scheduling/cell_people.html" if is_fragment else "scheduling/cell_panel.html"
    return panel_answer(request, opened, schedule, template, context)


def _panel(schedule: Schedule, person: Person, day: date) -> dict[str, Any]:
    panel = read_cell(schedule, person, day)
    return {"panel": panel, "content": panel.content}


def _people(schedule: Schedule, person: Person, day: date) -> dict[str, Any]:
    found = partners_of(schedule, person, day)
    return {"partners": found.partners, "has_more": found.has_more, "content": found.content}


def _day(month: date, day: int) -> date:
    try:
        return month.replace(day=day)
    except (ValueError, OverflowError):
        raise Http404(f"{month:%B %Y} has no day {day}.") from None


def _schedule(request: HttpRequest, opened: Opened, day: date) -> Schedule:
    """The version that the month's page shows on that day."""
    found = schedules_for(request, opened, day, day)
    if not found:
        raise Http404("No version covers this day.")
    return found[0]
