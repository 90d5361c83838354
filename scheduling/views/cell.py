"""One person's day in the month: what is there, what else could be, and who could take it."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse

from scheduling.views.context import open_to_schedule


def cell(request: HttpRequest, slug: str, month: date, person: int, day: int) -> HttpResponse:
    """The panel of a cell."""
    open_to_schedule(request, slug)
    raise Http404("Not yet.")
