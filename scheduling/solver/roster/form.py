"""The roster's side of problem files: see `scheduling.solver.files` for what each kind of problem offers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from scheduling.solver.codec import decode, encode
from scheduling.solver.roster.check import mistakes
from scheduling.solver.roster.problem import RosterProblem, RosterSolution
from scheduling.solver.roster.year import solve_roster as solve

__all__ = ["from_json", "mistakes", "report", "solution_from_json", "solution_to_json", "solve", "to_json"]


def to_json(problem: RosterProblem) -> dict[str, Any]:
    """The problem as a file holds it."""
    return {"kind": "roster", **encode(problem)}


def from_json(data: dict[str, Any]) -> RosterProblem:
    """The problem of a file that fits the schema."""
    problem: RosterProblem = decode(RosterProblem, data)
    return problem


def solution_to_json(solution: RosterSolution) -> dict[str, Any]:
    """The solution as a file holds it: assignments in order of person and day."""
    return {"kind": "roster solution", **encode(solution)}


def solution_from_json(data: dict[str, Any]) -> RosterSolution:
    """The solution that `solution_to_json` wrote."""
    solution: RosterSolution = decode(RosterSolution, data)
    return solution


def report(problem: RosterProblem, solution: RosterSolution) -> Iterator[str]:
    """What a reader of the terminal wants to know beyond objective, bound and gap: a line for each shortfall."""
    names = {person.id: person.name for person in problem.people}

    def on(day: int) -> str:
        return (problem.start + timedelta(days=day)).isoformat()

    yield f"assignments: {len(solution.assignments)}"
    yield f"requests: {len(problem.requests) - len(solution.refused)} granted, {len(solution.refused)} refused"
    for broken in solution.broken_pins:
        pin = broken.pin
        yield f"  pin kept: {names[pin.person]}, {pin.shift_type} on {on(pin.day)}, breaks: {broken.rule}"
    yield f"shortfalls: {sum(shortfall.missing for shortfall in solution.shortfalls)}"
    for shortfall in solution.shortfalls:
        who = f" of {', '.join(shortfall.groups)}" if shortfall.groups else ""
        yield (
            f"  {shortfall.rotation} {shortfall.shift_type} on {on(shortfall.day)}: {shortfall.missing}{who} missing"
            f" (price {shortfall.price:g})"
        )
