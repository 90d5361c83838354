"""A generation while it runs, and what came of it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from people.requests import changes
from scheduling.models import GenerationRun
from scheduling.services import generate, remaking
from scheduling.services.jobs import elapsed
from scheduling.views.context import Opened, open_to_schedule, problems, strip


def get_run(opened: Opened, pk: int) -> GenerationRun:
    """The run, if it is one of this program's. Raises Http404 otherwise."""
    runs = GenerationRun.objects.select_related("schedule__academic_year", "schedule__program", "requested_by")
    return get_object_or_404(runs, pk=pk, schedule__program=opened.program)


@never_cache
def run(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """How far a run is; a fragment of the page while it is polled."""
    opened = open_to_schedule(request, slug)
    found = generate.fail_if_stale(get_run(opened, pk))
    context = {"program": opened.program, "run": found, "elapsed": elapsed(found), **problems(found)}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "scheduling/run.html#progress", context)
    shown = {
        **opened.context,
        **strip(opened, found.schedule),
        **context,
        "state": f"?schedule={found.schedule.number}",
        "made_anew": remaking.words(found.schedule, found.remakes),
    }
    return render(request, "scheduling/run.html", shown)


@changes("run")
def cancel_run(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask a run to stop."""
    opened = open_to_schedule(request, slug)
    try:
        generate.cancel(run=get_run(opened, pk), user=opened.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("run", slug, pk)


@changes("run")
def retry_run(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask again for what a run did not give."""
    opened = open_to_schedule(request, slug)
    try:
        again = generate.retry(run=get_run(opened, pk), user=opened.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("run", slug, pk)
    return redirect("run", slug, again.pk)
