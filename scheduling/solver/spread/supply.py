"""Who may work what on each day, by the plan, leave and eligibility: everything but the rules between blocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scheduling.solver.roster.coverage import Demand
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.problem import Assigned, Measure, Span, WorkedBlock

type Where = tuple[str, str]  # rotation, shift type


@dataclass(frozen=True, slots=True)
class Offer:
    """What one person may work on one day, and how many blocks of it at most."""

    cells: tuple[Where, ...]
    most: int


NOTHING = Offer((), 0)


class Supply:
    """The offers of a problem's days, with what a roster gives beside them (a human may give anybody anything)."""

    def __init__(self, demand: Demand, worked: Sequence[dict[int, list[WorkedBlock]]], days: Span) -> None:
        self.frame = demand.frame
        self.offers = [
            [self._offer(demand, person, day, by_day.get(day, ())) for day in range(days[0], days[1] + 1)]
            for person, by_day in enumerate(worked)
        ]

    def _offer(self, demand: Demand, person: int, day: int, works: Sequence[WorkedBlock]) -> Offer:
        found = {(block.rotation, block.shift_type) for block in works}
        if self.frame.present(person, day):
            found |= {(c.block.rotation, c.block.shift_type) for c in demand.choices(person, day)}
        return self._narrowed(sorted(found), len(works)) if found else NOTHING

    def _narrowed(self, cells: Sequence[Where], works: int) -> Offer:
        types = {shift_type for _, shift_type in cells}
        joins = any(self.frame.joined(one, other) for one in types for other in types)
        return Offer(tuple(cells), max(works, len(types) if joins else 1))

    def of(self, person: int, day: int, counting: frozenset[str]) -> Offer:
        """The part of a person's offer that is of these shift types."""
        offer = self.offers[person][day]
        return _part(offer, tuple(cell for cell in offer.cells if cell[1] in counting))

    def within(self, person: int, day: int, wanted: frozenset[Where]) -> Offer:
        """The part of a person's offer that is of these blocks."""
        offer = self.offers[person][day]
        return _part(offer, tuple(cell for cell in offer.cells if cell in wanted))


def _part(offer: Offer, cells: tuple[Where, ...]) -> Offer:
    return Offer(cells, min(offer.most, len(cells))) if cells else NOTHING


def counting_shifts(frame: Frame, measure: Measure) -> frozenset[str]:
    """The shift types that a measure counts."""
    shifts = frame.shifts.values()
    if measure == "nights":
        return frozenset(shift.code for shift in shifts if shift.night)
    if measure == "backups":
        return frozenset(shift.code for shift in shifts if shift.duty == "backup")
    return frozenset(shift.code for shift in shifts if shift.duty != "backup")


def laid_out(frame: Frame, assignments: Iterable[Assigned]) -> list[dict[int, list[WorkedBlock]]]:
    """A roster by person, then day."""
    index = {person.id: number for number, person in enumerate(frame.problem.people)}
    worked: list[dict[int, list[WorkedBlock]]] = [{} for _ in index]
    for each in assignments:
        block = WorkedBlock(each.day, each.shift_type, each.rotation)
        worked[index[each.person]].setdefault(each.day, []).append(block)
    return worked
