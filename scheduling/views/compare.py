"""Two versions side by side: what differs, person by person, in the grids and in what they count."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from people.models import Person
from people.pages import cached_page, do_not_keep
from scheduling.forms.compare import ChooseForm, CompareForm
from scheduling.models import Schedule
from scheduling.services.compared import LinePair, Worked, line_pairs, worked_in
from scheduling.services.comparing import Differences, differences, told_of
from scheduling.services.live_problems.now import known_severities
from scheduling.services.month_grid import read_month
from scheduling.services.rollback import can_be_brought_back
from scheduling.services.sandbox import goes_into_draft
from scheduling.services.year_grid import Year, read_year
from scheduling.views.compare_html import Compared, month_comparison, year_comparison
from scheduling.views.context import Opened, get_schedule, open_to_schedule, strip
from scheduling.views.months import end_of_month

MOST_LINES = 30  # of one person; the grids show the rest


@dataclass(frozen=True, slots=True)
class PersonPair:
    """A person's counters in both versions, and in words what differs."""

    pk: int
    name: str
    before: Worked
    after: Worked
    owed: tuple[str, str]
    lines: list[str]

    @property
    def shown(self) -> list[str]:
        return self.lines[:MOST_LINES]

    @property
    def more(self) -> int:
        return max(0, len(self.lines) - MOST_LINES)


@dataclass(frozen=True, slots=True)
class _Part:
    """What the grid and the counters are of: the year, or a month."""

    first: date
    last: date
    words: str
    grid: Compared
    staffing: list[LinePair]
    owed: dict[int, tuple[str, str]]


def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """From the form that chooses two versions to the page that compares them."""
    opened = open_to_schedule(request, slug)
    form = ChooseForm(request.GET, program=opened.program)
    if form.is_valid():
        return redirect("compare", slug, form.cleaned_data["new"].number, form.cleaned_data["old"].number)
    messages.error(
        request, " ".join(dict.fromkeys(str(sentence) for errors in form.errors.values() for sentence in errors))
    )
    return redirect("schedules", slug)


@cached_page()
def compare(request: HttpRequest, slug: str, number: int, other: int) -> HttpResponse:
    """What the version of the first number changes in the other one."""
    opened = open_to_schedule(request, slug)
    new, old = get_schedule(opened, number), get_schedule(opened, other)
    context = {
        **opened.context,
        **strip(opened, new),
        "view": "versions",
        "state": f"?schedule={new.number}",
        "old": old,
        "choose": ChooseForm(initial={"new": new.pk, "old": old.pk}, program=opened.program),
        "same_year": new.academic_year_id == old.academic_year_id,
        "goes_into_draft": new.is_what_if and goes_into_draft(new),
        "can_be_brought_back": can_be_brought_back(new, opened.today),
    }
    if context["same_year"] and new != old:
        context |= _compared(request, opened, old, new)
    return render(request, "scheduling/compare.html", context)


def _compared(request: HttpRequest, opened: Opened, old: Schedule, new: Schedule) -> dict[str, Any]:
    found = differences([old], new)
    form = CompareForm(request.GET, new=new, found=found)
    month, only_changed = form.chosen()
    part = (
        _month_part(opened, old, new, month, only=only_changed)
        if month
        else _year_part(opened, old, new, only=only_changed)
    )
    people = _people(old, new, part, found)
    known = [(one, known_severities(one)) for one in (old, new)]
    if any(severities is None for _, severities in known):
        do_not_keep(request)
    return {
        "form": form,
        "month_shown": month,
        "month": month or max(new.start_date, min(opened.today, new.end_date)),
        "part": part,
        "people": people,
        "known": known,
        "counted": [pair for pair in people if pair.before != pair.after or pair.owed[0] != pair.owed[1]],
        "staffing": [pair for pair in part.staffing if pair.differs],
        "staffed_alike": sum(not pair.differs for pair in part.staffing),
        "differing": {
            "people": len(found.people),
            "placements": len(found.placements),
            "assignments": len(found.assignments),
        },
    }


def _year_part(opened: Opened, old: Schedule, new: Schedule, *, only: bool) -> _Part:
    before, after = (read_year(opened.program, each) for each in (old, new))
    label = f"Rotation plan {new.academic_year}, version {new.number} against version {old.number}"
    return _Part(
        new.start_date,
        new.end_date,
        f"the year {new.academic_year}",
        year_comparison(before, after, only_changed=only, label=label),
        line_pairs(before.staffing, after.staffing),
        _owed(before, after),
    )


def _month_part(opened: Opened, old: Schedule, new: Schedule, first: date, *, only: bool) -> _Part:
    last = end_of_month(first)
    before, after = (read_month(opened.program, [each], first, last) for each in (old, new))
    label = f"Roster of {first:%B %Y}, version {new.number} against version {old.number}"
    grid = month_comparison(before, after, only_changed=only, label=label)
    return _Part(first, last, f"{first:%B %Y}", grid, line_pairs(before.staffing, after.staffing), {})


def _owed(before: Year, after: Year) -> dict[int, tuple[str, str]]:
    """By person's key, what they owe of the curriculum in both plans, in words."""
    return {key: (_debts(before, key), _debts(after, key)) for key in before.years.keys() | after.years.keys()}


def _debts(year: Year, key: int) -> str:
    person = year.years.get(key)
    return ", ".join(f"{codes} {count}" for codes, count in person.owed) if person else ""


def _people(old: Schedule, new: Schedule, part: _Part, found: Differences) -> list[PersonPair]:
    """Everybody for whom something differs, by name."""
    told = told_of(new, found)
    before, after = (worked_in(each, part.first, part.last) for each in (old, new))
    names = Person.objects.filter(pk__in=found.people).order_by("name").values_list("pk", "name")
    return [
        PersonPair(
            key, name, before.get(key, Worked()), after.get(key, Worked()), part.owed.get(key, ("", "")), told[key]
        )
        for key, name in names
    ]
