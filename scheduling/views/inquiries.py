"""Questions to the optimiser: ask, see how far it is, read the answer, make what it proposes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from people.requests import changes
from scheduling.models import Inquiry, Schedule
from scheduling.services.inquiries import apply, ask
from scheduling.services.inquiries.words import title_of
from scheduling.services.jobs import elapsed, fail_if_stale
from scheduling.views.context import Opened, get_schedule, open_to_schedule, strip


def get_inquiry(opened: Opened, pk: int) -> Inquiry:
    """The inquiry, if it is one of this program's. Raises Http404 otherwise."""
    inquiries = Inquiry.objects.select_related(
        "schedule__academic_year", "schedule__program", "schedule__based_on", "requested_by"
    )
    return get_object_or_404(inquiries, pk=pk, schedule__program=opened.program)


@changes("schedule")
def ask_about(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask something about a version. The form says what: `kind`, and the kind's parameters."""
    opened = open_to_schedule(request, slug)
    schedule = get_schedule(opened, number)
    try:
        inquiry = ask.ask(
            schedule=schedule, user=opened.user, kind=request.POST.get("kind", ""), parameters=request.POST.dict()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("schedule", slug, number)
    return redirect("inquiry", slug, inquiry.pk)


@never_cache
def inquiry(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """How far it is, then the answer; a fragment of the page while it is polled."""
    opened = open_to_schedule(request, slug)
    found = fail_if_stale(get_inquiry(opened, pk))
    context = {
        "program": opened.program,
        "inquiry": found,
        "elapsed": elapsed(found),
        "answer": found.answer or {},
        "answer_template": f"scheduling/inquiries/{found.kind}.html",
        "is_archived": found.schedule.status == Schedule.Status.ARCHIVED,
        "is_outdated": found.answer is not None and found.revision != found.schedule.revision,
        "is_draft": found.schedule.status == Schedule.Status.DRAFT and found.kind not in apply.SANDBOX,
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "scheduling/inquiry.html#progress", context)
    shown = {
        **opened.context,
        **strip(opened, found.schedule),
        **context,
        "title": title_of(found),
        "state": f"?schedule={found.schedule.number}",
    }
    return render(request, "scheduling/inquiry.html", shown)


@changes("inquiry")
def cancel_inquiry(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Stop working out an answer."""
    opened = open_to_schedule(request, slug)
    try:
        ask.cancel(inquiry=get_inquiry(opened, pk), user=opened.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("inquiry", slug, pk)


@changes("inquiry")
def ask_again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask the same of the version as it is now."""
    opened = open_to_schedule(request, slug)
    try:
        again = ask.ask_again(inquiry=get_inquiry(opened, pk), user=opened.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("inquiry", slug, pk)
    return redirect("inquiry", slug, again.pk)


@changes("inquiry")
def apply_plan(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Make the plan of this place in the answer, in a draft, and show that draft."""
    opened = open_to_schedule(request, slug)
    found = get_inquiry(opened, pk)
    place = request.POST.get("plan", "")
    try:
        plan = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
        draft = apply.apply(inquiry=found, plan=plan, user=opened.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("inquiry", slug, pk)
    if draft.pk == found.schedule_id:
        messages.success(request, f"The plan is in draft {draft.number} now.")
    else:
        messages.success(
            request,
            f"Draft {draft.number} is made, a copy of {found.schedule} with this plan. Nobody else sees it before "
            "it is published; then those touched are told.",
        )
        if found.kind not in apply.SANDBOX:  # somebody is away: the next thing is to let everybody know
            return redirect("schedule-publish", slug, draft.number)
    return redirect("schedule", slug, draft.number)
