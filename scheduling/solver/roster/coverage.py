"""Coverage: who may work which block, and the price of a block with too few or too many people."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.model import Agenda, Cell, Choice, Model, Term, cell_of, ones
from scheduling.solver.roster.problem import Coverage, CrossCover, Shortfall, Span, WorkedBlock

There = dict[Cell, list[str]]  # the groups of those who are in a block


class Demand:
    """The coverage rows by block, and from them the blocks that each person may be given."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.rows: dict[tuple[str, str], list[Coverage]] = defaultdict(list)
        self.shifts: dict[str, list[str]] = defaultdict(list)
        for row in frame.problem.coverage:
            if row.shift_type not in self.shifts[row.rotation]:
                self.shifts[row.rotation].append(row.shift_type)
            self.rows[row.rotation, row.shift_type].append(row)
        self.covering: dict[str, list[CrossCover]] = defaultdict(list)
        for cover in frame.problem.cross_cover:
            self.covering[cover.placed_on].append(cover)

    def on(self, rotation: str, shift_type: str, day: int) -> Iterator[Coverage]:
        """The rows that hold in a block."""
        for row in self.rows.get((rotation, shift_type), ()):
            if self._holds(row, day):
                yield row

    def _holds(self, row: Coverage, day: int) -> bool:
        if row.holidays != "as_weekday" and (day in self.frame.holidays) != (row.holidays == "only"):
            return False
        if row.days is not None:
            return day in row.days
        return row.weekdays is None or self.frame.weekday(day) in row.weekdays

    def counts(self, rotation: str, shift_type: str, day: int, group: str) -> bool:
        return any(row.groups is None or group in row.groups for row in self.on(rotation, shift_type, day))

    def choices(self, person: int, day: int) -> Iterator[Choice]:
        """The blocks that the person's placement allows on a day of theirs; rules between blocks not yet asked."""
        frame = self.frame
        if not frame.is_open(person, day):
            return
        home = frame.placed[person][day]
        group = frame.problem.people[person].group
        owed = regular_shifts(frame, person, day)
        for shift_type in dict.fromkeys((*self.shifts.get(home, ()), *owed)):
            if shift_type in owed or self.counts(home, shift_type, day, group):
                yield Choice(person, WorkedBlock(day, shift_type, home))
        for cover in self.covering.get(home, ()):
            if cover.groups is not None and group not in cover.groups:
                continue
            if cover.weekdays is not None and frame.weekday(day) not in cover.weekdays:
                continue
            for shift_type in cover.shift_types:
                if self.counts(cover.covers, shift_type, day, group):
                    yield Choice(person, WorkedBlock(day, shift_type, cover.covers), cover.price)


def regular_shifts(frame: Frame, person: int, day: int) -> tuple[str, ...]:
    """The blocks of the ordinary week that the person owes that day: none on holidays, on leave or unplaced."""
    if day in frame.holidays or not frame.present(person, day):
        return ()
    rotation = frame.rotations[frame.placed[person][day]]
    return rotation.regular.get(frame.weekday(day), ())


def add_coverage(model: Model, demand: Demand, agendas: Sequence[Agenda], there: There) -> None:
    """Prices what each row misses or has too much of, in the blocks that these people may be given. `there`: who is
    in each block already, of all people."""
    people = demand.frame.problem.people
    cells: dict[Cell, list[Choice]] = defaultdict(list)
    for agenda in agendas:
        for choices in agenda.choices.values():
            for choice in choices:
                cells[choice.cell].append(choice)
    for cell, choices in sorted(cells.items()):
        for row in demand.on(*cell):
            counted = [c for c in choices if row.groups is None or people[c.person].group in row.groups]
            _add_row(model, row, ones(counted), counted_there(row, there.get(cell, ())))


def who_is_there(demand: Demand, worked: Sequence[dict[int, list[WorkedBlock]]], days: Span) -> There:
    """The groups of the people in each block, given who works what (by person, then day)."""
    there: There = defaultdict(list)
    for person, by_day in zip(demand.frame.problem.people, worked, strict=True):
        for day in range(days[0], days[1] + 1):
            for block in by_day.get(day, ()):
                there[cell_of(block)].append(person.group)
    return there


def counted_there(row: Coverage, groups: Sequence[str]) -> int:
    return sum(1 for group in groups if row.groups is None or group in row.groups)


def _add_row(model: Model, row: Coverage, terms: list[Term], there: int) -> None:
    missing = row.fewest - there
    if missing > 0 and not terms:
        model.constant += missing * row.price_below
    elif missing > 0:
        short = model.amount(row.price_below, missing)
        model.at_least([*terms, (short, 1.0)], missing)
    if row.most is not None and there + len(terms) > row.most:
        over = model.amount(row.price_above)
        model.at_most([*terms, (over, -1.0)], row.most - there)


def shortfalls(demand: Demand, there: There, days: Span) -> list[Shortfall]:
    """What is missing in each block of these days."""
    found = []
    for rotation, shift_type in demand.rows:
        for day in range(days[0], days[1] + 1):
            for row in demand.on(rotation, shift_type, day):
                missing = row.fewest - counted_there(row, there.get((rotation, shift_type, day), ()))
                if missing > 0:
                    price = missing * row.price_below
                    found.append(Shortfall(rotation, day, shift_type, row.groups, missing, price))
    return sorted(found, key=lambda item: (item.day, item.rotation, item.shift_type, item.groups or ()))


def hopeless(demand: Demand, there: There, cells: set[Cell], days: Span) -> float:
    """The price of what is missing in blocks that nobody can be given (`cells`: those that somebody can)."""
    return sum(
        missing.price
        for missing in shortfalls(demand, there, days)
        if (missing.rotation, missing.shift_type, missing.day) not in cells
    )


def add_regular_week(model: Model, frame: Frame, agenda: Agenda) -> None:
    """Prices each block of the ordinary week not worked, unless another block or a post-call day takes its place."""
    for day in agenda.choices:
        owed = regular_shifts(frame, agenda.person, day)
        for code in owed:
            if _taken_by_fixed(frame, agenda, day, code):
                continue
            instead = [c for c in agenda.choices[day] if not frame.joined(code, c.block.shift_type)]
            after = [c for c in agenda.choices.get(day - 1, ()) if frame.post_call(c.block.shift_type)]
            missed = model.amount(frame.problem.prices.missing_regular, 1.0)
            model.at_least([*ones(instead), *ones(after), (missed, 1.0)], 1.0)


def _taken_by_fixed(frame: Frame, agenda: Agenda, day: int, code: str) -> bool:
    if any(not frame.joined(code, block.shift_type) for block in agenda.fixed.get(day, ())):
        return True
    return any(frame.post_call(block.shift_type) for block in agenda.fixed.get(day - 1, ()))
