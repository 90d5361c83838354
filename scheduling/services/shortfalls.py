"""What a generated schedule misses, as data with a sentence that a chief would say."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from scheduling.models import Period
from scheduling.rules.verdict import Verdict
from scheduling.services.facts import Facts
from scheduling.solver.plan.problem import PlanSolution
from scheduling.solver.plan.problem import Shortfall as PlanShortfall
from scheduling.solver.roster.problem import BrokenPin, RosterSolution
from scheduling.solver.roster.problem import Shortfall as RosterShortfall


def plan_shortfalls(facts: Facts, solution: PlanSolution) -> list[dict[str, Any]]:
    """Each shortfall of a plan: kind, name, rotations, missing, price, period, person, sentence."""
    people = {person.code: person.name for person in facts.people}
    return [_plan_shortfall(facts, each, people) for each in solution.shortfalls]


def _plan_shortfall(facts: Facts, missed: PlanShortfall, people: Mapping[str, str]) -> dict[str, Any]:
    period = None if missed.period is None else facts.periods[missed.period]
    return {
        "stage": "plan",
        "kind": missed.kind,
        "name": missed.name,
        "rotations": list(missed.rotations),
        "missing": missed.amount,
        "price": missed.price,
        "period": period.number if period else None,
        "person": missed.person,
        "sentence": _plan_sentence(missed, period, people.get(missed.person or "", missed.person or "")),
    }


def _plan_sentence(missed: PlanShortfall, period: Period | None, person: str) -> str:
    when = f"period {period.number} ({_span(period.start_date, period.end_date)})" if period else "the year"
    periods = f"{missed.amount} period{'s' if missed.amount > 1 else ''}"
    match missed.kind:
        case "staffing below":
            return f"{missed.name} is {missed.amount} short in {when}."
        case "staffing above":
            return f"{missed.name} has {missed.amount} too many in {when}."
        case "curriculum below":
            return f"{person} is owed {periods} more of {missed.name}."
        case "curriculum above":
            return f"{person} has {periods} too many of {missed.name}."
        case "unplaced":
            return f"{person} has no rotation in {when}."
        case "lost pin":
            return f"{person} is pinned to {', '.join(missed.rotations)} in {when}, and on leave then."
        case _:
            return f"A pin of {person or 'somebody'} in {when} breaks a rule: {missed.name}."


def roster_shortfalls(facts: Facts, solution: RosterSolution) -> list[dict[str, Any]]:
    """Each shortfall of a roster: rotation, date, shift, missing, price, sentence; then the pins that break rules."""
    return [*(roster_shortfall(facts, each) for each in solution.shortfalls), *_broken(facts, solution.broken_pins)]


def roster_shortfall(facts: Facts, missed: RosterShortfall) -> dict[str, Any]:
    """One shortfall of a roster as data."""
    day = facts.first + timedelta(days=missed.day)
    rotation, shift = _names(facts, missed.rotation, missed.shift_type)
    counted = f" ({', '.join(missed.groups)})" if missed.groups else ""
    people = "Somebody is" if missed.missing == 1 else f"{missed.missing} people are"
    return {
        "stage": "roster",
        "kind": "coverage below",
        "rotation": missed.rotation,
        "date": day.isoformat(),
        "shift": missed.shift_type,
        "missing": missed.missing,
        "price": missed.price,
        "sentence": f"{people} missing on {rotation} on {day:%a %-d %b}, {shift}{counted}.",
    }


def _broken(facts: Facts, pins: tuple[BrokenPin, ...]) -> Iterator[dict[str, Any]]:
    people = {person.code: person.name for person in facts.people}
    for broken in pins:
        pin = broken.pin
        day = facts.first + timedelta(days=pin.day)
        rotation, shift = _names(facts, pin.rotation or "", pin.shift_type)
        yield {
            "stage": "roster",
            "kind": "broken rule",
            "rotation": pin.rotation,
            "date": day.isoformat(),
            "shift": pin.shift_type,
            "person": pin.person,
            "missing": 0,
            "price": 0,
            "sentence": (
                f"The pin of {people[pin.person]} to {rotation or 'a block'} on {day:%a %-d %b}, {shift}, breaks a "
                f"rule: {broken.rule}."
            ),
        }


def _names(facts: Facts, rotation: str, shift_type: str) -> tuple[str, str]:
    rotations = {each.code: each.name for each in facts.rotations.values()}
    shifts = {each.code: each.name.lower() for each in facts.shift_types.values()}
    return rotations.get(rotation, rotation), shifts[shift_type]


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """A verdict for the run's row."""
    return {
        "rule": verdict.rule,
        "clause": verdict.clause,
        "label": verdict.label,
        "force": str(verdict.force),
        "person": verdict.person,
        "first": verdict.first.isoformat(),
        "last": verdict.last.isoformat(),
        "sentence": verdict.sentence,
    }


def _span(first: date, last: date) -> str:
    return f"{first:%-d %b} to {last:%-d %b}"
