"""A year's rotation plan: people x periods, what each person still owes, and the staffing of each period."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from people.models import Program
from people.standing import Rank, Ranks, ranks_of
from scheduling.models import Curriculum, History, Period, RotationAssignment, Schedule
from scheduling.services.grid_rows import Catalog, Group, Leave, Row, Wanted, catalog_of, leave_between, people_between
from scheduling.services.staffing import Count, Line, Need, bounds, grouped, label, needs_of


@dataclass(frozen=True, slots=True)
class Placing:
    """One person's period: the rotation if any, and the leave that falls into it."""

    rotation: int | None = None
    is_pinned: bool = False
    leave: str = ""
    is_all_leave: bool = False
    note: str = ""
    override: str = ""  # why it stands although it breaks a rule


@dataclass(frozen=True, slots=True)
class PersonYear:
    """One row: `owed` are sentences' parts such as ("CL", 1), codes and the periods that are missing."""

    row: Row
    cells: Sequence[Placing]
    owed: Sequence[tuple[str, int]]


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
    leave = leave_between(program, first, last)
    placements = RotationAssignment.objects.filter(schedule=schedule).order_by()
    placed = {
        (person, period): Placing(rotation, pinned, note=note, override=override)
        for person, period, rotation, pinned, note, override in placements.values_list(
            "person_id", "period_id", "rotation_id", "is_pinned", "note", "override"
        )
    }
    owing = _Owing(_rules(program, catalog), _history(schedule), ranks)
    years = []
    for row in rows:
        cells = [_cell(placed.get((row.pk, period.pk)), leave.get(row.pk, ()), period) for period in periods]
        years.append(PersonYear(row, cells, owing.of(row, periods, cells)))
    shown = [year for year in years if wanted.matches(year.row, _rotations(year.cells))]
    groups: dict[str, list[PersonYear]] = {}
    for year in shown:
        groups.setdefault(year.row.rank.label, []).append(year)
    return Year(
        periods=periods,
        groups=[Group(name, members) for name, members in groups.items()],
        people=len(shown),
        total=len(years),
        staffing=_lines(years, periods, needs_of(program), catalog, ranks),
        catalog=catalog,
        has_plan=bool(placed),
    )


def _rotations(cells: Sequence[Placing]) -> set[int]:
    return {cell.rotation for cell in cells if cell.rotation is not None}


def _history(schedule: Schedule) -> dict[int, Counter[int]]:
    done: dict[int, Counter[int]] = defaultdict(Counter)
    rows = History.objects.filter(academic_year=schedule.academic_year_id).order_by()
    for person, rotation, periods in rows.values_list("person_id", "rotation_id", "periods"):
        done[person][rotation] += periods
    return done


def _cell(placed: Placing | None, leave: Sequence[Leave], period: Period) -> Placing:
    inside = [one for one in leave if one.first <= period.end_date and one.last >= period.start_date]
    days = sum((min(one.last, period.end_date) - max(one.first, period.start_date)).days + 1 for one in inside)
    return replace(
        placed or Placing(),
        leave=inside[0].kind if inside else "",
        is_all_leave=days == (period.end_date - period.start_date).days + 1,
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    """A row of the curriculum, its rotations by key and as their codes."""

    row: Curriculum
    rotations: frozenset[int]
    codes: str


def _rules(program: Program, catalog: Catalog) -> dict[tuple[int, str], list[_Rule]]:
    """The curriculum by level and track (2 queries)."""
    rules: dict[tuple[int, str], list[_Rule]] = defaultdict(list)
    for row in Curriculum.objects.filter(program=program, is_active=True).prefetch_related("rotations"):
        keys = frozenset(rotation.pk for rotation in row.rotations.all())
        codes = "/".join(one.code for key, one in catalog.rotations.items() if key in keys)
        rules[row.level, row.track].append(_Rule(row, keys, codes))
    return rules


@dataclass(frozen=True, slots=True)
class _Owing:
    """What people owe: the curriculum's fewest, less what the plan and, where it counts, history give."""

    rules: dict[tuple[int, str], list[_Rule]]
    history: dict[int, Counter[int]]
    ranks: Ranks

    def of(self, row: Row, periods: Sequence[Period], cells: Sequence[Placing]) -> list[tuple[str, int]]:
        groups = [
            self._group(row, period) if row.first <= period.end_date and row.last >= period.start_date else None
            for period in periods
        ]
        meant = [rule for group in dict.fromkeys(groups) if group for rule in self.rules.get(group, ())]
        found = [(rule.codes, self._missing(rule, row, groups, cells)) for rule in meant]
        return [(codes, missing) for codes, missing in found if missing > 0]

    def _group(self, row: Row, period: Period) -> tuple[int, str]:
        rank = self.ranks.on(row.pk, max(period.start_date, row.first))
        return rank.level, rank.track

    def _missing(
        self, rule: _Rule, row: Row, groups: Sequence[tuple[int, str] | None], cells: Sequence[Placing]
    ) -> int:
        if rule.row.waived_on_leave and any(cell.is_all_leave for cell in cells):
            return 0
        meant = [group == (rule.row.level, rule.row.track) for group in groups]
        owed = rule.row.fewest if rule.row.counts_history else rule.row.fewest * sum(meant) // len(meant)
        done = sum(1 for cell, mine in zip(cells, meant, strict=True) if mine and cell.rotation in rule.rotations)
        before = self.history.get(row.pk)
        if rule.row.counts_history and before:
            done += sum(before[rotation] for rotation in rule.rotations)
        return owed - done


def _lines(
    years: Sequence[PersonYear], periods: Sequence[Period], needs: Sequence[Need], catalog: Catalog, ranks: Ranks
) -> list[Line]:
    """A line for each period staffing rule, then one for each placed rotation without a rule."""
    there: list[list[tuple[int, Rank, bool]]] = [
        [
            (cell.rotation, ranks.on(year.row.pk, period.start_date), bool(cell.leave))
            for year in years
            if (cell := year.cells[index]).rotation is not None and not cell.is_all_leave
        ]
        for index, period in enumerate(periods)
    ]
    asked = [need for need in needs if need.shift_type is None]
    lines = [
        Line(
            *label(group, catalog.rotations, catalog.shift_types),
            [_count(group, period, people) for period, people in zip(periods, there, strict=True)],
        )
        for group in grouped(asked)
    ]
    ruled = {rotation for need in asked for rotation in need.rotations}
    placed = {rotation for people in there for rotation, _rank, _leave in people}
    for key, rotation in catalog.rotations.items():
        if key in placed - ruled:
            counts = [Count(sum(1 for one, _rank, _leave in people if one == key)) for people in there]
            lines.append(Line(rotation.code, rotation.name, counts))
    return lines


def _count(group: Sequence[Need], period: Period, people: Sequence[tuple[int, Rank, bool]]) -> Count | None:
    asked = bounds(need for need in group if need.holds_in(period.number))
    need = group[0]
    part = need.weight if need.part_leave_weight is None else need.part_leave_weight
    number = sum(
        part if partly_away else need.weight
        for rotation, rank, partly_away in people
        if rotation in need.rotations and need.counts(rank)
    )
    return Count(number, *asked) if asked else Count(number) if number else None
