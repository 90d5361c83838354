"""What a hand does in the year grid: done, refused, or answered with what else is to be said."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from people.counting import count_conflict, count_edit
from people.requests import back, changes
from scheduling.forms.gesture import MOVES, YEAR, cell_of, gesture_of, state_of
from scheduling.models import Schedule
from scheduling.services.edit import Stale
from scheduling.services.lock_window import ReasonNeeded
from scheduling.services.placing import Done, place
from scheduling.services.plan_changes import PlanGesture
from scheduling.services.plan_releases import Offer, offer_of, shifts_words
from scheduling.services.plan_targets import targets_of
from scheduling.services.touched import edits_since
from scheduling.views.answers import fields_again, refused
from scheduling.views.changing import open_version_to_change
from scheduling.views.plan_patch import YearPage, plan_patch, since_words

HELD = ("person_id", "period__number", "rotation__code")


@changes("schedule")
def plan_edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One gesture: the patch of the page it was made on; 409 where that is old, 422 where a reason is needed."""
    opened, schedule = open_version_to_change(request, slug, number)
    action = request.path
    try:
        gesture = gesture_of(request.POST, YEAR)
    except ValidationError as error:
        return refused(request, opened, schedule, error)
    try:
        done = place(schedule=schedule, user=opened.user, gesture=gesture)
        count_edit("year", gesture.verb)
    except Stale as error:
        count_conflict("year")
        fields = _on_what_is_there(request, schedule, gesture)
        title = "Changed meanwhile"
        return refused(request, opened, schedule, error, status=409, title=title, action=action, fields=fields)
    except ReasonNeeded as error:
        again = fields_again(request.POST)
        title = "A reason is needed"
        return refused(request, opened, schedule, error, title=title, action=action, fields=again, asks_reason=True)
    except ValidationError as error:
        return refused(request, opened, schedule, error)
    schedule.refresh_from_db()
    said, offer = _said(done), _offer(schedule, done)
    if request.htmx:  # type: ignore[attr-defined]
        page = YearPage(gesture.revision, gesture.state)
        return plan_patch(request, opened, schedule, page, said, offer=offer, year=done.year)
    messages.success(request, said)
    return redirect(back(request) or reverse("year", args=[slug]) + gesture.state)


def _said(done: Done) -> str:
    words = shifts_words(done.released)
    return f"{done.edit.title}.{f' That releases {words}.' if words else ''}"


def _offer(schedule: Schedule, done: Done) -> Offer | None:
    """To roster again what was released."""
    if not done.released:
        return None
    return offer_of(schedule, done.periods, done.people, f"Released: {shifts_words(done.released)}.")


def _on_what_is_there(request: HttpRequest, schedule: Schedule, gesture: PlanGesture) -> list[tuple[str, str]]:
    """The same fields, as if they had been sent from a page that shows what is there now."""
    schedule.refresh_from_db(fields=["revision"])
    rows = schedule.rotation_assignments.filter(person__in={person for person, _ in gesture.was})
    now = {(person, number): code for person, number, code in rows.values_list(*HELD)}
    was = [("was", f"{person}:{number}={now.get((person, number), '')}") for person, number in gesture.was]
    return [*fields_again(request.POST, "was", "revision"), ("revision", str(schedule.revision)), *was]


def plan_targets(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What would happen where, as JSON by cell."""
    _, schedule = open_version_to_change(request, slug, number)
    try:
        verb = request.GET.get("verb", "")
        if verb not in MOVES:
            raise ValidationError(f'The field "verb" is "{verb}": give move, swap or push.')
        start = cell_of(request.GET, "from", YEAR)
        end = cell_of(request.GET, "to", YEAR) if "to" in request.GET else None
        return JsonResponse(targets_of(schedule, verb, start, end))
    except ValidationError as error:
        return JsonResponse({"messages": error.messages}, status=422)


def plan_since(request: HttpRequest, slug: str, number: int, revision: int) -> HttpResponse:
    """What was changed since a revision, as a patch; 204 where nothing was."""
    opened, schedule = open_version_to_change(request, slug, number)
    if schedule.revision == revision:
        return HttpResponse(status=204)
    try:
        state = state_of(request.GET)
    except ValidationError:
        state = ""
    others = [edit for edit in edits_since(schedule, revision) or () if edit.user_id != opened.user.pk]
    return plan_patch(request, opened, schedule, YearPage(revision, state), since_words(others))
