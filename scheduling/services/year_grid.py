"""A year's rotation plan: people x periods, what each person still owes, and the staffing of each period."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from django.db.models import Q, QuerySet, StringAgg, TextField, Value
from django.db.models.functions import Cast, Concat

from people.kept import Kept
from people.models import Program
from people.prepared import prepared
from scheduling.models import Period, RotationAssignment, Schedule
from scheduling.services.cells import PlanCell
from scheduling.services.grid_rows import Catalog, Group, Leave, Row, Wanted
from scheduling.services.grid_setup import Setup, read_setup_of_year
from scheduling.services.plan_counts import Counting, Kind, kinds_of, lines_of
from scheduling.services.plan_owed import Owing, owing_of
from scheduling.services.staffing import Line, Need
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
    numbers: Sequence[int]
    codes: Mapping[int, str]
    owing: Owing
    named: frozenset[int]  # rotations of the curriculum
    history: "_History"
    needs: tuple[Need, ...]
    catalog: Catalog


type _Marks = tuple[int, bool, str, str]  # period, whether pinned, note, override
type _History = Mapping[int, tuple[tuple[str, int], ...]]
_grounds: Kept[_Ground] = Kept(256)
EVERYBODY = Wanted()


def read_year(
    program: Program, schedule: Schedule, wanted: Wanted | None = None, *, setup: Setup | None = None
) -> Year:
    """The plan of a schedule (14 queries, whatever the size; 2 with a `setup` of its year)."""
    setup = setup or read_setup_of_year(program, schedule)
    rows, leave = setup.rows([schedule]), setup.leave
    usual = setup.active_rows
    ground = setup.once("ground", lambda: _ground_of(setup, usual)) if rows is usual else _ground_of(setup, rows)
    placed, marks = dict(_lines(schedule.pk)), _marks(schedule)
    years = tuple(
        _year_of(
            row,
            placed.get(row.pk, ""),
            tuple(marks.get(row.pk, ())),
            tuple(leave.get(row.pk, ())),
            ground.history.get(row.pk, ()),
            ground,
        )
        for row in rows
    )
    sums = _sums_of(years, ground)
    shown = years if wanted in (None, EVERYBODY) else _matching(years, wanted)
    by_key = {year.row.pk: year for year in years}
    return Year(
        periods=ground.periods,
        groups=_grouped(shown),
        people=len(shown),
        total=len(years),
        staffing=sums.staffing,
        catalog=setup.catalog,
        has_plan=bool(placed),
        years=by_key,
        count=cache(lambda: Counting(sums.kinds, ground.numbers, *ground.people.columns(by_key))),
        owing=ground.owing,
        leave=leave,
    )


def _matching(years: Iterable[PersonYear], wanted: Wanted) -> tuple[PersonYear, ...]:
    return tuple(year for year in years if wanted.matches(year.row, year.rotations))


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """What a year's people count in, and the lines of it."""

    kinds: Sequence[Kind]
    staffing: Sequence[Line]


@lru_cache(maxsize=256)
def _sums_of(years: tuple[PersonYear, ...], ground: _Ground) -> _Sums:
    shown = ground.named.union(*map(_rotations, years))
    kinds = kinds_of(ground.needs, ground.catalog, shown)
    return _Sums(kinds, lines_of(kinds, ground.numbers, (year.worked for year in years)))


@lru_cache(maxsize=4096)
def _rotations(year: PersonYear) -> frozenset[int]:
    return frozenset(year.rotations)


@lru_cache(maxsize=256)
def _grouped(years: tuple[PersonYear, ...]) -> list[Group[PersonYear]]:
    groups: dict[str, list[PersonYear]] = {}
    for year in years:
        groups.setdefault(year.row.rank.label, []).append(year)
    return [Group(name, members) for name, members in groups.items()]


def _ground_of(setup: Setup, rows: tuple[Row, ...]) -> _Ground:
    """What the rows of these people are made with."""
    periods = sorted(setup.periods, key=lambda period: period.number)
    said = repr([setup.curriculum, setup.history, setup.program.rule_settings])
    spans = tuple((each.pk, each.number, each.start_date, each.end_date) for each in periods)
    key = (setup.catalog, setup.ranks, setup.needs, rows, spans, setup.first, setup.last, said)

    def make() -> _Ground:
        people = YearPeople(setup.first, setup.last, periods, setup.ranks, setup.program)
        codes = {key: rotation.code for key, rotation in setup.catalog.rotations.items()}
        owing = owing_of(setup.curriculum, setup.catalog, len(periods), people.ranks(rows))
        return _Ground(
            people=people,
            periods=periods,
            numbers=[period.number for period in periods],
            codes=codes,
            owing=owing,
            named=frozenset(key for key, code in codes.items() if code in owing.rotations),
            history=_history(setup.history, codes),
            needs=setup.needs,
            catalog=setup.catalog,
        )

    return _grounds.of(key, make)


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


def _history(rows: Iterable[tuple[Any, ...]], codes: Mapping[int, str]) -> _History:
    done: dict[int, Counter[str]] = defaultdict(Counter)
    for person, rotation, periods in rows:
        if rotation in codes:
            done[person][codes[rotation]] += periods
    return {person: tuple(counts.items()) for person, counts in done.items()}
