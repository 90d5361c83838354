"""Setup: the checklist for a new year, and the way to everything that a program's schedule is made from."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from people.models import Program
from people.pages import cached_page
from scheduling.models import AcademicYear
from scheduling.services.holidays import holiday_changes
from scheduling.services.setup_checklist import NEXT, checklist
from scheduling.services.setup_kinds import KINDS
from scheduling.services.setup_words import counted
from scheduling.views.context import Opened, open_to_schedule


@dataclass(frozen=True, slots=True)
class Page:
    """One page of Setup, by the name of its address."""

    name: str
    title: str
    url: str
    words: str = ""


def pages(program: Program) -> list[Page]:
    """The pages of Setup in the order in which a new program goes through them."""
    names = [("setup-years", "Academic years"), *((f"setup-{slug}", kind.title) for slug, kind in KINDS.items())]
    names += [("setup-holidays", "Holidays"), ("setup-program", "Program rules")]
    return [Page(name, title, reverse(name, args=[program.slug])) for name, title in names]


def open_setup(request: HttpRequest, slug: str, page: str) -> Opened:
    """The program with the context of a page of Setup, for those who make its schedules. Raises Http404 for others."""
    opened = open_to_schedule(request, slug, "setup")
    opened.context.update({"setup_pages": pages(opened.program), "setup_page": page})
    return opened


def leave(request: HttpRequest, url: str) -> HttpResponse:
    """To another page, as a whole, also where only a line of this one was asked for."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]


@cached_page()
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """The checklist, and what there is of everything."""
    opened = open_setup(request, slug, "setup")
    year, items = checklist(opened.program, opened.today)
    words = _counts(opened.program)
    context = {
        **opened.context,
        "year": year,
        "items": items,
        "next": next((item for item in items if item.state == NEXT), None),
        "shown": [Page(page.name, page.title, page.url, words.get(page.name, "")) for page in pages(opened.program)],
    }
    return render(request, "scheduling/setup/overview.html", context)


def _counts(program: Program) -> dict[str, str]:
    """How many rows each page has, and how many of them are off (1 query)."""
    columns: dict[str, Subquery] = {"years": _number(AcademicYear.objects.filter(program=OuterRef("pk")))}
    for slug, kind in KINDS.items():
        rows = kind.model._default_manager.filter(**{kind.program: OuterRef("pk")})
        columns[slug] = _number(rows)
        if any(field.name == "is_active" for field in kind.model._meta.concrete_fields):
            columns[f"{slug} off"] = _number(rows.filter(is_active=False))
    numbers = Program.objects.filter(pk=program.pk).values_list(*columns.values())[0]
    found = dict(zip(columns, numbers, strict=True))
    words = {"setup-years": counted(found["years"] or 0, "year")}
    for slug in KINDS:
        off = found.get(f"{slug} off")
        words[f"setup-{slug}"] = f"{found[slug] or 'none'}{f', {off} off' if off else ''}"
    own = len(holiday_changes(program))
    country = ", ".join(part for part in (program.holiday_country, program.holiday_subdivision) if part)
    words["setup-holidays"] = f"{country}, {counted(own, 'change')}" if own else country
    words["setup-program"] = program.get_rule_set_display()
    return words


def _number(rows: QuerySet[Any]) -> Subquery:
    """How many rows there are, as a column; NULL for none."""
    return Subquery(rows.order_by().values(one=Value(1)).annotate(number=Count("*")).values("number"))
