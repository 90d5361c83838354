"""Publishing a version: asked once more, with what it changes, whom, and what is still open; and bringing one back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from people.requests import changes
from scheduling.forms.versions import PublishForm
from scheduling.models import Cover, Schedule
from scheduling.services import drafts, publish, rollback
from scheduling.services.comparing import affected, differences
from scheduling.services.counted_on import counted_on
from scheduling.services.cover_ledger import taken_back, taken_back_words
from scheduling.services.live_problems import KINDS, Kind, Problem, Problems, problems_of
from scheduling.services.taking_over import over, people_otherwise
from scheduling.views.context import Opened, get_schedule, open_to_schedule, strip

MOST_SHOWN = 5  # problems of a kind; the grids list all of them


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """The problems of one kind: how many there are, and the first of them."""

    kind: Kind
    count: int
    first: Sequence[Problem]

    @property
    def more(self) -> int:
        return self.count - len(self.first)


def publish_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask once more, then make a draft what everybody sees."""
    opened = open_to_schedule(request, slug)
    schedule = get_schedule(opened, number)
    form = PublishForm(request.POST or None)
    takes_back = taken_back_words(taken_back(opened.program, schedule, opened.today))
    if request.method == "POST" and form.is_valid():
        try:
            publish.publish(schedule=schedule, user=opened.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, f"Version {schedule.number} is published: it is what everybody sees now. {takes_back}".strip()
            )
            return redirect("schedule", slug, number)
    replaces = list(publish.replaced_by(schedule).select_related("academic_year", "program"))
    # What is shown now is what a next click agrees to, whatever the last one did.
    shown = PublishForm(
        initial={
            "note": form.data.get("note", schedule.note),
            "seen": " ".join(str(old.number) for old in replaces),
        }
    )
    is_draft = schedule.status == Schedule.Status.DRAFT
    is_empty = is_draft and publish.is_empty(schedule)
    context = {
        **opened.context,
        **strip(opened, schedule),
        "form": shown,
        "wrong": [*form.non_field_errors(), *form.errors.get("note", [])] if form.is_bound else [],
        "is_draft": is_draft,
        "is_empty": is_empty,
        "is_outdated": publish.is_outdated(schedule, replaces),
        "made_from": drafts.made_from(schedule),
        "replaces": replaces,
        "takes_back": takes_back,
        **(_changed(opened, schedule, replaces) if is_draft and not schedule.is_what_if else {}),
        "groups": _groups(opened, schedule) if is_draft and not is_empty and not schedule.is_what_if else [],
        **_brought_back(opened, schedule),
        "yesterday": opened.today - timedelta(days=1),
    }
    return render(request, "scheduling/publish.html", context, status=422 if form.errors else 200)


def _changed(opened: Opened, schedule: Schedule, replaces: Sequence[Schedule]) -> dict[str, object]:
    """What publishing the draft changes from now on, and for whom; what needs a note; what stays as it was worked."""
    if not replaces:
        return {"affected": [], "counted_on": "", "worked_otherwise": 0}
    found = differences(replaces, schedule, since=opened.today)
    return {
        "affected": affected(schedule, found),
        "counted_on": counted_on(replaces, schedule, found),
        "worked_otherwise": len(people_otherwise(replaces, schedule, over(opened.today))),
    }


def _groups(opened: Opened, schedule: Schedule) -> list[ProblemGroup]:
    """What is still open from today on, the gravest first."""
    try:
        found = problems_of(schedule)
    except ValidationError as error:
        return [ProblemGroup(KINDS[1], 1, [_broken_settings(schedule, error)])]
    return list(_by_kind(_ahead(opened, schedule, found)))


def _ahead(opened: Opened, schedule: Schedule, found: Problems) -> list[Problem]:
    """What is over cannot be mended any more."""
    since = max(opened.today, schedule.start_date)
    return [problem for problem in found.lines if problem.touches(since, schedule.end_date + timedelta(days=1))]


def _by_kind(problems: Iterable[Problem]) -> Iterable[ProblemGroup]:
    found = list(problems)
    for kind in KINDS:
        lines = [problem for problem in found if problem.kind == kind.id]
        if lines:
            yield ProblemGroup(kind, len(lines), lines[:MOST_SHOWN])


def _broken_settings(schedule: Schedule, error: ValidationError) -> Problem:
    """What keeps the problems from being found is the first of them."""
    first, last = schedule.start_date, schedule.end_date
    return Problem(kind="broken", sentence=" ".join(error.messages), first=first, last=last, at=first)


def _brought_back(opened: Opened, schedule: Schedule) -> dict[str, object]:
    """The version that a draft brings back, and the cover of it for which nothing is owed."""
    old = rollback.brought_back(schedule)
    not_owed: list[Cover] = [] if old is None else rollback.covers_not_owed(old, opened.today)
    return {"brings_back": old, "not_owed": not_owed}


@changes("schedule-publish")
def update_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A new draft of what is published now, with what this one changed; then on to publishing it."""
    opened = open_to_schedule(request, slug)
    try:
        fresh = drafts.bring_up_to_date(draft=get_schedule(opened, number), user=opened.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("schedule-publish", slug, number)
    messages.success(request, f"Draft {fresh.number} is {fresh.based_on} with the changes of draft {number}.")
    return redirect("schedule-publish", slug, fresh.number)


@changes("schedule")
def bring_back_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A draft that brings a version back, on the page that shows what it changes and publishes it."""
    opened = open_to_schedule(request, slug)
    try:
        draft = rollback.bring_back(old=get_schedule(opened, number), user=opened.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("schedule", slug, number)
    return redirect("schedule-publish", slug, draft.number)
