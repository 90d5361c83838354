"""Small plan problems for the tests, said in few words."""

from typing import Any

from scheduling.solver.plan.problem import (
    Curriculum,
    Person,
    PlanProblem,
    PlanSolution,
    Rotation,
    Staffing,
    Wish,
)
from scheduling.solver.plan.solve import solve_plan


def person(name: str = "ann", group: str = "PGY-1", **more: Any) -> Person:
    return Person(name, name.title(), group, **more)


def problem(periods: int, *people: Person, rotations: str = "AB", **more: Any) -> PlanProblem:
    """Rotations are single letters; without a curriculum everybody may go everywhere."""
    return PlanProblem(
        periods=tuple(f"P{number}" for number in range(1, periods + 1)),
        people=people or (person(),),
        rotations=more.pop("services", None) or tuple(Rotation(code, code) for code in rotations),
        **more,
    )


def need(rotation: str, fewest: int = 0, most: int | None = None, **more: Any) -> Staffing:
    return Staffing(f"need {rotation}", tuple(rotation), fewest=fewest, most=most, **more)


def owe(rotation: str, fewest: int = 0, most: int | None = None, **more: Any) -> Curriculum:
    return Curriculum(f"owe {rotation}", tuple(rotation), fewest=fewest, most=most, **more)


def wants(text: str, who: str = "ann", weight: float = 1) -> tuple[Wish, ...]:
    """A wish for each letter in turn; a dot wishes nothing."""
    return tuple(Wish(who, period, frozenset({code}), weight) for period, code in enumerate(text) if code != ".")


def solved(case: PlanProblem, **more: Any) -> PlanSolution:
    solution = solve_plan(case, time_limit=more.pop("time_limit", 30), **more)
    assert solution.status == "optimal"
    return solution


def line(solution: PlanSolution, who: str = "ann", periods: int = 13) -> str:
    """The person's plan, a letter a period; a dot where there is none."""
    row = "".join(solution.placements.get((who, period), ".") for period in range(periods))
    return row.rstrip(".") if periods == 13 else row


def missing(solution: PlanSolution) -> list[tuple[Any, ...]]:
    return [(s.kind, s.name, s.period, s.person, s.amount, s.price) for s in solution.shortfalls]
