"""What a hand does in the month grid: done, refused, or answered with what else is to be said."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url

from people.counting import count_conflict, count_edit
from people.requests import back, changes
from scheduling.forms.gesture import MONTH, MOVES, cell_of, gesture_of, month_of, state_of
from scheduling.models import Schedule
from scheduling.services.edit_checks import NeedsReason
from scheduling.services.gestures import At, Duties, Gesture
from scheduling.services.month_freshness import StaleDay
from scheduling.services.month_gestures import perform
from scheduling.services.month_targets import targets_of
from scheduling.services.roster_days import duties_of, read_days, text_of
from scheduling.services.touched import edits_since
from scheduling.views.answers import fields_again, refused
from scheduling.views.changing import open_version, open_version_to_change
from scheduling.views.patch import Page, patch_response


@changes("schedule")
def edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One gesture: the patch of the page it was made on; 409 where that is old, 422 where a reason is needed."""
    opened, schedule = open_version_to_change(request, slug, number)
    action = request.path
    try:
        month, gesture = month_of(request.POST), gesture_of(request.POST, MONTH)
    except ValidationError as error:
        return refused(request, opened, schedule, error)
    try:
        done = perform(schedule=schedule, user=opened.user, gesture=gesture)
        count_edit("month", gesture.verb)
    except StaleDay as error:
        count_conflict("month")
        fields = _on_what_is_there(request, schedule, gesture, error.at)
        title = "Changed meanwhile"
        return refused(request, opened, schedule, error, status=409, title=title, action=action, fields=fields)
    except NeedsReason as error:
        again = fields_again(request.POST)
        title = "A reason is needed"
        return refused(request, opened, schedule, error, title=title, action=action, fields=again, asks_reason=True)
    except ValidationError as error:
        return refused(request, opened, schedule, error)
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, f"{done.edit.title}.")
        return redirect(back(request) or resolve_url("month", slug, month))
    said = " ".join([f"{done.edit.title}.", *(f"Advisory: {each}." for each in done.advisories)])
    return patch_response(
        request, opened, done.edit.schedule, Page(month, gesture.revision, gesture.state), said, done=done
    )


def _on_what_is_there(
    request: HttpRequest, schedule: Schedule, gesture: Gesture[date, Duties], stale: At[date]
) -> list[tuple[str, str]]:
    """The same fields, as if they had been sent from a page that shows what is there now."""
    named = list(dict.fromkeys([*gesture.named, stale]))
    days = [day for _, day in named]
    held = read_days(schedule, {person for person, _ in named}, min(days), max(days))
    was = [
        ("was", f"{person}:{day.isoformat()}={text_of(duties_of(held.get((person, day), ())))}")
        for person, day in named
    ]
    schedule.refresh_from_db(fields=["revision"])
    return [*fields_again(request.POST, "was", "revision"), ("revision", str(schedule.revision)), *was]


def targets(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What would happen where, as JSON by cell."""
    _, schedule = open_version(request, slug, number)
    try:
        verb = request.GET.get("verb", "")
        if verb not in MOVES:
            raise ValidationError(f'The field "verb" is "{verb}": give move, swap or push.')
        start = cell_of(request.GET, "from", MONTH)
        end = cell_of(request.GET, "to", MONTH) if "to" in request.GET else None
        return JsonResponse(targets_of(schedule, verb, start, end))
    except ValidationError as error:
        return JsonResponse({"messages": error.messages}, status=422)


def since(request: HttpRequest, slug: str, number: int, revision: int) -> HttpResponse:
    """What others have changed in the month since a revision: nothing (204), or the patch."""
    opened, schedule = open_version_to_change(request, slug, number)
    if schedule.revision == revision:
        return HttpResponse(status=204)
    try:
        month = month_of(request.GET)
        state = state_of(request.GET)
    except ValidationError as error:
        return refused(request, opened, schedule, error)
    page = Page(month, revision, state)
    edits = edits_since(schedule, revision) or []
    others = [f"{each.user or 'Somebody'}: {each.title}." for each in edits if each.user_id != opened.user.pk]
    return patch_response(request, opened, schedule, page, " ".join(others[-3:]) or "This page was brought up to date.")
