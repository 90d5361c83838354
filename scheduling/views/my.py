"""One's own schedule."""

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from people.kept import Kept
from people.navigation import frame
from people.pages import cached_page
from people.requests import signed_in_user
from scheduling.services.my_month import DAY, STARTS, Mine, ahead_of, entries_of, next_turns, read_mine, share_of
from scheduling.services.my_own import read_own
from scheduling.views.agenda_html import agenda_html
from scheduling.views.grids import next_month, previous_month
from scheduling.views.months import end_of_month

_SHOWN = Kept[SafeString](512)  # some 12 kB each


@cached_page("minute")
def my_month(request: HttpRequest, month: date | None = None) -> HttpResponse:
    """A month of what one works oneself, from what is published; this month if none is named."""
    user = signed_in_user(request)
    here = timezone.now().date()  # in whatever zone the program is, it is this day, the one before or the one after
    asked = (month, end_of_month(month)) if month else ((here - DAY).replace(day=1), end_of_month(here + DAY))
    own = read_own(user, *asked)
    if own is None:
        return render(request, "scheduling/my_nothing.html", frame(user, None, "my"))
    person, program = own.person, own.entered.program
    timezone.activate(program.zone)
    now = timezone.localtime()
    today = now.date()
    first = month or today.replace(day=1)
    last = end_of_month(first)
    schedules = [each for each in own.schedules if each.start_date <= last and each.end_date >= first]
    mine = read_mine(person, schedules, first, last, today=today if first <= today <= last else None)
    ahead = [(row, row[STARTS] <= now) for row in ahead_of(mine, now)]
    # All that is shown: of the time it is which blocks are over, and which have begun.
    decides = (program.slug, program.time_zone, person.pgy_level, today, tuple(ahead), mine.decides)
    main = _SHOWN.of(decides, lambda: _main(mine, now))
    context = {**frame(user, program, "my", own.entered, own.menu), "month": first, "main": main}
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
