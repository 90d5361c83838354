"""Answers to a change that was not made: a fragment for the panel, or without scripts a page with the same forms."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from people.requests import back
from scheduling.models import Schedule
from scheduling.views.context import Opened, strip

# What the page says of itself goes along when a form is sent again; the reason is asked for anew.
NOT_AGAIN = ("csrfmiddlewaretoken", "reason")


def panel_answer(
    request: HttpRequest, opened: Opened, schedule: Schedule, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A fragment for the panel where scripts asked for it, else a page around it. `context` has the page's `title`."""
    context = {**context, "program": opened.program, "schedule": schedule, "fragment": template}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, template, context, status=status)
    context = {**opened.context, **strip(opened, schedule), **context, "view": context.get("view", "month")}
    context["is_page"] = True
    context |= {"month": opened.today, "day": opened.today} if "month" not in context else {}
    return render(request, "scheduling/cell_page.html", context, status=status)


def refused(
    request: HttpRequest,
    opened: Opened,
    schedule: Schedule,
    error: ValidationError,
    *,
    status: int = 422,
    title: str = "Not changed",
    action: str = "",
    fields: Sequence[tuple[str, str]] = (),
    asks_reason: bool = False,
) -> HttpResponse:
    """The sentences of a refusal; with `action`, the fields to send again, with a reason or on what is there now."""
    context = {
        "title": title,
        "sentences": error.messages,
        "action": action,
        "fields": fields,
        "reason": request.POST.get("reason", ""),
        "next": back(request) or reverse("schedule", args=[opened.program.slug, schedule.number]),
    }
    template = "scheduling/reason.html" if asks_reason else "scheduling/stale.html"
    return panel_answer(request, opened, schedule, template, context, status)


def fields_again(data: QueryDict, *without: str) -> list[tuple[str, str]]:
    """The fields of a form, to send them again."""
    left_out = (*NOT_AGAIN, *without)
    return [(name, value) for name, values in data.lists() if name not in left_out for value in values]
