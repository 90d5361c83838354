"""The academic years of a program and their periods."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from people.pages import cached_page
from scheduling.forms.setup_program import YearForm
from scheduling.models import AcademicYear
from scheduling.services import setup_years
from scheduling.views.setup import open_setup
from scheduling.views.setup_rows import tell


@cached_page()
def years(request: HttpRequest, slug: str) -> HttpResponse:
    """The years with their periods, and a form for another."""
    opened = open_setup(request, slug, "setup-years")
    form = YearForm(request.POST or None, program=opened.program, today=opened.today)
    if request.method == "POST" and form.is_valid():
        try:
            year = setup_years.make_year(program=opened.program, user=opened.user, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            count = year.periods.count()
            messages.success(request, f"{year} is added, with {count} periods.")
            return redirect("setup-years", slug)
    rows = AcademicYear.objects.filter(program=opened.program).prefetch_related("periods")
    found = rows.annotate(versions=Count("schedules")).order_by("-start_date")
    context = {**opened.context, "form": form, "years": found, "today": opened.today}
    return render(request, "scheduling/setup/years.html", context, status=422 if form.errors else 200)


def delete_year(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Delete a year that nothing was made for yet."""
    if request.method != "POST":
        return redirect("setup-years", slug)
    opened = open_setup(request, slug, "setup-years")
    try:
        said = setup_years.remove_year(program=opened.program, user=opened.user, pk=pk)
    except ObjectDoesNotExist as error:
        raise Http404(str(error)) from error
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{said} is deleted.")
    return redirect("setup-years", slug)
