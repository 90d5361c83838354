"""Sick call: mark somebody away, see who can take what they lose, and give it to one of them."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from absences.models import Absence
from absences.services import words
from people.models import Person
from people.requests import changes
from scheduling.forms.leave import AwayForm
from scheduling.models import Cover, Schedule
from scheduling.services import leave
from scheduling.services.backups import Held, Turn
from scheduling.services.candidates import candidates, lost_blocks
from scheduling.services.cover import cover as give
from scheduling.services.leave_facts import schedule_for
from scheduling.services.sick_call import callers
from scheduling.views.context import Opened, get_schedule, open_to_schedule, state_of
from scheduling.views.leave import get_absence

DAY = timedelta(days=1)
ENOUGH = 10  # people shown for a block, unless everybody is asked for
MOST_AT_ONCE = 3  # blocks ranked in one page; of more, one is looked at at a time


def away(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose who is away: one tap records it, ill and today only unless that is changed, and leads on to cover."""
    opened = open_to_schedule(request, slug, "requests")
    people = Person.objects.active().filter(program=opened.program)
    form = AwayForm(request.POST or None, people=people, today=opened.today)
    if request.method == "POST" and form.is_valid():
        try:
            absence = leave.record(user=opened.user, **form.cleaned_data)
        except ValidationError as error:
            # As after a second tap, or when somebody else was quicker: on to what there is to do.
            already = _already(form.cleaned_data)
            if already:
                messages.error(request, " ".join(error.messages))
                return redirect("cover", slug, already.pk)
            form.add_error(None, error)
        else:
            messages.success(request, f"{absence.person} is away: {absence.get_kind_display()}, {words(absence)}.")
            return redirect("cover", slug, absence.pk)
    name = request.GET.get("name", "").strip()[:120]
    context = {**opened.context, "form": form, "name": name, "callers": callers(opened.program, opened.now, name)}
    return render(request, "scheduling/away.html", context, status=422 if form.errors else 200)


def _already(asked: dict[str, Any]) -> Absence | None:
    """The person's approved leave that has all of the days."""
    rows = Absence.objects.approved().filter(person=asked["person"])
    return rows.filter(start_date__lte=asked["start_date"], end_date__gte=asked["end_date"]).first()


def cover(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What somebody's absence leaves open, and who can take each block of it now."""
    opened = open_to_schedule(request, slug, "requests")
    return _cover_page(request, opened, get_absence(opened, pk))


def _schedule(request: HttpRequest, opened: Opened, absence: Absence) -> Schedule | None:
    """The version that `?schedule=` names, else what is published for these days, else the newest draft."""
    number = request.GET.get("schedule", "")
    if not number:
        return schedule_for(opened.program, absence.start_date, absence.end_date)
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise Http404(f"{number!r} is no number of a schedule.")
    return get_schedule(opened, int(number))


def _cover_page(
    request: HttpRequest, opened: Opened, absence: Absence, *, error: ValidationError | None = None, status: int = 200
) -> HttpResponse:
    schedule = _schedule(request, opened, absence)
    is_approved = absence.status == Absence.Status.APPROVED
    lost = lost_blocks(schedule, absence, opened.now) if schedule and is_approved else []
    shown = _chosen(request, lost)
    enough = None if request.GET.get("all") else ENOUGH
    context: dict[str, Any] = {
        **opened.context,
        "absence": absence,
        "schedule": schedule,
        "state": state_of(request, "schedule"),
        "lost": lost,
        "ranked": candidates(schedule, shown, opened.now, enough=enough) if schedule and shown else [],
        "others": [turn for turn in lost if turn not in shown],
        "covers": _covers(schedule, absence) if schedule else [],
        "elsewhere": _elsewhere(schedule, absence) if schedule else [],
        "errors": error.messages if error else [],
        "now": opened.now,
    }
    return render(request, "scheduling/cover.html", context, status=status)


def _chosen(request: HttpRequest, lost: list[Turn]) -> list[Turn]:
    """The blocks that are ranked: all of a few; of many, the one that `?block=` names, else the first."""
    chosen = [turn for turn in lost if turn.held.token == request.GET.get("block")]
    return chosen or (lost if len(lost) <= MOST_AT_ONCE else lost[:1])


def _covers(schedule: Schedule, absence: Absence) -> list[Cover]:
    """Who has taken over on these days already."""
    rows = Cover.objects.standing().filter(
        schedule=schedule, absent=absence.person_id, date__range=(absence.start_date, absence.end_date)
    )
    return list(rows.select_related("covering").order_by("date", "pk"))


def _elsewhere(schedule: Schedule, absence: Absence) -> list[Schedule]:
    """What else is published for some of these days, as where one academic year ends and the next begins."""
    published = Schedule.objects.published().filter(program=schedule.program_id).exclude(pk=schedule.pk)
    days = published.filter(start_date__lte=absence.end_date, end_date__gte=absence.start_date)
    return list(days.select_related("academic_year").order_by("start_date"))


@changes("cover")
def give_block(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give one of the lost blocks to somebody."""
    opened = open_to_schedule(request, slug, "requests")
    absence = get_absence(opened, pk)
    schedule = _schedule(request, opened, absence)
    if schedule is None or absence.status != Absence.Status.APPROVED:
        return redirect("cover", slug, pk)  # which says why there is nothing to give
    try:
        lost, covering = _asked(request, absence)
        done = give(
            schedule=schedule,
            lost=lost,
            covering=covering,
            user=opened.user,
            gives_up=request.POST.get("gives_up", ""),
            reason=request.POST.get("reason", "")[:300],
        )
    except ValidationError as error:
        return _cover_page(request, opened, absence, error=error, status=422)
    told = "Both are told." if schedule.status == Schedule.Status.PUBLISHED else "They are told when it is published."
    messages.success(
        request, f"{done.covering} takes {done.turn.words}, {done.turn.date:%a %-d %b}, from {absence.person}. {told}"
    )
    return redirect(reverse("cover", args=[slug, pk]) + state_of(request, "schedule"))


def _asked(request: HttpRequest, absence: Absence) -> tuple[Held, int]:
    """The block and the person of the form. Raises ValidationError for what this page does not offer."""
    try:
        lost = Held.of(request.POST.get("block", ""))
        covering = int(request.POST.get("person", "")[:18])
    except ValueError as error:
        raise ValidationError("Choose a block and who takes it.") from error
    if lost.person != absence.person_id or not absence.start_date - DAY <= lost.date <= absence.end_date:
        raise ValidationError(f"This block is not one that {absence.person} loses by this leave.")
    return lost, covering
