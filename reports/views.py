"""Pages that are read out of a schedule."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from people.pages import cached_page
from reports.proof import read_proof
from scheduling.views.context import get_schedule, open_program, result_behind, stamp, strip


@cached_page(jobs=True)
def proof(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """How far a version keeps what was asked for: for its schedulers, and once published for everybody in it."""
    opened = open_program(request, slug, "schedule")
    schedule = get_schedule(opened, number)
    day = max(schedule.start_date, min(opened.today, schedule.end_date))
    context = {
        **opened.context,
        **strip(opened, schedule),
        "view": "proof",
        "state": f"?schedule={schedule.number}",
        "month": day,
        "day": day,
        "stamp": stamp(opened.program, [schedule], timezone.localtime(timezone=opened.program.zone)),
    }
    try:
        context["proof"] = read_proof(schedule, result_behind(schedule))
    except ValidationError as error:
        context["problem"] = " ".join(error.messages)
    return render(request, "reports/proof.html", context)
