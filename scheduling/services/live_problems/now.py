"""The problems of a schedule, worked out once for each of its revisions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet

from people.models import AuditLog
from people.prepared import prepared
from scheduling.models import Schedule
from scheduling.services.live_problems import broken
from scheduling.services.live_problems.balance import unbalanced
from scheduling.services.live_problems.ground import Ground, read
from scheduling.services.live_problems.lines import Problem, Problems
from scheduling.services.live_problems.memo import Found, Memo
from scheduling.services.live_problems.placed import outside_the_plan, owed, unplaced
from scheduling.services.live_problems.planned import plan_broken
from scheduling.services.live_problems.staffed import blocks_unstaffed, periods_unstaffed
from scheduling.services.staffing import Need, needs_of
from scheduling.services.year_grid import Year, read_year

SHAPE = 1  # of what is cached: count it up when Problem changes
KEPT = 14 * 24 * 3600  # seconds
RECENT_WRITES = 20

# What a result was worked out from: the revision, and the program's newest audit entries. Staffing, rules, people and
# leave change without the schedule's revision; whoever writes them writes an entry.
type Label = tuple[int, tuple[int, ...]]


def problems_of(schedule: Schedule) -> Problems:
    """All problems of a schedule as it is in the database, whatever its status.

    What was worked out for the same revision is taken from the cache (1 query); else the schedule is read anew (51
    queries, whatever the size), and of the rules only those people are judged for whom something has changed since the
    last time. Not for use within a transaction that has written: what is rolled back would stay in the cache. Raises
    ValidationError where the program's rule settings are wrong.
    """
    label = _label(schedule)
    held: tuple[Label, Problems] | None = cache.get(_key("all", schedule.pk))
    if held is not None and held[0] == label:
        return held[1]
    ground, memo = read(schedule), _memo(schedule)
    needs = needs_of(ground.facts.schedule.program)
    year = read_year(ground.facts.schedule.program, ground.facts.schedule)
    kept = [
        broken.judged(ground, memo).memo,
        plan_broken(ground, year, memo).memo,
        blocks_unstaffed(ground, needs, memo).memo,
    ]
    found = Found({key: noted for part in kept for key, noted in part.items()})
    problems = Problems.of([*found.problems, *_counted(ground, needs, year)])
    cache.set(_key("memo", schedule.pk), found.memo, KEPT)
    cache.set(_key("counts", schedule.pk), (label, dict(problems.severities)), KEPT)
    cache.set(_key("all", schedule.pk), (label, problems), KEPT)
    return problems


def known_severities(schedule: Schedule) -> Mapping[str, int] | None:
    """How many problems of each severity there are, if that is known without working it out (1 query)."""
    held: tuple[Label, Mapping[str, int]] | None = cache.get(_key("counts", schedule.pk))
    return held[1] if held is not None and held[0] == _label(schedule) else None


def _counted(ground: Ground, needs: Sequence[Need], year: Year) -> Iterator[Problem]:
    """What is quick to work out: it is, every time."""
    yield from periods_unstaffed(ground, needs, year)
    yield from outside_the_plan(ground)
    yield from unplaced(year)
    yield from unbalanced(ground)
    yield from owed(year)


def _label(schedule: Schedule) -> Label:
    """Read before anything else: what is written meanwhile then counts as not seen.

    Several entries, since one that was written earlier may be committed later than the newest.
    """
    return schedule.revision, tuple(pk for (pk,) in _newest(schedule.program_id))


@prepared
def _newest(program: int) -> QuerySet[Any, Any]:
    entries = AuditLog.objects.filter(program=program).order_by("-created_at", "-pk")
    return entries.values_list("pk")[:RECENT_WRITES]


def _memo(schedule: Schedule) -> Memo:
    """What was judged in this schedule, or in the one that it is a copy of."""
    keys = [_key("memo", schedule.pk), _key("memo", schedule.based_on_id or 0)]
    held = cache.get_many(keys)
    memo: Memo = held.get(keys[0]) or held.get(keys[1]) or {}
    return memo


def _key(what: str, schedule: int) -> str:
    return f"problems-{SHAPE}-{what}-{schedule}"
