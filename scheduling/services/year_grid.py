"""A year's rotation plan: people x periods, what each person still owes, and the staffing of each period."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from people.models import Program
from people.standing import ranks_of
from scheduling.models import History, Period, RotationAssignment, Schedule
from scheduling.services.cells import PlanCell
from scheduling.services.grid_rows import Catalog, Group, Leave, Wanted, catalog_of, leave_between, people_between
from scheduling.services.plan_counts import Counting, kinds_of
from scheduling.services.plan_owed import Owing, owing_of
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
    counting: Counting
    owing: Owing
    leave: Mapping[int, Sequence[Leave]]  # approved, by person's key

    def line(self, person: int) -> list[str | None]:
        """The codes of a person's rotations, period by period."""
        rotations = self.catalog.rotations
        return [None if one.rotation is None else rotations[one.rotation].code for one in self.years[person].cells]

    def after(self, changed: Iterable[PlanCell]) -> "Year":
        """The same year once these cells hold what they do afterwards. Rows and lines stay the same ones."""
        keys = {rotation.code: key for key, rotation in self.catalog.rotations.items()}
        places = {period.number: place for place, period in enumerate(self.periods)}
        cells: dict[int, list[Placing]] = {}
        placed = [dict(each) for each in self.counting.placed]
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
            if state and each.person in self.counting.standing[place]:
                placed[place][each.person] = keys[state.rotation]
        years = dict(self.years)
        for key, row in cells.items():
            line = [None if one.rotation is None else self.catalog.rotations[one.rotation].code for one in row]
            years[key] = replace(years[key], cells=row, owed=self.owing.of(years[key].person, line))
        counting = Counting(self.counting.kinds, self.counting.periods, self.counting.standing, placed)
        return replace(self, years=years, counting=counting, staffing=counting.lines())


def read_year(program: Program, schedule: Schedule, wanted: Wanted | None = None) -> Year:
    """The plan of a schedule (13 queries, whatever the size)."""
    wanted = wanted or Wanted()
    catalog = catalog_of(program)
    ranks = ranks_of(program)
    first, last = schedule.start_date, schedule.end_date
    periods = list(
        Period.objects.filter(academic_year=schedule.academic_year_id, start_date__lte=last, end_date__gte=first)
    )
    rows = people_between(program, [schedule], ranks, first, last)
    leave, history = leave_between(program, first, last), _history(schedule, catalog)
    people = YearPeople(schedule, periods, ranks, leave, history, program)
    owing = owing_of(program, len(periods), people.ranks(rows))
    codes = {key: rotation.code for key, rotation in catalog.rotations.items()}
    placed = _placed(schedule)
    years = {row.pk: people.year(row, placed.get(row.pk, {}), codes, owing) for row in rows}
    shown = frozenset(
        {key for key, code in codes.items() if code in owing.rotations}
        | {rotation for year in years.values() for rotation in _rotations(year.cells)}
    )
    numbers = [period.number for period in periods]
    counting = Counting(kinds_of(needs_of(program), catalog, shown), numbers, *people.columns(years))
    matching = [year for year in years.values() if wanted.matches(year.row, _rotations(year.cells))]
    groups: dict[str, list[PersonYear]] = {}
    for year in matching:
        groups.setdefault(year.row.rank.label, []).append(year)
    return Year(
        periods=periods,
        groups=[Group(name, members) for name, members in groups.items()],
        people=len(matching),
        total=len(years),
        staffing=counting.lines(),
        catalog=catalog,
        has_plan=bool(placed),
        years=years,
        counting=counting,
        owing=owing,
        leave=leave,
    )


def _rotations(cells: Sequence[Placing]) -> set[int]:
    return {cell.rotation for cell in cells if cell.rotation is not None}


def _placed(schedule: Schedule) -> dict[int, dict[int, Placing]]:
    """What is placed, by person and period (1 query)."""
    made: dict[tuple[int, bool, str, str], Placing] = {}
    found: dict[int, dict[int, Placing]] = defaultdict(dict)
    rows = RotationAssignment.objects.filter(schedule=schedule).order_by()
    for person, period, rotation, pinned, note, override in rows.values_list(
        "person_id", "period_id", "rotation_id", "is_pinned", "note", "override"
    ):
        key = rotation, pinned, note, override
        if key not in made:
            made[key] = Placing(rotation, pinned, note=note, override=override)
        found[person][period] = made[key]
    return found


def _history(schedule: Schedule, catalog: Catalog) -> dict[int, dict[str, int]]:
    done: dict[int, Counter[str]] = defaultdict(Counter)
    rows = History.objects.filter(academic_year=schedule.academic_year_id).order_by()
    for person, rotation, periods in rows.values_list("person_id", "rotation_id", "periods"):
        if rotation in catalog.rotations:
            done[person][catalog.rotations[rotation].code] += periods
    return {person: dict(counts) for person, counts in done.items()}
