"""The rotation plan as a problem and a solution: who is on which rotation in which period.

Periods are numbered from 0; rotations, people and groups are named by their codes. A *group* is one label for
level and track together ("PGY-1", "PGY-1 NEURO", "Faculty"). Nothing here knows of Django, of PuLP or of
files.

Everything that may be missing is priced, so that every problem has a solution: see `Prices`. What is never
given up: leave, pinned placements, and the sequence rules without a price (unless a pin breaks one, which is
then reported).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be placed.

    `group` holds from the first period on, `group_changes` (first period, group) from later ones (off-cycle
    people). `absent` are periods spent on leave, `outside` those in which the person does not belong to the
    program (not yet hired, already gone): both get no rotation; the curriculum is owed for the first kind and
    not for the second. `part_leave` are periods partly on leave: only rotations that allow it. `history`
    counts periods already done toward the curriculum. `previous` are the rotations of the periods just before
    the first one, in order of time, None for leave: stints and sequence rules look across that edge.
    """

    id: str
    name: str
    group: str
    group_changes: tuple[tuple[int, str], ...] = ()
    absent: frozenset[int] = frozenset()
    outside: frozenset[int] = frozenset()
    part_leave: frozenset[int] = frozenset()
    history: Mapping[str, int] = field(default_factory=dict)
    previous: tuple[str | None, ...] = ()

    def group_in(self, period: int) -> str:
        """The group that the person belongs to in this period."""
        group = self.group
        for first, later in self.group_changes:
            if first <= period:
                group = later
        return group

    def is_away(self, period: int) -> bool:
        """Whether the person gets no rotation in this period."""
        return period in self.absent or period in self.outside


@dataclass(frozen=True, slots=True)
class Rotation:
    """A service. `leave_groups` are the groups that may be here in a period partly on leave; None means
    everybody."""

    code: str
    name: str
    leave_groups: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Staffing:
    """How many people the rotations together need and can take, in each of `periods` (None: in every one).

    Each person of `groups` (None: everybody) on one of `rotations` counts `weight`, and `part_leave_weight`
    in a period partly on leave (None: the same). Below `fewest` each missing unit costs `price_below`, above
    `most` each one too many costs `price_above`; None takes the price of the problem's `Prices`.
    """

    name: str
    rotations: tuple[str, ...]
    periods: tuple[int, ...] | None = None
    groups: frozenset[str] | None = None
    fewest: int = 0
    most: int | None = None
    weight: int = 1
    part_leave_weight: int | None = None
    price_below: float | None = None
    price_above: float | None = None


@dataclass(frozen=True, slots=True)
class Curriculum:
    """How many periods people spend on `rotations`, taken together ("one of").

    It is owed by whoever is in one of `groups` or one of `people`; by everybody if neither is named. A person
    may only be placed on a rotation that one of their rows of that period names (with `most` 0 a row
    forbids). `waived_on_leave` lets people with a whole period of leave owe nothing of it. Each period
    missing or too many costs `price` (None: that of `Prices`). With `counts_history` what the person did
    before counts (the residency's rows, or a year's in mid-year); without, a person who is in the group or
    the program for a part of the horizon owes that part of `fewest`, rounded down.
    """

    name: str
    rotations: tuple[str, ...]
    groups: frozenset[str] | None = None
    people: frozenset[str] | None = None
    fewest: int = 0
    most: int | None = None
    waived_on_leave: bool = False
    counts_history: bool = False
    price: float | None = None


