"""The requests that are measured, and their bars (CPU per request as a multiple of a bare Django view's)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from benchmarks.pages_site import MONTH, Site
from benchmarks.pages_visits import Answer, Sessions, Visitor, stranger

if TYPE_CHECKING:
    from scheduling.models import Schedule

BARS: dict[str, float | None] = {
    "livez": 2.5,
    "month-304": 15,
    "month-cached": 22,
    "month": 90,
    "year-cached": 22,
    "year": 90,
    "people": 45,
    "my-month": 40,
    "edit": 60,
    "since": None,
    "problems": None,
}
WEEKDAY = 12  # the day of the month that is edited


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to repeat. `environ` makes each; `expected` is its status; `told` hears what came back."""

    label: str
    visitor: Visitor
    environ: Callable[[], dict[str, Any]]
    expected: int = 200
    told: Callable[[Answer], None] = lambda _: None
    is_cached: bool = False  # else the page cache is emptied before each
    is_judged: bool = True


def visits(row: str, site: Site, sessions: Sessions) -> Iterable[Visit]:
    """The row's requests: of a coordinator, whom the bar is for, and of a resident where they see the page too."""
    slug, slug_200 = site.of_60.program.slug, site.of_200.program.slug
    month, year = f"/p/{slug}/month/{MONTH:%Y-%m}/", f"/p/{slug_200}/year/"
    coordinator, resident = sessions.of(site.coordinator), sessions.of(site.resident)
    if row.startswith(("month", "year")):  # the page asks for its problems in a moment; then they are known
        for schedule in (site.of_60, site.of_200):
            page = f"/p/{schedule.program.slug}/schedules/{schedule.number}/problems/"
            coordinator.visit(coordinator.environ(page, HTTP_HX_REQUEST="true"))
    resident_of_200 = sessions.of(site.resident_of_200)
    match row:
        case "livez":
            visitor = stranger(sessions.application)
            yield Visit("", visitor, lambda: visitor.environ("/livez"))
        case "month" | "month-cached":
            yield _page("coordinator", coordinator, month, is_cached=row == "month-cached")
            yield _page("resident", resident, month, is_cached=row == "month-cached", is_judged=False)
        case "month-304":
            yield _unchanged("coordinator", coordinator, month)
            yield _unchanged("resident", resident, month, is_judged=False)
        case "year" | "year-cached":
            yield _page("coordinator", coordinator, year, is_cached=row == "year-cached")
            yield _page("resident", resident_of_200, year, is_cached=row == "year-cached", is_judged=False)
        case "people":
            yield _page("coordinator", coordinator, f"/p/{slug}/people/")
        case "my-month":
            yield _page("resident", resident, f"/my/{MONTH:%Y-%m}/")
        case "edit":
            yield _Edits(site.draft, coordinator).visit()
        case "since":
            page = f"/p/{slug}/schedules/{site.of_60.number}/since/{site.of_60.revision}/?month={MONTH:%Y-%m}"
            yield Visit("coordinator", coordinator, lambda: coordinator.environ(page, HTTP_HX_REQUEST="true"), 204)
        case "problems":
            yield _after_edits(site.draft, coordinator)
            page = f"/p/{slug}/schedules/{site.of_60.number}/problems/?view=month&at={MONTH:%Y-%m}"
            yield Visit("unchanged", coordinator, lambda: coordinator.environ(page, HTTP_HX_REQUEST="true"))


def _page(label: str, visitor: Visitor, address: str, *, is_cached: bool = False, is_judged: bool = True) -> Visit:
    return Visit(label, visitor, lambda: visitor.environ(address), is_cached=is_cached, is_judged=is_judged)


def _unchanged(label: str, visitor: Visitor, address: str, *, is_judged: bool = True) -> Visit:
    """A page that the browser has already, asked for by its ETag. Without one the whole page comes, which is told."""
    tag = visitor.visit(visitor.environ(address)).headers.get("etag", "")
    return Visit(
        label,
        visitor,
        lambda: visitor.environ(address, HTTP_IF_NONE_MATCH=tag),
        304,
        is_cached=True,
        is_judged=is_judged,
    )


def _after_edits(schedule: "Schedule", visitor: Visitor) -> Visit:
    """The list beside the coordinator's month, asked for after an edit, which is made before each request."""
    edits = _Edits(schedule, visitor)
    page = f"/p/{schedule.program.slug}/schedules/{schedule.number}/problems/?view=month&at={MONTH:%Y-%m}"

    def environ() -> dict[str, Any]:
        edits.told(visitor.visit(edits.environ()))
        return visitor.environ(page, HTTP_HX_REQUEST="true")

    return Visit("after an edit", visitor, environ)


class _Edits:
    """A resident's day that is given and taken away again, as the coordinator's page sends it."""

    def __init__(self, schedule: "Schedule", visitor: Visitor) -> None:
        day = MONTH.replace(day=WEEKDAY)
        rows = schedule.assignments.filter(block__date=day, block__shift_type__code="DAY", rotation__code="WARD")
        self.visitor = visitor
        self.content = "WARD|DAY"
        self.held = self.content
        self.cell = f"{rows.order_by('person__code')[0].person_id}:{day.isoformat()}"
        self.address = f"/p/{schedule.program.slug}/schedules/{schedule.number}/edit/"
        schedule.refresh_from_db()
        self.revision = schedule.revision

    def visit(self) -> Visit:
        return Visit("coordinator", self.visitor, self.environ, told=self.told)

    def environ(self) -> dict[str, Any]:
        becomes = "" if self.held else self.content
        fields = {"verb": "set", "cell": f"{self.cell}={becomes}", "was": f"{self.cell}={self.held}"}
        page = {"month": f"{MONTH:%Y-%m}", "revision": str(self.revision), "state": ""}
        return self.visitor.environ(self.address, urlencode(fields | page).encode(), HTTP_HX_REQUEST="true")

    def told(self, answer: Answer) -> None:
        if answer.status == 200:
            self.held = "" if self.held else self.content
            self.revision += 1
