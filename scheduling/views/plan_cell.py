"""One person's period in the year: what is there, what else could be, and who could take it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from scheduling.forms.carry import CarryToPeriod
from scheduling.models import Schedule
from scheduling.services.plan_choices import PlanPanel, panel_of
from scheduling.services.plan_releases import Offer, offer_of
from scheduling.services.plan_verdicts import plan_rules
from scheduling.services.year_grid import Year, read_year
from scheduling.views.answers import panel_answer
from scheduling.views.context import can_edit, open_to_change, schedule_of_year, state_of
from scheduling.views.grids import KEPT


def plan_cell(request: HttpRequest, slug: str, person: int, period: int) -> HttpResponse:
    """The panel of a cell: by htmx a fragment, else a page with the same forms."""
    opened = open_to_change(request, slug)
    schedule = schedule_of_year(request, opened)
    if schedule is None:
        raise Http404("There is no version yet.")
    year = read_year(opened.program, schedule)
    place = next((place for place, each in enumerate(year.periods) if each.number == period), None)
    if place is None or person not in year.years:
        raise Http404("There is no such cell in this version.")
    state = state_of(request, *KEPT)
    context = {
        "title": f"{year.years[person].row.name}, period {period}",
        "view": "year",
        "cell_name": f"{person}:{period}",
        "edit_url": reverse("plan-edit", args=[slug, schedule.number]),
        "is_open": can_edit(opened, schedule),
        "state": state,
        "next": reverse("year", args=[slug]) + state,
        **_panel(schedule, year, person, place),
    }
    rotation = year.years[person].cells[place].rotation
    if rotation is not None and context["is_open"] and not request.htmx:  # type: ignore[attr-defined]
        carry = CarryToPeriod(schedule=schedule, periods=list(year.periods), person=person, number=period)
        context |= {"carry": carry, "carried": year.catalog.rotations[rotation].code}
    return panel_answer(request, opened, schedule, "scheduling/plan_panel.html", context)


def _panel(schedule: Schedule, year: Year, person: int, place: int) -> dict[str, Any]:
    """The panel, or why there is none: the program's own settings are wrong."""
    try:
        panel = panel_of(schedule, plan_rules(schedule, year), person, place)
    except ValidationError as error:
        return {"wrong": error.messages}
    return {"panel": panel, "offer": _offer(schedule, panel)}


def _offer(schedule: Schedule, panel: PlanPanel) -> Offer | None:
    """To roster the period of somebody who has no shifts in it that could go."""
    if panel.rotation is None or panel.released or panel.now.is_all_leave or not schedule.assignments.exists():
        return None
    return offer_of(schedule, [panel.period], [panel.row.pk], "Nothing was generated for this period yet.")
