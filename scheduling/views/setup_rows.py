"""The pages of sentences: list, add, change, delete, order, and the switch of each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from people.models import FACULTY_LEVEL
from people.pages import cached_page
from people.requests import changes
from scheduling.forms.setup_catalog import CrossCoverForm, RotationForm, ShiftTypeForm
from scheduling.forms.setup_fields import RowForm
from scheduling.forms.setup_requirements import CohortForm, CohortPeopleForm, CurriculumForm, StaffingForm
from scheduling.forms.setup_sequences import EXAMPLES, SequenceRuleForm
from scheduling.models import AcademicYear, Cohort, Rotation, SequenceRule
from scheduling.services import setup_cohorts, setup_removal, setup_rows
from scheduling.services.setup_kinds import KINDS, LABELS, OFF, Kind, state_of
from scheduling.views.context import Opened
from scheduling.views.setup import leave, open_setup

FORMS: Mapping[str, type[RowForm]] = {
    "rotations": RotationForm,
    "shift-types": ShiftTypeForm,
    "staffing": StaffingForm,
    "curriculum": CurriculumForm,
    "sequence-rules": SequenceRuleForm,
    "cross-cover": CrossCoverForm,
    "cohorts": CohortForm,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as the list shows it. `states` are the choices of its switch: value, label, chosen."""

    pk: int
    sentence: str
    detail: str
    state: str
    states: list[tuple[str, str, bool]]
    chip: Rotation | None


def _line(kind: Kind, row: Any) -> Line:
    state = state_of(kind, row)
    return Line(
        pk=row.pk,
        sentence=kind.sentence(row),
        detail=kind.detail(row),
        state=state,
        states=[(each, LABELS[each], each == state) for each in kind.states(row)],
        chip=row if isinstance(row, Rotation) else None,
    )


def _groups(kind: Kind, rows: Iterable[Any]) -> Iterator[tuple[str, list[Line]]]:
    """The sentences under their headings, in the order in which the rows come."""
    ordered = sorted(rows, key=ORDER[kind.slug]) if kind.slug in ORDER else rows
    for heading, found in groupby(ordered, key=kind.group):
        yield heading, [_line(kind, row) for row in found]


def _by_rotation(row: Any) -> tuple[int, str]:
    """Staffing goes by its first rotation, in the order of rotations."""
    return min(((one.position, one.name) for one in row.rotations.all()), default=(0, ""))


def _by_level(row: Any) -> tuple[bool, int, str]:
    """The curriculum goes by level, faculty last."""
    return row.level == FACULTY_LEVEL, row.level, row.track


ORDER: Mapping[str, Callable[[Any], Any]] = {"staffing": _by_rotation, "curriculum": _by_level}


def _open(request: HttpRequest, slug: str, kind: str) -> tuple[Opened, Kind]:
    opened = open_setup(request, slug, f"setup-{kind}")
    opened.context["kind"] = KINDS[kind]
    return opened, KINDS[kind]


