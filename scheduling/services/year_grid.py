"""A year's rotation plan: people x periods, what each person still owes, and the staffing of each period."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.db.models import Q, QuerySet, StringAgg, TextField, Value
from django.db.models.functions import Cast, Concat

from people.kept import Kept
from people.models import Program
from people.prepared import columns, instance, prepared
from people.standing import Ranks, ranks_of
from scheduling.models import History, Period, RotationAssignment, Schedule
from scheduling.services.cells import PlanCell
from scheduling.services.grid_rows import Catalog, Group, Leave, Row, Wanted, catalog_of, leave_between, people_between
from scheduling.services.plan_counts import Counting, kinds_of, lines_of
from scheduling.services.plan_owed import Owing, owing_of, read_curriculum
from scheduling.services.staffing import Line, needs_of
from scheduling.services.year_people import PersonYear, Placing, YearPeople


@dataclass(frozen=True, slots=True)
class Year:
    """All that the grid shows; `people` and `total` count the rows shown and the people there are."""

    periods: Sequence[Period]
    groups: Sequence[Group[PersonYear]]
    people: int
    total: int
    staffing: Sequence[Line]
    catalog: Catalog
    has_plan: bool
    years: Mapping[int, PersonYear]  # everybody, shown or not, by key
    count: Callable[[], Counting]
    owing: Owing
    leave: Mapping[int, Sequence[Leave]]  # approved, by person's key

    @property
    def counting(self) -> Counting:
        """Who stands where, to count it otherwise: worked out where it is asked for."""
        return self.count()

    def line(self, person: int) -> list[str | None]:
        """The codes of a person's rotations, period by period."""
        rotations = self.catalog.rotations
        return [None if one.rotation is None else rotations[one.rotation].code for one in self.years[person].cells]

    def after(self, changed: Iterable[PlanCell]) -> "Year":
        """The same year once these cells hold what they do afterwards. Rows and lines stay the same ones."""
        keys = {rotation.code: key for key, rotation in self.catalog.rotations.items()}
        places = {period.number: place for place, period in enumerate(self.periods)}
        cells: dict[int, list[Placing]] = {}
        was = self.counting
        placed = [dict(each) for each in was.placed]
        for each in changed:
            place, state = places[each.period], each.after
            now = cells.setdefault(each.person, list(self.years[each.person].cells))
            now[place] = Placing(
                rotation=keys[state.rotation] if state else None,
                is_pinned=bool(state and state.is_pinned),
                leave=now[place].leave,
                is_all_leave=now[place].is_all_leave,
                note=state.note if state else "",
                override=state.override if state else "",
            )
            placed[place].pop(each.person, None)
            if state and each.person in was.standing[place]:
                placed[place][each.person] = keys[state.rotation]
        years = dict(self.years)
        for key, row in cells.items():
            line = [None if one.rotation is None else self.catalog.rotations[one.rotation].code for one in row]
            years[key] = replace(years[key], cells=row, owed=self.owing.of(years[key].person, line))
        counting = Counting(was.kinds, was.periods, was.standing, placed)
        return replace(self, years=years, count=lambda: counting, staffing=counting.lines())


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What a year's rows are made with. The same object for as long as it says the same."""

    people: YearPeople
    periods: Sequence[Period]
    codes: Mapping[int, str]
    owing: Owing


type _Marks = tuple[int, bool, str, str]  # period, whether pinned, note, override
_grounds: Kept[_Ground] = Kept(256)


def read_year(program: Program, schedule: Schedule, wanted: Wanted | None = None) -> Year:
    """The plan of a schedule (14 queries, whatever the size)."""
    wanted = wanted or Wanted()
    catalog, ranks = catalog_of(program), ranks_of(program)
    first, last = schedule.start_date, schedule.end_date
    rows = people_between(program, [schedule], ranks, first, last)
    ground = _ground_of(program, schedule, catalog, ranks, rows)
    leave, placed, marks = leave_between(program, first, last), dict(_lines(schedule.pk)), _marks(schedule)
    history = _history(schedule, ground.codes)
    years = {
        row.pk: _year_of(
            row,
            placed.get(row.pk, ""),
            tuple(marks.get(row.pk, ())),
            tuple(leave.get(row.pk, ())),
            tuple(history.get(row.pk, {}).items()),
            ground,
        )
        for row in rows
    }
    named = {key for key, code in ground.codes.items() if code in ground.owing.rotations}
    shown = frozenset(named.union(*(year.rotations for year in years.values())))
    kinds = kinds_of(needs_of(program), catalog, shown)
    numbers = [period.number for period in ground.periods]
    matching = [year for year in years.values() if wanted.matches(year.row, year.rotations)]
    groups: dict[str, list[PersonYear]] = {}
    for year in matching:
        groups.setdefault(year.row.rank.label, []).append(year)
    return Year(
        periods=ground.periods,
        groups=[Group(name, members) for name, members in groups.items()],
        people=len(matching),
        total=len(years),
        staffing=lines_of(kinds, numbers, (year.worked for year in years.values())),
        catalog=catalog,
        has_plan=bool(placed),
        years=years,
        count=cache(lambda: Counting(kinds, numbers, *ground.people.columns(years))),
        owing=ground.owing,
        leave=leave,
    )


