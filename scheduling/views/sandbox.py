"""Sandboxes, and deleting drafts: to try something out, and to be rid of what came to nothing."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from people.requests import changes
from scheduling.forms.versions import NoteForm
from scheduling.models import Schedule
from scheduling.services import drafts, sandbox
from scheduling.services.comparing import differences
from scheduling.views.context import get_schedule, open_to_schedule, strip
from scheduling.views.versions import LONG_NOTE


@changes("schedule")
def try_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A sandbox of this version."""
    opened = open_to_schedule(request, slug)
    schedule = get_schedule(opened, number)
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, LONG_NOTE)
        return redirect("schedule", slug, number)
    try:
        made = sandbox.try_out(base=schedule, user=opened.user, note=form.cleaned_data["note"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("schedule", slug, number)
    messages.success(request, f"Sandbox {made.number} is made: what you do in it changes nothing in {schedule}.")
    return redirect("schedule", slug, made.number)


@changes("schedule")
def adopt_sandbox(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change the draft that the sandbox was made from, in one edit."""
    opened = open_to_schedule(request, slug)
    try:
        made = sandbox.adopt(sandbox=get_schedule(opened, number), user=opened.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("schedule", slug, number)
    messages.success(request, f"Sandbox {number} is adopted, in one edit that you can undo here.")
    return redirect("schedule", slug, made.schedule.number)


@changes("schedule")
def keep_sandbox(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Make the sandbox a draft like any other, and show what publishing it would change."""
    opened = open_to_schedule(request, slug)
    try:
        kept = sandbox.keep(sandbox=get_schedule(opened, number), user=opened.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("schedule", slug, number)
    messages.success(request, f"Sandbox {number} is a draft now, and can be published.")
    return redirect("schedule-publish", slug, kept.number)


def delete_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask once more, then delete a draft or drop a sandbox."""
    opened = open_to_schedule(request, slug)
    schedule = get_schedule(opened, number)
    wrong: list[str] = []
    if request.method == "POST":
        try:
            drafts.delete(schedule=schedule, user=opened.user)
        except ValidationError as error:
            wrong = error.messages
        else:
            done = "Sandbox {} is dropped" if schedule.is_what_if else "Draft {} is deleted"
            messages.success(request, f"{done.format(number)}.")
            return redirect("schedules", slug)
    base = schedule.based_on
    found = differences([base], schedule) if base else None
    context = {
        **opened.context,
        **strip(opened, schedule),
        "wrong": wrong,
        "is_draft": schedule.status == Schedule.Status.DRAFT,
        "differing": found,
        "derived": schedule.derived.order_by("number"),
    }
    return render(request, "scheduling/delete_version.html", context, status=422 if wrong else 200)
