"""A conflict as plain data."""

from dataclasses import dataclass
from typing import Literal

from scheduling.solver.roster.problem import Span

Kind = Literal[
    "staffing",  # so many people, in a period or in a block
    "pin",  # a person is fixed to a rotation or a block
    "leave",  # a person is away
    "placement",  # a person is kept to, or kept off, rotations; in a roster: belongs elsewhere by the plan
    "curriculum",  # a person owes so much of some rotations
    "sequence",  # a rule of the program on a person's periods in a row
    "rule",  # a rule on a person's hours and rest
    "placed",  # a person is on some rotation in a period
]


@dataclass(frozen=True, slots=True)
class Group:
    """One thing that is asked for, whole: it holds or it is given up.

    `name` is that of the staffing, curriculum or rule; `rotations` those it is about. `periods` are the first and the
    last period of a plan, `days` the first and the last day of a roster that it is about; None where it is about
    none. `limit` is how many are asked for at least, with `is_most` at most; a placement with `is_most` keeps somebody
    off its rotations. `index` is the place of the row or placement in the problem.
    """

    kind: Kind
    person: str | None = None
    name: str = ""
    rotations: tuple[str, ...] = ()
    periods: Span | None = None
    days: Span | None = None
    shift_type: str | None = None
    limit: int | None = None
    is_most: bool = False
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Groups that cannot all hold, which a solver has proven. `is_irreducible`: without any one of them the others
    can, which it has found too; else time was up, and some may be beside the point."""

    groups: tuple[Group, ...]
    is_irreducible: bool
    seconds: float


class Undecided(Exception):
    """Time was up, or somebody said stop, before it was known whether there is a conflict."""
