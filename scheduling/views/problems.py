"""The problems of a version as it stands: beside the grids, where they follow every edit, or as a page of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

from people.kept import Kept
from people.pages import cached_page
from scheduling.forms.problems_filter import ProblemsFilter
from scheduling.models import Schedule
from scheduling.rules.verdict import date_span
from scheduling.services.live_problems import KINDS, Kind, Problem, Problems, problems_of
from scheduling.views.context import Opened, counts, get_schedule, open_to_change, strip

SHOWN = 50  # of each kind, unless all of it is asked for


@dataclass(frozen=True, slots=True)
class Line:
    """One problem as a page shows it: where it leads to, and what it is about in a few words."""

    problem: Problem
    dates: str
    url: str
    why_url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The problems of one kind: how many there are, those that are shown, and the address that shows the others."""

    kind: Kind
    count: int
    lines: Sequence[Line]
    whole_url: str = ""


@cached_page()
def problems(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The list, filtered by kind and month; with HX-Request only the list, with the strip's counts out of band."""
    opened = open_to_change(request, slug)
    schedule = get_schedule(opened, number)
    try:
        found, wrong = problems_of(schedule), []
    except ValidationError as error:
        found, wrong = Problems(), error.messages
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(_fragment(request, opened, schedule, found, wrong))
    day = max(schedule.start_date, min(opened.today, schedule.end_date))
    context = opened.context | _context(request, schedule, found, wrong)
    context |= {**strip(opened, schedule), "state": f"?schedule={number}", "month": context["at"] or day, "day": day}
    return render(request, "scheduling/problems_page.html", context)


_fragments: Kept[str] = Kept(64)


def _fragment(request: HttpRequest, opened: Opened, schedule: Schedule, found: Problems, wrong: list[str]) -> str:
    """Everybody who may see it sees the same: it is rendered once for as long as the problems are these."""
    name = "counts" if "counts" in request.GET else "fragment"

    def make() -> str:
        context = {**opened.context, **_context(request, schedule, found, wrong)}
        return render_to_string(f"scheduling/problems_{name}.html", context, request)

    asked = tuple((key, tuple(values)) for key, values in sorted(request.GET.lists()))
    key = (found.token, opened.program.slug, schedule.number, name, asked)
    return _fragments.of(key, make) if found.token else make()


def _context(request: HttpRequest, schedule: Schedule, found: Problems, wrong: list[str]) -> dict[str, Any]:
    form = ProblemsFilter(request.GET)
    chosen = form.values()
    shown = _of_month(found, chosen["at"]) if chosen["only"] and chosen["at"] else found
    groups = list(_groups(request, schedule.program.slug, schedule, shown, chosen))
    return {
        "schedule": schedule,
        "form": form,
        "at": chosen["at"],
        "wrong": wrong,
        "broken": _broken(found, chosen),
        "total": len(found.lines),
        "groups": groups,
        "listed": sum(group.count for group in groups),
        "view": chosen["view"] or "problems",
        **counts(None if wrong else found.severities),
    }


def _broken(found: Problems, chosen: dict[str, Any]) -> list[str]:
    """The cells of the month or year shown in which a must is broken, whatever of it the list is asked for."""
    musts = {kind.id for kind in KINDS if kind.severity == "must"}
    lines = [each for each in found.lines if each.kind in musts and each.person is not None]
    if chosen["view"] == "year":
        names = [f"{each.person}:{each.period}" for each in lines if each.period is not None]
    else:
        days = [each for each in lines if each.period is None and each.at.replace(day=1) == chosen["at"]]
        names = [f"{each.person}:{each.at}" for each in days]
    return list(dict.fromkeys(names))


def _of_month(found: Problems, first: date) -> Problems:
    return found.between(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _groups(
    request: HttpRequest, slug: str, schedule: Schedule, found: Problems, chosen: dict[str, Any]
) -> Iterator[Group]:
    whole = chosen["whole"] or ()
    for kind in KINDS:
        lines = found.of_kind(kind.id)
        if lines and chosen["kind"] in ("", None, kind.id):
            is_cut = len(lines) > SHOWN and kind.id not in whole
            yield Group(
                kind,
                len(lines),
                [_line(slug, schedule, each, chosen) for each in (lines[:SHOWN] if is_cut else lines)],
                f"?{_also(request, kind.id)}" if is_cut else "",
            )


def _also(request: HttpRequest, kind: str) -> str:
    """The address that shows the same, and this kind to its end."""
    query = request.GET.copy()
    query.appendlist("whole", kind)
    return query.urlencode()


def _line(slug: str, schedule: Schedule, problem: Problem, chosen: dict[str, Any]) -> Line:
    is_all = (problem.first, problem.last) == (schedule.start_date, schedule.end_date)
    one_day = problem.first == problem.last
    dates = f"{problem.first:%a %-d %b}" if one_day else "" if is_all else date_span(problem.first, problem.last)
    return Line(problem, dates, _url(slug, schedule, problem, chosen), _why_url(slug, schedule, problem))


def _url(slug: str, schedule: Schedule, problem: Problem, chosen: dict[str, Any]) -> str:
    """The page of the cell, and which cell: on the page that is open only the place in it changes."""
    person = problem.person
    if problem.kind in ("unbalanced", "owed"):
        page, hash_, is_here = reverse("year", args=[slug]), f"r{person}", chosen["view"] == "year"
    elif problem.period is not None:
        hash_ = f"p{problem.period}" if person is None else f"c{person}:{problem.period}"
        page, is_here = reverse("year", args=[slug]), chosen["view"] == "year"
    else:
        month = problem.at.replace(day=1)
        hash_ = f"d{problem.at}" if person is None else f"c{person}:{problem.at}"
        page, is_here = reverse("month", args=[slug, month]), chosen["view"] == "month" and chosen["at"] == month
    version = urlencode({"schedule": schedule.number})
    # Filters may hide the row: the link then leads to the page without them.
    query = chosen["state"] if is_here and chosen["state"] in ("", f"?{version}") else f"?{version}"
    return f"{page}{query}#{hash_}"


def _why_url(slug: str, schedule: Schedule, problem: Problem) -> str:
    """Where it is said who could take a block that is short, and why the others cannot."""
    if problem.block is None:
        return ""
    try:
        return reverse("open-block", args=[slug, schedule.number, problem.at, *problem.block])
    except NoReverseMatch:  # a code that fits no address
        return ""
