"""The repair of a roster as plain data: what is lost, what may change, and the plans found.

Days and blocks are those of the roster's problem (`scheduling.solver.roster.problem`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduling.solver.roster.model import Cell
from scheduling.solver.roster.problem import Assigned, RosterProblem, Shortfall


@dataclass(frozen=True, slots=True)
class RepairProblem:
    """A roster in which somebody's blocks are lost.

    `roster`: the program as it is now; the leave of its people holds the new absence, and its pins are never taken
    away from anybody who is there. `current`: who works now, the whole schedule. Of these, the blocks on a day of leave
    are lost, if it is that of somebody in `away` (None: of anybody); other people's stay as they are. Whoever is away
    keeps all else that they have, and is given nothing.

    Only blocks from `first_open` to `last_open` may change. Before `notice_until` nobody's standing block is taken away
    or moved: what is lost there goes to people who are free, or to those on backup, whose backup is then used up.

    `fill`: blocks (rotation, shift type, day) that are to have all that they need. All others are only to miss no more
    than they did before anything was lost.

    `over`: blocks (day, shift type) of the open days that have ended: they are neither lost, moved nor given.

    `forbidden`: (person, day, shift type) not to be given. `lifted`: by person, the names of rules (fields of the
    roster's `Rules`) that do not bind them.
    """

    roster: RosterProblem
    current: tuple[Assigned, ...]
    first_open: int
    last_open: int
    notice_until: int | None = None
    plans: int = 3
    away: tuple[str, ...] | None = None
    fill: tuple[Cell, ...] = ()
    over: frozenset[tuple[int, str]] = frozenset()
    forbidden: tuple[tuple[str, int, str], ...] = ()
    lifted: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RepairPlan:
    """What to change besides the lost blocks themselves.

    `people`: those who get or give up anything. `shortfalls` are all that is missing in the open days once it is done,
    `missing_price` is their price. `price` is what gets worse (above 0) or better in all else that has a price: the
    fairness, requests, ordinary weeks, short rests and cross-cover of the people touched, and blocks with too many.
    A backup that is called in is in `removed`, and is neither counted as a change nor missing.
    `proven`: every stage of it (see `solve_repair`) is.
    """

    added: tuple[Assigned, ...]
    removed: tuple[Assigned, ...]
    people: tuple[str, ...]
    changes: int
    shortfalls: tuple[Shortfall, ...]
    missing_price: float
    price: float
    proven: bool


@dataclass(frozen=True, slots=True)
class RepairSolution:
    """At most so many plans as were asked for, best first, no two of the same people.

    No plan whatever that misses as few people as the first changes fewer than `fewest_changes` blocks, or touches fewer
    than `fewest_people` people. `missing_before` and `missing_without`: what the open days missed before anything was
    lost, and what they miss if nothing is done.
    `status`: "optimal" (all is proven), "feasible" (time was up), "cancelled".
    """

    lost: tuple[Assigned, ...]
    plans: tuple[RepairPlan, ...]
    fewest_people: int
    fewest_changes: int
    missing_before: tuple[Shortfall, ...]
    missing_without: tuple[Shortfall, ...]
    status: str
    seconds: float
    versions: dict[str, str]