@cached_page()
def listing(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """All sentences of a kind."""
    opened, spec = _open(request, slug, kind)
    groups = list(_groups(spec, spec.rows(opened.program)))
    lines = [line for _, found in groups for line in found]
    context = {
        **opened.context,
        "groups": groups,
        "number": len(lines),
        "off": sum(line.state == OFF for line in lines),
        "has_years": kind != "cohorts" or AcademicYear.objects.filter(program=opened.program).exists(),
        "has_rotations": kind in ("rotations", "shift-types")
        or Rotation.objects.filter(program=opened.program).exists(),
    }
    return render(request, "scheduling/setup/listing.html", context)


def add(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """A new sentence; `?from=` begins it as a copy of another, `?kind=` says which sequence rule it is."""
    opened, spec = _open(request, slug, kind)
    row, initial = spec.model(), {}
    wanted = request.GET.get("from", "")[:18]
    if wanted.isascii() and wanted.isdigit():
        like = get_object_or_404(spec.rows(opened.program), pk=int(wanted))
        initial = {name: value for name, value in model_to_dict(like).items() if name not in ("id", "code", "program")}
        if isinstance(row, SequenceRule):
            row.kind = like.kind
    elif isinstance(row, SequenceRule):
        if request.GET.get("kind") not in EXAMPLES:
            kinds = [(value, label, EXAMPLES[value]) for value, label in SequenceRule.Kind.choices]
            return render(request, "scheduling/setup/kinds.html", {**opened.context, "kinds": kinds})
        row.kind = request.GET["kind"]
    form = FORMS[kind](request.POST or None, instance=row, initial=initial, program=opened.program)
    return _edit(request, opened, spec, form, None)


def change(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Change a sentence by its form."""
    opened, spec = _open(request, slug, kind)
    row = get_object_or_404(spec.rows(opened.program), pk=pk)
    opened.context["line"] = _line(spec, row)
    if isinstance(row, Cohort):
        opened.context["people_form"] = CohortPeopleForm(people=setup_cohorts.people_of(row), cohort=row.name)
    form = FORMS[kind](request.POST or None, instance=row, program=opened.program)
    return _edit(request, opened, spec, form, pk)


def _edit(request: HttpRequest, opened: Opened, spec: Kind, form: RowForm, pk: int | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            row = setup_rows.save(
                program=opened.program,
                user=opened.user,
                kind=spec,
                pk=pk,
                values=form.values,
                seen=form.cleaned_data["seen"],
            )
        except ValidationError as error:
            tell(form, error)
            if getattr(error, "code", "") == "changed":
                form.show_anew()
        else:
            row = spec.rows(opened.program).get(pk=row.pk)
            messages.success(request, f"{'Saved' if pk else 'Added'}: {spec.sentence(row)}.")
            return redirect(_at(opened, spec, row.pk))
    context = {**opened.context, "form": form, "pk": pk}
    return render(request, "scheduling/setup/form.html", context, status=422 if form.errors else 200)


def tell(form: Any, error: ValidationError) -> None:
    """Put an error of a service beside its field, or above the form where that has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def _at(opened: Opened, spec: Kind, pk: int) -> str:
    return f"{reverse(f'setup-{spec.slug}', args=[opened.program.slug])}#row-{pk}"


def delete(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Asks before it deletes; says where a row is used that cannot go."""
    opened, spec = _open(request, slug, kind)
    row = get_object_or_404(spec.rows(opened.program), pk=pk)
    used = setup_removal.where_used(row)
    if request.method == "POST" and not used:
        try:
            said = setup_removal.remove(program=opened.program, user=opened.user, kind=spec, pk=pk)
        except ValidationError:  # used since
            used = setup_removal.where_used(row)
        except ObjectDoesNotExist as error:
            raise Http404(str(error)) from error
        else:
            messages.success(request, f"Deleted: {said}.")
            return redirect(f"setup-{kind}", slug)
    context = {**opened.context, "line": _line(spec, row), "used": used, "can_be_off": OFF in spec.states(row)}
    return render(request, "scheduling/setup/delete.html", context, status=422 if request.method == "POST" else 200)


@changes("setup-row")
def cohort_people(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Say who is in a cohort."""
    opened, spec = _open(request, slug, kind)
    cohort = get_object_or_404(KINDS["cohorts"].rows(opened.program), pk=pk)
    form = CohortPeopleForm(request.POST, people=setup_cohorts.people_of(cohort), cohort=cohort.name)
    if not form.is_valid():
        messages.error(request, "Somebody of these is not in the program any more: choose them again.")
        return redirect("setup-row", slug, kind, pk)
    chosen = form.cleaned_data["people"]
    count = setup_cohorts.set_people(program=opened.program, user=opened.user, pk=pk, people=chosen)
    people = "1 person is" if len(chosen) == 1 else f"{len(chosen)} people are"
    changed = f"{count} changed" if count else "nothing changed"
    messages.success(request, f"{people} in {cohort.name} in {cohort.academic_year}, {changed}.")
    return redirect(_at(opened, spec, pk))


@changes("setup-row")
def switch(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Make a sentence hard, priced or off; the line alone where the page asked in place."""
    opened, spec = _open(request, slug, kind)
    get_object_or_404(spec.rows(opened.program), pk=pk)
    state = request.POST.get("state", "")
    try:
        setup_rows.switch(program=opened.program, user=opened.user, kind=spec, pk=pk, state=state)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return leave(request, _at(opened, spec, pk))
    line = _line(spec, spec.rows(opened.program).get(pk=pk))
    said = f"{LABELS[line.state]}: {line.sentence}."
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "scheduling/setup/switched.html", {**opened.context, "line": line, "said": said})
    messages.success(request, said)
    return redirect(_at(opened, spec, pk))


@changes("setup-row")
def move(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """One place up or down in the list."""
    opened, spec = _open(request, slug, kind)
    direction = "up" if request.POST.get("direction") == "up" else "down"
    try:
        setup_rows.move(program=opened.program, user=opened.user, kind=spec, pk=pk, direction=direction)  # type: ignore[arg-type]
    except ObjectDoesNotExist as error:
        raise Http404(str(error)) from error
    return redirect(_at(opened, spec, pk))
