"""The plan's side of problem files: see `scheduling.solver.files` for what each kind of problem offers."""

from collections.abc import Iterator
from typing import Any

from scheduling.solver.codec import decode, encode
from scheduling.solver.plan.check import mistakes
from scheduling.solver.plan.problem import PlanProblem, PlanSolution, Shortfall
from scheduling.solver.plan.solve import solve_plan as solve

__all__ = ["from_json", "mistakes", "report", "solution_from_json", "solution_to_json", "solve", "to_json"]


def to_json(problem: PlanProblem) -> dict[str, Any]:
    """The problem as a file holds it."""
    return {"kind": "plan", **encode(problem)}


def from_json(data: dict[str, Any]) -> PlanProblem:
    """The problem of a file that fits the schema."""
    problem: PlanProblem = decode(PlanProblem, data)
    return problem


def solution_to_json(solution: PlanSolution) -> dict[str, Any]:
    """The solution as a file holds it: placements in order of person and period."""
    placed = [
        {"person": person, "period": period, "rotation": rotation}
        for (person, period), rotation in sorted(solution.placements.items())
    ]
    return {"kind": "plan solution", **encode(solution), "placements": placed}


def solution_from_json(data: dict[str, Any]) -> PlanSolution:
    """The solution that `solution_to_json` wrote."""
    placed = {(each["person"], each["period"]): each["rotation"] for each in data["placements"]}
    solution: PlanSolution = decode(PlanSolution, {**data, "placements": {}})
    return PlanSolution(**{name: getattr(solution, name) for name in PlanSolution.__slots__} | {"placements": placed})


def report(problem: PlanProblem, solution: PlanSolution) -> Iterator[str]:
    """What a reader of the terminal wants to know beyond objective, bound and gap: a line for each shortfall."""
    names = {person.id: person.name for person in problem.people}
    yield f"placed {len(solution.placements)} person-periods, score {solution.score:g}"
    yield f"wishes: {len(solution.granted)} granted, {len(solution.refused)} refused"
    yield f"shortfalls: {len(solution.shortfalls)}"
    for shortfall in solution.shortfalls:
        yield f"  {_sentence(problem, names, shortfall)} (price {shortfall.price:g})"


def _sentence(problem: PlanProblem, names: dict[str, str], shortfall: Shortfall) -> str:
    parts = [shortfall.kind]
    if shortfall.name:
        parts.append(f"{shortfall.name}: {shortfall.amount}")
    if shortfall.person is not None:
        parts.append(names[shortfall.person])
    if shortfall.period is not None:
        parts.append(f"period {problem.periods[shortfall.period]}")
    return ", ".join(parts)
