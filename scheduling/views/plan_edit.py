"""What a hand does in the year grid: done, refused, or answered with what else is to be said."""

from django.http import Http404, HttpRequest, HttpResponse

from people.requests import changes
from scheduling.views.context import open_to_schedule


@changes("schedule")
def plan_edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One gesture."""
    open_to_schedule(request, slug)
    raise Http404("Not yet.")


def plan_targets(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What would happen where."""
    open_to_schedule(request, slug)
    raise Http404("Not yet.")


def plan_since(request: HttpRequest, slug: str, number: int, revision: int) -> HttpResponse:
    """What others changed since a revision."""
    open_to_schedule(request, slug)
    raise Http404("Not yet.")
