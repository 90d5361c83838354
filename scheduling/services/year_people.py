"""The people of a year's plan: as the solver is told of them, and what they are on period by period."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.core.exceptions import ValidationError

from people.models import Program
from people.standing import Rank, Ranks
from scheduling.models import Period
from scheduling.services.grid_rows import Leave, Row
from scheduling.services.plan_away import away_in
from scheduling.services.plan_counts import Standing, Worked
from scheduling.services.plan_owed import Owes, Owing
from scheduling.services.rule_settings import Leave as LeaveSettings
from scheduling.services.rule_settings import rule_settings
from scheduling.solver.plan import problem as form


@dataclass(frozen=True, slots=True)
class Placing:
    """One person's period: the rotation if any, and the leave that falls into it."""

    rotation: int | None = None
    is_pinned: bool = False
    leave: str = ""
    is_all_leave: bool = False  # nobody is placed for it: as much of it is leave as the program's rules say
    note: str = ""
    override: str = ""  # why it stands although it breaks a rule


NOTHING = Placing()


@dataclass(frozen=True, slots=True, eq=False)
class PersonYear:
    """One row: `owed` are sentences' parts such as ("CL", 1), codes and the periods that are missing.

    `person` is the same person as the solver is told of them; `worked` is what counts toward staffing.
    """

    row: Row
    cells: Sequence[Placing]
    owed: Owes
    person: form.Person
    worked: Sequence[Worked] = ()

    @property
    def rotations(self) -> set[int]:
        """All that the person is placed on."""
        return {cell.rotation for cell in self.cells if cell.rotation is not None}


class YearPeople:
    """The people of a year as the solver is told of them, and their cells."""

    def __init__(self, first: date, last: date, periods: Sequence[Period], ranks: Ranks, program: Program) -> None:
        self.first, self.last, self.periods, self._ranks = first, last, periods, ranks
        self._settings = _leave_settings(program)

    def person(self, row: Row, leave: Sequence[Leave], history: Mapping[str, int]) -> form.Person:
        """One of them; `id` is the person's key as text."""
        employed = (
            date.min if row.first == self.first else row.first,
            date.max if row.last == self.last else row.last,
        )
        away: dict[str, set[int]] = {"outside": set(), "absent": set(), "part": set(), "": set()}
        # Most people are there all year, without leave.
        if leave or employed != (date.min, date.max):
            for place, period in enumerate(self.periods):
                away[away_in(period, employed, leave, self._settings)].add(place)
        (_, group), *later = self._groups(row)
        return form.Person(
            id=str(row.pk),
            name=row.name,
            group=group.label,
            group_changes=tuple((place, rank.label) for place, rank in later),
            absent=frozenset(away["absent"]),
            outside=frozenset(away["outside"]),
            part_leave=frozenset(away["part"]),
            history=history,
        )

    def ranks(self, rows: Iterable[Row]) -> Iterator[Rank]:
        """All that these people are in the course of the year."""
        for row in rows:
            for _, rank in self._groups(row):
                yield rank

    def year(
        self,
        row: Row,
        placed: Mapping[int, Placing],
        leave: Sequence[Leave],
        history: Mapping[str, int],
        codes: Mapping[int, str],
        owing: Owing,
    ) -> PersonYear:
        """The person's row, from what is placed by period; `codes` are the rotations'."""
        person = self.person(row, leave, history)
        cells = [placed.get(period.pk, NOTHING) for period in self.periods]
        if leave:
            cells = [
                self._cell(cell, leave, period, is_all=place in person.absent)
                for place, (cell, period) in enumerate(zip(cells, self.periods, strict=True))
            ]
        line = [None if cell.rotation is None else codes[cell.rotation] for cell in cells]
        return PersonYear(row, cells, owing.of(person, line), person, self._worked(row, person, cells))

    def _worked(self, row: Row, person: form.Person, cells: Sequence[Placing]) -> Sequence[Worked]:
        groups = dict(self._groups(row))
        rank = groups[0]
        found: dict[Standing, list[tuple[int, int]]] = {}
        for place, cell in enumerate(cells):
            rank = groups.get(place, rank)
            if cell.rotation is not None and not person.is_away(place):
                standing = Standing(rank, place in person.part_leave)
                found.setdefault(standing, []).append((place, cell.rotation))
        return tuple((standing, tuple(places)) for standing, places in found.items())

    def columns(self, years: Mapping[int, PersonYear]) -> tuple[list[dict[int, Standing]], list[dict[int, int]]]:
        """By period: who is there, and who of them is placed where."""
        made: dict[tuple[Rank, bool], Standing] = {}
        standing: list[dict[int, Standing]] = [{} for _ in self.periods]
        placed: list[dict[int, int]] = [{} for _ in self.periods]
        for key, year in years.items():
            person = year.person
            groups = dict(self._groups(year.row))
            rank = groups[0]
            for place, cell in enumerate(year.cells):
                rank = groups.get(place, rank)
                if person.is_away(place):
                    continue
                kind = (rank, place in person.part_leave)
                if kind not in made:
                    made[kind] = Standing(*kind)
                standing[place][key] = made[kind]
                if cell.rotation is not None:
                    placed[place][key] = cell.rotation
        return standing, placed

    def _groups(self, row: Row) -> list[tuple[int, Rank]]:
        """What the person is, with the place of the first period of each; as the solver: on a period's first day."""
        if not self._ranks.changes.get(row.pk):
            return [(0, self._ranks.today[row.pk])]
        found: list[tuple[int, Rank]] = []
        for place, period in enumerate(self.periods):
            rank = self._ranks.on(row.pk, max(period.start_date, self.first))
            if not found or found[-1][1].label != rank.label:
                found.append((place, rank))
        return found or [(0, row.rank)]

    def _cell(self, placed: Placing, leave: Sequence[Leave], period: Period, *, is_all: bool) -> Placing:
        kind = next((one.kind for one in leave if one.first <= period.end_date and one.last >= period.start_date), "")
        return replace(placed, leave=kind, is_all_leave=is_all) if kind else placed


def _leave_settings(program: Program) -> LeaveSettings:
    """What the program says of leave; the usual where its settings are wrong, which generating says."""
    try:
        return rule_settings(program).leave
    except ValidationError:
        return LeaveSettings()
