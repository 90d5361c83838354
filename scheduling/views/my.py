"""One's own schedule."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from people.access import enter_own
from people.navigation import frame
from people.pages import cached_page
from people.prepared import columns, instance, prepared
from people.requests import signed_in_user
from scheduling.models import Schedule
from scheduling.services.my_month import next_turns, read_my_month
from scheduling.views.agenda_html import agenda_html
from scheduling.views.grids import next_month, previous_month
from scheduling.views.months import end_of_month


@cached_page("minute")
def my_month(request: HttpRequest, month: date | None = None) -> HttpResponse:
    """A month of what one works oneself, from what is published; this month if none is named."""
    user = signed_in_user(request)
    entered = enter_own(user)
    if entered is None:
        return render(request, "scheduling/my_nothing.html", frame(user, None, "my"))
    person, program = entered.person, entered.program
    assert person is not None
    timezone.activate(program.zone)
    now = timezone.localtime()
    first = month or now.date().replace(day=1)
    last = end_of_month(first)
    schedules = [instance(Schedule, row) for row in _published(program.pk, first, last)]
    mine = read_my_month(person, schedules, first, last) if schedules else None
    entries = mine.entries if mine else []
    # Of this month what lies ahead comes first; what is over can be opened.
    over = [entry for entry in entries if entry.day.date < now.date()] if first <= now.date() <= last else []
    turns, backup = next_turns(person, now, mine.catalog if mine else None)
    context = {
        **frame(user, program, "my", entered),
        "month": first,
        "previous": previous_month(first),
        "next": next_month(first),
        "now": now,
        "today": now.date(),
        "is_this_month": first <= now.date() <= last,
        "turns": turns,
        "backup": backup,
        "mine": mine,
        "earlier": agenda_html(over, now.date(), program.slug),
        "agenda": agenda_html(entries[len(over) :], now.date(), program.slug),
    }
    return render(request, "scheduling/my_month.html", context)


@prepared
def _published(program: int, first: date, last: date) -> QuerySet[Any, Any]:
    rows = Schedule.objects.published().filter(program=program, start_date__lte=last, end_date__gte=first)
    return rows.order_by("start_date").values_list(*columns(Schedule))
