"""One person's period in the year: what is there, what else could be, and who could take it."""

from django.http import Http404, HttpRequest, HttpResponse

from scheduling.views.context import open_to_schedule


def plan_cell(request: HttpRequest, slug: str, person: int, period: int) -> HttpResponse:
    """The panel of a cell."""
    open_to_schedule(request, slug)
    raise Http404("Not yet.")
