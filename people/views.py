from django.contrib.auth.views import PasswordChangeView
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone

from people.access import get_program_to_schedule
from people.forms import PeopleFilter
from people.models import Person, PersonQuerySet, Program
from people.navigation import frame
from people.pages import cached_page
from people.people_html import people_rows
from people.requests import signed_in_user
from people.turning import coming

PAGE_SIZE = 50
SORTS = {
    "name": ["name"],
    "level": ["pgy_level", "track", "name"],
    "type": ["type", "pgy_level", "name"],
    "cohort": ["cohort", "name"],
    "code": ["code"],
}
COLUMNS = [("name", "Name"), ("level", "Level"), ("type", "Type"), ("cohort", "Cohort"), ("code", "Code")]


@cached_page()
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """The people of a program, for those who make its schedules."""
    user = signed_in_user(request)
    program = get_program_to_schedule(user, slug)
    form = PeopleFilter(request.GET, levels=_levels(program))
    sort = request.GET.get("sort", "")
    page = Paginator(_found(program, form, sort), PAGE_SIZE).get_page(request.GET.get("page"))
    to_come = coming(page, timezone.localdate(timezone=program.zone))
    context = {
        **frame(user, program, "people"),
        "form": form,
        "page": page,
        "rows": people_rows((one, to_come.get(one.pk, ())) for one in page),
        "columns": _columns(sort),
        "is_filtered": any(form.cleaned_data.values()) if form.is_valid() else False,
    }
    return render(request, "people/people.html", context)


def _levels(program: Program) -> list[int]:
    levels = Person.objects.filter(program=program).order_by("pgy_level").values_list("pgy_level", flat=True)
    return [level for level in levels.distinct() if level is not None]


def _found(program: Program, form: PeopleFilter, sort: str) -> PersonQuerySet:
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = Person.objects.filter(program=program)
    if not wanted.get("inactive"):
        rows = rows.active()
    if wanted.get("name"):
        rows = rows.filter(name__icontains=wanted["name"])
    if wanted.get("type"):
        rows = rows.filter(type=wanted["type"])
    if wanted.get("level"):
        rows = rows.filter(pgy_level=wanted["level"])
    order = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    return rows.order_by(*(f"-{name}" if sort.startswith("-") else name for name in order), "pk")


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
