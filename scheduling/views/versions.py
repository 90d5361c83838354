"""The versions of a program's schedule: the list, one of them, and what is done with one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from people.pages import cached_page
from people.requests import changes
from scheduling.forms.compare import ChooseForm
from scheduling.forms.versions import GenerateForm, NewDraftForm, NoteForm, VersionFilter
from scheduling.models import GenerationRun, Inquiry, Schedule
from scheduling.services import drafts, generate
from scheduling.services.rollback import can_be_brought_back
from scheduling.services.sandbox import goes_into_draft
from scheduling.views.context import Opened, get_schedule, open_program, open_to_schedule, strip

PAGE_SIZE = 50
LONG_NOTE = "The note is at most 300 characters."


@cached_page()
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """All versions, newest first; readers see the published ones."""
    opened = open_program(request, slug, "schedule")
    form = VersionFilter(request.GET)
    rows = Schedule.objects.filter(program=opened.program).select_related("academic_year", "based_on", "created_by")
    if not opened.is_scheduler:
        rows = rows.published()
    if form.is_valid() and form.cleaned_data["status"]:
        rows = rows.filter(status=form.cleaned_data["status"])
    context = {
        **opened.context,
        "view": "versions",
        "form": form,
        "page": Paginator(rows.order_by("-number"), PAGE_SIZE).get_page(request.GET.get("page")),
        "new_draft": NewDraftForm(program=opened.program),
        "choose": _choose(opened, rows) if opened.is_scheduler else None,
        "has_years": opened.program.academic_years.exists(),
        "month": opened.today.replace(day=1),
        "day": opened.today,
    }
    return render(request, "scheduling/versions.html", context)


def _choose(opened: Opened, rows: QuerySet[Schedule]) -> ChooseForm | None:
    """The form that chooses two versions to compare: the newest two at first; none where there are not two."""
    newest = list(rows.order_by("-number").values_list("pk", flat=True)[:2])
    if len(newest) < 2:
        return None
    return ChooseForm(initial={"new": newest[0], "old": newest[1]}, program=opened.program)


@cached_page(jobs=True)
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version: its state, what it counts, its runs, its problems, and what may be done with it."""
    opened = open_program(request, slug, "schedule")
    schedule = get_schedule(opened, number)
    return _version_page(request, opened, schedule, GenerateForm(schedule=schedule, today=opened.today))


def _version_page(
    request: HttpRequest, opened: Opened, schedule: Schedule, form: GenerateForm, status: int = 200
) -> HttpResponse:
    context = {
        **opened.context,
        **strip(opened, schedule),
        "view": "versions",
        "state": f"?schedule={schedule.number}",
        "month": max(schedule.start_date, min(opened.today, schedule.end_date)),
        "day": max(schedule.start_date, min(opened.today, schedule.end_date)),
        "placements": schedule.rotation_assignments.count(),
        "assignments": schedule.assignments.count(),
        "people": schedule.rotation_assignments.values("person").distinct().count(),
        "runs": _runs(schedule) if opened.is_scheduler else [],
        "inquiries": _inquiries(schedule) if opened.is_scheduler else [],
        "form": form,
        "note_form": NoteForm(),
        **(_verbs(opened, schedule) if opened.is_scheduler else {}),
    }
    return render(request, "scheduling/version.html", context, status=status)


def _verbs(opened: Opened, schedule: Schedule) -> dict[str, Any]:
    """What can be done with the version, beside generating it."""
    others = Schedule.objects.filter(program=opened.program, academic_year=schedule.academic_year_id)
    listed = list(others.exclude(pk=schedule.pk).order_by("-number"))
    return {
        "others": listed,
        "compared_with": _base(schedule, listed),
        "goes_into_draft": schedule.is_what_if and goes_into_draft(schedule),
        "can_be_brought_back": can_be_brought_back(schedule, opened.today),
    }


def _base(schedule: Schedule, others: list[Schedule]) -> int | None:
    """The key of the version to compare this one with at first: what a draft was made from, else what is published."""
    if schedule.status != Schedule.Status.DRAFT:
        for other in others:
            if other.status == Schedule.Status.PUBLISHED:
                return other.pk
    return schedule.based_on_id


def _inquiries(schedule: Schedule) -> QuerySet[Inquiry]:
    """The last questions, without their answers."""
    return schedule.inquiries.select_related("requested_by").defer("answer")[:10]


def _runs(schedule: Schedule) -> list[GenerationRun]:
    """The last runs, as they stand: one that nobody works on any more is marked failed first."""
    return [generate.fail_if_stale(run) for run in schedule.runs.select_related("requested_by")[:20]]


@changes("schedules")
def new_version(request: HttpRequest, slug: str) -> HttpResponse:
    """An empty draft for an academic year."""
    opened = open_to_schedule(request, slug)
    form = NewDraftForm(request.POST, program=opened.program)
    if not form.is_valid():
        wrong_year = "academic_year" in form.errors
        messages.error(request, "Choose the academic year that the draft is for." if wrong_year else LONG_NOTE)
        return redirect("schedules", slug)
    draft = drafts.new_draft(
        academic_year=form.cleaned_data["academic_year"],
        user=opened.user,
        note=form.cleaned_data["note"],
    )
    messages.success(request, f"Draft {draft.number} is made. It is empty: generate it.")
    return redirect("schedule", slug, draft.number)


@changes("schedule")
def copy_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A new draft with the plan and the roster of this version."""
    opened = open_to_schedule(request, slug)
    schedule = get_schedule(opened, number)
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, LONG_NOTE)
        return redirect("schedule", slug, number)
    draft = drafts.new_draft(
        academic_year=schedule.academic_year, user=opened.user, based_on=schedule, note=form.cleaned_data["note"]
    )
    messages.success(request, f"Draft {draft.number} is made, a copy of {schedule}.")
    return redirect("schedule", slug, draft.number)


@changes("schedule")
def generate_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask for a draft to be generated, and show how it goes."""
    opened = open_to_schedule(request, slug)
    schedule = get_schedule(opened, number)
    form = GenerateForm(request.POST, schedule=schedule, today=opened.today)
    if form.is_valid():
        try:
            run = generate.request(
                schedule=schedule,
                user=opened.user,
                scope=form.cleaned_data["scope"],
                time_limit=form.seconds,
                remakes=form.remakes.data(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("run", slug, run.pk)
    return _version_page(request, opened, schedule, form, status=422)
