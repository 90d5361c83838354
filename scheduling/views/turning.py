"""Undo and redo: one's own newest edit of a version, from wherever one is."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from people.requests import back, changes
from scheduling.forms.gesture import month_of, page_of
from scheduling.models import Edit
from scheduling.services import edit
from scheduling.services.lock_window import ReasonNeeded
from scheduling.views.answers import fields_again, refused
from scheduling.views.changing import open_version_to_change
from scheduling.views.patch import Page, patch_response
from scheduling.views.plan_patch import YearPage, plan_patch


@changes("schedule")
def undo_edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Undo the user's newest edit of a version, and go on where they are."""
    return _turn(request, slug, number, edit.undo, "Undone")


@changes("schedule")
def redo_edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Do again what the user has undone last."""
    return _turn(request, slug, number, edit.redo, "Done again")


def _turn(request: HttpRequest, slug: str, number: int, verb: Callable[..., Edit], words: str) -> HttpResponse:
    opened, schedule = open_version_to_change(request, slug, number)
    is_patched = bool(request.htmx)  # type: ignore[attr-defined]
    try:
        if is_patched:
            revision, state = page_of(request.POST)
            month = month_of(request.POST) if request.POST.get("month") else None
        turned = verb(schedule=schedule, user=opened.user, reason=request.POST.get("reason", ""))
    except ReasonNeeded as error:
        return refused(
            request,
            opened,
            schedule,
            error,
            title="Say why",
            action=request.path,
            fields=fields_again(request.POST, "next"),
            asks_reason=True,
        )
    except ValidationError as error:
        if is_patched:
            return refused(request, opened, schedule, error, status=409 if isinstance(error, edit.Stale) else 422)
        messages.error(request, " ".join(error.messages))
    else:
        said = f"{words}: {turned.title}."
        if is_patched and month is not None:
            return patch_response(request, opened, turned.schedule, Page(month, revision, state), said)
        if is_patched:
            return plan_patch(request, opened, turned.schedule, YearPage(revision, state), said)
        messages.success(request, said)
    return redirect(back(request) or resolve_url("schedule", slug, number))
