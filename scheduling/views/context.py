"""What pages of a schedule share: which version is meant, and the strip that says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from people.access import enter, get_program_to_schedule
from people.models import Program, User
from people.navigation import frame
from people.pages import do_not_keep
from people.prepared import prepared
from people.requests import signed_in_user
from scheduling.models import GenerationRun, Schedule
from scheduling.services import versions
from scheduling.services.edit import titles_to_turn
from scheduling.services.live_problems import known_severities


@dataclass(frozen=True, slots=True)
class Opened:
    """A program that the user may see, and what they do there."""

    user: User
    program: Program
    is_scheduler: bool
    context: dict[str, Any]
    request: HttpRequest

    @property
    def now(self) -> datetime:
        return timezone.localtime(timezone=self.program.zone)

    @property
    def today(self) -> date:
        return self.now.date()


def open_program(request: HttpRequest, slug: str, section: str) -> Opened:
    """The program with the context of its frame. Raises Http404 for strangers."""
    user = signed_in_user(request)
    entered = enter(user, slug)
    program = entered.program
    timezone.activate(program.zone)  # for the times of this page; a middleware ends it with the request
    context = frame(user, program, section, entered)
    return Opened(user, program, context["is_scheduler"], context, request)


def open_to_schedule(request: HttpRequest, slug: str, section: str = "schedule") -> Opened:
    """The program, for those who make its schedules. Raises Http404 for everybody else."""
    opened = open_program(request, slug, section)
    if not opened.is_scheduler:
        raise Http404(f"{opened.program} is not yours to schedule.")
    return opened


def open_to_change(request: HttpRequest, slug: str) -> Opened:
    """The same, for an answer that is a fragment where scripts ask for it: then without the frame, which takes longer
    than many an answer."""
    return open_bare(request, slug) if request.htmx else open_to_schedule(request, slug)  # type: ignore[attr-defined]


def open_bare(request: HttpRequest, slug: str) -> Opened:
    """The same without the frame, for an answer that is never a page."""
    user = signed_in_user(request)
    program = get_program_to_schedule(user, slug)
    timezone.activate(program.zone)
    return Opened(user, program, True, {"program": program, "is_scheduler": True}, request)


def get_schedule(opened: Opened, number: int) -> Schedule:
    """The version of this number. Raises Http404 for what readers do not see: anything but what is published."""
    rows = Schedule.objects.filter(program=opened.program).select_related("academic_year", "based_on")
    if not opened.is_scheduler:
        rows = rows.published()
    found = get_object_or_404(rows, number=number)
    found.program = opened.program
    return found


def can_edit(opened: Opened, schedule: Schedule) -> bool:
    """Whether the user may change this version: schedulers may, until it is archived."""
    return opened.is_scheduler and schedule.status != Schedule.Status.ARCHIVED


def schedules_for(request: HttpRequest, opened: Opened, first: date, last: date) -> list[Schedule]:
    """The versions that a page about these days shows, which share no day.

    The one that `?schedule=` names; else what is published for these days; else, for schedulers, the newest draft
    that covers some of them. Raises Http404 for a number that is none or not the user's to see.
    """
    number = request.GET.get("schedule", "")
    if number:
        return [get_schedule(opened, _number(number))]
    published = [versions.made(row) for row in _published(opened.program.pk, first, last)]
    if published or not opened.is_scheduler:
        return published
    rows = Schedule.objects.filter(program=opened.program, start_date__lte=last, end_date__gte=first)
    drafts = rows.select_related("academic_year", "based_on").filter(status=Schedule.Status.DRAFT)
    return list(drafts.order_by("is_what_if", "-number")[:1])


@prepared
def _published(program: int, first: date, last: date) -> QuerySet[Any, Any]:
    rows = Schedule.objects.published().filter(program=program, start_date__lte=last, end_date__gte=first)
    return rows.order_by("start_date").values_list(*versions.COLUMNS)


def schedule_of_year(request: HttpRequest, opened: Opened) -> Schedule | None:
    """The version that the year page shows: as `schedules_for` today, else the newest there is to see."""
    found = schedules_for(request, opened, opened.today, opened.today)
    if found:
        return found[0]
    rows = Schedule.objects.filter(program=opened.program).select_related("academic_year", "based_on")
    shown = rows.exclude(status=Schedule.Status.ARCHIVED) if opened.is_scheduler else rows.published()
    return shown.order_by("is_what_if", "-number").first()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Http404(f"{text!r} is no number of a schedule.")
    return int(text)


def strip(opened: Opened, schedule: Schedule | None) -> dict[str, Any]:
    """The context of the strip: the version, and for schedulers how many problems it has and what they would undo.

    Problems that were not counted yet are loaded by the page afterwards: no page waits for them.
    """
    if schedule is None or not opened.is_scheduler:
        return {"schedule": schedule}
    is_archived = schedule.status == Schedule.Status.ARCHIVED  # stays as it was
    undoes, redoes = ("", "") if is_archived else titles_to_turn(schedule, opened.user)
    schedule.program = opened.program
    severities = known_severities(schedule)
    if severities is None:
        do_not_keep(opened.request)
    return {"schedule": schedule, **counts(severities), "undoes": undoes, "redoes": redoes}


def counts(severities: Mapping[str, int] | None) -> dict[str, Any]:
    """The context of the strip's counts; None where they are not known."""
    return {"counts_known": severities is not None, "counts": severities or {}}


def last_result(schedule: Schedule) -> GenerationRun | None:
    """The last run whose result was written: one that finished, or was cancelled with a complete schedule."""
    over = (GenerationRun.Status.SUCCEEDED, GenerationRun.Status.CANCELLED)
    return schedule.runs.filter(status__in=over, progress=100).first()


def result_behind(schedule: Schedule) -> GenerationRun | None:
    """The last result of a version, or of the one that it, or those between, are copies of."""
    seen: set[int] = set()
    found: Schedule | None = schedule
    while found is not None and found.pk not in seen:
        if run := last_result(found):
            return run
        seen.add(found.pk)
        found = found.based_on
    return None


def problems(run: GenerationRun | None) -> dict[str, Any]:
    """A run's problems by severity: what is missing, the musts that are broken, the shoulds."""
    if run is None:
        return {"shortfalls": [], "musts": [], "shoulds": []}
    return {
        "shortfalls": run.shortfalls,
        "musts": [verdict for verdict in run.violations if verdict["force"] == "must"],
        "shoulds": [verdict for verdict in run.violations if verdict["force"] != "must"],
    }


def state_of(request: HttpRequest, *names: str) -> str:
    """The part of the address that links keep, such as "?schedule=7&level=1"; empty where there is none."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in names or not kept[name]:
            del kept[name]
    return f"?{kept.urlencode()}" if kept else ""


def stamp(program: Program, schedules: list[Schedule], now: datetime) -> str:
    """What each printed page carries: program, version, date. No time: the page is kept for the day."""
    versions = ", ".join(str(schedule) for schedule in schedules) or "no schedule"
    return f"{program} · {versions} · printed {now:%a %-d %b %Y}"
