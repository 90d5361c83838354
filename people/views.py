from functools import partial

from django.contrib.auth.views import PasswordChangeView
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone

from people.access import enter
from people.listed import body, fields_of, found, wanted_by
from people.navigation import frame
from people.pages import cached_page
from people.requests import signed_in_user

PAGE_SIZE = 50
COLUMNS = [("name", "Name"), ("level", "Level"), ("type", "Type"), ("cohort", "Cohort"), ("code", "Code")]


@cached_page()
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """The people of a program, for those who make its schedules."""
    user = signed_in_user(request)
    entered = enter(user, slug)
    program = entered.program
    if not entered.is_scheduler:
        raise Http404(f"{program} is not yours to schedule.")
    query = request.GET.dict()
    wanted, sort = wanted_by(query), query.get("sort", "")
    listed = found(program.pk, wanted, sort)
    page = Paginator(listed.rows, PAGE_SIZE).get_page(query.get("page"))
    number = (page.number, page.paginator.num_pages, page.paginator.count)
    context = {
        **frame(user, program, "people", entered),
        # All that is shown around the rows.
        "around": (program.pk, program.name, program.slug, request.META.get("QUERY_STRING", ""), listed.levels, number),
        "fields": partial(fields_of, query, listed.levels),
        "page": page,
        "rows": body(program.pk, list(page), timezone.localdate(timezone=program.zone)),
        "columns": partial(_columns, sort),
        "is_filtered": any(wanted.values()),
    }
    return render(request, "people/people.html", context)


def _columns(sort: str) -> list[dict[str, str]]:
    """The headings, each with the sorting that its link asks for and how the list is sorted by it now."""
    return [
        {
            "label": label,
            "sort": f"-{key}" if sort == key or (key == "name" and not sort) else key,
            "state": {key: "ascending", f"-{key}": "descending"}.get(sort or "name", ""),
        }
        for key, label in COLUMNS
    ]


class ChangePassword(PasswordChangeView):
    """A new password; the frame shows no program, since an account is not of one."""

    template_name = "people/password.html"
    success_url = reverse_lazy("password-changed")

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | frame(signed_in_user(self.request), None, "")


def password_changed(request: HttpRequest) -> HttpResponse:
    return render(request, "people/password_changed.html", frame(signed_in_user(request), None, ""))
