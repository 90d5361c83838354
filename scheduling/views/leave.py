"""Requests: people ask for leave and see what became of it; those who make the schedules decide."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, F, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from absences.models import Absence
from absences.services import words
from people.pages import cached_page
from people.requests import changes
from scheduling.forms.leave import DecisionForm, LeaveForm, RequestFilter
from scheduling.models import Inquiry
from scheduling.services import leave
from scheduling.services.inquiries.ask import newest
from scheduling.services.leave_facts import facts_of
from scheduling.views.context import Opened, open_program, open_to_schedule

PAGE_SIZE = 50
Status = Absence.Status


def get_absence(opened: Opened, pk: int) -> Absence:
    """The leave, if it is of this program and the user's to see: as a scheduler, or as their own. Else Http404."""
    rows = Absence.objects.filter(person__program=opened.program).select_related("person", "person__user", "decided_by")
    if not opened.is_scheduler:
        rows = rows.filter(person__user=opened.user)
    absence = get_object_or_404(rows, pk=pk)
    absence.person.program = opened.program
    return absence


@cached_page()
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    """All requests for those who decide, open ones first; for everybody else their own."""
    opened = open_program(request, slug, "requests")
    form = RequestFilter(request.GET)
    rows: QuerySet[Absence] = Absence.objects.filter(person__program=opened.program)
    if not opened.is_scheduler:
        rows = rows.filter(person__user=opened.user)
    elif form.is_valid():
        rows = _filtered(rows, form.cleaned_data)
    page = Paginator(_in_order(rows), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **opened.context,
        "form": form,
        "page": page,
        "mine": _mine(opened),
        "is_filtered": opened.is_scheduler and form.is_valid() and any(form.cleaned_data.values()),
    }
    return render(request, "scheduling/requests.html", context)


def _mine(opened: Opened) -> int | None:
    """The key of the person that the user is in this program."""
    person = opened.context["person"]
    return person.pk if person and person.program_id == opened.program.pk else None


def _filtered(rows: QuerySet[Absence], wanted: dict[str, Any]) -> QuerySet[Absence]:
    if wanted["status"]:
        rows = rows.filter(status=wanted["status"])
    if wanted["name"]:
        rows = rows.filter(person__name__icontains=wanted["name"].strip())
    return rows


def _in_order(rows: QuerySet[Absence]) -> QuerySet[Absence]:
    """Open ones first, the next first among them; then the others, the latest first."""
    next_first = Case(When(status=Status.REQUESTED, then=F("start_date")))
    ordered = rows.annotate(next_first=next_first).order_by(F("next_first").asc(nulls_last=True), "-start_date", "pk")
    return ordered.select_related("person", "decided_by")


def ask_leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for leave for oneself."""
    opened = open_program(request, slug, "requests")
    person = opened.context["person"]
    if _mine(opened) is None:
        raise Http404(f"{opened.user} is nobody's person in {opened.program}.")
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            absence = leave.ask(person=person, user=opened.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"You asked for leave: {words(absence)}. You are told when it is decided.")
            return redirect("requests", slug)
    context = {**opened.context, "form": form}
    return render(request, "scheduling/leave_ask.html", context, status=422 if form.errors else 200)


def leave_request(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One request, with what a decision on it rests on; whose it is finds it in their list."""
    opened = open_program(request, slug, "requests")
    absence = get_absence(opened, pk)
    if not opened.is_scheduler:
        return redirect("requests", slug)
    return _request_page(request, opened, absence, DecisionForm())


def _request_page(
    request: HttpRequest, opened: Opened, absence: Absence, form: DecisionForm, status: int = 200
) -> HttpResponse:
    facts = facts_of(absence)
    lost = [turn for turn in facts.turns if turn.ends_at > opened.now]
    asked = newest(facts.schedule, Inquiry.Kind.LEAVE, {"absence": absence.pk}) if facts.schedule else None
    context = {
        **opened.context,
        "absence": absence,
        "facts": facts,
        "lost": lost,
        "asked": asked,
        "is_own": absence.person.user_id == opened.user.pk,
        "form": form,
    }
    return render(request, "scheduling/leave_request.html", context, status=status)


@changes("leave-request")
def decide_leave(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Approve or deny a request."""
    opened = open_to_schedule(request, slug, "requests")
    absence = get_absence(opened, pk)
    form = DecisionForm(request.POST)
    decide = {"approve": leave.approve, "deny": leave.deny}.get(request.POST.get("decision", ""))
    if decide is None:
        form.add_error(None, "Choose Approve or Deny.")
    elif form.is_valid():
        try:
            decided = decide(absence=absence, user=opened.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, _of_no_field(error))
        else:
            messages.success(request, f"The leave of {decided.person} is {decided.get_status_display()}.")
            return redirect("leave-request", slug, pk)
    return _request_page(request, opened, absence, form, status=422)


def _of_no_field(error: ValidationError) -> ValidationError:
    """The same for the whole form, unless it is about the reason: the dates are not this form's to change."""
    if hasattr(error, "error_dict") and set(error.error_dict) != {"reason"}:
        return ValidationError(error.messages)
    return error


@changes("leave-request")
def withdraw_leave(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take back one's own request; for schedulers, also leave that was approved."""
    opened = open_program(request, slug, "requests")
    absence = get_absence(opened, pk)
    if absence.status != Status.REQUESTED and not opened.is_scheduler:
        messages.error(request, f"This leave is {absence.get_status_display()}: ask your coordinator to change it.")
        return redirect("requests", slug)
    try:
        leave.withdraw(absence=absence, user=opened.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Withdrawn: {words(absence)}.")
    return redirect("leave-request", slug, pk)