def _ground_of(program: Program, schedule: Schedule, catalog: Catalog, ranks: Ranks, rows: Sequence[Row]) -> _Ground:
    curriculum = read_curriculum(program)
    first, last = schedule.start_date, schedule.end_date
    periods = _periods(schedule.academic_year_id, first, last)
    said = repr((curriculum, program.rule_settings))
    key = (catalog, ranks, tuple(rows), tuple(periods), first, last, said)

    def make() -> _Ground:
        made = [instance(Period, row) for row in periods]
        people = YearPeople(schedule, made, ranks, program)
        codes = {key: rotation.code for key, rotation in catalog.rotations.items()}
        return _Ground(people, made, codes, owing_of(curriculum, catalog, len(made), people.ranks(rows)))

    return _grounds.of(key, make)


@prepared
def _periods(year: int, first: date, last: date) -> QuerySet[Any, Any]:
    rows = Period.objects.filter(academic_year=year, start_date__lte=last, end_date__gte=first)
    return rows.order_by("number").values_list(*columns(Period))


@lru_cache(maxsize=4096)
def _year_of(
    row: Row,
    placed: str,
    marks: tuple[_Marks, ...],
    leave: tuple[Leave, ...],
    history: tuple[tuple[str, int], ...],
    ground: _Ground,
) -> PersonYear:
    """A person's row. Few rows of a year change from one reading to the next."""
    pairs = (map(int, pair.split(" ")) for pair in placed.split(",") if pair)
    cells = {period: Placing(rotation) for period, rotation in pairs}
    for period, pinned, note, override in marks:
        if period in cells:
            cells[period] = replace(cells[period], is_pinned=pinned, note=note, override=override)
    return ground.people.year(row, cells, leave, dict(history), ground.codes, ground.owing)


@prepared
def _lines(schedule: int) -> QuerySet[Any, Any]:
    """Everybody's placements as one text each, such as "31 4,32 7": periods and rotations. A tenth of the time that
    thousands of rows take, and what a person's row is kept by."""
    pair = Concat(Cast("period_id", TextField()), Value(" ", TextField()), Cast("rotation_id", TextField()))
    rows = RotationAssignment.objects.filter(schedule=schedule).order_by().values("person_id")
    return rows.annotate(line=StringAgg(pair, Value(",", TextField()))).values_list("person_id", "line")


def _marks(schedule: Schedule) -> dict[int, list[_Marks]]:
    """What few placements have, by person."""
    found: dict[int, list[_Marks]] = {}
    for person, *rest in _marked(schedule.pk):
        found.setdefault(person, []).append(tuple(rest))
    return found


@prepared
def _marked(schedule: int) -> QuerySet[Any, Any]:
    rows = RotationAssignment.objects.filter(schedule=schedule).order_by()
    rows = rows.filter(Q(is_pinned=True) | ~Q(note="") | ~Q(override=""))
    return rows.values_list("person_id", "period_id", "is_pinned", "note", "override")


def _history(schedule: Schedule, codes: Mapping[int, str]) -> dict[int, dict[str, int]]:
    done: dict[int, Counter[str]] = defaultdict(Counter)
    for person, rotation, periods in _done(schedule.academic_year_id):
        if rotation in codes:
            done[person][codes[rotation]] += periods
    return {person: dict(counts) for person, counts in done.items()}


@prepared
def _done(year: int) -> QuerySet[Any, Any]:
    rows = History.objects.filter(academic_year=year).order_by()
    return rows.values_list("person_id", "rotation_id", "periods")
