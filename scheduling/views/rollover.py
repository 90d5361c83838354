"""A new academic year on one page: what is proposed, a dry run of what was decided, and then exactly that."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from people.rollover import Bounds
from scheduling.forms.rollover import FinalsForm, RolloverForm, YearForm
from scheduling.models import AcademicYear
from scheduling.services import rollover as service
from scheduling.services.rollover_page import Opening, brought, opening
from scheduling.services.rollover_words import sections, warnings
from scheduling.services.rollover_year import proposed_days
from scheduling.views.context import Opened, open_to_schedule


@dataclass(slots=True)
class _Sheet:
    """The page's forms together, bound to what was sent, if anything was."""

    year_form: YearForm
    finals_form: FinalsForm
    opening: Opening
    form: RolloverForm

    @property
    def is_valid(self) -> bool:
        return self.year_form.is_valid() and self.finals_form.is_valid() and self.form.is_valid()


def rollover(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose what becomes of everybody; check what was decided; do what was checked."""
    opened = open_to_schedule(request, slug, "setup")
    if not AcademicYear.objects.filter(program=opened.program).exists():
        return render(request, "scheduling/rollover_none.html", opened.context)
    if request.method != "POST":
        return _page(request, opened, _sheet(opened, None, request.GET if "first" in request.GET else None), {})
    data, asks = request.POST, request.POST.get("do")
    if asks == "apply" and service.done_before(opened.program, data.get("seen", "")):
        messages.success(request, "That was done before, and is not done twice.")
        return redirect("setup", opened.program.slug)
    sheet = _sheet(opened, data, data)
    if asks == "propose" and sheet.year_form.is_valid() and sheet.finals_form.is_valid():
        proposals = sheet.opening.proposals(sheet.form.bounds)
        sheet = _sheet(opened, sheet.form.reproposed(data, proposals), data)
        return _page(request, opened, sheet, {"is_proposed": True})
    if not sheet.is_valid:
        return _page(request, opened, sheet, {"has_errors": True}, status=422)
    return _do(request, opened, sheet) if asks == "apply" else _check(request, opened, sheet)


def _sheet(opened: Opened, data: Any, days: Any) -> _Sheet:
    """The forms; `days` are what was sent for the year. Where they cannot be, everything is judged by those proposed,
    and the days say why not."""
    first, last = proposed_days(opened.program, opened.today)
    year_form = YearForm(days, initial={"first": first, "last": last})
    if year_form.is_valid():
        try:
            found = opening(opened.program, year_form.cleaned_data["first"], year_form.cleaned_data["last"])
        except ValidationError as error:
            year_form.add_error("first", error)
            found = opening(opened.program, first, last)
    else:
        found = opening(opened.program, first, last)
    finals_form = FinalsForm(data, finals=found.finals)
    given = finals_form.by_track if data is not None and finals_form.is_valid() else found.finals
    finals = {track: level for track, level in given.items() if level}
    bounds = Bounds(found.year.first, found.year.last, finals)
    form = RolloverForm(data, members=found.members, proposals=found.proposals(bounds), bounds=bounds)
    return _Sheet(year_form, finals_form, found, form)


def _check(request: HttpRequest, opened: Opened, sheet: _Sheet) -> HttpResponse:
    try:
        plan = service.dry_run(program=opened.program, asked=sheet.form.asked)
    except ValidationError as error:
        return _page(request, opened, sheet, {"refused": error.messages}, status=422)
    return _page(request, opened, sheet, _shown(opened, plan))


def _shown(opened: Opened, plan: service.Rollover) -> dict[str, Any]:
    return {"plan": plan, "sections": sections(plan), "warnings": warnings(opened.program, plan)}


def _do(request: HttpRequest, opened: Opened, sheet: _Sheet) -> HttpResponse:
    program, asked = opened.program, sheet.form.asked
    try:
        done = service.roll_over(
            program=program, user=opened.user, asked=asked, seen=request.POST.get("seen", ""), today=opened.today
        )
    except service.Changed as changed:
        plan = service.dry_run(program=program, asked=asked)
        return _page(request, opened, sheet, _shown(opened, plan) | {"refused": changed.messages}, status=409)
    except ValidationError as error:
        return _page(request, opened, sheet, {"refused": error.messages}, status=422)
    if done is None:
        messages.success(request, "That was done before, and is not done twice.")
    else:
        people = sum(1 for each in done.changes if not each.is_empty)
        messages.success(
            request,
            f"The academic year {done.year.name} is set up: {people} people changed, {len(done.newcomers)} added.",
        )
    return redirect("setup", program.slug)


def _page(
    request: HttpRequest, opened: Opened, sheet: _Sheet, more: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    before, brings = brought(opened.program, sheet.opening.year)
    groups: dict[str, list[dict[str, Any]]] = {}
    for form in sheet.form.people:
        member = form.member
        label = f"PGY-{member.before.level}" if member.is_resident and member.before.level else member.label
        row = {"form": form, "member": member, "value": form.value, "brings": brings.get(member.pk)}
        groups.setdefault(label, []).append(row)
    year = sheet.opening.year
    context = {
        **opened.context,
        "year_form": sheet.year_form,
        "finals": [sheet.finals_form[name] for name in sheet.finals_form.fields],
        "form": sheet.form,
        "year": year,
        "first": year.first,
        "waiting": year.old if year.old and year.old.start_date > opened.today else None,
        "groups": [
            {"label": label, "rows": members, "key": f"g{n}"} for n, (label, members) in enumerate(groups.items())
        ],
        "before": before,
        "shows": request.POST.get("show", "all") if not more.get("has_errors") else "all",
        "wrong": sheet.form.wrong if more.get("has_errors") else [],
        **more,
    }
    return render(request, "scheduling/rollover.html", context, status=status)
