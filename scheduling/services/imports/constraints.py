"""The models' check constraints, asked of a row without the database: one query a row and constraint would be slow."""

from collections.abc import Callable, Iterator, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any

from django.db.models import CheckConstraint, F, Model, Q

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {"exact": eq, "gt": gt, "gte": ge, "lt": lt, "lte": le}


def broken(instance: Model, fields: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Name and sentence of each check constraint that the values of these fields break.

    Constraints that speak of other fields too are passed over.
    """
    for constraint in instance._meta.constraints:
        if not isinstance(constraint, CheckConstraint) or not isinstance(constraint.condition, Q):
            continue
        if _named(constraint.condition) <= fields and _truth(constraint.condition, instance) is False:
            yield constraint.name, str(constraint.violation_error_message)


def _named(condition: Q) -> set[str]:
    """The fields that a condition speaks of."""
    found: set[str] = set()
    for child in condition.children:
        if isinstance(child, Q):
            found |= _named(child)
        elif isinstance(child, tuple):
            lookup, value = child
            found.add(lookup.partition("__")[0])
            if isinstance(value, F):
                found.add(_name(value))
    return found


def _truth(condition: Q, instance: Model) -> bool | None:
    """Whether a condition holds; None where an empty value leaves it unknown, which a check lets pass, as in SQL."""
    answers = [
        _truth(child, instance) if isinstance(child, Q) else _compare(instance, *child)  # type: ignore[misc]
        for child in condition.children
    ]
    decisive = condition.connector == Q.OR
    answer: bool | None
    if decisive in answers:
        answer = decisive
    else:
        answer = None if None in answers else not decisive
    return answer if answer is None or not condition.negated else not answer


def _compare(instance: Model, lookup: str, value: Any) -> bool | None:
    field, _, comparison = lookup.partition("__")
    left = getattr(instance, field)
    if comparison == "isnull":
        return (left is None) is value
    right = getattr(instance, _name(value)) if isinstance(value, F) else value
    if left is None or right is None:
        return None
    return COMPARISONS[comparison or "exact"](left, right)


def _name(reference: Any) -> str:
    """The field that an F names."""
    name: str = reference.name
    return name