@dataclass(frozen=True, slots=True)
class AtMost:
    """In any `window` consecutive periods at most `most` are spent on `rotations` taken together.

    `price` per period too many and window; None: a hard rule. As all sequence rules it is for people in
    `groups` and for `people`, for everybody if neither is named; the group in the window's last period
    decides. What happened before the first period is not charged, only what is added to it.
    """

    name: str
    rotations: frozenset[str]
    most: int
    window: int
    groups: frozenset[str] | None = None
    people: frozenset[str] | None = None
    price: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One period of a pattern: on one of `rotations`, or, if not `inside`, on none of them (leave is on
    none)."""

    rotations: frozenset[str]
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Pattern:
    """Consecutive periods that look like `steps`: forbidden (price None), discouraged (> 0) or rewarded (<
    0).

    Every first period counts, or those in `starts` only. Occurrences may overlap, and each has the price. A
    pattern that began before the first period and ends in the horizon counts as well, unless `starts` is
    given.
    """

    name: str
    steps: tuple[Step, ...]
    starts: tuple[int, ...] | None = None
    groups: frozenset[str] | None = None
    people: frozenset[str] | None = None
    price: float | None = None


@dataclass(frozen=True, slots=True)
class OnlyIn:
    """`rotations` may be taken in `periods` only. `price` per period outside them; None: a hard rule."""

    name: str
    rotations: frozenset[str]
    periods: tuple[int, ...]
    groups: frozenset[str] | None = None
    people: frozenset[str] | None = None
    price: float | None = None


@dataclass(frozen=True, slots=True)
class MustBeIn:
    """In each of `periods` people are on one of `rotations`, unless on leave or unplaced. `price` per period; None:
    a hard rule."""

    name: str
    rotations: frozenset[str]
    periods: tuple[int, ...]
    groups: frozenset[str] | None = None
    people: frozenset[str] | None = None
    price: float | None = None


@dataclass(frozen=True, slots=True)
class Stint:
    """Each run of consecutive periods on one of `rotations` (each for itself) lasts `shortest` to `longest`
    periods.

    A run goes on from `Person.previous`. One that leave cuts off on either side, that reaches the end of the
    horizon, or that has been going on for as long as is known is excused from `shortest`, never from `longest`.
    `price` per period too short or too long; None: hard.
    """

    name: str
    rotations: frozenset[str]
    shortest: int = 1
    longest: int | None = None
    groups: frozenset[str] | None = None
    people: frozenset[str] | None = None
    price: float | None = None


type SequenceRule = AtMost | Pattern | OnlyIn | MustBeIn | Stint


@dataclass(frozen=True, slots=True)
class Placement:
    """What is settled for one person and period: one of `rotations` (`allowed`) or none of them.

    A `pinned` one is always kept, even where it breaks a rule or leaves the curriculum. One that is not is
    kept within the rules: where it cannot be, the person is left unplaced. Leave is kept before either.
    """

    person: str
    period: int
    rotations: frozenset[str]
    allowed: bool = True
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person would like (`weight` > 0) or would not like (< 0) in a period: to be on one of
    `rotations`."""

    person: str
    period: int
    rotations: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Prices:
    """What it costs to miss something, against which the prices of rules and the weights of wishes are
    chosen.

    `staffing` per unit below or above, `curriculum` per period missing or too many, `unplaced` per person and
    period without a rotation, `broken_rule` per hard rule that a pinned placement breaks (nothing else may
    break one).
    """

    staffing: float = 100.0
    curriculum: float = 100.0
    unplaced: float = 1_000.0
    broken_rule: float = 10_000.0


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """All that the solver is told. `periods` are labels in order of time. The same problem and seed give one
    plan."""

    periods: tuple[str, ...]
    people: tuple[Person, ...]
    rotations: tuple[Rotation, ...]
    staffing: tuple[Staffing, ...] = ()
    curriculum: tuple[Curriculum, ...] = ()
    sequence_rules: tuple[SequenceRule, ...] = ()
    placements: tuple[Placement, ...] = ()
    wishes: tuple[Wish, ...] = ()
    prices: Prices = Prices()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Something the plan misses, and its price.

    `kind` is "staffing below", "staffing above", "curriculum below", "curriculum above", "unplaced", "broken
    rule" or "lost pin" (it fell into leave); `name` that of the staffing, curriculum row or rule; `amount`
    how many units or periods. `period` is the (first) period it is about, `person` whom; None where it is not
    about one.
    """

    kind: str
    name: str
    rotations: tuple[str, ...]
    amount: int
    price: float
    period: int | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class PlanSolution:
    """The plan found, and how good it is.

    `placements` has a rotation for each (person, period) that has one; whoever is on leave or unplaced is not
    in it. `objective` is what was minimised: the prices of `shortfalls`, and minus `score`. `score` is the
    rewards and weights earned less the prices of discouraged patterns (higher is better). `bound` is what no
    plan can be below, `gap` the distance from it; None where no bound is known. `status` is "optimal",
    "feasible" (time was up), "stopped" (told to stop; the best so far) or "none" (stopped before there was a
    plan). Same problem, same seed, same `versions`, time enough to prove "optimal": the same plan.
    """

    placements: Mapping[tuple[str, int], str]
    shortfalls: tuple[Shortfall, ...]
    granted: tuple[Wish, ...]
    refused: tuple[Wish, ...]
    objective: float | None
    score: float
    bound: float | None
    gap: float | None
    status: str
    seconds: float
    versions: Mapping[str, str]
    seed: int
