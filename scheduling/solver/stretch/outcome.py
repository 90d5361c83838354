"""The lines as a roster solution: assignments, what is missing, what was refused, fairness, what is carried on."""

from scheduling.solver import highs
from scheduling.solver.progress import relative_gap
from scheduling.solver.roster.coverage import Demand, shortfalls, who_is_there
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import Ledger
from scheduling.solver.roster.problem import Assigned, BrokenPin, RosterProblem, RosterSolution, WorkedBlock
from scheduling.solver.roster.requests import refused
from scheduling.solver.stretch.case import Case
from scheduling.solver.stretch.network import OFF, Line

REMEMBERED = 28  # days whose blocks are carried on


def solution(
    problem: RosterProblem,
    case: Case,
    lines: dict[int, Line],
    given_up: dict[str, tuple[str, ...]],
    *,
    bound: float,
    status: str,
    seconds: float,
) -> RosterSolution:
    """`given_up` names, by person, the limits that pins or leave left no room for."""
    frame = Frame(problem)
    worked: list[dict[int, list[WorkedBlock]]] = [
        {d: [WorkedBlock(d, case.options[k][1], case.options[k][0])] for d, k in enumerate(lines[i]) if k != OFF}
        for i in range(len(problem.people))
    ]
    days = (0, problem.days - 1)
    demand = Demand(frame)
    ledger = Ledger(frame)
    ledger.enter(worked, days)
    objective = round(case.objective(lines), 6)
    proven = round(min(bound, objective), 6)
    return RosterSolution(
        assignments=tuple(
            sorted(
                Assigned(person.id, b.day, b.shift_type, b.rotation)
                for person, by_day in zip(problem.people, worked, strict=True)
                for blocks in by_day.values()
                for b in blocks
            )
        ),
        shortfalls=tuple(shortfalls(demand, who_is_there(demand, worked, days), days)),
        broken_pins=_broken(problem, given_up),
        refused=tuple(refused(frame, worked, days)),
        fairness=tuple(ledger.shares()),
        carried={
            person.id: ledger.carried(i, _recent(problem, person.carried.recent, worked[i]))
            for i, person in enumerate(problem.people)
        },
        objective=objective,
        bound=proven,
        gap=relative_gap(objective, proven),
        status=status,
        seconds=seconds,
        versions=highs.versions(),
        seed=problem.seed,
    )


def _recent(
    problem: RosterProblem, before: tuple[WorkedBlock, ...], worked: dict[int, list[WorkedBlock]]
) -> tuple[WorkedBlock, ...]:
    blocks = [*before, *(b for _, blocks in sorted(worked.items()) for b in blocks)]
    moved = [WorkedBlock(b.day - problem.days, b.shift_type, b.rotation) for b in blocks]
    return tuple(b for b in moved if b.day >= -REMEMBERED)


def _broken(problem: RosterProblem, given_up: dict[str, tuple[str, ...]]) -> tuple[BrokenPin, ...]:
    """Pins of people whose limits gave way, and pins on days that are closed to the person."""
    people = {p.id: p for p in problem.people}
    found = []
    for pin in problem.pins:
        person = people[pin.person]
        broken = list(given_up.get(pin.person, ()))
        if any(first <= pin.day <= last for first, last in person.leave):
            broken.append("leave")
        if person.limits and pin.day in person.limits.days_off:
            broken.append("a fixed day off")
        if person.limits and person.limits.shifts.get(pin.shift_type) == 0:
            broken.append("a shift type that the person does not work")
        found += [BrokenPin(pin, words) for words in broken]
    return tuple(found)
