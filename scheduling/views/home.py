"""Where one lands: the schedulers' Today, one's own schedule, or the list of programs."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from absences.models import Absence
from people.access import can_schedule, person_of, visible_programs
from people.models import User
from people.navigation import frame
from people.pages import cached_page, do_not_keep
from people.requests import signed_in_user
from scheduling.models import GenerationRun, Schedule
from scheduling.services.day import read_day
from scheduling.services.generate import fail_if_stale
from scheduling.services.live_problems import known_severities
from scheduling.services.next_step import next_step
from scheduling.views.context import open_to_schedule

PAGE_SIZE = 50


def home(request: HttpRequest) -> HttpResponse:
    """By role: schedulers see Today, people their own schedule, admins and members of several programs choose."""
    user = signed_in_user(request)
    programs = list(visible_programs(user)[:2])
    if user.role != User.Role.ADMIN and len(programs) == 1:
        if can_schedule(user, programs[0]):
            return redirect("today", programs[0].slug)
        if person_of(user):
            return redirect("my-schedule")
    rows = (
        visible_programs(user)
        .annotate(
            active=Count("people", filter=Q(people__is_active=True), distinct=True),
        )
        .order_by("name")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request, "scheduling/programs.html", {**frame(user, None, ""), "programs": page.object_list, "page": page}
    )


@cached_page("minute", jobs=True)
def today(request: HttpRequest, slug: str) -> HttpResponse:
    """What a scheduler looks at first in the morning."""
    opened = open_to_schedule(request, slug, "today")
    program = opened.program
    schedules = Schedule.objects.filter(program=program).select_related("academic_year", "based_on")
    published = schedules.published().covering(opened.today).first()
    draft = schedules.filter(status=Schedule.Status.DRAFT, is_what_if=False).order_by("-number").first()
    if draft is not None:
        draft.program = program
    draft_problems = known_severities(draft) if draft else {}
    if draft_problems is None:
        do_not_keep(request)
    runs = GenerationRun.objects.filter(schedule__program=program).select_related(
        "schedule__academic_year", "schedule__program"
    )
    context = {
        **opened.context,
        "now": opened.now,
        "shown": read_day(program, [published], opened.today, opened.now) if published else None,
        "published": published,
        "draft": draft,
        "draft_problems": draft_problems or {},
        "runs": [run for run in runs.active() if fail_if_stale(run).is_active],
        "failed": runs.filter(status=GenerationRun.Status.FAILED, schedule=draft).first() if draft else None,
        "requests": Absence.objects.filter(person__program=program, status=Absence.Status.REQUESTED).count(),
        "step": next_step(program, draft, published),
    }
    return render(request, "scheduling/today.html", context)
