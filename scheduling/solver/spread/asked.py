"""What is asked for, as far as the roster at hand gives it: coverage, and everybody's ordinary week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scheduling.solver.roster.coverage import Demand, There, counted_there, regular_shifts, who_is_there
from scheduling.solver.roster.price_terms import is_in_its_place
from scheduling.solver.roster.problem import Span, WorkedBlock


@dataclass(frozen=True, slots=True)
class Owed:
    """The ordinary blocks of a person by day, and how many of them are worked, or excused, in the roster at hand."""

    blocks: dict[int, tuple[str, ...]]
    kept: int

    @property
    def most_in_a_day(self) -> int:
        return max(map(len, self.blocks.values()), default=0)


class Asked:
    """What any roster has to give that is staffed as well as the one at hand, for the members of a group."""

    def __init__(
        self, demand: Demand, worked: Sequence[dict[int, list[WorkedBlock]]], days: Span, members: Sequence[int]
    ) -> None:
        self.frame = demand.frame
        self.there: There = who_is_there(demand, worked, days)
        self.rows = demand.frame.problem.coverage
        self.owed = [_owed(demand, person, worked[person], days) for person in members]

    def groups(self, place: int) -> tuple[str, ...] | None:
        """The groups that a row of coverage counts."""
        return self.rows[place].groups

    def bounds(self, place: int, dates: Iterable[int]) -> tuple[int, int | None]:
        """The fewest and the most people that a row takes on these days together: where the roster at hand has fewer
        or more, that many are enough, and not too many."""
        row = self.rows[place]
        there = [counted_there(row, self.there.get((row.rotation, row.shift_type, day), ())) for day in dates]
        fewest = sum(min(row.fewest, number) for number in there)
        return fewest, None if row.most is None else sum(max(row.most, number) for number in there)

    def instead(self, number: int, shift_type: str, dates: Iterable[int]) -> float:
        """How many ordinary blocks a block of these days may stand for: those of its day that it takes the place of,
        and those of the day after, if that is a post-call day."""
        mine = self.owed[number]
        same_day = max(
            sum(1 for code in mine.blocks.get(day, ()) if not self.frame.joined(code, shift_type)) for day in dates
        )
        return same_day + (mine.most_in_a_day if self.frame.post_call(shift_type) else 0)


def _owed(demand: Demand, person: int, by_day: dict[int, list[WorkedBlock]], days: Span) -> Owed:
    frame = demand.frame
    owed = {day: codes for day in range(days[0], days[1] + 1) if (codes := regular_shifts(frame, person, day))}
    kept = sum(is_in_its_place(frame, by_day, day, code) for day, codes in owed.items() for code in codes)
    return Owed(owed, kept)
