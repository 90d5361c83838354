"""The ledger of fairness: what each person has worked and their fair share: nights, weekends, holidays, hours, backup.

A fair share is the person's part of what their group works: in proportion to the days they are there and not
on leave, times their part-time share. What is worked and what would be fair add up from period to period.
"""

from collections import defaultdict
from collections.abc import Sequence

from scheduling.solver.roster.choosing import is_work
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.problem import MEASURES, Carried, FairShare, Measure, Span, Tally, WorkedBlock


class Ledger:
    """What everybody has worked and what would have been fair, so far."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        people = frame.problem.people
        self.worked = [_amounts(person.carried.worked) for person in people]
        self.fair = [_amounts(person.carried.fair) for person in people]
        self.ahead: list[dict[Measure, float]] = [dict.fromkeys(MEASURES, 0.0) for _ in people]

    def balance(self, person: int, measure: Measure) -> float:
        """What the person has worked, and is foreseen to work, beyond (above 0) or below their fair share."""
        return self.worked[person][measure] - self.fair[person][measure] + self.ahead[person][measure]

    def foresee(self, measure: Measure, expected: Sequence[float], days: Span) -> None:
        """Takes into the balances what each person is expected to work in days that are not entered."""
        for members in groups(self.frame).values():
            parts = weights(self.frame, members, days)
            total = sum(expected[person] for person in members)
            for person in members:
                self.ahead[person][measure] += expected[person] - total * parts[person]

    def enter(self, worked: Sequence[dict[int, list[WorkedBlock]]], days: Span) -> None:
        """Adds the days' work (by person, then day) and everybody's fair share of it."""
        frame = self.frame
        done = [tally(frame, person, by_day, days) for person, by_day in enumerate(worked)]
        for members in groups(frame).values():
            parts = weights(frame, members, days)
            for measure in MEASURES:
                total = sum(done[person][measure] for person in members)
                for person in members:
                    self.worked[person][measure] += done[person][measure]
                    self.fair[person][measure] += total * parts[person]

    def shares(self) -> list[FairShare]:
        """Worked and fair in the problem's days, without what was carried in."""
        result = []
        for index, person in enumerate(self.frame.problem.people):
            before, fair = _amounts(person.carried.worked), _amounts(person.carried.fair)
            worked = {m: self.worked[index][m] - before[m] for m in MEASURES}
            share = {m: self.fair[index][m] - fair[m] for m in MEASURES}
            result.append(FairShare(person.id, _tally(worked), _tally(share)))
        return result

    def carried(self, person: int, recent: tuple[WorkedBlock, ...]) -> Carried:
        return Carried(_tally(self.worked[person]), _tally(self.fair[person]), recent)


def groups(frame: Frame) -> dict[str, list[int]]:
    """The people whom fairness compares with each other."""
    found: dict[str, list[int]] = defaultdict(list)
    for index, person in enumerate(frame.problem.people):
        found[person.group].append(index)
    return found


def weights(frame: Frame, members: Sequence[int], days: Span) -> dict[int, float]:
    """Each member's part of what the group works in these days; they add up to 1, unless nobody is there."""
    there = presences(frame, members, days)
    total = sum(there.values())
    return {person: amount / total if total else 0.0 for person, amount in there.items()}


def presences(frame: Frame, members: Sequence[int], days: Span) -> dict[int, float]:
    """What the members' parts are in proportion to: the days on which they are there, times their share."""
    return {
        person: frame.problem.people[person].share
        * sum(1 for day in range(days[0], days[1] + 1) if frame.present(person, day))
        for person in members
    }


def is_night(frame: Frame, person: int, block: WorkedBlock) -> bool:
    """Whether the block counts as a night of this person; faculty's are not counted."""
    return frame.shifts[block.shift_type].night and not frame.problem.people[person].faculty


def weekend_of(frame: Frame, day: int) -> int | None:
    """The Saturday of the weekend that a day belongs to; None on weekdays."""
    weekday = frame.weekday(day)
    return day - weekday + 5 if weekday >= 5 else None


def tally(frame: Frame, person: int, by_day: dict[int, list[WorkedBlock]], days: Span) -> dict[Measure, float]:
    """What a person works in these days. Weekends and holidays count once, however many blocks are worked in them."""
    blocks = [block for day in range(days[0], days[1] + 1) for block in by_day.get(day, ())]
    worked = {block.day for block in blocks if is_work(frame, block)}
    weekends = {weekend_of(frame, day) for day in worked} - {None}
    return {
        "nights": float(sum(1 for block in blocks if is_night(frame, person, block))),
        "weekends": float(len(weekends) - _split_weekend(frame, by_day, days)),
        "holidays": float(len(worked & frame.holidays)),
        "minutes": float(sum(frame.counted(block.shift_type, block.day) for block in blocks)),
        "backups": float(sum(1 for block in blocks if not is_work(frame, block))),
    }


def _split_weekend(frame: Frame, by_day: dict[int, list[WorkedBlock]], days: Span) -> int:
    """1 if the days begin on a Sunday that is worked as well as the Saturday before: counted already."""
    if frame.weekday(days[0]) != 6:
        return 0
    both = (by_day.get(days[0] - 1, ()), by_day.get(days[0], ()))
    return int(all(any(is_work(frame, block) for block in blocks) for blocks in both))


def _amounts(tally: Tally) -> dict[Measure, float]:
    return {measure: getattr(tally, measure) for measure in MEASURES}


def _tally(amounts: dict[Measure, float]) -> Tally:
    return Tally(**{measure: round(amounts[measure], 6) for measure in MEASURES})
