"""Opening a version for a change, or for the question whether there is anything new, which each open calendar asks
every few seconds: one query, where pages ask for all that stands around them."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from people.models import Person, User
from people.prepared import prepared
from people.requests import signed_in_user
from scheduling.models import Schedule
from scheduling.services import versions
from scheduling.views.context import Opened, get_schedule, open_to_schedule

LARGEST = 2**31 - 1  # that a database's whole number holds


def open_version(request: HttpRequest, slug: str, number: int) -> tuple[Opened, Schedule]:
    """A program and its version of this number, for those who make its schedules (1 query).

    Raises Http404 for everybody else, as for what is not there. There is no frame: for answers that are never a page.
    """
    user = signed_in_user(request)
    if number > LARGEST:
        raise Http404(f"There is no version {number}.")
    for coordinates, is_chief, *row in _versions(user.pk, slug, number):
        role = user.role
        if role == User.Role.ADMIN or (role == User.Role.COORDINATOR and coordinates) or is_chief:
            schedule = versions.made(row)
            program = schedule.program
            timezone.activate(program.zone)
            return Opened(user, program, True, {"program": program, "is_scheduler": True}, request), schedule
    raise Http404(f"There is no version {number} of {slug}, or it is not yours to schedule.")


def open_version_to_change(request: HttpRequest, slug: str, number: int) -> tuple[Opened, Schedule]:
    """The same for an answer that is a fragment where scripts ask for it, else perhaps a page: then with the frame."""
    if request.htmx:  # type: ignore[attr-defined]
        return open_version(request, slug, number)
    opened = open_to_schedule(request, slug)
    return opened, get_schedule(opened, number)


@prepared
def _versions(user: int, slug: str, number: int) -> QuerySet[Any, Any]:
    """The rules of `people.access.can_schedule`."""
    program = OuterRef("program")
    coordinates = User.programs.through.objects.filter(user=user, program=program)
    chief = Person.objects.filter(user=user, program=program, is_chief=True, is_active=True)
    rows = Schedule.objects.filter(program__slug=slug, number=number).order_by()
    return rows.annotate(coordinates=Exists(coordinates), is_chief=Exists(chief)).values_list(
        "coordinates", "is_chief", *versions.COLUMNS
    )
