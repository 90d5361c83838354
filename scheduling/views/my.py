"""One's own schedule."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from people.access import enter_own
from people.kept import Kept
from people.navigation import frame
from people.pages import cached_page
from people.prepared import columns, instance, prepared
from people.requests import signed_in_user
from scheduling.models import Schedule
from scheduling.services.my_month import STARTS, Mine, ahead_of, entries_of, next_turns, read_mine, share_of
from scheduling.views.agenda_html import agenda_html
from scheduling.views.grids import next_month, previous_month
from scheduling.views.months import end_of_month

_SHOWN = Kept[SafeString](512)  # some 12 kB each


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
    today = now.date()
    first = month or today.replace(day=1)
    last = end_of_month(first)
    schedules = [instance(Schedule, row) for row in _published(program.pk, first, last)]
    mine = read_mine(person, schedules, first, last, today=today if first <= today <= last else None)
    ahead = [(row, row[STARTS] <= now) for row in ahead_of(mine, now)]
    # All that is shown: of the time it is which blocks are over, and which have begun.
    decides = (program.slug, program.time_zone, person.pgy_level, today, tuple(ahead), mine.decides)
    main = _SHOWN.of(decides, lambda: _main(mine, now))
    context = {**frame(user, program, "my", entered), "month": first, "main": main}
    return render(request, "scheduling/my_month.html", context)


def _main(mine: Mine, now: datetime) -> SafeString:
    """The page without its frame."""
    today, program = now.date(), mine.person.program
    is_this_month = mine.first <= today <= mine.last
    entries = entries_of(mine)
    # Of this month what lies ahead comes first; what is over can be opened.
    over = [entry for entry in entries if entry.day.date < today] if is_this_month else []
    turns, backup = next_turns(mine, now) if is_this_month else ([], None)
    context = {
        "program": program,
        "person": mine.person,
        "month": mine.first,
        "previous": previous_month(mine.first),
        "next": next_month(mine.first),
        "now": now,
        "today": today,
        "is_this_month": is_this_month,
        "turns": turns,
        "backup": backup,
        "share": share_of(mine),
        "earlier": agenda_html(over, today, program.slug),
        "agenda": agenda_html(entries[len(over) :], today, program.slug),
    }
    return render_to_string("scheduling/my_days.html", context)


@prepared
def _published(program: int, first: date, last: date) -> QuerySet[Any, Any]:
    rows = Schedule.objects.published().filter(program=program, start_date__lte=last, end_date__gte=first)
    return rows.order_by("start_date").values_list(*columns(Schedule))
