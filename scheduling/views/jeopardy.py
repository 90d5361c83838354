"""Jeopardy: who is on backup, who is called next, and the ledger of who owes whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from people.pages import cached_page
from people.requests import changes
from scheduling.forms.jeopardy import CallInForm, ExcuseForm, LedgerFilter, PayBackForm
from scheduling.models import Cover, Schedule
from scheduling.services import jeopardy as service
from scheduling.services.backups import Turn, callable_for, lost_blocks, on_backup
from scheduling.services.candidate import Candidate
from scheduling.services.candidates import judge_some
from scheduling.services.cover_ledger import queue, settlements
from scheduling.views.context import Opened, open_program, open_to_schedule

PAGE_SIZE = 50
AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Call:
    """A lost block, with the person on backup as who could take it; None where they cannot."""

    lost: Turn
    candidate: Candidate | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody's turn on backup, with the blocks that they could be called to now."""

    turn: Turn
    is_now: bool
    calls: list[Call]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger. `settled_by`: the cover that it is even with."""

    cover: Cover
    settled_by: Cover | None

    @property
    def is_open(self) -> bool:
        return self.cover.is_owed and self.settled_by is None


@cached_page("minute")
def jeopardy(request: HttpRequest, slug: str) -> HttpResponse:
    """For every member of the program; what is done with it is for its schedulers."""
    opened = open_program(request, slug, "on-call")
    program, now = opened.program, opened.now
    last = opened.today + AHEAD
    lost = lost_blocks(program, now, last) if opened.is_scheduler else []
    standing = _standing(on_backup(program, now, last), lost, now)
    published = Schedule.objects.published().filter(program=program).covering(opened.today).first()
    form = LedgerFilter(request.GET, program=program)
    page = _ledger(opened, form, request.GET.get("page"))
    context = {
        **opened.context,
        "now": now,
        "today": opened.today,
        "published": published,
        "standing": standing,
        "open": [turn for turn in lost if turn not in {call.lost for one in standing for call in one.calls}],
        "queue": queue(program, published, opened.today) if published else [],
        "form": form,
        "wanted": form.wanted(),
        "page": page,
        "entries": _entries(page, settlements(program)),
    }
    return render(request, "scheduling/jeopardy.html", context)


def _standing(backups: Sequence[Turn], lost: Sequence[Turn], now: datetime) -> list[Standing]:
    """The turns on backup, each with what it could be called to; the rules are read only where there is such."""
    pairs = [(turn, each) for turn in backups for each in callable_for(turn, lost)]
    schedules = Schedule.objects.filter(pk__in={each.schedule for _, each in pairs}) if pairs else []
    calls: dict[Turn, list[Call]] = defaultdict(list)
    for schedule in schedules:
        here = [(turn, each) for turn, each in pairs if each.schedule == schedule.pk]
        judged = judge_some(schedule, [(each, turn.person.pk) for turn, each in here], now)
        for (turn, each), candidate in zip(here, judged, strict=True):
            calls[turn].append(Call(each, candidate))
    return [Standing(turn, turn.starts_at <= now, calls[turn]) for turn in backups]


def _ledger(opened: Opened, form: LedgerFilter, number: str | None) -> Page[Cover]:
    rows = Cover.objects.standing().filter(program=opened.program).select_related("absent", "covering")
    person = form.wanted()
    if person is not None:
        rows = rows.filter(Q(absent=person) | Q(covering=person))
    return Paginator(rows, PAGE_SIZE).get_page(number)


def _entries(covers: Iterable[Cover], even: Mapping[int, int]) -> list[Entry]:
    shown = list(covers)
    others = Cover.objects.in_bulk([even[cover.pk] for cover in shown if cover.pk in even])
    return [Entry(cover, others.get(even.get(cover.pk, 0))) for cover in shown]


@changes("jeopardy")
def call_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Call in whoever is on backup for somebody who is away."""
    opened = open_to_schedule(request, slug, "on-call")
    form = CallInForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That is no block and nobody on backup: choose them again.")
        return redirect("jeopardy", slug)
    asked = form.cleaned_data
    schedule = get_object_or_404(
        Schedule.objects.published().filter(program=opened.program).covering(asked["backup"].date)
    )
    try:
        cover = service.activate(
            schedule=schedule,
            lost=asked["lost"],
            backup=asked["backup"],
            user=opened.user,
            gives_up=asked["gives_up"] if "gives_up" in request.POST else None,
            reason=asked["reason"],
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request,
            f"{cover.covering} is called in for {cover.absent}: {cover.shift} on {cover.date:%a %-d %b}. "
            f"{cover.absent} owes a shift.",
        )
    return redirect("jeopardy", slug)


def settle(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What can be done about a shift that is owed: pay it back, or say that nothing is owed."""
    opened = open_to_schedule(request, slug, "on-call")
    return _settle_page(request, opened, _cover(opened, pk), ExcuseForm())


def _cover(opened: Opened, pk: int) -> Cover:
    covers = Cover.objects.standing().filter(program=opened.program).select_related("absent", "covering", "program")
    return get_object_or_404(covers, pk=pk)


def _settle_page(
    request: HttpRequest, opened: Opened, cover: Cover, form: ExcuseForm, status: int = 200
) -> HttpResponse:
    entry = _entries([cover], settlements(opened.program))[0]
    context = {
        **opened.context,
        "entry": entry,
        "cover": cover,
        "choices": service.pay_back_choices(cover, opened.now) if entry.is_open else [],
        "days": service.PAY_BACK_DAYS,
        "form": form,
    }
    return render(request, "scheduling/settle.html", context, status=status)


@changes("jeopardy-settle")
def pay_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Whoever owes takes a block of the one who covered for them."""
    opened = open_to_schedule(request, slug, "on-call")
    cover = _cover(opened, pk)
    form = PayBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose the block that pays this back.")
        return redirect("jeopardy-settle", slug, pk)
    try:
        paid = service.pay_back(cover=cover, block=form.cleaned_data["block"], user=opened.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("jeopardy-settle", slug, pk)
    messages.success(
        request, f"{paid.covering} takes {paid.shift} on {paid.date:%a %-d %b} from {paid.absent}: that is paid back."
    )
    return redirect("jeopardy", slug)


@changes("jeopardy-settle")
def excuse(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Nothing is owed for it."""
    opened = open_to_schedule(request, slug, "on-call")
    cover = _cover(opened, pk)
    form = ExcuseForm(request.POST)
    if form.is_valid():
        try:
            service.excuse(cover=cover, user=opened.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{cover.absent} owes nothing for {cover.date:%a %-d %b}.")
            return redirect("jeopardy", slug)
    return _settle_page(request, opened, cover, form, status=422)
