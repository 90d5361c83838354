"""What the rotation plan lets one expect of days that are not made yet, so that fairness is of the whole year.

A month of night float ahead is twenty nights that no later call can make good: whoever has it in spring is to be given
fewer of the nights that are free to give in autumn.
"""

from collections import defaultdict

from scheduling.solver.roster.coverage import Demand
from scheduling.solver.roster.ledger import is_night
from scheduling.solver.roster.problem import Span, WorkedBlock


def expected_nights(demand: Demand, days: Span) -> list[float]:
    """By person, the nights that they will work in these days: what each night needs, spread evenly over those who are
    placed on its rotation then and count in it. Cross-cover is not foreseen."""
    frame = demand.frame
    nights = [(rotation, shift) for rotation, shift in demand.rows if frame.shifts[shift].night]
    expected = [0.0] * len(frame.problem.people)
    for day in range(days[0], days[1] + 1):
        placed: dict[str, list[int]] = defaultdict(list)
        for person in range(len(expected)):
            if frame.present(person, day):
                placed[frame.placed[person][day]].append(person)
        for rotation, shift in nights:
            needed = max((row.fewest for row in demand.on(rotation, shift, day)), default=0)
            counted = [person for person in placed[rotation] if _counts(demand, person, rotation, shift, day)]
            for person in counted:
                expected[person] += min(1.0, needed / len(counted))
    return expected


def _counts(demand: Demand, person: int, rotation: str, shift: str, day: int) -> bool:
    group = demand.frame.problem.people[person].group
    return demand.counts(rotation, shift, day, group) and is_night(
        demand.frame, person, WorkedBlock(day, shift, rotation)
    )
