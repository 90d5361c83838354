"""Who works where: a day, and this moment."""

from datetime import date, timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from people.access import visible_programs
from people.models import Program, User
from people.pages import cached_page
from scheduling.converters import EARLIEST, LATEST
from scheduling.models import Schedule
from scheduling.services.day import Whys, read_day
from scheduling.views.context import open_program, schedules_for, state_of, strip


def day_now(request: HttpRequest, slug: str) -> HttpResponse:
    opened = open_program(request, slug, "schedule")
    return redirect(reverse("day", args=[slug, opened.today]) + state_of(request, "schedule"))


@cached_page("minute")
def day(request: HttpRequest, slug: str, day: date) -> HttpResponse:
    """Who works where on a day, with how to reach them."""
    opened = open_program(request, slug, "schedule")
    schedules = schedules_for(request, opened, day - timedelta(days=1), day)
    context = {
        **opened.context,
        **strip(opened, schedules[-1] if schedules else None),
        "view": "day",
        "state": state_of(request, "schedule"),
        "day": day,
        "month": day.replace(day=1),
        "today": opened.today,
        "previous": day - timedelta(days=1) if day > date(EARLIEST, 1, 1) else None,
        "next": day + timedelta(days=1) if day < date(LATEST, 12, 31) else None,
    }
    if not schedules:
        return render(request, "scheduling/no_schedule.html", context)
    person = opened.context["person"]
    whys: Whys = "everybody" if opened.is_scheduler else person.pk if person else None
    context["shown"] = read_day(opened.program, schedules, day, opened.now, whys=whys)
    return render(request, "scheduling/day.html", context)


@cached_page("minute")
@login_not_required
def on_call(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is on now: for everybody where the program says so, with contacts for its members only."""
    program = get_object_or_404(Program, slug=slug)
    user = request.user
    is_member = isinstance(user, User) and visible_programs(user).filter(pk=program.pk).exists()
    if not (is_member or program.shows_who_is_on):
        raise Http404(f"{program} does not show who is on.")
    members = open_program(request, slug, "on-call").context if is_member else {"program": program}
    timezone.activate(program.zone)
    now = timezone.localtime()
    today = now.date()
    schedules = list(
        Schedule.objects.published()
        .filter(program=program, start_date__lte=today, end_date__gte=today - timedelta(days=1))
        .order_by("start_date")
    )
    shown = read_day(program, schedules, today, now) if schedules else None
    return render(request, "scheduling/on_call.html", {**members, "is_member": is_member, "now": now, "shown": shown})
